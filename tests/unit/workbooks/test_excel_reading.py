"""Excel files as people and programs make them, read cell by cell."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.workbooks.cells import BadFile, Cell, CellFault, cell_text
from app.workbooks.reading import Header, find_header, open_workbook, rows_below
from tests.unit.workbooks.files import MAIN, formats, workbook


def cells(path: Path) -> list[tuple[Cell, ...]]:
    with open_workbook(path) as book:
        return [row.cells for row in book.rows(book.sheets[0])]


def reason(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        cells(path)
    assert caught.value.parameters["file"] == path.name
    return caught.value.reason


def test_a_file_of_the_usual_library_is_read_as_that_library_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "ds.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    written = [
        ["Họ và tên", "Ngày sinh", "Số", "Tiền", "Đúng"],
        ["Đinh Thị Mai", date(2019, 5, 1), 7, 2.5, True],
        ["  Hồ Văn <Gà> & con ", datetime(2020, 12, 31, 7, 30), 51218462479, -3, False],  # noqa: DTZ001
    ]
    for line in written:
        sheet.append(line)
    book.save(path)
    ours = cells(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    for our, their in zip(ours, theirs, strict=True):
        for one, other in zip(our, their, strict=True):
            assert one == (other.date() if isinstance(other, datetime) else other)
            assert type(one) is (date if isinstance(other, datetime) else type(other))


def test_gaps_between_cells_and_rows_are_kept(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="2"><c r="C2"><v>1</v></c></row><row r="5"/>'
        '<row r="9"><c r="AB9"><v>2</v></c></row>',
    )
    with open_workbook(path) as book:
        rows = list(book.rows("DS"))
    assert [row.number for row in rows] == [2, 9]
    assert rows[0].cells == (None, None, 1)
    assert len(rows[1].cells) == 28


def test_cells_without_references_follow_each_other(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c><c><v>2</v></c></row>")
    assert cells(path) == [(1, 2)]


def test_prefixed_markup_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, "")
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr">'
        "<x:is><x:t>Hồ Thị Na</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    ).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert cells(path) == [("Hồ Thị Na",)]


def test_shared_rich_and_phonetic_texts_become_the_text_one_sees(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1" t="inlineStr"><is><r><t>Hồ </t></r><r><t>Na</t></r></is></c></row>',
        shared="<si><t>một_x000A_hai</t></si>"
        "<si><r><t>Đinh </t></r><r><t>Mai</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>",
    )
    assert cells(path) == [("Đinh Mai", "một\nhai", "Hồ Na")]


@pytest.mark.parametrize(
    ("code", "number", "expected"),
    [
        ("dd/mm/yyyy", "43586", date(2019, 5, 1)),
        ("mm/yyyy", "43586", "2019-05"),
        ("mmm\\-yy", "43586", "2019-05"),
        ("yyyy", "43586", "2019"),
        ("[$-42A]dd&quot; tháng &quot;mm", "43586", date(2019, 5, 1)),
        ("000000000000", "51218462479", "051218462479"),
        ("0000\\ 000\\ 000", "912345678", "0912345678"),
        ("#,##0", "540000", 540000),
        ("0.00", "2.5", 2.5),
        ("@", "7", 7),
        ("General", "7", 7),
        ("hh:mm", "0.5", 0.5),
        ("dd/mm/yyyy", "1E+300", 1e300),
    ],
)
def test_a_number_means_what_its_format_shows(
    tmp_path: Path, code: str, number: str, expected: Cell
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        f'<row r="1"><c r="A1" s="1"><v>{number}</v></c></row>',
        styles=formats(code),
    )
    ((cell,),) = cells(path)
    assert cell == expected
    assert type(cell) is type(expected)


def test_days_of_1904_and_of_the_leap_year_that_never_was(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="1"><v>59</v></c><c r="B1" s="1"><v>61</v></c></row>'
    style = formats("dd/mm/yyyy")
    assert cells(workbook(tmp_path / "a.xlsx", rows, styles=style)) == [
        (date(1900, 2, 28), date(1900, 3, 1))
    ]
    mac = workbook(tmp_path / "b.xlsx", rows, styles=style, properties='<workbookPr date1904="1"/>')
    assert cells(mac)[0][0] == date(1904, 2, 29)


def test_errors_and_formulas_without_a_result_are_faults_not_values(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>1+1</f></c>'
        '<c r="C1"><f>1+1</f><v>2</v></c><c r="D1" t="str"><f>A1</f><v></v></c></row>',
    )
    ((error, unknown, computed),) = cells(path)
    assert isinstance(error, CellFault)
    assert isinstance(unknown, CellFault)
    assert computed == 2


@pytest.mark.parametrize("kind", ["", ' t="n"', ' t="b"', ' t="e"', ' t="d"'])
@pytest.mark.parametrize("value", ["<v/>", "<v></v>", "<v />"])
def test_an_empty_result_of_a_formula_is_no_result_unless_it_is_a_text(
    tmp_path: Path, kind: str, value: str
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        f'<row r="1"><c r="A1"{kind}><f>1+1</f>{value}</c><c r="B1"{kind}>{value}</c>'
        f'<c r="C1" t="str"><f>A1</f>{value}</c><c r="D1"><v>4</v></c></row>',
    )
    ((unknown, *others),) = cells(path)
    assert isinstance(unknown, CellFault)
    assert others == [None, None, 4]


def test_a_formula_written_by_the_usual_library_has_no_result(tmp_path: Path) -> None:
    path = tmp_path / "ds.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(['=UPPER("đinh thị mai")', "2019"])
    book.save(path)
    ((name, year),) = cells(path)
    assert isinstance(name, CellFault)
    assert year == "2019"


def test_the_reader_never_evaluates_a_formula(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="str"><f>HYPERLINK("http://x")</f><v>=1+1</v></c></row>',
    )
    assert cells(path) == [("=1+1",)]


def test_whole_numbers_lose_the_point_and_keep_their_digits() -> None:
    assert cell_text(12.0) == "12"
    assert cell_text(51218462479.0) == "51218462479"
    assert cell_text(0.1 + 0.2) == "0.3"
    assert cell_text(1e-7) == "0.0000001"
    assert cell_text(True) == "true"
    assert cell_text(None) == ""
    assert cell_text(date(2019, 5, 1)) == "2019-05-01"


def test_the_header_is_found_under_title_rows_and_on_another_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["Ghi chú"])
    second = book.create_sheet("DS trẻ")
    second.append(["ỦY BAN NHÂN DÂN XÃ"])
    second.append([])
    second.append(["Họ tên", "Ngày sinh"])
    second.append(["Đinh Thị Mai", "2019"])
    book.save(path)
    with open_workbook(path) as opened:
        header = find_header(opened, {"Họ tên", "Ngày sinh"}.__contains__)
        assert header is not None
        assert (header.sheet, header.row) == ("DS trẻ", 3)
        assert [row.cells for row in rows_below(opened, header)] == [("Đinh Thị Mai", "2019")]


def _merged(path: Path, *ranges: str) -> Path:
    """Rows of three columns under a head in row 2, with merges."""
    row = '<row r="{0}"><c r="B{0}"><v>{0}</v></c></row>'
    rows = '<row r="3"><c r="A3"><v>7</v></c><c r="C3"><v>9</v></c></row>'
    rows += "".join(row.format(number) for number in range(4, 8))
    workbook(path, rows)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>".encode()
    )
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else content)
    return path


def _head(row: int) -> Header:
    return Header("DS", row, (), row, ())


def test_a_cell_merged_downwards_speaks_for_every_row_it_covers(tmp_path: Path) -> None:
    path = _merged(tmp_path / "a.xlsx", "C3:C4", "A3:A5", "B6:B7", "A1:C1", "A7:C7")
    with open_workbook(path) as book:
        rows = {row.number: row.cells for row in rows_below(book, _head(2))}
    assert rows[4] == (7, 4, 9)
    assert rows[5] == (7, 5)
    assert rows[6] == (None, 6)
    assert rows[7] == (None, 7)


def test_a_merge_of_the_heading_fills_no_row(tmp_path: Path) -> None:
    path = _merged(tmp_path / "a.xlsx", "A3:A5")
    with open_workbook(path) as book:
        rows = {row.number: row.cells for row in rows_below(book, _head(3))}
    assert rows[4] == (None, 4)


def test_more_merges_than_a_sheet_has_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.workbooks.merged.MOST", 1)
    path = _merged(tmp_path / "a.xlsx", "A3:A4", "B3:B4")
    with open_workbook(path) as book, pytest.raises(BadFile) as caught:
        list(rows_below(book, _head(2)))
    assert caught.value.reason == "bomb"


def test_a_stick_that_is_pulled_out_is_not_called_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>" * 3000)

    def gone(*_arguments: object) -> bytes:
        raise OSError(5, "Input/output error")

    with open_workbook(path) as book:
        monkeypatch.setattr("zipfile.ZipExtFile.read", gone)
        with pytest.raises(BadFile) as caught:
            list(book.rows("DS"))
        assert caught.value.reason == "unreachable"
        with pytest.raises(BadFile) as caught:
            book.merges("DS")
        assert caught.value.reason == "unreachable"


def test_numbers_that_excel_shows_as_no_date_are_none(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c s="1"><v>-5</v></c><c s="1"><v>0</v></c><c s="1"><v>60</v></c></row>',
        styles=formats("dd/mm/yyyy"),
    )
    assert cells(path) == [(-5, 0, "29/02/1900")]


# --- hostile and unlucky files --------------------------------------------------------------


def test_a_cut_workbook_is_called_cut(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>' * 50)
    path.write_bytes(path.read_bytes()[:-40])
    assert reason(path) == "cut"


def test_damage_inside_a_sheet_names_sheet_and_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", '<row r="7"><c r="B7"><v>12</x></c></row>')
    with pytest.raises(BadFile) as caught:
        cells(path)
    assert caught.value.reason == "damaged"
    assert caught.value.parameters["place"] == "DS!B7"


def test_a_flipped_bit_in_the_archive_is_damage(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>" * 3000)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"xl/worksheets/sheet1.xml") + 60
    raw[at] ^= 0x10
    path.write_bytes(raw)
    assert reason(path) == "damaged"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="x"/>',
        '<row r="1"><c r="A1" t="s"><v>5</v></c></row>',
        '<row r="1"><c r="A1"><v>abc</v></c></row>',
        '<row r="1"><c r="A1"><v>nan</v></c></row>',
        '<row r="1"><c r="ABCD1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="zz"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>2019-02-30</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        f'<row r="{"9" * 5000}"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>\x00</v></c></row>',
        '<row r="1"><c r="A1"><v>&#0;</v></c></row>',
    ],
    ids=[
        "backwards",
        "row",
        "shared",
        "number",
        "nan",
        "column",
        "type",
        "date",
        "before",
        "twice",
        "far",
        "nul",
        "written nul",
    ],
)
def test_nonsense_in_a_sheet_is_damage(tmp_path: Path, rows: str) -> None:
    assert reason(workbook(tmp_path / "a.xlsx", rows)) == "damaged"


def test_values_far_to_the_right_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", '<row r="1"><c r="XFD1"><v>1</v></c></row>')
    assert reason(path) == "too_wide"


def test_entities_are_refused_before_they_expand(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    path = workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>',
        head=laughs,
    )
    assert reason(path) == "entities"


def test_an_archive_that_unpacks_to_absurd_sizes_is_refused_unread(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", " " * (64 << 20))
    assert path.stat().st_size < 200_000
    assert reason(path) == "bomb"


def test_a_part_larger_than_declared_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, '<row r="1"><c r="A1"><v>1</v></c></row>')
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    while (at := raw.find(size.to_bytes(4, "little"))) >= 0:
        raw[at : at + 4] = (size - 20).to_bytes(4, "little")
    path.write_bytes(raw)
    assert reason(path) == "damaged"


def test_other_kinds_of_file_are_named_for_what_they_are(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)
    cases = {
        "old_excel": ole + "Workbook".encode("utf-16-le"),
        "password": ole + bytes(1 << 20) + "EncryptedPackage".encode("utf-16-le"),
        "web_page": b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</td></tr></table>",
        "no_table": b"%PDF-1.7",
        "empty": b"",
    }
    for expected, content in cases.items():
        path = tmp_path / "a.xlsx"
        path.write_bytes(content)
        assert reason(path) == expected
    assert reason(tmp_path / "missing.xlsx") == "unreachable"
    assert reason(tmp_path) == "unreachable"


def test_archives_that_are_no_workbook_are_refused(tmp_path: Path) -> None:
    for inside, expected in (
        ("word/document.xml", "no_table"),
        ("xl/workbook.bin", "binary_excel"),
    ):
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, "x")
        assert reason(path) == expected
