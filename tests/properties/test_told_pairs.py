"""Told histories: decisions about two children, each perhaps of another unit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.history.door import State, pair_key
from app.ids import derived_id
from app.models.work import Change
from app.services.catalogues import read_catalogue
from app.services.moves import Moves
from app.services.rights import ALL_RIGHTS
from app.services.workplace import Account, Workplace
from app.settings import Settings
from tests.properties import invariants
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    COMMUNE_C,
    DISTRICT_1,
    PROVINCE,
    Fleet,
    Replica,
)
from tests.properties.stories import (
    a_child,
    a_circumstance,
    change,
    only,
    reasons,
    value,
    written,
)
from tests.workplaces import KEY


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """One PC of every unit but two in the first district: what the decisions need."""
    made = Fleet(("A1", "B", "C", "D1", "D1b", "D2", "P"))
    yield made
    made.close()


def decide(here: Replica, one: str, other: str, verdict: str = "same") -> str:
    first, second = sorted((one, other))
    values = {"record": first, "other_child": second, "verdict": verdict}
    return here.save(Change("match_decision", values)).id


def verdict(here: Replica, decision: str) -> object:
    return value(here, decision, "verdict", "match_decision")


def test_a_decision_goes_to_whoever_holds_one_of_the_two_and_to_nobody_else(fleet):
    one, other = a_child(fleet["A1"]), a_child(fleet["B"])
    for _ in range(2):
        fleet.full_round()
    decision = decide(fleet["D1"], one, other)
    fleet.full_round()
    for name in ("A1", "B", "D1", "D1b", "P"):
        assert verdict(fleet[name], decision) == "same", name
    assert fleet["A1"].row("child", other) is None
    assert fleet["B"].row("child", one) is None
    for name in ("C", "D2"):
        assert fleet[name].row("match_decision", decision) is None, name
    invariants.check_i9_everybody_agrees(fleet)


def test_whoever_gets_one_of_the_two_later_gets_the_decision(fleet):
    one, other = a_child(fleet["A1"]), a_child(fleet["B"])
    for _ in range(2):
        fleet.full_round()
    decision = decide(fleet["D1"], one, other)
    for _ in range(2):
        fleet.full_round()
    change(fleet["B"], other, owner_unit=COMMUNE_C)
    for _ in range(2):
        fleet.full_round()
    assert verdict(fleet["C"], decision) == "same"
    assert verdict(fleet["D2"], decision) == "same"
    invariants.check_i9_everybody_agrees(fleet)


@pytest.mark.parametrize("hangs_on_it", [True, False])
def test_a_decision_that_came_before_the_child_goes_along_with_it(fleet, hangs_on_it):
    """The district has it since long, for another commune's sake, and told that one alone."""
    other = a_child(fleet["C"])
    found = (a_child(fleet["A1"], key=f"{n}") for n in range(100))
    one = next(child for child in found if (other < child) is hangs_on_it)
    for _ in range(2):
        fleet.full_round()
    decision = decide(fleet["P"], one, other)
    for _ in range(3):
        fleet.full_round()
    assert verdict(fleet["D1"], decision) == "same"
    assert fleet["D1"].row("child", other) is None
    assert fleet["B"].row("match_decision", decision) is None
    change(fleet["C"], other, owner_unit=COMMUNE_B)
    for _ in range(2):
        fleet.full_round()
    assert verdict(fleet["B"], decision) == "same"
    invariants.check_i9_everybody_agrees(fleet)


def test_a_commune_decides_nothing_about_a_child_that_is_not_its_own(fleet):
    one, other = a_child(fleet["A1"]), a_child(fleet["B"])
    for _ in range(2):
        fleet.full_round()
    first, second = sorted((one, other))
    key = pair_key(second)
    pair = {"record": first, "other_child": second, "_key": key, "verdict": "same"}
    forged = written(fleet["A1"], "match_decision", derived_id(first, key), (), **pair)
    fleet["D1"].receive(only(fleet["A1"].send(DISTRICT_1), forged))
    assert reasons(fleet["D1"]) == {forged.op_id: "not-owner"}


def test_a_decision_waits_until_both_children_are_known(fleet):
    one, other = a_child(fleet["A1"]), a_child(fleet["A1"], key="two")
    decision = decide(fleet["A1"], one, other)
    whole = fleet["A1"].send(DISTRICT_1)
    parts = {o.ent_id: o for o in whole.operations}
    fleet["D1"].receive(only(whole, parts[one], parts[decision]))
    op_id = parts[decision].op_id
    assert fleet["D1"].states()[op_id] is State.WAITING
    fleet["D1"].receive(whole)
    assert fleet["D1"].states()[op_id] is State.ACCEPTED


def test_two_who_decide_otherwise_meet_in_one_conflict(fleet):
    one, other = a_child(fleet["A1"]), a_child(fleet["A1"], key="two")
    fleet.full_round()
    decision = decide(fleet["A1"], one, other)
    assert decide(fleet["P"], other, one, "different") == decision
    fleet.full_round()
    for name in ("A1", "D1", "D1b", "P"):
        assert f"{decision}/verdict" in fleet[name].dump()["conflict"], name
    fleet["P"].save(Change("match_decision", {"verdict": "open"}, decision))
    fleet.full_round()
    assert {verdict(fleet[name], decision) for name in ("A1", "D1", "D1b", "P")} == {"open"}
    invariants.check_i9_everybody_agrees(fleet)


