"""What is called one child with nobody asked, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.matching.alone import alike
from app.matching.pair import Level
from app.matching.person import Person
from app.services.suggested_pairs import is_placeholder

ONE = Person(
    "one",
    "Đinh Thị Hạ",
    "2019-05-01",
    "2",
    "051319000017",
    household="h1",
    unit="21010@2024",
)
OTHER = replace(ONE, id="other", household="h2")


def _level(name: str, other: str, **changed: str) -> Level | None:
    pairs = alike(
        replace(ONE, name=name), [replace(OTHER, **{"name": other, **changed})], is_placeholder
    )
    return pairs[0].level if pairs else None


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Đinh Thị Hạ", "Đinh Thị Hạ"),
        ("Đinh Thị Hạ", "DINH THI HA"),
        ("Võ Ngọc Diễm Linh", "VO NGOC DIEM LINH"),
        ("H'Lan Byă Niê", "H’LAN BYĂ NIÊ"),
        ("Y Lan Niê", "Y Lan Niê"),
        ("Nguyễn Hoà", "Nguyễn  Hòa"),
        ("Nguyễn Minh Châu", "Nguyễn Minh Châu"),
        ("Trần Thành Đạt", "Trần Thành Đạt"),
        ("Phạm Văn Nam", "Phạm Văn Nam"),
        ("Khổng Thị Yến", "Khổng Thị Yến"),
        ("Bế Thị Hằng", "Bế Thị Hằng"),
    ],
)
def test_the_whole_name_with_id_day_and_sex_is_certain(name: str, other: str) -> None:
    assert _level(name, other) is Level.CERTAIN


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Y Lan Niê", "H Lan Niê"),
        ("H'Lan Niê", "Y Lan Niê"),
        ("H'Lan Byă Niê", "H'Lan Ksor Niê"),
        ("Y Lan Niê", "Y Lan Niê Kđăm"),
        ("Chu Hân", "Bà Hân"),
        ("Chu Hân", "Hân"),
        ("Nguyễn Văn Hân", "Nguyễn Văn Hấn"),
        ("Nguyễn Vân Anh", "Nguyễn Văn Anh"),
        ("Đinh Thị Hạ", "Đinh Thi Hạ"),
    ],
)
def test_a_twin_of_nearly_the_same_name_with_a_copied_id_is_asked_of_a_person(
    name: str, other: str
) -> None:
    assert _level(name, other) is not Level.CERTAIN


@pytest.mark.parametrize(
    "name",
    [
        "Con bà Lan",
        "CON BA LAN",
        "Con Nguyễn Thị Lan",
        "Con chị Lan",
        "Con Lan",
        "Cháu trai",
        "Cháu Lan",
        "Cháu bà Lan",
        "Em bé",
        "Bé gái 1",
        "Bé Gai",
        "Nguyễn Thị Lan 2",
        "Nguyễn Thị Lan2",
        "Trẻ sơ sinh",
        "Đinh Trai",
        "Trai Đinh",
        "Nguyễn Chưa Đặt Tên",
        "NGUYEN CHUA DAT TEN",
        "Chưa khai sinh",
        "Không rõ",
        "Trai (con Lan)",
        "Nguyễn Văn Bé",
        "CB Lan",
        "Nguyễn Văn A",
        "N. V. Hân",
        "Bà Hân",
        "Lan",
        "Trai",
        "",
    ],
)
def test_what_stands_for_a_name_makes_nobody_certain(name: str) -> None:
    assert _level(name, name) is not Level.CERTAIN


@pytest.mark.parametrize(
    "changed",
    [
        {"sex": ""},
        {"sex": "1"},
        {"birth_date": "2019-05"},
        {"birth_date": "2019-05-02"},
        {"personal_id": ""},
        {"personal_id": "051319000018"},
        {"household": "h1"},
        {"household": ""},
    ],
)
def test_where_one_thing_is_missing_or_another_a_person_is_asked(changed: dict[str, str]) -> None:
    name = ONE.name
    assert _level(name, name, **changed) is not Level.CERTAIN
