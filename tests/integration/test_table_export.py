"""Any table as a file: typed cells, the mark, the right, the row of audit, and texts that stay."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import KnownError
from app.models.schema import audit_event
from app.services.rights import ALL_RIGHTS, RIGHTS_OF, Right, Role
from app.services.table_export import Column, Holds, Table, TableExport, Value
from app.services.workplace import Cancelled, Progress, Workplace
from app.workbooks.cells import cell_text
from app.workbooks.reading import open_workbook
from app.workbooks.writing import plain_text
from tests.workplaces import again, make_workplace

_COLUMNS = (Column("Họ và tên", 30), Column("Ngày sinh", 12), Column("Số", 8), Column("Tỷ lệ", 8))
_ROWS: list[tuple[Value, ...]] = [
    ("Đinh Thị Mai", date(2019, 5, 1), 1234, 39.5),
    ("=HYPERLINK(1)", "05/2019", 0, None),
    ("Bá; =1+1", "2019", -3, 0.25),
]
_MARK = "LƯU HÀNH NỘI BỘ"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = make_workplace(tmp_path_factory.mktemp("table") / "home")
    yield made
    made.store.close()


def _table(rows: Sequence[Sequence[Value]] = _ROWS, holds: Holds = Holds.PERSONS) -> Table:
    return Table("moves", "Trẻ đi & đến", _COLUMNS, iter(rows), holds, len(rows), "Thôn 1")


def _read(path: Path) -> list[list[str]]:
    """What our own reader gives, as the import takes it."""
    with open_workbook(path) as book:
        sheet = book.sheets[0]
        return [[plain_text(cell_text(one)) for one in row.cells] for row in book.rows(sheet)]


def test_days_are_days_numbers_numbers_and_texts_texts(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    done = TableExport(workplace).write(path, _table())
    assert done.rows == 3
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert isinstance(sheet["B2"].value, datetime)
    assert sheet["B2"].number_format == "dd/mm/yyyy"
    assert [sheet["B3"].value, sheet["B4"].value] == ["05/2019", "2019"]
    assert [sheet[f"C{row}"].value for row in (2, 3, 4)] == [1234, 0, -3]
    assert [sheet["D2"].value, sheet["D4"].value] == [39.5, 0.25]
    assert [(one.data_type, one.value) for one in sheet["A"][2:]] == [
        ("s", "=HYPERLINK(1)"),
        ("s", "Bá; =1+1"),
    ]


def test_a_sheet_is_frozen_filtered_and_prints_on_a4_with_its_head_and_mark(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    TableExport(workplace).write(path, _table())
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert sheet.title == "Trẻ đi & đến"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D4"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddHeader.left.text == "Trẻ đi && đến", "one & begins an instruction there"
    assert _MARK in str(sheet.oddHeader.right.text)
    assert "Đặng An" in str(sheet.oddFooter.left.text)
    assert sheet.oddFooter.right.text == "&P/&N"
    assert book.properties.category == _MARK
    assert book.properties.title == "Trẻ đi & đến"
    notes = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert (notes["Phạm vi dùng"], notes["Gồm"]) == (_MARK, "Thôn 1")


def test_a_wide_sheet_lies_on_its_side_and_goes_over_pages_that_can_be_read(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    columns = [Column(f"Cột {at}", 20) for at in range(30)]
    table = Table("moves", "Rộng", columns, [[None] * 30], Holds.PERSONS)
    TableExport(workplace).write(path, table)
    setup = openpyxl.load_workbook(path).worksheets[0].page_setup
    assert (setup.orientation, setup.fitToWidth, setup.fitToHeight) == ("landscape", 3, 0)


def test_a_table_of_figures_bears_no_mark_and_needs_no_right(
    workplace: Workplace, tmp_path: Path
) -> None:
    nobody = again(workplace, RIGHTS_OF[Role.SIGNER])
    export = TableExport(nobody)
    path = tmp_path / "a.xlsx"
    export.write(path, _table(holds=Holds.FIGURES))
    assert _MARK not in str(openpyxl.load_workbook(path).worksheets[0].oddHeader.right.text)
    marked = tmp_path / "b.xlsx"
    export.write(marked, _table(holds=Holds.INTERNAL))
    assert _MARK in str(openpyxl.load_workbook(marked).worksheets[0].oddHeader.right.text)
    with pytest.raises(KnownError) as refused:
        export.write(tmp_path / "c.xlsx", _table())
    assert refused.value.message_id == "rights.denied"
    assert not (tmp_path / "c.xlsx").exists()


def test_reading_persons_is_not_enough_to_carry_them_away(
    workplace: Workplace, tmp_path: Path
) -> None:
    reader = again(workplace, ALL_RIGHTS - {Right.EXPORT, Right.ENTER, Right.REVEAL})
    with pytest.raises(KnownError):
        TableExport(reader).must_be_allowed(Holds.PERSONS)
    TableExport(reader).must_be_allowed(Holds.INTERNAL)


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_what_went_out_stands_in_the_trail_with_nobodys_name(
    workplace: Workplace, tmp_path: Path, ending: str
) -> None:
    done = TableExport(workplace).write(tmp_path / f"a{ending}", _table())
    with workplace.store.read() as reading:
        rows = reading.execute(
            select(audit_event.c.details).where(audit_event.c.event == "export-table")
        ).scalars()
        *_, last = [one for one in rows if done.sha256 in one]
    assert "Mai" not in last
    assert '"moves"' in last


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_table_that_is_stopped_or_breaks_leaves_no_file(
    workplace: Workplace, tmp_path: Path, ending: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    def breaking() -> Iterator[Sequence[Value]]:
        yield _ROWS[0]
        raise KnownError("store.damaged", None)

    export = TableExport(workplace)
    with pytest.raises(Cancelled):
        export.write(folder / f"a{ending}", _table(), Progress(cancelled=lambda: True))
    broken = Table("moves", "T", _COLUMNS, breaking(), Holds.PERSONS)
    with pytest.raises(KnownError):
        export.write(folder / f"b{ending}", broken)
    with pytest.raises(KnownError) as other:
        export.write(folder / "c.pdf", _table())
    assert other.value.message_id == "import.export_kind"
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_file_is_on_record_before_it_bears_its_name(
    workplace: Workplace, tmp_path: Path, ending: str
) -> None:
    """And where that cannot be noted, what lay there before is still there."""
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"older")
    at_commit: list[bytes] = []

    def refuse(_changing: bool) -> None:
        at_commit.append(path.read_bytes())
        raise KnownError("store.damaged", None)

    following, workplace.committing = workplace.committing, refuse
    try:
        with pytest.raises(KnownError):
            TableExport(workplace).write(path, _table())
    finally:
        workplace.committing = following
    assert at_commit == [b"older"]
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(path.name, b"older")]


def test_a_text_longer_than_a_cell_is_cut_and_told(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    fits, beyond = "x" * 32_767, "😀" * 16_384
    columns = [Column("Một"), Column("Hai")]
    TableExport(workplace).write(
        path, Table("moves", "T", columns, [(fits, beyond)], Holds.PERSONS)
    )
    book = openpyxl.load_workbook(path)
    assert book.worksheets[0]["A2"].value == fits
    assert book.worksheets[0]["B2"].value == "😀" * 16_383 + "…"
    told = [row[0] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert "Nội dung bị cắt" in told


def test_a_sheet_without_columns_is_one_that_excel_reads(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    TableExport(workplace).write(path, Table("moves", "T", (), [()], Holds.PERSONS))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<cols" not in sheet
    assert "autoFilter" not in sheet


def test_a_csv_begins_with_its_mark_and_days_are_written_as_people_do(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    TableExport(workplace).write(path, _table())
    mark, head, first, second, third = path.read_text(encoding="utf-8-sig").splitlines()
    assert mark.startswith(f'"{_MARK} · Đặng An')
    assert head == "Họ và tên,Ngày sinh,Số,Tỷ lệ"
    assert first == "Đinh Thị Mai,01/05/2019,1234,39.5"
    assert second.startswith("'=HYPERLINK(1)")
    assert third.startswith("Bá; '=1+1")


#: What spreadsheets take for the beginning of something, and what they cut at.
_NASTY = st.text(st.sampled_from("=+-@\t\r\n;,'\" aĐ|%_x0041_"), min_size=1, max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(_NASTY, _NASTY), min_size=1, max_size=4), st.sampled_from((".xlsx", ".csv"))
)
def test_any_text_comes_back_as_it_was_and_is_no_formula_anywhere(
    workplace: Workplace,
    tmp_path_factory: pytest.TempPathFactory,
    pairs: list[tuple[str, str]],
    ending: str,
) -> None:
    path = tmp_path_factory.mktemp("nasty") / f"a{ending}"
    columns = (Column("Một"), Column("Hai"), Column("Ba"))
    rows = [(one, two, "x") for one, two in pairs]
    TableExport(workplace).write(path, Table("moves", "T", columns, rows, Holds.PERSONS))
    if ending == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [tuple(one) for one in _raw(path)[-len(rows) :]] == rows
    else:
        assert [tuple(one) for one in _read(path)[-len(rows) :]] == rows


def _raw(path: Path) -> list[list[str]]:
    with open_workbook(path) as book:
        return [[cell_text(one) for one in row.cells] for row in book.rows(book.sheets[0])]
