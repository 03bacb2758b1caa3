"""Histories that were thought of, and those in which a mistake was found once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from app.errors import KnownError
from app.history.door import Reason, State
from app.history.operation import Operation, Value, make_operation
from app.ids import derived_id
from app.models import lines
from app.models.lines import Continuity
from app.models.materialising import rebuild
from app.models.queries import sending
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
    Fleet,
    Replica,
    head_of,
)
from tests.properties.stories import (
    a_child,
    a_circumstance,
    change,
    only,
    reasons,
    renamed,
    turn_back,
    value,
    with_operations,
    written,
)


def told_below(here: Replica, unit: str) -> dict[bytes, str]:
    """What the next bundle from `here` to `unit` says was refused."""
    with here.store.read() as connection:
        found = sending.refused_from(connection, TREE.below(unit))
    return {op_id: reason for _, op_id, reason in found}


# --- saving


def test_fifty_saves_from_one_open_form_are_a_chain_without_a_conflict(fleet):
    here = fleet["A1"]
    child = a_child(here)
    page = here.open_page("child", child)
    for n in range(50):
        here.save_page(page, {"full_name": f"Trần {n}", "grade": n % 12, "schooling_status": "in"})
    assert here.dump()["conflict"] == {}
    assert len(here.heads("child", child)) == 1
    assert len(here.accepted_of(child)) == 51
    assert value(here, child, "full_name") == "Trần 49"


def test_fifty_saves_meet_a_correction_once_and_stay_one_conflict(fleet):
    here = fleet["A1"]
    child = a_child(here)
    fleet.full_round()
    page = here.open_page("child", child)
    here.save_page(page, {"full_name": "Trần 0"})
    change(fleet["P"], child, full_name="Trần Ân")
    fleet.full_round()
    for n in range(1, 50):
        here.save_page(page, {"full_name": f"Trần {n}"})
    (conflict,) = here.dump()["conflict"].values()
    assert conflict[1] == "full_name"
    assert len(conflict[3]) == 2 * 32, "one head for the form, one for the correction"


def test_saving_nothing_writes_nothing(fleet):
    here = fleet["A1"]
    child = a_child(here)
    before = here.tables()
    page = here.open_page("child", child)
    assert here.save_page(page, {"full_name": "Trần An", "sex": None}).op_id is None
    assert here.tables() == before


def test_a_record_of_2000_operations_saves_sends_and_is_rebuilt():
    fleet = Fleet(("A1", "D1"))
    fleet.watching = False
    try:
        here, above = fleet["A1"], fleet["D1"]
        child = a_child(here)
        with here.store.write("x") as work:
            for n in range(1997):
                work.record(Change("child", {"full_name": f"Trần {n}"}, id=child))
            work.commit()
        outcome = above.receive(here.send(DISTRICT_1))
        assert outcome is not None
        assert (outcome.accepted, outcome.records_new, outcome.records_changed) == (1998, 1, 0)
        assert value(above, child, "full_name") == "Trần 1996"
        change(above, child, full_name="Trần Ân")
        change(here, child, sex="1")
        fleet.carry(above, COMMUNE_A)
        fleet.carry(here, DISTRICT_1)
        for one in fleet:
            assert (value(one, child, "full_name"), value(one, child, "sex")) == ("Trần Ân", "1")
        assert len(above.accepted_of(child)) == 2000
        invariants.check_i14_rebuilt_rows_are_equal(fleet)
        with pytest.raises(KnownError, match=r"log\.too_many_operations"):
            change(above, child, sex="2")
        extra = written(here, "child", child, above.heads("child", child), sex="2")
        above.receive(only(here.send(DISTRICT_1), extra))
        assert value(above, child, "sex") == "2", "a reader takes more than a writer makes"
    finally:
        fleet.close()


# --- the order and the number of bundles


def test_the_same_bundle_twice_changes_nothing(fleet):
    a_circumstance(fleet["A1"], a_child(fleet["A1"]))
    sent = fleet["A1"].send(DISTRICT_1)
    fleet["D1"].receive(sent)
    before = fleet["D1"].tables()
    assert fleet["D1"].receive(sent) is None
    assert fleet["D1"].tables() == before
    rows = fleet["D1"].dump()
    again = fleet["D1"].receive(renamed(sent, 7))
    assert again is not None
    assert (again.accepted, again.known) == (0, len(sent.operations))
    assert fleet["D1"].dump() == rows


def test_a_line_that_stands_in_a_bundle_twice_is_counted_once_as_new(fleet):
    a_circumstance(fleet["A1"], a_child(fleet["A1"]))
    sent = fleet["A1"].send(DISTRICT_1)
    last = sent.operations[-1]
    outcome = fleet["D1"].receive(with_operations(sent, last, *sent.operations))
    assert outcome is not None
    assert (outcome.operations, outcome.accepted, outcome.known) == (5, 2, 3)


def test_every_order_of_the_operations_gives_the_same_rows(fleet):
    here = fleet["A1"]
    child = a_child(here)
    circumstance = a_circumstance(here, child)
    change(here, child, full_name="Trần Ân")
    change(here, circumstance, "circumstance", circumstance_from="2020", circumstance_to=None)
    sent = here.send(DISTRICT_1)
    assert len(sent.operations) == 4
    seen = set()
    for n, order in enumerate(permutations(sent.operations)):
        copy = fleet.copy(fleet["D1"], f"order{n}")
        for at, part in enumerate((order[:1], order[1:3], order[3:])):
            copy.receive(renamed(only(sent, *part), at))
        seen.add(repr(sorted(copy.dump().items())))
        assert set(copy.states().values()) == {State.ACCEPTED}
        copy.store.close()
    assert len(seen) == 1


def test_two_pcs_that_received_in_different_order_agree_after_one_exchange(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, full_name="Trần Ân", sex="1")
    change(fleet["A2"], child, full_name="Trần Ấn", grade=2, schooling_status="in")
    a_circumstance(fleet["A2"], child)
    from_1, from_2 = fleet["A1"].send(DISTRICT_1), fleet["A2"].send(DISTRICT_1)
    fleet["D1"].receive(from_1)
    fleet["D1"].receive(from_2)
    fleet["D1b"].receive(from_2)
    fleet["D1b"].receive(from_1)
    assert fleet["D1"].dump() == fleet["D1b"].dump()
    change(fleet["D1"], child, sex="2")
    change(fleet["D1b"], child, full_name="Trần An")
    fleet.carry(fleet["D1"], DISTRICT_1)
    fleet.carry(fleet["D1b"], DISTRICT_1)
    assert fleet["D1"].dump() == fleet["D1b"].dump()


def test_two_pcs_whose_doors_said_otherwise_agree_after_one_exchange(fleet):
    """The move and a late edit arrive in two orders: one PC refuses the edit, the other not."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    late = change(fleet["A2"], child, full_name="Trần Ân")
    move, edit = fleet["A1"].send(DISTRICT_1), fleet["A2"].send(DISTRICT_1)
    fleet["D1"].receive(move)
    fleet["D1"].receive(edit)
    fleet["D1b"].receive(edit)
    fleet["D1b"].receive(move)
    assert reasons(fleet["D1"]) == {late: "moved-away"}
    assert reasons(fleet["D1b"]) == {}
    fleet.carry(fleet["D1"], DISTRICT_1)
    fleet.carry(fleet["D1b"], DISTRICT_1)
    assert reasons(fleet["D1"]) == {}, "what one of us accepted is accepted"
    assert fleet["D1"].dump() == fleet["D1b"].dump()


