"""How rare words are in a register, in bits: two `Nguyễn Thị` say less than two `Bhling`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from app.matching.people import Name, Prepared

#: Who shares a family name with a child shares more with it than that: of a community with few
#: family names the given names are its own, and the parents' names too.
_Key = tuple[str, str, str]
#: As many records weigh as what is usual.
_USUAL = 100


def _bits(count: int, many: int, usual: float, most: float) -> float:
    """What the agreement in a word says that `count` of `many` bear. Few records tell little of
    how rare it is: they weigh with what it is `usual` to say.
    """
    return min(most, log2((many + _USUAL) / (count + _USUAL * 2**-usual)))


class Words(dict[Any, float]):
    """Word → for how many bits its agreement speaks, at most so many."""

    def __init__(self, counted: Mapping[Any, int], many: int, usual: float, most: float) -> None:
        super().__init__({word: _bits(count, many, usual, most) for word, count in counted.items()})
        self._unheard = _bits(0, many, usual, most)

    def __missing__(self, _word: object) -> float:
        return self._unheard


class Among(dict[_Key, float]):
    """The same of names, counted among the children of one family name."""

    def __init__(
        self, counted: Mapping[_Key, int], families: Mapping[str, int], usual: float, most: float
    ) -> None:
        super().__init__(
            {key: _bits(count, families[key[0]], usual, most) for key, count in counted.items()}
        )
        self._families, self._usual, self._most = families, usual, most

    def __missing__(self, key: _Key) -> float:
        return _bits(0, self._families.get(key[0], 0), self._usual, self._most)


@dataclass(frozen=True, slots=True)
class Rarity:
    """What agreements say in a register, by how often each word stands there: given names and the
    names of parents among those children who have the same family name.
    """

    family: Words
    given: Among
    mother: Among
    father: Among
    middle: Words
    days: Words
    units: Words

    @classmethod
    def of(cls, people: Sequence[Prepared]) -> Rarity:
        """Counted in these records."""
        many = len(people)
        families = Counter([one.name.family for one in people])
        given = Counter([_given_key(one) for one in people])
        mothers = Counter([_parent_key(one, one.mother) for one in people])
        fathers = Counter([_parent_key(one, one.father) for one in people])
        middle = Counter([word for one in people for word in one.name.middle])
        days = Counter([one.birth for one in people if one.birth.day])
        units = Counter([one.unit for one in people])
        return cls(
            Words(families, many, 3, 8),
            Among(given, families, 7, 11),
            Among(mothers, families, 9, 12),
            Among(fathers, families, 8, 12),
            Words(middle, many, 4, 6),
            Words(days, many, 12, 12),
            Words(units, many, 4, 8),
        )

    def of_given(self, one: Prepared) -> float:
        """What another child says who bears the given name of this one."""
        return self.given[_given_key(one)]

    def of_mother(self, one: Prepared) -> float:
        """What another child says whose mother bears the name of this one's."""
        return self.mother[_parent_key(one, one.mother)]

    def of_father(self, one: Prepared) -> float:
        """The same of the father."""
        return self.father[_parent_key(one, one.father)]


def _given_key(one: Prepared) -> _Key:
    name = one.name
    return (name.family, "", name.heard)


def _parent_key(one: Prepared, name: Name) -> _Key:
    """A parent's name among the children of a family name; with the parent's own, if it is another
    one.
    """
    family = one.name.family
    return (family, "" if name.family == family else name.family, name.heard)


#: What names say as a rule, where there is no register to count them in.
USUAL = Rarity.of(())
