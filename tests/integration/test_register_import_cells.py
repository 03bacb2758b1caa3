"""A register from a table: cells that cannot be read, files that are refused, maps of columns."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.ids import derived_id
from app.models.work import Change
from app.services.register_import import (
    RegisterImport,
    issue_text,
    load_column_map,
    named_column_map,
)
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.integration.registers import (
    Made,
    by_name,
    everything,
    names,
    sheet,
    state,
    table,
    take,
)
from tests.workplaces import COMMUNE, DISTRICT, again

TITLES = ("Thôn", "Số hộ", "Chủ hộ", "STT trong hộ", "Họ và tên trẻ", "Ngày sinh", "Giới tính")
HOUSE = ("Thôn 1", "12", "Đinh Văn Rơm")


def refusal(workplace: Workplace, path: Path, unit: str | None = None) -> KnownError:
    """The error of an import that changes nothing but the audit trail."""
    before = state(workplace)
    with pytest.raises(KnownError) as caught:
        take(workplace, path, unit)
    assert state(workplace) == before
    return caught.value


# --- cells that cannot be read --------------------------------------------------------------


def test_a_cell_that_cannot_be_read_costs_only_itself(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("name", "dob", "personal_id", "phone", "sex")
    rows = [["Mai", "31/02/2019", "123", "01668123456", "xyz"]]
    result = take(workplace, table(tmp_path / "a.csv", titles, rows))
    assert result.created == 1
    assert [one.column for one in result.issues] == ["dob", "personal_id", "phone", "sex"]
    child = by_name(workplace)["Mai"].values
    assert [child[name] for name in ("birth_date", "personal_id", "sex")] == [*rows[0][1:3], "xyz"]
    for one in result.issues:
        sentence = issue_text(one)
        assert sentence.startswith(f"Ô {one.place}: ")
        assert one.place.endswith("2")
        assert "123" not in sentence.replace("12 chữ số", "")
    assert take(workplace, tmp_path / "a.csv").operations == 0


def test_a_row_with_shifted_cells_is_not_trusted(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = tmp_path / "a.csv"
    path.write_text("name,address_detail\nMai,Xóm 1\nMây,Xóm 2, Thôn 3\n", encoding="utf-8")
    result = take(workplace, path)
    assert (result.created, result.refused) == (1, 1)
    assert names(result) == [(3, "too_many_cells")]


def test_totals_and_repeated_titles_are_no_children(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("STT", "Thôn", "Họ tên", "Ngày sinh")
    rows = [["1", "Thôn 1", "Mai", "2019"], list(titles), ["", "Tổng cộng: 1", "", ""]]
    result = take(workplace, table(tmp_path / "a.csv", titles, rows))
    assert (result.rows, result.created, result.refused) == (1, 1, 0)
    assert {kind.value: one.first for kind, one in result.left_out.items()} == {
        "titles": ("3",),
        "total": ("4",),
    }
    assert "line_no" not in by_name(workplace)["Mai"].values


def test_an_empty_line_of_a_paper_list_is_no_child(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("Thôn", "Số hộ", "STT trong hộ", "Họ tên")
    path = table(tmp_path / "a.csv", titles, [["1", "12", "1", "Mai"], ["1", "12", "2", ""]])
    result = take(workplace, path)
    assert (result.created, names(result)) == (1, [(3, "no_child")])


def test_place_names_above_the_table_are_not_its_head_row(made: Made, tmp_path: Path) -> None:
    workplace = made()
    above = [["Tỉnh", "Quảng Ngãi", "Huyện", "Ba Tơ"], ["DANH SÁCH TRẺ EM", "", "", ""]]
    path = table(tmp_path / "a.csv", above[0], [above[1], ["Họ tên", "Ngày sinh"], ["Mai", "2019"]])
    assert take(workplace, path).created == 1


def test_excel_numbers_dates_and_faults_arrive_as_people_see_them(
    made: Made, tmp_path: Path
) -> None:
    from tests.unit.workbooks.files import formats, workbook

    titles = ("Họ tên", "Ngày sinh", "CCCD", "Năm sinh cha", "Số hộ", "Ghi chú")
    head = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in titles)
    path = workbook(
        tmp_path / "a.xlsx",
        f'<row r="3">{head}</row><row r="4"><c t="inlineStr"><is><t>Mai</t></is></c>'
        '<c s="1"><v>43586</v></c><c s="2"><v>51319000001</v></c><c><v>1985</v></c>'
        '<c><v>12.0</v></c><c t="e"><v>#REF!</v></c></row>',
        styles=formats("mm/yyyy", "000000000000"),
    )
    workplace = made()
    result = take(workplace, path)
    child = by_name(workplace)["Mai"]
    assert child.values["birth_date"] == "2019-05"
    assert child.values["personal_id"] == "051319000001"
    assert child.values["father_birth_year"] == 1985
    (household,) = everything(workplace, "household")
    assert household.values["household_no"] == "12"
    assert names(result) == [(4, "fault")]


def test_what_stands_under_no_title_is_told(made: Made, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ("Họ tên", "", "Ngày sinh"), [["Mai", "quan trọng", "2019"]])
    result = take(made(), path)
    assert names(result) == [(2, "untitled")]
    assert "B2" in issue_text(result.issues[0])


def test_a_household_merged_over_its_children_is_one_household(made: Made, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Thôn", "Số hộ", "Chủ hộ", "Họ tên"])
    page.append(["Thôn 1", "12", "Rơm", "Mai"])
    page.append([None, None, None, "Mây"])
    page.append(["Thôn 1", "13", "Rạ", "Mận"])
    for column in "ABC":
        page.merge_cells(f"{column}2:{column}3")
    book.save(tmp_path / "a.xlsx")
    workplace = made()
    assert take(workplace, tmp_path / "a.xlsx").households_created == 2
    children = by_name(workplace)
    assert children["Mai"].values["household"] == children["Mây"].values["household"]
    assert children["Mai"].values["household"] != children["Mận"].values["household"]


def test_other_sheets_with_tables_are_named_and_can_be_chosen(made: Made, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for page, name in ((first, "Mai"), (book.create_sheet("Thôn 2"), "Mây")):
        page.append(["Họ tên", "Ngày sinh"])
        page.append([name, "2019"])
    book.create_sheet("Ghi chú").append(["Họ tên"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    workplace = made()
    assert take(workplace, path).other_sheets == ("Thôn 2",)
    chosen = RegisterImport(workplace).run(path, sheets=("Thôn 2",))
    assert (chosen.created, chosen.other_sheets) == (1, ())
    assert set(by_name(workplace)) == {"Mai", "Mây"}
    with pytest.raises(KnownError) as caught:
        RegisterImport(workplace).run(path, sheets=("Thôn 3",))
    assert caught.value.message_id == "import.no_sheet"


def test_text_of_an_old_font_is_kept_and_told_and_replaces_nothing(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("rec_id", "name", "Cha")
    take(workplace, table(tmp_path / "a.csv", titles, [["1", "Đinh Thị Mai", ""]]))
    path = table(tmp_path / "b.csv", titles, [["1", "§inh ThÞ Mai", "Hµ"]])
    result = take(workplace, path)
    assert [(one.place, one.proposal.becomes) for one in result.issues if one.proposal] == [
        ("C2", "Hà")
    ], "what the register says already needs no confirmation"
    assert by_name(workplace)["Đinh Thị Mai"].values["father_name"] == "Hµ"
    assert take(workplace, path).operations == 0


def test_titles_in_an_old_font_are_read_as_they_look(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, table(tmp_path / "a.csv", ("Hä vµ tªn trÎ", "Ngµy sinh"), [["Mai", "2019"]]))
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019"
    titles = ("Họ tên", "Ngày sinh", "Ghi chó vµ sè")
    problem = refusal(workplace, table(tmp_path / "c.csv", titles, [["Mai", "2019", ""]]))
    assert problem.parameters["columns"] == "«Ghi chú và số»"


def test_a_personal_id_that_another_child_of_the_register_has_is_told(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    with workplace.write() as work:
        work.record(Change("child", {"owner_unit": COMMUNE, "personal_id": "051319000001"}))
        work.commit()
    titles = ("rec_id", "name", "CCCD")
    path = table(tmp_path / "a.csv", titles, [["1", "Mai", "051319000001"]])
    result = take(workplace, path)
    told = [(2, "held_personal_id"), (2, "similar_child_held")]  # and the pair waits for a person
    assert (result.created, names(result)) == (1, told)
    assert take(workplace, path).issue_count == 0  # now it is a matter of the check


# --- files that are refused -----------------------------------------------------------------


def test_unknown_columns_are_named_and_nothing_is_imported(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", ("Họ tên", "Ngày sinh", "Sở thích"), [["Mai", "2019", "x"]])
    problem = refusal(workplace, path)
    assert problem.message_id == "import.unknown_columns"
    assert "Sở thích" in str(problem.parameters["columns"])
    preview = RegisterImport(workplace).preview(path)
    assert preview.unknown == ("Sở thích",)
    assert preview.result.created == 1


def test_two_columns_of_one_meaning_are_refused(made: Made, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ("Họ tên", "Họ và tên trẻ"), [["Mai", "Mây"]])
    assert refusal(made(), path).message_id == "import.doubled_columns"


def test_files_without_titles_rows_or_own_rows_are_refused(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = tmp_path / "a.csv"
    path.write_text("xin chào\n1;2\n", encoding="utf-8")
    assert refusal(workplace, path).message_id == "import.no_header"
    table(path, ("Họ tên", "Ngày sinh"), [])
    assert refusal(workplace, path).message_id == "import.no_rows"
    table(path, ("Họ tên", "Xã"), [["Mai", "21064"]])
    problem = refusal(workplace, path)
    assert (problem.message_id, problem.parameters["skipped"]) == ("import.no_rows_of_unit", 1)
    path.write_bytes(b"")
    assert refusal(workplace, path).message_id == "import.file_empty"
    path.write_text("Họ tên;Ngày sinh\nMai;2019\nMây", encoding="utf-8")
    assert refusal(workplace, path).message_id == "import.file_cut"


def test_damage_in_the_middle_of_a_sheet_takes_everything_back(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.workbooks.files import workbook

    monkeypatch.setattr("app.services.register_import.BATCH_ROWS", 100)
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    head = f"<row>{text.format('Họ tên')}{text.format('Ngày sinh')}</row>"
    row = f"<row>{text.format('Mai')}<c><v>2019</v></c></row>"
    path = workbook(tmp_path / "a.xlsx", head + row * 5000 + "<row><c></row>")
    problem = refusal(made(), path)
    assert problem.message_id == "import.file_damaged"
    assert str(problem.parameters["place"]).startswith("DS!")


def test_a_row_of_an_unknown_unit_is_an_issue(made: Made, tmp_path: Path) -> None:
    workplace = made(DISTRICT)
    inside = workplace.tree.units.children(DISTRICT)[0]
    rows = [["Mai", inside.code], ["Mây", "99999"], ["Mận", DISTRICT[:3] + "@2024"], ["Mít", "?"]]
    result = take(workplace, table(tmp_path / "a.csv", ("Họ tên", "Xã"), rows))
    assert (result.rows, result.created, result.refused) == (4, 1, 3)
    assert names(result) == [(3, "unit"), (4, "unit_tier"), (5, "unit")]


def test_communes_may_be_named(made: Made, tmp_path: Path) -> None:
    workplace = made(DISTRICT)
    inside = workplace.tree.units.children(DISTRICT)[0]
    path = table(tmp_path / "a.csv", ("Họ tên", "Xã"), [["Mai", inside.full_name("vi")]])
    take(workplace, path)
    assert by_name(workplace)["Mai"].values["owner_unit"] == inside.ref


def test_a_district_has_to_say_which_commune_a_file_is_of(made: Made, tmp_path: Path) -> None:
    workplace = made(DISTRICT)
    path = table(tmp_path / "a.csv", ("Họ tên", "Ngày sinh"), [["Mai", "2019"]])
    assert refusal(workplace, path).message_id == "import.unit_needed"
    inside = workplace.tree.units.children(DISTRICT)[0].ref
    assert take(workplace, path, inside).created == 1
    assert by_name(workplace)["Mai"].values["owner_unit"] == inside
    assert refusal(workplace, path, COMMUNE).message_id == "units.outside_scope"


def test_somebody_who_may_not_enter_may_not_import(made: Made, tmp_path: Path) -> None:
    workplace = made()
    reader = again(workplace, frozenset((Right.EXPORT,)))
    path = table(tmp_path / "a.csv", ("Họ tên", "Ngày sinh"), [["Mai", "2019"]])
    for use in (RegisterImport(reader).run, RegisterImport(reader).preview):
        with pytest.raises(KnownError) as caught:
            use(path)
        assert caught.value.message_id == "rights.denied"


# --- column maps ----------------------------------------------------------------------------


def test_a_map_renames_recodes_and_ignores(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(
        '{"columns": {"Mã": {"key": "child"}, "Khóm": {"village": true}, "Tên gọi": "full_name",'
        ' "Trai gái": {"field": "sex", "codes": {"t": "1", "g": "2"}},'
        ' "Ở": "household.residence_status"}, "ignore": ["Sở thích"]}',
        encoding="utf-8",
    )
    titles = ("MÃ", "khom", "Tên gọi", "Trai gái", "Ở", "Sở thích", "Dân tộc")
    rows = [["7", "Khóm 1", "Mai", "G", "1", "x", "Hrê"]]
    workplace = made()
    source = sheet(tmp_path / "a.xlsx", titles, rows)
    RegisterImport(workplace).run(source, columns=load_column_map(path))
    child = by_name(workplace)["Mai"]
    assert child.id == derived_id(COMMUNE, "src:child:7")
    assert child.values["sex"] == "2"
    hre = load_code_list("ethnic_groups").named("Hrê")
    assert hre is not None
    assert child.values["ethnicity"] == hre.code
    (household,) = everything(workplace, "household")
    assert household.values["residence_status"] == "1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"columns": {"a": "no_such_field"}}', "import.map_target"),
        ('{"columns": {"a": {"key": "village"}}}', "import.map_target"),
        ('{"columns": {"a": {"kye": "child"}}}', "import.map_unreadable"),
        ("{", "import.map_unreadable"),
        ('["a"]', "import.map_unreadable"),
    ],
)
def test_a_wrong_map_is_refused_in_words(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "map.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KnownError) as caught:
        load_column_map(path)
    assert caught.value.message_id == expected


def test_a_map_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KnownError) as caught:
        named_column_map("nothing-of-that-name")
    assert caught.value.message_id == "import.file_unreachable"
