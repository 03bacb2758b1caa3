"""The laws that no planted fault of 4-sync.md is for can fail, too: each is shown to by one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from app.history.operation import Value
from app.models.work import Change
from app.sync.delivery import Refused
from tests.properties import faults, invariants
from tests.properties.deaths import killed
from tests.properties.fleet import COMMUNE_A, DISTRICT_1, Fleet
from tests.properties.histories import History
from tests.properties.insider import receive_from_insider
from tests.properties.stories import (
    a_child,
    a_circumstance,
    an_edit_of_a_foreign_child,
    change,
    two_neighbours_change_one_field,
    with_operations,
)


def what_was_refused_comes_again(fleet: Fleet) -> None:
    sent, _edit = an_edit_of_a_foreign_child(fleet)
    fleet.watching = False
    fleet["D1"].receive(sent)
    History(fleet).again(sent, fleet["D1"])


def a_conflict_in_another_order(fleet: Fleet) -> None:
    two_neighbours_change_one_field(fleet)
    fleet.exchange_beside()
    sent = fleet["A1"].send(DISTRICT_1)
    for seed in range(6):
        History(fleet).split_and_shuffled(Random(seed), sent, fleet["D1"])
    assert fleet.counts["bundles split and shuffled on a copy"] == 6


def a_note_goes_up(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    fleet["A1"].save(Change("note", {"record": child, "note": "Hỏi lại"}, key="n"))
    held = set(fleet["A1"].log())
    fleet.full_round()
    invariants.check_i7_nothing_is_lost(held, fleet)


def a_child_leaves(fleet: Fleet) -> None:
    here = fleet["A1"]
    child = a_child(here, sex="2")
    event: dict[str, Value] = {"record": child, "event": "moved_out", "event_date": "2026-08-01"}
    here.save(Change("life_event", event, key="e"))
    change(here, child, life_status="MOVED_OUT", owner_unit="outside")
    fleet.full_round()
    assert invariants.check_i11_children_are_conserved(fleet) == 1
    assert set(invariants.books_of(fleet["P"]).values()) == {COMMUNE_A}


def a_child_of_whom_little_is_known(fleet: Fleet) -> None:
    a_child(fleet["A1"])
    fleet.full_round()
    assert invariants.check_i11_children_are_conserved(fleet) == 1


def a_pc_dies_before_every_statement(fleet: Fleet) -> None:
    """Of what it receives, saves, hands over; and comes to the end after the last of them."""
    below, above = fleet["A1"], fleet["D1"]
    child = a_child(below)
    a_circumstance(below, child)
    below.send(DISTRICT_1)
    sent = below.send(DISTRICT_1)
    for act, here, least in (
        (lambda: above.receive(sent), above, 20),
        (lambda: a_child(below, key="two"), below, 5),
        (lambda: below.send(DISTRICT_1), below, 2),
    ):
        statement = 1
        while not killed(here, statement, act):
            statement += 1
        assert statement > least, "nothing was done"
    assert above.receive(sent) is None, "it was taken in by the last one"
    assert above.row("child", child) == below.row("child", child)


def an_insider_writes_into_a_foreign_child(fleet: Fleet) -> None:
    sent, edit = an_edit_of_a_foreign_child(fleet)
    fleet.watching = False
    receive_from_insider(fleet["D1"], COMMUNE_A, sent, {edit})


def an_insider_calls_a_foreign_child_refused(fleet: Fleet) -> None:
    """As a unit above does with what it refuses; its district and the other PC there go on."""
    foreign = a_child(fleet["B"])
    fleet.full_round()
    fleet.watching = False
    plain = fleet["A1"].send(DISTRICT_1)
    named = [Refused(foreign, one, "not-owner") for one in fleet["D1"].heads("child", foreign)]
    sent = with_operations(replace(plain, delivery=replace(plain.delivery, refused=named)))
    for here in fleet.of_unit(DISTRICT_1):
        receive_from_insider(here, COMMUNE_A, sent, ())
        assert {state.value for state in here.states().values()} == {"accepted"}


def a_child_is_typed(fleet: Fleet) -> None:
    a_child(fleet["A1"])
    invariants.check_i15_every_id_recomputes(invariants.views_of(fleet))


def two_neighbours_change_one_group(fleet: Fleet) -> None:
    child = a_child(fleet["A1"], schooling_status="in", grade=1)
    fleet.exchange_beside()
    change(fleet["A1"], child, grade=2)
    change(fleet["A2"], child, schooling_status="out")
    fleet.exchange_beside()
    assert invariants.check_i16_groups_come_from_one_operation(invariants.views_of(fleet))


FAULTS = [
    (faults.what_was_refused_is_let_in_the_second_time, "I2", what_was_refused_comes_again),
    (faults.winner_is_the_last_arrival, "I3", a_conflict_in_another_order),
    (faults.notes_stay_behind, "I7", a_note_goes_up),
    (faults.who_left_is_counted_nowhere, "I11", a_child_leaves),
    (faults.who_has_no_sex_written_is_counted_nowhere, "I11", a_child_of_whom_little_is_known),
    (faults.a_bundle_counts_in_pieces, "I12", a_pc_dies_before_every_statement),
    (faults.no_door, "I13", an_insider_writes_into_a_foreign_child),
    (faults.who_is_stopped_is_not_told_why, "I13", an_insider_writes_into_a_foreign_child),
    (faults.a_unit_below_refuses_as_well, "I13", an_insider_calls_a_foreign_child_refused),
    (faults.id_made_from_the_replica, "I15", a_child_is_typed),
    (
        faults.fields_of_a_group_are_written_and_merged_apart,
        "I16",
        two_neighbours_change_one_group,
    ),
]
NAMES = [f"{law}-{fault.__name__}" for fault, law, _ in FAULTS]


@pytest.mark.parametrize(("fault", "law", "story"), FAULTS, ids=NAMES)
def test_a_law_fails_where_it_is_broken(fault, law, story, fleet, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError, match=rf"^{law}: "):
        story(fleet)


@pytest.mark.parametrize("story", dict.fromkeys(story for _, _, story in FAULTS))
def test_and_holds_where_it_is_not(story, fleet):
    story(fleet)
