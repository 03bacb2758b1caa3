"""Who may be one child written twice: candidates, weights, and at most one partner to a household.

Nothing here decides: a pair is offered with what speaks for it and against it. Only where personal
id, folded name and whole birth date all agree it is certain (`Level.CERTAIN`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log2

from app.matching.blocking import candidates
from app.matching.pair import FROM, Evidence, Found, Level, Pair
from app.matching.people import Prepared, prepared
from app.matching.person import Person
from app.matching.weights import Rarity, weigh

#: About so many of a hundred children are written twice (domain.md 9 item 8): how likely any pair
#: is before anything of it is known.
_TWICE = 0.02


def find(
    people: Iterable[Person],
    is_placeholder: Callable[[str], bool],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Found:
    """Look for pairs among `people`. What `progress` raises ends it."""
    ready = list(prepared(people, is_placeholder))
    rarity = Rarity.of(ready)
    blocks = candidates(ready)
    size = len(ready)
    before = log2(2 * _TWICE / max(size, 2))
    weighed: list[tuple[float, int, int, list[Evidence]]] = []
    total = len(blocks.pairs)
    for done, packed in enumerate(blocks.pairs):
        if not done & 0x3FFF:
            progress(done, total)
        one, other = divmod(packed, size)
        found = weigh(ready[one], ready[other], rarity)
        if found is None:
            continue
        score = before + sum(part.bits for part in found)
        if score >= FROM[Level.LOW]:
            weighed.append((score, one, other, found))
    progress(total, total)
    weighed.sort(key=lambda one: (-one[0], ready[one[1]].id, ready[one[2]].id))
    pairs = tuple(
        _pair(ready[one], ready[other], score, evidence)
        for score, one, other, evidence in _one_to_one(weighed, ready)
    )
    left_out = {
        kind: (count, blocks.records_left_out[kind]) for kind, count in blocks.left_out.items()
    }
    return Found(pairs, size, total, left_out)


def _one_to_one(
    weighed: Iterable[tuple[float, int, int, list[Evidence]]], ready: list[Prepared]
) -> Iterable[tuple[float, int, int, list[Evidence]]]:
    """The surest first, and of two households every child goes with one child at most: each line
    of a page is a child, so who is one with a line is none of the others.
    """
    taken: set[tuple[int, str]] = set()
    for one in weighed:
        _score, first, second, _evidence = one
        mine, theirs = ready[first].household, ready[second].household
        if mine and theirs and mine != theirs:
            if (first, theirs) in taken or (second, mine) in taken:
                continue
            taken.update(((first, theirs), (second, mine)))
        yield one


def _pair(one: Prepared, other: Prepared, score: float, evidence: list[Evidence]) -> Pair:
    first, second = sorted((one, other), key=lambda person: person.id)
    return Pair(first.id, second.id, score, _level(one, other, score), tuple(evidence))


def _level(one: Prepared, other: Prepared, score: float) -> Level:
    if (
        one.personal_id
        and one.personal_id == other.personal_id
        and one.name.given
        and one.full == other.full
        and one.birth.day
        and one.birth == other.birth
    ):
        return Level.CERTAIN
    return next(level for level in (Level.HIGH, Level.MEDIUM, Level.LOW) if score >= FROM[level])
