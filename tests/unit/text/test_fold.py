"""Search ignores marks, case and the kind of apostrophe."""

from __future__ import annotations

import unicodedata

import pytest

from app.text.fold import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Nguyễn Đình Ước", "nguyen dinh uoc"),
        ("ĐẶNG THỊ HƯỜNG", "dang thi huong"),
        ("\u00d0\u00e0 Nẵng", "da nang"),
        ("  Lê   Hải ", "le hai"),
        ("H’Hen Niê", "h'hen nie"),
        ("HʼHen Niê", "h'hen nie"),
        ("H`Hen", "h'hen"),
        ("Y Ŏ Čư", "y o cu"),
        ("", ""),
    ],
)
def test_text_folds_to_bare_lower_case(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(unicodedata.normalize("NFD", written)) == folded


def test_the_place_of_the_tone_mark_does_not_matter() -> None:
    assert fold("Hoà Thuỳ") == fold("Hòa Thùy") == "hoa thuy"
