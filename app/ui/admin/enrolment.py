"""The certificate of this PC: its request on a stick, the code for the telephone, the reply; of a
province's PC its own renewal instead; and being certified anew from nothing, where the root of the
province was lost.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.enrolment import Accepted
from app.services.enrolment_state import EnrolmentState, Standing
from app.services.key_sheets import RenewedPc, renewed_sheet
from app.services.own_renewal import Renewed
from app.services.services import Services
from app.services.stations import short_station
from app.text.days import day_in_words
from app.ui.admin.asking import AskingSection
from app.ui.admin.day_asked import DayAsked
from app.ui.admin.sheets import print_or_say, whose
from app.ui.admin.sticks_here import offer_file
from app.ui.notify import Choice, Notifier, Question
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state

#: How the file of a reply ends.
_REPLY = ".tebundle"


class EnrolmentSection(AskingSection):
    """The state, the request, the reply; or the renewal of a province's own certificate."""

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
        with self.together() as self._renewing:
            self._build_renewal()
        with self.together() as self._asking:
            self.part(self.of_unit("administration.enrolment.ask"))
            self.build_asking(self.of_unit("administration.enrolment.ask_why"))
            self.part(self.of_unit("administration.enrolment.reply"))
            choose_file = Step(text("handovers.choose"))
            choose_file.clicked.connect(self._choose_file)
            label = self.of_unit("administration.enrolment.file")
            self.file = self.field(label, beside=choose_file)
            own = f"SoTreEm-{services.workplace.unit.partition('@')[0]}{_REPLY}"
            offer_file(self, self.file, _REPLY, self._to_fingerprint, own)
            self.fingerprint = self.field(self.of_unit("administration.enrolment.fingerprint"))
            self.accept = self.step(text("administration.enrolment.accept"), self._accept)
            self.row(self.accept)
        with self.together() as self._anew:
            self.part(text("starting_over.title"))
            self.words(text("starting_over.why"))
            self.anew = self.step(text("starting_over.deed"), self._start_over, "danger")
            self.row(self.anew)
        self._anew.hide()
        self._offer(itself=services.own_renewal.possible)
        self.close_column()

    def load(self) -> None:
        """Read how far the enrolment is."""
        self.read(self._desk.state, self._show)

    def _show(self, found: EnrolmentState) -> None:
        day = "" if found.until is None else f"{found.until:%d/%m/%Y}"
        standing = found.standing
        state = "done" if standing is Standing.ENROLLED else "warning"
        sign = "\N{CHECK MARK} " if state == "done" else "\N{BLACK UP-POINTING TRIANGLE} "
        key = f"administration.enrolment.{standing.value}"
        itself = self._services.own_renewal.possible
        if itself and standing in (Standing.ENDING, Standing.ENDED):
            key += "_own"
        elif standing is Standing.ASKED and self.top:
            key += ".top"
        words = sign + text(key, day=day)
        if found.station:
            station = short_station(found.station)
            words += " " + text("administration.enrolment.this_pc", station=station)
        self.state.setText(words)
        self._anew.setVisible(standing is not Standing.NOT_ASKED)
        self._offer(itself=itself)
        set_state(self.state, state)

    # --- a province's own -------------------------------------------------------------------

    def _build_renewal(self) -> None:
        self._renewed: Renewed | None = None
        self.part(text("own_renewal.title"))
        self.words(text("own_renewal.why"))
        self.secret = self.field(text("administration.issuing.secret"), secret=True)
        self.new_keys = QCheckBox(text("own_renewal.new_keys"))
        self.column.addWidget(self.new_keys)
        self.today = DayAsked(self)
        self.renew = self.step(text("own_renewal.deed"), self._renew, "primary")
        self.renewal_sheet = Step(text("own_renewal.print"))
        self.renewal_sheet.clicked.connect(self._print_renewal)
        self.renewal_sheet.hide()
        self.row(self.renew, self.renewal_sheet)

    def _renew(self) -> None:
        new_keys = self.new_keys.isChecked()
        if not self.secret.text():
            self.refuse("stations.no_secret", self.secret)
            return
        if self.today.refused():
            return
        if new_keys:
            question = Question(
                text("own_renewal.question"),
                text("own_renewal.details"),
                (
                    Choice("make", text("own_renewal.make_keys"), destroys=True),
                    Choice("keep", text("stations.keep")),
                ),
            )
            if self._notifier.ask(question) != "make":
                return
        deed = self._services.own_renewal.renew
        self.act(
            partial(deed, self.secret.text(), new_keys=new_keys, today=self.today.day),
            self._was_renewed,
            refused=self.today.ask,
        )

    def _was_renewed(self, done: Renewed) -> None:
        self._renewed = done
        self.secret.clear()
        self.new_keys.setChecked(False)
        said = text("own_renewal.done", day=f"{done.until:%d/%m/%Y}", count=number(done.signed))
        after = text("own_renewal.next_new" if done.list_number else "own_renewal.next")
        self.say(f"{said} {after}", "done")
        self.renewal_sheet.show()
        self.load()
        QTimer.singleShot(0, self, lambda: self.lead_to(self.renewal_sheet))

    def _print_renewal(self) -> None:
        if (done := self._renewed) is not None:
            pc = RenewedPc(short_station(done.station), done.until, done.list_number)
            print_or_say(self, renewed_sheet(pc, whose(self._services)))

    def _offer(self, *, itself: bool) -> None:
        """Either this PC renews its certificate or it asks for one."""
        self._renewing.setVisible(itself)
        self._asking.setVisible(not itself)
        self.first = self.secret if itself else self.folder

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

    def _to_fingerprint(self) -> None:
        self.fingerprint.setFocus()

    def _choose_file(self) -> None:
        title, kind = self.of_unit("administration.enrolment.file"), f"*{_REPLY}"
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
            no_fingerprint = "administration.enrolment.no_fingerprint"
            self.refuse(f"{no_fingerprint}{'.top' if self.top else ''}", self.fingerprint)
            return
        desk = self._desk
        sealing = "" if self.sealing is None else self.sealing.text()
        take = partial(desk.accept, file, fingerprint, sealing)

        def ask(error: AppError) -> None:
            if error.message_id == "enrol.clock_question" and self._clock_is_right(file):
                self.act(partial(take, accept_clock=True), self._accepted)

        self.act(take, self._accepted, refused=ask)

    def _clock_is_right(self, file: Path) -> bool:
        """Ask whether this PC's day is right: by the units above it is another one."""
        today = self._services.workplace.today()
        question = Question(
            text("handovers.clock_question", today=f"{today:%d/%m/%Y}"),
            text("enrol.clock_question", file=file.name),
            (
                Choice("right", text("handovers.receive_clock.right")),
                Choice("wrong", text("handovers.receive_clock.wrong")),
            ),
        )
        return self._notifier.ask(question) == "right"

    def _accepted(self, done: Accepted) -> None:
        self.file.clear()
        self.fingerprint.clear()
        said = [text("administration.enrolment.accepted", day=day_in_words(done.valid_until))]
        if done.lacks_authority:
            lacks = "key_lost" if done.key_lost else "no_authority"
            said.append(text(f"administration.enrolment.{lacks}"))
        if done.authority_until:
            said.append(text("enrol.authority_until", day=day_in_words(done.authority_until)))
        if done.key_away:
            said.append(text("administration.enrolment.key_away"))
        self.say(" ".join(said), "done")
        self.load()
