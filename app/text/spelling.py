"""Whether two texts are one text written by two hands.

Two people who copy one paper differ in what no paper shows: capital letters, spaces, and on which
vowel of a syllable the tone stands (`hòa`, `hoà`). Another letter or another tone is another text.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

from app.text.fold import fold
from app.text.normalize import clean

#: Grave, acute, tilde, hook above, dot below: the five written tones. A syllable has one of them.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
#: Hỏi and ngã, which half of the country does not tell apart in speech.
HOOK, TILDE = "\u0309", "\u0303"
_BARS = frozenset("\u0111")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ'"), "'")


def spelling(text: str) -> str:
    """What is left of a text when capitals, spaces and the place of the tone do not count.

    Equal for NFC and NFD, for `hòa` and `hoà`; different for `hoa` and `hòa`, `Dung` and `Dũng`.
    """
    folded = clean(text).translate(_APOSTROPHES).casefold()
    return " ".join(map(_word, folded.split(" ")))


def _word(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(one for one in parts if one not in _TONES)
    return letters + "".join(one for one in parts if one in _TONES)


def may_be_one(first: str, second: str) -> bool:
    """Whether two written names may be one name: the same letters, and marks that were at most left
    out by one of the two hands. `Thon Dong` may be `Thôn Đông`; `Thôn Hà` is never `Thôn Hạ`.
    """
    if fold(first) != fold(second):
        return False
    pairs = zip(spelling(first).split(" "), spelling(second).split(" "), strict=True)
    return all(_left_out(one, other) for one, other in pairs)


def may_begin(name: str, typed: str) -> bool:
    """Whether a name may go on where the typed beginning of it ends: `Thôn 1` is not the beginning
    of `Thôn 10` but another name, and so is `Thôn Hà` beside `Thôn Hạ`.
    """
    folded, wanted = fold(name), fold(typed)
    rest = folded.removeprefix(wanted)
    if not folded.startswith(wanted) or (wanted[-1:].isdigit() and rest[:1].isdigit()):
        return False
    words = spelling(name).split(" ")
    pairs = list(zip(spelling(typed).split(" "), words, strict=False))
    whole = not rest or rest.startswith(" ")
    return all(_left_out(one, other) for one, other in (pairs if whole else pairs[:-1]))


def _left_out(one: str, other: str) -> bool:
    marks, others = marks_of(one), marks_of(other)
    return marks <= others or others <= marks


def marks_of(word: str) -> Counter[str]:
    """The marks of a word, the bar of the letter d among them."""
    parts = unicodedata.normalize("NFD", word)
    return Counter(one for one in parts if one in _BARS or unicodedata.category(one) == "Mn")
