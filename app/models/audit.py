"""The audit trail of this PC: an append-only chain that cannot be thinned out unseen.

Each row holds SHA-256(previous chain value ‖ canonical row). Details are codes, counts and ids
that the program writes; never a name, a personal id or a sensitive group. One is typed by a person:
the reason for looking behind a mask, which may name people and is kept as it was given, because it
is what such a look is judged by later. The trail lies in the encrypted store and never leaves this
PC: no bundle, export or report takes anything from it.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Select, func, select

from app.models.bulk import Prepared
from app.models.schema import audit_event

_encode = msgspec.json.Encoder(order="deterministic").encode
_START = bytes(32)
_NEWEST_FIRST = audit_event.c.number.desc()
_NEWEST = Prepared(select(func.max(audit_event.c.number)))
_END_OF_CHAIN = Prepared(
    select(audit_event.c.number, audit_event.c.chain).order_by(_NEWEST_FIRST).limit(1)
)
_ADD = audit_event.insert()


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One audit row: `wall` in UTC seconds, `details` a flat map of short texts and numbers."""

    number: int
    wall: int
    account: str
    event: str
    details: Mapping[str, str | int]


def append(
    connection: Connection, account: str, event: str, details: Mapping[str, str | int]
) -> None:
    """Add an event at the end of the chain, in the caller's transaction."""
    newest = _END_OF_CHAIN.rows(connection)
    number, before = (newest[0][0] + 1, bytes(newest[0][1])) if newest else (1, _START)
    wall = int(time.time())
    text = _encode(dict(details)).decode()
    chain = _link(before, number, wall, account, event, text)
    connection.execute(
        _ADD,
        {
            "number": number,
            "wall": wall,
            "account": account,
            "event": event,
            "details": text,
            "chain": chain,
        },
    )


def _link(before: bytes, number: int, wall: int, account: str, event: str, details: str) -> bytes:
    return hashlib.sha256(before + _encode([number, wall, account, event, details])).digest()


def head(connection: Connection) -> bytes:
    """The newest chain value; 32 zero bytes when nothing happened yet."""
    newest = select(audit_event.c.chain).order_by(audit_event.c.number.desc()).limit(1)
    found = connection.execute(newest).scalar()
    return _START if found is None else bytes(found)


def newest(connection: Connection) -> int:
    """The number of the newest row, 0 before the first."""
    return _NEWEST.one(connection, {})[0] or 0


def first_break(connection: Connection) -> int | None:
    """The number of the first row that does not fit the chain, None when all of it holds."""
    before, expected = _START, 1
    for row in connection.execute(select(audit_event).order_by(audit_event.c.number)):
        link = _link(before, row.number, row.wall, row.account, row.event, row.details)
        if row.number != expected or link != row.chain:
            return expected
        before, expected = row.chain, expected + 1
    return None


def recent(connection: Connection, limit: int) -> Sequence[AuditEvent]:
    """The newest `limit` events, newest first."""
    return _read(connection, select(audit_event).order_by(_NEWEST_FIRST).limit(limit))


def numbers(connection: Connection, account: str = "", event: str = "") -> Sequence[int]:
    """The numbers of all events, newest first; of one account, of one kind, where they are named.

    Numbers alone, eight bytes each: the rows of a long trail come a page at a time (`rows`).
    """
    wanted = select(audit_event.c.number).order_by(_NEWEST_FIRST)
    if account:
        wanted = wanted.where(audit_event.c.account == account)
    if event:
        wanted = wanted.where(audit_event.c.event == event)
    return array("q", connection.execute(wanted).scalars())


def rows(connection: Connection, wanted: Sequence[int]) -> Sequence[AuditEvent]:
    """The events of these numbers, newest first; a number that is not there gives none."""
    found = select(audit_event).where(audit_event.c.number.in_(wanted))
    return _read(connection, found.order_by(_NEWEST_FIRST))


def accounts(connection: Connection) -> Sequence[str]:
    """Everybody who did something that stands in the trail."""
    return list(connection.execute(select(audit_event.c.account).distinct()).scalars())


def kinds(connection: Connection) -> Sequence[str]:
    """Every kind of event that stands in the trail, by its code."""
    return list(connection.execute(select(audit_event.c.event).distinct()).scalars())


def _read(connection: Connection, wanted: Select[tuple[object, ...]]) -> Sequence[AuditEvent]:
    return [
        AuditEvent(row.number, row.wall, row.account, row.event, msgspec.json.decode(row.details))
        for row in connection.execute(wanted)
    ]


def count(connection: Connection) -> int:
    """How many events there are."""
    return int(connection.execute(select(func.count()).select_from(audit_event)).scalar_one())
