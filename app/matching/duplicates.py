"""Who may be one child written twice: candidates, weights, and at most one partner to a household.

Nothing here decides: a pair is offered with what speaks for it and against it. Only where personal
id, folded name and whole birth date all agree it is certain (`judge.level_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.matching.blocking import candidates
from app.matching.judge import judged, odds_before
from app.matching.pair import Found, Pair
from app.matching.people import Prepared, prepared
from app.matching.person import Person
from app.matching.weights import Rarity


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
    before = odds_before(size)
    weighed: list[tuple[Pair, int, int]] = []
    total = len(blocks.pairs)
    for done, packed in enumerate(blocks.pairs):
        if not done & 0x3FFF:
            progress(done, total)
        one, other = divmod(packed, size)
        found = judged(ready[one], ready[other], rarity, before)
        if found is not None:
            weighed.append((found, one, other))
    progress(total, total)
    weighed.sort(key=lambda one: (-one[0].score, one[0].first, one[0].second))
    pairs = tuple(_one_to_one(weighed, ready))
    left_out = {
        kind: (count, blocks.records_left_out[kind]) for kind, count in blocks.left_out.items()
    }
    return Found(pairs, size, total, left_out)


def _one_to_one(weighed: Iterable[tuple[Pair, int, int]], ready: list[Prepared]) -> Iterable[Pair]:
    """The surest first, and of two households every child goes with one child at most: each line
    of a page is a child, so who is one with a line is none of the others.
    """
    taken: set[tuple[int, str]] = set()
    for pair, first, second in weighed:
        mine, theirs = ready[first].household, ready[second].household
        if mine and theirs and mine != theirs:
            if (first, theirs) in taken or (second, mine) in taken:
                continue
            taken.update(((first, theirs), (second, mine)))
        yield pair
