"""Lists as communes write them: each rule of reading on a small table of its own."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.errors import KnownError
from app.services.crosscheck.births import read_age, read_birth
from app.services.crosscheck.columns import load_corrections
from app.services.crosscheck.listed import ListKind, ListRow, ReadList, RowKind, statuses
from app.services.crosscheck.listing import read_list
from app.services.crosscheck.villages import village_key
from app.services.crosscheck.words import Role, list_words
from app.text.old_text import OldEncoding, encode
from app.workbooks.reading import open_workbook

_YEAR = 2026


def read(
    folder: Path,
    rows: Sequence[Sequence[str]],
    kind: ListKind = ListKind.POVERTY,
    corrected: dict[str, Role] | None = None,
) -> ReadList:
    path = folder / "ds.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    with open_workbook(path) as book:
        return read_list(book, kind, corrected or {}, _YEAR)


def roles(found: ReadList) -> dict[str, Role | None]:
    return {one.title: one.role for one in found.columns}


def only(found: ReadList) -> ListRow:
    (one,) = found.children
    return one


def test_heads_members_sections_totals_and_signatures_are_told_apart(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["ỦY BAN NHÂN DÂN XÃ", "", "", "", "", ""],
            ["", "DANH SÁCH HỘ NGHÈO NĂM 2025", "", "", "", ""],
            ["STT", "Họ tên chủ hộ", "Họ tên thành viên", "Quan hệ", "Năm sinh", "Diện"],
            ["THÔN 2", "", "", "", "", ""],
            ["1", "Đinh Văn Rơm", "Đinh Văn Rơm", "Chủ hộ", "1980", "HN"],
            ["", "", "Đinh Thị Bích", "Vợ", "1984", "HN"],
            ["", "", "Đinh Thị Rế", "con", "2016", "HCN"],
            ["", "", "Đinh Văn Lớn", "con", "2001", "HN"],
            ["Tổng cộng", "", "4", "", "", ""],
            ["", "", "NGƯỜI LẬP BIỂU", "", "", ""],
        ],
    )
    kinds = [one.kind for one in found.rows]
    assert kinds[:6] == [
        RowKind.SECTION,
        RowKind.HEAD,
        RowKind.ADULT,
        RowKind.CHILD,
        RowKind.ADULT,
        RowKind.TOTAL,
    ]
    assert kinds[6:] in ([RowKind.SECTION], [RowKind.OTHER])
    child = only(found)
    assert (found.title, found.year) == ("DANH SÁCH HỘ NGHÈO NĂM 2025", 2025)
    assert (child.head, child.village, child.births) == ("Đinh Văn Rơm", "THÔN 2", ("2016",))
    assert child.number == 7
    # The household's status is that of its head.
    assert statuses(found.rows)[child.block] == "1"


def test_two_columns_of_years_tell_the_sex(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["TT", "Họ và tên", "Năm sinh", "", "Thôn"],
            ["", "", "Nam", "Nữ", ""],
            ["1", "Đinh Văn Rao", "2018", "", "Thôn 1"],
            ["2", "Đinh Thị Rế", "", "2016", "Thôn 1"],
        ],
    )
    assert roles(found)["Năm sinh / Nam"] is Role.BIRTH_MALE
    assert [(one.births, one.sex) for one in found.children] == [(("2018",), "1"), (("2016",), "2")]


def test_marks_in_two_columns_tell_the_sex(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["TT", "Họ và tên", "Ngày sinh", "Giới tính", ""],
            ["", "", "", "Nam", "Nữ"],
            ["1", "Đinh Văn Rao", "1/2/2018", "x", ""],
            ["2", "Đinh Thị Rế", "3/4/2016", "", "x"],
        ],
        ListKind.SUPPORT,
    )
    assert [one.sex for one in found.children] == ["1", "2"]


def test_a_heading_says_the_status_of_what_stands_under_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["TT", "Họ và tên trẻ", "Ngày sinh", "Địa chỉ"],
            ["I. HỘ NGHÈO", "", "", ""],
            ["1", "Đinh Văn Rao", "1/2/2018", "Thôn 1"],
            ["II. HỘ CẬN NGHÈO", "", "", ""],
            ["2", "Đinh Thị Rế", "3/4/2016", "Thôn 1"],
        ],
    )
    assert [one.status for one in found.children] == ["1", "2"]


@pytest.mark.parametrize("encoding", [OldEncoding.TCVN3, OldEncoding.VNI])
def test_text_of_an_old_font_is_read_as_it_is_meant(tmp_path: Path, encoding: OldEncoding) -> None:
    said = [
        ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Người nuôi dưỡng", "Thôn"],
        ["1", "Nguyễn Thị Phượng", "1/2/2018", "Nữ", "Trần Văn Đức", "Thôn Đông"],
        ["2", "Huỳnh Ngọc Khánh", "3/2/2018", "Nam", "Lê Thị Mỹ", "Thôn Đông"],
    ]
    found = read(
        tmp_path, [[encode(one, encoding) for one in row] for row in said], ListKind.ALLOWANCE
    )
    assert [one.name for one in found.children] == ["Nguyễn Thị Phượng", "Huỳnh Ngọc Khánh"]
    assert found.children[0].adults == ("Trần Văn Đức",)
    assert [one.sex for one in found.children] == ["2", "1"]
    assert found.converted > 0


def test_columns_without_known_titles_are_recognised_by_what_they_hold(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["A", "Em nào", "B", "C"],
            ["1", "Đinh Văn Rao", "12/05/2018", "Nam"],
            ["2", "Đinh Thị Rế", "2016", "Nữ"],
            ["3", "Hồ Văn Pá", "1/1/2015", "Nam"],
        ],
        ListKind.SUPPORT,
    )
    assert [one.births for one in found.children] == [("2018-05-12",), ("2016",), ("2015-01-01",)]
    assert all(one.by_content for one in found.columns if one.role is not None)


def test_a_word_of_a_person_goes_before_every_title(tmp_path: Path) -> None:
    rows = [["TT", "Họ tên", "Họ tên ở nhà", "Ngày sinh"], ["1", "Rao", "Đinh Văn Rao", "2018"]]
    found = read(tmp_path, rows, ListKind.SUPPORT, {"ho ten o nha": Role.NAME})
    assert only(found).name == "Đinh Văn Rao"
    assert roles(found)["Họ tên"] is None


def test_a_lost_zero_of_an_id_is_put_back_for_finding(tmp_path: Path) -> None:
    rows = [["Họ tên", "Ngày sinh", "Số định danh"], ["Đinh Văn Rao", "2018", "51218000123"]]
    assert only(read(tmp_path, rows, ListKind.SUPPORT)).personal_id == "051218000123"


@pytest.mark.parametrize(
    ("cell", "days", "doubt"),
    [
        (2016, ("2016",), ""),
        ("2016", ("2016",), ""),
        ("05/2016", ("2016-05",), ""),
        ("1.2.2016", ("2016-02-01",), ""),
        ("'23-7-06", ("2006-07-23",), ""),
        (42767, ("2017-02-01",), ""),
        ("03/25/2014", ("2014-03-25",), "swapped"),
        ("sinh năm 2014", ("2014",), "unreadable"),
        ("không rõ", (), "unreadable"),
        ("", (), ""),
    ],
)
def test_dates_of_birth_in_every_writing(
    cell: str | int, days: tuple[str, ...], doubt: str
) -> None:
    found = read_birth(cell, _YEAR)
    assert (found.days, found.doubt) == (days, doubt)


def test_an_age_may_be_two_years_of_birth() -> None:
    assert read_age("8 tuổi", _YEAR).days == ("2018", "2017")
    assert read_age(8, _YEAR).days == ("2018", "2017")


@pytest.mark.parametrize(
    "written",
    ["Thôn 2", "thôn Hai", "T.2", "Thôn II", "thôn2", "THÔN 02", "Tổ dân phố số 2", "TDP 2", "2"],
)
def test_one_village_is_called_in_many_ways(written: str) -> None:
    assert village_key(written) == "2"


def test_two_villages_stay_two() -> None:
    names = ["Thôn 1", "Thôn 2", "Thôn 12", "Thôn Đông", "Thôn Tây", "Hải Môn", "Hải Môn 2"]
    assert len({village_key(one) for one in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HN", "1"),
        ("Hộ nghèo", "1"),
        ("CN", "2"),
        ("hộ cận nghèo", "2"),
        ("Thuộc hộ cận nghèo năm 2025", "2"),
        ("Hộ thoát nghèo", "0"),
        ("Trung bình", "3"),
        ("x", ""),
    ],
)
def test_words_of_poverty(text: str, code: str) -> None:
    assert list_words().poverty_of(text) == code


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"crosscheck.no_names"):
        read(tmp_path, [["STT", "Số tiền"], ["1", "500000"], ["2", "600000"]])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('{"columns": {"Em": "nobody"}}', "crosscheck.no_role"),
        ("[]", "crosscheck.columns_unreadable"),
        ("{", "crosscheck.columns_unreadable"),
        ('{"columns": {}, "more": 1}', "crosscheck.columns_unreadable"),
    ],
)
def test_a_bad_file_of_corrections_is_refused(tmp_path: Path, content: str, error: str) -> None:
    path = tmp_path / "cot.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=error.replace(".", r"\.")):
        load_corrections(path)
