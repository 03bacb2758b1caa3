"""Whether two texts are one text written by two hands.

Two people who copy one paper differ in what no paper shows: capital letters, spaces, and on which
vowel of a syllable the tone stands (`hòa`, `hoà`). Another letter or another tone is another text.
"""

from __future__ import annotations

import unicodedata

from app.text.normalize import clean

#: Grave, acute, tilde, hook above, dot below: the five written tones. A syllable has one of them.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
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
