"""Text for the fonts of before Unicode (TCVN3, VNI), and UTF-8 that was read as Windows-1252.

It looks right only in its own font; to everything else it is other letters. Recognised by marks
that stand beside letters in such text and never in Vietnamese or in a language of Vietnam. Refuses
to convert: what such a text says, `old_text` proposes.
"""

from __future__ import annotations

import re

_LETTER = "A-Za-z\u00c0-\u00ff"
#: TCVN3 writes đ, â, ê, à, ả, ã, á, ạ … as these signs; VNI writes marks behind the vowel; UTF-8
#: read byte by byte shows đ as Ä‘, and ạ–ỹ with á» or áº before them.
_SIGNS = (
    "\u00a7-\u00aa\u00ac\u00ae\u00b5\u00b6\u00b8\u00b9\u00bc-\u00be"
    "\u00c6\u00de\u00df\u00e5\u00e6\u00f8\u00fe"
)
_OLD = re.compile(
    f"[{_LETTER}][{_SIGNS}]|[{_SIGNS}][{_LETTER}]"
    "|[aeouyAEOUY][\u00e4\u00eb\u00ef\u00fb\u00fc]"
    "|\u00e1[\u00ba\u00bb]|\u00c4[\u2018\u0090]|\u00c3[\u00a0-\u00bf]"
)
_OLD_BYTES = re.compile(
    rb"[A-Za-z][\xa7-\xaa\xac\xae\xb5\xb6\xb8\xb9\xbc-\xbe\xf8]"
    rb"|[\xa7-\xaa\xac\xae\xb5\xb6\xb8\xb9\xbc-\xbe\xf8][A-Za-z]"
    rb"|[aeouyAEOUY][\xe4\xe5\xeb\xef\xfb\xfc]"
)


def is_old_font(text: str) -> bool:
    """Whether the text was written for a font of before Unicode."""
    return not text.isascii() and _OLD.search(text) is not None


def is_old_font_bytes(text: bytes) -> bool:
    """`is_old_font` for the bytes of a text that is no UTF-8."""
    return _OLD_BYTES.search(text) is not None
