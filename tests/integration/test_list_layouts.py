"""Lists as communes keep them: which column is what, by title, by content, by hand, from memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.services.import_look import ImportLook
from app.services.importing.column_maps import read_column_map
from app.services.register_import import (
    IGNORED,
    Correction,
    FileView,
    How,
    RegisterImport,
    issue_text,
    load_column_map,
    map_of,
)
from tests.integration.registers import Made, by_name, counts, everything, take

Rows = Iterable[Sequence[object]]


def book(path: Path, **sheets: Rows) -> Path:
    """A workbook of these sheets, row by row from the first."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name.replace("_", " "))
        for row in rows:
            page.append(list(row))
    made.save(path)
    return path


def shown(view: FileView) -> dict[str, tuple[str, How]]:
    """Title → field and how it is known."""
    return {one.title: (one.field, one.how) for one in view.columns}


# --- parts of a field -----------------------------------------------------------------------


def test_day_month_and_year_in_three_columns_are_one_birth_date(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Ngày", "Tháng", "Năm"),
        ("Mai", 5, 12, 2019),
        ("Mây", None, 3, 2020),
        ("Mận", 0, 0, 2018),
        ("Mơ", 7, 5, None),
        ("Mít", "13", "31", "2017"),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    born = {name: one.values.get("birth_date") for name, one in by_name(workplace).items()}
    assert born == {
        "Mai": "2019-12-05",
        "Mây": "2020-03",
        "Mận": "2018",
        "Mơ": "7/5/?",
        "Mít": "13/31/2017",
    }
    assert [(one.place, one.column) for one in result.issues] == [
        ("B5", "Ngày / Tháng / Năm"),
        ("B6", "Ngày / Tháng / Năm"),
    ]
    assert take(workplace, tmp_path / "a.xlsx").operations == 0


def test_a_column_of_years_alone_is_no_part_of_a_date(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, book(tmp_path / "a.xlsx", DS=[("Họ và tên", "Năm sinh"), ("Mai", 2019)]))
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019"


def test_birth_years_of_boys_and_girls_in_two_columns_tell_the_sex(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Năm sinh nam", "Năm sinh nữ", "Dân tộc"),
        ("Tùng", 2019, None, "Kinh"),
        ("Mai", None, "05/2020", "Kinh"),
        ("An", 2018, 2018, "Kinh"),
        ("Ba", None, None, "Kinh"),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    held = {
        name: (one.values.get("birth_date"), one.values.get("sex"))
        for name, one in by_name(workplace).items()
    }
    assert held == {
        "Tùng": ("2019", "1"),
        "Mai": ("2020-05", "2"),
        "An": (None, None),
        "Ba": (None, None),
    }
    (one,) = result.issues
    assert (one.message_id, one.place) == ("import.issue_both_sexes", "B4")
    assert take(workplace, tmp_path / "a.xlsx").operations == 0


def test_ticks_of_boys_and_girls_stand_beside_a_birth_date(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Ngày sinh", "Nam", "Nữ"),
        ("Tùng", "01/05/2019", "x", None),
        ("Mai", "02/05/2019", None, "X"),
    ]
    assert take(workplace, book(tmp_path / "a.xlsx", DS=rows)).issue_count == 0
    held = {
        name: (one.values["birth_date"], one.values["sex"])
        for name, one in by_name(workplace).items()
    }
    assert held == {"Tùng": ("2019-05-01", "1"), "Mai": ("2019-05-02", "2")}


def test_a_sex_of_its_own_column_counts_and_what_differs_is_told(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Giới tính", "Năm sinh nam", "Năm sinh nữ"),
        ("Tùng", "Nữ", 2019, None),
    ]
    result = take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert by_name(workplace)["Tùng"].values["sex"] == "2"
    assert [one.message_id for one in result.issues] == ["import.issue_two_columns"]


def test_a_name_in_two_columns_is_one_name(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Họ và chữ đệm", "Tên", "Năm sinh"),
        ("Đinh Thị", "Mai", 2019),
        ("Phạm Văn", " Ré ", 2020),
        (None, "Trai", 2024),
    ]
    take(workplace, book(tmp_path / "a.xlsx", DS=rows))
    assert set(by_name(workplace)) == {"Đinh Thị Mai", "Phạm Văn Ré", "Trai"}


def test_a_first_name_column_alone_is_unknown_rather_than_half_a_name(
    made: Made, tmp_path: Path
) -> None:
    rows = [("Họ và chữ đệm", "Thôn", "Năm sinh"), ("Đinh Thị Mai", "Thôn 1", 2019)]
    with pytest.raises(KnownError) as refused:
        take(made(), book(tmp_path / "a.xlsx", DS=rows))
    assert refused.value.message_id == "import.unknown_columns"


# --- by content -----------------------------------------------------------------------------

MESSY = [
    ("DANH SÁCH", None, None, None, None, None, None),
    ("Tên các cháu", "Sinh", "Mã", "Liên hệ", "Dtộc", "Nơi ở", "Phái"),
    ("Đinh Thị Mai", "01/05/2019", "051319004417", "0912345678", "Hrê", "Thôn 1", "Nữ"),
    ("Phạm Văn Ré", "2020", "051220004418", "0912345679", "Kinh", "Thôn 2", "Nam"),
    ("Hồ Thị Bông", "7/2018", "051318004419", "0912345670", "Cor", "Thôn 2", "Nữ"),
]


def test_columns_of_unknown_titles_are_guessed_by_what_stands_in_them(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", DS=MESSY)
    view = ImportLook(workplace).look(path)
    assert (view.header_row, view.guessed) == (2, True)
    assert shown(view) == {
        "Tên các cháu": ("full_name", How.CONTENT),
        "Sinh": ("birth_date", How.CONTENT),
        "Mã": ("personal_id", How.CONTENT),
        "Liên hệ": ("phone", How.CONTENT),
        "Dtộc": ("ethnicity", How.CONTENT),
        "Nơi ở": ("village", How.CONTENT),
        "Phái": ("sex", How.CONTENT),
    }
    assert view.rows[0] == (3, MESSY[2])


def test_what_is_guessed_is_imported_only_once_somebody_said_so(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", DS=MESSY)
    with pytest.raises(KnownError) as refused:
        take(workplace, path)
    assert refused.value.message_id == "import.no_header"
    view = ImportLook(workplace).look(path)
    confirmed = map_of({one.key: one.target for one in view.columns if one.target})
    result = RegisterImport(workplace).run(path, columns=confirmed)
    assert counts(result) == (3, 0, 0)
    child = by_name(workplace)["Đinh Thị Mai"].values
    assert (child["birth_date"], child["personal_id"]) == ("2019-05-01", "051319004417")
    assert {one.values["name"] for one in everything(workplace, "village")} == {
        "Thôn 1",
        "Thôn 2",
    }


def test_of_two_columns_of_names_the_second_is_not_guessed(made: Made, tmp_path: Path) -> None:
    rows = [
        ("Tên các cháu", "Người đứng tên", "Ngày sinh", "Giới tính"),
        ("Đinh Thị Mai", "Đinh Văn Rơm", "2019", "Nữ"),
        ("Phạm Văn Ré", "Phạm Thị Lá", "2020", "Nam"),
    ]
    view = ImportLook(made()).look(book(tmp_path / "a.xlsx", DS=rows))
    found = shown(view)
    assert found["Tên các cháu"] == ("full_name", How.CONTENT)
    assert found["Người đứng tên"] == ("", How.UNKNOWN)


def test_a_title_over_two_columns_leaves_the_given_name_in_the_second(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    rows = [
        ("Họ và tên trẻ", None, "Ngày sinh"),
        ("Đinh Thị", "Mai", "2019"),
        ("Phạm Văn", "Ré", "2020"),
    ]
    path = book(tmp_path / "a.xlsx", DS=rows)
    view = ImportLook(workplace).look(path)
    assert [(one.key, one.field, one.how) for one in view.columns] == [
        ("Họ và tên trẻ", "full_name.family", How.CONTENT),
        ("[B]", "full_name.given", How.CONTENT),
        ("Ngày sinh", "birth_date", How.TITLE),
    ]
    confirmed = map_of({one.key: one.target for one in view.columns if one.target})
    RegisterImport(workplace).run(path, columns=confirmed)
    assert set(by_name(workplace)) == {"Đinh Thị Mai", "Phạm Văn Ré"}


# --- by hand, and remembered ----------------------------------------------------------------


def test_two_columns_of_one_title_can_be_told_apart_by_hand(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Họ và tên", "Họ và tên", "Ngày sinh"),
        ("Đinh Thị Mai", "Đinh Thị Hoa", "2019"),
    ]
    path = book(tmp_path / "a.xlsx", DS=rows)
    with pytest.raises(KnownError) as refused:
        take(workplace, path)
    assert refused.value.message_id == "import.doubled_columns"
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"columns": {"Họ và tên (2)": "mother_name"}}), encoding="utf-8")
    RegisterImport(workplace).run(path, columns=load_column_map(file))
    assert by_name(workplace)["Đinh Thị Mai"].values["mother_name"] == "Đinh Thị Hoa"


def test_the_map_of_a_preview_is_a_map_that_says_the_same(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [
        ("Mã hồ sơ", "Họ và chữ đệm", "Tên", "Năm sinh nam", "Năm sinh nữ", "Thôn", "Sở thích"),
        ("K1", "Đinh Thị", "Mai", None, 2019, "Thôn 1", "hát"),
    ]
    path = book(tmp_path / "a.xlsx", DS=rows)
    said = {"Mã hồ sơ": {"key": "child"}}
    chosen = tmp_path / "map.json"
    chosen.write_text(json.dumps({"columns": said, "ignore": ["Sở thích"]}), encoding="utf-8")
    importer = RegisterImport(workplace)
    preview = importer.preview(path, columns=load_column_map(chosen))
    assert preview.map == {
        "columns": {
            **said,
            "Họ và chữ đệm": "full_name.family",
            "Tên": "full_name.given",
            "Năm sinh nam": "birth_date.male",
            "Năm sinh nữ": "birth_date.female",
            "Thôn": {"village": True},
        },
        "ignore": ["Sở thích"],
    }
    again = read_column_map(json.dumps(preview.map), "x", ImportLook(workplace).titles())
    assert importer.preview(path, columns=again).map == preview.map
    assert counts(importer.run(path, columns=again)) == (1, 0, 0)


def test_columns_that_were_explained_once_are_remembered_for_the_layout(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    look, importer = ImportLook(workplace), RegisterImport(workplace)
    titles = ("Cháu", "Sinh", "Linh tinh")
    path = book(tmp_path / "a.xlsx", DS=[titles, ("Mai", "2019", "x")])
    by_hand = map_of(
        {
            "Cháu": look.titles().by_name["full_name"],
            "Sinh": look.titles().by_name["birth_date"],
            "Linh tinh": IGNORED,
        }
    )
    importer.run(path, columns=by_hand, remember=True)
    other = book(
        tmp_path / "b.xlsx", DS=[("UBND XÃ",), ("CHÁU", "sinh", "Linh Tinh"), ("Mây", 2020)]
    )
    view = look.look(other)
    assert view.remembered
    assert {one.how for one in view.columns} == {How.REMEMBERED}
    result = importer.run(other)
    assert (result.remembered, counts(result)) == (True, (1, 0, 0))
    turned = book(tmp_path / "c.xlsx", DS=[titles[::-1], ("x", "2021", "Mơ")])
    assert not look.look(turned).remembered, "another order is another layout"
    assert look.forget_layout(other)
    assert not look.forget_layout(other) if look.look(other).remembered else True
    assert not look.look(other).remembered
    with pytest.raises(KnownError):
        importer.run(other)


def test_what_is_remembered_survives_the_program_and_speaks_of_no_person(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", DS=[("Họ và tên", "Ngày sinh"), ("Đinh Thị Mai", "2019")])
    ImportLook(workplace).keep_layout(path)
    settings = {
        name: value
        for name, value in workplace.store._settings.items()
        if name.startswith("import_layout/")
    }
    ((name, value),) = settings.items()
    assert "Mai" not in value + name
    assert json.loads(value) == {
        "columns": {"Họ và tên": "full_name", "Ngày sinh": "birth_date"},
        "ignore": [],
    }


# --- sheets ---------------------------------------------------------------------------------


def test_sheets_of_one_layout_are_one_import_and_each_row_is_told_with_its_sheet(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("Họ và tên", "Ngày sinh")
    path = book(
        tmp_path / "a.xlsx",
        Thôn_1=[titles, ("Mai", "2019"), ("Mây", "31/02/2019")],
        Thôn_2=[("DANH SÁCH",), titles, ("Mận", "2020"), ("Mơ", "32/01/2019")],
        Khác=[("Họ và tên", "Giới tính"), ("Mít", "Nữ")],
    )
    importer = RegisterImport(workplace)
    view = ImportLook(workplace).look(path)
    assert [(one.name, one.header_row, one.alike) for one in view.sheets] == [
        ("Thôn 1", 1, True),
        ("Thôn 2", 2, True),
        ("Khác", 1, False),
    ]
    first = importer.preview(path)
    assert first.result.other_sheets == ("Thôn 2", "Khác")
    result = importer.run(path, sheets=("Thôn 1", "Thôn 2"))
    assert counts(result) == (4, 0, 0)
    assert [(one.sheet, one.place, one.row) for one in result.issues] == [
        ("Thôn 1", "B3", 3),
        ("Thôn 2", "B4", 4),
    ]
    assert importer.run(path, sheets=("Thôn 1", "Thôn 2")).operations == 0
    with pytest.raises(KnownError) as refused:
        importer.run(path, sheets=("Thôn 1", "Khác"))
    assert refused.value.message_id == "import.sheets_differ"


def test_each_sheet_says_for_itself_what_its_numbers_mean(made: Made, tmp_path: Path) -> None:
    workplace = made()
    titles = ("Họ và tên", "Ngày sinh")
    path = book(
        tmp_path / "a.xlsx",
        A=[titles, ("Mai", 43594), ("Mây", 43000)],
        B=[titles, ("Mơ", "01052019"), ("Mít", 40515)],
    )
    result = RegisterImport(workplace).run(path, sheets=("A", "B"))
    assert result.proposals == {Correction.DATES: 2}
    assert [one.place for one in result.issues if one.sheet == "B"] == ["B3"]


def test_the_same_number_in_two_sheets_is_told_with_the_sheet(made: Made, tmp_path: Path) -> None:
    titles = ("Họ và tên", "Số định danh")
    path = book(
        tmp_path / "a.xlsx",
        A=[titles, ("Mai", "051319004417")],
        B=[titles, ("Mây", "051319004417")],
    )
    result = RegisterImport(made()).run(path, sheets=("A", "B"))
    (one,) = result.issues
    assert one.parameters["first"] == "A!2"
    assert issue_text(one).startswith("Trang «B», dòng 2: ")


def test_a_sheet_that_is_called_like_a_village_is_the_village_of_its_rows(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("Họ và tên", "Ngày sinh", "Chủ hộ")
    path = book(
        tmp_path / "a.xlsx",
        Thôn_1=[titles, ("Mai", "2019", "Đinh A")],
        Thôn_2=[titles, ("Mây", "2020", "Đinh A")],
    )
    RegisterImport(workplace).run(path, sheets=("Thôn 1", "Thôn 2"))
    names = {one.id: one.values["name"] for one in everything(workplace, "village")}
    homes = {one.id: one.values for one in everything(workplace, "household")}
    where = {
        name: names[str(homes[str(one.values["household"])]["village"])]
        for name, one in by_name(workplace).items()
    }
    assert where == {"Mai": "Thôn 1", "Mây": "Thôn 2"}
