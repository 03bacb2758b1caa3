"""The children of the open household, one line each, as the paper page has them.

A line shows number, name, birth date and its state by a sign with a word behind it; the last line
is the one a new child is begun on. It shows what it is told and says which line is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.i18n import text
from app.ui.gone import gone_sign
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
NUMBER, NAME, BIRTH, STATE = range(4)


@dataclass(frozen=True, slots=True)
class Line:
    """A child's line. `state` is done, error, warning, open, unsaved, or a code of `life_status`
    of whom the register follows no longer; `note` then says so in words, `since` from which day on.
    """

    id: str
    number: str
    name: str
    birth: str
    state: str
    note: str = ""
    since: str = ""


SIGNS = {
    "done": "\N{CHECK MARK}",
    "error": "\N{MULTIPLICATION X}",
    "warning": "\N{BLACK UP-POINTING TRIANGLE}",
    "open": "\N{WHITE CIRCLE}",
    "unsaved": "\N{BLACK CIRCLE}",
    "": "",
}


def sign_of(state: str) -> str:
    """The sign of a line's state."""
    return SIGNS[state] if state in SIGNS else gone_sign(state)


_COLOURS = {"done": "done", "error": "error", "warning": "warning"}


class _Model(QAbstractTableModel):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: list[Line] = []
        self.new_line = True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self.lines) + self.new_line

    def take_new_line(self, *, shown: bool) -> None:
        """Have a line for a new child at the end, or none."""
        end = len(self.lines)
        if shown and not self.new_line:
            self.beginInsertRows(QModelIndex(), end, end)
            self.new_line = True
            self.endInsertRows()
        elif self.new_line and not shown:
            self.beginRemoveRows(QModelIndex(), end, end)
            self.new_line = False
            self.endRemoveRows()

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else 4

    def take(self, lines: list[Line]) -> None:
        """Show other lines; the view keeps its widths and its place."""
        before, now = len(self.lines), len(lines)
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
        elif now < before:
            self.beginRemoveRows(QModelIndex(), now, before - 1)
        changed = lines[: min(before, now)] != self.lines[: min(before, now)]
        self.lines = lines
        if now > before:
            self.endInsertRows()
        elif now < before:
            self.endRemoveRows()
        if changed:
            self.dataChanged.emit(self.index(0, 0), self.index(max(0, now - 1), STATE))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if row >= len(self.lines):
            return self._of_new_line(column, role)
        line = self.lines[row]
        if role == Qt.ItemDataRole.DisplayRole:
            name, birth = line.name, line.birth
            if line.note:
                name, birth = f"{name}\n{line.note}", f"{birth}\n{line.since}"
            return (line.number, name, birth, sign_of(line.state))[column]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            if column == STATE and line.state:
                known = line.state in SIGNS
                return text(f"entry.state.{line.state}") if known else line.note
            if column != NAME:
                return None
            return " ".join(filter(None, (line.name, line.note, line.since)))
        if role == Qt.ItemDataRole.ForegroundRole and column == STATE and line.state in _COLOURS:
            return self._theme.colour(_COLOURS[line.state])
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (NUMBER, STATE):
            return Qt.AlignmentFlag.AlignCenter
        return None

    def _of_new_line(self, column: int, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole and column == NAME:
            return text("entry.new_child")
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour("accent")
        return None

    def headerData(  # noqa: N802 -- Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = ("entry.column.number", "entry.column.name", "entry.column.birth", "")
        return text(names[section]) if names[section] else ""


class ChildrenGrid(QTableView):
    """The lines of the household. `wanted` gives the row to open; the one past the last is new."""

    wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Model(theme)
        self._filling = False
        self.setModel(self._rows)
        self.setAccessibleName(text("entry.children"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setProperty("role", "plain")
        self.verticalHeader().hide()
        self._row_height = theme.pixels(32)
        self.verticalHeader().setDefaultSectionSize(self._row_height)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(theme.pixels(24))
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((NUMBER, 40), (BIRTH, 104), (STATE, 28)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, theme.pixels(width))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_lines(self, lines: Sequence[Line], current: int) -> None:
        """Show the lines with one of them open (-1 for none)."""
        self._filling = True
        self._rows.take(list(lines))
        for row, line in enumerate(lines):
            # A note takes a second line of words.
            height = self._row_height + (self.fontMetrics().height() if line.note else 0)
            if self.rowHeight(row) != height:
                self.setRowHeight(row, height)
        if current >= 0:
            self.setCurrentIndex(self._rows.index(current, NAME))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        self._filling = False

    def set_new_line(self, shown: bool) -> None:
        """Whether a child can be begun here."""
        self._filling = True
        self._rows.take_new_line(shown=shown)
        self._filling = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return tuple(self._rows.lines)

    def _moved(self, now: QModelIndex) -> None:
        if not self._filling and now.isValid():
            self.wanted.emit(now.row())
