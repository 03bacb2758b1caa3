"""What a cell about a child's circumstances is understood to say."""

from __future__ import annotations

import pytest

from app.forms.code_lists import load_code_list
from app.services.importing.groups_of_cell import read_groups
from app.text.fold import fold

GROUPS = load_code_list("circumstances")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("C01", ("C01",)),
        ("c01.1, R01", ("C01.1", "R01")),
        ("C04.1 R01.2", ("C04.1", "R01.2")),
        ("C01 trẻ mồ côi cả cha lẫn mẹ", ("C01",)),
        ("C01. Trẻ em mồ côi cả cha và mẹ", ("C01",)),
        ("C01 - mồ côi cả cha và mẹ", ("C01",)),
        ("C01 (mồ côi)", ("C01",)),
        ("Trẻ em mồ côi cả cha và mẹ (C01)", ("C01",)),
        ("C01.1: trẻ mồ côi cả cha lẫn mẹ, không có người chăm sóc", ("C01.1",)),
        ("C05 HIV", ("C05",)),
        ("R01 Hộ nghèo", ("R01.1",)),
        ("R01.1 Trẻ em sống trong gia đình nghèo, cận nghèo", ("R01.1",)),
        ("C04 khuyết tật; R01 gia đình nghèo", ("C04", "R01")),
        ("C04 khuyết tật, R01 gia đình nghèo", ("C04", "R01")),
        ("Mồ côi cha; C04.2", ("C04.2", "R07.1")),
        ("không", ()),
    ],
)
def test_a_code_with_words_that_agree_is_understood(text: str, codes: tuple[str, ...]) -> None:
    assert read_groups(text, GROUPS) == (codes, ())
    assert read_groups(fold(text), GROUPS) == (codes, ())


@pytest.mark.parametrize(
    ("text", "codes", "remark"),
    [
        ("C01 trẻ em bị bỏ rơi", None, "circumstance_unclear"),
        ("C01 mồ côi cha", None, "circumstance_unclear"),
        ("C01 không", None, "circumstance_unclear"),
        ("C01 không mồ côi", None, "circumstance_unclear"),
        ("C01 hết mồ côi cả cha và mẹ", None, "circumstance_unclear"),
        ("C01?", None, "circumstance_unclear"),
        ("C01 cháu ở với bà ngoại từ năm 2019 đến nay", None, "circumstance_unclear"),
        ("mồ côi C01 C04", None, "circumstance_unclear"),
        ("C04.1 Trẻ em khuyết tật nhẹ", None, "circumstance_unclear"),
        ("C01 cha mẹ mất rồi; C04", ("C04",), "circumstance_unclear"),
        ("C98 C99; C97", None, "circumstance"),
        ("C99 trẻ mồ côi cả cha lẫn mẹ", None, "circumstance"),
        ("nhà rất nghèo khổ", None, "circumstance_words"),
        ("hết nghèo; nhà đông con", None, "circumstance_words"),
        ("C001", None, "circumstance_words"),
        ("!", None, "circumstance_words"),
        ("K02.1 tử vong do tai nạn thương tích", None, "not_a_state"),
    ],
)
def test_what_is_not_understood_is_remarked_once(
    text: str, codes: tuple[str, ...] | None, remark: str
) -> None:
    assert read_groups(text, GROUPS) == (codes, (remark,))


def test_the_name_of_every_group_beside_its_code_is_that_group() -> None:
    for item in GROUPS:
        if item.code.startswith("K02"):
            continue
        said = f"{item.code} {item.label_vi}"
        assert read_groups(said, GROUPS) == ((item.code,), ()), item.code
