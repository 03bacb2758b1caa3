"""Faults planted into the undo of an import: each is caught by its law, which holds without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.history.door import State
from app.sync.apply import release
from tests.properties import faults, invariants
from tests.properties.fleet import COMMUNE_A, DISTRICT_1, PROVINCE, TREE, Fleet
from tests.properties.stories import a_child, a_circumstance, change, turn_back


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A commune, its district and the province, one PC each: nobody carries past another."""
    made = Fleet(("A1", "D1", "P"))
    yield made
    made.close()


def brought(fleet: Fleet) -> list[tuple[str, bytes]]:
    """A commune hands a child with a circumstance over; what the district got, as an undo names
    it."""
    child = a_child(fleet["A1"])
    a_circumstance(fleet["A1"], child)
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    return [(one.ent_id, one.op_id) for one in fleet["D1"].accepted()]


def set_aside_under_a_later_edit(fleet: Fleet) -> None:
    """A later bundle builds on the one that is taken back: it waits until that counts again."""
    first = brought(fleet)
    (child,) = fleet["A1"].ids("child")
    later = change(fleet["A1"], child, full_name="Trần Ân")
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    turn_back(fleet["D1"], *first)
    invariants.check_closed(invariants.views_of(fleet))
    assert fleet["D1"].states()[later] is State.WAITING


def set_aside_and_rebuilt(fleet: Fleet) -> None:
    turn_back(fleet["D1"], *brought(fleet))
    invariants.check_i14_rebuilt_rows_are_equal(fleet)
    assert not fleet["D1"].ids("child")


def set_aside_and_sent_again(fleet: Fleet) -> None:
    """Nothing was acknowledged yet, so the next bundle of the commune brings it all again."""
    first = brought(fleet)
    turn_back(fleet["D1"], *first)
    a_child(fleet["A1"], "Lò Thị Bua", key="another")
    fleet["D1"].receive(fleet["A1"].send(DISTRICT_1))
    aside = [op_id for _, op_id in first]
    invariants.check_set_aside_is_local(fleet["D1"], aside, [fleet["A1"]])
    assert len(fleet["D1"].ids("child")) == 1


def set_aside_and_heard_of_below(fleet: Fleet) -> None:
    first = brought(fleet)
    turn_back(fleet["D1"], *first)
    fleet["A1"].receive(fleet["D1"].send(COMMUNE_A))
    aside = [op_id for _, op_id in first]
    invariants.check_set_aside_is_local(fleet["D1"], aside, [fleet["A1"]])


def released_when_the_province_is_past_it(fleet: Fleet) -> None:
    """Set aside, something later sent on and acknowledged, released: it goes up after all."""
    first = brought(fleet)
    turn_back(fleet["D1"], *first)
    a_child(fleet["A1"], "Lò Thị Bua", key="another")
    for _ in range(2):
        fleet.carry(fleet["A1"], DISTRICT_1)
        fleet.carry(fleet["D1"], PROVINCE)
        fleet.carry(fleet["P"], DISTRICT_1)
    with fleet["D1"].store.write("person") as work:
        release(work, TREE, first, lambda _operation: False)
        work.commit()
    assert fleet["D1"].states()[first[0][1]] is State.ACCEPTED
    fleet.carry(fleet["D1"], PROVINCE)
    invariants.check_i7_nothing_is_lost({op_id for _, op_id in first}, fleet)


FAULTS = [
    (faults.what_builds_on_it_is_not_set_aside, "closed", set_aside_under_a_later_edit),
    (faults.the_rows_of_what_is_set_aside_stay, "I14", set_aside_and_rebuilt),
    (faults.what_was_set_aside_counts_when_it_comes_again, "undo", set_aside_and_sent_again),
    (faults.what_was_set_aside_is_told_as_refused, "undo", set_aside_and_heard_of_below),
    (faults.what_is_released_keeps_its_old_place, "I7", released_when_the_province_is_past_it),
]
NAMES = [fault.__name__ for fault, _, _ in FAULTS]


@pytest.mark.parametrize(("fault", "law", "story"), FAULTS, ids=NAMES)
def test_a_fault_in_the_undo_is_caught_by_its_law(fault, law, story, fleet, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError, match=rf"^{law}: "):
        story(fleet)


@pytest.mark.parametrize(("_fault", "_law", "story"), FAULTS, ids=NAMES)
def test_the_law_of_the_undo_holds_without_the_fault(_fault, _law, story, fleet):
    story(fleet)
