"""Told histories: records that move, disks that are copied, and the whole rebuilt."""

from __future__ import annotations

from dataclasses import replace

from app.history.door import Reason, State
from app.history.operation import make_operation
from app.models import lines
from app.models.lines import Continuity
from app.models.materialising import rebuild
from app.models.work import Change
from app.sync.apply import release
from tests.properties import invariants
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    COMMUNE_C,
    DISTRICT_1,
    DISTRICT_2,
    PROVINCE,
    TREE,
    head_of,
)
from tests.properties.insider import remade
from tests.properties.stories import (
    a_child,
    a_circumstance,
    change,
    reasons,
    turn_back,
    value,
    with_operations,
    written,
)

# --- moving


def test_the_new_owner_gets_the_whole_history_and_the_old_one_only_the_move(fleet):
    child = a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["A1"], child)
    for _ in range(2):
        fleet.full_round()
    move = change(fleet["A1"], child, owner_unit=COMMUNE_C)
    fleet.full_round()
    assert {o.op_id for o in fleet["C"].accepted()} == {o.op_id for o in fleet["A1"].accepted()}
    assert fleet["C"].row("circumstance", circumstance) is not None
    edit = change(fleet["C"], child, full_name="Trần Ân")
    fleet.full_round()
    assert edit not in fleet["A1"].states()
    assert fleet["A2"].states()[move] is State.ACCEPTED
    back = change(fleet["C"], child, owner_unit=COMMUNE_B)
    fleet.full_round()
    assert fleet["B"].states()[edit] is State.ACCEPTED
    assert fleet["A1"].states()[back] is State.ACCEPTED, "whoever owned it hears where it went"
    assert fleet["A1"].states()[edit] is State.ACCEPTED, "with an operation go its ancestors"
    invariants.check_i9_everybody_agrees(fleet)


def test_a_move_that_is_taken_back_brings_the_old_owner_what_it_missed(fleet):
    """No new operation is written then, so the return has a position of its own."""
    child = a_child(fleet["A1"])
    for _ in range(2):
        fleet.full_round()
    missed = change(fleet["P"], child, sex="1")
    move = change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["P"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["A2"], DISTRICT_1)
    assert missed not in fleet["A1"].states()
    turn_back(fleet["D1"], (child, move))
    assert value(fleet["D1"], child, "owner_unit") == COMMUNE_A
    assert missed in {o.op_id for o in fleet["D1"].send(COMMUNE_A).operations}


def test_what_was_let_in_once_comes_back_without_the_door(fleet):
    """An edit is set aside, the child moves, the edit is released: what built on it comes along,
    although its writer does not own the child any more."""
    child = a_child(fleet["A1"])
    edit = change(fleet["A1"], child, full_name="Trần Ân")
    on_top = change(fleet["A1"], child, sex="1")
    fleet.carry(fleet["A1"], DISTRICT_1)
    here = fleet["D1"]
    assert turn_back(here, (child, edit)) == 2
    change(here, child, owner_unit=COMMUNE_B)
    with here.store.write("person") as work:
        release(work, TREE, [(child, edit)], lambda _one: False)
        work.commit()
    assert here.states()[on_top] is State.ACCEPTED
    assert (value(here, child, "sex"), value(here, child, "owner_unit")) == ("1", COMMUNE_B)


def test_two_units_claim_a_child_until_the_unit_above_both_decides(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    change(fleet["A2"], child, owner_unit=COMMUNE_C)
    fleet.full_round()
    fleet.full_round()
    for name in ("B", "C", "D1", "D2", "P"):
        conflicts = fleet[name].dump()["conflict"]
        assert f"{child}/owner_unit" in conflicts, f"{name} does not know that two claim the child"
    page = fleet["C"].open_page("child", child)
    page.loaded.pop("owner_unit")
    refused = fleet["C"].save_page(page, {"owner_unit": COMMUNE_C}).op_id
    fleet.carry(fleet["C"], DISTRICT_2)
    assert reasons(fleet["D2"]) == {refused: "owner-change"}
    page = fleet["P"].open_page("child", child)
    page.loaded.pop("owner_unit")
    fleet["P"].save_page(page, {"owner_unit": COMMUNE_B})
    fleet.full_round()
    fleet.full_round()
    assert value(fleet["B"], child, "owner_unit") == COMMUNE_B
    assert fleet["B"].dump()["conflict"] == {}
    invariants.check_i9_everybody_agrees(fleet)


def test_a_child_moved_to_nowhere_stays_with_its_last_commune(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit="outside")
    fleet.full_round()
    change(fleet["A1"], child, full_name="Trần Ân")
    fleet.full_round()
    assert value(fleet["P"], child, "full_name") == "Trần Ân"
    change(fleet["P"], child, owner_unit=COMMUNE_C)
    fleet.full_round()
    assert value(fleet["C"], child, "full_name") == "Trần Ân"


def test_a_record_that_is_turned_back_entirely_owns_nothing_any_more(fleet):
    child = a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["A1"], child)
    change(fleet["A1"], child, owner_unit="outside")
    fleet.carry(fleet["A1"], DISTRICT_1)
    here = fleet["D1"]
    (creation,) = [o for o in here.accepted_of(child) if not o.parents]
    assert turn_back(here, (child, creation.op_id)) == 3
    assert here.row("child", child) is None
    assert here.row("circumstance", circumstance) is None
    assert here.derived_tables()["record_owner"] == []
    with here.store.write("person") as work:
        outcome = release(work, TREE, [(child, creation.op_id)], lambda _one: False)
        work.commit()
    assert outcome.freed == 3
    assert value(here, circumstance, "group", "circumstance") == "C04"
    fleet.full_round()
    invariants.check_i9_everybody_agrees(fleet)


