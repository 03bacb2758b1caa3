"""A register of a unit below that nobody there can open any more: its request, and the reply.

What a request is for is shown, its code is not: it has to be heard by telephone.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from app.i18n import in_sentence, text
from app.services import reopening
from app.services.key_sheets import RegisterOf, reopened_sheet
from app.services.reopening import Reopened, ReopeningView
from app.services.services import Services
from app.services.stations import short_station
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.admin.sticks_here import offer_file
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class ReopeningSection(Section):
    """The request is opened by the passphrase of the keys; then its code is typed."""

    def __init__(self, tasks: Tasks, theme: Theme, services: Services, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("reopening.administration"), parent)
        self._services = services
        self._done: tuple[RegisterOf, str] | None = None
        self.words(text("reopening.administration_why"))
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_file)
        self.file = self.field(text("administration.issuing.request"), beside=choose)
        offer_file(self, self.file, reopening.REQUEST, self._to_secret)
        self.secret = self.field(text("administration.issuing.secret"), secret=True)
        self.look = self.step(text("reopening.look"), self._look)
        self.row(self.look)
        with self.together() as self._granting:
            self.asked = self.words("", role="")
            self.words(text("reopening.call"))
            self.heard = self.field(text("administration.issuing.heard"))
            self.grant = self.step(text("reopening.write"), self._grant, "primary")
            self.row(self.grant)
        self._granting.hide()
        self.printing = Step(text("reopening.print"))
        self.printing.clicked.connect(self._print)
        self.printing.hide()
        self.row(self.printing)
        self.close_column()
        self.first = self.file

    def _to_secret(self) -> None:
        self.secret.setFocus()

    def _choose_file(self) -> None:
        title, kind = text("administration.issuing.request"), f"*{reopening.REQUEST}"
        found, _kind = QFileDialog.getOpenFileName(self, title, self.file.text(), kind)
        if found:
            self.file.setText(found)
            self.secret.setFocus()

    def _asked_for(self) -> tuple[Path, str] | None:
        """File and passphrase as they are typed; None where one is missing, which is said."""
        if not self.file.text().strip():
            self.refuse("administration.issuing.no_file", self.file)
        elif not self.secret.text():
            self.refuse("stations.no_secret", self.secret)
        else:
            return Path(self.file.text().strip()), self.secret.text()
        return None

    def _look(self) -> None:
        asked = self._asked_for()
        if asked is not None:
            desk, (file, secret) = self._services.reopening, asked
            self.act(lambda: desk.inspect(file, secret), self._show)

    def _register(self, view: ReopeningView) -> RegisterOf:
        unit = self._services.entry.unit_name(view.unit)
        return RegisterOf(unit, short_station(view.station), view.user)

    def _show(self, view: ReopeningView) -> None:
        of = self._register(view)
        words = text("reopening.asks", unit=of.unit, station=of.station, user=of.user)
        self.say_in(self.asked, words)
        self._granting.show()
        self.printing.hide()
        self.heard.clear()
        self.lead_to(self.heard)

    def _grant(self) -> None:
        asked, heard = self._asked_for(), self.heard.text()
        if asked is None:
            return
        if not heard.strip():
            self.refuse("administration.issuing.not_heard", self.heard)
            return
        desk, (file, secret) = self._services.reopening, asked
        out = file.with_suffix(reopening.REPLY)
        self.act(partial(desk.grant, file, out, passphrase=secret, compared=heard), self._granted)

    def _granted(self, done: Reopened) -> None:
        for field in (self.file, self.secret, self.heard):
            field.clear()
        self._granting.hide()
        of = self._register(done.view)
        self._done = of, done.path.name
        self.printing.show()
        self.say(text("reopening.granted", unit=in_sentence(of.unit), file=str(done.path)), "done")
        # The words just said take room from the part: its button is led to afterwards.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.printing))

    def _print(self) -> None:
        if self._done is not None:
            print_or_say(self, reopened_sheet(*self._done, whose(self._services)))
