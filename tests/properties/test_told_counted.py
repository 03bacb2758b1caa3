"""Told histories: who moved out is counted once, in the same book on every PC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from app.models.work import Change
from tests.properties import invariants
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, COMMUNE_C, Fleet, Replica
from tests.properties.histories import erase
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


def _leaves(here: Replica, child: str, to: str, day: str = "2026-08-01") -> None:
    event = {"record": child, "event": "moved_out", "event_date": day}
    here.save(Change("life_event", dict(event), key=f"moved/{day}"))
    change(here, child, owner_unit=to, life_status="MOVED_OUT")


def _pairs(here: Replica, left: str, came: str) -> str:
    """As the service does: the decision, and the old record's unit, also where it is the same."""
    first, second = sorted((left, came))
    values = {"record": first, "other_child": second, "verdict": "same"}
    done = here.save(Change("match_decision", dict(values)))
    page = here.open_page("child", left)
    page.loaded.pop("owner_unit")
    here.save_page(page, {"owner_unit": value(here, came, "owner_unit")})
    return done.id


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


@pytest.mark.parametrize("to", [COMMUNE_B, COMMUNE_C, "outside", "unknown"])
def test_a_move_changes_no_number_until_the_child_is_taken_in(fleet: Fleet, to: str) -> None:
    child = a_child(fleet["A1"])
    a_child(fleet["B"])
    _talk(fleet)
    before = _counted(fleet)
    assert before == {COMMUNE_A: 1, COMMUNE_B: 1}
    _leaves(fleet["A1"], child, to)
    _talk(fleet)
    assert _counted(fleet) == before
    if "@" not in to:
        return
    there = fleet["B" if to == COMMUNE_B else "C"]
    change(there, child, life_status="ACTIVE", household="h")
    _talk(fleet)
    after = _counted(fleet)
    assert after.total() == before.total()
    assert (after[COMMUNE_A], after[to]) == (0, before[to] + 1)
    for name in ("A1", "A2"):
        assert value(fleet[name], child, "household") is None, "where it lives is nobody's business"


@pytest.mark.parametrize("to", [COMMUNE_C, "outside", "unknown"])
def test_a_pair_counts_once_at_the_new_unit_on_every_pc(fleet: Fleet, to: str) -> None:
    left = a_child(fleet["A1"])
    _talk(fleet)
    _leaves(fleet["A1"], left, to)
    came = a_child(fleet["C"], key="two")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1, COMMUNE_C: 1}
    _pairs(fleet["P"], left, came)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_C: 1}
    _leaves(fleet["C"], came, "unknown", "2026-08-20")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_C: 1}, "it left there, and is counted there"


def _called_the_same_and_moved_on(fleet: Fleet) -> tuple[str, str]:
    """A child who left, and a record of the same commune that was called the same and went on to
    another one: of what is written there the old commune hears nothing.
    """
    left = a_child(fleet["A1"])
    other = a_child(fleet["A1"], key="two")
    _talk(fleet)
    first, second = sorted((left, other))
    said = {"record": first, "other_child": second, "verdict": "same"}
    fleet["D1"].save(Change("match_decision", dict(said)))
    _leaves(fleet["A1"], left, "outside")
    change(fleet["A1"], other, owner_unit=COMMUNE_B)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_B: 1}
    return left, other


def test_a_record_that_the_law_erased_stands_for_nobody_also_where_it_was_once(
    fleet: Fleet,
) -> None:
    _left, other = _called_the_same_and_moved_on(fleet)
    erase(fleet["P"], "child", other)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1}


def test_a_record_that_is_called_an_error_where_it_went_is_told_to_nobody_it_left(
    fleet: Fleet,
) -> None:
    """The sum is the province's; the old commune counts one less in a book that it left."""
    left, other = _called_the_same_and_moved_on(fleet)
    change(fleet["B"], other, entered_in_error=True, hidden_reason="nhập nhầm")
    _talk(fleet)
    assert books_of(fleet["P"]) == {left: COMMUNE_A}
    assert left not in books_of(fleet["A1"])
    invariants.check_i9_everybody_agrees(fleet)
    invariants.check_i11_children_are_conserved(fleet)


def test_after_two_quarters_nobody_counts_it(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    _leaves(fleet["A1"], child, "outside", "2026-02-28")
    a_child(fleet["A1"], key="two")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1}


def test_the_day_of_a_move_that_the_district_wrote_reaches_the_commune(fleet: Fleet) -> None:
    """The district types on behalf of communes; without the day the commune would count on."""
    child = a_child(fleet["A1"])
    _talk(fleet)
    _leaves(fleet["D1"], child, COMMUNE_C, "2026-02-28")
    _talk(fleet)
    assert _counted(fleet) == {}
    for name in ("A1", "A2"):
        assert len(fleet[name].ids("life_event")) == 1
    _leaves(fleet["C"], child, COMMUNE_B, "2026-08-20")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_B: 1}, "whoever passes a child on has had it"
    assert len(fleet["A1"].ids("life_event")) == 1, "what happened later is told elsewhere"


def test_the_day_of_a_move_that_is_put_right_elsewhere_reaches_the_book_that_was_left(
    fleet: Fleet,
) -> None:
    """Whoever has the child now writes another day of the move, long after it was told."""
    child = a_child(fleet["A1"])
    _talk(fleet)
    _leaves(fleet["A1"], child, COMMUNE_C)
    _talk(fleet, 3)
    assert _counted(fleet) == {COMMUNE_A: 1}
    (event,) = fleet["C"].ids("life_event")
    change(fleet["C"], event, "life_event", event_date="2026-02-28")
    _talk(fleet)
    assert _counted(fleet) == {}
    for name in ("A1", "A2"):
        assert value(fleet[name], event, "event_date", "life_event") == "2026-02-28"
    # It was no move at all, says the new unit: no day is told any more.
    change(fleet["C"], event, "life_event", event="moved_in")
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 1}


def test_what_is_set_right_elsewhere_reaches_the_book_that_was_left(fleet: Fleet) -> None:
    """The new commune says that the child died, or that it was entered in error."""
    dead, wrong = a_child(fleet["A1"]), a_child(fleet["A1"], key="two")
    _talk(fleet)
    for child in (dead, wrong):
        _leaves(fleet["A1"], child, COMMUNE_C)
    _talk(fleet)
    assert _counted(fleet) == {COMMUNE_A: 2}
    change(fleet["C"], dead, life_status="DECEASED")
    change(fleet["C"], wrong, entered_in_error=True, hidden_reason="twice")
    _talk(fleet)
    assert _counted(fleet) == {}


def test_a_restored_commune_comes_to_the_same_number(fleet: Fleet) -> None:
    child = a_child(fleet["A1"])
    _talk(fleet)
    image = fleet["A1"].image()
    _leaves(fleet["D1"], child, COMMUNE_C)
    _talk(fleet)
    change(fleet["C"], child, life_status="ACTIVE")
    _talk(fleet)
    fleet["A1"].put_back(image, new_replica=True)
    _talk(fleet, 3)
    assert _counted(fleet) == {COMMUNE_C: 1}
