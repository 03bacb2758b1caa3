"""Which pairs are compared at all: those that agree in one of many keys.

A key that too many share says little and costs much: it is left out and counted, and what belongs
together is found by another one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from app.matching.people import Prepared
from app.text.fold import fold

#: How many may share a key. A block of so many makes 780 pairs.
MOST_IN_BLOCK = 40

Key = Callable[[Prepared], Hashable | None]


@dataclass(slots=True)
class Blocks:
    """The pairs of places to compare, packed as i * count + j with i < j, and by kind of key how
    many keys were shared by too many and how many records stood behind those.
    """

    pairs: set[int] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    records_left_out: Counter[str] = field(default_factory=Counter)


def _with_given(of: Callable[[Prepared], object]) -> Key:
    """A key of the given name, as it is heard, with something else; None where one is missing."""

    def key(one: Prepared) -> Hashable | None:
        other = of(one)
        return (one.heard, other) if one.heard and other else None

    return key


def _on_day(of: Callable[[Prepared], object]) -> Key:
    """A key of the whole day of birth with something else."""

    def key(one: Prepared) -> Hashable | None:
        other = of(one)
        return (one.birth, other) if one.birth.day and other else None

    return key


def _day_of_year(one: Prepared) -> Hashable | None:
    """The name with day and month in either order, whatever the year."""
    birth = one.birth
    if not birth.day or not one.full:
        return None
    return (one.full, min(birth.month, birth.day), max(birth.month, birth.day))


def _in_village(one: Prepared) -> Hashable | None:
    if not one.heard or not one.birth.year or not one.village:
        return None
    return (one.heard, one.birth.year, one.unit, one.village)


def _both_names(one: Prepared) -> Hashable | None:
    """Given and family name whichever stands first, in lists of any language."""
    name = one.name
    if not one.foreign or not name.given or not name.family:
        return None
    return tuple(sorted((fold(name.given), name.family)))


KEYS: Mapping[str, Key] = {
    "personal_id": lambda one: one.personal_id or None,
    "given+day": _with_given(lambda one: one.birth if one.birth.day else None),
    "day+mother": _on_day(lambda one: one.mother.given),
    "day+father": _on_day(lambda one: one.father.given),
    "day+family": _on_day(lambda one: one.name.family),
    "day": lambda one: one.birth if one.foreign and one.birth.day else None,
    "name+day_of_year": _day_of_year,
    "name+year": lambda one: (one.full, one.birth.year) if one.full and one.birth.year else None,
    "given+year+village": _in_village,
    "given+mother": _with_given(lambda one: one.mother_full),
    "given+father": _with_given(lambda one: one.father_full),
    "given+phone": _with_given(lambda one: one.phone),
    "given+household": _with_given(lambda one: one.household),
    "given+head": _with_given(lambda one: one.head),
    "name+unit": lambda one: (one.full, one.unit) if one.heard and one.unit else None,
    "address": lambda one: one.address or None,
    "both_names": _both_names,
}


def candidates(people: Sequence[Prepared], most: int = MOST_IN_BLOCK) -> Blocks:
    """The pairs that agree in a key which at most `most` share; one kind of key after the other, so
    that the keys of one alone lie in memory.
    """
    found = Blocks()
    size = len(people)
    for kind, key_of in KEYS.items():
        shared: dict[Hashable, list[int]] = defaultdict(list)
        for at, one in enumerate(people):
            key = key_of(one)
            if key is not None:
                shared[key].append(at)
        for places in shared.values():
            if len(places) > most:
                found.left_out[kind] += 1
                found.records_left_out[kind] += len(places)
            elif len(places) > 1:
                found.pairs.update([i * size + j for i, j in combinations(places, 2)])
    return found
