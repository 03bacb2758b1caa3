"""What an account of this PC may do. Never more than the station's certificate allows.

The one place that decides. A role is a word for a set of rights; a certificate's role bounds the
rights of every account of its PC. Reading persons is a right of its own: who only signs, keeps the
keys or reads the audit trail has no business with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from app.errors import KnownError


class Right(Enum):
    """One thing an account may be allowed to do."""

    READ = "read"  # see records, lists, histories, issues; level A stays masked
    ENTER = "enter"  # type and import records
    CHECK = "check"  # second-person check, return to the typist
    HANDOVER = "handover"  # seal, receive, accept, return, set aside
    REVEAL = "reveal"  # see level A fields
    EXPORT = "export"  # take persons out of the store into a file
    PRINT = "print"  # print handover records; with READ lists and books of persons
    KEYS = "keys"  # enrolment, authority, revocation, key slots
    ADMIN = "admin"  # accounts, rounds, villages, settings
    AUDIT = "audit"  # read the audit trail


ALL_RIGHTS = frozenset(Right)
#: Right → the rights that nobody could use without it. Accounts older than a right have it so.
_COMES_WITH: Mapping[Right, frozenset[Right]] = MappingProxyType(
    {
        Right.READ: frozenset((Right.ENTER, Right.CHECK, Right.REVEAL, Right.EXPORT)),
        Right.AUDIT: frozenset((Right.ADMIN,)),
    }
)


class Role(Enum):
    """What a person is on this PC."""

    CLERK = "clerk"  # types, imports, corrects, hands over
    PROTECTION = "protection"  # the named role that may look behind the mask
    CHECKER = "checker"  # the second person
    SIGNER = "signer"  # hands over and receives, prints the record
    KEYS = "keys"  # enrols PCs, keeps keys
    ADMIN = "admin"  # accounts, rounds, settings
    AUDITOR = "auditor"  # who saw what
    HEAD = "head"  # everything: the first account of a PC


_CLERK = frozenset((Right.READ, Right.ENTER, Right.EXPORT, Right.PRINT, Right.HANDOVER))
RIGHTS_OF: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.CLERK: _CLERK,
        Role.PROTECTION: _CLERK | {Right.REVEAL},
        Role.CHECKER: frozenset((Right.READ, Right.CHECK, Right.PRINT)),
        Role.SIGNER: frozenset((Right.HANDOVER, Right.PRINT)),
        Role.KEYS: frozenset((Right.KEYS,)),
        Role.ADMIN: frozenset((Right.ADMIN, Right.AUDIT)),
        Role.AUDITOR: frozenset((Right.AUDIT,)),
        Role.HEAD: ALL_RIGHTS,
    }
)


def bounded(rights: frozenset[Right], certificate_role: str | None) -> frozenset[Right]:
    """The rights that are left of an account's on a PC with a certificate of this role.

    A certificate that names none of the roles above (a tier, as stations are enrolled) takes
    nothing away; neither does having none: what such a PC does goes nowhere.
    """
    known = {role.value: RIGHTS_OF[role] for role in Role}
    return rights & known.get(certificate_role or "", ALL_RIGHTS)


def pack(rights: frozenset[Right]) -> str:
    """Rights as they stand in the account table."""
    return " ".join(sorted(right.value for right in rights))


def unpack(text: str) -> frozenset[Right]:
    """The rights of an account row; a name this program does not know grants nothing."""
    names = {right.value: right for right in Right}
    return frozenset(names[name] for name in text.split() if name in names)


def allows(rights: frozenset[Right], wanted: Right) -> bool:
    """Whether an account with these rights may do a thing."""
    return wanted in rights or bool(rights & _COMES_WITH.get(wanted, frozenset()))


def denied(right: Right) -> KnownError:
    """The refusal for an account that lacks a right."""
    return KnownError("rights.denied", "rights.denied_hint", right=right.value)
