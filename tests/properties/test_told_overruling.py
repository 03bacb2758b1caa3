"""Told histories: a district refuses what the province has decided over its head."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from app.history.door import Reason, State
from app.ids import derived_id
from app.models.work import Change
from app.sync.apply import release, retry_waiting, wait_again
from app.sync.delivery import Refused
from tests.properties import invariants
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, DISTRICT_1, PROVINCE, TREE, Fleet, Sent
from tests.properties.stories import (
    a_child,
    change,
    only,
    reasons,
    turn_back,
    value,
    written,
)


def a_receipt(fleet: Fleet) -> tuple[str, bytes]:
    """A handover of commune A that everybody knows, and the province's half of it, which only the
    commune has, directly."""
    ent_id = derived_id(COMMUNE_A, "bundle 1")
    half = {"owner_unit": COMMUNE_A, "sent_to": PROVINCE, "sent_households": 3}
    fleet["A1"].save(Change("handover", half, key="bundle 1"))
    fleet.full_round()
    receipt = change(fleet["P"], ent_id, "handover", received_province_households=3)
    fleet.carry(fleet["P"], COMMUNE_A)
    assert value(fleet["A1"], ent_id, "received_province_households", "handover") == 3
    return ent_id, receipt


def naming(sent: Sent, ent_id: str, op_id: bytes, reason: str = "foreign-half") -> Sent:
    """The same bundle with a refusal of one operation."""
    return replace(sent, delivery=replace(sent.delivery, refused=[Refused(ent_id, op_id, reason)]))


def test_a_district_does_not_overturn_what_the_province_brought_itself(fleet):
    """Its door refuses the province's half from the commune; that is no word on it."""
    ent_id, receipt = a_receipt(fleet)
    fleet.carry(fleet["A1"], DISTRICT_1)
    assert reasons(fleet["D1"]) == {receipt: "foreign-half"}
    down = fleet["D1"].send(COMMUNE_A)
    assert [one.op_id for one in down.delivery.refused] == [receipt]
    for here in fleet.of_unit(COMMUNE_A):
        outcome = here.receive(down)
        assert outcome is not None
        assert (outcome.taken_back, outcome.newly_refused) == (0, 0)
        assert here.states()[receipt] is State.ACCEPTED
        assert value(here, ent_id, "received_province_households", "handover") == 3
    fleet.full_round()
    for here in fleet:
        assert here.states().get(receipt, State.ACCEPTED) is State.ACCEPTED
    invariants.check_i9_everybody_agrees(fleet)


def test_the_neighbour_who_heard_only_the_district_gets_it_back_within_a_round(fleet):
    """A1 has the province's half directly and A2 from A1, after the district's refusal."""
    ent_id = derived_id(COMMUNE_A, "bundle 1")
    fleet["A1"].save(Change("handover", {"owner_unit": COMMUNE_A}, key="bundle 1"))
    fleet.full_round()
    receipt = change(fleet["P"], ent_id, "handover", received_province_households=3)
    fleet["A1"].receive(fleet["P"].send(COMMUNE_A))
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    fleet["A2"].receive(fleet["A1"].send(COMMUNE_A))
    assert reasons(fleet["A2"]) == {receipt: Reason.REFUSED_ABOVE.value}
    assert fleet["A1"].states()[receipt] is State.ACCEPTED
    fleet.full_round()
    assert fleet["A2"].states()[receipt] is State.ACCEPTED
    invariants.check_i9_everybody_agrees(fleet)


def test_what_the_province_sends_back_of_our_own_is_its_word_as_well(fleet):
    """Known and accepted before it came: that the province brought it is kept all the same."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["D1"], child, owner_unit=COMMUNE_B)
    mine = change(fleet["A1"], child, full_name="Trần Ân")
    fleet["P"].receive(fleet["A1"].send(PROVINCE))
    assert fleet["P"].states()[mine] is State.ACCEPTED
    outcome = fleet["A1"].receive(fleet["P"].send(COMMUNE_A))
    assert outcome is not None
    assert outcome.known == outcome.operations
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    assert reasons(fleet["D1"]) == {mine: "moved-away"}
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    assert fleet["A1"].states()[mine] is State.ACCEPTED


def test_a_direct_bundle_of_the_province_brings_back_what_the_district_had_turned_back(fleet):
    """Brought by the province before the district's refusal was heard here, or after it."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["D1"], child, owner_unit=COMMUNE_B)
    mine = change(fleet["A1"], child, full_name="Trần Ân")
    fleet["P"].receive(fleet["A1"].send(PROVINCE))
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    assert reasons(fleet["A1"]) == {mine: Reason.REFUSED_ABOVE.value}
    fleet["A1"].receive(fleet["P"].send(COMMUNE_A))
    assert fleet["A1"].states()[mine] is State.ACCEPTED
    # The district's next bundle, from before it hears the province, says it again: in vain.
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    assert fleet["A1"].states()[mine] is State.ACCEPTED


