"""Texts are stored in one spelling."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from app.text.normalize import clean, clean_lines, is_clean, is_clean_lines


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  Nguyễn   Văn  An ", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ánh"), "Nguyễn Thị Ánh"),
        ("\u00d0\u00e0 Nẵng", "Đà Nẵng"),
        ("\u0189inh V\u0103n R\u01a1m", "Đinh Văn Rơm"),
        ("\u00f0\u1ed7 b\u0256", "đỗ bđ"),
        ("\ufeffLê\u00a0Hải\u200b", "Lê Hải"),
        ("Lê\tHải\r\nNam", "Lê Hải Nam"),
        ("\u202eLê\u202c Hải\u00ad", "Lê Hải"),
        ("e\u200b\u0302\u0301", "ế"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("hoà hòa", "hoà hòa"),
        ("\x00\x1f\x7f", ""),
        ("", ""),
    ],
)
def test_what_nobody_can_see_is_unified_and_the_rest_is_kept(written: str, stored: str) -> None:
    assert clean(written) == stored
    assert is_clean(stored)
    assert is_clean(written) == (written == stored)


def test_no_control_format_or_surrogate_character_survives() -> None:
    unseen = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs"}
    ]
    left = [f"{ord(char):04x}" for char in unseen if char in clean(f"a{char}b")]
    # Marks of Egyptian layout and the like are format characters too: all of them must go.
    assert left == []


def test_every_kind_of_space_becomes_one_blank() -> None:
    gaps = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp"}
    ]
    assert {clean(f"a{gap}{gap}b") for gap in gaps} == {"a b"}


def test_notes_keep_their_lines() -> None:
    written = "\r\n Mẹ đi làm xa \r\n\r\n\u200bBà  nuôi\u2028về Tết\n\n"
    assert clean_lines(written) == "Mẹ đi làm xa\n\nBà nuôi\nvề Tết"
    assert is_clean_lines("Mẹ đi làm xa\n\nBà nuôi")
    assert not is_clean_lines("Mẹ \n")
