"""How much each agreement and each difference speaks for one child, in bits.

After Fellegi and Sunter: what agrees by chance in one pair of 2^n speaks with n bits. How rare a
name is, is counted in the records themselves: two `Nguyễn Thị` say less than two `Bhling`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from rapidfuzz import fuzz

from app.matching.given import Spelling, compared, sound, written_alike
from app.matching.pair import Evidence
from app.matching.people import Birth, Name, Prepared

#: Who shares a family name with a child shares more with it than that: of a community with few
#: family names the given names are its own, and the parents' names too.
_Among = tuple[str, str, str]
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


class Among(dict[_Among, float]):
    """The same of names, counted among those of one family name."""

    def __init__(
        self, counted: Mapping[_Among, int], families: Mapping[str, int], usual: float, most: float
    ) -> None:
        super().__init__(
            {key: _bits(count, families[key[0]], usual, most) for key, count in counted.items()}
        )
        self._families, self._usual, self._most = families, usual, most

    def __missing__(self, key: _Among) -> float:
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
        families = Counter(one.name.family for one in people)

        def among(of: Callable[[Prepared], Name], usual: float, most: float) -> Among:
            counted = Counter(_among(one.name.family, of(one)) for one in people)
            return Among(counted, families, usual, most)

        days = Counter(one.birth for one in people if one.birth.day)
        return cls(
            Words(families, many, 3, 8),
            among(lambda one: Name(one.name.given, (), ""), 7, 11),
            among(lambda one: one.mother, 9, 12),
            among(lambda one: one.father, 8, 12),
            Words(Counter(word for one in people for word in one.name.middle), many, 4, 6),
            Words(days, many, 12, 12),
            Words(Counter(one.unit for one in people), many, 4, 8),
        )


def _among(family: str, name: Name) -> _Among:
    """A name among the children of a family name; of a parent the family name as well, if it is
    another one.
    """
    return (family, "" if name.family == family else name.family, sound(name.given))


#: What names say as a rule, where there is no register to count them in.
USUAL = Rarity.of(())


def weigh(one: Prepared, other: Prepared, rarity: Rarity) -> list[Evidence] | None:
    """What speaks for and against a pair; None where the given names are two names."""
    given = _given(one, other)
    if given is Spelling.OTHER and not (one.personal_id and one.personal_id == other.personal_id):
        return None
    if one.household and one.household == other.household and not _may_be_twice(one, other):
        return None
    found = []
    if given is not None:
        bits = (
            -6.0
            if given is Spelling.OTHER
            else _rare(rarity.given, one, Name(one.name.given, (), ""))
        )
        found.append(Evidence("given", bits - _GIVEN[given]))
    found += _names(one.name, other.name, rarity)
    found += _births(one.birth, other.birth, rarity)
    if one.sex and other.sex:
        found.append(Evidence("sex", 1 if one.sex == other.sex else -5))
    if one.personal_id and other.personal_id:
        found.append(_ids(one.personal_id, other.personal_id))
    if one.mother.called or other.mother.called:
        found += _by_husband(one, other)
    else:
        years = one.mother_year, other.mother_year
        rare = _rare(rarity.mother, one, one.mother)
        found += _parent("mother", one.mother, other.mother, rare, rarity, *years)
    years = one.father_year, other.father_year
    rare = _rare(rarity.father, one, one.father)
    found += _parent("father", one.father, other.father, rare, rarity, *years)
    if one.phone and one.phone == other.phone:
        found.append(Evidence("phone", 7))
    if one.head and one.head == other.head:
        # The head is a parent as a rule, whose name has spoken.
        parent = one.head in (one.mother_full, one.father_full)
        found.append(Evidence("head", 0.5 if parent else 5))
    if one.unit and one.unit == other.unit:
        found.append(Evidence("unit", min(4.0, rarity.units[one.unit] / 2)))
        if one.village and one.village == other.village:
            found.append(Evidence("village", 1.5))
    if one.address and other.address:
        found.append(Evidence("address", _address_bits(one.address, other.address)))
    return found


def _given(one: Prepared, other: Prepared) -> Spelling | None:
    """How the given names go together; None where one is missing."""
    mine, theirs = one.name, other.name
    if not mine.given or not theirs.given:
        return None
    if not (one.foreign or other.foreign):
        return compared(mine.given, theirs.given)
    straight = written_alike(mine.given, theirs.given)
    if straight is Spelling.OTHER and mine.family and theirs.family:
        # Written in the other's column.
        crossed = (
            written_alike(mine.given, theirs.family),
            written_alike(mine.family, theirs.given),
        )
        return Spelling.SLIP if Spelling.OTHER not in crossed else straight
    return straight


def _may_be_twice(one: Prepared, other: Prepared) -> bool:
    """Whether two lines of one household may be one child. Each line of a page is a child: those of
    one day with other names are twins, and who writes marks leaves none out of one of the two;
    those of two days are brothers and sisters.
    """
    if one.name.given != other.name.given and not (one.bare or other.bare):
        return False
    mine, theirs = Counter(one.name.middle), Counter(other.name.middle)
    return (mine <= theirs or theirs <= mine) and _may_be_one_day(one.birth, other.birth)


def _may_be_one_day(one: Birth, other: Birth) -> bool:
    if not (one.day and other.day):
        return not (one.year and other.year) or one.year == other.year
    if one.year == other.year and (_heaped(one) or _heaped(other)):
        return True
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return same > 1 or (one.month, one.day) == (other.day, other.month)


def _by_husband(one: Prepared, other: Prepared) -> list[Evidence]:
    """A mother who is called by her husband's name says what the father's name says already."""
    for called, husband in ((one, other), (other, one)):
        if called.mother.called and husband.father.given:
            fits = compared(called.mother.given, husband.father.given) is not Spelling.OTHER
            return [Evidence("mother", 1 if fits else -1)]
    return []


#: Words of a name go together more often than chance says.
_DEPENDENT = 0.7
_GIVEN = {
    Spelling.SAME: 0,
    Spelling.MARKS: 1,
    Spelling.SOUND: 3,
    Spelling.SLIP: 4,
    Spelling.OTHER: 0,
}


def _names(one: Name, other: Name, rarity: Rarity) -> list[Evidence]:
    found = []
    if one.family and other.family:
        family = written_alike(one.family, other.family)
        short = one.family[0] == other.family[0] and 1 in (len(one.family), len(other.family))
        bits = 0.0 if short else -4.0
        if family is not Spelling.OTHER:
            bits = rarity.family[one.family] - _GIVEN[family]
        found.append(Evidence("family", bits))
    found.append(Evidence("middle", _middle_bits(one.middle, other.middle, rarity.middle)))
    return found


def _middle_bits(one: Sequence[str], other: Sequence[str], rare: Words) -> float:
    """What the words between say: those that both have, those that one lacks, those that differ."""
    if one == other:
        return sum(rare[word] for word in one) * _DEPENDENT
    bits, left, over = 0.0, [], list(other)
    for word in one:
        if word in over:
            over.remove(word)
            bits += rare[word] * _DEPENDENT
        else:
            left.append(word)
    for word in list(left):
        like = next((it for it in over if _may_be_short(word, it)), None)
        if like is not None:
            left.remove(word)
            over.remove(like)
    return bits - 3 * min(len(left), len(over)) - abs(len(left) - len(over))


def _may_be_short(one: str, other: str) -> bool:
    """Whether one is the other cut short, or written with a slip."""
    if one[0] != other[0]:
        return False
    return 1 in (len(one), len(other)) or compared(one, other) is not Spelling.OTHER


def _births(one: Birth, other: Birth, rarity: Rarity) -> list[Evidence]:
    if not one.year or not other.year:
        return []
    return [Evidence("birth", _birth_bits(one, other, rarity))]


def _birth_bits(one: Birth, other: Birth, rarity: Rarity) -> float:
    years = abs(one.year - other.year)
    if one == other:
        if one.day:
            return rarity.days[one]
        return 7 if one.month else 3.5
    if not one.month or not other.month:
        return 3 if not years else -3 if years == 1 else -7
    if not one.day or not other.day:
        return 6 if not years and one.month == other.month else -2 if not years else -7
    if not years and (one.month, one.day) == (other.day, other.month):
        return 8
    same = (not years) + (one.month == other.month) + (one.day == other.day)
    if same == 2:
        # One part was misread; a year beside the right one likelier than another.
        return 5 if years < 2 else 1
    if _heaped(one) or _heaped(other):
        return 2 if not years else -3
    apart = abs(
        (one.year - other.year) * 372 + (one.month - other.month) * 31 + one.day - other.day
    )
    if 17 <= apart <= 56:
        return 3  # the lunar calendar runs about so many days behind
    return -3 if not years else -5 if years == 1 else -9


def _heaped(birth: Birth) -> bool:
    """The first of January stands for a day that nobody knew."""
    return birth.month == 1 and birth.day == 1


def _ids(one: str, other: str) -> Evidence:
    if one == other:
        return Evidence("personal_id", 25)
    if len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 2:
        return Evidence("personal_id", 3)
    return Evidence("personal_id", -8)


def _address_bits(one: str, other: str) -> float:
    if one == other:
        return 9
    return 6 if fuzz.ratio(one, other, score_cutoff=80) else -1


def _rare(counted: Among, one: Prepared, name: Name) -> float:
    return counted[_among(one.name.family, name)]


def _parent(
    what: str, one: Name, other: Name, rare: float, rarity: Rarity, year: int, other_year: int
) -> list[Evidence]:
    """What a parent's name says, for `rare` bits where given and family name agree, and the year
    of birth beside it.
    """
    if not one.given or not other.given:
        return []
    given = compared(one.given, other.given)
    if given is Spelling.OTHER:
        return [Evidence(what, -5)]
    bits = rare - _GIVEN[given]
    if one.family and other.family:
        family = written_alike(one.family, other.family)
        short = 1 in (len(one.family), len(other.family)) and one.family[0] == other.family[0]
        if family is Spelling.OTHER:
            bits -= 2 if short else 6
    bits += _middle_bits(one.middle, other.middle, rarity.middle) * _DEPENDENT
    found = [Evidence(what, max(-3.0, min(14.0, bits)))]
    if year and other_year:
        apart = abs(year - other_year)
        found.append(Evidence(f"{what}_year", 3 if not apart else 0 if apart < 4 else -2))
    return found
