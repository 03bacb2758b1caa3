"""What units below wait for from this one, in order: handovers nobody has decided about, and units
that receipts or returns were written for and not handed down yet.
"""

from __future__ import annotations

from app.history.door import Direction
from app.models.queries import answering
from app.models.store import Reading
from app.services.handover_values import TIERS
from app.services.workplace import Workplace
from app.sync.delivery import direction_of


def unverified(workplace: Workplace, reading: Reading) -> list[str]:
    """The handovers from below that wait for this unit's verdict, the oldest first."""
    return answering.unverified(reading, workplace.tier.value)


def undone(workplace: Workplace, reading: Reading) -> list[str]:
    """The handovers from below that were taken back here and not returned, the oldest first."""
    return answering.undone(reading, workplace.tier.value)


def set_aside_above(workplace: Workplace, reading: Reading) -> list[str]:
    """This unit's own handovers that a unit above took out of its register again without returning
    them, the oldest first: the receipt says so and tells no reason.
    """
    above = TIERS[TIERS.index(workplace.tier.value) + 1 :]
    return answering.set_aside_above(reading, workplace.unit, above)


def owed_to(workplace: Workplace, reading: Reading) -> list[str]:
    """The units right below that something was written for which no bundle has carried down, those
    that wait longest first. What is for a unit further down goes by the one between. A unit without
    an enrolled PC is left out, one that is no more among them: no bundle can be sealed to it.
    """
    here, tree = workplace.unit, workplace.tree
    carried, reached = answering.carried_to(reading), answering.reachable(reading)
    found: dict[str, int] = {}
    for giver, position in answering.answered_for(reading, here).items():
        if direction_of(tree, giver, here) is not Direction.BELOW:
            continue
        below = giver
        while (above := tree.parent(below)) is not None and above != here:
            below = above
        if below in reached and position > carried.get(below, 0):
            found[below] = min(position, found.get(below, position))
    return sorted(found, key=lambda one: (found[one], one))
