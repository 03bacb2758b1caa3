"""Laws of old text that hold for every text in Vietnamese letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.old_text import OldEncoding, convert, encode, recognise
from app.text.written_syllables import _INITIALS, _RIMES, is_written_syllable

TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


def _syllable(initial: str, rime: str, tone: str, at: int) -> str:
    vowels = [place for place, one in enumerate(rime) if one in "aăâeêioôơuưy"]
    place = vowels[at % len(vowels)] + 1
    return unicodedata.normalize("NFC", initial + rime[:place] + tone + rime[place:])


syllables = st.builds(
    _syllable,
    st.sampled_from(["", *_INITIALS]),
    st.sampled_from(sorted(_RIMES)),
    st.sampled_from(TONES),
    st.integers(0, 2),
).filter(is_written_syllable)
sentences = st.lists(syllables, min_size=1, max_size=6).map(" ".join)


@given(sentences)
def test_what_is_written_in_vni_reads_back(text: str) -> None:
    for said in (text, text.upper(), text.title()):
        assert convert(encode(said, OldEncoding.VNI), OldEncoding.VNI) == said


@given(sentences)
def test_what_is_written_in_tcvn3_reads_back(text: str) -> None:
    stored = encode(text, OldEncoding.TCVN3)
    assert convert(stored, OldEncoding.TCVN3) == text
    assert convert(stored, OldEncoding.TCVN3_CAPITALS) == text.upper()


@given(sentences)
def test_vietnamese_in_unicode_is_never_taken_for_old_text(text: str) -> None:
    for said in (text, text.upper(), text.title(), unicodedata.normalize("NFD", text)):
        assert recognise(said) is None


@pytest.mark.parametrize("encoding", list(OldEncoding))
@given(text=st.text(st.characters(max_codepoint=0x1EFF), max_size=40))
def test_any_text_converts_into_composed_letters(encoding: OldEncoding, text: str) -> None:
    assert unicodedata.is_normalized("NFC", convert(text, encoding))
    found = recognise(text)
    if found is not None:
        assert unicodedata.is_normalized("NFC", found.converted)
        assert found.converted != unicodedata.normalize("NFC", text)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=40))
def test_plain_letters_are_no_old_text(text: str) -> None:
    assert recognise(text) is None
    assert convert(text, OldEncoding.TCVN3) == convert(text, OldEncoding.VNI) == text
