"""Sort keys: plain text columns whose byte order is the Vietnamese order.

They are compared as bytes (SQLite BINARY, PostgreSQL collation "C") and hold the record's text in
another spelling, so they are as private as the text itself. Refuses to correct names.

Order: letters a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y with
f j w z in their Latin places, digits before letters; where all letters are equal the tones decide,
ngang < huyền < hỏi < ngã < sắc < nặng. Marks of other languages and punctuation do not count.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from app.text.normalize import clean

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Thirty-three code points rising in byte order from "A"; digits lie below, the blank below those.
_RANK = {letter: chr(0x41 + place) for place, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPES = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn: they make another letter
_WORD_GAP = "."  # above the blank that closes a level, below every digit and letter


def name_sort_key(full_name: str, *, family_last: bool = False) -> str:
    """Key of a person's name: given name, then middle names, then family name.

    The given name is the last word. `family_last` is the override for names such as H'Hen Niê whose
    last word is the family name: then the first word is the given name.
    """
    words = [word for piece in full_name.split(" ") for word in _words(piece)]
    if family_last and len(words) > 1:
        parts = (words[:1], words[1:-1], words[-1:])
    else:
        parts = (words[-1:], words[1:-1], words[:-1][:1])
    return "".join([_part_key(part) for part in parts]).rstrip(" ")


@lru_cache(maxsize=1 << 13)
def natural_key(text: str) -> str:
    """Key of a household number or a village: numbers in it compare as numbers, 12 before 100.1."""
    pieces = "".join([char if char.isalnum() else " " for char in _spaced(clean(text))])
    return _part_key([_word_key(word) for word in pieces.split()]).rstrip(" ")


@lru_cache(maxsize=1 << 16)
def _words(piece: str) -> tuple[tuple[str, str], ...]:
    """The keys of what stands between two blanks, as it was typed; mostly one word."""
    return tuple(_word_key(word) for word in clean(piece).split())


def _part_key(keys: list[tuple[str, str]]) -> str:
    if len(keys) == 1:
        return f"{keys[0][0]} {keys[0][1]} "
    letters = _WORD_GAP.join([key[0] for key in keys])
    return f"{letters} {''.join([key[1] for key in keys])} "


def _spaced(text: str) -> str:
    """A gap wherever digits meet letters, so that 12, 12A and 12B follow each other."""
    out: list[str] = []
    before = ""
    for char in unicodedata.normalize("NFC", text):
        if before and (before.isdecimal() != char.isdecimal()):
            out.append(" ")
        out.append(char)
        before = char
    return "".join(out)


def _word_key(word: str) -> tuple[str, str]:
    """(letters, tone) of one word; a syllable has one tone, wherever its mark stands."""
    if word.isdecimal():
        digits = "".join([str(unicodedata.decimal(char)) for char in word]).lstrip("0")
        return _length_mark(len(digits)) + digits, "0"
    letters: list[str] = []
    tones: list[str] = []
    letter = ""
    for char in unicodedata.normalize("NFD", word.lower()):
        tone = _TONES.get(char)
        if tone is not None:
            tones.append(tone)
        elif unicodedata.combining(char):
            shaped = unicodedata.normalize("NFC", letter + char)
            if char in _SHAPES and shaped in _RANK:
                letters[-1] = _RANK[shaped]
                letter = shaped
        elif char.isalnum():
            letters.append(_RANK.get(char, char))
            letter = char
    return "".join(letters), "".join(tones) or "0"


def _length_mark(length: int) -> str:
    """A longer number is a greater number: its length in digits goes before it."""
    return "9" * (length // 9) + str(length % 9)