# --- disks


def test_the_province_gets_its_own_word_back_after_a_restore(fleet):
    """Upward goes what came from above too: 4-sync.md says otherwise, and I9 would not hold."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    image = fleet["P"].image()
    lost = change(fleet["P"], child, full_name="Trần Ân")
    fleet.full_round()
    fleet["P"].put_back(image, new_replica=True)
    assert lost not in fleet["P"].states()
    fleet.full_round()
    fleet.full_round()
    assert fleet["P"].states()[lost] is State.ACCEPTED
    invariants.check_i9_everybody_agrees(fleet)


def test_a_lost_receipt_of_the_province_does_not_come_back_from_below(fleet):
    """What only a unit above may write could be invented below: the price of the rule before."""
    made = fleet["A1"].save(
        Change("handover", {"owner_unit": COMMUNE_A, "sent_on": "2026-01-01"}, key="h")
    )
    fleet.full_round()
    image = fleet["P"].image()
    receipt = change(fleet["P"], made.id, "handover", received_province_on="2026-01-02")
    fleet.full_round()
    assert value(fleet["A1"], made.id, "received_province_on", "handover") == "2026-01-02"
    fleet["P"].put_back(image, new_replica=True)
    for _ in range(3):
        fleet.full_round()
    assert reasons(fleet["P"]) == {receipt: "foreign-half"}
    assert reasons(fleet["A1"]) == {receipt: Reason.REFUSED_ABOVE.value}
    invariants.check_i9_everybody_agrees(fleet)


def test_a_copied_disk_is_noticed_and_nothing_is_lost(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    copy = fleet.copy(fleet["A1"], "copy")
    fleet.replicas[copy.name] = copy
    fleet["A1"].shares_its_id = copy.shares_its_id = True
    shared = copy.store.replica
    one = change(fleet["A1"], child, full_name="Trần Ân")
    other = change(copy, child, full_name="Trần Ấn")
    first = fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    second = fleet["D1"].receive(copy.send(DISTRICT_1))
    assert first is not None
    assert second is not None
    assert (first.continuity, second.continuity) == (Continuity.NORMAL, Continuity.FORK)
    assert f"{child}/full_name" in fleet["D1"].dump()["conflict"]
    # The next bundle from above asks whoever gets it; each copy finds what it never sealed.
    fleet.carry(fleet["D1"], COMMUNE_A)
    ids = {fleet["A1"].store.replica, copy.store.replica, shared}
    assert len(ids) == 3, "both copies have a new id"
    assert fleet["A1"].send(DISTRICT_1).delivery.seq == 1
    fleet.full_round()
    invariants.check_i9_everybody_agrees(fleet)
    assert {one, other} <= fleet["P"].states().keys()


def test_copies_of_the_province_may_differ_on_what_the_door_of_one_refused(fleet):
    made = {"owner_unit": COMMUNE_B, "village": "v1", "household_no": "12"}
    house = fleet["B"].save(Change("household", made, key="house")).id
    fleet.full_round()
    copy = fleet.copy(fleet["P"], "copy")
    fleet.replicas[copy.name] = copy
    fleet["P"].shares_its_id = copy.shares_its_id = True
    moves = ((fleet["P"], {"owner_unit": COMMUNE_C}), (fleet["D1"], {"village": "v2"}))
    for here, values in (*moves, (fleet["D1"], {"village": "v3"})):
        late = here.save_page(here.open_page("household", house), dict(values)).op_id
    sent = fleet["D1"].send(PROVINCE)
    fleet["P"].receive(sent)
    copy.receive(sent)
    assert late not in {one.op_id for one in fleet["P"].accepted()}
    assert late in {one.op_id for one in copy.accepted()}
    for _ in range(3):
        fleet.full_round()
    assert fleet["P"].store.replica != copy.store.replica, "the fork was seen"
    assert late in fleet["P"].states(), "what was refused is kept"
    invariants.check_i9_everybody_agrees(fleet)
    assert fleet.counts["records disputed by copies of the province"] == 1


def test_an_old_image_without_a_new_id_is_noticed_and_nothing_is_lost(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    image = fleet["A1"].image()
    kept = change(fleet["A1"], child, full_name="Trần Ân")
    fleet.full_round()
    fleet["A1"].put_back(image, new_replica=False)
    fleet["A1"].shares_its_id = True
    old = fleet["A1"].store.replica
    later = change(fleet["A1"], child, sex="1")
    outcome = fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    assert outcome is not None
    assert outcome.continuity is Continuity.FORK
    own = fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    assert own is not None
    assert own.alarm, "its own operation comes back that it does not know"
    assert fleet["A1"].store.replica != old
    fleet.full_round()
    assert {kept, later} <= fleet["A1"].states().keys()
    invariants.check_i9_everybody_agrees(fleet)


def test_nobody_without_the_key_of_a_pc_can_make_it_take_a_new_id(fleet):
    """Bundles that look like its own, its own true ones, and operations in its name, from below."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    above, old = fleet["D1"], fleet["D1"].store.replica
    change(above, child, full_name="Trần Ân")
    true = above.send(COMMUNE_A)
    sent = fleet["A1"].send(DISTRICT_1)
    invented = replace(true.delivery, station="A1", seq=99)
    theirs = [head_of(true.delivery, true.operations), head_of(invented, true.operations)]
    own = make_operation(
        ent_type="child",
        ent_id=child,
        parents=above.heads("child", child),
        body={"sex": "1"},
        salt=bytes(16),
        unit=COMMUNE_A,
        by=DISTRICT_1,
        replica=old,
        author="x",
        wall=1,
    )
    stick = replace(
        sent,
        delivery=replace(sent.delivery, forks=[lines.SignedManifest(head, b"") for head in theirs]),
        operations=(*sent.operations, own),
    )
    outcome = above.receive(stick)
    assert outcome is not None
    assert (outcome.alarm, outcome.renewed, above.store.replica) == (True, None, old)


