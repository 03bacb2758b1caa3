"""Histories about when the bundles of one line come: late, repeated, between two moves."""

from __future__ import annotations

import pytest

from app.history.door import Reason, State
from app.models.lines import Continuity
from app.sync.apply import release
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, DISTRICT_1, TREE, Fleet, Replica
from tests.properties.stories import (
    a_child,
    a_circumstance,
    change,
    reasons,
    value,
)


def test_a_refused_edit_that_comes_again_stays_refused_though_its_writer_owns_the_child_again(
    fleet: Fleet,
) -> None:
    """A refusal is final at that door: no return of the child opens it, only a person does."""
    commune, here = fleet["A1"], fleet["D1"]
    child = a_child(commune)
    fleet.full_round()
    change(here, child, owner_unit=COMMUNE_B)
    late = change(commune, child, full_name="Trần Ân")
    here.receive(commune.send(DISTRICT_1))
    refused = {late: Reason.MOVED_AWAY.value}
    assert reasons(here) == refused

    change(here, child, owner_unit=COMMUNE_A)
    again = commune.send(DISTRICT_1)
    assert late in {one.op_id for one in again.operations}, "sending is cumulative"
    outcome = here.receive(again)
    assert outcome is not None
    assert (outcome.refused, outcome.accepted) == (1, 0)
    assert reasons(here) == refused
    assert value(here, child, "full_name") == "Trần An"
    # The refusal goes down with the child, so that the writer sees why its word does not show.
    fleet.carry(here, COMMUNE_A)
    assert reasons(commune) == {late: Reason.REFUSED_ABOVE.value}


@pytest.fixture
def refusing(fleet: Fleet) -> tuple[Replica, Replica, str]:
    """A district that has moved a child away, its commune that does not know, and the child."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["D1"], child, owner_unit=COMMUNE_B)
    return fleet["D1"], fleet["A1"], child


def test_an_older_bundle_from_above_does_not_impose_again_what_was_lifted(
    refusing: tuple[Replica, Replica, str],
) -> None:
    above, here, child = refusing
    edit = change(here, child, full_name="Trần Ân")
    above.receive(here.send(DISTRICT_1))
    older = above.send(COMMUNE_A)
    assert [one.op_id for one in older.delivery.refused] == [edit]
    with above.store.write("person") as work:
        release(work, TREE, [(child, edit)], lambda _one: False)
        work.commit()
    here.receive(above.send(COMMUNE_A))
    assert here.states()[edit] is State.ACCEPTED

    outcome = here.receive(older)
    assert outcome is not None
    assert (outcome.newest, outcome.continuity) == (False, Continuity.LATE)
    assert reasons(here) == {}
    assert here.states()[edit] is State.ACCEPTED
    assert value(here, child, "full_name") == "Trần Ân"


def test_an_older_bundle_from_above_does_not_lift_what_was_refused_since(
    refusing: tuple[Replica, Replica, str],
) -> None:
    above, here, child = refusing
    older = above.send(COMMUNE_A)
    edit = change(here, child, full_name="Trần Ân")
    above.receive(here.send(DISTRICT_1))
    here.receive(above.send(COMMUNE_A))
    refused = {edit: Reason.REFUSED_ABOVE.value}
    assert reasons(here) == refused

    outcome = here.receive(older)
    assert outcome is not None
    assert (outcome.newest, outcome.continuity) == (False, Continuity.LATE)
    assert reasons(here) == refused
    assert value(here, child, "full_name") == "Trần An"


def test_a_unit_that_owned_a_child_between_two_bundles_gets_the_moves_and_no_more(
    fleet: Fleet,
) -> None:
    """It owned the child, so it hears where it went; what else is known of it is not its own."""
    here = fleet["D1"]
    child = a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["A1"], child)
    for _ in range(2):
        fleet.full_round()
    creation = {one.op_id for one in here.accepted_of(child)}
    moves = {
        change(here, child, owner_unit=COMMUNE_B),
        change(here, child, owner_unit=COMMUNE_A),
    }
    edit = change(here, child, full_name="Trần Ân")

    sent = here.send(COMMUNE_B)
    of_the_child = {one.op_id for one in sent.operations if one.ent_id == child}
    assert of_the_child == creation | moves
    assert edit not in of_the_child
    assert circumstance not in {one.ent_id for one in sent.operations}
    fleet["B"].receive(sent)
    assert fleet["B"].row("circumstance", circumstance) is None
    assert value(fleet["B"], child, "owner_unit") == COMMUNE_A
