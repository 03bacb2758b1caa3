"""What is kept but not applied: what waits for something, what a door refused, what was set aside.

Each line says whose record, which fields, from whom and why. The door is opened by name, what waits
is given up, or the refusal of a unit above left at that, each after a question that says in numbers
what it means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.history.door import State
from app.i18n import in_sentence, number, text
from app.services.stopped_lines import StoppedLine
from app.services.table_export import Holds
from app.services.waiting import Opened
from app.ui.handover.desk import HandoverDesk
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

STATE, WHO, WHAT, FROM, WHY = range(5)
_HEADINGS = tuple(f"handovers.stopped.{one}" for one in ("state", "who", "what", "from", "why"))
#: Where room is short the fields go first, then the unit: the line below the list has them.
_WIDTHS = {STATE: 128, WHO: 160, FROM: 144, WHAT: 200}
_LEAST_WHY = 240
_COLOURS = {State.WAITING: "warning", State.REFUSED: "error", State.SET_ASIDE: "muted"}
_SIGNS = {
    State.WAITING: "\N{WHITE CIRCLE}",
    State.REFUSED: "\N{MULTIPLICATION X}",
    State.SET_ASIDE: "\N{IDENTICAL TO}",
}


class StoppedRows(LineRows[StoppedLine]):
    """The model."""

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(theme, _HEADINGS)
        self._unit_name = unit_name

    def words(self, row: StoppedLine, column: int) -> str:
        if column == STATE:
            return f"{_SIGNS[row.state]} {text(f'handovers.stopped.state.{row.state.value}')}"
        if column == WHO:
            return row.who
        if column == WHAT:
            return row.what
        if column == FROM:
            if not row.brought_by:
                return text("handovers.stopped.here")
            return self._unit_name(row.brought_by)
        return row.why

    def colour(self, row: StoppedLine, column: int) -> QColor | None:
        return self._theme.colour(_COLOURS[row.state]) if column == STATE else None


class StoppedCard(QFrame):
    """The card. `left` comes when the person wants back, `changed` when records came or went."""

    left = Signal()
    changed = Signal()
    #: A household and a child of it ("" for none).
    record_wanted = Signal(str, str)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        self._theme = theme
        self._busy = False
        px = theme.pixels
        title = QLabel(text("handovers.stopped.title"), self)
        title.setProperty("role", "title")
        self.rows = StoppedRows(theme, unit_name)
        self.table = LineTable(
            self.rows, text("handovers.stopped.title"), theme, _WIDTHS, WHY, _LEAST_WHY, self
        )
        offer(self.table, "stopped", Holds.PERSONS)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.admit = Step(text("handovers.stopped.admit"), self)
        self.drop = Step(text("handovers.stopped.drop"), self)
        self.dismiss = Step(text("handovers.stopped.dismiss"), self)
        self.open = Step(f"{text('handovers.open_record')}   Enter", self)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.admit.clicked.connect(self.admit_now)
        self.drop.clicked.connect(self.drop_now)
        self.dismiss.clicked.connect(self.dismiss_now)
        self.open.clicked.connect(self.open_current)
        self.close_card.clicked.connect(self.left)
        self.table.opens(self.open_current)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        for one in (self.admit, self.drop, self.dismiss, self.open):
            deeds.addWidget(one)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(title)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addLayout(deeds)

    # --- showing ----------------------------------------------------------------------------

    def show_lines(self, lines: list[StoppedLine]) -> None:
        """Show the list; the keyboard's line stays where it is."""
        place = max(0, self.table.currentIndex().row())
        self.rows.show_lines(lines)
        if lines:
            self.table.setCurrentIndex(self.rows.index(min(place, len(lines) - 1), WHY))
        self._follow()

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def line(self) -> StoppedLine | None:
        """The record under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        line = self.line
        self.open.setEnabled(line is not None and bool(line.household or line.child))
        self.admit.setEnabled(line is not None and _may_come_in(line) and not self._busy)
        self.drop.setEnabled(line is not None and line.state is State.WAITING and not self._busy)
        self.dismiss.setEnabled(line is not None and line.unanswered and not self._busy)
        if line is None:
            self.whole.setText(text("handovers.stopped.none"))
            return
        count = text("handovers.stopped.count", count=number(line.operations))
        said = [" · ".join(filter(None, (line.who, line.what, count, line.why)))]
        if line.says:
            said.append(text("handovers.stopped.says", values=line.says))
        if line.only:
            paged = line.household or line.child or not line.unanswered
            only = "handovers.stopped.only" if paged else "handovers.stopped.only_no_page"
            said.append(text(only, unit=in_sentence(line.only)))
        self.whole.setText("\n".join(said))

    # --- deeds ------------------------------------------------------------------------------

    def open_current(self) -> None:
        """Enter: the page of the record, where it is here."""
        line = self.line
        if line is not None and (line.household or line.child):
            self.record_wanted.emit(line.household, line.child)

    def admit_now(self) -> None:
        """Open the door by name, after a question."""
        line = self.line
        if line is None or not _may_come_in(line) or not self._agreed("admit", line):
            return

        def done(opened: Opened) -> None:
            key = "admitted" if not opened.still_waiting else "admitted_partly"
            self._settled(key, count=number(opened.accepted), waiting=number(opened.still_waiting))

        self._do(lambda desk: desk.admit(line.id), done)

    def drop_now(self) -> None:
        """Give up what waits, after a question."""
        line = self.line
        if line is None or line.state is not State.WAITING or not self._agreed("drop", line):
            return
        self._do(
            lambda desk: desk.drop_stopped(line.id),
            lambda count: self._settled("dropped", count=number(count)),
        )

    def dismiss_now(self) -> None:
        """Leave it at the refusal of a unit above, after a question."""
        line = self.line
        if line is None or not line.unanswered or not self._agreed("dismiss", line):
            return
        self._do(
            lambda desk: desk.dismiss(line.id),
            lambda count: self._settled("dismissed", count=number(count)),
        )

    def _agreed(self, deed: str, line: StoppedLine) -> bool:
        counted = {"count": number(line.operations), "why": line.why, "unit": line.only}
        question = Question(
            text(f"handovers.stopped.{deed}_question", who=line.who or line.what),
            text(f"handovers.stopped.{deed}_details", **counted),
            (
                Choice(deed, text(f"handovers.stopped.{deed}"), destroys=deed == "drop"),
                Choice("keep", text("handovers.one.not_now")),
            ),
        )
        return self._notifier.ask(question) == deed

    def _settled(self, key: str, **said: str) -> None:
        words = text(f"handovers.stopped.{key}", **said)
        self._notifier.say(Notice(Kind.DONE, words, topic="stopped"))
        self.changed.emit()
        if self.isVisible():
            self.begin()

    def _do(self, deed: Callable[[HandoverDesk], object], done: Callable[..., None]) -> None:
        if self._busy:
            return
        self._busy = True
        self._follow()

        def ended(found: object) -> None:
            self._busy = False
            self._follow()
            done(found)

        def failed(error: AppError) -> None:
            self._busy = False
            self._follow()
            self._notifier.say(error_notice(error))

        self._tasks.run(partial(deed, self._desk), ended, failed, lane=Lane.WRITE, owner=self)


def _may_come_in(line: StoppedLine) -> bool:
    """Whether it may be taken in here, and by itself."""
    return not line.only and not line.with_bundle
