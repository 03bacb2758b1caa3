"""Codes that two people compare by telephone or type from paper.

Twenty-five characters of base32 (RFC 4648: A–Z and 2–7, so no 0, 1, 8 or 9 to mistake for a letter)
in groups of five: 125 bits of a SHA-256. Refuses to be a secret.
"""

from __future__ import annotations

import base64
import hashlib

_GROUP = 5
_CHARACTERS = 25
# What people type for a character that does not exist in base32.
_MISTAKEN = str.maketrans("018", "OIB")


def check_code(data: bytes) -> str:
    """The code of `data`, e.g. `ABCDE-FGHIJ-KLMNO-PQRST-UVWXY`."""
    return grouped(base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")[:_CHARACTERS])


def same_code(typed: str, code: str) -> bool:
    """Whether a typed code is `code`; case, blanks and hyphens do not matter."""
    return plain(typed) == plain(code)


def grouped(text: str) -> str:
    """Groups of five joined by hyphens."""
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def plain(typed: str) -> str:
    """The bare characters of a typed code."""
    return "".join(typed.upper().translate(_MISTAKEN).replace("-", " ").split())
