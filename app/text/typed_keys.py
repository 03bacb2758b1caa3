"""Words of names in one spelling, also those that were typed while the keyboard driver was off.

Then the keys stand there that would have made the letters: `Nguye6n4` by the VNI way of typing,
`Nguyeenx` by Telex. A word of Telex keys is read only where it is no syllable and what it reads as
is one, by `is_syllable`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from app.text.fold import fold
from app.text.syllables import is_syllable

_VNI = {
    "1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323",
    "6": "\u0302", "7": "\u031b", "8": "\u0306",
}  # fmt: skip
#: The letters that a sign of a vowel may stand on.
_BEARS = {"6": "aeo", "7": "ou", "8": "a"}
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TELEX_LETTERS = (
    ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"), ("dd", "đ"),
)  # fmt: skip
_VOWELS = "aăâeêioôơuưy"


@lru_cache(maxsize=1 << 16)
def spelled(word: str) -> str:
    """One word of a name in small letters, composed; keys typed with the keyboard driver off are
    read as the letters they stand for.
    """
    word = word.casefold()
    if any(one.isdigit() for one in word):
        return _from_vni(word)
    if word.isascii() and not is_syllable(word):
        read = _from_telex(word)
        if is_syllable(fold(read)):
            return read
    return word


def _from_vni(word: str) -> str:
    made: list[str] = []
    tone = ""
    for one in word:
        mark = _VNI.get(one)
        if one == "9" and "d" in made:
            made[made.index("d")] = "đ"
        elif mark is None:
            made.append(one)
        elif one in _BEARS:
            fits = [at for at, letter in enumerate(made) if letter in _BEARS[one]]
            for at in fits[-2:] if one == "7" else fits[-1:]:
                made[at] = unicodedata.normalize("NFC", made[at] + mark)
        else:
            tone = mark
    return _with_tone("".join(made), tone)


def _from_telex(word: str) -> str:
    tone = ""
    if len(word) > 2 and word[-1] in _TELEX_TONES:
        tone, word = _TELEX_TONES[word[-1]], word[:-1]
    for keys, letter in _TELEX_LETTERS:
        word = word.replace(keys, letter)
    return _with_tone(word, tone)


def _with_tone(word: str, tone: str) -> str:
    if not tone:
        return word
    marked = [at for at, one in enumerate(word) if one in "ăâêôơư"]
    vowels = [at for at, one in enumerate(word) if one in _VOWELS]
    if not vowels:
        return word
    at = marked[-1] if marked else vowels[len(vowels) // 2 if len(vowels) > 2 else 0]
    return unicodedata.normalize("NFC", word[: at + 1] + tone + word[at + 1 :])
