"""A child that stands in the register already is noticed as it is typed, however it is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.duplicate_decisions import DuplicateDecisions
from app.services.duplicates_at_entry import DuplicatesAtEntry
from app.services.lists import ChildLists
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, make_workplace, write

KNOWN = {
    "full_name": "Võ Ngọc Diễm Linh",
    "birth_date": "2016-03-06",
    "sex": "2",
    "mother_name": "Trần Thị Mỹ Tâm",
    "father_name": "Võ Đình Lợi",
}


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    yield made
    made.store.close()


def _child(workplace: Workplace, **values: str) -> tuple[str, str]:
    """The child, and its household."""
    home = write(workplace, "household", owner_unit=COMMUNE, head_name="Võ Đình Lợi")
    return write(workplace, "child", None, owner_unit=COMMUNE, household=home, **values), home


def _noticed(workplace: Workplace, household: str, *, ready: bool = True) -> set[str]:
    lists = ChildLists(workplace, lambda _which: ())
    if ready:
        lists.prepare()
    desk = DuplicatesAtEntry(workplace, lists, DuplicateDecisions(workplace))
    return {one.other.id for one in desk.look(household).noticed}


@pytest.mark.parametrize(
    "name",
    [
        "Võ Diễm Linh",
        "V. Ngọc Diễm Linh",
        "Võ Ngọc Kim Diễm Linh",
        "Võ Ngọc Diễn Linh",
        "VO NGOC DIEM LINH",
    ],
)
@pytest.mark.parametrize("ready", [True, False])
def test_a_name_that_is_written_otherwise_is_noticed(
    workplace: Workplace, name: str, *, ready: bool
) -> None:
    known, _ = _child(workplace, **KNOWN)
    _, home = _child(workplace, **{**KNOWN, "full_name": name})
    assert _noticed(workplace, home, ready=ready) == {known}


def test_a_slip_in_the_given_name_is_noticed_by_the_parents(workplace: Workplace) -> None:
    known, _ = _child(workplace, **KNOWN)
    _, home = _child(workplace, **{**KNOWN, "full_name": "Võ Ngọc Diễm Lihn"})
    assert _noticed(workplace, home) == {known}


def test_among_many_namesakes_the_one_of_that_day_is_noticed(workplace: Workplace) -> None:
    other = {**KNOWN, "mother_name": "Lê Thị Hoa", "father_name": "Võ Văn Bình"}
    for at in range(70):
        _child(workplace, **{**other, "birth_date": f"{2012 + at % 3}-{1 + at % 12:02d}-07"})
    known, _ = _child(workplace, **KNOWN)
    _, home = _child(workplace, **KNOWN)
    assert known in _noticed(workplace, home)


def test_of_a_number_that_many_bear_the_child_of_that_day_is_noticed(
    workplace: Workplace,
) -> None:
    number = {"personal_id": "051316000001"}
    said = {"birth_date": KNOWN["birth_date"], "sex": "2", **number}
    for at in range(70):
        other = {
            "full_name": f"Lê Thị {chr(65 + at % 26)}ao",
            "birth_date": f"2012-{1 + at % 12:02d}-07",
        }
        _child(workplace, **number, **other)
    known, _ = _child(workplace, full_name="Võ Ngọc Diễm Lihn", **said)
    _, home = _child(workplace, full_name="Võ Linh", **said)
    assert _noticed(workplace, home, ready=False) == {known}
