"""Which texts name a section, a total or a foot, and which names of children do not."""

from __future__ import annotations

import pytest

from app.services.importing.part_columns import part_of_title, parts_of_titles
from app.services.importing.row_kinds import Section, section_of
from app.services.importing.words import words


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Thôn 2", Section(village="Thôn 2")),
        ("II. THÔN ĐỒNG DÂU: 35 trẻ", Section(village="THÔN ĐỒNG DÂU")),
        ("2) Tổ dân phố số 5 (12 cháu)", Section(village="Tổ dân phố số 5")),
        ("A - Buôn Ma Thuột", Section(village="Buôn Ma Thuột")),
        ("Tổ 7", Section(village="Tổ 7")),
        ("B. Xã Ba Vì", Section(commune="Xã Ba Vì")),
        ("Tổ chức xã hội", None),
        ("Thôn", None),
        ("Đinh Thị Thôn", None),
        ("Bản", None),
        ("I", None),
    ],
)
def test_a_section_names_a_place(text: str, section: Section | None) -> None:
    assert section_of(text) == section


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Cộng", ""),
        ("TỔNG CỘNG: 35", "35"),
        ("tong cong 3 tre", "3 tre"),
        ("Công", None),
        ("Tống Thị Mai", None),
        ("cong", None),
    ],
)
def test_a_total_is_told_from_a_name_by_its_marks(text: str, rest: str | None) -> None:
    assert words("totals").after(text) == rest


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Năm sinh / Nam", "birth_date.male"),
        ("Năm sinh nữ", "birth_date.female"),
        ("Ngày tháng năm sinh / Năm", "birth_date.year"),
        ("Họ và tên / Tên", "full_name.given"),
        ("Nghề nghiệp / Nam", ""),
        ("Nam/Nữ", ""),
        ("Ngày cấp", ""),
    ],
)
def test_the_title_of_a_part(title: str, part: str) -> None:
    assert part_of_title(title) == part


def test_parts_count_only_together() -> None:
    assert parts_of_titles({0: "Tên", 1: "Năm sinh"}) == {}
    assert parts_of_titles({0: "Nam", 1: "Thôn"}) == {}
    assert parts_of_titles({3: "Tháng", 4: "Năm sinh"}) == {
        3: "birth_date.month",
        4: "birth_date.year",
    }
