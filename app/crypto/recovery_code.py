"""The recovery code: 128 random bits, printed once, typed on the day the passphrase is gone.

Seven groups of five characters (base32, RFC 4648). The last character of each group is a check over
the group and its place, so the program can say which group was mistyped. It refuses a code whose
checks do not hold before any slow key derivation starts.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from app.crypto.check_code import grouped, plain
from app.errors import KnownError

CODE_BYTES = 16
_GROUPS = 7
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BODY = 4  # characters of content in a group: 7 × 4 × 5 = 140 bits, 12 of them check the whole


class MistypedCode(KnownError):
    """The typed code cannot be one of ours. `group` counts from 1; 0: the number of groups."""

    def __init__(self, group: int) -> None:
        name = "recovery_code_group" if group else "recovery_code_length"
        super().__init__(f"crypto.{name}", "crypto.recovery_code_hint", group=group)
        self.group = group


def new_recovery_code() -> str:
    """A fresh code, e.g. `ABCDE-…` seven groups long."""
    return write_recovery_code(secrets.token_bytes(CODE_BYTES))


def write_recovery_code(secret: bytes) -> str:
    """The printed form of 16 bytes."""
    if len(secret) != CODE_BYTES:
        raise ValueError("a recovery code holds 16 bytes")
    number = int.from_bytes(secret, "big") << 12 | _whole_check(secret)
    characters = [_ALPHABET[number >> 5 * place & 31] for place in range(_GROUPS * _BODY)][::-1]
    groups = ["".join(characters[start : start + _BODY]) for start in range(0, 28, _BODY)]
    return grouped(
        "".join(group + _group_check(place, group) for place, group in enumerate(groups))
    )


def read_recovery_code(typed: str) -> bytes:
    """The 16 bytes of a typed code; case, blanks and hyphens do not matter. Raises MistypedCode."""
    text = plain(typed)
    if len(text) != _GROUPS * (_BODY + 1):
        raise MistypedCode(0)
    number = 0
    for place in range(_GROUPS):
        group = text[place * 5 : place * 5 + 5]
        if not all(char in _ALPHABET for char in group):
            raise MistypedCode(place + 1)
        if _group_check(place, group[:_BODY]) != group[_BODY]:
            raise MistypedCode(place + 1)
        for char in group[:_BODY]:
            number = number << 5 | _ALPHABET.index(char)
    secret = (number >> 12).to_bytes(CODE_BYTES, "big")
    if _whole_check(secret) != number & 0xFFF:
        raise MistypedCode(_GROUPS)
    return secret


def _group_check(place: int, group: str) -> str:
    digest = hashlib.sha256(b"TEVN recovery group %d " % place + group.encode("ascii")).digest()
    return base64.b32encode(digest)[:1].decode("ascii")


def _whole_check(secret: bytes) -> int:
    digest = hashlib.sha256(b"TEVN recovery code " + secret).digest()
    return int.from_bytes(digest[:2], "big") >> 4
