"""The one spelling in which text enters the store.

Refuses to judge or correct what was written: an ethnic-minority name keeps its letters, only what
nobody can see, and look-alike code points of Đ, are unified: several spellings of one text break
search, sorting, hashing and comparison, and all of them occur in real files.
"""

from __future__ import annotations

import re
import unicodedata

# Icelandic eth and African D look like Đ and occur in real Vietnamese files.
_LOOKALIKES = {0x00D0: "\u0110", 0x0189: "\u0110", 0x00F0: "\u0111", 0x0256: "\u0111"}

# Unicode categories Zs, Zl, Zp and the white-space controls: a gap between words.
_GAPS = "\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Categories Cc, Cf, Cs and the blank default-ignorable characters (Unicode 15):
# controls, soft hyphen, zero width, bidi, byte order mark, variation selectors, lone surrogates.
_UNSEEN = (
    "\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f"
    "\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SUSPECT = re.compile(f"[{_GAPS}{_UNSEEN}\u00d0\u0189\u00f0\u0256]|  |^ | $")
_GAP = re.compile(f"[{_GAPS}]")
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_SPACES = re.compile(" {2,}")
_LINE_END = re.compile("\r\n|[\n\v\f\r\u0085\u2028\u2029]")


def clean(text: str) -> str:
    """NFC, trimmed, single spaces, no control, zero-width or bidi characters, one Đ.

    Line ends become a space. `clean(clean(text)) == clean(text)` for every text.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = unicodedata.normalize("NFC", text)
    if _SUSPECT.search(text) is None:
        return text
    text = _INVISIBLE.sub("", _GAP.sub(" ", text)).translate(_LOOKALIKES)
    # Removing an invisible character may bring a letter and its mark together: compose again.
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip(" "))


def holds_unseen(text: str) -> bool:
    """Whether a character stands in it that nobody can see, or that a screen obeys."""
    return _INVISIBLE.search(text) is not None


def clean_lines(text: str) -> str:
    """`clean` for notes: line ends are kept as U+000A, blank lines at both ends go."""
    return "\n".join(clean(line) for line in _LINE_END.split(text)).strip("\n")


def is_clean(text: str) -> bool:
    """Whether `clean` would leave the text as it is."""
    return clean(text) == text


def is_clean_lines(text: str) -> bool:
    """Whether `clean_lines` would leave the text as it is."""
    return clean_lines(text) == text
