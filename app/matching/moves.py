"""Whether a child who left one book and a child who came into another are one.

Weighed are only pairs whose folded names agree in the given name: another given name is another
child, whatever else agrees. Names that stand for a missing one are weighed by nobody. A personal id
is a strong sign and not needed; two different ones speak against it without deciding, as one digit
may have been mistyped (domain.md 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from app.text.fold import fold
from app.text.spelling import may_be_one


class Sign(Enum):
    """What speaks for a pair or, of the last four, against it; the value names its sentence."""

    SAME_ID = "same_id"
    SAME_NAME = "same_name"
    NAME_WITHOUT_MARKS = "name_without_marks"
    SAME_BIRTH_DATE = "same_birth_date"
    BIRTH_DATE_FITS = "birth_date_fits"
    SAME_MOTHER = "same_mother"
    SAME_FATHER = "same_father"
    PLACE_FITS = "place_fits"
    OTHER_ID = "other_id"
    OTHER_MIDDLE_NAME = "other_middle_name"
    OTHER_BIRTH_DATE = "other_birth_date"
    OTHER_MOTHER = "other_mother"


class Likeness(Enum):
    """How sure a pair is, the surest first."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Child:
    """What of a child is weighed, as stored; "" where nothing stands. `place` is where the one who
    left was going, or where the one who came says to come from; `unit` the ways to name the commune
    whose book the child stands in, then those of the units above it.
    """

    id: str
    name: str
    birth_date: str = ""
    sex: str = ""
    personal_id: str = ""
    mother: str = ""
    father: str = ""
    place: str = ""
    unit: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A pair worth a look: who left, who came, how sure, and why."""

    left: str
    came: str
    likeness: Likeness
    signs: tuple[Sign, ...]


_LEVELS = tuple(Likeness)
_AGAINST = frozenset(
    (Sign.OTHER_ID, Sign.OTHER_MIDDLE_NAME, Sign.OTHER_BIRTH_DATE, Sign.OTHER_MOTHER)
)


def weigh(left: Child, came: Child) -> Match | None:
    """A pair, or None where it cannot be one child: another given name or another sex; or nothing
    but the name speaks for it.
    """
    name = _name_sign(left.name, came.name)
    if name is None or (left.sex and came.sex and left.sex != came.sex):
        return None
    signs = [name]
    if left.personal_id and came.personal_id:
        same = left.personal_id == came.personal_id
        signs.insert(0, Sign.SAME_ID) if same else signs.append(Sign.OTHER_ID)
    if (born := _birth_sign(left.birth_date, came.birth_date)) is not None:
        signs.append(born)
    if left.mother and came.mother:
        signs.append(Sign.SAME_MOTHER if _alike(left.mother, came.mother) else Sign.OTHER_MOTHER)
    if _alike(left.father, came.father):
        signs.append(Sign.SAME_FATHER)
    if _named(left.place, came.unit) or _named(came.place, left.unit):
        signs.append(Sign.PLACE_FITS)
    likeness = _likeness(frozenset(signs))
    return None if likeness is None else Match(left.id, came.id, likeness, tuple(signs))


def _likeness(signs: frozenset[Sign]) -> Likeness | None:
    against = len(signs & _AGAINST)
    whole_name = Sign.OTHER_MIDDLE_NAME not in signs
    parents = len(signs & {Sign.SAME_MOTHER, Sign.SAME_FATHER})
    if Sign.SAME_ID in signs:
        sure = whole_name and Sign.SAME_BIRTH_DATE in signs
        return Likeness.SURE if sure else Likeness.LIKELY
    if Sign.SAME_BIRTH_DATE in signs:
        beside = parents + (Sign.PLACE_FITS in signs)
        if beside and not against:
            return Likeness.LIKELY
        return Likeness.POSSIBLE if beside >= against else None
    if Sign.OTHER_BIRTH_DATE in signs:
        return Likeness.POSSIBLE if whole_name and parents == 2 and against == 1 else None
    # Nobody knows the day: the parents have to speak for it, or the place and the year.
    beside = parents + (Sign.PLACE_FITS in signs) + (Sign.BIRTH_DATE_FITS in signs)
    return Likeness.POSSIBLE if beside >= 2 and against == 0 else None


def _name_sign(left: str, came: str) -> Sign | None:
    one, other = fold(left).split(), fold(came).split()
    if not one or not other or one[-1] != other[-1]:
        return None
    if one == other:
        return Sign.SAME_NAME if may_be_one(left, came) else Sign.NAME_WITHOUT_MARKS
    # A middle name is left out or added; another family name is another child.
    return Sign.OTHER_MIDDLE_NAME if one[0] == other[0] else None


def _birth_sign(left: str, came: str) -> Sign | None:
    if not left or not came:
        return None
    shorter = min(len(left), len(came))
    if left[:shorter] != came[:shorter]:
        return Sign.OTHER_BIRTH_DATE
    return Sign.SAME_BIRTH_DATE if shorter == 10 else Sign.BIRTH_DATE_FITS


def _alike(left: str, came: str) -> bool:
    return bool(left and came) and fold(left) == fold(came)


def _named(place: str, unit: Iterable[Iterable[str]]) -> bool:
    """Whether a place as typed names the unit: each of its parts is the unit or one above it, and
    the first is the commune itself.
    """
    parts = [part for part in (fold(one).strip() for one in place.split(",")) if part]
    levels = [{fold(way) for way in ways} for ways in unit]
    if not parts or not levels:
        return False
    above = set().union(*levels[1:])
    return parts[0] in levels[0] and above.issuperset(parts[1:])


def best_first(matches: Iterable[Match]) -> list[Match]:
    """The surest first, and among equals those for whom more speaks; then by their ids."""

    def rank(one: Match) -> tuple[int, int, str, str]:
        speaks = sum(-1 if sign in _AGAINST else 1 for sign in one.signs)
        return _LEVELS.index(one.likeness), -speaks, one.left, one.came

    return sorted(matches, key=rank)


def pair_up(left: Iterable[Child], came: Iterable[Child]) -> list[Match]:
    """Every pair worth a look among those who left and those who came, the surest first.

    Whoever came under several given names alike is offered with each of them: a person decides.
    """
    by_given: dict[str, list[Child]] = {}
    for one in came:
        if words := fold(one.name).split():
            by_given.setdefault(words[-1], []).append(one)
    found: list[Match | None] = []
    for one in left:
        words = fold(one.name).split()
        near = by_given.get(words[-1], ()) if words else ()
        found += [weigh(one, other) for other in near if other.id != one.id]
    return best_first(one for one in found if one is not None)


def clusters(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """Child → all who are the same child, by pairs that were called so: whoever is in a pair with
    somebody of the cluster belongs to it (4-sync.md, "Same child twice").
    """
    joined: dict[str, set[str]] = {}
    for one, other in pairs:
        merged = joined.get(one, {one}) | joined.get(other, {other})
        for member in merged:
            joined[member] = merged
    return {member: frozenset(group) for member, group in joined.items()}
