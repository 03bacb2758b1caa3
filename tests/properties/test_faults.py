"""Each planted fault is caught by its law, and the law holds without it."""

from __future__ import annotations

import pytest

from tests.properties import faults, invariants
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    COMMUNE_C,
    DISTRICT_1,
    PROVINCE,
    Fleet,
)
from tests.properties.histories import erase
from tests.properties.stories import (
    a_child,
    an_edit_of_a_foreign_child,
    change,
    only,
    turn_back,
    two_neighbours_change_one_field,
    with_operations,
    written,
)


def two_copies_of_one_disk_write(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    copy = fleet.copy(fleet["A1"], "copy")
    fleet.replicas[copy.name] = copy
    fleet["A1"].shares_its_id = copy.shares_its_id = True
    change(fleet["A1"], child, full_name="Trần Ân")
    change(copy, child, full_name="Trần Ấn")
    fleet.full_round()
    invariants.check_i1_same_operations_same_rows(invariants.views_of(fleet))


def a_conflict_is_told(fleet: Fleet) -> None:
    two_neighbours_change_one_field(fleet)
    fleet.full_round()
    views = invariants.views_of(fleet)
    assert invariants.check_i5_no_silent_winner(views, fleet.seen_by) > 0


def two_bundles_arrive_in_two_orders(fleet: Fleet) -> None:
    two_neighbours_change_one_field(fleet)
    one, other = fleet["A1"].send(DISTRICT_1), fleet["A2"].send(DISTRICT_1)
    for sent in (one, other):
        fleet["D1"].receive(sent)
    for sent in (other, one):
        fleet["D1b"].receive(sent)
    invariants.check_i1_same_operations_same_rows(invariants.views_of(fleet))


def a_correction_follows_a_clock_of_2099(fleet: Fleet) -> None:
    fleet["A1"].wall = 4_090_000_000
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["D1"], child, full_name="Trần Ân")
    fleet.full_round()
    assert invariants.check_i6_clocks_change_nothing(invariants.views_of(fleet)) > 0


def one_hides_what_the_other_edits(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, entered_in_error=True, hidden_reason="twice")
    change(fleet["B"] if fleet["B"].row("child", child) else fleet["A2"], child, sex="2")
    fleet.full_round()
    invariants.check_i8_unseen_edits_keep_the_record(invariants.views_of(fleet), fleet.seen_by)


def a_child_moves_to_another_district(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    for _ in range(2):
        fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_C)
    for _ in range(2):
        fleet.full_round()
    invariants.check_i9_everybody_agrees(fleet)


def an_insider_edits_a_foreign_child(fleet: Fleet) -> None:
    sent, _edit = an_edit_of_a_foreign_child(fleet)
    fleet["D1"].receive(sent)
    invariants.check_i10_nothing_from_outside(fleet)


def an_insider_creates_a_moved_child_again(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], child, owner_unit=COMMUNE_B)
    fleet.full_round()
    again = written(
        fleet["A1"], "child", child, (), owner_unit=COMMUNE_A, _key="one", full_name="x"
    )
    edit = written(fleet["A1"], "child", child, (again.op_id,), full_name="y")
    fleet["D1"].receive(with_operations(fleet["A1"].send(DISTRICT_1), again, edit))
    invariants.check_i10_nothing_from_outside(fleet)


def one_of_two_pcs_is_behind(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    fleet.full_round()
    change(fleet["D1"], child, full_name="Trần Ân")
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    for _ in range(2):  # up and down, no neighbour helps
        for one in fleet.of_unit(COMMUNE_A):
            fleet.carry(one, DISTRICT_1)
        for one in fleet.of_unit(DISTRICT_1):
            fleet.carry(one, PROVINCE)
        fleet.carry(fleet["P"], DISTRICT_1)
        fleet.carry(fleet["D1"], COMMUNE_A)
    invariants.check_i9_everybody_agrees(fleet)


def an_old_page_is_saved_over_a_correction(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    fleet.full_round()
    page = fleet["A1"].open_page("child", child)
    change(fleet["D1"], child, full_name="Trần Ân")
    fleet.full_round()
    fleet["A1"].save_page(page, {"full_name": "Trần Ấn"})
    invariants.check_i5_no_silent_winner(invariants.views_of(fleet), fleet.seen_by)


def erased_at_the_province(fleet: Fleet) -> str:
    """A child that the province erases; nobody below it has heard of that."""
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], PROVINCE)
    erase(fleet["P"], "child", child)
    return child


