"""What units above sent back to this one or below it: whole handovers, and records.

A record that went to a unit out of reach is asked of that one (4-sync.md: "A record no longer in my
scope is neither waiting nor asked about"): what is typed on it here would stop at the door above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.history.door import Direction
from app.models.queries.handovers import Return, standing_returns
from app.models.queries.owning import owners_of
from app.models.store import Reading
from app.services.handles import name_unseen
from app.services.masking import reason_seen
from app.services.workplace import Workplace
from app.sync.delivery import direction_of


def returns_from_above(
    workplace: Workplace, reading: Reading, about: Collection[str] | None = None
) -> list[Return]:
    """What a unit above returned to this one or below it, and what nobody has answered yet; a
    circumstance by its handle, and a reason as far as it may be read. Of the records `about` alone
    where some are named.
    """
    found = (
        one
        for one in standing_returns(reading, workplace.unit, about)
        if is_from_above(workplace, one)
    )
    return [
        one._replace(
            id=name_unseen(workplace.handles, one.entity, one.id),
            reason=reason_seen(workplace, one.reason),
        )
        for one in still_in_reach(workplace, reading, found)
    ]


def is_from_above(workplace: Workplace, one: Return) -> bool:
    """Whether a unit above returned it. Who wrote an operation is a claim: what was brought from
    below was returned by nobody above.
    """
    tree, here = workplace.tree, workplace.unit
    return direction_of(tree, one.by, here) is Direction.ABOVE and direction_of(
        tree, one.brought_by, here
    ) in (Direction.ABOVE, Direction.BESIDE)


def still_in_reach(
    workplace: Workplace, reading: Reading, returns: Iterable[Return]
) -> list[Return]:
    """Those of which somebody here may answer: handovers, and records of units within reach. Who
    went to no unit is still in the book it left.
    """
    found = list(returns)
    owners = owners_of(reading, [one.id for one in found if one.entity != "handover"])
    reach = (workplace.unit, *workplace.certified)
    return [
        one
        for one in found
        if one.id not in owners
        or any(workplace.tree.covers(reach, unit) for unit in owners[one.id])
    ]
