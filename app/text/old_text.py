"""Text written for the fonts of before Unicode, and what it says in Unicode.

The font of a cell names the code; without one only the letters can tell. Then a text is old when a
word of it is no Vietnamese as it stands, is a syllable by one of the codes, and bears signs that
neither Vietnamese nor French writes. Words that are Unicode already stay, also beside old ones.
Refuses to guess: what is recognised is a proposal, and the text as stored is kept beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.text import tcvn3, vni
from app.text.written_syllables import is_written_syllable


class OldEncoding(StrEnum):
    """How a text was written. In a font of capitals the small codes are seen as capitals."""

    TCVN3 = "tcvn3"
    TCVN3_CAPITALS = "tcvn3_capitals"
    VNI = "vni"
    VNI_CAPITALS = "vni_capitals"
    MISREAD_UTF8 = "misread_utf8"
    """Unicode whose bytes were read as Windows-1252: `Nguyá»…n`."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An old text: its code, and what it says in NFC."""

    encoding: OldEncoding
    converted: str


_DECODE: Mapping[OldEncoding, Callable[[str], str]] = {
    OldEncoding.TCVN3: tcvn3.decode,
    OldEncoding.TCVN3_CAPITALS: tcvn3.decode,
    OldEncoding.VNI: vni.decode,
    OldEncoding.VNI_CAPITALS: vni.decode,
}
_CAPITALS = frozenset({OldEncoding.TCVN3_CAPITALS, OldEncoding.VNI_CAPITALS})
_VNI = frozenset({OldEncoding.VNI, OldEncoding.VNI_CAPITALS})
_ACCENTED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"


def _accented_but(letters: str) -> str:
    """A class of the accented letters of Latin-1 without these and their capitals."""
    left_out = letters + letters.upper()
    return "[" + "".join(one for one in map(chr, range(0xC0, 0x100)) if one not in left_out) + "]"


#: A sign that Unicode Vietnamese has none of, a capital inside a word, or a vowel before an
#: accented one that never follows it. Everything else is passed by without a second look: every
#: text of every table is asked this, so only signs of Latin-1 are looked at, and behind them.
_SUSPECT = re.compile(
    "[\u00a1-\u00ff](?:"
    "(?<=[\u00a1-\u00bf\u00c4-\u00c7\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df"
    "\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe])"
    "|(?<=[a-z\u00e0-\u00fe][\u00c0-\u00dd])"
    f"|(?<=[aAeE{_ACCENTED}][{_ACCENTED}])"
    f"|(?<=[oO]{_accented_but('àáãèé')})"
    f"|(?<=[uU]{_accented_but('âêôáàãéèíìýóò')})"
    f"|(?<=[yY]{_accented_but('ê')})"
    f"|(?<=[iI]{_accented_but('àáãêéè')})(?<![gG]..)"
    "|(?<=[âÂ])(?![a-zA-Z])|(?<=[óÓ])(?=[yY])|(?<=Ã)(?=[^A-Za-z ])"
    ")"
)
#: What stands between blanks, digits and signs of punctuation that no code uses for a letter.
_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u1e00-\u1eff]+")
#: Unicode Vietnamese and French write these too, and Ê Đê and Ba Na have ñ: a word whose signs are
#: all among them proves nothing by itself, it may be misspelt or foreign.
_COMMON = frozenset("àâçèéêëîïôùûüÿñáãìíòóõúýÀÂÇÈÉÊËÎÏÔÙÛÜÑÁÃÌÍÒÓÕÚÝ")
#: What neither writes: a capital inside a word; VNI's signs of shape behind
#: their vowel, and its signs of tone where no misplaced tone of Unicode would stand.
_NEVER_COMMON = re.compile("[a-z][\u00c0-\u00dd]")
_NEVER_COMMON_VNI = re.compile("[aAeE][âàáãêéèÂÀÁÃÊÉÈ]|[oO][âõÂÕ]|[ôÔ][ùûõïÙÛÕÏ]|[uUyYeE][ùÙ]")
#: Signs of measure that would be syllables.
_MEASURES = frozenset({"µm"})
_FONT = re.compile(r"(?P<tcvn3>\.vn)|vni[- ]", re.IGNORECASE)
#: Windows knows no longer name of a font.
_LONGEST_FONT = 64
#: Fonts of capitals are called as the others with an H behind; no other ABC font ends in one.
_VNI_CAPITALS = re.compile(r".*[a-z0-9]H")
#: ư is the soft hyphen, which some programs turn into a hyphen and others drop. Before ơ it can
#: only have been the ư of ươ; and no syllable ends in ơng, ơc or ơu.
_HARD_HYPHEN = re.compile("(?<=[A-Za-z\u00a7\u00ae])-(?=[\u00ac\u00ea-\u00ee])")
_LOST_HORN = re.compile(
    "(?<![ưừửữứựƯỪỬỮỨỰ])(?:([ơờởỡớợ])(?=(?:ng|c|u)\\b)|([ƠỜỞỠỚỢ])(?=(?:NG|C|U)\\b))"
)


