"""The search for doubles tells where it is, and ends where somebody stops it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.queries import suggested
from app.services.duplicates import Duplicates
from app.services.workplace import Cancelled, Progress, Workplace
from tests.workplaces import COMMUNE, make_workplace, write

PHASES = ("reading", "gathering", "comparing")


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    for number, head in (("1", "Đinh Văn Rơ"), ("2", "Đinh Văn Ray")):
        home = write(made, "household", owner_unit=COMMUNE, household_no=number, head_name=head)
        write(
            made,
            "child",
            owner_unit=COMMUNE,
            household=home,
            full_name="Đinh Thị Hạ",
            birth_date="2019-05-01",
            mother_name="Đinh Thị Bích",
            father_name="Đinh Văn Rơ",
        )
    yield made
    made.store.close()


def test_each_part_of_the_search_is_told_in_its_turn(commune: Workplace) -> None:
    told: list[str] = []
    found = Duplicates(commune).find(Progress(phase=told.append))
    assert tuple(told) == PHASES
    assert (found.records, len(found.pairs)) == (2, 1)


@pytest.mark.parametrize("stopped_in", PHASES)
def test_whoever_stops_the_search_is_heeded_in_every_part_of_it(
    commune: Workplace, stopped_in: str
) -> None:
    told: list[str] = []
    steps = Progress(phase=told.append, cancelled=lambda: stopped_in in told)
    with pytest.raises(Cancelled):
        Duplicates(commune).search(steps)
    assert told[-1] == stopped_in, "and nothing is begun after it"
    with commune.store.read() as reading:
        assert not suggested.waiting(reading, 3)
