"""A double changes no number and no list of children to do; what only it says is the child's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.queries import counting, counting_groups
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.workplace import Workplace
from tests.two_books import BASIS, BINH_DONG, BINH_THANH, UNITS, child
from tests.workplaces import DISTRICT, make_workplace, write


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _pair(workplace: Workplace) -> tuple[str, str]:
    """The record that stands in the end, and its double."""
    one, other = child(workplace, BINH_THANH), child(workplace, BINH_DONG)
    return min(one, other), max(one, other)


def _same(workplace: Workplace, one: str, other: str) -> None:
    DuplicateDecisions(workplace).decide(one, other, "same")


def _groups(workplace: Workplace, units: tuple[str, ...] = UNITS) -> dict[str, set[str]]:
    with workplace.store.read() as reading:
        return counting_groups.children_by_group(reading, units, BASIS)


def _unanswered(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return counting_groups.children_unanswered(reading, UNITS, BASIS)


def _injured(workplace: Workplace, units: tuple[str, ...] = UNITS) -> set[str]:
    with workplace.store.read() as reading:
        return counting_groups.children_injured(reading, units, "2026-01-01", "2026-12-31")


def _unit_of(workplace: Workplace, child: str) -> tuple[str, str]:
    """The unit that has it, and the other one."""
    with workplace.store.read() as reading:
        mine = {unit for unit in UNITS if counting.counts(reading, (unit,), BASIS).children}
    assert child
    (unit,) = mine
    return unit, next(one for one in UNITS if one != unit)


def test_a_group_that_only_the_double_tells_of_is_the_childs_in_its_unit(
    district: Workplace,
) -> None:
    stands, double = _pair(district)
    write(district, "circumstance", record=double, group="C04", episode=1)
    write(district, "circumstance", record=double, group="C01", episode=1)
    write(district, "circumstance", record=stands, group="C01", episode=1)
    assert _groups(district) == {"C01": {stands, double}, "C04": {double}}
    _same(district, stands, double)
    assert _groups(district) == {"C01": {stands}, "C04": {stands}}
    here, there = _unit_of(district, stands)
    assert _groups(district, (here,)) == {"C01": {stands}, "C04": {stands}}
    assert _groups(district, (there,)) == {}


def test_a_group_of_the_double_that_is_over_or_taken_back_is_nobodys(district: Workplace) -> None:
    stands, double = _pair(district)
    write(
        district,
        "circumstance",
        record=double,
        group="C04",
        episode=1,
        circumstance_from="2025-01-01",
        circumstance_to="2025-09-01",
    )
    _same(district, stands, double)
    assert _groups(district) == {}


@pytest.mark.parametrize("says", ["none", "group"])
def test_whoever_answered_on_the_double_is_not_unanswered(district: Workplace, says: str) -> None:
    stands, double = _pair(district)
    if says == "none":
        write(district, "child", double, circumstance_answer="none")
    else:
        write(district, "circumstance", record=double, group="C04", episode=1)
    assert _unanswered(district) == 1
    _same(district, stands, double)
    assert _unanswered(district) == 0


def test_of_a_pair_that_nobody_asked_one_child_is_unanswered(district: Workplace) -> None:
    stands, double = _pair(district)
    _same(district, stands, double)
    assert _unanswered(district) == 1


def test_an_injury_is_one_childs_whichever_record_tells_of_it(district: Workplace) -> None:
    stands, double = _pair(district)
    write(district, "life_event", record=double, event="injured", event_date="2026-03-01")
    _same(district, stands, double)
    assert _injured(district) == {stands}
    write(district, "life_event", record=stands, event="injured", event_date="2026-03-01")
    assert _injured(district) == {stands}
    here, there = _unit_of(district, stands)
    assert _injured(district, (here,)) == {stands}
    assert _injured(district, (there,)) == set()


def test_a_death_by_injury_that_the_double_tells_of_counts(district: Workplace) -> None:
    stands, double = _pair(district)
    _same(district, stands, double)
    write(district, "child", double, life_status="DECEASED")
    write(
        district,
        "life_event",
        record=double,
        event="died",
        death_cause="injury",
        event_date="2026-04-01",
    )
    assert _injured(district) == {stands}


def test_a_death_that_both_records_tell_of_is_one(district: Workplace) -> None:
    stands, double = _pair(district)
    _same(district, stands, double)
    for one in (stands, double):
        write(district, "child", one, life_status="DECEASED")
        write(
            district,
            "life_event",
            record=one,
            event="died",
            death_cause="injury",
            event_date="2026-04-01",
        )
    assert _injured(district) == {stands}


def test_pairs_that_are_two_children_are_two_in_every_group(district: Workplace) -> None:
    stands, double = _pair(district)
    for one in (stands, double):
        write(district, "circumstance", record=one, group="C04", episode=1)
        write(district, "life_event", record=one, event="injured", event_date="2026-03-01")
    DuplicateDecisions(district).decide(stands, double, "different")
    assert _groups(district) == {"C04": {stands, double}}
    assert _injured(district) == {stands, double}
