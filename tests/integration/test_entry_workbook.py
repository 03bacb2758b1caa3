"""The empty entry workbook: made from the form, filled in elsewhere, read back as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from app.errors import KnownError
from app.forms.issues import Value
from app.models.queries import register
from app.models.queries.register import RegisterFilter
from app.models.work import Change
from app.services.entry_workbook import ROWS, EntryFile, EntryWorkbook
from app.services.register_import import RegisterImport
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, DISTRICT, again, make_workplace

SHEET = "Bảng nhập"
VILLAGE = "Thôn/Ấp/Khóm/Bản/Làng/Buôn/Tổ dân phố *"
#: Title → what a clerk chose or typed, and what the child's record holds then.
CHILD: dict[str, tuple[object, str, Value]] = {
    "Họ và tên trẻ *": ("Đinh Thị Mai", "full_name", "Đinh Thị Mai"),
    "Ngày, tháng, năm sinh *": ("05/06/2020", "birth_date", "2020-06-05"),
    "Giới tính *": ("Nữ", "sex", "2"),
    "Dân tộc *": ("Hrê", "ethnicity", "18"),
    "Số định danh cá nhân/CCCD": ("051320000123", "personal_id", "051320000123"),
    "Số thứ tự trong hộ *": (1, "line_no", 1),
    "Họ và tên mẹ": ("Đinh Thị Bông", "mother_name", "Đinh Thị Bông"),
    "Trường": ("=TH Số 1; -2", "school_name", "=TH Số 1; -2"),
    "Năm sinh mẹ": (1995, "mother_birth_year", 1995),
    "Cân nặng hiện tại": (12.5, "weight_kg", "12.5"),
    "Điện thoại người chăm sóc": ("0905123456", "caregiver_phone", "0905123456"),
    "Dạng khuyết tật": ("Nghe, nói", "disability_types", ["2"]),
    "Thời điểm bỏ học": ("05/2025", "dropout_date", "2025-05"),
    "Có kế hoạch hỗ trợ, can thiệp": ("Có", "intervention_plan", True),
}


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    with made.write() as work:
        for name in ("Thôn 10", "Thôn 2"):
            work.record(Change("village", {"owner_unit": COMMUNE, "name": name}))
        work.commit()
    yield made
    made.store.close()


def _made(workplace: Workplace, path: Path, **how: str) -> tuple[EntryFile, Workbook]:
    done = EntryWorkbook(workplace).write(path, **how)
    return done, openpyxl.load_workbook(path)


def _titles(book: Workbook) -> dict[str, int]:
    return {str(cell.value): cell.col_idx for cell in book[SHEET][2]}


def _offered(book: Workbook, title: str) -> list[object]:
    """The texts that a column offers, through the name of its list."""
    letter = get_column_letter(_titles(book)[title])
    rule = next(
        one
        for one in book[SHEET].data_validations.dataValidation
        if str(one.sqref).startswith(f"{letter}3:")
    )
    ((sheet, area),) = book.defined_names[rule.formula1].destinations
    return [cell.value for (cell,) in book[sheet][area]]


def _fill(book: Workbook, row: int, **said: object) -> None:
    titles = _titles(book)
    for title, value in said.items():
        cell = book[SHEET].cell(row, titles[title])
        cell.value = value  # type: ignore[assignment]
        if isinstance(value, str):
            cell.data_type = "s"  # as Excel keeps what is typed into a cell for text


def test_what_is_filled_in_elsewhere_is_read_back_without_a_correction(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "nhap.xlsx"
    _done, book = _made(workplace, path)
    typed: dict[str, Any] = {title: value for title, (value, _, _) in CHILD.items()}
    _fill(book, 3, **{VILLAGE: "Thôn 2", "Số hộ / Hộ số *": "7", **typed})
    book.save(path)
    importing = RegisterImport(workplace)
    seen = importing.preview(path)
    assert (seen.sheets, seen.header_row) == ((SHEET,), 2)
    assert seen.unknown == seen.ignored == seen.result.other_sheets == ()
    assert seen.result.issues == ()
    assert importing.run(path).created == 1
    with workplace.store.read() as reading:
        (child,) = register.child_rows(reading, register.child_ids(reading, RegisterFilter()))
        held = register.record(reading, "child", child.id)
    assert held is not None
    assert {name: held.values.get(name) for _, name, _ in CHILD.values()} == {
        name: value for _, name, value in CHILD.values()
    }
    assert (child.village, child.household_no) == ("Thôn 2", "7")
    again_read = importing.run(path)
    assert (again_read.created, again_read.changed, again_read.operations) == (0, 0, 0)


def _read(workplace: Workplace, path: Path) -> tuple[tuple[int, int], list[str]]:
    """How many children were made and changed, and the names that are there then."""
    done = RegisterImport(workplace).run(path)
    with workplace.store.read() as reading:
        ids = register.child_ids(reading, RegisterFilter())
        names = sorted(one.full_name for one in register.child_rows(reading, ids))
    return (done.created, done.changed), names


_ONE = {VILLAGE: "Thôn 2", "Số hộ / Hộ số *": "7", "Ngày, tháng, năm sinh *": "05/06/2020"}


def test_a_name_corrected_in_the_file_and_read_again_corrects_the_child(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "nhap.xlsx"
    _done, book = _made(workplace, path)
    mother = {"Họ và tên mẹ": "Đinh Thị Bông"}
    _fill(book, 3, **{"Họ và tên trẻ *": "Đinh Thị May", **_ONE, **mother})
    book.save(path)
    assert _read(workplace, path) == ((1, 0), ["Đinh Thị May"])
    _fill(book, 3, **{"Họ và tên trẻ *": "Đinh Thị Mai"})
    book.save(path)
    assert _read(workplace, path) == ((0, 1), ["Đinh Thị Mai"])
    _fill(book, 3, **{"Ngày, tháng, năm sinh *": "06/06/2020"})
    book.save(path)
    assert _read(workplace, path) == ((0, 1), ["Đinh Thị Mai"])


def test_a_copied_workbook_writes_over_nobody(workplace: Workplace, tmp_path: Path) -> None:
    """One empty file given to two villages: the same line is another child in each."""
    path = tmp_path / "nhap.xlsx"
    _made(workplace, path)
    for name, village, expected in (
        ("Đinh Thị Mai", "Thôn 2", ["Đinh Thị Mai"]),
        ("Phạm Văn Bá", "Thôn 10", ["Phạm Văn Bá", "Đinh Thị Mai"]),
    ):
        book = openpyxl.load_workbook(path)
        _fill(book, 3, **{"Họ và tên trẻ *": name, **_ONE, VILLAGE: village})
        copy = tmp_path / f"{village}.xlsx"
        book.save(copy)
        counts, names = _read(workplace, copy)
        assert (counts, sorted(names)) == ((1, 0), sorted(expected))
        assert _read(workplace, copy)[0] == (0, 0)


def test_a_child_that_is_here_already_is_found_by_its_id_and_not_doubled(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = tmp_path / "nhap.xlsx"
    known = {"owner_unit": COMMUNE, "full_name": "Đinh Mai", "personal_id": "051320000123"}
    with workplace.write() as work:
        work.record(Change("child", known))
        work.commit()
    _done, book = _made(workplace, path)
    said = {"Họ và tên trẻ *": "Đinh Thị Mai", "Số định danh cá nhân/CCCD": "051320000123"}
    _fill(book, 3, **{**_ONE, **said})
    book.save(path)
    assert _read(workplace, path) == ((0, 1), ["Đinh Thị Mai"])


def test_every_text_that_is_offered_is_read_as_what_it_stands_for(
    workplace: Workplace, tmp_path: Path
) -> None:
    """Each list to its end, one line of it a child: nothing is refused or left unread."""
    path = tmp_path / "nhap.xlsx"
    _done, book = _made(workplace, path)
    offering = {
        str(one.sqref).split("3:")[0]: one.formula1
        for one in book[SHEET].data_validations.dataValidation
        if one.type == "list"
    }
    titles = {get_column_letter(at): title for title, at in _titles(book).items()}
    most = 0
    for letter, name in offering.items():
        ((sheet, area),) = book.defined_names[name].destinations
        texts = [cell.value for (cell,) in book[sheet][area]]
        most = max(most, len(texts))
        for turn, text in enumerate(texts):
            _fill(book, turn + 3, **{titles[letter]: text})
    for row in range(3, most + 3):
        _fill(
            book,
            row,
            **{"Họ và tên trẻ *": f"Đinh Văn {chr(65 + row % 26)}", "Số hộ / Hộ số *": str(row)},
        )
    book.save(path)
    seen = RegisterImport(workplace).preview(path)
    assert seen.result.rows == most > 50
    assert [one for one in seen.result.issues if "same_child" not in one.message_id] == []


def test_the_sheet_says_what_the_book_asks_and_how(workplace: Workplace, tmp_path: Path) -> None:
    done, book = _made(workplace, tmp_path / "nhap.xlsx")
    sheet = book[SHEET]
    assert sheet.freeze_panes == "B3", "the name stays in sight"
    assert sheet["A2"].value == "Họ và tên trẻ *"
    assert sheet["B1"].value == "I. Bìa sổ"
    titles = _titles(book)
    assert titles.pop("Mã trẻ (do phần mềm cấp)") == done.columns + 1
    assert len(titles) == done.columns > 70
    assert sum(title.endswith(" *") for title in titles) == done.required
    assert "Nhóm hoàn cảnh" in titles
    assert "Tình trạng theo dõi" not in titles
    marked = sheet.cell(2, titles["Họ và tên trẻ *"]).fill.fgColor.rgb
    assert marked != sheet.cell(2, titles["Họ và tên mẹ"]).fill.fgColor.rgb
    assert _offered(book, VILLAGE) == ["Thôn 2", "Thôn 10"]
    assert _offered(book, "Giới tính *") == ["Nam", "Nữ", "Chưa xác định"]
    letter = get_column_letter(titles["Giới tính *"])
    rule = next(r for r in sheet.data_validations.dataValidation if f"{letter}3" in str(r.sqref))
    assert str(rule.sqref) == f"{letter}3:{letter}{ROWS + 2}"
    assert rule.showErrorMessage
    assert rule.prompt
    assert sheet.column_dimensions[letter].outlineLevel == 1
    explained = [row[1].value for row in book["Hướng dẫn"].iter_rows(min_row=2)]
    assert explained == [title.removesuffix(" *") for title in titles]


def test_days_ids_and_telephones_are_cells_for_text(workplace: Workplace, tmp_path: Path) -> None:
    """A cell for days takes 5/6 for the 6th of May where Windows speaks English."""
    _done, book = _made(workplace, tmp_path / "nhap.xlsx")
    sheet, titles = book[SHEET], _titles(book)
    for title in ("Ngày, tháng, năm sinh *", "Số định danh cá nhân/CCCD", "Số điện thoại liên hệ"):
        assert sheet.column_dimensions[get_column_letter(titles[title])].number_format == "@"
    number = sheet.column_dimensions[get_column_letter(titles["Năm sinh mẹ"])]
    assert number.number_format == "General"


def test_one_village_is_offered_alone_and_an_unknown_one_is_refused(
    workplace: Workplace, tmp_path: Path
) -> None:
    _done, book = _made(workplace, tmp_path / "nhap.xlsx", village="Thôn 10")
    assert _offered(book, VILLAGE) == ["Thôn 10"]
    with pytest.raises(KnownError) as refused:
        EntryWorkbook(workplace).write(tmp_path / "b.xlsx", village="Thôn 99")
    assert refused.value.message_id == "villages.unknown"
    assert not (tmp_path / "b.xlsx").exists()


def test_the_workbook_of_several_communes_asks_for_the_commune(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path / "home", DISTRICT)
    path = tmp_path / "nhap.xlsx"
    _done, book = _made(workplace, path)
    title = "Xã/Phường/Thị trấn/Đặc khu"
    communes = _offered(book, title)
    assert len(communes) > 3
    for row, commune in enumerate(communes, 3):
        said = {title: commune, "Họ và tên trẻ *": "Đinh Thị Mai", "Số hộ / Hộ số *": "7"}
        _fill(book, row, **said)
    book.save(path)
    seen = RegisterImport(workplace).preview(path)
    assert (seen.result.created, seen.result.refused) == (len(communes), 0)
    with pytest.raises(KnownError) as refused:
        EntryWorkbook(workplace).write(tmp_path / "b.xlsx", village="Thôn 1")
    assert refused.value.message_id == "export.village_of_one"
    workplace.store.close()


def test_an_empty_workbook_holds_nobody_and_is_no_csv(workplace: Workplace, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refused:
        RegisterImport(workplace).run(_made(workplace, tmp_path / "nhap.xlsx")[0].file)
    assert refused.value.message_id == "import.no_rows"
    with pytest.raises(KnownError) as other:
        EntryWorkbook(workplace).write(tmp_path / "nhap.csv")
    assert other.value.message_id == "export.xlsx_only"
    with pytest.raises(KnownError) as denied:
        EntryWorkbook(again(workplace, frozenset((Right.KEYS,)))).write(tmp_path / "c.xlsx")
    assert denied.value.message_id == "rights.denied"
