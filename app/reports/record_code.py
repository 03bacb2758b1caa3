"""What binds a printed record to its file: the grouped hash, a short code to read aloud, a QR text.

The codes prove nothing by themselves; the signature inside the file does. They let two people see
in a moment that the paper in hand speaks of the file in hand.

The QR text is `TEVN1:<SHA-256 of the file, hex>:<number>:<households>:<children>`, in capitals so
that it fits the alphanumeric mode of ISO/IEC 18004 and stays small.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_PAYLOAD = re.compile(
    r"TEVN1:(?P<digest>[0-9A-F]{64}):(?P<number>0|[1-9][0-9]{0,8})"
    r":(?P<households>0|[1-9][0-9]{0,8}):(?P<children>0|[1-9][0-9]{0,8})"
)


class RecordCode(NamedTuple):
    """What the QR code of a record says. `digest` is lower-case hex."""

    digest: str
    number: int
    households: int
    children: int


def _digest_bytes(digest: str) -> bytes:
    if not _HEX.fullmatch(digest):
        raise ValueError("a SHA-256 digest is 64 hex digits")
    return bytes.fromhex(digest)


def grouped_digest(digest: str, per_row: int = 8) -> tuple[tuple[str, ...], ...]:
    """The 64 hex digits in groups of 4, `per_row` groups a row. Raises ValueError if malformed."""
    text = _digest_bytes(digest).hex()
    groups = [text[start : start + 4] for start in range(0, 64, 4)]
    return tuple(tuple(groups[start : start + per_row]) for start in range(0, len(groups), per_row))


def short_code(digest: str, length: int = 10) -> str:
    """The first `length` letters of base32(digest) (RFC 4648) in groups of 5: `ABCDE-FGHIJ`.

    10 letters are 50 bits: enough to tell honest files apart, not to stop a forger. Raises
    ValueError if the digest is malformed.
    """
    letters = base64.b32encode(_digest_bytes(digest)).decode("ascii")[:length]
    return "-".join(letters[start : start + 5] for start in range(0, length, 5))


def record_payload(code: RecordCode) -> str:
    """The text of the QR code. Raises ValueError for a malformed digest or a number < 0."""
    text = ":".join(
        [
            "TEVN1",
            _digest_bytes(code.digest).hex().upper(),
            str(code.number),
            str(code.households),
            str(code.children),
        ]
    )
    if not _PAYLOAD.fullmatch(text):
        raise ValueError("counts of a record are whole numbers from 0 to 999,999,999")
    return text


def read_payload(text: str) -> RecordCode:
    """The inverse of `record_payload`; raises ValueError for any other spelling."""
    match = _PAYLOAD.fullmatch(text)
    if match is None:
        raise ValueError("not the text of a handover record's code")
    return RecordCode(
        match["digest"].lower(),
        int(match["number"]),
        int(match["households"]),
        int(match["children"]),
    )
