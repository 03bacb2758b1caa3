"""Told histories: a child that was written twice is counted once, in the same book on every PC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from app.models.doubled import DUPLICATE
from app.models.work import Change
from tests.properties import invariants
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, COMMUNE_C, Fleet, Replica
from tests.properties.invariants import books_of
from tests.properties.stories import a_child, change, value

ALL = ("A1", "A2", "B", "C", "D1", "D2", "P")


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    made = Fleet(ALL)
    yield made
    made.close()


def _talk(fleet: Fleet, rounds: int = 2) -> None:
    for _ in range(rounds):
        fleet.full_round()


def _says(here: Replica, one: str, other: str, verdict: str = "same") -> str:
    first, second = sorted((one, other))
    said = {"record": first, "other_child": second, "verdict": verdict, "basis": DUPLICATE}
    return here.save(Change("match_decision", dict(said))).id


def _opens(here: Replica, decision: str, verdict: str = "open") -> None:
    change(here, decision, "match_decision", verdict=verdict)


def _counted(fleet: Fleet) -> Counter[str]:
    """Unit → its children, which every PC counts alike in its scope; the sum is the province's."""
    found = books_of(fleet["P"])
    for one in fleet:
        scope = set(fleet.tree.below(one.unit))
        mine = {child: unit for child, unit in books_of(one).items() if unit in scope}
        expected = {child: unit for child, unit in found.items() if unit in scope}
        assert mine == expected, one.name
    invariants.check_i9_everybody_agrees(fleet)
    invariants.check_i11_children_are_conserved(fleet)
    return Counter(found.values())


def test_called_the_same_at_the_province_it_counts_once_and_taken_back_in_both(
    fleet: Fleet,
) -> None:
    one, other = a_child(fleet["A1"]), a_child(fleet["C"], key="two")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1, COMMUNE_C: 1}
    decision = _says(fleet["P"], one, other)
    _talk(fleet)
    stands = COMMUNE_A if one < other else COMMUNE_C
    assert _counted(fleet) == {stands: 1}
    for name in ("A1", "A2", "C", "D1", "D2"):
        assert value(fleet[name], decision, "verdict", "match_decision") == "same"
    _opens(fleet["P"], decision)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1, COMMUNE_C: 1}


def test_that_they_are_two_children_is_remembered_by_whoever_holds_either(fleet: Fleet) -> None:
    one, other = a_child(fleet["A1"]), a_child(fleet["B"], key="two")
    _talk(fleet)
    decision = _says(fleet["D1"], one, other, "different")
    _talk(fleet)
    for name in ("A1", "A2", "B", "D1", "P"):
        assert value(fleet[name], decision, "verdict", "match_decision") == "different"
    assert not fleet["C"].row("match_decision", decision)
    assert _counted(fleet) == {COMMUNE_A: 1, COMMUNE_B: 1}
    _opens(fleet["P"], decision, "same")
    _talk(fleet)
    assert _counted(fleet).total() == 1


def test_two_pcs_that_come_to_it_by_themselves_are_no_conflict(fleet: Fleet) -> None:
    one, other = a_child(fleet["A1"]), a_child(fleet["A1"], key="two")
    _talk(fleet)
    decision = _says(fleet["A1"], one, other)
    assert _says(fleet["A2"], one, other) == decision
    assert _says(fleet["D1"], one, other) == decision
    _talk(fleet)
    for here in fleet:
        if (row := here.full_rows().get(("match_decision", decision))) is not None:
            assert row["_conflicts"] == 0, here.name
    assert _counted(fleet) == {COMMUNE_A: 1}


def test_a_chain_over_three_communes_counts_one_child(fleet: Fleet) -> None:
    ids = sorted(a_child(fleet[name], key=f"{name}") for name in ("A1", "B", "C"))
    _talk(fleet)
    _says(fleet["P"], ids[0], ids[1])
    decision = _says(fleet["P"], ids[1], ids[2])
    _talk(fleet)
    assert _counted(fleet).total() == 1
    _opens(fleet["P"], decision)
    _talk(fleet)
    assert _counted(fleet).total() == 2


def test_who_stands_is_called_an_error_and_the_other_counts(fleet: Fleet) -> None:
    one, other = sorted((a_child(fleet["A1"]), a_child(fleet["A1"], key="two")))
    _talk(fleet)
    _says(fleet["A2"], one, other)
    _talk(fleet)
    assert books_of(fleet["P"]).keys() == {one}
    change(fleet["A1"], one, merged_into=other, hidden_reason="ghi hai lần")
    _talk(fleet)
    assert books_of(fleet["P"]).keys() == {other}
    assert _counted(fleet) == {COMMUNE_A: 1}
