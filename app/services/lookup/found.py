"""The children that a list shows: their ids in its order, and only those one looks at as text."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import overload

from app.services.lookup.bits import Places
from app.services.lookup.directory import Ids


class FoundIds(Sequence[str]):
    """Ids in order. `late` are (how many of the others stand before it, id), in order: what was
    written after the others were put in order.
    """

    def __init__(
        self, ids: Ids, places: Places | array[int], late: Sequence[tuple[int, str]] = ()
    ) -> None:
        self._ids = ids
        self._places = places
        self._late = [one for _, one in late]
        self._at = array("I", (before + turn for turn, (before, _) in enumerate(late)))

    def __len__(self) -> int:
        return len(self._places) + len(self._late)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            start, end, step = at.indices(len(self))
            if step == 1:
                return self._some(start, max(start, end))
            return [self[one] for one in range(start, end, step)]
        if at < 0:
            at += len(self)
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._some(at, at + 1)[0]

    def _some(self, start: int, end: int) -> list[str]:
        first, last = bisect_left(self._at, start), bisect_left(self._at, end)
        places: Iterable[int]
        if isinstance(self._places, Places):
            places = self._places.some(start - first, end - last)
        else:
            places = islice(self._places, start - first, end - last)
        found = [self._ids[place] for place in places]
        for turn in range(first, last):
            found.insert(self._at[turn] - start, self._late[turn])
        return found


def all_of(pages: Iterable[Sequence[str]]) -> FoundIds:
    """These ids as they come."""
    held = Ids()
    for page in pages:
        held.extend(page)
    size = len(held)
    return FoundIds(held, Places((1 << size) - 1, size))
