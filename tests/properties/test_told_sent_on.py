"""Told histories: what a bundle brought and was sent on is not taken back behind their backs."""

from __future__ import annotations

from sqlalchemy import select

from app.history.door import State
from app.models.queries import brought
from app.models.schema import op
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_C,
    DISTRICT_1,
    DISTRICT_2,
    PROVINCE,
    TREE,
    Fleet,
)
from tests.properties.stories import a_child, change
from tests.properties.test_told_pairs import decide, verdict

BELOW = {unit: TREE.below(unit) for unit in (DISTRICT_1, DISTRICT_2)}


def _sent_on(fleet: Fleet, op_id: bytes) -> str | None:
    """Whom the province sent the operation to, as it says who asks to take its bundle back."""
    with fleet["P"].store.read() as connection:
        bundle = connection.execute(select(op.c.bundle_in).where(op.c.op_id == op_id)).scalar_one()
        found = brought.brought_by(connection, bundle, (State.ACCEPTED,))
        its_own = [one for one in found if one.operation == op_id]
        assert its_own
        return brought.sent_on(connection, its_own, DISTRICT_1, BELOW)


def test_what_went_along_with_a_child_was_sent_on_though_the_child_came_back(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    for _ in range(2):
        fleet.full_round()
    edit = change(fleet["A1"], child, full_name="Trần Ân")
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], PROVINCE)
    assert _sent_on(fleet, edit) is None
    for here, unit in (("A1", COMMUNE_C), ("C", COMMUNE_A)):
        change(fleet[here], child, owner_unit=unit)
        for _ in range(2):
            fleet.full_round()
    assert fleet["C"].states()[edit] is State.ACCEPTED
    assert _sent_on(fleet, edit) == DISTRICT_2


def test_a_decision_was_sent_on_to_whoever_holds_the_child_it_does_not_hang_on(
    fleet: Fleet,
) -> None:
    two = a_child(fleet["A1"]), a_child(fleet["B"])
    for _ in range(2):
        fleet.full_round()
    decision = decide(fleet["D1"], *two)
    fleet.carry(fleet["D1"], PROVINCE)
    second = max(two)
    holder = "A1" if second == two[0] else "B"
    change(fleet[holder], second, owner_unit=COMMUNE_C)
    fleet.carry(fleet[holder], DISTRICT_1)
    fleet.carry(fleet["D1"], PROVINCE)
    fleet.carry(fleet["P"], DISTRICT_2)
    assert verdict(fleet["D2"], decision) == "same"
    (op_id,) = fleet["P"].heads("match_decision", decision)
    assert _sent_on(fleet, op_id) == DISTRICT_2
