"""VNI for Windows (`VNI-Times` and its kin): a vowel, and behind it a sign for its shape and tone.

`Nguyeãn Vaên Ñöùc` is Nguyễn Văn Đức. Six letters are one sign each: i with a tone, ỵ, ơ, ư and đ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

#: Grave, acute, hook above, tilde, dot below, in the order of the signs beneath.
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_PLAIN, _CIRCUMFLEX, _BREVE = "øùûõï", "àáåãä", "èéúüë"
_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _pairs() -> Iterator[tuple[str, str]]:
    """Vowel and sign → letter, in small letters."""
    for tone, sign in zip(_TONES, _PLAIN, strict=True):
        for vowel, letter in zip("aeouyôö", "aeouyơư", strict=True):
            yield vowel + sign, unicodedata.normalize("NFC", letter + tone)
    for vowel, letter in zip("aeo", "âêô", strict=True):
        yield vowel + "â", letter
        for tone, sign in zip(_TONES, _CIRCUMFLEX, strict=True):
            yield vowel + sign, unicodedata.normalize("NFC", letter + tone)
    yield "aê", "ă"
    for tone, sign in zip(_TONES, _BREVE, strict=True):
        yield "a" + sign, unicodedata.normalize("NFC", "ă" + tone)


_SMALL: Mapping[str, str] = dict((*_pairs(), *_ALONE.items()))
#: As written → letter. The vowel says whether it is a capital; its sign may be of either size.
LETTERS: Mapping[str, str] = {
    written: letter.upper() if written[0].isupper() else letter
    for signs, letter in _SMALL.items()
    for written in (
        signs,
        signs.upper(),
        signs[0] + signs[1:].upper(),
        signs[0].upper() + signs[1:],
    )
}
#: ỵ has a sign of its own besides the pair that the rule makes; the later one counts.
_WRITTEN = {letter: signs for signs, letter in _SMALL.items()}
_ENCODE = str.maketrans(
    _WRITTEN | {letter.upper(): signs.upper() for letter, signs in _WRITTEN.items()}
)
_SIGN = re.compile("|".join(sorted(map(re.escape, LETTERS), key=len, reverse=True)))


def decode(text: str) -> str:
    """The letters that a VNI font shows for a text; what it has no letter for stays."""
    return _SIGN.sub(lambda found: LETTERS[found[0]], text)


def encode(text: str) -> str:
    """An NFC text in signs of VNI."""
    return text.translate(_ENCODE)