def an_older_stick_comes_after_the_erasure(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    late = fleet["A1"].send(COMMUNE_A)
    fleet.carry(fleet["A1"], DISTRICT_1)
    fleet.carry(fleet["D1"], PROVINCE)
    erase(fleet["P"], "child", child)
    fleet.carry(fleet["P"], DISTRICT_1)
    sent = fleet["D1"].send(COMMUNE_A)
    fleet["A2"].receive(only(sent, *(one for one in sent.operations if one.ent_type == "erase")))
    fleet["A2"].receive(late)
    assert invariants.check_erased_by_law(invariants.views_of(fleet)) == 4


def what_was_set_aside_is_erased(fleet: Fleet) -> None:
    child = erased_at_the_province(fleet)
    turn_back(fleet["D1"], *((child, one) for one in fleet["D1"].heads("child", child)))
    fleet.carry(fleet["P"], DISTRICT_1)
    assert invariants.check_erased_by_law(invariants.views_of(fleet)) == 3


def the_page_of_who_was_erased(fleet: Fleet) -> None:
    erased_at_the_province(fleet)
    fleet.carry(fleet["P"], DISTRICT_1)
    invariants.check_i14_rebuilt_rows_are_equal(fleet)


def everybody_hears_of_an_erasure(fleet: Fleet) -> None:
    erased_at_the_province(fleet)
    fleet.full_round()
    invariants.check_erased_everywhere(invariants.views_of(fleet))


FAULTS = [
    (faults.a_body_that_comes_again_is_kept, "erased", an_older_stick_comes_after_the_erasure),
    (faults.only_what_counts_is_erased, "erased", what_was_set_aside_is_erased),
    (faults.the_row_of_what_is_erased_stays, "I14", the_page_of_who_was_erased),
    (faults.an_erasure_stays_at_the_province, "erased", everybody_hears_of_an_erasure),
    (faults.id_made_from_the_replica, "I1", two_copies_of_one_disk_write),
    (faults.no_conflict_detection, "I5", a_conflict_is_told),
    (faults.winner_is_the_last_arrival, "I1", two_bundles_arrive_in_two_orders),
    (faults.last_writer_wins_by_wall_clock, "I6", a_correction_follows_a_clock_of_2099),
    (faults.delete_wins_silently, "I8", one_hides_what_the_other_edits),
    (faults.history_not_sent_on_a_move, "I9", a_child_moves_to_another_district),
    (faults.no_door, "I10", an_insider_edits_a_foreign_child),
    (
        faults.the_door_opens_for_a_second_creation,
        "I10",
        an_insider_creates_a_moved_child_again,
    ),
    (faults.cursor_is_the_first_acknowledgement, "I9", one_of_two_pcs_is_behind),
    (faults.parents_are_the_heads_of_now, "I5", an_old_page_is_saved_over_a_correction),
]
NAMES = [fault.__name__ for fault, _, _ in FAULTS]


@pytest.mark.parametrize(("fault", "law", "story"), FAULTS, ids=NAMES)
def test_a_planted_fault_is_caught_by_its_law(fault, law, story, fleet, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError, match=rf"^{law}: "):
        story(fleet)


@pytest.mark.parametrize(("_fault", "_law", "story"), FAULTS, ids=NAMES)
def test_the_law_holds_without_the_fault(_fault, _law, story, fleet):
    story(fleet)
