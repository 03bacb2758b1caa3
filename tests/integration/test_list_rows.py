"""Lists as communes keep them: rows that are no children, sections, and dates that are proposed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.services.import_look import ImportLook
from app.services.register_import import Correction, ImportResult, Kind, RegisterImport, issue_text
from tests.integration.registers import Made, by_name, counts, everything, names, state, table, take
from tests.integration.test_list_layouts import book
from tests.workplaces import DISTRICT

TITLES = ("STT", "Họ và tên", "Ngày sinh", "Giới tính")


def left(result: ImportResult) -> dict[Kind, tuple[str, ...]]:
    return {kind: one.first for kind, one in result.left_out.items()}


def places_of(workplace: object) -> dict[str, str]:
    """Name of a child → village of its household."""
    villages = {one.id: str(one.values["name"]) for one in everything(workplace, "village")}  # type: ignore[arg-type]
    homes = {one.id: one.values for one in everything(workplace, "household")}  # type: ignore[arg-type]
    return {
        name: villages.get(str(homes.get(str(one.values.get("household")), {}).get("village")), "")
        for name, one in by_name(workplace).items()  # type: ignore[arg-type]
    }


def test_a_section_row_is_the_village_of_the_rows_below(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        TITLES,
        ("I", "Thôn 1 (2 trẻ)", None, None),
        (1, "Mai", "2019", "Nữ"),
        (2, "Mây", "2020", "Nữ"),
        ("Tổ dân phố 5: 1 cháu", None, None, None),
        (1, "Mận", "2018", "Nữ"),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert counts(result) == (3, 0, 0)
    assert left(result) == {Kind.SECTION: ("2", "5")}
    assert places_of(workplace) == {"Mai": "Thôn 1", "Mây": "Thôn 1", "Mận": "Tổ dân phố 5"}
    assert take(workplace, tmp_path / "a.xlsx").operations == 0


def test_the_village_of_a_row_counts_before_that_of_its_section(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Ngày sinh", "Thôn"),
        ("Thôn 1", None, None),
        ("Mai", "2019", None),
        ("Mây", "2020", "Thôn 2"),
    ]
    take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert places_of(workplace) == {"Mai": "Thôn 1", "Mây": "Thôn 2"}


def test_two_children_of_one_text_in_two_sections_are_two(made: Made, tmp_path: Path) -> None:
    workplace = made()
    first = [
        TITLES,
        ("Thôn 1",),
        (1, "Trai", "2024", "Nam"),
        ("Thôn 2",),
        (1, "Trai", "2024", "Nam"),
    ]
    take(workplace, book(tmp_path / "a.xlsx", DS=first))
    turned = [TITLES, *first[3:], *first[1:3]]
    assert take(workplace, book(tmp_path / "b.xlsx", DS=turned)).operations == 0
    assert len(everything(workplace, "child")) == 2


def test_a_section_row_may_name_the_commune(made: Made, tmp_path: Path) -> None:
    district = made(DISTRICT)
    _town, *others = district.tree.units.children(DISTRICT)
    communes = [f"Xã {one.name}" for one in others[:3:2]]
    rows = [
        TITLES,
        ("A", communes[0], None, None),
        (1, "Mai", "2019", "Nữ"),
        ("B", communes[1].upper(), None, None),
        (1, "Mây", "2020", "Nữ"),
        ("Xã Không Có Thật",),
        (1, "Mơ", "2020", "Nữ"),
    ]
    result = take(district, book(tmp_path / "a.xlsx", DS=rows))
    assert (result.created, result.refused) == (2, 1)
    assert names(result) == [(7, "section_unit")]
    owners = {name: one.values["owner_unit"] for name, one in by_name(district).items()}
    assert len(set(owners.values())) == 2


def test_a_list_of_a_district_that_names_no_commune_is_refused(made: Made, tmp_path: Path) -> None:
    district = made(DISTRICT)
    before = state(district)
    with pytest.raises(KnownError) as refused:
        take(district, book(tmp_path / "a.xlsx", DS=[TITLES, (1, "Mai", "2019", "Nữ")]))
    assert refused.value.message_id == "import.unit_needed"
    assert state(district) == before


def test_totals_are_left_out_and_told_and_a_child_of_a_like_name_is_not(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [
        TITLES,
        (1, "Mai", "2019", "Nữ"),
        (None, "Cộng", None, 1),
        (2, "Tống Thị Công", "2019", "Nữ"),
        (3, "Công", "2020", "Nam"),
        ("Tổng cộng: 3 trẻ", None, None, None),
        (None, "TỔNG SỐ", None, "3 trẻ em"),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert set(by_name(workplace)) >= {"Mai", "Tống Thị Công", "Công"}
    assert left(result)[Kind.TOTAL] == ("3", "6", "7")
    assert (result.rows, result.refused) == (3, 0)


def test_titles_of_the_next_page_and_numbers_of_columns_are_no_children(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [
        TITLES,
        ("(1)", "(2)", "(3)", "(4)"),
        (1, "Mai", "2019", "Nữ"),
        TITLES,
        ("A", "B", 1, 2),
        (2, "Mây", "2020", "Nữ"),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert counts(result) == (2, 0, 0)
    assert left(result)[Kind.TITLES] == ("4",)
    assert left(result)[Kind.NUMBERS] == ("5",), "those right below the titles belong to them"


def test_lines_that_are_only_numbered_are_blank(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [TITLES, (1, "Mai", "2019", "Nữ"), (2, None, None, None), (3, " ", None, None)]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert (result.rows, result.created, result.issue_count) == (1, 1, 0)
    assert left(result) == {Kind.BLANK: ("3", "4")}


def test_what_is_signed_at_the_foot_makes_no_child(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        TITLES,
        (1, "Mai", "2019", "Nữ"),
        (None, None, "Ba Tơ, ngày 5 tháng 12 năm 2025", None),
        (None, "NGƯỜI LẬP BIỂU", "TM. UBND XÃ", None),
        (None, "(Ký, ghi rõ họ tên)", "KT. CHỦ TỊCH", None),
        (None, "Nguyễn Thị An", "Phạm Văn Bé", None),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert set(by_name(workplace)) == {"Mai"}
    assert left(result)[Kind.FOOT] == ("3", "4", "5", "6")


def test_a_child_below_a_signature_in_the_middle_is_a_child(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        TITLES,
        (1, "Mai", "2019", "Nữ"),
        (None, "Người lập biểu", None, None),
        (None, "Nguyễn Thị An", None, None),
        (2, "Mây", "2020", "Nữ"),
    ]
    take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert set(by_name(workplace)) == {"Mai", "Mây"}


def test_hidden_rows_wait_for_a_decision(made: Made, tmp_path: Path) -> None:
    workplace = made()
    made_book = openpyxl.Workbook()
    page = made_book.active
    assert page is not None
    for row in (
        TITLES,
        (1, "Mai", "2019", "Nữ"),
        (2, "Mây", "2020", "Nữ"),
        (3, "Mơ", "2021", "Nữ"),
    ):
        page.append(row)
    page.row_dimensions[3].hidden = True
    path = tmp_path / "a.xlsx"
    made_book.save(path)
    importer = RegisterImport(workplace)
    assert importer.preview(path).result.hidden_rows == 1
    before = state(workplace)
    with pytest.raises(KnownError) as refused:
        importer.run(path)
    assert (refused.value.message_id, refused.value.parameters["count"]) == (
        "import.hidden_rows",
        1,
    )
    assert state(workplace) == before
    result = importer.run(path, hidden=False)
    assert left(result) == {Kind.HIDDEN: ("3",)}
    assert set(by_name(workplace)) == {"Mai", "Mơ"}
    assert counts(importer.run(path, hidden=True)) == (1, 0, 2)


def test_a_heading_across_the_table_that_names_no_place_is_no_child(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    written = openpyxl.Workbook()
    page = written.active
    assert page is not None
    for row in (
        TITLES,
        ("HỘ NGHÈO", None, None, None),
        (1, "Mai", "2019", "Nữ"),
        ("Thôn 3", None, None, None),
        (1, "Mây", "2020", "Nữ"),
    ):
        page.append(row)
    page.merge_cells("A2:D2")
    page.merge_cells("A4:D4")
    written.save(tmp_path / "a.xlsx")
    result = take(workplace, tmp_path / "a.xlsx")
    assert left(result) == {Kind.HEADING: ("2",), Kind.SECTION: ("4",)}
    assert places_of(workplace) == {"Mai": "", "Mây": "Thôn 3"}


def test_a_birth_year_over_boys_and_girls_in_a_head_of_two_rows_tells_the_sex(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    written = openpyxl.Workbook()
    page = written.active
    assert page is not None
    for row in (
        ("STT", "Họ và tên", "Năm sinh", None, "Thôn"),
        (None, None, "Nam", "Nữ", None),
        (1, "Tùng", 2019, None, "Thôn 1"),
        (2, "Mai", None, 2020, "Thôn 1"),
    ):
        page.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        page.merge_cells(merged)
    written.save(tmp_path / "a.xlsx")
    take(workplace, tmp_path / "a.xlsx")
    held = {
        name: (one.values["birth_date"], one.values["sex"])
        for name, one in by_name(workplace).items()
    }
    assert held == {"Tùng": ("2019", "1"), "Mai": ("2020", "2")}


def test_hidden_columns_and_sheets_are_told_and_a_hidden_sheet_is_not_read_unasked(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    written = openpyxl.Workbook()
    page = written.active
    assert page is not None
    page.title = "Cũ"
    for row in (TITLES, (1, "Mai", "2019", "Nữ")):
        page.append(row)
    page.sheet_state = "hidden"
    other = written.create_sheet("Mới")
    for row in (TITLES, (1, "Mây", "2020", "Nữ")):
        other.append(row)
    other.column_dimensions["D"].hidden = True
    written.active = 1
    written.save(tmp_path / "a.xlsx")
    view = ImportLook(workplace).look(tmp_path / "a.xlsx")
    assert {one.name: one.hidden for one in view.sheets} == {"Mới": False, "Cũ": True}
    assert [one.letters for one in view.columns if one.hidden] == ["D"]
    assert take(workplace, tmp_path / "a.xlsx").other_sheets == ()
    assert set(by_name(workplace)) == {"Mây"}
    RegisterImport(workplace).run(tmp_path / "a.xlsx", sheets=("Cũ",))
    assert set(by_name(workplace)) == {"Mây", "Mai"}


# --- dates ----------------------------------------------------------------------------------


def test_a_month_before_the_day_is_proposed_and_taken_when_confirmed(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [["Mai", "05/13/2019"], ["Mây", "2019-13-05"], ["Mơ", "05132019"], ["Mận", "32/13/2019"]]
    path = table(tmp_path / "a.csv", ("Họ và tên", "Ngày sinh"), rows)
    result = take(workplace, path)
    assert result.proposals == {Correction.SWAPPED: 3}
    assert {one.proposal.becomes for one in result.issues if one.proposal} == {"2019-05-13"}
    assert by_name(workplace)["Mai"].values["birth_date"] == "05/13/2019"
    assert "13" not in issue_text(result.issues[0])
    taken = RegisterImport(workplace).run(path, accepted=frozenset((Correction.SWAPPED,)))
    assert (counts(taken), taken.accepted) == ((0, 3, 1), 3)
    assert by_name(workplace)["Mơ"].values["birth_date"] == "2019-05-13"
    assert take(workplace, path).operations == 0


def test_a_year_of_two_digits_is_proposed_and_taken_when_confirmed(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [["Mai", "01/05/19"], ["Mây", "5/19"], ["Mơ", "010519"], ["Mận", "052019"]]
    path = table(tmp_path / "a.csv", ("Họ và tên", "Ngày sinh"), rows)
    result = take(workplace, path)
    assert result.proposals == {Correction.YEARS: 3}
    years = frozenset((Correction.YEARS,))
    assert counts(RegisterImport(workplace).run(path, accepted=years)) == (0, 3, 1)
    born = {name: one.values["birth_date"] for name, one in by_name(workplace).items()}
    assert born == {"Mai": "2019-05-01", "Mây": "2019-05", "Mơ": "2019-05-01", "Mận": "2019-05"}
    assert RegisterImport(workplace).run(path, accepted=years).operations == 0
    assert take(workplace, path).operations == 0


def test_proposals_of_every_kind_are_shown_however_many_issues_come_before(
    made: Made, tmp_path: Path
) -> None:
    rows = [[f"Mai {at}", "hôm nọ"] for at in range(1100)]
    rows += [["Mây", "01/05/19"], ["Mơ", "05/13/2019"]]
    path = table(tmp_path / "a.csv", ("Họ và tên", "Ngày sinh"), rows)
    result = RegisterImport(made()).preview(path).result
    told = [one.proposal.correction for one in result.issues if one.proposal]
    assert told == [Correction.YEARS, Correction.SWAPPED]
    assert result.issues[-1].place == "B1103"
