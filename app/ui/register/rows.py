"""The flat list of children: ids in sort order, rows fetched a page at a time.

The array of ids is the whole list; a row that is not here yet shows an ellipsis and is asked for
with its page. Memory does not grow with the rows one has scrolled past: the oldest pages go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.forms.code_lists import load_code_list
from app.i18n import in_sentence, text
from app.services.entry import ChildRow
from app.ui.household.codec import language
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
PAGE = 64
_KEPT_PAGES = 40
NAME, BIRTH, SEX, HOUSEHOLD, HEAD, VILLAGE, STATE = range(7)
_HEADERS = ("name", "birth", "sex", "household", "head", "village", "state")
_WAITING = "\N{HORIZONTAL ELLIPSIS}"


class ChildRows(QAbstractTableModel):
    """The model. `page_wanted` asks for the ids of a page; `take_page` brings its rows."""

    page_wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ids: Sequence[str] = ()
        self._pages: OrderedDict[int, dict[int, ChildRow]] = OrderedDict()
        self._asked: set[int] = set()
        self._units: Mapping[str, str] = {}
        self.generation = 0

    def tell_apart(self, units: Mapping[str, str]) -> None:
        """Name the unit beside its village, by these names: of several units each has a Thôn 1."""
        self._units = units
        if self._ids:
            self.dataChanged.emit(self.index(0, VILLAGE), self.index(len(self._ids) - 1, VILLAGE))

    def set_ids(self, ids: Sequence[str]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._ids = ids
        self._pages.clear()
        self._asked.clear()
        self.generation += 1
        self.endResetModel()

    def refresh(self) -> None:
        """Fetch the rows again; the list and the scroll place stay."""
        self._pages.clear()
        self._asked.clear()
        self.generation += 1
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, STATE))

    def ids_of(self, page: int) -> list[str]:
        """The ids of a page."""
        return list(self._ids[page * PAGE : (page + 1) * PAGE])

    def take_page(self, generation: int, page: int, rows: Sequence[ChildRow]) -> None:
        """Show the rows of a page, unless the list has changed since it was asked for."""
        if generation != self.generation:
            return
        by_id = {row.id: row for row in rows}
        start = page * PAGE
        self._pages[page] = {
            start + place: by_id[one] for place, one in enumerate(self.ids_of(page)) if one in by_id
        }
        self._asked.discard(page)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min(start + PAGE, len(self._ids)) - 1
        self.dataChanged.emit(self.index(start, 0), self.index(last, STATE))

    def id_at(self, place: int) -> str:
        """The id of a line, whether its row is here or not."""
        return self._ids[place]

    def row(self, place: int) -> ChildRow | None:
        """A row that is here; asks for its page when it is not."""
        page = place // PAGE
        held = self._pages.get(page)
        if held is None:
            if page not in self._asked:
                self._asked.add(page)
                self.page_wanted.emit(page)
            return None
        return held.get(place)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(  # noqa: N802 -- Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return text(f"register.column.{_HEADERS[section]}")
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
            if index.column() != STATE:
                return None
            if row.conflicts:
                return self._theme.colour("error")
            return self._theme.colour("done" if row.complete else "muted")
        return self._words(row, index.column())

    def _words(self, row: ChildRow, column: int) -> str:
        if column == STATE:
            if row.conflicts:
                return text("register.state.conflict")
            return text("register.state.complete" if row.complete else "register.state.open")
        if column == SEX:
            return load_code_list("sexes").label(row.sex, language()) if row.sex else ""
        if column == BIRTH:
            return "/".join(reversed(row.birth_date.split("-")))
        return {
            NAME: row.full_name or text("entry.no_name"),
            HOUSEHOLD: row.household_no,
            HEAD: row.head_name,
            VILLAGE: self._place(row),
        }[column]

    def _place(self, row: ChildRow) -> str:
        unit = self._units.get(row.owner_unit, "")
        if not row.village or not unit:
            return row.village or unit
        return f"{row.village}, {in_sentence(unit)}"
