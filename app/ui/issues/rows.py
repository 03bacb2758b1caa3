"""The list of issues: numbers in order, rows a page at a time, like the list of children."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.forms.schema import Severity
from app.i18n import in_sentence, text
from app.services.issue_book import IssueRow
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
PAGE = 64
_KEPT_PAGES = 40
SEVERITY, WHO, HOUSEHOLD, VILLAGE, FIELD, SENTENCE = range(6)
_HEADERS = ("severity", "who", "household", "village", "field", "sentence")
_WAITING = "\N{HORIZONTAL ELLIPSIS}"
SIGNS = {
    Severity.ERROR: "\N{MULTIPLICATION X}",
    Severity.WARNING: "\N{BLACK UP-POINTING TRIANGLE}",
    Severity.NOTE: "\N{INFORMATION SOURCE}",
}
_COLOURS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "muted"}


class IssueRows(QAbstractTableModel):
    """The model. `page_wanted` asks for the numbers of a page; `take_page` brings its rows."""

    page_wanted = Signal(int)

    def __init__(self, theme: Theme, label: Callable[[str], str]) -> None:
        """`label` gives what the form calls a field."""
        super().__init__()
        self._theme = theme
        self.label = label
        self._numbers: Sequence[int] = ()
        self._pages: OrderedDict[int, Sequence[IssueRow]] = OrderedDict()
        self._asked: set[int] = set()
        self._units: Mapping[str, str] = {}
        self.generation = 0

    def tell_apart(self, units: Mapping[str, str]) -> None:
        """Name the unit beside its village, by these names."""
        self._units = units

    def set_numbers(self, numbers: Sequence[int]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._numbers = numbers
        self._pages.clear()
        self._asked.clear()
        self.generation += 1
        self.endResetModel()

    def numbers_of(self, page: int) -> list[int]:
        """The numbers of a page."""
        return list(self._numbers[page * PAGE : (page + 1) * PAGE])

    def number_at(self, place: int) -> int:
        """The number of a line, whether its row is here or not."""
        return self._numbers[place]

    def take_page(self, generation: int, page: int, rows: Sequence[IssueRow]) -> None:
        """Show the rows of a page, unless the list has changed since it was asked for."""
        if generation != self.generation:
            return
        self._pages[page] = rows
        self._asked.discard(page)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        first = page * PAGE
        last = min(first + PAGE, len(self._numbers)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, SENTENCE))

    def row(self, place: int) -> IssueRow | None:
        """A row that is here; asks for its page when it is not."""
        page = place // PAGE
        held = self._pages.get(page)
        if held is None:
            if page not in self._asked:
                self._asked.add(page)
                self.page_wanted.emit(page)
            return None
        return held[place % PAGE] if place % PAGE < len(held) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(  # noqa: N802 -- Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return text(f"issues.column.{_HEADERS[section]}")
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.ForegroundRole,
        ):
            return None
        row = self.row(index.row())
        if row is None:
            return _WAITING if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ForegroundRole:
            coloured = index.column() == SEVERITY
            return self._theme.colour(_COLOURS[row.severity]) if coloured else None
        return self._words(row, index.column())

    def _words(self, row: IssueRow, column: int) -> str:
        if column == SEVERITY:
            return f"{SIGNS[row.severity]} {text(f'check.severity.{row.severity.value}')}"
        if column == WHO:
            if row.child:
                return row.full_name or text("entry.no_name")
            return text("entry.the_household") if row.household else text("issues.gone")
        if column == HOUSEHOLD:
            return row.household_no
        if column == VILLAGE:
            unit = self._units.get(row.owner_unit, "")
            return f"{row.village}, {in_sentence(unit)}" if row.village and unit else row.village
        return self.label(row.field) if column == FIELD else row.sentence

    def whole(self, place: int) -> str:
        """A line in full, for where there is room for it; empty while its row is not here."""
        row = self.row(place) if 0 <= place < len(self._numbers) else None
        if row is None:
            return ""
        home = " · ".join(one for one in (row.household_no, row.head_name) if one)
        where = text("issues.where", home=home, village=self._words(row, VILLAGE)) if home else ""
        named = self._words(row, WHO) if row.child or not where else ""
        who = " · ".join(one for one in (named, where) if one)
        return f"{who}\n{self.label(row.field)}: {row.sentence}"
