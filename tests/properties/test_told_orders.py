"""Told histories: saving, the order and number of bundles, and what waits."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from app.errors import KnownError
from app.history.door import State
from app.ids import derived_id
from app.models import log
from app.models.work import Change
from app.sync import judging
from tests.properties import invariants
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    DISTRICT_1,
    DISTRICT_2,
    PROVINCE,
    TREE,
    Fleet,
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


def test_a_flag_is_written_where_a_number_stood(fleet):
    """A unit above wrote 1: that is no declaration, and what the clerk answers is."""
    here = fleet["A1"]
    child = a_child(here)
    heads = here.heads("child", child)
    odd = written(fleet["A2"], "child", child, heads, complete=1, line_no=1)
    here.receive(only(fleet["A2"].send(COMMUNE_A), odd))
    change(here, child, complete=True, line_no=True)
    (head,) = here.heads("child", child)
    (saved,) = (one for one in here.accepted_of(child) if one.op_id == head)
    assert saved.body == {"complete": True, "line_no": True}


def test_the_last_operation_that_a_record_has_room_for_is_written_and_no_more(fleet, monkeypatch):
    monkeypatch.setattr(log, "MAX_OPERATIONS", 4)
    here = fleet["A1"]
    child = a_child(here)
    for name in ("Một", "Hai", "Ba"):
        change(here, child, full_name=name)
    with pytest.raises(KnownError, match="too_many_operations"):
        change(here, child, full_name="Bốn")
    assert len(here.accepted_of(child)) == 4
    assert value(here, child, "full_name") == "Ba"


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
        assert (outcome.accepted, outcome.children_new, outcome.children_changed) == (1998, 1, 0)
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


def test_what_builds_on_what_has_not_come_is_not_judged_again_with_every_bundle(fleet, monkeypatch):
    """A restored district may hold tens of thousands, and a modified client may send them."""
    child = a_child(fleet["A1"])
    first = change(fleet["A1"], child, full_name="Trần Ân")
    sent = fleet["A1"].send(DISTRICT_1)
    missing = next(one for one in sent.operations if one.op_id == first)
    upon = written(fleet["A1"], "child", child, (first,), full_name="Trần Ấn")
    last = written(fleet["A1"], "child", child, (upon.op_id,), full_name="Trần Ần")
    fleet["D1"].receive(only(renamed(sent, 1), upon, last))
    judged: list[bytes] = []
    judge = judging.judge

    def watched(arriving, bringer, known):
        judged.extend(one.op_id for one in arriving)
        return judge(arriving, bringer, known)

    monkeypatch.setattr(judging, "judge", watched)
    (creation,) = [one for one in sent.operations if one.ent_id == child and not one.parents]
    fleet["D1"].receive(only(renamed(sent, 2), creation))
    assert judged == [creation.op_id]
    fleet["D1"].receive(only(renamed(sent, 3), missing))
    assert {upon.op_id, last.op_id} <= set(judged)
    assert value(fleet["D1"], child, "full_name") == "Trần Ần"


def test_another_type_that_waits_under_the_id_of_what_is_judged_again_stops_no_bundle(fleet):
    """An insider gives two types one id: one waits for a child, the other on what nobody has."""
    missing = derived_id(COMMUNE_A, "nobody")
    one_id = derived_id(missing, "C05/1")
    body = {"record": missing, "group": "C05", "episode": 1, "_key": "C05/1"}
    waits = written(fleet["A1"], "circumstance", one_id, (), **body)
    stuck = written(fleet["A1"], "support", one_id, (bytes(32),), record=missing)
    sent = fleet["A1"].send(DISTRICT_1)
    fleet["D1"].receive(with_operations(renamed(sent, 1), waits, stuck))
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    assert value(fleet["D1"], child, "full_name") == "Trần An"
    states = fleet["D1"].states()
    assert [states[one.op_id] for one in (waits, stuck)] == [State.WAITING] * 2


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
