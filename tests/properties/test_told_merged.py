"""Told histories: what was merged into something that is gone as well."""

from __future__ import annotations

from itertools import permutations

import pytest

from app.models.work import Change
from tests.properties import invariants
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, DISTRICT_1, Fleet, Replica
from tests.properties.stories import a_child, change

WHY = {"hidden_reason": "trùng"}


def two(here: Replica, entity: str = "child") -> tuple[str, str]:
    """Two records that are one, the smaller id first."""
    made = [
        here.save(Change(entity, {"owner_unit": here.unit, "phone": n}, key=f"{entity}/{n}")).id
        for n in ("1", "2")
    ]
    return min(made), max(made)


def sight(here: Replica, entity: str, *records: str) -> list[tuple[bool, int]]:
    """(hidden, open conflicts) of each."""
    rows = here.full_rows()
    return [(rows[entity, one]["_hidden"], rows[entity, one]["_conflicts"]) for one in records]


def holds_everywhere(fleet: Fleet) -> None:
    views = invariants.views_of(fleet)
    invariants.check_i1_same_operations_same_rows(views)
    invariants.check_i5_no_silent_winner(views, fleet.seen_by)
    invariants.check_i8_unseen_edits_keep_the_record(views, fleet.seen_by)
    invariants.check_i9_everybody_agrees(fleet)
    invariants.check_i11_children_are_conserved(fleet)
    invariants.check_i14_rebuilt_rows_are_equal(fleet)


@pytest.mark.parametrize("entity", ["child", "household", "village"])
def test_two_pcs_merge_two_records_into_each_other(fleet: Fleet, entity: str):
    values = {"name": "Thôn 1"} if entity == "village" else {"phone": "1"}
    made = [
        fleet["A1"].save(Change(entity, {"owner_unit": COMMUNE_A, **values}, key=f"{entity}/{n}"))
        for n in (1, 2)
    ]
    one, other = sorted(found.id for found in made)
    fleet.full_round()
    change(fleet["A1"], one, entity, merged_into=other, **WHY)
    change(fleet["A2"], other, entity, merged_into=one, **WHY)
    fleet.full_round()
    for name in ("A1", "A2", "D1", "P"):
        assert sight(fleet[name], entity, one, other) == [(False, 1), (True, 0)], name
    holds_everywhere(fleet)
    # Whoever decides takes back one of the two.
    change(fleet["A1"], one, entity, merged_into=None, hidden_reason=None)
    fleet.full_round()
    assert sight(fleet["P"], entity, one, other) == [(False, 0), (True, 0)]
    holds_everywhere(fleet)


def test_one_is_merged_into_a_record_that_the_other_pc_calls_a_mistake(fleet: Fleet):
    one, other = two(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], one, merged_into=other, **WHY)
    change(fleet["A2"], other, entered_in_error=True, **WHY)
    fleet.full_round()
    for name in ("A1", "A2", "P"):
        assert sight(fleet[name], "child", one, other) == [(False, 1), (True, 0)], name
    holds_everywhere(fleet)
    # The mistake was none: what was merged into it is gone again, without anybody's doing more.
    change(fleet["A2"], other, entered_in_error=None, hidden_reason=None)
    fleet.full_round()
    assert sight(fleet["P"], "child", one, other) == [(True, 0), (False, 0)]
    holds_everywhere(fleet)


def test_in_whatever_order_it_arrives(fleet: Fleet):
    """Three in a circle, and one merged into it: every order of the operations, and one by one."""
    here = fleet["A1"]
    ids = sorted(a_child(here, key=f"{n}") for n in range(4))
    fleet.full_round()
    leads = {ids[0]: ids[1], ids[1]: ids[2], ids[2]: ids[0], ids[3]: ids[1]}
    expected = [(False, 1), (True, 0), (True, 0), (True, 0)]
    for turn, order in enumerate(permutations(ids)):
        for one in order:
            change(here, one, merged_into=leads[one], **WHY)
        assert sight(here, "child", *ids) == expected, turn
        back = order[turn % 4]
        change(here, back, merged_into=None, hidden_reason=None)
        assert not sight(here, "child", back)[0][0]
        invariants.check_i14_rebuilt_rows_are_equal(fleet)
        for one in ids:
            if one != back:
                change(here, one, merged_into=None, hidden_reason=None)
        assert sight(here, "child", *ids) == [(False, 0)] * 4


def test_what_it_was_merged_into_arrives_later_and_goes_another_way(fleet: Fleet):
    one, other = two(fleet["A1"])
    change(fleet["A1"], one, merged_into=other, **WHY)
    change(fleet["A1"], other, entered_in_error=True, **WHY)
    sent = fleet["A1"].send(DISTRICT_1)
    assert sight(fleet["A1"], "child", one, other) == [(False, 1), (True, 0)]
    fleet["D1"].receive(sent)
    assert sight(fleet["D1"], "child", one, other) == [(False, 1), (True, 0)]
    # With another owner it is not everybody's to see what became of it.
    change(fleet["D1"], other, owner_unit=COMMUNE_B)
    assert sight(fleet["D1"], "child", one, other) == [(True, 0), (True, 0)]
    for _ in range(2):
        fleet.full_round()
    assert sight(fleet["A1"], "child", one) == sight(fleet["P"], "child", one) == [(True, 0)]
    holds_everywhere(fleet)


def test_an_edit_brings_it_back_and_what_leads_to_it_goes(fleet: Fleet):
    one, other = two(fleet["A1"])
    fleet.full_round()
    change(fleet["A1"], one, merged_into=other, **WHY)
    change(fleet["A1"], other, entered_in_error=True, **WHY)
    fleet["A2"].save(
        Change("circumstance", {"record": other, "group": "C04", "episode": 1}, key="C04/1")
    )
    fleet.full_round()
    # Somebody who did not know keeps the mistake in sight: a person decides about that one.
    for name in ("A1", "A2", "P"):
        assert sight(fleet[name], "child", one, other) == [(True, 0), (False, 1)], name
    holds_everywhere(fleet)
