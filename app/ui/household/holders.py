"""Who else carries a number that is typed on the page: asked of the store beside the window's
thread, once for each number, and remembered while the page is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from app.forms.context import Holders
from app.i18n import text
from app.services.entry import ChildRow, Entry
from app.ui.tasks import Tasks

#: How many are named who carry the same personal id.
_MOST_NAMED = 3


class _Known(NamedTuple):
    """As `Holders`, and what people call the first of those of this register."""

    here: Sequence[str] = ()
    elsewhere: Sequence[str] = ()
    names: Sequence[str] = ()


class WantedId(NamedTuple):
    """The personal id of a child of the unit `owner`."""

    child: str
    owner: str
    personal_id: str


_Asked = tuple[str, str]
_H = TypeVar("_H", _Known, tuple[str, ...])


class NumberHolders(QObject):
    """What is known of others who carry the same personal id or household number."""

    #: Somebody else carries a number that was asked for.
    found = Signal()
    failed = Signal(object)

    def __init__(self, tasks: Tasks, entry: Entry, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._entry = entry
        self._ids: dict[_Asked, _Known] = {}
        self._numbers: dict[_Asked, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Another page is open: the store is asked again."""
        self._ids.clear()
        self._numbers.clear()

    def of_id(self, child: str, personal_id: str) -> Holders:
        """Who else carries a personal id, as far as it was looked up."""
        known = self._ids.get((child, personal_id), _Known())
        return Holders(known.here, known.elsewhere)

    def names_of_id(self, child: str, personal_id: str) -> list[tuple[str, str]]:
        """The first few of them in this register: the id, and what people call them."""
        known = self._ids.get((child, personal_id), _Known())
        return list(zip(known.here, known.names, strict=False))

    def of_number(self, village: str, number: str) -> Sequence[str]:
        """The households of a village with a number, as far as it was looked up."""
        return self._numbers.get((village, number), ())

    def look_up_ids(self, wanted: Sequence[WantedId]) -> None:
        """Ask who else carries some personal ids, all in one go."""
        new = [one for one in wanted if (one.child, one.personal_id) not in self._ids]
        self._look_up(self._ids, partial(self._read_ids, new) if new else None)

    def look_up_number(self, village: str, number: str) -> None:
        """Ask which households of a village carry a number."""
        asked = (village, number)
        read = partial(self._read_number, asked)
        self._look_up(self._numbers, None if asked in self._numbers else read)

    def _read_ids(self, wanted: Sequence[WantedId]) -> dict[_Asked, _Known]:
        return {(one.child, one.personal_id): self._read_id(*one) for one in wanted}

    def _read_number(self, asked: _Asked) -> dict[_Asked, tuple[str, ...]]:
        return {asked: tuple(self._entry.number_holders(*asked))}

    def _read_id(self, child: str, owner: str, personal_id: str) -> _Known:
        found = self._entry.holders(child, owner, personal_id)
        rows = self._entry.child_rows(found.here[:_MOST_NAMED])
        return _Known(found.here, found.elsewhere, tuple(map(_called, rows)))

    def _look_up(
        self, known: dict[_Asked, _H], read: Callable[[], Mapping[_Asked, _H]] | None
    ) -> None:
        def answered(found: Mapping[_Asked, _H]) -> None:
            known.update(found)
            if any(any(one) for one in found.values()):
                self.found.emit()

        if read is not None:
            self._tasks.run(read, answered, self.failed.emit, owner=self)


def _called(row: ChildRow) -> str:
    """A child with where its page is to be found."""
    name = row.full_name or text("entry.no_name")
    number = row.household_no
    place = text("entry.household_title", number=number) if number else text("entry.no_number")
    return " · ".join(one for one in (name, place, row.village) if one)
