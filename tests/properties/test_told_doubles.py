"""Told histories: a child that was written twice is counted once, in the same book on every PC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from app.models.queries.called_same import DUPLICATE
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


def _says(
    here: Replica, one: str, other: str, verdict: str = "same", by: str | None = "Đặng An"
) -> str:
    first, second = sorted((one, other))
    said = {"record": first, "other_child": second, "verdict": verdict, "basis": DUPLICATE}
    if by is not None:
        said["decided_by"] = by
    return here.save(Change("match_decision", dict(said))).id


def _finds(here: Replica, one: str, other: str) -> str:
    """What the program says by itself."""
    return _says(here, one, other, by=None)


def _alike(fleet: Fleet, *where: str) -> list[str]:
    """Records of which id, name and birth date agree, the smallest id first."""
    said = {"personal_id": "051319000017", "birth_date": "2019-05-01", "sex": "2"}
    return sorted(a_child(fleet[name], key=f"{at}", **said) for at, name in enumerate(where))


def _conflicts(fleet: Fleet, decision: str) -> dict[str, object]:
    held = {here.name: here.full_rows().get(("match_decision", decision)) for here in fleet}
    return {name: row["_conflicts"] for name, row in held.items() if row is not None}


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
    one, other = _alike(fleet, "A1", "A1")
    _talk(fleet)
    decision = _finds(fleet["A1"], one, other)
    assert _finds(fleet["A2"], one, other) == decision
    assert _finds(fleet["D1"], one, other) == decision
    _talk(fleet)
    assert set(_conflicts(fleet, decision).values()) == {0}
    assert _counted(fleet) == {COMMUNE_A: 1}


@pytest.mark.parametrize("by", ["Lê Thị Lan", None])
def test_who_calls_them_the_same_beside_somebody_else_asks_nobody(
    fleet: Fleet, by: str | None
) -> None:
    one, other = _alike(fleet, "A1", "A1")
    _talk(fleet)
    decision = _says(fleet["A1"], one, other)
    _says(fleet["A2"], one, other, by=by)
    _talk(fleet)
    assert set(_conflicts(fleet, decision).values()) == {0}
    assert _counted(fleet) == {COMMUNE_A: 1}
    who = {value(here, decision, "decided_by", "match_decision") for here in fleet.of_unit("524")}
    assert None not in who, "a person goes before the program"


@pytest.mark.parametrize("at", range(6))
def test_the_program_never_overrules_who_says_that_they_are_two(fleet: Fleet, at: int) -> None:
    one, other = _alike(fleet, *("A1",) * 2)
    if at % 2:
        one, other = sorted(a_child(fleet["A1"], key=f"{at}-{n}") for n in range(2))
    _talk(fleet)
    decision = _says(fleet["A1"], one, other, "different", by=f"An {at}")
    _finds(fleet["A2"], one, other)
    _talk(fleet)
    assert set(_conflicts(fleet, decision).values()) == {1}, "somebody is asked"
    assert _counted(fleet).total() == len(books_of(fleet["P"]))
    assert {one, other} <= books_of(fleet["P"]).keys(), "until then nobody is lost"
    _opens(fleet["A1"], decision, "same")
    _talk(fleet)
    assert _counted(fleet).total() == len(books_of(fleet["P"]))
    assert books_of(fleet["P"]).keys() & {one, other} == {one}, "a person decided it"


def test_the_program_does_not_make_one_by_a_third_whom_somebody_calls_two(fleet: Fleet) -> None:
    ids = _alike(fleet, "A1", "A1", "A1")
    _talk(fleet)
    apart = _says(fleet["A1"], ids[0], ids[1], "different")
    decisions = [_finds(fleet["A2"], ids[0], ids[2]), _finds(fleet["A2"], ids[1], ids[2])]
    _talk(fleet)
    for decision in decisions:
        assert set(_conflicts(fleet, decision).values()) == {0}, "no two statements on one record"
    assert _counted(fleet) == {COMMUNE_A: 3}
    change(fleet["D1"], decisions[1], "match_decision", verdict="same", decided_by="Đặng An")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 2}, "what a person says stands, what the program said not"
    _opens(fleet["A1"], apart)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1}


def test_what_the_program_said_falls_with_its_ground_and_comes_back_with_it(fleet: Fleet) -> None:
    one, other = _alike(fleet, "A1", "A1")
    _talk(fleet)
    _finds(fleet["A2"], one, other)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1}
    for field, wrong in (("personal_id", "051319000025"), ("birth_date", "2019-08-09")):
        right = value(fleet["A1"], other, field)
        change(fleet["A1"], other, **{field: wrong})
        _talk(fleet)
        assert _counted(fleet) == {COMMUNE_A: 2}, field
        change(fleet["A1"], other, **{field: right})
        _talk(fleet)
        assert _counted(fleet) == {COMMUNE_A: 1}, field


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


def test_who_left_does_not_count_as_another_by_what_the_program_said_against_a_person(
    fleet: Fleet,
) -> None:
    one, other = _alike(fleet, "A1", "A1")
    _talk(fleet)
    _says(fleet["A1"], one, other, "different")
    _finds(fleet["A2"], one, other)
    _talk(fleet)
    change(fleet["A1"], other, life_status="MOVED_OUT", owner_unit="outside")
    _talk(fleet)
    assert books_of(fleet["P"]).keys() == {one, other}, "its book counts it for two quarters"
    assert _counted(fleet) == {COMMUNE_A: 2}
