"""Heads over several rows, headings among the rows, and what a sheet does not show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.text.fold import fold
from app.workbooks.cells import Cell, SheetRow
from app.workbooks.reading import Header, find_header, open_workbook, rows_below
from app.workbooks.xlsx_parts import Visibility
from tests.unit.workbooks.files import workbook

KNOWN = {"stt", "ho ten", "nam sinh", "thon", "ngay sinh", "cha", "ghi chu"}


def known(title: str) -> bool:
    return fold(title) in KNOWN


def made(path: Path, fill: Callable[[Worksheet], None]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    fill(sheet)
    book.save(path)
    return path


def read(path: Path) -> tuple[Header, list[SheetRow]]:
    with open_workbook(path) as book:
        header = find_header(book, known)
        assert header is not None
        return header, list(rows_below(book, header))


def cells_of(rows: list[SheetRow]) -> list[tuple[Cell, ...]]:
    return [row.cells for row in rows]


def test_a_title_merged_over_two_columns_stands_before_both(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["DANH SÁCH TRẺ EM"])
        sheet.merge_cells("A1:E1")
        sheet.append(["STT", "Họ tên", "Năm sinh", None, "Thôn"])
        sheet.append([None, None, "Nam", "Nữ", None])
        for merged in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
            sheet.merge_cells(merged)
        sheet.append([1, "Mai", None, 2019, "Thôn 1"])

    header, rows = read(made(tmp_path / "a.xlsx", fill))
    assert header.cells == ("STT", "Họ tên", "Năm sinh / Nam", "Năm sinh / Nữ", "Thôn")
    assert header.parts[3] == ("Năm sinh", "Nữ")
    assert (header.first, header.row) == (2, 3)
    assert cells_of(rows) == [(1, "Mai", None, 2019, "Thôn 1")]


def test_a_head_without_merges_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Danh sách;;;;\nSTT;Họ tên;Năm sinh;;Thôn\n;;Nam;Nữ;\n1;Mai;;2019;Thôn 1\n",
        encoding="utf-8",
    )
    header, rows = read(path)
    assert header.cells == ("STT", "Họ tên", "Năm sinh / Nam", "Năm sinh / Nữ", "Thôn")
    assert [row.number for row in rows] == [4]


def test_a_row_of_data_under_an_untitled_column_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Họ tên;Ngày sinh;\nMai;2019;nam\nGà;2018;nữ\n", encoding="utf-8")
    header, rows = read(path)
    assert (header.first, header.row) == (1, 1)
    assert cells_of(rows)[0] == ("Mai", "2019", "nam")


def test_titles_under_a_heading_bear_it_where_they_need_it(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["STT", "Trẻ em", None, "Cha", None, "Ghi chú"])
        sheet.append([None, "Họ tên", "Ngày sinh", "Họ tên", "Năm sinh", None])
        for merged in ("A1:A2", "B1:C1", "D1:E1", "F1:F2"):
            sheet.merge_cells(merged)
        sheet.append([1, "Mai", "2019", "Rơm", "1990", ""])

    header, rows = read(made(tmp_path / "a.xlsx", fill))
    assert header.cells == (
        *("STT", "Trẻ em / Họ tên", "Ngày sinh", "Cha / Họ tên", "Cha / Năm sinh", "Ghi chú"),
    )
    assert (header.first, header.row) == (1, 2)
    assert cells_of(rows)[0][:5] == (1, "Mai", "2019", "Rơm", "1990")


def test_the_numbers_of_the_columns_belong_to_the_head(tmp_path: Path) -> None:
    for numbers in (["A", "B", 1, 2, 3], ["(1)", "(2)", "(3)", "(4)", "(5)=(3)+(4)"]):

        def fill(sheet: Worksheet, numbers: list[object] = numbers) -> None:
            sheet.append(["STT", "Họ tên", "Ngày sinh", "Thôn", "Ghi chú"])
            sheet.append(numbers)
            sheet.append([1, "Mai", "2019", "Thôn 1", "2"])

        header, rows = read(made(tmp_path / "a.xlsx", fill))
        assert header.row == 2
        assert [row.number for row in rows] == [3]


def test_a_head_is_found_below_many_rows_of_titles(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for number in range(19):
            sheet.append([f"Dòng đầu {number}"])
        sheet.append(["STT", "Họ tên", "Ngày sinh"])
        sheet.append([1, "Mai", "2019"])

    header, _ = read(made(tmp_path / "a.xlsx", fill))
    assert header.row == 20


def test_titles_of_an_old_font_are_found_as_they_are_shown(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["STT", "Hä tªn", "Ngµy sinh", "Ghi chó"])
        sheet.append([1, "§inh ThÞ Mai", "2019", ""])
        sheet.append(["STT", "Hä tªn", "Ngµy sinh", "Ghi chó"])

    header, rows = read(made(tmp_path / "a.xlsx", fill))
    assert header.cells == ("STT", "Họ tên", "Ngày sinh", "Ghi chú")
    assert [header.repeated_by(row) for row in rows] == [False, True]


def test_each_row_of_a_head_is_known_when_a_page_repeats_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "STT;Họ tên;Năm sinh;;Thôn\n;;Nam;Nữ;\n"
    path.write_text(f"{head}1;Mai;;2019;Thôn 1\n{head}2;Nam;2018;;Nam\n", encoding="utf-8")
    header, rows = read(path)
    assert [header.repeated_by(row) for row in rows] == [False, True, True, False]


def test_a_heading_among_the_rows_says_how_far_it_goes(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Họ tên", "Ngày sinh", "Thôn", "Ghi chú"])
        sheet.append(["THÔN 1"])
        sheet.merge_cells("A2:D2")
        sheet.append(["Mai", "2019"])
        sheet.append(["Tổng cộng", None, 12])
        sheet.merge_cells("A4:B4")
        sheet.append(["không gộp"])
        sheet.append([2019])
        sheet.merge_cells("A6:D6")

    _, rows = read(made(tmp_path / "a.xlsx", fill))
    assert [row.across for row in rows] == [4, 0, 0, 0, 0]


def test_what_a_sheet_does_not_show_is_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Họ tên", "Ngày sinh", "Thôn", "Ghi chú"])
        for number in range(4):
            sheet.append([f"Mai {number}", "2019", "Thôn 1", "x"])
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    path = made(tmp_path / "a.xlsx", fill)
    header, rows = read(path)
    assert [row.number for row in rows if row.hidden] == [3]
    with open_workbook(path) as book:
        assert book.hidden_columns(header.sheet) == {2}
        assert book.hidden_sheets == {}


def test_columns_that_are_not_shown_are_named_up_to_the_last_that_is_read(tmp_path: Path) -> None:
    columns = (
        '<cols><col min="1" max="1" width="9"/><col min="2" max="3" width="0" customWidth="1"/>'
        '<col min="1020" max="16384" hidden="1"/></cols>'
    )
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>", before=columns)
    with open_workbook(path) as book:
        assert book.hidden_columns("DS") == {1, 2, *range(1019, 1024)}


def test_a_row_without_height_is_hidden(tmp_path: Path) -> None:
    rows = "".join(
        f'<row {size}><c t="inlineStr"><is><t>Mai</t></is></c></row>'
        for size in ("", 'ht="0" customHeight="1"', 'ht="0.00"', 'ht="15"', 'hidden="true"')
    )
    with open_workbook(workbook(tmp_path / "a.xlsx", rows)) as book:
        assert [row.hidden for row in book.rows("DS")] == [False, True, True, False, True]


def test_hidden_sheets_are_told_and_not_searched_unless_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    shown = book.active
    assert shown is not None
    shown.title = "Bìa"
    shown.append(["Ghi chú"])
    for name, state in (("Cũ", "hidden"), ("Mã", "veryHidden")):
        sheet = book.create_sheet(name, 0)
        sheet.sheet_state = state
        sheet.append(["Họ tên", "Ngày sinh"])
    book.save(path)
    with open_workbook(path) as opened:
        assert opened.sheets == ("Bìa", "Mã", "Cũ")
        assert opened.hidden_sheets == {
            "Cũ": Visibility.HIDDEN,
            "Mã": Visibility.VERY_HIDDEN,
        }
        assert find_header(opened, known) is None
        header = find_header(opened, known, sheets=("Cũ",))
        assert header is not None
        assert header.sheet == "Cũ"
