"""What a search of the whole register leaves of what was noticed while it looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.matching.pair import Evidence, Level, Pair
from app.models.queries import suggested
from app.services.duplicates import Duplicates
from app.services.suggested_pairs import keep_pairs
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, make_workplace, write


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    yield made
    made.store.close()


def _child(workplace: Workplace, name: str, **values: str) -> str:
    home = write(workplace, "household", owner_unit=COMMUNE, head_name="Đinh Văn Rơ")
    said = {"full_name": name, "birth_date": "2016-03-06", **values}
    return write(workplace, "child", None, owner_unit=COMMUNE, household=home, **said)


def _keep(workplace: Workplace, one: str, other: str) -> tuple[str, str]:
    first, second = sorted((one, other))
    with workplace.write() as work:
        keep_pairs(work, [Pair(first, second, 3.0, Level.HIGH, (Evidence("given", 3.0),))])
        work.commit()
    return first, second


def _waiting(workplace: Workplace) -> list[tuple[str, str]]:
    with workplace.store.read() as reading:
        return [(row.first, row.second) for row in suggested.waiting(reading, Level.LOW.value)]


def test_a_pair_that_was_noticed_while_it_looked_waits_on(desk: Workplace) -> None:
    old = _child(desk, "Hồ Thị Rế")
    search = Duplicates(desk)
    looked = search.look()
    pair = _keep(desk, old, _child(desk, "Hồ Thị Rế"))
    assert [(one.first, one.second) for one in search.keep(looked).pairs] == []
    assert _waiting(desk) == [pair]


def test_a_pair_that_it_did_not_find_again_is_forgotten(desk: Workplace) -> None:
    one, other = _child(desk, "Hồ Thị Rế"), _child(desk, "Phạm Văn Sơn", birth_date="2011-12-30")
    _keep(desk, one, other)
    Duplicates(desk).search()
    assert _waiting(desk) == []


def test_a_pair_weighed_again_while_it_looked_is_kept_as_it_stands_now(desk: Workplace) -> None:
    one, other = _child(desk, "Hồ Thị Rế"), _child(desk, "Hồ Thị Rế")
    search = Duplicates(desk)
    looked = search.look()
    assert len(looked.weighed) == 1
    write(desk, "child", other, mother_name="Hồ Thị Bích")
    _keep(desk, one, other)
    search.keep(looked)
    with desk.store.read() as reading:
        (row,) = suggested.waiting(reading, Level.LOW.value)
    assert not row.changed
