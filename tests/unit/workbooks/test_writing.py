"""What is written opens in other programs, stays text, and comes whole or not at all."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import KnownError
from app.workbooks.cells import Cell
from app.workbooks.reading import open_workbook
from app.workbooks.writing import Column, Value, csv_text, plain_text, write_csv
from app.workbooks.xlsx_sheets import Band, NamedRange, Sheet
from app.workbooks.xlsx_writing import About, write_sheets, write_xlsx
from tests.parts import alone

ABOUT = About("Sổ", "Đặng An", "Trẻ em", "Ghi chú", (("Người xuất", "Đặng An"),))
COLUMNS = (Column("Họ và tên", 30), Column("Số định danh"), Column("Con thứ"), Column("Ngày"))
ROWS: list[tuple[Value, ...]] = [
    ("Đinh Thị Mai", "051218462479", 2, date(2019, 5, 1)),
    ("=1+1", "+84", None, None),
    ("@SUM(A1)", "-5", 0, None),
    ("Hồ & <Gà> _x0041_\nhai\tba", "", 7, None),
]


def read(path: Path) -> list[tuple[Cell, ...]]:
    with open_workbook(path) as book:
        return [row.cells for row in book.rows(book.sheets[0])]


def test_a_workbook_opens_in_the_usual_library_with_texts_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, COLUMNS, ROWS, ABOUT, alone) == 4
    book = openpyxl.load_workbook(path)
    sheet = book["Trẻ em"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet["A3"].value == "=1+1"
    assert sheet["A3"].data_type == "s"
    assert sheet["B2"].value == "051218462479"
    assert sheet["B2"].number_format == "@"
    assert sheet["D2"].value.date() == date(2019, 5, 1)
    assert sheet["C2"].value == 2
    assert sheet.column_dimensions["A"].width == 30
    assert book.properties.creator == "Đặng An"
    assert book["Ghi chú"]["B1"].value == "Đặng An"


def test_a_workbook_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, COLUMNS, ROWS, ABOUT, alone)
    expected = [tuple(None if v == "" else v for v in row) for row in ROWS]
    for got, wanted in zip(read(path)[1:], expected, strict=True):
        assert (*got, *[None] * (len(wanted) - len(got))) == wanted


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_text_survives_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("t") / "a.xlsx"
    write_xlsx(path, [Column(str(at)) for at, _ in enumerate(texts)], [texts], ABOUT, alone)
    assert read(path)[1] == tuple(texts)


@given(st.one_of(st.text(max_size=20), st.text(st.sampled_from("=+-@\t\r\n;, '\"a"), max_size=12)))
def test_the_mark_against_formulas_comes_off_again(text: str) -> None:
    marked = csv_text(text)
    assert plain_text(marked) == text
    assert not marked.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not re.search("[;,\t\r\n] *[=+@-]", marked), "where another program cuts its cells"


def test_a_csv_opens_in_excel_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_csv(path, COLUMNS, ROWS, alone) == 4
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n'=1+1," in raw
    assert plain_text(str(read(path)[2][0])) == "=1+1"


def test_several_sheets_keep_their_names_apart_and_ranges_find_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    long = "Một tên trang dài hơn ba mươi mốt chữ"
    sheets = (
        Sheet(long, (Column("A"), Column("B")), [("x", "y")], bands=(Band(1, 2, "Phần"),)),
        Sheet(f"{long}!", (Column("A"),), [("1",), ("2",)]),
        Sheet("Ghi chú", (Column("A"),), []),
    )
    names = (NamedRange("list_a", f"{long}!", 0, 2, 3),)
    assert write_sheets(path, sheets, ABOUT, alone, names) == (1, 2, 0)
    book = openpyxl.load_workbook(path)
    assert len({one.casefold() for one in book.sheetnames}) == 4
    assert all(len(one) <= 31 for one in book.sheetnames)
    ((sheet, area),) = book.defined_names["list_a"].destinations
    assert [cell.value for (cell,) in book[sheet][area]] == ["1", "2"]
    first = book.worksheets[0]
    assert (first["A1"].value, first["A2"].value, first["A3"].value) == ("Phần", "A", "x")
    assert [str(one) for one in first.merged_cells.ranges] == ["A1:B1"]
    assert first.freeze_panes == "A3"


def test_a_title_with_signs_of_its_own_stands_in_the_margin_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    about = replace(ABOUT, title="Hộ & <trẻ>", mark="NỘI BỘ", foot="R&D")
    write_xlsx(path, COLUMNS, ROWS, about, alone)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.oddHeader.left.text == "Hộ && <trẻ>", "one & begins an instruction there"
    assert sheet.oddFooter.left.text == "R&&D"


def _write(path: Path, rows: Iterator[tuple[Value, ...]]) -> None:
    if path.suffix == ".csv":
        write_csv(path, COLUMNS, rows, alone)
    else:
        write_xlsx(path, COLUMNS, rows, ABOUT, alone)


def _failing() -> Iterator[tuple[Value, ...]]:
    yield ROWS[0]
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(b"old")
    with pytest.raises(KnownError) as caught:
        _write(path, _failing())
    assert caught.value.message_id == "import.disk_full"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught:
        write_csv(tmp_path / "gone" / "a.csv", COLUMNS, ROWS, alone)
    assert caught.value.message_id == "import.cannot_write"


@pytest.mark.skipif(os.name == "nt", reason="permissions are lists there")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_other_users_may_not_read_what_was_written(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    _write(path, iter(ROWS))
    assert path.stat().st_mode & 0o077 == 0


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.workbooks.xlsx_writing.MAX_ROWS", 3)
    with pytest.raises(KnownError) as caught:
        write_xlsx(tmp_path / "a.xlsx", COLUMNS, ROWS, ABOUT, alone)
    assert caught.value.message_id == "import.too_many_rows"
    assert list(tmp_path.iterdir()) == []
