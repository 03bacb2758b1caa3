"""Who of many is worth being weighed in words: the same weights, with nothing written down.

Nearly all who share a key are two children. Here they are told apart by what is counted once for
each record, at the price of a few comparisons; never is somebody left out whom `weigh` would find
(`tests/properties/test_pairs_weighed.py`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import add

from app.matching.columns import WIDTH, Columns, numbered
from app.matching.people import Name, Prepared
from app.matching.rarity import Rarity, Words
from app.matching.weights import (
    MOST_OF_PARENT,
    OTHER_PARENT,
    birth_bits,
    family_bits,
    id_bits,
    middle_bits,
    named_after_mother,
    same_parent_bits,
    sex_bits,
    unit_bits,
)

#: Sums of the same numbers in another order differ in their last digits.
_ROUNDING = 1e-6
#: What is said at most by the same sex, phone, head and village, by an address, by ids that differ.
_SEX, _PHONE, _HEAD, _VILLAGE, _ADDRESS, _ID = 1.0, 7.0, 5.0, 1.5, 9.0, 3.0
#: What is said at most by the year in which a parent was born, and by the name of a husband.
_YEAR, _HUSBAND = 3.0, 1.0
#: What a given name says at most.
_GIVEN = 11.0
#: What two dates say at most that are not one: of years beside one another, and of others.
_YEARS_NEAR, _YEARS_APART = 8.0, -3.0
#: A date as one number: year, month and day, from the highest bit on.
_YEAR_AT, _DAY_OF_YEAR = 9, (1 << 9) - 1


class _Between(dict[tuple[str, ...], float]):
    """The words between given and family name → for how many bits they speak where both have them;
    few are used, and by many.
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, middle: tuple[str, ...]) -> float:
        self[middle] = bits = middle_bits(middle, middle, self._words)
        return bits


class _Parents:
    """The mothers or the fathers of the records: how each is heard (0 where nothing is said by the
    name itself), and what says at most who has the same one.
    """

    def __init__(
        self,
        people: Sequence[Prepared],
        of: Callable[[Prepared], Name],
        year: Callable[[Prepared], int],
        rare: Callable[[Prepared], float],
        between: _Between,
        *,
        by_husband: bool = False,
    ) -> None:
        names = [of(one) for one in people]
        self._heard = numbered("" if by_husband and one.called else one.heard for one in names)
        self._odd = bytearray(one.odd and one.given != "" for one in names)
        self._year = array("I", map(year, people))
        self._own = array(
            "d",
            [
                _HUSBAND
                if not heard
                else MOST_OF_PARENT
                if len(one.name.family) == 1
                else same_parent_bits(rare(one), between[name.middle])
                for one, name, heard in zip(people, names, self._heard, strict=True)
            ],
        )

    def most(self, at: int, others: Iterable[int]) -> list[float]:
        """What the parent of the record there says at most with that of each of the others."""
        # A province makes millions of turns: what does not change in them is asked before.
        heards, odds, owns, years = self._heard, self._odd, self._own, self._year
        heard, odd, own, year = heards[at], odds[at], owns[at], years[at]
        said = []
        for place in others:
            theirs = heards[place]
            if theirs == heard or odd or odds[place]:
                bits = owns[place]
                if own < bits:
                    bits = own
                said.append(bits + _YEAR if years[place] == year else bits)
            else:
                said.append(OTHER_PARENT if theirs and heard else _HUSBAND)
        return said


