"""What a list shows as a file: the right, the mark, the row of audit, and what stays out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.models.schema import audit_event
from app.models.work import Change
from app.services.list_export import ListExport
from app.services.lists import ChildLists, ListFilter, Sort
from app.services.masking import Reveal
from app.services.register_export import RegisterExport
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Cancelled, Progress, Workplace
from tests.workplaces import COMMUNE, again, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    with made.write() as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE, "household_no": "7"})).id
        for name, born in (("Lò Văn Ý", "2015"), ("Đinh Thị An", "2019"), ("Đinh Văn Đức", "2012")):
            child = work.record(
                Change(
                    "child",
                    {
                        "owner_unit": COMMUNE,
                        "household": home,
                        "full_name": name,
                        "birth_date": born,
                    },
                )
            ).id
        values = {"record": child, "group": "C05", "episode": 1}
        work.record(Change("circumstance", values, key="C05/1"))  # type: ignore[arg-type]
        work.commit()
    yield made
    made.store.close()


def export_of(workplace: Workplace) -> tuple[ListExport, ChildLists]:
    lists = ChildLists(workplace, lambda _which: set())
    return ListExport(workplace, lists, RegisterExport(workplace)), lists


def names_in(path: Path) -> list[object]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    at = next(
        place
        for place, title in enumerate(head)
        if title and "họ và tên" in title.lower() and "trẻ" in title.lower()
    )
    return [row[at] for row in rows]


def test_the_file_holds_what_the_list_shows_in_its_order(
    workplace: Workplace, tmp_path: Path
) -> None:
    export, _ = export_of(workplace)
    path = tmp_path / "danh-sach.xlsx"
    result = export.write(path, ListFilter(words="dinh"), Sort.BIRTH, "Thôn 1 · chưa xong")
    assert result.rows == 2
    assert names_in(path) == ["Đinh Văn Đức", "Đinh Thị An"]
    notes = openpyxl.load_workbook(path).worksheets[1]
    said = [str(cell.value) for row in notes.iter_rows() for cell in row if cell.value]
    assert any("Thôn 1 · chưa xong" in one for one in said)
    assert any("Đặng An" in one for one in said), "who took the list out is written on it"


def test_the_export_stands_in_the_audit_trail_and_holds_nothing_of_level_a(
    workplace: Workplace, tmp_path: Path
) -> None:
    export, _ = export_of(workplace)
    path = tmp_path / "danh-sach.csv"
    result = export.write(path, ListFilter(), Sort.NAME)
    assert result.withheld
    assert "C05" not in path.read_text(encoding="utf-8")
    with workplace.store.read() as reading:
        rows = reading.execute(
            select(audit_event.c.details).where(audit_event.c.event == "export")
        ).scalars()
        assert [result.sha256 in one for one in rows] == [True]


def test_a_list_by_a_group_of_level_a_is_not_written(workplace: Workplace, tmp_path: Path) -> None:
    export, lists = export_of(workplace)
    lists.reveal_group("C05", Reveal("thăm gia đình"))
    assert len(lists.find(ListFilter(group="C05"))) == 1
    path = tmp_path / "danh-sach.xlsx"
    with pytest.raises(KnownError) as refused:
        export.write(path, ListFilter(group="C05"), Sort.NAME)
    assert refused.value.message_id == "lists.guarded"
    assert not path.exists()


def test_without_the_right_nothing_is_written(workplace: Workplace, tmp_path: Path) -> None:
    export, _ = export_of(again(workplace, ALL_RIGHTS - {Right.EXPORT, Right.ENTER, Right.REVEAL}))
    path = tmp_path / "danh-sach.xlsx"
    with pytest.raises(KnownError) as refused:
        export.write(path, ListFilter(), Sort.NAME)
    assert refused.value.message_id == "rights.denied"
    assert not path.exists()


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_an_export_that_is_stopped_leaves_nothing_behind(
    workplace: Workplace, tmp_path: Path, suffix: str
) -> None:
    export, _ = export_of(workplace)
    folder = tmp_path / "out"
    folder.mkdir()
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return True

    with pytest.raises(Cancelled):
        export.write(
            folder / f"ds{suffix}", ListFilter(), Sort.NAME, "", Progress(cancelled=cancelled)
        )
    assert asked
    assert list(folder.iterdir()) == []
