"""Records by columns of numbers: what is the same has the same number, and 0 says nothing.

Millions of pairs are looked at in a province. Numbers that lie side by side are compared several
times as fast as words that lie anywhere.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence

from app.matching.people import Prepared
from app.text.fold import fold

#: A number takes so many bits.
WIDTH = 32


def numbered(values: Iterable[Hashable]) -> array[int]:
    """Each value by its number, from 1; what is empty is 0."""
    known: dict[Hashable, int] = {}
    return array("I", [known.setdefault(one, len(known) + 1) if one else 0 for one in values])


class Columns:
    """What records are put together by."""

    def __init__(self, people: Sequence[Prepared]) -> None:
        names = [one.name for one in people]
        births = [one.birth for one in people]
        self.given = numbered(name.heard for name in names)
        self.full = numbered(name.folded for name in names)
        self.family = numbered(name.family for name in names)
        self.day = numbered(birth if birth.day else 0 for birth in births)
        self.year = array("I", [birth.year for birth in births])
        #: Day and month in either order, whatever the year.
        self.day_of_year = numbered(
            birth.day and (min(birth[1:]), max(birth[1:])) for birth in births
        )
        self.personal_id = numbered(one.personal_id for one in people)
        self.mother = numbered(one.mother.folded for one in people)
        self.father = numbered(one.father.folded for one in people)
        # Who has no mother written may be a newborn under her name.
        self.mother_called = numbered(
            one.mother.heard or ("" if one.mother.family else one.name.heard) for one in people
        )
        self.father_called = numbered(one.father.heard for one in people)
        self.phone = numbered(one.phone for one in people)
        self.head = numbered(one.head for one in people)
        self.household = numbered(one.household for one in people)
        self.unit = numbered(one.unit for one in people)
        self.village = numbered(one.village and (one.unit, one.village) for one in people)
        self.address = numbered(one.address for one in people)
        #: In lists of any language: the day alone, and given and family name in either order.
        foreign = [one if one.foreign else None for one in people]
        self.foreign_day = numbered(one and one.birth.day and one.birth for one in foreign)
        self.both_names = numbered(one and _both_names(one) for one in foreign)


def _both_names(one: Prepared) -> Hashable:
    name = one.name
    return tuple(sorted((fold(name.given), name.family))) if name.given and name.family else 0