def test_what_was_refused_under_a_known_bringer_comes_in_when_that_one_brings_it_again(fleet):
    """As in stores in which the district had turned the province's word back before."""
    ent_id, receipt = a_receipt(fleet)
    here = fleet["A1"]
    for sender in (fleet["P"], fleet["P"]):
        # The province refuses it, and then brings it again in its next bundle.
        here.receive(naming(sender.send(COMMUNE_A), ent_id, receipt))
        assert reasons(here) == {receipt: Reason.REFUSED_ABOVE.value}
        here.receive(naming(fleet["D1"].send(COMMUNE_A), ent_id, receipt))
        operation = fleet["P"].operations()[receipt]
        here.receive(only(sender.send(COMMUNE_A), operation))
        assert here.states()[receipt] is State.ACCEPTED
        assert value(here, ent_id, "received_province_households", "handover") == 3


def test_the_province_itself_still_turns_back_what_it_brought(fleet):
    ent_id, receipt = a_receipt(fleet)
    outcome = fleet["A1"].receive(naming(fleet["P"].send(COMMUNE_A), ent_id, receipt))
    assert outcome is not None
    assert outcome.taken_back == 1
    assert reasons(fleet["A1"]) == {receipt: Reason.REFUSED_ABOVE.value}
    # And the district, which passes nothing on that it has not heard of, does not undo that.
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    assert reasons(fleet["A1"]) == {receipt: Reason.REFUSED_ABOVE.value}


def test_what_the_province_refuses_does_not_come_in_by_the_district(fleet):
    """Whichever arrives first: the district's bundle with it, or the refusal."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    late = change(fleet["D1"], child, full_name="Trần Ân")
    bundles = (
        fleet["D1"].send(COMMUNE_A),
        naming(fleet["P"].send(COMMUNE_A), child, late, "moved-away"),
    )
    ends = []
    for order in permutations(bundles):
        here = fleet.copy(fleet["A1"], f"order-{len(ends)}")
        for sent in order:
            here.receive(sent)
        ends.append((reasons(here), here.dump()))
        here.store.close()
    assert ends[0] == ends[1]
    assert ends[0][0] == {late: Reason.REFUSED_ABOVE.value}


def test_an_older_bundle_of_the_refuser_does_not_lift_its_refusal(fleet):
    """The list of the newest bundle counts, in whatever order the sticks arrive."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    wrong = change(fleet["D1"], child, full_name="Trần Ân")
    older = fleet["D1"].send(COMMUNE_A)
    newer = naming(only(fleet["D1"].send(COMMUNE_A)), child, wrong, "moved-away")
    ends = []
    for order in permutations((older, newer)):
        here = fleet.copy(fleet["A1"], f"order-{len(ends)}")
        for sent in order:
            here.receive(sent)
        ends.append((reasons(here), here.dump()))
        here.store.close()
    assert ends[0] == ends[1]
    assert ends[0][0] == {wrong: Reason.REFUSED_ABOVE.value}


def test_who_brought_what_was_set_aside_here_is_kept_for_its_release(fleet):
    """Aside when the province brought it again, and refused by the district when it is released."""
    child = a_child(fleet["A1"])
    mine = fleet["A1"].heads("child", child)[0]
    fleet["P"].receive(fleet["A1"].send(PROVINCE))
    turn_back(fleet["A1"], (child, mine))
    fleet["A1"].receive(fleet["P"].send(COMMUNE_A))
    fleet["A1"].receive(naming(fleet["D1"].send(COMMUNE_A), child, mine, "not-owner"))
    assert fleet["A1"].states()[mine] is State.SET_ASIDE
    with fleet["A1"].store.write("person") as work:
        release(work, TREE, [(child, mine)], lambda _one: False)
        work.commit()
    assert fleet["A1"].states()[mine] is State.ACCEPTED


