"""A list of people as it comes: with ids that stand twice, hidden rows, headings and bad cells."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from app.services.duplicate_limits import limit_words
from app.services.duplicates import Duplicates, Suggestions
from tests.workplaces import make_workplace

_HEADS = ["STT", "Họ và tên trẻ", "Ngày sinh", "Họ tên mẹ", "Họ tên cha"]
_CHILD = ["Hồ Thị Rế", "06/03/2016", "Hồ Thị Bích", "Hồ Văn Rơm"]


@pytest.fixture
def sheet() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(_HEADS)
    return book


def _found(book: openpyxl.Workbook, folder: Path) -> Suggestions:
    path = folder / "danh-sach.xlsx"
    book.save(path)
    columns = folder / "cot.json"
    columns.write_text(
        '{"id": "STT", "name": "Họ và tên trẻ", "birth_date": "Ngày sinh",'
        ' "mother": "Họ tên mẹ", "father": "Họ tên cha"}',
        encoding="utf-8",
    )
    workplace = make_workplace(folder / "home")
    try:
        return Duplicates(workplace).find_in_file(path, columns)
    finally:
        workplace.store.close()


def test_two_rows_of_one_id_are_told_apart(sheet: openpyxl.Workbook, tmp_path: Path) -> None:
    assert sheet.active is not None
    sheet.active.append(["1", *_CHILD])
    sheet.active.append(["1", *_CHILD])
    (pair,) = _found(sheet, tmp_path).pairs
    assert (pair.first, pair.second) == ("1", "1 (dòng 3)")


def test_hidden_rows_and_headings_are_left_out_and_told(
    sheet: openpyxl.Workbook, tmp_path: Path
) -> None:
    lines = sheet.active
    assert lines is not None
    lines.append(["1", *_CHILD])
    lines.append(["2", *_CHILD])
    lines.row_dimensions[3].hidden = True
    lines.append(["Thôn Hồ Thị Rế"])
    lines.merge_cells("A4:E4")
    lines.append(_HEADS)
    found = _found(sheet, tmp_path)
    assert (found.records, found.pairs) == (1, ())
    assert {what: count for what, count in found.told.items() if count} == {
        "hidden": 1,
        "heading": 2,
    }
    assert len(limit_words(found)) == 2


def test_a_cell_at_fault_is_no_name_and_old_text_is_read(
    sheet: openpyxl.Workbook, tmp_path: Path
) -> None:
    lines = sheet.active
    assert lines is not None
    lines.append(["1", "#N/A", *_CHILD[1:]])
    lines.append(["2", "#N/A", *_CHILD[1:]])
    lines["B2"].data_type = lines["B3"].data_type = "e"
    lines.append(["3", "Hå ThÞ RÕ", *_CHILD[1:]])
    lines["B4"].font = Font(name=".VnTime")
    lines.append(["4", *_CHILD])
    found = _found(sheet, tmp_path)
    named = {
        (one.first, one.second)
        for one in found.pairs
        if any(part.what == "given" for part in one.evidence)
    }
    assert named == {("3", "4")}
    assert {what: count for what, count in found.told.items() if count} == {
        "fault": 2,
        "old_text": 1,
    }