class PowerCutError(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_delivery_that_breaks_off_leaves_everything_as_it_was(fleet, after):
    from dataclasses import replace

    from app.sync.apply import apply_delivery

    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    a_child(fleet["A1"], key="two")
    a_circumstance(fleet["A2"], child)
    sent = fleet["A1"].send(DISTRICT_1)
    before = fleet["D1"].tables()

    def broken():
        yield from sent.operations[:after]
        raise PowerCutError

    delivery = replace(sent.content(), operations=broken)
    with pytest.raises(PowerCutError), fleet["D1"].store.write("x") as work:
        apply_delivery(work, delivery, TREE, 99, bundle_id=bytes(32))
    assert fleet["D1"].tables() == before


# --- waiting


def test_what_waits_is_freed_by_what_comes_later(fleet):
    here = fleet["A1"]
    child = a_child(here)
    circumstance = a_circumstance(here, child)
    change(here, circumstance, "circumstance", circumstance_from="2020", circumstance_to=None)
    first, second, third = here.send(DISTRICT_1).operations
    sent = here.send(DISTRICT_1)
    waiting = fleet["D1"].receive(only(sent, third))
    assert waiting is not None
    assert (waiting.waiting, waiting.accepted) == (1, 0)
    waiting = fleet["D1"].receive(renamed(only(sent, second), 2))
    assert waiting is not None
    assert (waiting.waiting, waiting.accepted) == (1, 0)
    freed = fleet["D1"].receive(renamed(only(sent, first), 3))
    assert freed is not None
    assert (freed.waiting, freed.accepted, freed.freed) == (0, 1, 2)
    assert value(fleet["D1"], circumstance, "circumstance_from", "circumstance") == "2020"


def test_what_waits_is_freed_on_the_way_down_in_two_rounds(fleet):
    """A commune's edit of what its district has not got yet: the province brings it."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    correction = change(fleet["P"], child, full_name="Trần Ân")
    fleet["A1"].receive(fleet["P"].send(COMMUNE_A))
    edit = change(fleet["A1"], child, sex="1")
    operation = fleet["A1"].operations()[edit]
    assert operation.parents == (correction,)
    fleet["D1"].receive(only(fleet["A1"].send(DISTRICT_1), operation))
    assert fleet["D1"].states()[edit] is State.WAITING
    fleet["D1"].receive(fleet["P"].send(DISTRICT_1))
    assert fleet["D1"].states()[edit] is State.ACCEPTED
    fleet.full_round()
    invariants.check_i9_everybody_agrees(fleet)
    assert value(fleet["P"], child, "sex") == "1"


def test_what_is_freed_is_sent_to_those_who_are_past_its_place(fleet):
    """It waited while bundles went up and were acknowledged; accepted, it takes a new position."""
    here = fleet["A1"]
    child = a_child(here)
    change(here, child, full_name="Trần Ân")
    last = change(here, child, sex="1")
    sent = here.send(DISTRICT_1)
    creation, middle, _ = sent.operations
    fleet["D1"].receive(only(sent, creation, here.operations()[last]))
    assert fleet["D1"].states()[last] is State.WAITING
    for _ in range(2):
        fleet.carry(fleet["D1"], PROVINCE)
        fleet.carry(fleet["P"], DISTRICT_1)
    assert fleet["D1"].send(PROVINCE).operations == ()
    fleet["D1"].receive(renamed(only(sent, middle), 1))
    fleet.carry(fleet["D1"], PROVINCE)
    assert fleet["P"].states()[last] is State.ACCEPTED


def test_an_operation_that_came_from_above_is_not_refused_because_it_comes_from_below_too(fleet):
    """It waited for its record, then a commune that does not own the record brought it as well."""
    child = a_child(fleet["C"])
    fleet.carry(fleet["C"], DISTRICT_2)
    fleet.carry(fleet["D2"], PROVINCE)
    first = fleet["P"].operations()
    edit = change(fleet["P"], child, full_name="Trần Ân")
    (creation,) = first.values()
    operation = fleet["P"].operations()[edit]
    down = fleet["P"].send(DISTRICT_2)
    fresh = Fleet(("A1", "D1", "P"))
    try:
        here = fresh["D1"]
        here.receive(only(down, operation))
        assert here.states()[edit] is State.WAITING
        up = fresh["A1"].send(DISTRICT_1)
        here.receive(only(up, operation))
        here.receive(renamed(only(down, creation), 3))
        assert here.states()[edit] is State.ACCEPTED
    finally:
        fresh.close()


# --- refusing


def test_an_insider_is_refused_by_name_and_told_at_the_next_bundle_down(fleet):
    """Edits, re-creates and takes over another commune's child, writes on one it moved out."""
    theirs = a_child(fleet["B"])
    moved = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], moved, owner_unit=COMMUNE_B)
    fleet.full_round()
    insider = fleet["A1"]
    heads, moved_heads = fleet["B"].heads("child", theirs), fleet["B"].heads("child", moved)
    key = {"_key": "one", "owner_unit": COMMUNE_B}
    circumstance = {"group": "C05", "episode": 1, "_key": "C05/1"}

    def forged(record: str, parents: tuple[bytes, ...], **body: Value) -> Operation:
        return written(insider, "child", record, parents, **body)

    def below(record: str) -> Operation:
        ent_id = derived_id(record, "C05/1")
        return written(insider, "circumstance", ent_id, (), record=record, **circumstance)

    expected = [
        (forged(theirs, heads, full_name="x"), "not-owner"),
        (forged(theirs, heads, owner_unit=COMMUNE_A), "not-owner"),
        (forged(theirs, (), **key, full_name="x"), "not-owner"),
        (forged(theirs, (), _key="one", owner_unit=COMMUNE_A), "id-not-derived"),
        (below(theirs), "not-owner"),
        (forged(moved, moved_heads, full_name="x"), "moved-away"),
        (forged(moved, (), _key="one", owner_unit=COMMUNE_A), "moved-away"),
        (below(moved), "moved-away"),
    ]
    by_name = {one.op_id: reason for one, reason in expected}
    sent = with_operations(insider.send(DISTRICT_1), *(one for one, _ in expected))
    for here in fleet.of_unit(DISTRICT_1):
        before = here.dump()
        outcome = here.receive(sent)
        assert outcome is not None
        assert outcome.refused == len(expected)
        assert here.dump() == before
        assert reasons(here) == by_name
        assert told_below(here, COMMUNE_A) == by_name
        assert told_below(here, COMMUNE_B) == {}
    down = fleet["D1"].send(COMMUNE_A)
    assert {one.op_id: one.reason for one in down.delivery.refused} == by_name


