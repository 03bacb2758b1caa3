"""Letters of the fonts of before Unicode are recognised, and no name of a person here is one."""

from __future__ import annotations

import pytest

from app.services.invented import generate
from app.text.old_fonts import is_old_font, is_old_font_bytes
from tests.integration.registers import sample_rows

OLD = (
    "§inh ThÞ Mai",
    "Hå V¨n Gµ",
    "Lª ThÞ Hµ",
    "Hä vµ tªn trÎ",
    "Hoï vaø teân treû",
    "Phaïm Vaên Haø",
    "Äinh Thá»‹ Mai",
    "Nguyá»…n VÄƒn A",
)


@pytest.mark.parametrize("text", OLD)
def test_text_of_an_old_font_is_recognised(text: str) -> None:
    assert is_old_font(text)
    if text.startswith(("§", "H", "L", "P")):
        assert is_old_font_bytes(text.encode("cp1252"))


@pytest.mark.parametrize(
    "text",
    ["Y Blŏ", "K’Hơ Ñơ", "Niê Hñŏk", "Nguyễn Ái Quốc", "Rơ-ông", "5×4 m", "Mục § 3", "«Trai»", "½"],
)
def test_names_and_remarks_of_today_are_not(text: str) -> None:
    assert not is_old_font(text)


def test_nobody_in_the_sample_is_called_so() -> None:
    for row in sample_rows():
        assert not any(is_old_font(value) for value in row.values())


def test_nobody_who_was_invented_is_called_so() -> None:
    from datetime import date

    for household in generate(5, 500, ["21010@2024"], date(2025, 6, 1)):
        for child in household.children:
            assert not any(is_old_font(v) for v in child.values.values() if isinstance(v, str))
