"""Việc cần làm: what waits for a person, how far the round is, and the state of this PC.

The first page after unlocking. Each line leads to the page where the work is, or to the first
record of it. An empty register says what to do first. Nothing is reckoned here: the numbers are
`app.services.worklist`'s, read beside the window's thread at every coming.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import number, text
from app.services.last_check import LastCheck
from app.services.lists import ListFilter
from app.services.rights import Right, allows
from app.services.round_words import round_called
from app.services.worklist import Duty, RoundStanding, Worklist, WorkView
from app.services.workplace import Progress
from app.ui.home.begin import BeginCard
from app.ui.home.chart import ROW, Bar, Chart, Legend, total_of, without_round, words_of
from app.ui.home.lines import TaskList
from app.ui.home.machine import MachineCard
from app.ui.labels import Elided, SetWords
from app.ui.last_day import before_or_after
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.permission import lock_unless
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks, Ticket, Watch
from app.ui.theme import Theme, set_state

#: Duty → the page where it is done, where there is one for it; else its first record is opened.
_PAGES = {
    Duty.RETURNED: "handover",
    Duty.CONFLICTS: "conflicts",
    Duty.MOVES: "moves",
    Duty.DUPLICATES: "duplicates",
    Duty.POLICE_OUT: "police",
    Duty.LIST_ROWS: "crosscheck",
    Duty.TO_VISIT: "crosscheck",
    Duty.WAITING: "handover",
    Duty.KEPT: "handover",
    Duty.UNDONE_BUT_ACCEPTED: "handover",
    Duty.SET_ASIDE_ABOVE: "handover",
    Duty.NOT_VERIFIED: "handover",
    Duty.UNDONE: "handover",
    Duty.ANSWERS_OWED: "handover",
    Duty.UNFINISHED_SENDING: "handover",
    Duty.NOT_HANDED_OVER: "handover",
    Duty.ERRORS: "issues",
    Duty.NOT_SEEN: "quarter",
    Duty.TO_CHECK: "check",
}
#: What has a place of its own on the handover page.
_PLACES = frozenset(
    (
        Duty.RETURNED,
        Duty.WAITING,
        Duty.KEPT,
        Duty.UNDONE_BUT_ACCEPTED,
        Duty.SET_ASIDE_ABOVE,
        Duty.NOT_VERIFIED,
        Duty.UNDONE,
        Duty.ANSWERS_OWED,
    )
)
#: Duty → the part of the administration page.
_SECTIONS = {
    Duty.CODE_ON_NO_PAPER: "own",
    Duty.NOT_ENROLLED: "enrolment",
    Duty.CERTIFICATE_ENDS: "enrolment",
    Duty.LISTS_LACK: "stations",
    Duty.BACKUP_LATE: "backups",
    Duty.OLD_COPIES: "erasures",
    Duty.SPLIT_UNITS: "dividing",
}
#: The part that tells what was done at the keyboard and how long the rest will take.
_PACE = "work"
#: The part where the province opens and closes rounds.
_ROUNDS = "rounds"
#: From this height on, at 100 %, the card of the round has room for all it says.
_ROOMY = 380
#: What is worked off from a list of children.
_LISTS = {Duty.UNFINISHED: ListFilter(unfinished=True)}
#: What the card of the PC tells as well, beside the first steps of an empty register.
_OF_MACHINE = frozenset(
    (
        Duty.CODE_ON_NO_PAPER,
        Duty.NOT_ENROLLED,
        Duty.CERTIFICATE_ENDS,
        Duty.NOT_HANDED_OVER,
        Duty.BACKUP_LATE,
    )
)
_NO_RECORD = frozenset(
    (
        Duty.RETURNED,
        Duty.WAITING,
        Duty.KEPT,
        Duty.UNDONE_BUT_ACCEPTED,
        Duty.SET_ASIDE_ABOVE,
        Duty.NOT_VERIFIED,
        Duty.UNDONE,
        Duty.ANSWERS_OWED,
        Duty.UNFINISHED_SENDING,
        Duty.NOT_HANDED_OVER,
        Duty.CODE_ON_NO_PAPER,
        Duty.NOT_ENROLLED,
        Duty.CERTIFICATE_ENDS,
        Duty.LISTS_LACK,
        Duty.BACKUP_LATE,
        Duty.OLD_COPIES,
        Duty.SPLIT_UNITS,
        Duty.TO_CHECK,
        Duty.POLICE_OUT,
    )
)


class HomePage(QWidget):
    """The page. `page_wanted` names a page of the navigation, `open_household` a record."""

    page_wanted = Signal(str)
    #: A line that is worked on at a place of its own on the handover page; None: to receive.
    handover_wanted = Signal(object)
    #: A part of the administration page.
    section_wanted = Signal(str)
    #: A filter of the register.
    list_wanted = Signal(object)
    open_household = Signal(str, str)
    new_household = Signal(str, str)
    import_wanted = Signal()
    demonstration_wanted = Signal()
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        worklist: Worklist,
        notifier: Notifier,
        theme: Theme,
        rights: frozenset[Right],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._tasks = tasks
        self._worklist = worklist
        self._notifier = notifier
        self._theme = theme
        self._rights = rights
        self._pages: Collection[str] = ()
        self._sections: Collection[str] = ()
        self._checking: Ticket[None] | None = None
        #: Whether the register is being closed.
        self._ended = False
        self._wants_keyboard = False
        self.view: WorkView | None = None
        self._build()

    def offer(self, pages: Collection[str], sections: Collection[str]) -> None:
        """The pages of this window and the parts of its administration, by name: lines lead to
        those that are there.
        """
        self._pages, self._sections = pages, sections
        self.pace.setVisible(_PACE in sections)

    # --- building ---------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._theme.pixels
        left, column = self._card(text("window.page.home"), self)
        self.stack = QStackedWidget(left)
        self.lines = TaskList(self._theme, self.stack)
        self.lines.wanted.connect(self.go)
        self.nothing = _Nothing(self.stack)
        gathers = self._worklist.gathers
        may_begin = allows(self._rights, Right.HANDOVER if gathers else Right.ENTER)
        self.begin_card = BeginCard(self._theme, self.stack, may_begin=may_begin, gathers=gathers)
        self.begin_card.first.clicked.connect(self._begin_first)
        self.begin_card.trial.clicked.connect(self.demonstration_wanted)
        self.begin_card.import_list.clicked.connect(self.import_wanted)
        for one in (self.lines, self.nothing, self.begin_card):
            self.stack.addWidget(one)
        self.check = Step(text("worklist.check"))
        self.check.clicked.connect(self.run_check)
        lock_unless(self.check, self._rights, Right.READ)
        self.checked = QLabel()
        self.checked.setWordWrap(True)
        self.checked.setProperty("role", "muted")
        self.foot = QWidget(left)
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(px(8), px(4), px(8), 0)
        foot.setSpacing(px(16))
        foot.addWidget(self.checked, 1)
        foot.addWidget(self.check)
        column.addWidget(self.stack, 1)
        column.addWidget(self.foot)
        right = QWidget(self)
        self._right = QVBoxLayout(right)
        self._right.setSpacing(px(8))
        self._right.addWidget(self._round_card(right), 1)
        self.machine = MachineCard(self._theme, right)
        self.machine.enrol.clicked.connect(lambda: self.go(Duty.NOT_ENROLLED))
        self.machine.renew.clicked.connect(lambda: self.go(Duty.CODE_ON_NO_PAPER))
        self._right.addWidget(self.machine)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        self._right.setContentsMargins(0, 0, 0, 0)
        for side, share in ((left, 11), (right, 8)):
            # By their shares alone, whatever words they hold.
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(side, share)
        self.setFocusProxy(self.lines)

    def _card(self, title: str, parent: QWidget) -> tuple[QFrame, QVBoxLayout]:
        px = self._theme.pixels
        card = QFrame(parent)
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(4))
        words = QLabel(title)
        words.setProperty("role", "title")
        words.setContentsMargins(px(8), 0, 0, 0)
        column.addWidget(words)
        return card, column

    def _round_card(self, parent: QWidget) -> QWidget:
        px = self._theme.pixels
        card, column = self._card(text("worklist.progress"), parent)
        inside = QVBoxLayout()
        inside.setContentsMargins(px(8), 0, px(8), 0)
        inside.setSpacing(px(4))
        self.round_name = Elided()
        self.round_name.setProperty("role", "crumb")
        self.days_left = Elided()
        self.bar = Bar(self._theme)
        self.whole = Elided()
        self.legend = Legend(self._theme)
        for one in (self.round_name, self.days_left, self.bar, self.whole, self.legend):
            inside.addWidget(one)
        column.addLayout(inside)
        self.chart = Chart(self._theme)
        column.addWidget(self.chart, 1)
        self.pace = Step(text("worklist.pace"))
        self.pace.setProperty("role", "link")
        self.pace.hide()
        self.pace.clicked.connect(lambda: self.section_wanted.emit(_PACE))
        column.addWidget(self.pace, 0, Qt.AlignmentFlag.AlignLeft)
        self.rounds = Step(text("worklist.open_round"))
        self.rounds.setProperty("role", "link")
        self.rounds.hide()
        self.rounds.clicked.connect(lambda: self.section_wanted.emit(_ROUNDS))
        column.addWidget(self.rounds, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(0)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Under a long message large letters leave little: what is said elsewhere as well, in the
        head of the window and in the words beside the bars, gives way to the bars.
        """
        roomy, view = self.height() >= self._theme.pixels(_ROOMY), self.view
        current = None if view is None else view.round
        counted = view is not None and bool(total_of(view.places).expected)
        self.legend.setVisible(roomy and counted)
        # By itself it takes no less than several lines: words would be laid over each other.
        self.chart.setMinimumHeight(0 if roomy else self._theme.pixels(ROW))
        self.days_left.setVisible(roomy and current is not None and current.days_left is not None)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what waits now: first what is known at once, then what takes longer to count."""
        if self._ended:
            return
        worklist = self._worklist

        def more(view: WorkView) -> None:
            self._show(view)
            self._tasks.run(worklist.read_all, self._show, self._failed, owner=self)

        self._tasks.run(worklist.read, more, self._failed, owner=self)

    def begin(self) -> None:
        """Put the keyboard where work begins: in the lines, or on the first step of all."""
        self._wants_keyboard = self.view is None
        shown = self.stack.currentWidget()
        if shown is self.begin_card:
            self.begin_card.start.setFocus(Qt.FocusReason.OtherFocusReason)
        elif shown is self.nothing and self.view is not None and self.check.isEnabled():
            self.check.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, view: WorkView) -> None:
        if view == self.view:
            return
        held = self.stack.isAncestorOf(self.window().focusWidget() or self)
        self.view = view
        self.lines.show_tasks(view.tasks, top=view.top, gathers=self._worklist.gathers)
        shown: QWidget = self.lines if view.tasks else self.nothing
        if view.empty and all(one.duty in _OF_MACHINE for one in view.tasks):
            shown = self.begin_card  # an empty register has a first step
        self.stack.setCurrentWidget(shown)
        self._show_round(view)
        self._show_check(view.check)
        self.foot.setVisible(not view.empty)
        self.machine.show_view(view, may_enrol="enrolment" in self._sections)
        if held or self._wants_keyboard:
            self.begin()

    def _show_round(self, view: WorkView) -> None:
        current = view.round
        in_round = current is not None
        named = "" if current is None else round_called(current.name)
        none = "worklist.no_round_now" if view.rounds_before else "worklist.no_round"
        self.round_name.say(named or text(none))
        left = None if current is None else current.days_left
        self._lead_to_rounds(view.top and _ROUNDS in self._sections, current, left)
        if current is not None and left is not None and current.closes_on is not None:
            key = f"worklist.days_{before_or_after(left)}"
            self.days_left.say(text(key, days=abs(left), day=f"{current.closes_on:%d/%m/%Y}"))
            set_state(self.days_left, "error" if left < 0 else "warning" if left <= 7 else "")
        total = total_of(view.places)
        for one in (self.bar, self.chart):
            one.setVisible(bool(total.expected))
        self._fit()
        if not total.expected:
            self.whole.say(text("worklist.no_household"))
            return
        words = words_of(total, in_round=in_round)
        self.bar.show_place(total if in_round else without_round(total), words)
        self.whole.say(words)
        self.legend.show_for(in_round=in_round)
        self.chart.show_places(view.places, in_round=in_round)

    def _show_check(self, check: LastCheck | None) -> None:
        if self._checking is not None:
            return
        if check is None:
            self.checked.setText(text("worklist.never_checked"))
            return
        key = "worklist.checked_stale" if check.stale else "worklist.checked"
        self.checked.setText(
            text(
                key,
                when=_moment(check.at),
                errors=number(check.errors),
                warnings=number(check.warnings),
            )
        )

    def _lead_to_rounds(self, may: bool, current: RoundStanding | None, left: int | None) -> None:
        """Whoever opens rounds is led there when none is open, or the open one is over."""
        over = left is not None and left < 0
        self.rounds.setVisible(may and (current is None or over))
        self.rounds.setText(text("worklist.round_is_over" if over else "worklist.open_round"))

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    # --- going ------------------------------------------------------------------------------

    def go(self, duty: Duty) -> None:
        """Go to where a line is worked on: its page, or its first record."""
        page = _PAGES.get(duty, "admin")
        section = _SECTIONS.get(duty)
        if duty is Duty.NOT_ENROLLED and self.view is not None and self.view.top:
            section = "issuing"  # nobody above could be asked
        if section in self._sections:
            self.section_wanted.emit(section)
        elif duty in _PLACES and "handover" in self._pages:
            self.handover_wanted.emit(duty)
        elif duty in _PAGES and page in self._pages:
            self.page_wanted.emit(page)
        elif duty in _LISTS:
            self.list_wanted.emit(_LISTS[duty])
        elif duty in _NO_RECORD:
            words = text(f"worklist.elsewhere.{page}")
            self._notifier.say(Notice(Kind.NOTE, words, topic="worklist"))
        else:
            find, opened = partial(self._worklist.first, duty), partial(self._open_first, duty)
            self._tasks.run(find, opened, self._failed, owner=self)

    def _begin_first(self) -> None:
        """The first step of an empty register: to type a page, or to receive a bundle."""
        if self._worklist.gathers:
            self.handover_wanted.emit(None)
        else:
            self.new_household.emit("", "")

    def _open_first(self, duty: Duty, found: tuple[str, str] | None) -> None:
        if found is None and duty is Duty.REFUSED_ABOVE and "handover" in self._pages:
            # What is in no register for it has no page: the list tells what it was.
            self.handover_wanted.emit(duty)
        elif found is None:
            words = text("worklist.none_left")
            self._notifier.say(Notice(Kind.NOTE, words, topic="worklist"))
            self.load()
        else:
            self.open_household.emit(*found)

    # --- checking ---------------------------------------------------------------------------

    def run_check(self) -> None:
        """Check the whole store; pressed once more while it runs, stop."""
        if self._checking is not None:
            self._checking.cancel()
            return
        worklist = self._worklist

        def op(watch: Watch) -> None:
            worklist.check(Progress(watch.report, watch.cancelled))

        self.check.setText(text("worklist.stop"))
        self.checked.setText(text("worklist.checking"))
        self._checking = self._tasks.run_watched(
            op, self._was_checked, self._check_failed, self._tell, lane=Lane.READ, owner=self
        )

    def _tell(self, done: int, total: int) -> None:
        if self._checking is not None:
            share = done * 100 // max(total, 1)
            self.checked.setText(text("worklist.checking_at", percent=share, total=number(total)))

    def _was_checked(self, _none: None) -> None:
        self._checking = None
        if self._ended:
            return
        self.check.setText(text("worklist.check"))
        self.load()
        self.changed.emit()

    def _check_failed(self, error: AppError) -> None:
        self._was_checked(None)
        if error.message_id != "work.cancelled":
            self._failed(error)

    def stop(self) -> None:
        """The register is about to be closed: nothing more is read. Whoever read then would open
        the store behind its back.
        """
        self._ended = True
        if self._checking is not None:
            self._checking.cancel()


class _Nothing(QWidget):
    """Nothing waits."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        words = QLabel(text("worklist.nothing"))
        words.setProperty("role", "heading")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = SetWords()
        hint.setText(text("worklist.nothing_hint"))
        hint.setProperty("role", "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(words)
        column.addWidget(hint)
        column.addStretch(3)


def _moment(at: datetime) -> str:
    local = at.astimezone()
    if local.date() == datetime.now().astimezone().date():
        return f"{local:%H:%M} {text('status.today')}"
    return f"{local:%H:%M %d/%m/%Y}"
