"""A list of any length whose rows come a page at a time.

The array of keys is the whole list; a row that is not here yet shows an ellipsis and is asked for
with its page. Memory does not grow with the rows one has scrolled past: the oldest pages go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from app.i18n import in_sentence, text
from app.ui.theme import Theme

K = TypeVar("K", int, str)
R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
PAGE = 64
_KEPT_PAGES = 40
#: What a cell says whose row is not here yet.
WAITING = "\N{HORIZONTAL ELLIPSIS}"


class PagedRows(QAbstractTableModel, Generic[K, R]):
    """The model. `page_wanted` asks for a page; `take_page` brings its rows."""

    page_wanted = Signal(int)

    def __init__(self, theme: Theme, headings: Sequence[str]) -> None:
        """`headings` are the ids of the sentences above the columns."""
        super().__init__()
        self._theme = theme
        self._headings = tuple(headings)
        self._keys: Sequence[K] = ()
        self._pages: OrderedDict[int, Mapping[int, R]] = OrderedDict()
        self._asked: set[int] = set()
        self._units: Mapping[str, str] = {}
        self.generation = 0

    def tell_apart(self, units: Mapping[str, str]) -> None:
        """Name the unit beside its village, by these names: of several units each has a Thôn 1."""
        self._units = units
        self._all_changed()

    def set_keys(self, keys: Sequence[K]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._keys = keys
        self._forget()
        self.endResetModel()

    def refresh(self) -> None:
        """Fetch the rows again; the list and the scroll place stay."""
        self._forget()
        self._all_changed()

    def keys_of(self, page: int) -> list[K]:
        """The keys of a page."""
        return list(self._keys[page * PAGE : (page + 1) * PAGE])

    def key_at(self, place: int) -> K:
        """The key of a line, whether its row is here or not."""
        return self._keys[place]

    def take_page(self, generation: int, page: int, rows: Sequence[R]) -> None:
        """Show the rows of a page, unless the list has changed since it was asked for."""
        if generation != self.generation:
            return
        start = page * PAGE
        placed = self.placed(self.keys_of(page), rows)
        self._pages[page] = {start + at: row for at, row in placed.items()}
        self._asked.discard(page)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min(start + PAGE, len(self._keys)) - 1
        self.dataChanged.emit(self.index(start, 0), self.index(last, self.columnCount() - 1))

    def row(self, place: int) -> R | None:
        """A row that is here; asks for its page when it is not."""
        page = place // PAGE
        held = self._pages.get(page)
        if held is None:
            if page not in self._asked:
                self._asked.add(page)
                self.page_wanted.emit(page)
            return None
        return held.get(place)

    def placed(self, keys: Sequence[K], rows: Sequence[R]) -> Mapping[int, R]:
        """Place in the page → row; rows come in the order of their keys, or say whose they are."""
        del keys
        return dict(enumerate(rows))

    def words(self, row: R, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError

    def colour(self, row: R, column: int) -> QColor | None:
        """In which colour, None for the ordinary one."""
        raise NotImplementedError

    def place_words(self, village: str, owner: str) -> str:
        """A village, with its unit where several are listed."""
        unit = self._units.get(owner, "")
        if not village or not unit:
            return village or unit
        return f"{village}, {in_sentence(unit)}"

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._headings)

    def headerData(  # noqa: N802 -- Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return text(self._headings[section])
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
            return WAITING if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.colour(row, index.column())
        return self.words(row, index.column())

    def _forget(self) -> None:
        self._pages.clear()
        self._asked.clear()
        self.generation += 1

    def _all_changed(self) -> None:
        if self._keys:
            last = self.index(len(self._keys) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