def test_the_writer_sees_the_refusal_and_gets_it_back_when_it_is_lifted(fleet):
    """A late edit of a child that moved: refused above, waits for a person, is let in by name."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    late = change(fleet["A2"], child, full_name="Trần Ân")
    on_top = change(fleet["A2"], child, sex="1")
    fleet.carry(fleet["A2"], DISTRICT_1)
    assert reasons(fleet["D1"]) == {late: "moved-away"}
    assert fleet["D1"].states()[on_top] is State.WAITING
    fleet.carry(fleet["D1"], COMMUNE_A)
    writer = fleet["A2"]
    assert reasons(writer) == {late: Reason.REFUSED_ABOVE.value}
    assert writer.states()[on_top] is State.WAITING
    assert value(writer, child, "full_name") == "Trần An"
    for here in fleet.of_unit(DISTRICT_1):
        with here.store.write("person") as work:
            release(work, TREE, [(child, late), (child, on_top)], lambda _one: False)
            work.commit()
    assert fleet["D1"].states()[late] is State.ACCEPTED
    for here in fleet.of_unit(DISTRICT_1):
        fleet.carry(here, COMMUNE_A)
    assert reasons(writer) == {}
    assert value(writer, child, "full_name") == "Trần Ân"
    assert writer.states()[on_top] is State.ACCEPTED


def test_a_page_based_on_what_was_turned_back_is_not_saved(fleet):
    """Shown here and waiting everywhere else: nobody would see that it never arrived."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    writer = fleet["A2"]
    page = writer.open_page("child", child)
    writer.save_page(page, {"full_name": "Trần Ân"})
    fleet.carry(writer, DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    before = writer.tables()
    with pytest.raises(KnownError, match=r"log\.turned_back"):
        writer.save_page(page, {"sex": "1"})
    assert writer.tables() == before


def test_a_refusal_stands_although_the_other_pc_above_does_not_know_of_it(fleet):
    """Only the PC that refused may lift: the list of its neighbour says nothing about it."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    late = change(fleet["A2"], child, full_name="Trần Ân")
    fleet["D1"].receive(fleet["A2"].send(DISTRICT_1))
    fleet["A2"].receive(fleet["D1"].send(COMMUNE_A))
    assert reasons(fleet["A2"]) == {late: Reason.REFUSED_ABOVE.value}
    fleet["A2"].receive(fleet["D1b"].send(COMMUNE_A))
    assert reasons(fleet["A2"]) == {late: Reason.REFUSED_ABOVE.value}


def test_a_refusal_reaches_an_operation_that_arrives_after_it(fleet):
    """The neighbour hears of the refusal first and of the operation later."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    late = change(fleet["A2"], child, full_name="Trần Ân")
    beside = fleet["A2"].send(COMMUNE_A)
    fleet.carry(fleet["A2"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    fleet["A1"].receive(beside)
    assert reasons(fleet["A1"]) == {late: Reason.REFUSED_ABOVE.value}
    assert fleet["A1"].states() == fleet["A2"].states()


def test_a_refusal_of_the_province_reaches_the_commune_that_got_it_from_the_district(fleet):
    """The district's own correction was sent down before the province refused it."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["P"], child, owner_unit=COMMUNE_C)
    correction = change(fleet["D1"], child, full_name="Trần Ân")
    fleet.carry(fleet["D1"], COMMUNE_A)
    assert fleet["A1"].states()[correction] is State.ACCEPTED
    fleet.carry(fleet["D1"], PROVINCE)
    assert reasons(fleet["P"]) == {correction: "moved-away"}
    fleet.carry(fleet["P"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    assert reasons(fleet["A1"]) == {correction: Reason.REFUSED_ABOVE.value}
    assert reasons(fleet["A2"]) == {correction: Reason.REFUSED_ABOVE.value}


def test_lifting_a_refusal_does_not_open_the_door_for_what_never_passed_it(fleet):
    """It waited here when the province refused it; lifted, it is judged as its bringer's."""
    theirs = a_child(fleet["C"])
    foreign = written(fleet["A1"], "child", theirs, (bytes(32),), full_name="x")
    fleet["D1"].receive(only(fleet["A1"].send(DISTRICT_1), foreign))
    assert fleet["D1"].states()[foreign.op_id] is State.WAITING
    from dataclasses import replace

    from app.sync.delivery import Refused

    down = fleet["P"].send(DISTRICT_1)
    refused = (Refused(theirs, foreign.op_id, "not-owner"),)
    fleet["D1"].receive(replace(down, delivery=replace(down.delivery, refused=refused)))
    assert reasons(fleet["D1"]) == {foreign.op_id: Reason.REFUSED_ABOVE.value}
    fleet["D1"].receive(fleet["P"].send(DISTRICT_1))
    assert fleet["D1"].states()[foreign.op_id] is State.WAITING
    with fleet["D1"].store.read() as connection:
        from app.models.queries.receiving import waiting_records

        ((names,),) = [tuple(of.values()) for of in waiting_records(connection).values()]
    assert names == (f"below:{COMMUNE_A}",)


# --- what belongs to a record


def test_a_child_moved_before_its_first_handover_keeps_its_circumstance(fleet):
    """Born, described and moved in one bundle: the circumstance was its creator's to write."""
    child = a_child(fleet["A1"])
    a_circumstance(fleet["A1"], child)
    change(fleet["A1"], child, owner_unit=COMMUNE_C)
    outcome = fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    assert outcome is not None
    assert (outcome.accepted, outcome.refused, outcome.waiting) == (3, 0, 0)


def test_a_claimed_record_does_not_lend_its_owner_to_a_foreign_circumstance(fleet):
    """One line claims that the circumstance hangs on my child; another one then edits it."""
    theirs, mine = a_child(fleet["B"]), a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["B"], theirs)
    fleet.full_round()
    heads = fleet["B"].heads("circumstance", circumstance)
    insider = fleet["A1"]
    claim = written(insider, "circumstance", circumstance, heads, record=mine)
    edit = written(insider, "circumstance", circumstance, heads, subgroups=["C04.2"])
    again = written(
        insider,
        "circumstance",
        circumstance,
        (),
        record=mine,
        group="C04",
        episode=1,
        _key="C04/1",
    )
    before = fleet["D1"].dump()
    fleet["D1"].receive(only(insider.send(DISTRICT_1), claim, edit, again))
    assert fleet["D1"].dump() == before
    assert set(reasons(fleet["D1"])) == {claim.op_id, edit.op_id, again.op_id}
    # What was refused is kept, and must not speak for the record either.
    second = written(insider, "circumstance", circumstance, heads, subgroups=["C04.3"])
    fleet["D1"].receive(renamed(only(insider.send(DISTRICT_1), second), 9))
    assert reasons(fleet["D1"])[second.op_id] == "not-owner"
    assert fleet["D1"].dump() == before


def test_an_id_of_a_child_cannot_be_used_for_a_record_of_another_type(fleet):
    """A handover under the id of a child that moved away would give its owner back a scope."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.full_round()
    insider = fleet["A1"]
    twin = written(insider, "handover", child, (), owner_unit=COMMUNE_A, _key="one")
    edit = written(
        insider, "village", child, fleet["B"].heads("child", child), owner_unit=COMMUNE_A
    )
    fleet["D1"].receive(only(insider.send(DISTRICT_1), twin, edit))
    assert reasons(fleet["D1"]) == {
        twin.op_id: "record-changed",
        edit.op_id: "record-changed",
    }
    theirs = change(fleet["B"], child, full_name="Trần Ân")
    fleet.carry(fleet["B"], DISTRICT_1)
    assert theirs in fleet["D1"].states()
    assert theirs not in {o.op_id for o in fleet["D1"].send(COMMUNE_A).operations}


def test_two_types_under_one_id_are_two_records_where_a_unit_above_brings_them(fleet):
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    other = written(fleet["P"], "village", child, (), owner_unit=COMMUNE_A, name="Thôn 1")
    fleet["D1"].receive(only(fleet["P"].send(DISTRICT_1), other))
    change(fleet["D1"], child, full_name="Trần Ân")
    change(fleet["D1"], child, "village", name="Thôn 2")
    assert value(fleet["D1"], child, "name") is None
    assert value(fleet["D1"], child, "full_name", "village") is None
    assert fleet["D1"].heads("child", child) != fleet["D1"].heads("village", child)
    invariants.check_i14_rebuilt_rows_are_equal(fleet)


def test_a_hidden_child_comes_back_when_somebody_wrote_a_circumstance_meanwhile(fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, entered_in_error=True, hidden_reason="twice")
    a_circumstance(fleet["A2"], child)
    fleet.full_round()
    for here in fleet:
        if here.row("child", child) is not None:
            row = here.full_rows()["child", child]
            assert (row["_hidden"], row["_conflicts"]) == (False, 1)
    change(fleet["A2"], child, entered_in_error=True, hidden_reason="twice indeed")
    fleet.full_round()
    assert fleet["P"].full_rows()["child", child]["_hidden"] is True
    invariants.check_i9_everybody_agrees(fleet)


def test_only_a_true_flag_hides_a_record(fleet):
    child = a_child(fleet["A1"])
    odd = written(
        fleet["A2"],
        "child",
        child,
        fleet["A1"].heads("child", child),
        entered_in_error="yes",
        merged_into=None,
        hidden_reason=None,
        _seen=None,
    )
    fleet["A1"].receive(only(fleet["A2"].send(COMMUNE_A), odd))
    a_circumstance(fleet["A1"], child)
    row = fleet["A1"].full_rows()["child", child]
    assert (row["_hidden"], row["_conflicts"]) == (False, 0)
    invariants.check_i14_rebuilt_rows_are_equal(fleet)


def test_half_a_group_from_a_neighbour_is_shown_as_it_is_rebuilt(fleet):
    """A chained operation that names one field of a group: applied in place, the rest would stay
    from an older operation."""
    child = a_child(fleet["A1"], grade=2, schooling_status="in")
    half = written(fleet["A2"], "child", child, fleet["A1"].heads("child", child), grade=3)
    fleet["A1"].receive(only(fleet["A2"].send(COMMUNE_A), half))
    assert value(fleet["A1"], child, "grade") == 3
    assert value(fleet["A1"], child, "schooling_status") is None
    invariants.check_i14_rebuilt_rows_are_equal(fleet)
    invariants.check_i16_groups_come_from_one_operation(invariants.views_of(fleet))


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
