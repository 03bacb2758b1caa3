"""Passphrase and recovery code are lost: a request to the unit above, and its reply.

First a new passphrase is chosen and a request written to a stick; its code is shown for the
telephone and printed. Then, on another day perhaps, the reply and that passphrase open the
register: by a signal, for this page opens nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import KnownError
from app.i18n import error_text, text
from app.plain_files import is_folder
from app.services import reopening
from app.services.key_sheets import locked_whose, reopening_sheet
from app.services.reopening import Waiting
from app.services.sign_in import check_passphrase
from app.services.stations import short_station
from app.settings import Settings
from app.ui.admin.sticks_here import offer_file, offer_folder
from app.ui.code_sheets import print_sheet
from app.ui.gate_card import GatePage, GatePart
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class ReopeningPart(GatePart):
    """The two steps. `open_wanted` gives the reply and the passphrase."""

    open_wanted = Signal(object, str)

    def __init__(self, tasks: Tasks, theme: Theme, settings: Settings, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("reopening.heading"), text("reopening.why"), parent)
        self._settings = settings
        self._waiting: Waiting | None = None
        with self.together() as self._asking:
            self._build_asking()
        with self.together() as self._answered:
            self._build_answered()
        self._answered.hide()
        self.row(self.back)
        self.close_column()
        self.first = self.new

    def _build_asking(self) -> None:
        self.part(text("reopening.request"))
        self.build_user()
        self.new = self.field(text("forgotten.new"), secret=True)
        self.again = self.field(text("first.again"), secret=True)
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_folder)
        self.folder = self.field(text("handovers.folder"), beside=choose)
        offer_folder(self, self.folder, self._to_asking)
        self.ask = self.step(text("administration.enrolment.write"), self._ask, "primary")
        self.row(self.ask)

    def _build_answered(self) -> None:
        self.said = self.words("", "")
        self.code_label = self.code()
        self.printing = Step(text("administration.enrolment.print"))
        self.printing.clicked.connect(self._print)
        self.forget = Step(text("reopening.forget"))
        self.forget.clicked.connect(self._ask_anew)
        self.row(self.printing, self.forget)
        self.part(text("reopening.reply"))
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_file)
        self.file = self.field(text("administration.enrolment.file"), beside=choose)
        offer_file(self, self.file, reopening.REPLY, self._to_passphrase)
        self.passphrase = self.field(text("reopening.passphrase"), secret=True)
        self.open = self.step(text("reopening.accept"), self._open, "primary")
        self.row(self.open)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read whether a request waits for its reply."""
        settings = self._settings
        self.read(lambda: reopening.waiting(settings), self._show)

    def _show(self, found: Waiting | None) -> None:
        self._waiting = found
        self._turn(waits=found is not None)
        if found is not None:
            self.say_in(self.said, text("reopening.waits", user=found.user))
            self.code_label.setText(found.check_code.replace("-", " - "))
            self.code_label.show()

    def _turn(self, *, waits: bool) -> None:
        self._asking.setVisible(not waits)
        self._answered.setVisible(waits)
        self.first = self.file if waits else self.new
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the request ------------------------------------------------------------------------

    def _to_asking(self) -> None:
        self.ask.setFocus()

    def _choose_folder(self) -> None:
        title = text("handovers.choose_folder")
        found = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if found:
            self.folder.setText(found)
            self.ask.setFocus()

    def _ask(self) -> None:
        new, user = self.new.text(), self.user.currentText()
        folder = Path(self.folder.text().strip())
        if self.refuse_by(partial(check_passphrase, name=user), self.new):
            return
        if self.again.text() != new:
            self.refuse("first.not_alike", self.again)
        elif not self.folder.text().strip() or not is_folder(folder):
            self.refuse("administration.enrolment.no_folder", self.folder)
        else:
            settings = self._settings
            self.act(lambda: reopening.ask_in(settings, folder, new, user), self._asked)

    def _asked(self, done: tuple[Path, Waiting]) -> None:
        file, found = done
        for field in (self.new, self.again):
            field.clear()
        self._show(found)
        self.printing.setFocus()
        self.say(text("reopening.written", file=str(file)), "done")

    def _ask_anew(self) -> None:
        self.say("")
        self._turn(waits=False)

    def _print(self) -> None:
        found = self._waiting
        if found is None:
            return
        sheet = reopening_sheet(
            found.check_code,
            reopening.file_name(found),
            short_station(found.station),
            locked_whose(found.unit, found.user),
        )
        try:
            print_sheet(self, sheet)
        except KnownError as error:
            self.say(error_text(error), "error")

    # --- the reply --------------------------------------------------------------------------

    def _to_passphrase(self) -> None:
        self.passphrase.setFocus()

    def _choose_file(self) -> None:
        title, kind = text("administration.enrolment.file"), f"*{reopening.REPLY}"
        found, _kind = QFileDialog.getOpenFileName(self, title, self.file.text(), kind)
        if found:
            self.file.setText(found)
            self.passphrase.setFocus()

    def _open(self) -> None:
        if not self.file.text().strip():
            self.refuse("administration.enrolment.no_file", self.file)
        elif not self.passphrase.text():
            self.refuse("reopening.passphrase_needed", self.passphrase)
        else:
            self.open_wanted.emit(Path(self.file.text().strip()), self.passphrase.text())


class ReopeningPage(GatePage[ReopeningPart]):
    """The page."""

    open_wanted = Signal(object, str)

    def __init__(self, tasks: Tasks, theme: Theme, settings: Settings) -> None:
        super().__init__(
            theme, lambda parent: ReopeningPart(tasks, theme, settings, parent), (560, 640)
        )
        self.part.open_wanted.connect(self.open_wanted)
        self.setFocusProxy(self.part.new)
        self.part.load()

    @property
    def steps(self) -> Sequence[Step]:
        """As the frame says."""
        return self.part.open, self.part.back

    def refuse(self, words: str) -> None:
        """The reply or the passphrase was not right; what was typed stays."""
        super().refuse(words)
        self.part.lead_to(self.part.passphrase)
        self.part.passphrase.selectAll()
