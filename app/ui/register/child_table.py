"""The flat list of children as a table: columns that give way on a small screen, orders by key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.i18n import text
from app.services.lists import Sort
from app.ui.paged_cells import PagedCells
from app.ui.register.rows import BIRTH, HEAD, HOUSEHOLD, NAME, SEX, STATE, VILLAGE, ChildRows
from app.ui.theme import Theme

_LEAST_NAME = 176
_WIDTHS = {BIRTH: 104, SEX: 84, HOUSEHOLD: 64, HEAD: 152, VILLAGE: 136, STATE: 136}
#: What a state takes that says since when.
_WHOLE_STATE = 212
#: The width of a village with the name of its commune.
_PLACE = 184
#: Columns that a list can go by.
SORTS = {NAME: Sort.NAME, BIRTH: Sort.BIRTH, HOUSEHOLD: Sort.HOUSEHOLD}


class ChildTable(QTableView):
    """The table over `rows`. `opened` is Enter, `sort_wanted` a click on a heading."""

    opened = Signal()
    sort_wanted = Signal(object)

    def __init__(self, rows: ChildRows, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._widths = dict(_WIDTHS)
        px = theme.pixels
        self.setModel(rows)
        self.setItemDelegate(PagedCells(rows, theme, self))
        self.setProperty("role", "plain")
        self.setAccessibleName(text("register.children"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px(32))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(NAME, Qt.SortOrder.AscendingOrder)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.sectionClicked.connect(self._clicked)
        for section, width in self._widths.items():
            header.resizeSection(section, px(width))
        self.installEventFilter(self)

    def show_sort(self, sort: Sort) -> None:
        """Mark the column that the list goes by."""
        section = next(section for section, one in SORTS.items() if one is sort)
        self.horizontalHeader().setSortIndicator(section, Qt.SortOrder.AscendingOrder)

    def _clicked(self, section: int) -> None:
        sort = SORTS.get(section)
        if sort is not None:
            self.sort_wanted.emit(sort)

    def widen_places(self, *, several_units: bool) -> None:
        """Give the village room for the name of its commune."""
        self._widths[VILLAGE] = _PLACE if several_units else _WIDTHS[VILLAGE]

    def fit(self, room: int) -> None:
        """Large letters on a small screen: the name of the child keeps its room, others give way.

        What has no column here stands on the household's page.
        """
        px = self._theme.pixels
        room -= px(_LEAST_NAME)
        for column in (BIRTH, HOUSEHOLD, STATE, HEAD, VILLAGE, SEX):
            if column == SEX and room > 0:
                # Before another column comes, the state has its day.
                more = min(room, px(_WHOLE_STATE - self._widths[STATE]))
                self.horizontalHeader().resizeSection(STATE, px(self._widths[STATE]) + more)
                room -= more
            width = px(self._widths[column])
            room -= width
            self.setColumnHidden(column, room < 0)
            self.horizontalHeader().resizeSection(column, width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter in the list opens the household (Qt activates by double click only here)."""
        if (
            watched is self
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.opened.emit()
            return True
        return super().eventFilter(watched, event)
