"""A table of lines that are here as a whole: its model, and the view that makes room for the words.

For short lists that were read in one go; long ones page (`paged_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

L = TypeVar("L")


class LineRows(PagedRows[int, L]):
    """The model: its keys are the places in the list."""

    def __init__(self, theme: Theme, headings: Sequence[str]) -> None:
        super().__init__(theme, headings)
        self.lines: Sequence[L] = ()

    def show_lines(self, lines: Sequence[L]) -> None:
        """Show another list."""
        self.lines = lines
        self.set_keys(range(len(lines)))

    def line(self, place: int) -> L | None:
        """What stands in a line; None where there is none."""
        return self.lines[place] if 0 <= place < len(self.lines) else None

    def row(self, place: int) -> L | None:
        """As `line`: nothing is to be asked for."""
        return self.line(place)


class LineTable(QTableView):
    """The view: whole rows, one at a time, no grid.

    `widths` says how wide the columns are, in pixels at 96 dpi, the ones that go last first; the
    column `words` takes what is left, and where that is less than `least`, the others go.
    """

    def __init__(
        self,
        rows: PagedRows[Any, Any],
        name: str,
        theme: Theme,
        widths: Mapping[int, int],
        words: int,
        least: int,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme, self._widths, self._least = theme, widths, least
        self.setModel(rows)
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(theme.pixels(112))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.pixels(32))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(words, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Where room is short, columns go."""
        super().resizeEvent(event)
        px = self._theme.pixels
        room = self.width() - px(self._least)
        for column, wide in self._widths.items():
            room -= px(wide)
            self.setColumnHidden(column, room < 0)
            self.horizontalHeader().resizeSection(column, px(wide))
