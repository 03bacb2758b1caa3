"""Who has handed over: a bar of all units below, a line for each, the list of who is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import text
from app.services.delivery_values import Deliveries, Delivery, Stage
from app.services.delivery_words import counts_words, note_words, round_choice, summary_of, title_of
from app.services.rounds import OPEN
from app.services.table_export import Holds
from app.services.worklist import PlaceProgress
from app.ui.handover.delivery_chart import Climb, DeliveryChart
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.register import moment_of
from app.ui.home.chart import Bar
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Notifier, error_notice
from app.ui.pdf_file import name_pdf, write_pdf
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

UNIT, STAGE, LAST, COUNTS, NOTE = range(5)
_HEADINGS = tuple(f"deliveries.{one}" for one in ("unit", "stage", "last", "counts", "note"))
#: Where room is short the counts go first, then the moment: the unit's card has them.
_WIDTHS = {UNIT: 240, STAGE: 136, LAST: 144, COUNTS: 316}
_LEAST_NOTE, _MOST_STAGE = 200, 232
_COLOURS = {
    Stage.NONE: "muted",
    Stage.RETURNED: "warning",
    Stage.OUTSIDE: "warning",
    Stage.ACCEPTED: "done",
}
_SIGNS = {
    Stage.NONE: "\N{WHITE CIRCLE}",
    Stage.RETURNED: "\N{BLACK UP-POINTING TRIANGLE}",
    Stage.OUTSIDE: "\N{CIRCLE WITH RIGHT HALF BLACK}",
    Stage.RECEIVED: "\N{BLACK CIRCLE}",
    Stage.ACCEPTED: "\N{CHECK MARK}",
}


class DeliveryRows(LineRows[Delivery]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: Delivery, column: int) -> str:
        if column == UNIT:
            return row.name
        if column == STAGE:
            return f"{_SIGNS[row.stage]} {text(f'deliveries.stage.{row.stage.value}')}"
        if column == NOTE:
            return note_words(row)
        if row.last is None:
            return ""
        if column == LAST:
            return moment_of(row.last.moment)
        return counts_words(row, short=True) or text("handovers.line_unknown")

    def colour(self, row: Delivery, column: int) -> QColor | None:
        if column == STAGE and row.stage in _COLOURS:
            return self._theme.colour(_COLOURS[row.stage])
        return self._theme.colour("warning") if column == NOTE else None


class DeliveriesCard(QFrame):
    """The card. `left` comes when the person wants back, `one_wanted` for a unit's newest one."""

    left = Signal()
    one_wanted = Signal(object)

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
        del unit_name  # the overview comes with the names
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        px = theme.pixels
        self.title = QLabel(text("deliveries.title"), self)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.round = QComboBox(self)
        self.round.setAccessibleName(text("deliveries.round"))
        # A long name of a round must not push the page apart.
        self.round.setMinimumContentsLength(12)
        self.round.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.round.activated.connect(lambda _at: self._read(self.chosen))
        self.round.hide()
        self.said = QLabel(self)
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self.bar = Bar(theme)
        self.chart = DeliveryChart(theme, self)
        self.rows = DeliveryRows(theme)
        self.table = LineTable(
            self.rows, text("deliveries.title"), theme, _WIDTHS, NOTE, _LEAST_NOTE, self
        )
        offer(self.table, "deliveries", Holds.FIGURES)
        self.table.opens(self.open_current)
        self.open = Step(f"{text('deliveries.open')}   Enter", self)
        self.open.clicked.connect(self.open_current)
        self.print = Step(text("deliveries.print"), self)
        self.print.clicked.connect(self._print)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.open)
        deeds.addWidget(self.print)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.round)
        column.addWidget(self.bar)
        column.addWidget(self.said)
        column.addWidget(self.chart)
        column.addWidget(self.table, 1)
        column.addLayout(deeds)

    def load(self) -> None:
        """Read the overview of the newest open round."""
        self._read("")

    def _read(self, round_id: str) -> None:
        desk = self._desk
        self._tasks.run(lambda: desk.deliveries(round_id), self._show, self._failed, owner=self)

    @property
    def chosen(self) -> str:
        """The id of the round that is shown, "" for none."""
        return str(self.round.currentData() or "")

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, found: Deliveries) -> None:
        whole = len(found.standing)
        self._show_rounds(found)
        accepted = found.count(Stage.ACCEPTED)
        here = found.count(Stage.ACCEPTED, Stage.RECEIVED)
        self.title.setText(title_of(found))
        words = summary_of(found)
        self.said.setText(words)
        self.bar.show_place(PlaceProgress("", "", whole, here, accepted), words)
        days = tuple(one.first for one in found.units if one.first is not None)
        self.chart.show_climb(Climb(days, whole, found.opened, found.due, found.today))
        place = max(0, self.table.currentIndex().row())
        self.rows.show_lines(found.units)
        self.table.fit(STAGE, [self.rows.words(one, STAGE) for one in found.units], _MOST_STAGE)
        if found.units:
            self.table.setCurrentIndex(self.rows.index(min(place, len(found.units) - 1), NOTE))
        self._follow()

    def _show_rounds(self, found: Deliveries) -> None:
        """Offer every round, where there is another one than what is shown unasked."""
        offered = [(round_choice(one), one.id) for one in found.rounds]
        if not any(one.state == OPEN for one in found.rounds):
            offered.insert(0, (text("deliveries.every_round"), ""))
        self.round.setVisible(len(offered) > 1)
        self.round.clear()
        for words, round_id in offered:
            self.round.addItem(words, round_id)
        self.round.setCurrentIndex(max(0, self.round.findData(found.round_id)))

    @property
    def line(self) -> Delivery | None:
        """The unit under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        line = self.line
        self.open.setEnabled(line is not None and line.last is not None)

    def open_current(self) -> None:
        """Enter: the newest handover of the unit."""
        line = self.line
        if line is not None and line.last is not None:
            self.one_wanted.emit(line.last)

    def _print(self) -> None:
        path = name_pdf(self, text("deliveries.print"), text("deliveries.file"))
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the list of who is missing."""
        desk, chosen = self._desk, self.chosen
        write_pdf(
            self,
            self._tasks,
            self._notifier,
            lambda where: desk.outstanding_pdf(where, chosen),
            path,
            written="deliveries.written",
            topic="deliveries",
        )

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))
