"""The code of a list, and the codes of its rows.

A row's code begins with the five letters of its list, so that a row of another list is told at
once, and goes on with six letters (base32 of RFC 4648, 30 bits) of HMAC-SHA-256 over the child's id
under a key drawn for this list alone and kept nowhere: it says nothing of the child, and two lists
name a child differently. Who makes one up hits a row of a list of a thousand once in a million
tries, and then the name beside it is another child's, which is looked at.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from app.reports.record_code import short_code

_LETTERS = 6
_LIST_LETTERS = 5
_ROW = re.compile(r"([A-Z2-7]{5})-?([A-Z2-7]{6})")


class Codes(NamedTuple):
    """The code of a list (`ABCDE-FGHIJ`) and those of its rows in their order."""

    of_list: str
    of_rows: tuple[str, ...]


def new_codes(children: Sequence[str], taken: frozenset[str] = frozenset()) -> Codes:
    """Codes of a new list of these children; the first letters are none of `taken`."""
    while True:
        key = secrets.token_bytes(32)
        of_list = short_code(hashlib.sha256(key).hexdigest())
        first = of_list[:_LIST_LETTERS]
        rows = tuple(f"{first}-{_letters(key, child)}" for child in children)
        if first not in taken and len({*rows}) == len(rows):
            return Codes(of_list, rows)


def begins(code: str) -> str:
    """The letters of the list that a code of a list or of a row begins with."""
    return code[:_LIST_LETTERS]


def read_code(text: str) -> str | None:
    """A row's code as it was written in a file; None for text that is none. Case, blanks and the
    hyphen may be lost on the way.
    """
    match = _ROW.fullmatch("".join(text.upper().split()))
    return None if match is None else f"{match[1]}-{match[2]}"


def _letters(key: bytes, child: str) -> str:
    digest = hmac.new(key, child.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:_LETTERS]
