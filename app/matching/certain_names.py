"""The names on which a pair may be called certain with nobody asked.

Refuses every name that may be no name: a child without one is written as somebody's child, by its
sex, by a number; and two such children bear one text (domain.md 9 item 6). Refused in error, a name
costs a question to a person; taken in error, a child is counted no more.
"""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from app.settings import resources_dir
from app.text.fold import fold
from app.text.normalize import clean
from app.text.spelling import marks_of, spelling
from app.text.typed_keys import spelled

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ"), "'")
_BETWEEN_LETTERS = dict.fromkeys(map(ord, "'-"), "")


class _Words(NamedTuple):
    """Word by word, what stands for a name wherever it stands, and where it stands first."""

    anywhere: tuple[tuple[str, ...], ...]
    first: tuple[tuple[str, ...], ...]


@cache
def _stand_ins() -> _Words:
    file = resources_dir() / "lists" / "no_names.json"
    said: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    anywhere, first = (
        tuple(tuple(spelled(word) for word in entry.split()) for entry in said[which])
        for which in ("anywhere", "first")
    )
    return _Words(anywhere, first)


def certain_name(name: str) -> str:
    """The whole name, every word of it, as `same_name` compares it; "" where it may be no name, or
    is not whole: one word, a word cut short, anything but letters, a single letter for a name.
    """
    whole = clean(name).translate(_APOSTROPHES)
    words = [spelled(word) for word in whole.split()]
    if len(words) < 2 or not whole.replace(" ", "").translate(_BETWEEN_LETTERS).isalpha():
        return ""
    if len(words[-1]) == 1 and words[-1].isascii():
        return ""
    return "" if _stands_in(words) else " ".join(words)


def same_name(one: str, other: str) -> bool:
    """Whether two names, as `certain_name` gives them, are one written by two hands: the same
    letters, and the same marks unless one of the two hands wrote none at all.
    """
    if not one or not other or fold(one) != fold(other):
        return False
    return one.isascii() or other.isascii() or spelling(one) == spelling(other)


def _stands_in(words: list[str]) -> bool:
    anywhere, first = _stand_ins()
    if any(_begins(words, entry) for entry in first):
        return True
    return any(_begins(words[at:], entry) for at in range(len(words)) for entry in anywhere)


def _begins(words: list[str], entry: tuple[str, ...]) -> bool:
    return len(entry) <= len(words) and all(map(_is_word, words, entry))


def _is_word(written: str, wanted: str) -> bool:
    """Whether it is that word, or that word with marks left out: `chau` may be `cháu`, and the name
    `Châu` is not.
    """
    return fold(written) == fold(wanted) and marks_of(written) <= marks_of(wanted)
