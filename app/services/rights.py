"""What an account of this PC may do. Never more than the station's certificate allows."""

from __future__ import annotations

from enum import Enum

from app.errors import KnownError


class Right(Enum):
    """One thing an account may be allowed to do."""

    ENTER = "enter"  # type and import records
    CHECK = "check"  # second-person check, return to the typist
    HANDOVER = "handover"  # seal, receive, accept, return, set aside
    REVEAL = "reveal"  # see level A fields
    EXPORT = "export"  # take persons out of the store into a file
    PRINT = "print"  # print lists and books of persons
    KEYS = "keys"  # enrolment, authority, revocation, key slots
    ADMIN = "admin"  # accounts, rounds, villages, settings


ALL_RIGHTS = frozenset(Right)


def pack(rights: frozenset[Right]) -> str:
    """Rights as they stand in the account table."""
    return " ".join(sorted(right.value for right in rights))


def unpack(text: str) -> frozenset[Right]:
    """The rights of an account row; a name this program does not know grants nothing."""
    names = {right.value: right for right in Right}
    return frozenset(names[name] for name in text.split() if name in names)


def denied(right: Right) -> KnownError:
    """The refusal for an account that lacks a right."""
    return KnownError("rights.denied", "rights.denied_hint", right=right.value)
