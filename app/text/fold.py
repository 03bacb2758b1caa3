"""Text as people search for it: no marks, no case, one apostrophe.

`hoà` and `hòa` fold alike because both lose their mark. SQLite's FTS5 does not fold đ, so the
folded column is the one that is indexed. Refuses to be shown to anybody.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.text.normalize import clean

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ'"), "'")

#: A number written in groups, and from how many digits on it is one: a telephone, a personal id.
_GROUPS, _LONG_NUMBER = re.compile(r"[0-9]+(?:[ .-][0-9]+)+"), 9


def fold(text: str) -> str:
    """Marks and đ removed, lower case, single spaces, apostrophe variants unified.

    `fold(fold(text)) == fold(text)`; equal for NFC and NFD spellings.
    """
    # Vietnamese text is made of a few thousand syllables: remembering them is 10 times faster.
    return " ".join([folded for word in text.split(" ") if (folded := _folded(word))])


def fold_number(text: str) -> str:
    """As `fold`; a long number in groups, as telephones and personal ids are written on paper, is
    one word.
    """
    if text.isascii() and text.isdigit():
        return text
    folded = fold(text)
    if _GROUPS.fullmatch(folded):
        digits = "".join(filter(str.isdigit, folded))
        if len(digits) >= _LONG_NUMBER:
            return digits
    return folded


@lru_cache(maxsize=1 << 16)
def _folded(piece: str) -> str:
    """What stands between two blanks, as it was typed; cleaned it may be several words."""
    return " ".join([_fold_word(word) for word in clean(piece).split(" ")]).strip(" ")


def _fold_word(word: str) -> str:
    if word.isascii():
        return word.lower().translate(_APOSTROPHES)
    bare = _without_marks(_without_marks(word).casefold())
    return unicodedata.normalize("NFC", bare).replace("đ", "d").translate(_APOSTROPHES)


def _without_marks(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return "".join([char for char in parts if unicodedata.category(char) != "Mn"])
