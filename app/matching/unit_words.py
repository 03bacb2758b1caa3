"""The words of a written unit name: one spelling for what two hands write differently.

Capitals, the place of the tone, `y` for `i` at the end of a syllable, zeros before a number, roman
numerals and stops behind abbreviations do not count. Marks are kept beside the bare letters, for
whether they were left out or are others decides how sure a name is. Refuses to correct anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz.distance import OSA

from app.text.fold import fold
from app.text.normalize import clean
from app.text.spelling import marks_of, spelling

#: What ends one name and begins the next. A hyphen may also stand inside a name.
_BREAKS = re.compile(r"[,;:()\[\]{}/\\|\n\r\t]+")
_HYPHENS = re.compile(r"[-\u2010-\u2015_]+")
_SPACED_HYPHENS = re.compile(r"\s[-\u2010-\u2015_]+\s|\s[-\u2010-\u2015_]+|[-\u2010-\u2015_]+\s")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ′`´‛＇ʹʽ'"), "")
_NOT_WORD = re.compile(r"[^\w]+")
#: A ward or an urban district and its number in one word: `P1`, `Q03`, `F12`.
_NUMBERED = re.compile(r"([pqfPQF])([0-9]{1,2})")
#: An abbreviation and a name that nothing parts: `TPHuế`. A capital follows, and a small letter.
_JOINED = re.compile(r"(T[TPX])(\w[^\W\d_A-Z]\w*)")
#: A syllable of one consonant and `y`, which half of the country writes with `i`; and `quy`.
_LAST_Y = re.compile(r"((?:[bcdghklmnpqrstvx]|th|tr|ch|nh|ng|kh|ph|qu)+)y")
#: Ones and tens of the roman numerals a ward may be called by: up to 39.
_ONES, _TENS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"), ("", "x", "xx", "xxx")
_ROMAN = {
    ten + one: str(10 * tens + ones)
    for tens, ten in enumerate(_TENS)
    for ones, one in enumerate(_ONES)
    if ten + one
}
#: A code has five digits and keeps its zeros; a number loses them.
_CODE = re.compile(r"[0-9]{5}")


class Word(NamedTuple):
    """`key`: letters without marks, as compared; `spelled`: with marks, as written but for what
    does not count, the tone behind the syllable; `written`: in small letters.
    """

    key: str
    spelled: str
    written: str


Unit = TypeVar("Unit")


class Entry(NamedTuple, Generic[Unit]):
    """A unit and one way to write its name."""

    unit: Unit
    words: tuple[Word, ...]


class Fit(IntEnum):
    """How a written name and an official one of the same letters stand to each other."""

    EXACT = 0
    #: Marks that the official name has were left out, all of them.
    BARE = 1
    #: Some were left out and some were written.
    PARTLY = 2
    #: A mark is another one, or one too many: another name, or a slip.
    OTHER = 3


@lru_cache(maxsize=1 << 14)
def _word(written: str) -> Word:
    key, spelled = fold(written), spelling(written)
    if key.isdigit():
        number = key if _CODE.fullmatch(key) else key.lstrip("0") or "0"
        return Word(number, number, number)
    if _LAST_Y.fullmatch(key):
        marks = unicodedata.normalize("NFD", spelled)
        return Word(f"{key[:-1]}i", marks.replace("y", "i"), clean(written).casefold())
    return Word(key, spelled, clean(written).casefold())


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a name; stops, hyphens and apostrophes are none."""
    plain = _NOT_WORD.sub(" ", clean(text).translate(_APOSTROPHES).replace("_", " "))
    return tuple(_word(one) for piece in plain.split() for one in _parted(piece))


def _parted(piece: str) -> Sequence[str]:
    numbered = _NUMBERED.fullmatch(piece)
    if numbered is not None:
        return numbered.groups()
    joined = _JOINED.fullmatch(piece)
    return (piece,) if joined is None or not joined[2][:1].isupper() else joined.groups()


def text_of(pieces: Iterable[Iterable[Word]]) -> str:
    """Pieces as a text that is parted into them again."""
    return ", ".join(" ".join(one.written for one in piece) for piece in pieces)


def pieces_of(text: str) -> Iterator[tuple[Word, ...]]:
    """The parts of a text that nothing joins: between commas, brackets and the like."""
    for piece in _BREAKS.split(text):
        if words := words_of(_HYPHENS.sub(" ", piece)):
            yield words


def finer_pieces_of(text: str) -> Iterator[tuple[Word, ...]]:
    """As `pieces_of`, parted at hyphens with a space beside them too."""
    for piece in _BREAKS.split(text):
        for part in _SPACED_HYPHENS.split(piece):
            if words := words_of(_HYPHENS.sub(" ", part)):
                yield words


def key_of(words: Iterable[Word]) -> str:
    """What all ways to write a name have in common."""
    return " ".join([one.key for one in words])


def plain_of(words: Iterable[Word]) -> str:
    """The letters as they were written, without marks: a slip may lie beside an `y`."""
    return fold(" ".join([one.written for one in words]))


def with_figures(words: Sequence[Word]) -> tuple[Word, ...] | None:
    """The same name with its last word, a roman numeral, in figures; None where it is none."""
    last = words[-1]
    figure = _ROMAN.get(last.key) if last.spelled == last.key else None
    return None if figure is None else (*words[:-1], Word(figure, figure, figure))


def fit(written: Sequence[Word], official: Sequence[Word]) -> Fit:
    """How a name of the same key is written."""
    if len(written) != len(official) or [one.key for one in written] != [
        one.key for one in official
    ]:
        return Fit.OTHER  # the words are parted otherwise
    if all(one.spelled == other.spelled for one, other in zip(written, official, strict=True)):
        return Fit.EXACT
    if not any(_marks(one.spelled) for one in written):
        return Fit.BARE
    left_out = all(
        one.spelled == other.spelled or _fewer(one.spelled, other.spelled)
        for one, other in zip(written, official, strict=True)
    )
    return Fit.PARTLY if left_out else Fit.OTHER


@lru_cache(maxsize=1 << 14)
def _marks(spelled: str) -> Mapping[str, int]:
    return marks_of(spelled)


def _fewer(written: str, official: str) -> bool:
    have = _marks(official)
    return all(count <= have.get(mark, 0) for mark, count in _marks(written).items())


def is_code(word: Word) -> bool:
    """Whether a word is written like the code of a commune."""
    return _CODE.fullmatch(word.key) is not None


def differ_by_one(written: Sequence[Word], official: Sequence[Word]) -> bool:
    """Whether one letter or one mark lies between two names, numbers never: Phường 1 is not 2."""
    if _numbers(written) != _numbers(official):
        return False
    ours, theirs = _spelled(written), _spelled(official)
    if OSA.distance(ours, theirs, score_cutoff=1) <= 1:
        return True
    if OSA.distance(_composed(written), _composed(official), score_cutoff=1) <= 1:
        return True
    return not _marks(ours) and OSA.distance(key_of(written), key_of(official), score_cutoff=1) <= 1


def _numbers(words: Sequence[Word]) -> list[str]:
    return [one.key for one in words if one.key.isdigit()]


def _spelled(words: Sequence[Word]) -> str:
    """The tones behind the syllables: a letter more or less moves none of them."""
    return " ".join([one.spelled for one in words])


def _composed(words: Sequence[Word]) -> str:
    return unicodedata.normalize("NFC", " ".join([one.written for one in words]))
