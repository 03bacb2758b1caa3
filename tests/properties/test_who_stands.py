"""Who stands for a child written twice, noted after each save for those it touched, is who stands
by all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from app.history.entities import OUTSIDE
from app.models import doubled
from app.models.queries.called_same import DUPLICATE
from app.models.schema import same_child
from app.models.work import Change, UnitOfWork
from app.services.duplicate_decisions import decision_save
from app.services.workplace import Workplace
from tests.long_runs import slice_or_all
from tests.workplaces import DISTRICT, make_workplace, write

UNITS = ("21046@2024", "21049@2024")
#: A child of another district: its records never come here.
UNHELD = ("00000000-0000-5000-8000-000000000000", "ffffffff-ffff-5fff-bfff-ffffffffffff")
CHILDREN = 8
STEPS = slice_or_all(100, 2_500)
VERDICTS = ("same", "same", "same", "different", "open")


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def test_noted_after_each_save_it_is_what_all_rows_say(district: Workplace) -> None:
    homes = [write(district, "household", owner_unit=UNITS[n % 2]) for n in range(CHILDREN)]
    children = [
        write(district, "child", owner_unit=UNITS[n % 2], household=home, full_name="Đinh Thị Hạ")
        for n, home in enumerate(homes)
    ]
    draw = Random(7)
    seen: set[int] = set()
    for _ in range(STEPS):
        with district.write() as work:
            _save(work, draw, children, homes)
            work.commit()
        with district.store.write("An") as work:
            noted = _rows(work)
            doubled.refresh_all(work.connection)
            assert noted == _rows(work)
        seen.add(len({stands for stands, _held in noted.values()}))
    assert len(seen) > 2, "clusters come and go"


def _rows(work: UnitOfWork) -> dict[str, tuple[str, bool]]:
    rows = work.connection.execute(select(same_child))
    return {row.record: (row.stands, row.held) for row in rows}


def _save(work: UnitOfWork, draw: Random, children: list[str], homes: list[str]) -> None:
    child, other = draw.sample(children, 2)
    match draw.randrange(8):
        case 0 | 1 | 2:
            _decide(work, draw, child, other)
        case 3:
            _decide(work, draw, child, draw.choice(UNHELD))
        case 4:
            into = draw.choice((other, None))
            work.record(Change("child", {"merged_into": into}, child))
        case 5:
            owner = draw.choice((OUTSIDE, *UNITS))
            work.record(Change("child", {"owner_unit": owner}, child))
        case 6:
            status = draw.choice(("MOVED_OUT", "ENTERED_IN_ERROR", "ACTIVE"))
            work.record(Change("child", {"life_status": status}, child))
        case _:
            residence = draw.choice(("1", "3"))
            work.record(Change("household", {"residence": residence}, draw.choice(homes)))


def _decide(work: UnitOfWork, draw: Random, child: str, other: str) -> None:
    first, second = sorted((child, other))
    basis = draw.choice((DUPLICATE, DUPLICATE, "move"))
    said = {"verdict": draw.choice(VERDICTS), "basis": basis}
    work.record(decision_save(work.connection, first, second, dict(said)).change)
