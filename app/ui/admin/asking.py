"""Asking for the certificate of this PC: the request on a stick, its code for the telephone, its
sheet on paper. It stands in the administration and at the end of the first run.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from app.i18n import text
from app.plain_files import is_folder
from app.services.enrolment import Requested
from app.services.key_sheets import request_sheet
from app.services.services import Services
from app.services.stations import short_station
from app.ui.admin.section import Section
from app.ui.admin.sheets import print_or_say, whose
from app.ui.admin.sticks_here import offer_folder
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class AskingSection(Section):
    """Where the request goes, its code when it is written. `requested` says that it is."""

    requested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        title: str,
        parent: QWidget | None = None,
        *,
        bare: bool = False,
    ) -> None:
        super().__init__(tasks, theme, title, parent, bare=bare)
        self._services = services
        self._check_code, self._file, self._station = "", "", ""

    def build_asking(self, why: str) -> None:
        """Add the fields and buttons. A unit that certifies others seals their key besides."""
        self.words(why)
        self.column.addSpacing(self.theme.pixels(8))
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_folder)
        self.folder = self.field(text("handovers.folder"), beside=choose)
        offer_folder(self, self.folder, self._to_asking)
        self.sealing: QLineEdit | None = None
        workplace = self._services.workplace
        if workplace.tree.units.children(workplace.unit):
            self.sealing = self.field(text("administration.enrolment.sealing"), secret=True)
        self.ask = self.step(text("administration.enrolment.write"), self._request, "primary")
        self.printing = Step(text("administration.enrolment.print"))
        self.printing.clicked.connect(self._print)
        self.printing.hide()
        self.row(self.ask, self.printing)
        self.column.addSpacing(self.theme.pixels(8))
        self.read_out = self.words(self.of_unit("administration.enrolment.read_out"), role="")
        self.read_out.hide()
        self.code_label = self.code()
        self.first = self.folder

    @property
    def top(self) -> bool:
        """Whether nobody is above: then the PC that keeps the root of the province certifies."""
        workplace = self._services.workplace
        return workplace.tree.units.parent(workplace.unit) is None

    def of_unit(self, message_id: str) -> str:
        """A sentence of the page, in the words for who has nobody above where that is so."""
        return text(f"{message_id}.top" if self.top else message_id)

    def _to_asking(self) -> None:
        self.ask.setFocus()

    def _choose_folder(self) -> None:
        title = text("handovers.choose_folder")
        found = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if found:
            self.folder.setText(found)
            self.ask.setFocus()

    def _request(self) -> None:
        folder = Path(self.folder.text().strip())
        if not self.folder.text().strip() or not is_folder(folder):
            self.refuse("administration.enrolment.no_folder", self.folder)
            return
        code = self._services.workplace.unit.partition("@")[0]
        desk, out = self._services.enrolment, folder / f"SoTreEm-{code}.csr"
        sealing = "" if self.sealing is None else self.sealing.text()
        self.act(lambda: desk.request(out, sealing), self._requested)

    def _requested(self, done: Requested) -> None:
        self._check_code, self._file = done.check_code, done.path.name
        self._station = short_station(done.station)
        self.code_label.setText(done.check_code.replace("-", " - "))
        for one in (self.read_out, self.code_label, self.printing):
            one.show()
        if self.sealing is not None:
            self.sealing.clear()
        self.say(
            text("administration.enrolment.written", station=self._station, file=str(done.path)),
            "done",
        )
        self.requested.emit()
        self.load()
        # The words just said take room from the part: its button is led to afterwards.
        QTimer.singleShot(0, self, lambda: self.lead_to(self.printing))

    def forget_code(self) -> None:
        """The request that was written last is good no more."""
        for one in (self.read_out, self.code_label, self.printing):
            one.hide()

    def _print(self) -> None:
        said = self._check_code, self._file, self._station
        sheet = request_sheet(*said, whose(self._services), top=self.top)
        print_or_say(self, sheet)