@pytest.mark.parametrize("lost", ["P", "D1"])
def test_a_restored_unit_gets_the_decision_back(fleet, lost):
    one, other = a_child(fleet["A1"]), a_child(fleet["B"])
    for _ in range(2):
        fleet.full_round()
    image = fleet[lost].image()
    decision = decide(fleet["D1b"], one, other)
    for _ in range(2):
        fleet.full_round()
    fleet[lost].put_back(image, new_replica=True)
    for _ in range(3):
        fleet.full_round()
    assert verdict(fleet[lost], decision) == "same"
    assert {one.unit for one in fleet if one.row("match_decision", decision)} >= {
        DISTRICT_1,
        PROVINCE,
    }
    invariants.check_i9_everybody_agrees(fleet)


def test_of_a_pair_the_old_commune_keeps_the_act_of_moving_and_nothing_after(fleet):
    """A child left for nobody knows where, its new commune typed it anew, the district pairs."""
    left = a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["A1"], left)
    for _ in range(2):
        fleet.full_round()
    change(fleet["A1"], left, owner_unit="unknown", life_status="MOVED_OUT")
    came = a_child(fleet["B"], "Tran An")
    for _ in range(2):
        fleet.full_round()
    decision = decide(fleet["D1"], left, came)
    act = change(fleet["D1"], left, owner_unit=COMMUNE_B)
    for _ in range(2):
        fleet.full_round()
    assert fleet["B"].row("circumstance", circumstance) is not None, "its history came along"
    assert verdict(fleet["B"], decision) == "same"
    assert fleet["A1"].states()[act] is State.ACCEPTED, "it hears where the child went"
    later = change(fleet["B"], left, full_name="Trần Ân")
    new = change(fleet["B"], came, full_name="Trần Ân")
    for _ in range(2):
        fleet.full_round()
    assert not {later, new} & fleet["A1"].states().keys()
    invariants.check_i9_everybody_agrees(fleet)


def _desk(here: Replica) -> Workplace:
    """The use cases of the program on a store of the fleet."""
    with here.store.read() as reading:
        catalogue = read_catalogue(reading)
    account = Account("an", "Đặng An", "", ALL_RIGHTS)
    return Workplace(Settings(here.folder), here.store, catalogue, account, KEY)


def test_a_pair_taken_back_leaves_the_child_to_the_unit_that_had_it(fleet):
    """Else the work of its commune would stop at the door, and go on to the unit of the pair."""
    left = a_child(fleet["A1"])
    for _ in range(2):
        fleet.full_round()
    change(fleet["A1"], left, owner_unit="outside", life_status="MOVED_OUT")
    came = a_child(fleet["B"], "Tran An")
    for _ in range(2):
        fleet.full_round()
    moves = Moves(_desk(fleet["D1"]))
    moves.pair(left, came)
    for _ in range(2):
        fleet.full_round()
    assert value(fleet["B"], left, "owner_unit") == COMMUNE_B
    moves.take_back(left, came)
    for _ in range(2):
        fleet.full_round()
    later = change(fleet["A1"], left, full_name="Trần Ân")
    for _ in range(2):
        fleet.full_round()
    for name in ("A1", "D1", "D1b", "P"):
        assert fleet[name].states()[later] is State.ACCEPTED, name
    assert later not in fleet["B"].states(), "it is not that commune's child"
    assert reasons(fleet["D1"]) == {}
    invariants.check_i9_everybody_agrees(fleet)
    invariants.check_i11_children_are_conserved(fleet)


@pytest.mark.parametrize("wrong", ["came", "left"])
def test_a_child_called_the_same_as_an_error_is_counted_once_by_everybody(fleet, wrong):
    left = a_child(fleet["A1"], birth_date="2019-05-01")
    for _ in range(2):
        fleet.full_round()
    change(fleet["A1"], left, owner_unit="outside", life_status="MOVED_OUT")
    came = a_child(fleet["B"], "Tran An", birth_date="2019-05-01")
    for _ in range(2):
        fleet.full_round()
    moves = Moves(_desk(fleet["D1"]))
    moves.pair(left, came)
    for _ in range(2):
        fleet.full_round()
    about = came if wrong == "came" else left
    change(fleet["B"], about, entered_in_error=True, hidden_reason="twice")
    for _ in range(2):
        fleet.full_round()
    right = left if wrong == "came" else came
    for name in ("B", "D1", "D1b", "P"):
        assert invariants.books_of(fleet[name]) == {right: COMMUNE_B}, name
    assert COMMUNE_A not in invariants.books_of(fleet["A1"]).values()
    invariants.check_i11_children_are_conserved(fleet)
    moves.take_back(left, came)
    for _ in range(2):
        fleet.full_round()
    book = {left: COMMUNE_A} if wrong == "came" else {came: COMMUNE_B}
    for name in ("D1", "D1b", "P"):
        assert invariants.books_of(fleet[name]) == book, name
    invariants.check_i11_children_are_conserved(fleet)
