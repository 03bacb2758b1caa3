"""What the register says of a child and what the police wrote, side by side, only where they
differ.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import text
from app.services.police.answered_row import AnsweredRow, Difference
from app.services.police.list_words import converted_words, new_words
from app.ui.theme import Theme

_HEADINGS = (
    "police.side.field",
    "police.side.issued",
    "police.side.now",
    "police.side.new",
)


class AnswerSides(QTableWidget):
    """A line a field: when the list was issued, in the register now, as the police wrote it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(0, len(_HEADINGS), parent)
        self._theme = theme
        self.setHorizontalHeaderLabels([text(one) for one in _HEADINGS])
        self.setProperty("role", "plain")
        self.setAccessibleName(text("police.sides"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.pixels(28))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_row(self, row: AnsweredRow | None) -> None:
        """Show the differences of a row."""
        differences = () if row is None else row.differences
        lines = [_cells(one) for one in differences]
        if row is not None and row.not_here:
            lines.append((text("police.side.mark"), "", "", text("police.outcome.not_here")))
        if row is not None and row.remark:
            remark = converted_words(row.raw_remark, row.remark)
            lines.append((text("police.side.remark"), "", "", remark))
        edited = (
            set() if row is None else {at for at, it in enumerate(row.differences) if it.edited}
        )
        self.setRowCount(len(lines))
        for at, cells in enumerate(lines):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if at in edited and column == 2:
                    item.setForeground(self._theme.colour("warning"))
                self.setItem(at, column, item)


def _cells(one: Difference) -> tuple[str, str, str, str]:
    empty = text("police.empty")
    return one.label, one.issued or empty, one.now or empty, new_words(one)
