"""A table of lines that are here as a whole: its model, and the view that makes room for the words.

For short lists that were read in one go; long ones page (`paged_rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

#: Beside the words of a cell, in pixels at 96 dpi.
_MARGIN = 24
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
    """The view: whole rows, one at a time, no grid. A table that `opens` says so by Enter and by a
    double click; any other lets Enter pass on.

    `widths` says how wide the columns are, in pixels at 96 dpi, the ones that go last first; the
    column `words` takes what is left, and where that is less than `least`, the others go.
    """

    #: Enter, or a double click, on a line of a table that opens.
    opened = Signal()

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
        self._opens = False
        self._fitted: dict[int, int] = {}
        self._after: set[int] = set()
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

    def opens(self, deed: Callable[[], None]) -> None:
        """Let the line under the keyboard be opened by a deed."""
        self._opens = True
        self.opened.connect(deed)
        self.doubleClicked.connect(lambda _place: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        """Enter opens; the key goes no further."""
        if self._opens and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def moveCursor(  # noqa: N802 -- Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last line: a line is chosen as a whole, and Qt would
        go to its first and last cell.
        """
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: self.model().rowCount() - 1,
        }
        if (row := ends.get(action, -1)) >= 0:
            return self.model().index(row, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def fit(self, column: int, words: Iterable[str], most: int, over: Collection[int] = ()) -> None:
        """Give a column what the longest of these words needs, at most `most` pixels at 96 dpi, of
        what the other columns leave: names that differ in their last letter are told apart. Where
        several columns ask, the first that asked comes first; the columns `over` only get what is
        left then.
        """
        px, metrics = self._theme.pixels, self.fontMetrics()
        longest = max(map(metrics.horizontalAdvance, words), default=0) + px(_MARGIN)
        self._fitted[column] = min(longest, px(most))
        self._after.update(over)
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Where room is short, columns go."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        px = self._theme.pixels
        left = self._place([one for one in self._widths if one not in self._after])
        for column, wanted in self._fitted.items():
            more = min(wanted - self.columnWidth(column), left)
            if more > 0 and not self.isColumnHidden(column):
                self.horizontalHeader().resizeSection(column, self.columnWidth(column) + more)
                left -= more
        for column in self._after:
            left -= px(self._widths[column])
            self.setColumnHidden(column, left < 0)
            self.horizontalHeader().resizeSection(column, px(self._widths[column]))

    def _place(self, columns: Sequence[int]) -> int:
        """Show those of these columns that have room, in their order; what room is left."""
        px = self._theme.pixels
        room = left = self.width() - px(self._least)
        for column in columns:
            room -= px(self._widths[column])
            self.setColumnHidden(column, room < 0)
            self.horizontalHeader().resizeSection(column, px(self._widths[column]))
            left = room if room >= 0 else left
        return left
