"""What was done at the keyboard, day by day, and how long the rest will take.

In the order of the days and never of the people: it is there to plan with. Everybody sees the own
days; whoever administers this PC sees all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import decimal, number, text
from app.services.table_export import Holds
from app.services.work_statistics import Ahead, Work, WorkStatistics, WorkStatisticsDesk
from app.services.work_time import BREAK, SECONDS_A_CHILD
from app.ui.admin.section import Section
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state

(
    _DAY,
    _WHO,
    _DONE,
    _HOMES,
    _CHANGED,
    _CHECKED,
    _BACK,
    _MISTAKEN,
    _MINUTES,
    _HOURLY,
    _SECONDS,
) = range(11)
_HEADINGS = (
    "administration.work.day",
    "administration.work.who",
    "administration.work.done",
    "administration.work.homes",
    "administration.work.changed",
    "administration.work.checked",
    "administration.work.back",
    "administration.work.mistaken",
    "administration.work.minutes",
    "administration.work.hourly",
    "administration.work.seconds",
)
#: What gives way first where there is no room.
_GIVE_WAY = (_HOMES, _HOURLY, _CHANGED, _BACK, _CHECKED, _MISTAKEN)
#: What a table keeps for its frame and a scroll bar.
_FRAME = 20
#: Sentence → days looked back on, today included.
_PERIODS = {
    "administration.work.today": 1,
    "administration.work.week": 7,
    "administration.work.fortnight": 14,
    "administration.work.quarter": 92,
}
_NOTHING = "\N{EN DASH}"


class WorkSection(Section):
    """The days of a period, each with its sums; the sum of all above them."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        statistics: WorkStatisticsDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tasks, theme, text("administration.work"), parent)
        self._statistics = statistics
        self._stale = True
        px = theme.pixels
        self.ahead = self.words(text("administration.working"), "")
        self.period = QComboBox()
        self.period.setAccessibleName(text("administration.work.period"))
        for words, days in _PERIODS.items():
            self.period.addItem(text(words), days)
        self.period.setCurrentIndex(list(_PERIODS.values()).index(14))
        self.period.activated.connect(lambda _row: self.load())
        self.row(self.period)
        self.table = QTableWidget(0, len(_HEADINGS))
        self.table.setAccessibleName(text("administration.work"))
        self.table.setHorizontalHeaderLabels([text(one) for one in _HEADINGS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(px(32))
        self.table.setMinimumHeight(px(240))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.column.addWidget(self.table, 1)
        offer(self.table, "work", Holds.INTERNAL, numbers=range(_DONE, _SECONDS + 1))
        self.words(text("administration.work.how", minutes=BREAK // 60, target=SECONDS_A_CHILD))
        self.close_column()
        self.first = self.table

    def load(self) -> None:
        """Read the numbers of the chosen period, once somebody sees them: it walks over the log."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        days, desk = self.period.currentData(), self._statistics
        self.read(partial(desk.read, days=days), self._show)

    def _show(self, found: WorkStatistics) -> None:
        several = found.everybody and len(found.people) > 1
        self.table.setColumnHidden(_WHO, not several)
        rows = [*_sums(found, several=several), *_days(found)]
        self.table.setRowCount(len(rows))
        for at, cells in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                across = (
                    Qt.AlignmentFlag.AlignLeft if column <= _WHO else Qt.AlignmentFlag.AlignRight
                )
                item.setTextAlignment(across | Qt.AlignmentFlag.AlignVCenter)
                if at < len(rows) - len(found.days):
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.table.setItem(at, column, item)
        if rows:
            self.table.setCurrentCell(0, _DAY)
        self._say_ahead(found.ahead)
        imported = found.imported
        self.say(text("administration.work.imported", count=number(imported)) if imported else "")
        self._fit()

    def _say_ahead(self, ahead: Ahead | None) -> None:
        words, state = _ahead_words(ahead)
        self.ahead.setVisible(bool(words))
        if words:
            self.ahead.setText(words)
            self.ahead.fit(self.ahead.width())
            set_state(self.ahead, state)

    def _fit(self) -> None:
        """Large letters on a small screen: what nobody did gives way, then what can be reckoned."""
        table, header = self.table, self.table.horizontalHeader()
        for column in _GIVE_WAY:  # a hidden heading has no width that it would like to have
            table.setColumnHidden(column, False)
        shown = [at for at in range(len(_HEADINGS)) if at != _WHO or not table.isColumnHidden(_WHO)]
        # The table itself is told its width later than the card it stands in.
        margins = self.column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.theme.pixels(_FRAME)
        widths = {at: max(header.sectionSizeHint(at), table.sizeHintForColumn(at)) for at in shown}
        for column in sorted(_GIVE_WAY, key=self._holds_something):
            too_wide = sum(widths.values()) > room
            table.setColumnHidden(column, too_wide)
            if too_wide:
                del widths[column]
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_SECONDS, QHeaderView.ResizeMode.Stretch)

    def _holds_something(self, column: int) -> bool:
        cells = (self.table.item(row, column) for row in range(self.table.rowCount()))
        return any(cell is not None and cell.text() not in ("0", _NOTHING) for cell in cells)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        if self._stale:
            self.load()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()


def _days(found: WorkStatistics) -> Iterator[list[str]]:
    for one in reversed(found.days):
        yield _cells(_day(one.day), one.author, one.work)


def _sums(found: WorkStatistics, *, several: bool) -> Iterator[list[str]]:
    total = text("administration.work.total")
    if several:
        everybody = Work()
        for work in found.people.values():
            everybody.add(work)
        yield _cells(total, text("administration.work.everybody"), everybody)
    for name, work in sorted(found.people.items()):
        yield _cells(total, name, work)


def _cells(day: str, who: str, work: Work) -> list[str]:
    hourly, each = work.children_an_hour, work.seconds_a_child
    mistaken = _NOTHING
    if work.retyped_fields:
        mistaken = f"{number(work.mistaken_fields)}/{number(work.retyped_fields)}"
    return [
        day,
        who,
        number(work.children_completed),
        number(work.households_completed),
        number(work.children_changed),
        number(work.households_checked),
        number(work.returned),
        mistaken,
        number(work.minutes),
        _NOTHING if hourly is None else decimal(hourly),
        _NOTHING if each is None else number(each),
    ]


def _ahead_words(ahead: Ahead | None) -> tuple[str, str]:
    """What is left, beside the days that are left, and whether that is late."""
    if ahead is None:
        return "", ""
    if not ahead.remaining:
        return f"\N{CHECK MARK} {text('administration.work.all_done')}", "done"
    remaining, left = number(ahead.remaining), ahead.days_left
    if ahead.days_needed is None or ahead.a_day is None:
        return text("administration.work.no_pace", remaining=remaining), ""
    words = text(
        "administration.work.ahead",
        remaining=remaining,
        a_day=decimal(ahead.a_day),
        needed=number(ahead.days_needed),
    )
    if left is None:
        return words, ""
    late = ahead.days_needed > left
    key = "administration.work.days_left" if left >= 0 else "administration.work.days_over"
    words = f"{words} {text(key, days=number(abs(left)))}"
    return (f"\N{BLACK UP-POINTING TRIANGLE} {words}", "warning") if late else (words, "")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
