"""What people write of the poverty of a household, and what is taken from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.crosscheck.listed import statuses
from app.services.crosscheck.poverty_wording import UNCLEAR
from app.services.crosscheck.words import list_words
from tests.unit.services.test_list_reading import read

_SAID = {
    "1": (
        "Hộ nghèo",
        "NGHÈO",
        "hn",
        "Thuộc hộ nghèo",
        "Nghèo đa chiều",
        "Tái nghèo",
        "Mồ côi, hộ nghèo",
        "Không có cha, hộ nghèo",
        "Hộ nghèo không có khả năng lao động",
        "Hộ nghèo chưa có nhà ở",
        "DANH SÁCH HỘ NGHÈO TRÊN ĐỊA BÀN XÃ NĂM 2026",
    ),
    "2": ("Hộ cận nghèo", "HCN", "Thuộc diện cận nghèo", "II. Hộ cận nghèo", "Trẻ em hộ cận nghèo"),
    "0": (
        "Thoát nghèo",
        "Hộ mới thoát nghèo",
        "Hộ thoát cận nghèo",
        "Hộ mới thoát cận nghèo",
        "Hộ không nghèo",
        "Không thuộc hộ nghèo",
        "Không thuộc hộ cận nghèo",
        "Không phải hộ nghèo",
        "Không còn là hộ nghèo",
        "Hết nghèo",
        "Không thuộc diện hộ nghèo, cận nghèo",
        "Không thuộc hộ nghèo hoặc cận nghèo",
        "Đã thoát nghèo 2024",
        "III. Hộ thoát nghèo năm 2025",
        "Ra khỏi hộ nghèo",
    ),
    "3": ("Trung bình", "Hộ có mức sống trung bình"),
    UNCLEAR: (
        "Hộ nghèo, cận nghèo",
        "Hộ nghèo và hộ cận nghèo",
        "Hộ nghèo/cận nghèo",
        "Hộ thoát nghèo, hộ cận nghèo",
        "Thoát nghèo sang cận nghèo",
        "Chưa thoát nghèo",
        "Chưa thoát cận nghèo",
        "Chưa được công nhận hộ nghèo",
        "Không nơi nương tựa thuộc hộ nghèo",
        "Hộ nghèo cũ",
        "Trẻ em nghèo vượt khó",
        "Vượt nghèo",
        "Từng là hộ nghèo",
        "Nguy cơ tái nghèo",
        "Hộ nghèo: không",
    ),
    "": ("", "Khá", "Ban chỉ đạo giảm nghèo", "Quỹ Vì người nghèo", "theo chuẩn nghèo đa chiều"),
}


@pytest.mark.parametrize(
    ("text", "code"), [(text, code) for code, texts in _SAID.items() for text in texts]
)
def test_a_status_is_taken_only_where_the_wording_leaves_no_choice(text: str, code: str) -> None:
    assert list_words().poverty_of(text) == code


def test_a_household_whose_status_may_mean_two_has_none(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["STT", "Chủ hộ", "Họ và tên", "Quan hệ", "Năm sinh", "Diện"],
            ["I. HỘ NGHÈO", "", "", "", "", ""],
            ["1", "Đinh Văn Rơm", "Đinh Văn Rơm", "Chủ hộ", "1980", "Hộ nghèo, cận nghèo"],
            ["", "", "Đinh Văn Tí", "con", "2016", ""],
        ],
    )
    assert set(statuses(found.rows).values()) <= {""}


def test_a_heading_that_may_mean_two_ends_the_one_before_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            ["STT", "Họ và tên", "Ngày sinh", "Tên cha"],
            ["I. HỘ NGHÈO", "", "", ""],
            ["1", "Đinh Văn Tí", "02/03/2016", "Đinh Văn Rơm"],
            ["II. CHƯA THOÁT NGHÈO", "", "", ""],
            ["2", "Lê Văn Tèo", "02/03/2017", "Lê Văn Rạ"],
        ],
    )
    assert [one.status for one in found.children] == ["1", ""]


_PLAIN = ["STT", "Họ và tên", "Ngày sinh", "Tên cha"]


def test_a_tick_means_the_title_of_its_column(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [
            [*_PLAIN, "Hộ nghèo", "Hộ cận nghèo"],
            ["1", "Đinh Văn Tí", "02/03/2016", "Đinh Văn Rơm", "x", ""],
            ["2", "Lê Văn Tèo", "02/03/2017", "Lê Văn Rạ", "", "X"],
            ["3", "Lê Văn Bảy", "02/03/2018", "Lê Văn Sáu", "x", "x"],
            ["4", "Lê Văn Mười", "02/03/2018", "Lê Văn Chín", "không", "có"],
            ["5", "Lê Văn Hai", "02/03/2018", "Lê Văn Ba", "", ""],
        ],
    )
    assert [one.status for one in found.children] == ["1", "2", "", "2", ""]
    assert found.children[2].doubts


def test_a_tick_under_a_number_or_under_two_statuses_means_none(tmp_path: Path) -> None:
    for title in ("Mã hộ nghèo", "Hộ nghèo, cận nghèo"):
        rows = [[*_PLAIN, title], ["1", "Đinh Văn Tí", "02/03/2016", "Đinh Văn Rơm", "1"]]
        assert [one.status for one in read(tmp_path, rows).children] == [""]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["DANH SÁCH HỘ NGHÈO NĂM 2026"], "1"),
        (["DANH SÁCH TRẺ EM THUỘC HỘ CẬN NGHÈO NĂM 2026"], "2"),
        (["BAN CHỈ ĐẠO GIẢM NGHÈO", "DANH SÁCH HỘ CẬN NGHÈO"], "2"),
        (
            ["DANH SÁCH HỘ NGHÈO", "(Kèm theo Quyết định công nhận hộ nghèo, hộ cận nghèo)"],
            "1",
        ),
        (["DANH SÁCH HỘ NGHÈO", "VÀ HỘ CẬN NGHÈO NĂM 2026"], ""),
        (["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2026"], ""),
        (["DANH SÁCH TRẺ EM"], ""),
    ],
)
def test_the_title_gives_the_status_where_it_names_one(
    tmp_path: Path, lines: list[str], status: str
) -> None:
    rows = [[line] for line in lines]
    rows += [_PLAIN, ["1", "Đinh Văn Tí", "02/03/2016", "Đinh Văn Rơm"]]
    assert [one.status for one in read(tmp_path, rows).children] == [status]


def test_an_empty_cell_is_not_what_the_title_says_of_others(tmp_path: Path) -> None:
    rows = [
        ["DANH SÁCH HỘ NGHÈO NĂM 2026"],
        [*_PLAIN, "Diện"],
        ["1", "Đinh Văn Tí", "02/03/2016", "Đinh Văn Rơm", ""],
        ["2", "Lê Văn Tèo", "02/03/2016", "Lê Văn Rạ", "HCN"],
    ]
    assert [one.status for one in read(tmp_path, rows).children] == ["", "2"]
