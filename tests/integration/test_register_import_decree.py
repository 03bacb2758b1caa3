"""Files of communes that a decree has merged: every PC comes to the unit that stands that day."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.queries.register import RecordView
from app.services.register_import import ImportResult
from app.services.workplace import Workplace
from tests.decrees import BESIDE, NEW, ONE, OTHER, TOP, know_merger, know_split
from tests.integration.registers import Made, everything, ids, names, table, take

KEYED = ("rec_id", "hh_id", "commune", "village", "name")
NUMBERED = ("commune", "Thôn", "Số hộ", "STT trong hộ", "Họ và tên trẻ", "Ngày sinh")
#: Where a file is read: at the province, and at the new commune.
PLACES = (TOP, NEW)


def rows_of(*units: str) -> list[list[str]]:
    return [[str(at), f"h{at}", unit, "Thôn 1", f"Mai {at}"] for at, unit in enumerate(units)]


def children(workplace: Workplace) -> dict[str, RecordView]:
    return {one.id: one for one in everything(workplace, "child")}


def owners(workplace: Workplace) -> set[object]:
    return {one.values["owner_unit"] for one in everything(workplace, "child")}


def done(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.changed, result.unchanged, result.refused


@pytest.mark.parametrize("named", [ONE, "21136", "xã Cà Đam", NEW, "29999", "xã Ba Mới"])
def test_a_file_makes_the_same_records_at_the_province_and_at_the_new_commune(
    made: Made, tmp_path: Path, named: str
) -> None:
    keyed = table(tmp_path / "keyed.csv", KEYED, rows_of(named, named))
    row = [named, "Thôn 1", "12", "1", "Đinh Rơm", "2019"]
    numbered = table(tmp_path / "numbered.csv", NUMBERED, [row])
    found = []
    for unit in PLACES:
        workplace = made(unit)
        know_merger(workplace)
        assert done(take(workplace, keyed)) == (2, 0, 0, 0)
        assert done(take(workplace, numbered)) == (1, 0, 0, 0)
        assert owners(workplace) == {NEW}
        found.append(ids(workplace))
    assert found[0] == found[1]


def test_equal_keys_of_the_two_merged_communes_stay_apart(made: Made, tmp_path: Path) -> None:
    rows = [["1", "h1", unit, "Thôn 1", name] for unit, name in ((ONE, "Mai"), (OTHER, "Rơm"))]
    path = table(tmp_path / "a.csv", KEYED, rows)
    found = []
    for unit in PLACES:
        workplace = made(unit)
        know_merger(workplace)
        assert done(take(workplace, path)) == (2, 0, 0, 0)
        found.append(ids(workplace))
    assert found[0] == found[1]


@pytest.mark.parametrize("unit", [TOP, ONE])
@pytest.mark.parametrize("titles", [KEYED, NUMBERED])
@pytest.mark.parametrize("named", [ONE, "21136", "xã Cà Đam"])
def test_what_was_imported_before_the_decree_is_met_after_it(
    made: Made, tmp_path: Path, unit: str, titles: tuple[str, ...], named: str
) -> None:
    row = [named, "Thôn 1", "12", "1", "Đinh Rơm", "2019"]
    rows = rows_of(named, named) if titles == KEYED else [row]
    path = table(tmp_path / "a.csv", titles, rows)
    workplace = made(unit)
    assert done(take(workplace, path)) == (len(rows), 0, 0, 0)
    before = children(workplace)
    know_merger(workplace)
    for _ in range(2):
        assert done(take(workplace, path)) == (0, 0, len(rows), 0)
    assert children(workplace) == before
    assert owners(workplace) == {ONE}, "a merger is read through the map"


def test_a_row_of_the_new_commune_meets_what_a_merged_one_had_under_the_key(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(TOP)
    take(workplace, table(tmp_path / "a.csv", KEYED, rows_of(ONE)))
    before = children(workplace)
    know_merger(workplace)
    assert done(take(workplace, table(tmp_path / "b.csv", KEYED, rows_of(NEW)))) == (0, 0, 1, 0)
    assert children(workplace) == before


@pytest.mark.parametrize("unit", PLACES)
def test_a_new_commune_may_bear_code_and_name_of_one_that_went_into_it(
    made: Made, tmp_path: Path, unit: str
) -> None:
    unit = "21136@2026a" if unit == NEW else unit
    for number, named in enumerate(("21136", "xã Cà Đam")):
        workplace = made(unit)
        new = know_merger(workplace, "21136", "Cà Đam")
        path = table(tmp_path / f"{number}.csv", KEYED, rows_of(named))
        assert done(take(workplace, path)) == (1, 0, 0, 0)
        assert owners(workplace) == {new}


def test_before_its_day_a_decree_changes_nothing(made: Made, tmp_path: Path) -> None:
    workplace = made(TOP)
    know_merger(workplace, since="2030-01-01")
    take(workplace, table(tmp_path / "a.csv", KEYED, rows_of(ONE, "21136", "xã Cà Đam")))
    assert owners(workplace) == {ONE}


def test_rows_of_a_split_commune_stay_with_it_until_it_is_divided(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(TOP)
    know_split(workplace)
    take(workplace, table(tmp_path / "a.csv", KEYED, rows_of(BESIDE, "21211")))
    assert owners(workplace) == {BESIDE}


def test_rows_of_other_communes_are_still_passed_over(made: Made, tmp_path: Path) -> None:
    workplace = made(NEW)
    know_merger(workplace)
    rows = rows_of(NEW, BESIDE, "21211", "xã Tịnh Khê", "xã Không Có")
    result = take(workplace, table(tmp_path / "a.csv", KEYED, rows))
    assert (result.created, result.skipped) == (1, 3)
    assert (6, "unit") in names(result)
