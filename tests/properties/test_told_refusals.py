"""Told histories: what is refused, how its writer hears of it, and what belongs to a record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from app.errors import KnownError
from app.history.door import Reason, State, pair_key
from app.history.operation import Operation, Value
from app.ids import derived_id
from app.models.queries import receiving, refusals, sending
from app.models.queries.brought import brought_by
from app.models.schema import bundle_in
from app.models.work import Change
from app.sync import payload
from app.sync.apply import release
from app.sync.delivery import Refused
from tests.properties import invariants
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    COMMUNE_C,
    DISTRICT_1,
    PROVINCE,
    TREE,
    Replica,
)
from tests.properties.stories import (
    a_child,
    a_circumstance,
    change,
    only,
    reasons,
    renamed,
    value,
    with_operations,
    written,
)


def number_of_the_newest(connection: Connection) -> int:
    return int(connection.execute(select(func.max(bundle_in.c.number))).scalar_one())


def told_below(here: Replica, unit: str) -> dict[bytes, str]:
    """What the next bundle from `here` to `unit` says was refused."""
    with here.store.read() as connection:
        found = sending.refused_from(connection, TREE.below(unit))
    return {op_id: reason for _, op_id, reason in found}


# --- refusing


def test_a_refusal_is_told_though_the_move_it_stands_for_comes_with_it(fleet):
    """Nobody here has answered it: what the same bundle brings of the record is no answer."""
    child = a_child(fleet["A1"])
    for _ in range(2):
        fleet.full_round()
    lost = change(fleet["A1"], child, full_name="Trần Ân")
    change(fleet["P"], child, owner_unit=COMMUNE_C)
    fleet.carry(fleet["P"], DISTRICT_1)
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_A)
    assert fleet["A1"].states()[lost] is State.REFUSED
    with fleet["A1"].store.read() as connection:
        assert refusals.refused_above(connection) == [("child", child)]
        assert list(refusals.unanswered(connection)) == [lost]


def test_no_more_refusals_are_told_than_a_reader_takes(fleet, monkeypatch):
    assert sending.MOST_REFUSED <= payload.MAX_REFUSED_LINES
    monkeypatch.setattr(sending, "MOST_REFUSED", 2)
    theirs = a_child(fleet["B"])
    fleet.full_round()
    heads, insider = fleet["B"].heads("child", theirs), fleet["A1"]
    names = ("Một", "Hai", "Ba")
    forged = [written(insider, "child", theirs, heads, full_name=name) for name in names]
    here = fleet.of_unit(DISTRICT_1)[0]
    here.receive(with_operations(insider.send(DISTRICT_1), *forged))
    told = told_below(here, COMMUNE_A)
    assert len(told) == 2
    assert told == told_below(here, COMMUNE_A)


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


def test_a_refused_decision_is_told_to_whoever_holds_the_second_child(fleet):
    """It hangs on the first child, which went elsewhere; the other one's owner got it, too."""
    first, second = sorted(a_child(fleet["A1"], key=key) for key in ("one", "two"))
    for _ in range(2):
        fleet.full_round()
    change(fleet["P"], first, owner_unit=COMMUNE_C)  # nobody below has heard of it
    pair = {"record": first, "other_child": second, "verdict": "same"}
    decision = fleet["A1"].save(Change("match_decision", pair)).op_id
    change(fleet["A1"], second, owner_unit=COMMUNE_B)
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_B)
    assert fleet["B"].states()[decision] is State.ACCEPTED
    fleet.carry(fleet["D1"], PROVINCE)
    assert fleet["P"].states()[decision] is State.REFUSED
    fleet.carry(fleet["P"], DISTRICT_1)
    fleet.carry(fleet["D1"], COMMUNE_B)
    assert fleet["B"].states()[decision] is State.REFUSED


def test_lifting_a_refusal_does_not_open_the_door_for_what_never_passed_it(fleet):
    """It waited here when the province refused it; lifted, it is judged as its bringer's."""
    theirs = a_child(fleet["C"])
    foreign = written(fleet["A1"], "child", theirs, (bytes(32),), full_name="x")
    fleet["D1"].receive(only(fleet["A1"].send(DISTRICT_1), foreign))
    assert fleet["D1"].states()[foreign.op_id] is State.WAITING

    down = fleet["P"].send(DISTRICT_1)
    refused = (Refused(theirs, foreign.op_id, "not-owner"),)
    fleet["D1"].receive(replace(down, delivery=replace(down.delivery, refused=refused)))
    assert reasons(fleet["D1"]) == {foreign.op_id: Reason.REFUSED_ABOVE.value}
    fleet["D1"].receive(fleet["P"].send(DISTRICT_1))
    assert fleet["D1"].states()[foreign.op_id] is State.WAITING
    with fleet["D1"].store.read() as connection:
        held = receiving.held_of(connection, {theirs})["child", theirs]
    assert held[foreign.op_id].names == (f"below:{COMMUNE_A}",)