def encoding_of_font(name: str) -> OldEncoding | None:
    """The code a font is made for, by its name; None for a font of Unicode."""
    name = name[:_LONGEST_FONT].strip()
    found = _FONT.match(name)
    if found is None:
        return None
    if found["tcvn3"]:
        return OldEncoding.TCVN3_CAPITALS if name[-1] in "hH" else OldEncoding.TCVN3
    return OldEncoding.VNI_CAPITALS if _VNI_CAPITALS.fullmatch(name) else OldEncoding.VNI


def encode(text: str, encoding: OldEncoding) -> str:
    """An NFC text as it was stored for a font of that code."""
    if encoding is OldEncoding.MISREAD_UTF8:
        return "".join(map(_as_windows_1252, text.encode()))
    written = unicodedata.normalize("NFC", text)
    if encoding in _CAPITALS:
        written = written.lower()
    return vni.encode(written) if encoding in _VNI else tcvn3.encode(written)


def convert(text: str, encoding: OldEncoding) -> str:
    """What a text says that stands in a font of the code, in NFC.

    A word that is Unicode already stays: one with letters that the code has none of, and beside
    such a word every other that is Vietnamese as it stands.
    """
    if encoding is OldEncoding.MISREAD_UTF8:
        return _read_as_utf8(text) or unicodedata.normalize("NFC", text)
    if text.isascii():
        return text.upper() if encoding in _CAPITALS else text
    return _converted(text, encoding, _stays_beside_unicode)


#: Whether a text deserves to be judged by `recognise`; most deserve it not, and this is quick.
may_be_old = _SUSPECT.search


def recognise(text: str) -> Recognised | None:
    """An old text by its letters alone; None for what is, or may be, no old text."""
    if text.isascii() or _SUSPECT.search(text) is None:
        return None
    misread = _read_as_utf8(text)
    if misread is not None:
        return Recognised(OldEncoding.MISREAD_UTF8, misread)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    # Where both are as good it is VNI: its `ö` is ư, that of TCVN3 the far rarer ử.
    best = max((OldEncoding.VNI, OldEncoding.TCVN3), key=lambda code: _evidence(words, code))
    proved, hinted, _ = _evidence(words, best)
    if not proved and not (hinted and _all_vietnamese(text, best)):
        return None
    converted = _converted(text, best, _stays_as_vietnamese)
    return None if converted == unicodedata.normalize("NFC", text) else Recognised(best, converted)


def _evidence(words: list[str], encoding: OldEncoding) -> tuple[int, int, int]:
    """How many words are old by signs that only old text has, how many by others, and how many can
    be read by the code.
    """
    proved = hinted = readable = 0
    never = _NEVER_COMMON_VNI if encoding in _VNI else _NEVER_COMMON
    for word in words:
        # A sign alone is a sign: `5×4`, `£`.
        if len(word) < 2 or word in _MEASURES or _is_unicode(word, encoding):
            continue
        if not is_written_syllable(_judged(word, encoding), strict=True):
            continue
        readable += 1
        if is_written_syllable(word):
            continue
        if never.search(word) or any(not one.isascii() and one not in _COMMON for one in word):
            proved += 1
        else:
            hinted += 1
    return proved, hinted, readable


def _all_vietnamese(text: str, encoding: OldEncoding) -> bool:
    """Whether a hint is as good as a proof: it stands among three words and more, and every word is
    Vietnamese by the code or as it stands.
    """
    words = _WORD.findall(text)
    return len(words) > 2 and all(
        is_written_syllable(word) or is_written_syllable(_judged(word, encoding)) for word in words
    )


