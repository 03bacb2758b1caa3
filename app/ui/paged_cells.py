"""The cells of a long list: one line of words, cut with an ellipsis, in the colour of the row.

They look as the style sheet says, and are painted without it: asked cell by cell for seven roles
and for its rules, it took most of the time from a key in the search to the rows that fit.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.ui.paged_rows import WAITING, PagedRows
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
#: What stands beside the words: the padding of a cell in the sheet, and Qt's own for the frame.
_PADDING, _FRAME = 6, 3
_SELECTED = QStyle.StateFlag.State_Selected
_CUT = Qt.TextElideMode.ElideRight
_PLACE = (
    Qt.AlignmentFlag.AlignVCenter.value
    | Qt.AlignmentFlag.AlignLeft.value
    | Qt.TextFlag.TextSingleLine.value
)


class PagedCells(QStyledItemDelegate):
    """Paints the cells of the `table` that shows `rows`."""

    def __init__(self, rows: PagedRows[Any, Any], theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._rows = rows
        self._around = theme.pixels(_PADDING) + _FRAME
        self._text, self._chosen = theme.colour("text"), theme.colour("accent_soft")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """One cell. Other rows than chosen ones have their ground from the table."""
        # PySide's stubs do not know the fields of the option.
        shown: Any = option
        place, column = index.row(), index.column()
        row = self._rows.row(place)
        room = shown.rect
        colour = None
        if _SELECTED in shown.state:
            painter.fillRect(room, self._chosen)
        elif row is not None:
            colour = self._rows.colour(row, column)
        painter.setPen(colour or self._text)
        room.adjust(self._around, 0, -self._around, 0)
        words = WAITING if row is None else self._rows.words(row, column)
        words = shown.fontMetrics.elidedText(words, _CUT, room.width())
        painter.drawText(room, _PLACE, words)
