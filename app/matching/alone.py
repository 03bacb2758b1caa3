"""One child beside the few that may be it: while it is typed, and for each row of an import.

There is no register here to count names in: whoever asks has counted them (`Rarity.of`), or every
name says what is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.matching.judge import judged, odds_before, rank
from app.matching.pair import Pair
from app.matching.people import prepared
from app.matching.person import Person
from app.matching.rarity import USUAL, Rarity

#: About so many children stand in the register of a commune.
_COMMUNE = 3_000


def alike(
    one: Person,
    others: Iterable[Person],
    is_placeholder: Callable[[str], bool],
    *,
    rarity: Rarity = USUAL,
    children: int = _COMMUNE,
) -> tuple[Pair, ...]:
    """Who of `others` may be that child, the surest first; a record of the same id is itself, and
    is not weighed. `children` is how many stand where `others` were looked for: among more of them
    more are alike by chance.
    """
    (mine,) = prepared([one], is_placeholder)
    before = odds_before(children)
    found = (
        judged(mine, theirs, rarity, before)
        for theirs in prepared(others, is_placeholder)
        if theirs.id != mine.id
    )
    return tuple(sorted((pair for pair in found if pair is not None), key=rank))