class Promising:
    """Records that are compared with many, and what each says at most, in bits."""

    def __init__(self, people: Sequence[Prepared], columns: Columns, rarity: Rarity) -> None:
        self._people, self._columns, self._rarity = people, columns, rarity
        # Who has no name counts as odd, too: what names say is nothing there.
        self._odd = bytearray(one.name.odd or one.foreign for one in people)
        self._motherless = {at for at, one in enumerate(people) if not one.mother.given}
        ids = columns.personal_id
        borne = Counter(ids)
        #: Whose personal id somebody else bears, too.
        self._shared = bytearray(one > 0 and borne[one] > 1 for one in ids)
        births = [one.birth for one in people]
        self._born = array("I", [one.year << _YEAR_AT | one.month << 5 | one.day for one in births])
        # A family name cut short says nothing of how rare the given name is.
        self._own = array(
            "d",
            [_GIVEN if len(one.name.family) == 1 else rarity.of_given(one) for one in people],
        )
        between = _Between(rarity.middle)
        self._middle = array("d", [between[one.name.middle] for one in people])
        self._mothers = _Parents(
            people,
            lambda one: one.mother,
            lambda one: one.mother_year,
            rarity.of_mother,
            between,
            by_husband=True,
        )
        self._fathers = _Parents(
            people, lambda one: one.father, lambda one: one.father_year, rarity.of_father, between
        )
        #: Of two family names by their numbers.
        self._families: dict[int, float] = {}

    def among(self, at: int, others: set[int], least: float) -> set[int]:
        """Those of `others` who with the record there may come to `least` bits, and those who are
        to be looked at whatever they come to.
        """
        given, odds, people = self._columns.given, self._odd, self._people
        kept = self._whatever(at, others)
        if odds[at]:
            alike = list(others)
        else:
            heard = given[at]
            alike = [one for one in others if given[one] == heard or odds[one]]
        if alike:
            one, rarity = people[at], self._rarity
            own = self._middle[at]
            least -= _ROUNDING
            for place, bits in zip(alike, self._most(at, alike), strict=True):
                if bits >= least and _still(one, people[place], own, bits - least, rarity):
                    kept.add(place)
        return kept

    def _whatever(self, at: int, others: set[int]) -> set[int]:
        """Those who bear the same personal id; a newborn under its mother's name and her child."""
        kept: set[int] = set()
        ids = self._columns.personal_id
        if self._shared[at]:
            kept.update([one for one in others if ids[one] == ids[at]])
        one, people, born = self._people[at], self._people, self._born
        for place in others if not one.mother.given else others & self._motherless:
            if born[place] == born[at] and named_after_mother(one, people[place]) is not None:
                kept.add(place)
        return kept

    def _most(self, at: int, others: Sequence[int]) -> list[float]:
        """What speaks for each pair at most."""
        names, dates = self._by_names(at, others), self._by_dates(at, others)
        return list(map(add, map(add, names, dates), self._by_home(at, others)))

    def _by_names(self, at: int, others: Iterable[int]) -> list[float]:
        # A province makes millions of turns: what does not change in them is asked before.
        owns = self._own
        own = owns[at]
        said = [own if own < owns[place] else owns[place] for place in others]  # noqa: FURB136
        for parents in (self._mothers, self._fathers):
            said = list(map(add, said, parents.most(at, others)))
        return said

    def _by_dates(self, at: int, others: Iterable[int]) -> list[float]:
        born = self._born
        birth, one = born[at], self._people[at].birth
        if not birth:
            return [0.0 for _place in others]
        year, day_of_year = birth >> _YEAR_AT, birth & _DAY_OF_YEAR
        same = birth_bits(one, one, self._rarity.days)
        said = []
        for place in others:
            theirs = born[place]
            if theirs == birth:
                said.append(same)
            elif not theirs:
                said.append(0.0)
            elif -2 < year - (theirs >> _YEAR_AT) < 2 or theirs & _DAY_OF_YEAR == day_of_year:
                said.append(_YEARS_NEAR)
            else:
                said.append(_YEARS_APART)
        return said

    def _by_home(self, at: int, others: Iterable[int]) -> list[float]:
        """Family names, and where and with whom the two live; what is left says a little more."""
        of = self._columns
        phones, heads, units, families = of.phone, of.head, of.unit, of.family
        phone, head, unit, family = phones[at], heads[at], units[at], families[at]
        one = self._people[at]
        here = unit_bits(one.unit, self._rarity) + _VILLAGE
        always = self._middle[at] + _SEX + _ID + (_ADDRESS if one.address else 0.0)
        known = self._rarity.family[one.name.family] if family else 0.0
        said = []
        for place in others:
            bits = always
            if family:
                theirs = families[place]
                if theirs == family:
                    bits += known
                elif theirs:
                    bits += self._family(at, place)
            if phone and phones[place] == phone:
                bits += _PHONE
            if head and heads[place] == head:
                bits += _HEAD
            if unit and units[place] == unit:
                bits += here
            said.append(bits)
        return said

    def _family(self, at: int, place: int) -> float:
        """What two other family names say."""
        families = self._columns.family
        mine, theirs = families[at], families[place]
        key = mine << WIDTH | theirs
        bits = self._families.get(key)
        if bits is None:
            one, other = self._people[at].name.family, self._people[place].name.family
            bits = self._families[key] = family_bits(one, other, self._rarity.family)
        return bits


def _still(one: Prepared, other: Prepared, own: float, over: float, rarity: Rarity) -> bool:
    """Whether two that may come to `over` bits more than are needed still do so when they are
    looked at closely; `own` is what the words between say at most.
    """
    if one.personal_id and other.personal_id:
        over += id_bits(one.personal_id, other.personal_id) - _ID
    if one.sex and other.sex:
        over += sex_bits(one.sex, other.sex) - _SEX
    if over < 0:
        return False
    birth, born = one.birth, other.birth
    if birth != born and birth.year and born.year:
        near = abs(birth.year - born.year) < 2 or birth[1:] == born[1:]
        over += birth_bits(birth, born, rarity.days) - (_YEARS_NEAR if near else _YEARS_APART)
    mine, theirs = one.name.middle, other.name.middle
    return over >= 0 and over + middle_bits(mine, theirs, rarity.middle) >= own
