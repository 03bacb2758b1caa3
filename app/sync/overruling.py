"""Whether the refusal of a unit above stops an operation here, or somebody above it knows better.

What a unit refuses is refused below it (MERGE.md, "The door"); but a unit that stands above the
refuser and brought the operation here itself has decided it already, and reference data go by
their signature alone, whoever refuses them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from app.history.door import Bringer, Direction
from app.sync.delivery import Tree


def unit_of(name: str) -> str:
    """The bringer's own unit in a name that `taking.bringer_name` made."""
    return name.partition(":")[2].partition("+")[0]


def overrules(name: str, bringer: Bringer, refusers: Collection[str], *, newest: bool) -> bool:
    """Whether what `name` brings comes in although the units `refusers` refuse it.

    So it is when all of them stand below the bringer. Its own unit's refusal ends with a later
    word of that unit, which a bundle is only if it is the `newest` of its line.
    """
    if bringer.direction is not Direction.ABOVE:
        return False
    own = unit_of(name)
    return all(newest if unit == own else bringer.covers(unit) for unit in refusers)


def answered_for(
    names: Iterable[str], bringer: Callable[[str], Bringer], refusers: Collection[str]
) -> bool:
    """Whether one of those who brought an operation, by their `names`, stands above all
    `refusers`: then it has been decided over their heads.
    """
    return any(
        unit_of(name) not in refusers and overrules(name, bringer(name), refusers, newest=False)
        for name in names
    )


def past_a_tier(tree: Tree, sender: str, here: str) -> bool:
    """Whether a unit stands between the sender above and this one, whose refusals come down too."""
    return any(
        unit not in (sender, here) and tree.covers([unit], here) for unit in tree.below(sender)
    )