def test_lifting_a_refusal_opens_no_door_that_had_refused_for_itself(fleet):
    """It was final here when the province named it too, and is so when it does not any more."""
    theirs = a_child(fleet["B"])
    fleet.full_round()
    heads, here = fleet["B"].heads("child", theirs), fleet["D1"]
    foreign = written(fleet["A1"], "child", theirs, heads, full_name="x")
    here.receive(only(fleet["A1"].send(DISTRICT_1), foreign))
    down = fleet["P"].send(DISTRICT_1)
    refused = (Refused(theirs, foreign.op_id, "bad-value"),)
    here.receive(replace(down, delivery=replace(down.delivery, refused=refused)))
    change(here, theirs, owner_unit=COMMUNE_A)
    here.receive(fleet["P"].send(DISTRICT_1))
    assert reasons(here) == {foreign.op_id: "not-owner"}
    assert here.states()[foreign.op_id] is State.REFUSED


# --- what belongs to a record


def test_a_refusal_at_one_door_closes_no_other(fleet):
    """What waits for a child that has not come waits on when a stranger brings it too."""
    owner, stranger, here = fleet["A1"], fleet["B"], fleet.of_unit(DISTRICT_1)[0]
    first = a_child(owner)
    fleet.full_round()
    numbers = (str(number) for number in range(99))
    # Of two children the lesser id names the decision.
    second = next(one for one in (a_child(owner, key=key) for key in numbers) if one > first)
    pair: dict[str, Value] = {"record": first, "other_child": second, "verdict": "same"}
    key = pair_key(second)
    decided = written(owner, "match_decision", derived_id(first, key), (), _key=key, **pair)
    for bringer in (owner, stranger, owner):
        here.receive(only(bringer.send(DISTRICT_1), decided))
        assert reasons(here) == {}
        assert told_below(here, COMMUNE_A) == {}
    here.receive(owner.send(DISTRICT_1))
    assert value(here, decided.ent_id, "verdict", "match_decision") == "same"


def test_what_one_door_refused_belongs_to_the_bundle_that_it_is_let_in_with(fleet):
    """It is taken back with that one: the bundle of the stranger brought nothing that counts."""
    owner, stranger, here = fleet["A1"], fleet["B"], fleet["D1"]
    child = a_child(owner)
    fleet.full_round()
    edit = change(owner, child, full_name="Trần Ân")
    (said,) = (one for one in owner.accepted() if one.op_id == edit)
    here.receive(only(stranger.send(DISTRICT_1), said))
    assert reasons(here) == {edit: Reason.NOT_OWNER.value}
    with here.store.read() as connection:
        foreign = number_of_the_newest(connection)
        assert [one.operation for one in brought_by(connection, foreign, tuple(State))] == [edit]
    here.receive(owner.send(DISTRICT_1))
    assert value(here, child, "full_name") == "Trần Ân"
    with here.store.read() as connection:
        own = number_of_the_newest(connection)
        assert own != foreign
        assert edit in {one.operation for one in brought_by(connection, own, (State.ACCEPTED,))}
        assert brought_by(connection, foreign, tuple(State)) == []


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


def test_who_owns_one_of_two_records_under_one_id_writes_nothing_below_them(fleet):
    """A child of one commune and a household of another, as only a unit above can bring about."""
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    household = written(fleet["P"], "household", child, (), owner_unit=COMMUNE_B, head_name="Lò")
    here = fleet["D1"]
    here.receive(only(fleet["P"].send(DISTRICT_1), household))
    body = {"record": child, "group": "C05", "episode": 1, "_key": "C05/1"}
    for name in ("A1", "B"):
        forged = written(fleet[name], "circumstance", derived_id(child, "C05/1"), (), **body)
        here.receive(only(fleet[name].send(DISTRICT_1), forged))
        assert reasons(here)[forged.op_id] == "not-owner"
    change(here, child, owner_unit=COMMUNE_B)
    forged = written(fleet["A1"], "circumstance", derived_id(child, "C05/1"), (), **body)
    here.receive(only(fleet["A1"].send(DISTRICT_1), forged))
    assert reasons(here)[forged.op_id] == "moved-away"


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


def test_who_edits_a_hidden_child_knowing_that_leaves_it_hidden(fleet):
    child = a_child(fleet["A1"])
    change(fleet["A1"], child, entered_in_error=True, hidden_reason="twice")
    change(fleet["A1"], child, full_name="Lý")
    row = fleet["A1"].full_rows()["child", child]
    assert (row["full_name"], row["_hidden"], row["_conflicts"]) == ("Lý", True, 0)
    invariants.check_i14_rebuilt_rows_are_equal(fleet)


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