def test_what_the_owner_invents_in_a_former_owners_name_costs_that_one_a_new_id_and_no_data(fleet):
    """The district let it in, for the record is its writer's, and answers for what it passes on:
    FORMAT.md, "Two histories under one id"."""
    home = fleet["B"].save(Change("household", {"owner_unit": COMMUNE_B, "phone": "1"}, key="h")).id
    fleet.full_round()
    change(fleet["D1"], home, "household", owner_unit=COMMUNE_A)
    fleet.full_round()
    heads = fleet["D1"].heads("household", home)
    own = written(fleet["A1"], "household", home, heads, phone="2")
    in_its_name = remade(own, by=COMMUNE_B, replica=fleet["B"].store.replica)
    fleet.invented.add(in_its_name.op_id)
    fleet["D1"].receive(with_operations(fleet["A1"].send(DISTRICT_1), in_its_name))
    assert value(fleet["D1"], home, "phone", "household") == "2", "it is the record of who wrote it"
    change(fleet["D1"], home, "household", owner_unit=COMMUNE_B)
    before, held = fleet["B"].store.replica, set(fleet["B"].log())
    told = fleet["B"].receive(fleet["D1"].send(COMMUNE_B))
    assert told is not None
    assert told.alarm
    assert fleet["B"].store.replica != before
    for _ in range(2):
        fleet.full_round()
    invariants.check_i7_nothing_is_lost(held, fleet)
    invariants.check_i9_everybody_agrees(fleet)


def test_a_neighbour_is_not_sent_everything_for_ever(fleet):
    """One's own station stands in the list of certificates and never acknowledges anything."""
    a_child(fleet["A1"])
    for _ in range(3):
        fleet.exchange_beside()
    assert fleet["A1"].send(COMMUNE_A).operations == ()


def test_a_bundle_down_holds_the_history_of_a_moved_child_once(fleet):
    child = a_child(fleet["A1"])
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    change(fleet["D1"], child, owner_unit=COMMUNE_A)
    sent = fleet["D1"].send(COMMUNE_A)
    assert len(sent.operations) == len({one.op_id for one in sent.operations})


# --- the whole


def test_rows_rebuilt_from_the_operations_are_equal(fleet):
    child = a_child(fleet["A1"])
    a_circumstance(fleet["A1"], child)
    change(fleet["A1"], child, father_name="x", father_status="dead")
    change(fleet["A1"], child, owner_unit="unknown", field_of_a_newer_form="x")
    fleet.full_round()
    change(fleet["A1"], child, entered_in_error=True)
    a_circumstance(fleet["A2"], child, episode=2)
    change(fleet["A2"], child, grade=2, schooling_status="in")
    change(fleet["D1"], child, grade=3, schooling_status="in")
    fleet.full_round()
    assert invariants.check_i14_rebuilt_rows_are_equal(fleet) > 0
    with fleet["D1"].store.write("x") as work:
        before = work.connection.exec_driver_sql("SELECT count(*) FROM entered").scalar()
        rebuild(work.connection)
        after = work.connection.exec_driver_sql("SELECT count(*) FROM entered").scalar()
    assert before == after
