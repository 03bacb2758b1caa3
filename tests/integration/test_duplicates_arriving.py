"""Children written twice are noticed as they come: with a bundle, and with a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from app.errors import KnownError
from app.ids import derived_id
from app.models.log import last_position
from app.models.queries import counting, suggested
from app.models.work import Change
from app.services.bench.workshop import Workshop
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.duplicates import note_new
from app.services.import_undo import Obstacle
from app.services.register_import import RegisterImport
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.integration.test_import_undo import COMMUNE, Two, _child, _home
from tests.workplaces import again, make_workplace, write

BASIS = counting.Basis(date(2026, 8, 31))
NUMBER = "051319000017"
NAMED = {
    "full_name": "Đinh Thị Hạ",
    "birth_date": "2019-05-01",
    "sex": "2",
    "personal_id": NUMBER,
}
lesser = pytest.mark.parametrize("lesser", ["old", "new"])


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 4)
    yield Two(made)
    made.close()


def _counted(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return counting.counts(reading, (), BASIS).children


def _delivered_twice(two: Two, lesser: str, **other: str) -> tuple[str, str, str]:
    """One child, handed over; then a second record of it, with a bundle of its own; and that one's
    handover.
    """
    keys = sorted(("first", "second"), key=lambda key: derived_id(COMMUNE, f"child/{key}"))
    ids: list[str] = []
    for number, key in zip(("71", "72"), keys if lesser == "old" else reversed(keys), strict=True):
        home, household = _home(number)
        change, child = _child(key, household)
        values = {**change.values, **NAMED, **(other if ids else {})}
        ids.append(child)
        two.write(two.district, home, Change("child", values, key=change.key))
        handover = two.deliver().handover
    return ids[0], ids[1], handover


@lesser
def test_what_is_certain_is_recorded_as_it_arrives(two: Two, lesser: str) -> None:
    old, new, _handover = _delivered_twice(two, lesser)
    (pair,) = DuplicateDecisions(two.province).decided()
    assert (pair.automatic, {pair.first, pair.second}) == (True, {old, new})
    assert _counted(two.province) == _counted(two.district) - 1, "the district has not heard of it"


@lesser
def test_the_bundle_that_brought_one_of_the_two_is_taken_back_and_used_again(
    two: Two, lesser: str
) -> None:
    """What the program recorded by itself keeps nobody from that; what a person decided does."""
    old, new, handover = _delivered_twice(two, lesser)
    before = _counted(two.province)
    assert two.undo.preview(handover).in_the_way is None
    two.undo.set_aside(handover, "Nhầm gói")
    assert _counted(two.province) == before, "the other record counts"
    two.undo.release(handover)
    assert _counted(two.province) == before
    (pair,) = DuplicateDecisions(two.province).decided()
    assert {pair.first, pair.second} == {old, new}
    DuplicateDecisions(two.province).decide(old, new, "different")
    assert _counted(two.province) == before + 1
    found = two.undo.preview(handover).in_the_way
    assert found is not None
    assert found.what is Obstacle.BUILT_ON


def test_who_shares_a_number_and_a_name_but_not_the_day_waits_for_a_person(two: Two) -> None:
    old, new, _handover = _delivered_twice(two, "old", birth_date="2019-01-05")
    assert DuplicateDecisions(two.province).decided() == []
    with two.province.store.read() as reading:
        (row,) = suggested.waiting(reading, 3)
    assert {row.first, row.second} == {old, new}
    assert not row.changed


def test_of_a_number_that_many_bear_the_new_ones_are_looked_at(tmp_path: Path) -> None:
    """The children of a typing exercise stood there before; whoever comes now is looked at."""
    workplace = make_workplace(tmp_path / "home")
    homes = [write(workplace, "household", owner_unit=COMMUNE) for _ in range(27)]
    for at, home in enumerate(homes[:25]):
        name, day = f"Đinh Văn {chr(65 + at)}ao", f"2015-01-{at + 1:02d}"
        said = {"household": home, "full_name": name, "birth_date": day, "personal_id": NUMBER}
        write(workplace, "child", None, owner_unit=COMMUNE, **said)
    with workplace.write() as work:
        since = last_position(work.connection)
        # Ids that come after all others: who is sorted last was never looked at.
        keys = sorted((f"child/{at}" for at in range(400)), key=partial(derived_id, COMMUNE))
        new = [
            work.record(
                Change("child", {**NAMED, "household": home, "owner_unit": COMMUNE}, key=key)
            ).id
            for key, home in zip(keys[-2:], homes[25:], strict=True)
        ]
        assert note_new(workplace, work, since) == 1
        work.commit()
    (pair,) = DuplicateDecisions(workplace).decided()
    assert {pair.first, pair.second} == set(new)
    workplace.store.close()


def _book(folder: Path, rows: int) -> Path:
    path = folder / "so.csv"
    heads = ["Họ và tên trẻ", "Ngày sinh", "Giới tính", "Số định danh", "Số hộ", "Chủ hộ"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for home in range(rows):
            writer.writerow(["Đinh Thị Hạ", "01/05/2019", "Nữ", NUMBER, str(home), "Đinh Văn Rơ"])
    return path


def test_an_import_records_what_is_certain_and_is_set_aside_with_it(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path / "home")
    desk = DuplicateDecisions(workplace)
    done = RegisterImport(workplace).run(_book(tmp_path, 2))
    assert done.created == 2
    (pair,) = desk.decided()
    assert pair.automatic
    assert _counted(workplace) == 1
    assert RegisterImport(workplace).run(_book(tmp_path, 2)).operations == 0
    assert len(desk.decided()) == 1
    RegisterImport(workplace).set_aside(done.act)
    assert (desk.decided(), _counted(workplace)) == ([], 0)
    workplace.store.close()


def test_a_preview_names_the_rows_whose_child_stands_in_the_register_already(
    tmp_path: Path,
) -> None:
    workplace = make_workplace(tmp_path / "home")
    heads = ["Họ và tên trẻ", "Ngày sinh", "Giới tính", "Họ tên mẹ", "Họ tên cha", "Số hộ"]
    book = [
        heads,
        ["Hồ Thị Rế", "06/03/2016", "Nữ", "Hồ Thị Bích", "Hồ Văn Rơm", "1"],
        ["Hồ Thị Bông", "01/02/2015", "Nữ", "Hồ Thị Bích", "Hồ Văn Rơm", "1"],
    ]
    other = [
        heads,
        ["Hồ Thị Bông", "07/09/2012", "Nữ", "Đinh Thị Na", "Đinh Văn Kông", "7"],
        ["Hồ Thị Rế", "06/03/2016", "Nữ", "Hồ Thị Bích", "Hồ Văn Rơm", "9"],
        ["Trai", "06/03/2016", "Nam", "Hồ Thị Bích", "Hồ Văn Rơm", "9"],
    ]
    desk = RegisterImport(workplace)
    first = desk.run(_written(tmp_path / "so.csv", book))
    assert ("import.issue_similar_child_held", "") not in first.kinds
    path = _written(tmp_path / "khac.csv", other)
    told = desk.preview(path).result
    named = [one.row for one in told.issues if one.message_id == "import.issue_similar_child_held"]
    assert (named, told.created, told.refused) == ([3], 3, 0)
    assert told.kinds["import.issue_similar_child_held", ""] == 1
    assert _suggested(workplace) == 0, "a preview keeps nothing"
    assert desk.run(path).created == 3
    assert _suggested(workplace) == 1
    assert desk.run(path).operations == 0
    workplace.store.close()


def _written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _suggested(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return len(suggested.waiting(reading, 3))


def test_a_preview_records_nothing(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path / "home")
    RegisterImport(workplace).preview(_book(tmp_path, 2))
    assert DuplicateDecisions(workplace).decided() == []
    only = again(workplace, frozenset({Right.READ}))
    with pytest.raises(KnownError, match=r"rights\.denied"):
        DuplicateDecisions(only).decide("a", "b", "same")
    workplace.store.close()


def test_a_receipt_counts_what_counts_after_it_and_says_who_was_called_the_same(two: Two) -> None:
    for number, key in (("71", "first"), ("72", "second")):
        home, household = _home(number)
        change, _child_id = _child(key, household)
        two.write(two.district, home, Change("child", {**change.values, **NAMED}, key=change.key))
        received = two.deliver()
        assert received.counted is not None
        with two.province.store.read() as reading:
            basis = counting.Basis(two.province.today())
            assert received.counted.children == counting.counts(reading, (), basis).children
        assert received.recorded == (number == "72")


def test_a_file_says_who_was_called_the_same(tmp_path: Path) -> None:
    here = make_workplace(tmp_path / "home")
    seen = RegisterImport(here).preview(_book(tmp_path, 2))
    assert seen.result.recorded == 1
    assert RegisterImport(here).run(_book(tmp_path, 2)).recorded == 1
    here.store.close()
