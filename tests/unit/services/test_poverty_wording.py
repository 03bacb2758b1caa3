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
