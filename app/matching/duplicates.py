"""Who may be one child written twice: candidates, weights, and at most one partner to a household.

Nothing here decides: a pair is offered with what speaks for it and against it. Only where personal
id, whole folded name, whole birth date and sex all agree it is certain (`judge.level_of`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from app.matching.blocking import blocks_of
from app.matching.columns import Columns
from app.matching.judge import judged, odds_before, rank
from app.matching.pair import FROM, Found, Level, Pair
from app.matching.people import Prepared, prepared
from app.matching.person import Person
from app.matching.promising import Promising
from app.matching.rarity import Rarity


def find(people: Iterable[Person], is_placeholder: Callable[[str], bool]) -> Found:
    """Look for pairs among `people`."""
    return find_among(made_ready(people, is_placeholder))


def made_ready(
    people: Iterable[Person],
    is_placeholder: Callable[[str], bool],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Prepared]:
    """Each of them made ready to be compared. What `progress` raises ends it."""
    ready = []
    with _uncollected():
        for done, one in enumerate(prepared(people, is_placeholder)):
            if not done & 0x3FF:
                progress(done, 0)
            ready.append(one)
    return ready


def find_among(
    ready: Sequence[Prepared],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    phase: Callable[[str], None] = lambda _name: None,
) -> Found:
    """The same among records that were made ready. What `progress` raises ends it; `phase` is told
    when candidates are gathered and when they are compared.
    """
    with _uncollected():
        return _find(ready, progress, phase)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: none are made here, and among a million blocks and records the
    looking alone takes a sixth of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _find(
    ready: Sequence[Prepared],
    progress: Callable[[int, int], None],
    phase: Callable[[str], None],
) -> Found:
    size = len(ready)
    phase("gathering")
    progress(0, 0)
    columns = Columns(ready)
    blocks = blocks_of(columns, progress=progress)
    alone = blocks.alone()
    rarity = Rarity.of(ready)
    promising = Promising(ready, columns, rarity)
    phase("comparing")
    before = odds_before(size)
    least = FROM[Level.LOW] - before
    weighed: list[tuple[Pair, int, int]] = []
    total = 0
    for at in reversed(range(size)):
        if not at & 0x3FF:
            progress(size - at, size)
        near = blocks.take(at)
        total += len(near)
        for place in promising.among(at, near, least):
            found = judged(ready[at], ready[place], rarity, before)
            if found is not None:
                weighed.append((found, at, place))
    progress(size, size)
    weighed.sort(key=lambda one: rank(one[0]))
    pairs = tuple(_one_to_one(weighed, ready))
    left_out = {
        kind: (count, blocks.records_left_out[kind]) for kind, count in blocks.left_out.items()
    }
    return Found(pairs, size, total, left_out, alone)


def _one_to_one(
    weighed: Iterable[tuple[Pair, int, int]], ready: Sequence[Prepared]
) -> Iterable[Pair]:
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
