"""Two hands copying one paper: what is one text and what is another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.spelling import spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("THUÝ", "thúy"),
        ("Đinh  Thị\u00a0Mai", "đinh thị mai"),
        ("Y'Hoa", "Y’Hoa"),
        ("\u00d0inh", "Đinh"),  # the Icelandic letter that some keyboards send
        ("Nguyễn", unicodedata.normalize("NFD", "Nguyễn")),
    ],
)
def test_how_a_text_is_written_is_no_difference(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoa", "Hòa"),
        ("Dung", "Dũng"),
        ("Mai", "Mái"),
        ("Đinh", "Dinh"),
        ("Ân", "An"),
        ("Tư", "Tu"),
    ],
)
def test_another_letter_or_tone_is_another_text(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


@given(st.text(max_size=40))
def test_case_composition_and_spaces_around_never_count(text: str) -> None:
    assert spelling(f"  {unicodedata.normalize('NFD', text)} ") == spelling(text)
