"""Whose a household becomes that is begun here: a commune is chosen, never guessed.

A PC may hold the records of several communes: that of a district or a province, or one whose
certificate names several. None of the records is the district's own, so what is typed there is
typed on behalf of one commune (`app.services.on_behalf`), in one of that commune's villages.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.forms.issues import Value
from app.models.queries import register
from app.models.store import Reading
from app.services.workplace import Workplace


def units_with_records(workplace: Workplace) -> list[str]:
    """The units this PC reaches to whose records belong to themselves, in the order of the tree;
    first its own. Units that went into one of them whole are not told apart from it.
    """
    tree, here, reach = workplace.tree, workplace.unit, workplace.reach()
    own = tree.units.holds_records(here)
    beyond = reach - set(tree.below(here)) if own else reach
    others = (
        one.ref for one in tree.units if one.ref in beyond and tree.units.holds_records(one.ref)
    )
    return [*([here] if own else ()), *others]


def owners_of_new(workplace: Workplace, unit: str = "") -> tuple[str, ...]:
    """The units that may own a household begun at `unit` ("" where nothing is chosen), one of them
    where that is settled. Those that took another form since stand for themselves no longer.
    """
    if unit in workplace.reach() and workplace.tree.units.holds_records(unit):
        return (unit,)
    return tuple(workplace.standing(units_with_records(workplace)))


def village_of(reading: Reading, owner: str, village: Value) -> str:
    """The village a new household of `owner` is begun in: none where it is another unit's."""
    known = {one.id for one in register.villages(reading, owner)}
    return village if isinstance(village, str) and village in known else ""


def carried_to(owner: str, carried: Mapping[str, Value]) -> dict[str, Value]:
    """What the book's cover says for the next household, where that is of the same unit's books."""
    return dict(carried) if carried.get("owner_unit") in (None, owner) else {}
