"""Bundles of revoked PCs that are kept: what each is, what it would bring, and taking one in.

A PC is revoked when it is lost; what it sealed before may lie nowhere else. So one looks first, and
whoever holds the keys takes in a single bundle by name. Whoever does not may only see the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import in_sentence, number, text
from app.services.exchange import Received
from app.services.handover_kept import KeptBundle
from app.services.handover_receiving import FileResult
from app.services.table_export import Holds
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.register import day_of
from app.ui.line_table import LineRows, LineTable
from app.ui.long_work import LongWork
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

FROM, SEQ, MADE, PC, WHAT = range(5)
_HEADINGS = tuple(f"handovers.kept.{one}" for one in ("from", "number", "made", "pc", "what"))
#: Where room is short the id of the PC goes first: the line below the list has it.
_WIDTHS = {FROM: 200, SEQ: 72, MADE: 120, PC: 112}
_LEAST_WHAT = 260
#: So much of a station's id tells PCs of one unit apart.
_SHORT = 8


class KeptRows(LineRows[KeptBundle]):
    """The model."""

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(theme, _HEADINGS)
        self._unit_name = unit_name

    def words(self, row: KeptBundle, column: int) -> str:
        if column == WHAT:
            return " ".join(row.problem.split("\n")) or _changes(row)
        if row.problem:
            return ""
        if column == FROM:
            return self._unit_name(row.sender)
        if column == SEQ:
            return number(row.seq)
        return day_of(row.created) if column == MADE else row.station[:_SHORT]

    def colour(self, row: KeptBundle, column: int) -> QColor | None:
        return self._theme.colour("error") if column == WHAT and row.problem else None


class KeptCard(QFrame):
    """The card. `left` comes when the person wants back, `changed` when a bundle was taken in."""

    left = Signal()
    changed = Signal()

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
        self._desk, self._notifier, self._unit_name = desk, notifier, unit_name
        self._tasks = tasks
        #: The bundle that was looked at, and what it would bring.
        self._seen = ("", "")
        px = theme.pixels
        title = QLabel(text("handovers.kept.title"), self)
        title.setProperty("role", "title")
        why = QLabel(text("handovers.kept.why"), self)
        why.setProperty("role", "muted")
        why.setWordWrap(True)
        self.rows = KeptRows(theme, unit_name)
        self.table = LineTable(
            self.rows, text("handovers.kept.title"), theme, _WIDTHS, WHAT, _LEAST_WHAT, self
        )
        offer(self.table, "kept", Holds.INTERNAL)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        # What a preview says has two lines, and its steps stay where they are.
        self.whole.setMinimumHeight(2 * self.whole.fontMetrics().lineSpacing())
        self.work = LongWork(tasks, notifier, theme, "receiving")
        self.work.ended.connect(self._ended)
        self.look = Step(text("handovers.look"), self)
        self.look.clicked.connect(self.look_now)
        self.take = Step(text("handovers.kept.take"), self)
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.take_now)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.look)
        deeds.addWidget(self.take)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        for one in (title, why):
            column.addWidget(one)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addWidget(self.work)
        column.addLayout(deeds)
        self._follow()

    # --- showing ----------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a bundle is looked at or taken in."""
        return self.work.running

    def load(self) -> None:
        """Read the list."""
        self._tasks.run(self._desk.kept, self.show_kept, self._failed, owner=self)

    def show_kept(self, found: Sequence[KeptBundle]) -> None:
        """Show the list; the keyboard's line stays where it is."""
        place = max(0, self.table.currentIndex().row())
        self._seen = ("", "")
        self.rows.show_lines(list(found))
        if found:
            self.table.setCurrentIndex(self.rows.index(min(place, len(found) - 1), WHAT))
        self._follow()

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def line(self) -> KeptBundle | None:
        """The bundle under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        self.close_card.setEnabled(not self.work.running)  # with it the way to stop would go
        line, may = self.line, self._desk.may_admit_kept()
        good = line is not None and not line.problem and may and not self.work.running
        seen = line is not None and line.bundle_id == self._seen[0]
        self.look.setVisible(may)
        self.take.setVisible(may)
        self.look.setEnabled(good)
        self.take.setEnabled(good and seen)
        if line is None:
            self.whole.setText(text("handovers.kept.none"))
        elif line.problem:
            self.whole.setText(line.problem)
        elif seen:
            self.whole.setText(self._seen[1])
        else:
            key = "handovers.kept.look_first" if may else "handovers.kept.keys_only"
            self.whole.setText(text(key, pc=line.station))

    # --- look, decide, do -------------------------------------------------------------------

    def look_now(self) -> None:
        """Show what the bundle would bring; nothing is written."""
        line, desk = self.line, self._desk
        if line is None or not self.look.isEnabled():
            return

        def looked(result: FileResult) -> None:
            if result.received is None:
                self.whole.setText(result.message)
                return
            self._seen = (line.bundle_id, _would(result.received))
            self._follow()

        self.work.run(
            text("handovers.looking"),
            lambda progress: desk.kept_preview(line.bundle_id, progress),
            looked,
            Lane.WRITE,
        )
        self._follow()

    def take_now(self) -> None:
        """Take the bundle in, after a question."""
        line, desk = self.line, self._desk
        if line is None or not self.take.isEnabled():
            return
        question = Question(
            text(
                "handovers.kept.question",
                seq=number(line.seq),
                sender=in_sentence(self._unit_name(line.sender)),
            ),
            text("handovers.kept.details", day=day_of(line.created)),
            (
                Choice("take", text("handovers.kept.take")),
                Choice("keep", text("handovers.one.not_now")),
            ),
        )
        if self._notifier.ask(question) != "take":
            return

        def taken(result: FileResult) -> None:
            got = result.received
            if got is None:
                self.whole.setText(result.message)
                return
            said = text("handovers.kept.taken", new=number(got.new), changed=number(got.changed))
            kind = Kind.WARNING if got.needs_a_person else Kind.DONE
            words = f"{said} {_minded(got)}" if got.needs_a_person else said
            self._notifier.say(Notice(kind, words, topic="receiving"))
            self.load()
            self.changed.emit()

        self.work.run(
            text("handovers.taking"),
            lambda progress: desk.admit_kept(line.bundle_id, progress),
            taken,
            Lane.WRITE,
        )
        self._follow()

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def _ended(self) -> None:
        self._follow()
        if self.work.held:
            target: QWidget = self.take if self.take.isEnabled() else self.table
            target.setFocus(Qt.FocusReason.OtherFocusReason)


def _changes(row: KeptBundle) -> str:
    return text("handovers.stopped.count", count=number(row.operations))


def _would(got: Received) -> str:
    numbers = text(
        "handovers.facts.records",
        households_new=number(got.households_new),
        children_new=number(got.children_new),
        households_changed=number(got.households_changed),
        children_changed=number(got.children_changed),
        unchanged=number(got.unchanged),
    )
    return f"{text('handovers.about.would')}: {numbers}\n{_minded(got)}"


def _minded(got: Received) -> str:
    return text(
        "handovers.facts.minded",
        conflicts=number(got.conflicts),
        waiting=number(got.waiting),
        refused=number(got.refused),
    )
