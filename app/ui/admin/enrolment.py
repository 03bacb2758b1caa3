"""The certificate of this PC: its request on a stick, the code for the telephone, the reply."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from app.i18n import text
from app.services.enrolment import Accepted, EnrolmentDesk, Requested
from app.services.enrolment_state import EnrolmentState, Standing
from app.ui.admin.section import Section
from app.ui.recovery_sheet import print_parts
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state


class EnrolmentSection(Section):
    """The state, the request, the reply. `issues`: this unit certifies others, whose key a
    passphrase of its own seals.
    """

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        desk: EnrolmentDesk,
        unit: tuple[str, str],
        *,
        issues: bool,
    ) -> None:
        super().__init__(tasks, theme, text("administration.enrolment"))
        self._desk = desk
        self._code, self._unit_name = unit
        self._check_code = ""
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.column.addWidget(self.state)
        self.part(text("administration.enrolment.ask"))
        self.words(text("administration.enrolment.ask_why"))
        choose = Step(text("handovers.choose"))
        choose.clicked.connect(self._choose_folder)
        self.folder = self.field(text("handovers.folder"), beside=choose)
        self.sealing: QLineEdit | None = None
        if issues:
            self.sealing = self.field(text("administration.enrolment.sealing"), secret=True)
        self.ask = self.step(text("administration.enrolment.write"), self._request, "primary")
        self.printing = Step(text("administration.enrolment.print"))
        self.printing.clicked.connect(self._print)
        self.printing.hide()
        self.row(self.ask, self.printing)
        self.read_out = self.words(text("administration.enrolment.read_out"), role="")
        self.read_out.hide()
        self.code_label = self.code()
        self.part(text("administration.enrolment.reply"))
        choose_file = Step(text("handovers.choose"))
        choose_file.clicked.connect(self._choose_file)
        self.file = self.field(text("administration.enrolment.file"), beside=choose_file)
        self.fingerprint = self.field(text("administration.enrolment.fingerprint"))
        self.accept = self.step(text("administration.enrolment.accept"), self._accept)
        self.row(self.accept)
        self.close_column()
        self.first = self.folder

    def load(self) -> None:
        """Read how far the enrolment is."""
        self.read(self._desk.state, self._show)

    def _show(self, found: EnrolmentState) -> None:
        day = "" if found.until is None else f"{found.until:%d/%m/%Y}"
        standing = found.standing
        state = "done" if standing is Standing.ENROLLED else "warning"
        sign = "\N{CHECK MARK} " if state == "done" else "\N{BLACK UP-POINTING TRIANGLE} "
        self.state.setText(sign + text(f"administration.enrolment.{standing.value}", day=day))
        set_state(self.state, state)

    # --- asking -----------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        title = text("handovers.choose_folder")
        found = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if found:
            self.folder.setText(found)
            self.ask.setFocus()

    def _request(self) -> None:
        folder = Path(self.folder.text().strip())
        if not self.folder.text().strip() or not folder.is_dir():
            self.refuse("administration.enrolment.no_folder", self.folder)
            return
        desk, out = self._desk, folder / f"SoTreEm-{self._code}.csr"
        sealing = "" if self.sealing is None else self.sealing.text()
        self.act(lambda: desk.request(out, sealing), self._requested)

    def _requested(self, done: Requested) -> None:
        self._check_code = done.check_code
        self.code_label.setText(done.check_code.replace("-", " - "))
        for one in (self.read_out, self.code_label, self.printing):
            one.show()
        if self.sealing is not None:
            self.sealing.clear()
        self.say(text("administration.enrolment.written", file=str(done.path)), "done")
        self.load()

    def _print(self) -> None:
        print_parts(
            self,
            (
                (text("administration.enrolment.sheet"), 16, True),
                (self._unit_name, 14, False),
                (text("administration.enrolment.read_out"), 12, False),
                (self._check_code.replace("-", "  -  "), 20, True),
                (text("administration.enrolment.sheet_next"), 12, False),
            ),
        )

    # --- the reply --------------------------------------------------------------------------

    def _choose_file(self) -> None:
        title, kind = text("administration.enrolment.file"), "*.tebundle"
        found, _kind = QFileDialog.getOpenFileName(self, title, self.folder.text(), kind)
        if found:
            self.file.setText(found)
            self.fingerprint.setFocus()

    def _accept(self) -> None:
        file, fingerprint = Path(self.file.text().strip()), self.fingerprint.text()
        if not self.file.text().strip():
            self.refuse("administration.enrolment.no_file", self.file)
            return
        if not fingerprint.strip():
            self.refuse("administration.enrolment.no_fingerprint", self.fingerprint)
            return
        desk = self._desk
        sealing = "" if self.sealing is None else self.sealing.text()
        self.act(lambda: desk.accept(file, fingerprint, sealing), self._accepted)

    def _accepted(self, done: Accepted) -> None:
        self.file.clear()
        self.fingerprint.clear()
        self.say(text("administration.enrolment.accepted", day=done.valid_until), "done")
        self.load()
