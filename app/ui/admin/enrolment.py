"""The certificate of this PC: its request on a stick, the code for the telephone, the reply; and
being certified anew from nothing, where the root of the province was lost.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app.i18n import text
from app.services.enrolment import Accepted
from app.services.enrolment_state import EnrolmentState, Standing
from app.services.services import Services
from app.services.stations import short_station
from app.ui.admin.asking import AskingSection
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state


class EnrolmentSection(AskingSection):
    """The state, the request, the reply."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        services: Services,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, services, text("administration.enrolment"), parent)
        self._notifier = notifier
        self._desk = services.enrolment
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.column.addWidget(self.state)
        self.part(text("administration.enrolment.ask"))
        self.build_asking(text("administration.enrolment.ask_why"))
        self.part(text("administration.enrolment.reply"))
        choose_file = Step(text("handovers.choose"))
        choose_file.clicked.connect(self._choose_file)
        self.file = self.field(text("administration.enrolment.file"), beside=choose_file)
        self.fingerprint = self.field(text("administration.enrolment.fingerprint"))
        self.accept = self.step(text("administration.enrolment.accept"), self._accept)
        self.row(self.accept)
        with self.together() as self._anew:
            self.part(text("starting_over.title"))
            self.words(text("starting_over.why"))
            self.anew = self.step(text("starting_over.deed"), self._start_over, "danger")
            self.row(self.anew)
        self._anew.hide()
        self.close_column()

    def load(self) -> None:
        """Read how far the enrolment is."""
        self.read(self._desk.state, self._show)

    def _show(self, found: EnrolmentState) -> None:
        day = "" if found.until is None else f"{found.until:%d/%m/%Y}"
        standing = found.standing
        state = "done" if standing is Standing.ENROLLED else "warning"
        sign = "\N{CHECK MARK} " if state == "done" else "\N{BLACK UP-POINTING TRIANGLE} "
        words = sign + text(f"administration.enrolment.{standing.value}", day=day)
        if found.station:
            station = short_station(found.station)
            words += " " + text("administration.enrolment.this_pc", station=station)
        self.state.setText(words)
        self._anew.setVisible(standing is not Standing.NOT_ASKED)
        set_state(self.state, state)

    # --- from nothing -----------------------------------------------------------------------

    def _start_over(self) -> None:
        question = Question(
            text("starting_over.question"),
            text("starting_over.details"),
            (
                Choice("anew", text("starting_over.deed"), destroys=True),
                Choice("keep", text("stations.keep")),
            ),
        )
        if self._notifier.ask(question) != "anew":
            return
        unit, desk = self._services.workplace.unit, self._services.starting_over

        def done(_none: None) -> None:
            self.forget_code()
            self.say(text("starting_over.done"), "done")
            self.load()

        self.act(lambda: desk.start_over(unit), done)

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
        said = [text("administration.enrolment.accepted", day=done.valid_until)]
        if done.lacks_authority:
            said.append(text("administration.enrolment.no_authority"))
        self.say(" ".join(said), "done")
        self.load()