def test_a_household_that_is_turned_back_with_its_note_is_told_as_one_household(fleet):
    """By the second judgement of every arrival: no child differs."""
    here = fleet["A1"]
    household = here.save(Change("household", {"owner_unit": COMMUNE_A, "head_name": "Lò"}))
    here.save(Change("note", {"record": household.id, "note": "x"}, key="1"))
    down = naming(only(fleet["D1"].send(COMMUNE_A)), household.id, household.op_id, "not-owner")
    outcome = here.receive(down)
    assert (outcome.households_changed, outcome.children_changed) == (1, 0)


def test_what_is_refused_here_after_a_unit_above_lifted_its_refusal_is_not_told_as_new(fleet):
    """It stopped here for the refusal above, and stops now at the door: refused as before."""
    theirs = a_child(fleet["B"])
    fleet.full_round()
    heads, here = fleet["B"].heads("child", theirs), fleet["D1"]
    foreign = written(fleet["A1"], "child", theirs, heads, full_name="x")
    here.receive(naming(only(fleet["P"].send(DISTRICT_1)), theirs, foreign.op_id, "bad-value"))
    here.receive(only(fleet["A1"].send(DISTRICT_1), foreign))
    assert reasons(here) == {foreign.op_id: Reason.REFUSED_ABOVE.value}
    outcome = here.receive(fleet["P"].send(DISTRICT_1))
    assert reasons(here) == {foreign.op_id: "not-owner"}
    assert (outcome.newly_refused, outcome.late_refused) == (0, 0)


def test_what_the_province_lost_with_its_disk_stands_where_it_brought_it_until_persons_settle(
    fleet,
):
    """Its district may not believe the commune, which could have invented it; persons may."""
    ent_id = derived_id(COMMUNE_A, "bundle 1")
    fleet["A1"].save(Change("handover", {"owner_unit": COMMUNE_A}, key="bundle 1"))
    fleet.full_round()
    before = fleet["P"].image()
    receipt = change(fleet["P"], ent_id, "handover", received_province_households=3)
    fleet.carry(fleet["P"], COMMUNE_A)
    fleet["P"].put_back(before, new_replica=True)
    for _ in range(2):
        fleet.full_round()
    assert receipt not in fleet["P"].states()
    for name in ("D1", "D1b"):
        assert reasons(fleet[name]) == {receipt: "foreign-half"}
    for name in ("A1", "A2"):
        assert fleet[name].states()[receipt] is State.ACCEPTED
    assert invariants.lost_above(fleet) == {receipt}
    invariants.check_i9_everybody_agrees(fleet, {receipt})

    def let_in(name: str) -> None:
        with fleet[name].store.write("person") as work:
            release(work, TREE, [(ent_id, receipt)], lambda _one: False)
            work.commit()

    for name in ("D1", "D1b"):
        let_in(name)
    fleet.carry(fleet["D1"], PROVINCE)
    let_in("P")
    fleet.full_round()
    assert invariants.lost_above(fleet) == set()
    invariants.check_i9_everybody_agrees(fleet)
    assert value(fleet["P"], ent_id, "received_province_households", "handover") == 3


def test_what_one_of_two_refusers_lifts_comes_in_if_the_other_stands_below_who_brought_it(fleet):
    """The province brought it, refused it and lifts that; the district's refusal is no word on it,
    whether it was heard before that or after.
    """
    ent_id, receipt = a_receipt(fleet)
    refused = naming(only(fleet["P"].send(COMMUNE_A)), ent_id, receipt)
    lifting = only(fleet["P"].send(COMMUNE_A))
    below = naming(only(fleet["D1"].send(COMMUNE_A)), ent_id, receipt)
    ends = []
    for order in permutations((refused, lifting, below)):
        here = fleet.copy(fleet["A1"], f"order-{len(ends)}")
        for sent in order:
            here.receive(sent)
        ends.append(reasons(here))
        here.store.close()
    assert ends == [{}] * len(ends)


def test_what_is_refused_above_while_it_lies_aside_is_refused_when_it_is_used_again(fleet):
    """Though it builds on what is refused as well: it waits for nothing."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    here = fleet["A1"]
    first = change(here, child, full_name="Trần Ân")
    second = change(here, child, full_name="Trần Ấn")
    turn_back(here, (child, second))
    down = only(fleet["D1"].send(COMMUNE_A))
    refused = [Refused(child, one, "moved-away") for one in (first, second)]
    here.receive(replace(down, delivery=replace(down.delivery, refused=refused)))
    assert here.states()[second] is State.SET_ASIDE
    with here.store.write("person") as work:
        wait_again(work, [(child, second)])
        retry_waiting(work, TREE, lambda _one: False)
        work.commit()
    assert reasons(here) == dict.fromkeys((first, second), Reason.REFUSED_ABOVE.value)
