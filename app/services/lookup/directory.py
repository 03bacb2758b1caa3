"""All children of a store in one order, with what lists go by: made by one reading of the store.

A directory never changes. What was written since it was made stands in a small one of its own
(`app.services.lists`), so both answer by the same code. It holds what the rows hold, in memory
only, and no word of level A: those are not among the words that rows are found by.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from app.forms.age import bounds
from app.models.queries.listing import ListedChild
from app.services.lookup import bits
from app.services.lookup.vocabulary import Gathered, Vocabulary

_ID = 16
#: Characters of an id as it is written, and where its dashes stand.
_WRITTEN, _DASHES = 36, (8, 13, 18, 23)
#: From this part of all on, children are looked for among all instead of one by one.
_MANY = 16


class Place(Enum):
    """What a set of children may share by the household they stand in, or by who answers."""

    UNIT = "unit"
    VILLAGE = "village"
    ROUND = "round"


class Ids:
    """Ids in 16 bytes each; what is not of the form that this program gives them stands aside."""

    def __init__(self) -> None:
        self.packed = bytearray()
        self._odd: dict[bytes, str] = {}

    def add(self, ent_id: str) -> None:
        """One more at the end."""
        made = key_of(ent_id)
        self.packed += made
        if _written(made) != ent_id:
            self._odd[made] = ent_id

    def extend(self, ids: Sequence[str]) -> None:
        """Several more at the end: at once where all are of the usual form, as they nearly always
        are.
        """
        joined = "".join(ids)
        usual = (
            {*map(len, ids)} == {_WRITTEN}
            and joined.count("-") == len(_DASHES) * len(ids)
            and all(joined[at::_WRITTEN] == "-" * len(ids) for at in _DASHES)
            and joined == joined.lower()
        )
        try:
            made = bytes.fromhex(joined.replace("-", "")) if usual else None
        except ValueError:
            made = None
        if made is not None and not self._odd:
            self.packed += made
            return
        for one in ids:
            self.add(one)

    def __len__(self) -> int:
        return len(self.packed) // _ID

    def __getitem__(self, place: int) -> str:
        made = self.key(place)
        odd = self._odd.get(made)
        return _written(made) if odd is None else odd

    def key(self, place: int) -> bytes:
        """The bytes of an id, for comparing."""
        return bytes(self.packed[place * _ID : (place + 1) * _ID])


def key_of(ent_id: str) -> bytes:
    """The 16 bytes that stand for an id."""
    try:
        made = bytes.fromhex(ent_id.replace("-", ""))
    except ValueError:
        made = b""
    return made if len(made) == _ID else hashlib.sha256(ent_id.encode()).digest()[:_ID]


def _written(made: bytes) -> str:
    digits = made.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Directory:
    """Children by given name in Vietnamese order; who bear one name by id.

    Places are those of that order. Sets of places are numbers (`app.services.lookup.bits`).
    """

    def __init__(
        self,
        ordered: Iterable[Sequence[tuple[int, str]]],
        children: Iterable[Sequence[ListedChild]],
    ) -> None:
        """`ordered` are (row, id) of all `children` in the order of the list."""
        self.ids = Ids()
        rows = array("I")
        for page in ordered:
            rows.extend([row for row, _ in page])
            self.ids.extend([ent_id for _, ent_id in page])
        size = self.size = len(rows)
        first = self._first = min(rows, default=0)
        at_row = self._at_row = array("I", bytes(4 * (max(rows, default=0) - first + 1)))
        for place, row in enumerate(rows):
            at_row[row - first] = place
        gathered = Gathered()
        flags = [bytearray(size) for _ in range(5)]
        visible, declared, without_id, contested, followed = flags
        self.births = array("I", bytes(4 * size))
        units: dict[str, array[int]] = {}
        villages: dict[str, array[int]] = {}
        rounds: dict[str, array[int]] = {}
        for some in children:
            for child in some:
                place = at_row[child.row - first]
                # The number of a household stands there as it was written: «12B».
                home = child.home_search.lower()
                gathered.add({*child.search.split(), *home.split()}, place)
                self.births[place] = latest_day(child.birth_date)
                visible[place] = not child.hidden
                declared[place] = bool(child.declared)
                without_id[place] = not child.has_id
                contested[place] = child.conflicts > 0
                followed[place] = child.followed
                for held, value in (
                    (units, child.owner_unit),
                    (villages, child.village),
                    (rounds, child.survey_round),
                ):
                    if value in held:
                        held[value].append(place)
                    else:
                        held[value] = array("I", (place,))
        self._shared = {Place.UNIT: units, Place.VILLAGE: villages, Place.ROUND: rounds}
        sets = map(bits.from_flags, flags)
        self.visible, self.declared, self.without_id, self.contested, self.followed = sets
        self._vocabulary = Vocabulary(gathered, size)
        births = self.births
        self.by_birth = _sorted_apart(size, lambda at: births[at] // 10000, births.__getitem__)
        self._births_in_order = array("I")
        for part in bits.in_parts(self.by_birth):
            self._births_in_order.extend(map(births.__getitem__, part))
        ids = self.ids
        self._by_id = _sorted_apart(size, lambda at: ids.packed[at * _ID], ids.key)

    def bearing(self, words: Iterable[str]) -> int:
        """The places of those who bear all of these folded words."""
        found = self.visible
        for word in words:
            found &= self._vocabulary.bearing(word)
        return found

    def sharing(self, kind: Place, value: str) -> int:
        """The places of those who share a place."""
        held = self._shared[kind].get(value)
        return 0 if held is None else bits.from_places([held], self.size)

    def born(self, after: int, until: int) -> int:
        """Born after one day and until another, by the latest day that each date allows."""
        first = bisect_right(self._births_in_order, after)
        last = bisect_right(self._births_in_order, until)
        return bits.from_places([self.by_birth[first:last]], self.size)

    def place_of(self, ent_id: str) -> int | None:
        """Where a child stands; None where it is not here."""
        wanted = key_of(ent_id)
        at = bisect_left(self._by_id, wanted, key=self.ids.key)
        if at == self.size or self.ids.key(self._by_id[at]) != wanted:
            return None
        return self._by_id[at]

    def places_of_rows(self, rows: Iterable[int]) -> array[int]:
        """The places of rows of the store; a row that came later has none. The place of a row that
        another took since is out of date, and so in no list.
        """
        last = self._first + len(self._at_row)
        known = (row - self._first for row in rows if self._first <= row < last)
        return array("I", map(self._at_row.__getitem__, known))

    def among(self, ids: Collection[str]) -> int:
        """The places of these children."""
        if len(ids) * _MANY < self.size:
            return bits.from_places([self._known(ids)], self.size)
        wanted = set(map(key_of, ids))
        flags = bytes(self.ids.key(place) in wanted for place in range(self.size))
        return bits.from_flags(flags)

    def _known(self, ids: Collection[str]) -> Iterator[int]:
        for one in ids:
            place = self.place_of(one)
            if place is not None:
                yield place


def _sorted_apart(size: int, apart: Callable[[int], int], key: Callable[[int], Any]) -> array[int]:
    """All places below `size` by `key`, sorted in parts: the sort of one list of 300,000 would hold
    up the window. `apart` must rise with the key.
    """
    parts: dict[int, list[int]] = {}
    for place in range(size):
        parts.setdefault(apart(place), []).append(place)
    found = array("I")
    for one in sorted(parts):
        found.extend(sorted(parts[one], key=key))
    return found


@lru_cache(maxsize=1 << 14)
def latest_day(stored: str) -> int:
    """The latest day a birth date allows as a number `yyyymmdd`; 0 where there is none, or none
    that can be read.
    """
    if not stored:
        return 0
    try:
        return int(bounds(stored)[1].replace("-", ""))
    except ValueError:
        return 0
