"""Laws of text that hold for every string."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.text.fold import fold
from app.text.normalize import clean, clean_lines, is_clean
from app.text.sort_key import name_sort_key, natural_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
any_text = st.text(st.characters(exclude_categories=[]), max_size=40)
syllables = st.text(LETTERS, min_size=1, max_size=6)
names = st.lists(syllables, min_size=1, max_size=5).map(" ".join)


@given(any_text)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert is_clean(once)
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "  " not in once
    lines = clean_lines(text)
    assert clean_lines(lines) == lines


@given(any_text)
def test_folding_twice_is_folding_once_and_ignores_the_form(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(clean(text)) == once
    assert fold(unicodedata.normalize("NFD", clean(text))) == once


@given(any_text)
def test_a_sort_key_can_be_stored_and_is_clean(text: str) -> None:
    for key in (name_sort_key(text), natural_key(text)):
        key.encode()
        assert "\x00" not in key


@given(st.text(LETTERS, min_size=1, max_size=8), st.text(LETTERS, min_size=1, max_size=8))
def test_single_words_follow_the_alphabet(one: str, two: str) -> None:
    def places(word: str) -> list[int]:
        return [LETTERS.index(char) for char in word]

    left, right = name_sort_key(one).encode(), name_sort_key(two).encode()
    assert (left < right) == (places(one) < places(two))


@given(names, st.sampled_from(TONES), st.sampled_from(TONES))
def test_tones_decide_only_between_equal_letters(name: str, one: str, two: str) -> None:
    left = name_sort_key(name + one).encode()
    right = name_sort_key(name + two).encode()
    assert (left < right) == (TONES.index(one) < TONES.index(two))


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_natural_keys_follow_the_numbers(one: int, two: int) -> None:
    assert (natural_key(str(one)).encode() < natural_key(str(two)).encode()) == (one < two)
