"""What a record that was merged into another one comes to, where the other one is gone as well.

Two PCs may merge two doubles into each other, or one merges a record into one that the other PC
hides as an error: each had a visible record before it, and together they would leave none. So
merging hides a record only as long as it leads to one that stands (MERGE.md, "Merged and gone").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

#: Steps of a chain that are followed; longer ones hide as any merged record is hidden.
MAX_STEPS = 64


class Standing(NamedTuple):
    """What a record's own operations come to: the unit that owns it, whether they hide it, and the
    record it was merged into ("" for one that was not, or that was entered in error besides).
    """

    owner: str
    hidden: bool
    into: str


def leads_nowhere(ent_id: str, look: Callable[[str], Standing | None]) -> bool:
    """Whether a merged record has to stand for what it was merged into.

    So does the one merged straight into a record that was hidden otherwise, and of a circle the
    smallest id. `look` gives None for a record that is not known here. Records of another owner
    are not followed: not everybody who answers for this one holds them.
    """
    own = look(ent_id)
    if own is None or not own.hidden or not own.into or "@" not in own.owner:
        return False
    way, at = [ent_id], own.into
    while len(way) <= MAX_STEPS:
        if at in way:
            return ent_id == min(way[way.index(at) :])
        there = look(at)
        if there is None or there.owner != own.owner or not there.hidden:
            return False
        if not there.into:
            return len(way) == 1
        way.append(at)
        at = there.into
    return False
