"""Which two given names may be one name, written by two hands."""

from __future__ import annotations

import pytest

from app.matching.given import Spelling, compared, sound
from app.text.syllables import is_syllable
from app.text.typed_keys import spelled


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Hân", "hân", Spelling.SAME),
        ("Thúy", "Thuý", Spelling.MARKS),  # the tone on another vowel
        ("Hân", "Han", Spelling.MARKS),
        ("Nghĩa", "Nghỉa", Spelling.MARKS),  # hỏi and ngã
        ("Mỹ", "Mỷ", Spelling.MARKS),
        ("Trúc", "Chúc", Spelling.SOUND),
        ("Duyên", "Giuyên", Spelling.SOUND),
        ("Ly", "Li", Spelling.SOUND),
        ("Tiên", "Tiêng", Spelling.SOUND),
        ("Trúc", "Trcú", Spelling.SLIP),
        ("Kiều", "KKiều", Spelling.SLIP),
        ("Trâm", "Tramm", Spelling.SLIP),
        ("Hân", "Vân", Spelling.OTHER),
        ("Anh", "Ánh", Spelling.MARKS),  # who left the mark out? the household tells
        ("Hà", "Hạ", Spelling.OTHER),
        ("Hùng", "Hưng", Spelling.OTHER),
        ("An", "Anh", Spelling.OTHER),
        ("Khanh", "Khang", Spelling.OTHER),
        ("Ngọ", "Ngọc", Spelling.OTHER),
        ("Giang", "Đan", Spelling.OTHER),
        ("Bhling", "Bhlinh", Spelling.SLIP),
        ("Rơm", "Rếch", Spelling.OTHER),
    ],
)
def test_two_names_or_two_hands(one: str, other: str, found: Spelling) -> None:
    assert compared(spelled(one), spelled(other)) is found
    assert compared(spelled(other), spelled(one)) is found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nguye6n4", "nguyễn"),
        ("Hu2ng", "hùng"),
        ("D9u7c1", "đức"),
        ("Hoongf", "hồng"),
        ("Vawn", "văn"),
        ("Nguyeenx", "nguyễn"),
        ("Hoa", "hoa"),
        ("Bhling", "bhling"),
    ],
)
def test_keys_typed_with_the_driver_off_are_read_as_letters(typed: str, meant: str) -> None:
    assert spelled(typed) == meant


@pytest.mark.parametrize("word", ["nguyen", "gi", "gin", "quy", "quoc", "y", "uyen", "khuya", "an"])
def test_what_can_be_read_as_one_syllable(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["trcu", "kkieu", "bhling", "", "h", "ngqa", "mitchell"])
def test_what_cannot(word: str) -> None:
    assert not is_syllable(word)


def test_what_may_be_alike_sounds_alike() -> None:
    """Who is found by one key must not be lost by it."""
    names = ("Trúc", "Chúc", "Duyên", "Giuyên", "Ly", "Lý", "Tiên", "Tiêng", "Sơn", "Xơn", "Hân")
    for one in map(spelled, names):
        for other in map(spelled, names):
            if compared(one, other) <= Spelling.SOUND:
                assert sound(one) == sound(other), (one, other)
