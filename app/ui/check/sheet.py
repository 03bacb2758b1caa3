"""A page as a sheet to lay beside the paper: a row for each field, a column for each child.

The household's own answers stand above the children's, in the first column of the same table, so
that one walk with the arrows passes everything. Read only; what stands masked is told as masked.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.i18n import text
from app.services.check_sheet import CheckSheet, SheetRow
from app.services.masking import MASKED, Shown
from app.ui.theme import Theme

_FIELD = int(Qt.ItemDataRole.UserRole)
_MASK = "\N{BULLET}" * 3
_WIDEST_LABEL, _LEAST_COLUMN = 232, 160


class SheetTable(QTableWidget):
    """The sheet. Keys that are `taken` are told by `pressed_key` and mean nothing here."""

    pressed_key = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._children: tuple[tuple[str, str], ...] = ()
        self._home_rows = 0
        self.setProperty("role", "plain")
        self.setAccessibleName(text("second_check.children"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.verticalHeader().setFixedWidth(theme.pixels(_WIDEST_LABEL))
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.taken = frozenset[int]()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in self.taken and not event.modifiers():
            self.pressed_key.emit(event)
            return
        super().keyPressEvent(event)

    def show_sheet(self, sheet: CheckSheet) -> None:
        """Show a page from its first row."""
        self.clearSpans()
        self.clear()
        self._children = sheet.children
        self._home_rows = len(sheet.household)
        columns = max(1, len(sheet.children))
        self.setColumnCount(columns)
        self.setRowCount(self._home_rows + len(sheet.rows))
        names = [name or text("entry.no_name") for _, name in sheet.children]
        self.setHorizontalHeaderLabels(names or [text("second_check.household")])
        for at, row in enumerate(sheet.household):
            self._label(at, row)
            if columns > 1:
                self.setSpan(at, 0, 1, columns)
            self._cell(at, 0, row, row.cells[0])
        for at, row in enumerate(sheet.rows, start=self._home_rows):
            self._label(at, row)
            for column, cell in enumerate(row.cells):
                self._cell(at, column, row, cell)
        self._fit()
        self.setCurrentCell(0, 0)
        self.scrollToTop()

    def _label(self, at: int, row: SheetRow) -> None:
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)  # as the sheet has it: it does not tell the metrics
        room = self._theme.pixels(_WIDEST_LABEL - 24)
        right = Qt.TextElideMode.ElideRight
        item = QTableWidgetItem(QFontMetrics(font).elidedText(row.label, right, room))
        item.setToolTip(row.label)
        self.setVerticalHeaderItem(at, item)

    def _cell(self, at: int, column: int, row: SheetRow, cell: Shown) -> None:
        words = _MASK if cell is MASKED else str(cell or "")
        item = QTableWidgetItem(words)
        item.setData(_FIELD, row.field)
        item.setToolTip(text("second_check.masked") if cell is MASKED else words)
        self.setItem(at, column, item)

    def _fit(self) -> None:
        """As wide as there is room; three children and more are scrolled through."""
        px, columns = self._theme.pixels, max(1, self.columnCount())
        room = self.width() - px(_WIDEST_LABEL) - self.verticalScrollBar().sizeHint().width()
        each = max(px(_LEAST_COLUMN), (room - px(8)) // columns)
        for column in range(columns):
            self.setColumnWidth(column, each)
        self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    @property
    def place(self) -> tuple[str, str, str]:
        """(child, field, what it is called) under the keyboard; the child is "" for the household,
        the field "" where none is meant.
        """
        item = self.currentItem()
        at, column = self.currentRow(), self.currentColumn()
        if item is None or at < 0:
            return "", "", text("second_check.household")
        header = self.verticalHeaderItem(at)
        label = header.toolTip() if header is not None else ""
        field = str(item.data(_FIELD) or "")
        if at < self._home_rows or not self._children:
            return "", field, label
        child, name = self._children[column]
        return child, field, f"{name} · {label}"
