"""Sending: to whom → check and counts → onto the stick and read back.

The counts that are signed are those that were seen: whatever changes the bundle asks for a new
check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QWidget

from app.errors import AppError, KnownError
from app.i18n import error_text, number, text
from app.services.blocking_rules import told
from app.services.handover_sending import MAY_BE_SENT, SendPreview, Sent
from app.services.outgoing_news import OutgoingNews
from app.services.round_words import round_in_sentence
from app.services.sticks import Stick
from app.ui.handover.desk import HandoverDesk, OpenRound, Receiver, progress_of
from app.ui.handover.facts import Fact, Facts
from app.ui.handover.news import news_words
from app.ui.handover.signers import SignersEdit
from app.ui.handover.wizard import PathEdit, Wizard, named
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.step import Step
from app.ui.stick_row import StickRow
from app.ui.tasks import Tasks, Watch
from app.ui.theme import Theme

#: A stick that did not keep what it took.
_LOST = ("files.fake_capacity", "files.read_back")
#: The register is another one than was checked.
_OUTDATED = "handover.changed_meanwhile"
#: With more units than these the register names them all, and the record.
_MOST_UNITS = 6


class _Named(Protocol):
    """What the page says of a round."""

    @property
    def name(self) -> str:
        """As the province called it."""


class SendWizard(Wizard):
    """`save_first` asks the shell to save what is typed; `done` comes when the stick holds it."""

    save_first = Signal(object)
    #: The unit, and what is new for it: to be seen page by page.
    news_wanted = Signal(str, object)
    #: To the list of errors: the round does not take them.
    errors_wanted = Signal()
    #: A sending stays unfinished: nobody knows whether its file lies on the stick.
    left_open = Signal()

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, notifier, theme, text("handovers.send"), "sending", parent)
        #: What was sent last.
        self.handover = ""
        self._desk = desk
        self._unit_name = unit_name
        self._receivers: list[Receiver] = []
        #: Whom to choose once they are offered.
        self._wanted = ""
        self._rounds: list[OpenRound] = []
        self._preview: SendPreview | None = None
        self._news: OutgoingNews | None = None
        self._not_ready = ""
        #: Whether the account may read the persons that errors are about.
        self.may_see_errors = True
        px = theme.pixels
        self.to = self._choice(text("handovers.to"))
        self.round = self._choice(text("handovers.about.round"))
        self.round_label = named(text("handovers.about.round"), self.round)
        self.check = Step(text("handovers.check"))
        self.check.clicked.connect(self.check_now)
        self.facts = Facts(theme, self)
        self.folder = PathEdit()
        self.folder.setAccessibleName(text("handovers.folder"))
        self.folder.setPlaceholderText(text("handovers.folder_placeholder"))
        self.folder.textChanged.connect(lambda _now: self._enable())
        self.folder.returnPressed.connect(self._folder_given)
        self.choose = Step(text("handovers.choose"))
        self.choose.clicked.connect(self._choose)
        self.send = Step(text("handovers.seal"))
        self.send.setProperty("role", "primary")
        self.send.clicked.connect(self.send_now)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(0, 1)
        grid.addWidget(named(text("handovers.step_to"), self.to), 0, 0)
        grid.addWidget(self.to, 1, 0)
        grid.addWidget(self.check, 1, 1)
        grid.addWidget(self.round_label, 2, 0)
        grid.addWidget(self.round, 3, 0)
        grid.addWidget(self.facts, 4, 0, 1, 2)
        self.signers = SignersEdit(theme, self)
        grid.addWidget(named(text("handovers.step_signers"), self.signers.giver.name), 5, 0, 1, 2)
        grid.addWidget(self.signers, 6, 0, 1, 2)
        grid.addWidget(named(text("handovers.step_folder"), self.folder), 7, 0)
        grid.addWidget(self.folder, 8, 0)
        grid.addWidget(self.choose, 8, 1)
        self.sticks = StickRow(theme, self, to_write=True)
        self.sticks.chosen.connect(self._stick_chosen)
        grid.addWidget(self.sticks, 9, 0, 1, 2)
        self.column.addLayout(grid)
        self.column.addWidget(self.progress)
        self.column.addStretch(1)
        self.see_news = Step(text("handovers.news.see"))
        self.see_news.clicked.connect(self._see_news)
        self.see_errors = Step(text("handovers.see_errors"))
        self.see_errors.clicked.connect(self.errors_wanted)
        self.see_errors.hide()
        last = QHBoxLayout()
        last.addWidget(self.see_errors)
        last.addWidget(self.see_news)
        last.addStretch(1)
        last.addWidget(self.send)
        self.column.addLayout(last)
        self.show_rounds([])
        self._changed()

    def _choice(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        # A long name of a unit must not push the page apart.
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(self._changed)
        return box

    # --- what is known ----------------------------------------------------------------------

    def show_receivers(self, found: list[Receiver]) -> None:
        """Offer the units one may send to."""
        if found == self._receivers:
            return
        self._receivers = found
        self.to.clear()
        for one in found:
            self.to.addItem(one.name, one.unit)
        if self._wanted:
            self.choose_receiver(self._wanted)
        self._propose_signers()

    def choose_receiver(self, unit: str) -> None:
        """Choose whom to send to, as soon as it is offered; the next step is to check."""
        at = self.to.findData(unit)
        self._wanted = "" if at >= 0 else unit
        if at >= 0:
            self.to.setCurrentIndex(at)
            self.check.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _propose_signers(self) -> None:
        """Who may hand over to the unit that is chosen, and who may receive there."""
        to, desk = str(self.to.currentData() or ""), self._desk
        if to:
            self._tasks.run(
                lambda: desk.signers("", to), self.signers.propose, self._no_names, owner=self
            )

    def _no_names(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def show_rounds(self, found: list[OpenRound]) -> None:
        """Ask which round the handover is for, where more than one is open."""
        for widget in (self.round_label, self.round):
            widget.setVisible(len(found) > 1)
        if found == self._rounds:
            return
        self._rounds = found
        chosen = self.round.currentData()
        self.round.clear()
        for one in found:
            self.round.addItem(one.name, one.id)
        self.round.setCurrentIndex(max(0, self.round.findData(chosen)))

    def show_sticks(self, found: Sequence[Stick]) -> None:
        """Offer the sticks that are there; the only one is taken where none was named."""
        before = self.sticks.only
        self.sticks.show_sticks(found)
        if self.sticks.only and self.folder.path in ("", before):
            self.folder.setText(self.sticks.only)
        elif before and self.folder.path == before and not self.sticks.only:
            self.folder.clear()  # it was taken out

    def _stick_chosen(self, folder: str) -> None:
        self.folder.setText(folder)
        self._folder_given()

    def show_readiness(self, missing: KnownError | None) -> None:
        """Say at once why this PC cannot send yet, not after the work is done."""
        words = "" if missing is None else error_text(missing)
        if words == self._not_ready:
            return
        self._not_ready = words
        if self._preview is None and self._ticket is None:
            self._begin()
        self._enable()

    def begin(self) -> None:
        """Put the keyboard on the first step that is open."""
        choices = [box for box in (self.to, self.round) if box.count() > 1]
        first: QWidget = next(iter(choices), self.check)
        if self._preview is not None:
            first = self.send if self.send.isEnabled() else self.folder
            if not self.see_errors.isHidden():
                first = self.see_errors
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self) -> None:
        if self._not_ready:
            self.facts.say(f"\N{BLACK UP-POINTING TRIANGLE} {self._not_ready}", "warning")
        else:
            self.facts.say(text("handovers.check_first"))

    def _changed(self) -> None:
        if self._preview is not None:
            self._propose_signers()
        self._preview = self._news = None
        self._begin()
        self._enable()

    def _enable(self) -> None:
        preview = self._preview
        may_go = preview is not None and not preview.blocked
        ready = may_go and bool(self.folder.path) and not self._not_ready
        self.send.setEnabled(ready and self._ticket is None)
        blocked = self._preview is not None and bool(self._preview.blocked)
        self.see_errors.setVisible(blocked and self.may_see_errors)
        there = self._news is not None and bool(self._news.counts)
        self.see_news.setVisible(there)
        self.see_news.setEnabled(self._ticket is None)

    def set_running(self, running: bool) -> None:
        """Lock or unlock the steps."""
        for widget in (self.to, self.round, self.check, self.choose, self.folder, self.signers):
            widget.setEnabled(not running)
        self.send.setEnabled(False)
        if not running:
            self._enable()

    def _failed(self, error: AppError) -> None:
        if error.message_id == _OUTDATED:
            self._changed()  # what was seen is true no more, and would be refused again
        super()._failed(error)
        if error.message_id in _LOST and self.sticks.distrust(self.folder.path):
            self.folder.clear()  # another one has to be named
        if error.message_id == MAY_BE_SENT:
            self.left_open.emit()

    def after_failure(self) -> None:
        """Back to the stick when the counts still stand, else to the check."""
        next_one = self.check if self._preview is None else self.folder
        next_one.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the steps --------------------------------------------------------------------------

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, text("handovers.choose_folder"))
        if found:
            self.folder.setText(found)
            self._folder_given()

    def _folder_given(self) -> None:
        if self.send.isEnabled():
            self.send.setFocus(Qt.FocusReason.TabFocusReason)
        elif self._preview is None:
            self.check.setFocus(Qt.FocusReason.TabFocusReason)

    def check_now(self) -> None:
        """Save what is typed, check the whole register, and show the counts."""
        if self._ticket is None:
            self.save_first.emit(self._check)

    def _check(self) -> None:
        desk, to = self._desk, str(self.to.currentData() or "")
        if not to or self._ticket is not None:
            return
        round_id = str(self.round.currentData() or "")

        def look(watch: Watch) -> object:
            preview = desk.send_preview(to, round_id, progress_of(watch.report, watch.cancelled))
            return _Checked(preview, desk.news(to))

        self._run(text("handovers.checking"), look, self._checked)

    def _checked(self, result: object) -> None:
        if not isinstance(result, _Checked):
            return
        self._preview, self._news = result.preview, result.news
        facts = _facts_of(result.preview, result.news, self._unit_name)
        self.facts.show_facts((*facts, *self._obstacle()))
        self._enable()
        if self.held:
            self.begin()

    def _see_news(self) -> None:
        if self._preview is not None and self._news is not None:
            self.news_wanted.emit(self._preview.to, self._news)

    def back_from_news(self) -> None:
        """Back to the decision."""
        self.see_news.setFocus(Qt.FocusReason.OtherFocusReason)

    def _obstacle(self) -> tuple[Fact, ...]:
        if not self._not_ready:
            return ()
        words = f"\N{BLACK UP-POINTING TRIANGLE} {self._not_ready}"
        return (Fact("", words, "warning"),)

    def send_now(self) -> None:
        """Seal, write to the stick, read back."""
        preview = self._preview
        if preview is None or self._ticket is not None:
            return
        if not self._clock_is_right(preview):
            return
        desk, folder, signers = self._desk, Path(self.folder.path), self.signers.signers

        def seal(watch: Watch) -> object:
            progress = progress_of(watch.report, watch.cancelled, watch.phase)
            return desk.send(
                preview,
                folder,
                progress,
                clock_confirmed=preview.clock_behind is not None,
                signers=signers,
            )

        self._run(text("handovers.sealing"), seal, self._was_sent)

    def _clock_is_right(self, preview: SendPreview) -> bool:
        """A clock that lags behind the units above is asked about before anything is sealed."""
        if preview.clock_behind is None:
            return True
        today = "" if preview.at.day is None else f"{preview.at.day:%d/%m/%Y}"
        question = Question(
            text("handovers.clock_question", today=today),
            text("handovers.clock_details", day=f"{preview.clock_behind:%d/%m/%Y}"),
            (
                Choice("right", text("handovers.clock_right")),
                Choice("wrong", text("handovers.clock_wrong")),
            ),
        )
        return self._notifier.ask(question) == "right"

    def _was_sent(self, result: object) -> None:
        if not isinstance(result, Sent):
            return
        self._preview = self._news = None
        self.handover = result.handover
        self.signers.forget()
        sent = text(
            "handovers.sent",
            seq=result.seq,
            households=number(result.households),
            children=number(result.children),
        )
        self.facts.show_facts(
            (
                Fact("", sent, "done"),
                _round_of(result.round),
                Fact(text("handovers.about.file"), result.file.name),
                Fact(text("handovers.about.folder"), str(result.file.parent)),
            )
        )
        self._notifier.say(Notice(Kind.DONE, text("handovers.take_stick"), topic=self._topic))
        self._enable()
        self.done.emit()


@dataclass(frozen=True, slots=True)
class _Checked:
    """The counts that are signed, and what of them is new for the receiver."""

    preview: SendPreview
    news: OutgoingNews


def _facts_of(
    found: SendPreview, news: OutgoingNews, unit_name: Callable[[str], str]
) -> tuple[Fact, ...]:
    errors, warnings = found.issues
    changed = " · ".join(
        (
            *_changes(found, news),
            *map(news_words, news.counts),
            *(one.message for one in news.besides),
        )
    )
    whole = _whole(found.households, found.children, found.girls)
    several = found.units if len(found.units) > 1 else ()
    unfinished = text(
        "handovers.facts.unfinished",
        incomplete=number(found.incomplete),
        errors=number(errors),
        warnings=number(warnings),
        conflicts=number(found.conflicts),
    )
    minded = bool(found.incomplete or errors or warnings or found.conflicts)
    sign = "\N{BLACK UP-POINTING TRIANGLE}" if minded else "\N{CHECK MARK}"
    return (
        _round_of(found.round),
        Fact(text("handovers.about.changed"), changed),
        Fact(text("handovers.about.whole"), whole),
        *_still_counted(found),
        *_not_counted(found),
        *(
            Fact(
                unit_name(one.unit),
                _whole(one.counts.households, one.counts.children, one.counts.girls),
            )
            for one in several[:_MOST_UNITS]
        ),
        Fact(
            text("handovers.about.unfinished"),
            f"{sign} {unfinished}",
            "warning" if minded else "done",
        ),
        *((Fact("", text("handovers.next.conflicts")),) * bool(found.conflicts)),
        *_clock_of(found),
        *_blocked_of(found),
    )


def _changes(found: SendPreview, news: OutgoingNews) -> Iterator[str]:
    """How many changes go: to the unit above as the status bar counts them, else what travels."""
    work = news.outstanding
    if work is None:
        yield text("handovers.stopped.count", count=number(found.operations))
        return
    yield text("status.not_handed_over", count=number(work.unsent))
    if work.unconfirmed:
        yield text("status.unconfirmed", count=number(work.unconfirmed))


def _blocked_of(found: SendPreview) -> tuple[Fact, ...]:
    """What the round does not let pass, and the way out; nothing can be sent then."""
    if not found.blocked or found.round is None:
        return ()
    words = text(
        "handover.blocked", round=round_in_sentence(found.round.name), rules=told(found.blocked)
    )
    hint = text("handover.blocked_hint.window")
    return (Fact("", f"\N{BALLOT X} {words} {hint}", "error"),)


def _round_of(taken: _Named | None) -> Fact:
    words = text("handovers.no_round") if taken is None else taken.name
    return Fact(text("handovers.about.round"), words)


def _still_counted(found: SendPreview) -> tuple[Fact, ...]:
    """Who stands in the total and lives there no more."""
    if not found.moved_away:
        return ()
    words = text("handovers.facts.moved_away", children=number(found.moved_away))
    return (Fact(text("handovers.about.still_counted"), words),)


def _not_counted(found: SendPreview) -> tuple[Fact, ...]:
    """Who travels and does not stand in the total."""
    said = []
    if found.of_age and found.counted_on is not None:
        day = f"{found.counted_on:%d/%m/%Y}"
        said.append(text("handovers.facts.of_age", children=number(found.of_age), day=day))
    if found.left_out:
        said.append(text("handovers.facts.left_out", children=number(found.left_out)))
    return tuple(Fact(text("handovers.about.not_counted"), one) for one in said)


def _whole(households: int, children: int, girls: int) -> str:
    return text(
        "handovers.facts.whole",
        households=number(households),
        children=number(children),
        girls=number(girls),
    )


def _clock_of(found: SendPreview) -> tuple[Fact, ...]:
    day = found.clock_behind
    if day is None:
        return ()
    words = text("handovers.clock_behind", day=f"{day:%d/%m/%Y}")
    return (Fact("", f"\N{BLACK UP-POINTING TRIANGLE} {words}", "warning"),)
