"""Whether two given names can be one name, written by two hands.

The given name is what a child is called, and brothers and sisters share everything else: another
given name is another child, whatever else agrees. What two hands may do to one name is little:
leave marks out, take hỏi for ngã, write what they hear, slip on the keys, or type with the keyboard
driver turned off.
"""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from app.text.fold import fold
from app.text.spelling import HOOK, TILDE, marks_of
from app.text.syllables import is_syllable


class Spelling(IntEnum):
    """How two given names go together, the closest first."""

    SAME = 0
    MARKS = 1
    SOUND = 2
    SLIP = 3
    OTHER = 4


#: Initials and finals that one half of the country does not tell apart in speech, and so mixes up
#: in writing (domain.md 9 item 8). `đ` is none of them.
_INITIALS = (("tr", "ch"), ("gi", "d"), ("v", "d"), ("s", "x"))
_FINALS = (("ng", "n"), ("c", "t"))
#: From this likeness on two words may be one with a slip in it.
_CLOSE = 0.85


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """What is left of a word, as `spelled` gives it, when neither its marks count nor what is mixed
    up in writing; for finding what may be alike.
    """
    folded = fold(word)
    return _final(_initial(folded)).replace("y", "i")


def _initial(folded: str) -> str:
    for written, heard in _INITIALS:
        if folded.startswith(written) and len(folded) > len(written):
            return heard + folded[len(written) :]
    return folded


def _final(folded: str) -> str:
    for written, heard in _FINALS:
        if folded.endswith(written) and not folded.endswith("h") and len(folded) > len(written):
            return folded[: -len(written)] + heard
    return folded


def _mixed_up(one: str, other: str) -> bool:
    """Whether two folded words differ in one of those places, and in one alone."""
    return (
        one.replace("y", "i") == other.replace("y", "i")
        or _initial(one) == _initial(other)
        or _final(one) == _final(other)
    )


@lru_cache(maxsize=1 << 18)
def compared(one: str, other: str) -> Spelling:
    """How two given names go together, each as `spelled` gives it."""
    if one == other:
        return Spelling.SAME
    folded, wanted = fold(one), fold(other)
    if folded == wanted or _mixed_up(folded, wanted):
        if not marks_fit(one, other):
            return Spelling.OTHER
        return Spelling.MARKS if folded == wanted else Spelling.SOUND
    if is_syllable(folded) and is_syllable(wanted):
        return Spelling.OTHER
    if min(len(folded), len(wanted)) > 2 and OSA.distance(folded, wanted, score_cutoff=1) <= 1:
        return Spelling.SLIP
    return Spelling.OTHER


@lru_cache(maxsize=1 << 18)
def written_alike(one: str, other: str) -> Spelling:
    """How two words of any language go together that are names or parts of names: what nobody has
    a list of syllables for is judged by its letters.
    """
    if one == other:
        return Spelling.SAME
    folded, wanted = fold(one), fold(other)
    if folded == wanted:
        return Spelling.MARKS
    # Which word comes first may change how many letters it finds in the other.
    first, second = sorted((folded, wanted))
    close = JaroWinkler.similarity(first, second, score_cutoff=_CLOSE) >= _CLOSE
    return Spelling.SLIP if close else Spelling.OTHER


@lru_cache(maxsize=1 << 18)
def marks_fit(one: str, other: str) -> bool:
    """Whether the marks of one word are those of the other, or some of them left out."""
    mine, theirs = _heard_marks(one), _heard_marks(other)
    return mine <= theirs or theirs <= mine


@lru_cache(maxsize=1 << 16)
def _heard_marks(word: str) -> Counter[str]:
    found = marks_of(word)
    found[TILDE] += found.pop(HOOK, 0)
    return +found