def _judged(word: str, encoding: OldEncoding) -> str:
    """A word converted, in one case where its code left the case of its letters open."""
    decoded = _DECODE[encoding](word)
    plain = [one for one in word if one.isascii()]
    if encoding is OldEncoding.TCVN3:
        decoded = _LOST_HORN.sub(_with_horn, decoded)
    return decoded.upper() if plain and all(one.isupper() for one in plain) else decoded


def _converted(
    text: str, encoding: OldEncoding, stays: Callable[[str, OldEncoding, bool], bool]
) -> str:
    """A text word by word; `stays` says of a word, beside Unicode or not, that it is left alone."""
    if encoding not in _VNI:
        text = _HARD_HYPHEN.sub("\u00ad", text)
    mixed = any(_is_unicode(word, encoding) for word in _WORD.findall(text))

    def one(found: re.Match[str]) -> str:
        word = found[0]
        if word.isascii() or _is_unicode(word, encoding) or stays(word, encoding, mixed):
            return word
        return _DECODE[encoding](word)

    return _finished(text, _WORD.sub(one, text), encoding)


def _stays_beside_unicode(word: str, _encoding: OldEncoding, mixed: bool) -> bool:
    return mixed and is_written_syllable(word)


def _stays_as_vietnamese(word: str, encoding: OldEncoding, mixed: bool) -> bool:
    """Without a font a word that is Vietnamese either way goes with the others."""
    if not is_written_syllable(word):
        return word in _MEASURES
    return mixed or not is_written_syllable(_judged(word, encoding))


def _is_unicode(word: str, encoding: OldEncoding) -> bool:
    """Whether a word bears a letter that the code has none of."""
    rest = _DECODED_AWAY[encoding].sub("", word)
    return any(one.isalpha() and not one.isascii() for one in rest)


_DECODED_AWAY: Mapping[OldEncoding, re.Pattern[str]] = {
    encoding: re.compile(
        "|".join(sorted(map(re.escape, letters), key=len, reverse=True)),
    )
    for encoding, letters in (
        (OldEncoding.TCVN3, tcvn3.LETTERS),
        (OldEncoding.TCVN3_CAPITALS, tcvn3.LETTERS),
        (OldEncoding.VNI, vni.LETTERS),
        (OldEncoding.VNI_CAPITALS, vni.LETTERS),
    )
}


def _finished(stored: str, decoded: str, encoding: OldEncoding) -> str:
    """A decoded text in its case: TCVN3 has no code for a capital with a tone."""
    if encoding in _CAPITALS:
        decoded = decoded.upper()
    elif encoding is OldEncoding.TCVN3:
        decoded = _capitals_restored(stored, decoded)
    if encoding not in _VNI:
        decoded = _LOST_HORN.sub(_with_horn, decoded)
    return unicodedata.normalize("NFC", decoded)


def _with_horn(found: re.Match[str]) -> str:
    return f"ư{found[1]}" if found[1] else f"Ư{found[2]}"


def _capitals_restored(stored: str, decoded: str) -> str:
    """Capitals where the font had none: in a word of capitals, and at the beginning of a word
    where every other word begins with one.
    """
    words = [(found.start(), found.end()) for found in _WORD.finditer(stored)]
    plain = [[one for one in stored[a:b] if one.isascii()] for a, b in words]
    shouted = any(len(letters) > 1 for letters in plain) and all(
        one.isupper() for letters in plain for one in letters
    )
    # A word may only begin with a small letter because the font has no such capital.
    others = [decoded[a] for a, _ in words if stored[a].isascii() or decoded[a].isupper()]
    titled = len(others) > 1 and all(one.isupper() for one in others)
    made = list(decoded)
    for (a, b), letters in zip(words, plain, strict=True):
        if shouted or (len(letters) > 1 and all(one.isupper() for one in letters)):
            made[a:b] = decoded[a:b].upper()
        elif titled:
            made[a] = decoded[a].upper()
    return "".join(made)


def _as_windows_1252(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)  # Windows reads the five codes that it has no sign for as controls


_BYTES: Mapping[str, int] = {_as_windows_1252(byte): byte for byte in range(256)}


def _read_as_utf8(text: str) -> str | None:
    """What a text says whose bytes are UTF-8; None for every other text."""
    if any(one not in _BYTES for one in text):
        return None
    try:
        read = bytes(_BYTES[one] for one in text).decode()
    except UnicodeDecodeError:
        return None
    return unicodedata.normalize("NFC", read)
