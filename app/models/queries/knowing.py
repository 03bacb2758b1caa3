"""Whether who wrote an operation had another one before him, as far as bundles tell it.

No clock and no order of arrival alone: a bundle under way when something was said here does not
know of it. The rule is MERGE.md, "Answers".
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from app.models.schema import bundle_in, bundle_out


class Placed(NamedTuple):
    """An operation in this replica's log: its position, and the number of the bundle that brought
    it, 0 for one written here.
    """

    position: int
    bundle: int


class _Acknowledged(msgspec.Struct, frozen=True):
    replica: str
    sender: str
    seq: int


class _Manifest(msgspec.Struct, frozen=True):
    acks: list[_Acknowledged]


class _Bundle(NamedTuple):
    number: int
    replica: str
    unit: str
    seq: int
    beside: bool
    #: Sending replica → the newest number of its line to this bundle's unit that its sender has.
    has: dict[str, int]


class Knowledge:
    """Asks of one reading; every bundle is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bundles: dict[int, _Bundle] = {}

    def had(self, later: Placed, earlier: Placed) -> bool:
        """Whether `earlier` lay before whoever wrote `later`, or before whoever passed it on."""
        if later.position <= earlier.position:
            return False
        if not later.bundle:
            return True
        brought = self._bundle(later.bundle)
        came = self._bundle(earlier.bundle) if earlier.bundle else None
        if came is not None and came.replica == brought.replica:
            return came.number == brought.number or came.seq < brought.seq
        if self._sent_to(brought) >= earlier.position:
            return True
        if came is None:
            return False
        seen = brought.has.get(came.replica, 0)
        if brought.beside:
            # Both PCs of this unit read one line of the unit that said it.
            return seen >= came.seq
        # Another PC of this unit said it, and how far its line to them went nobody tells here: what
        # it sent them since they last spoke before it came.
        return came.beside and seen > self._seen_before(brought, came)

    def _bundle(self, number: int) -> _Bundle:
        found = self._bundles.get(number)
        if found is None:
            row = self._connection.execute(
                select(bundle_in).where(bundle_in.c.number == number)
            ).one()
            found = self._bundles[number] = _Bundle(
                number,
                row.replica,
                row.unit,
                row.seq,
                row.direction == "beside",
                _has(row.manifest, row.replica),
            )
        return found

    def _sent_to(self, brought: _Bundle) -> int:
        """How far this replica's log lay before the sender of a bundle."""
        reached = 0
        for sender, seq in brought.has.items():
            log_to = self._connection.execute(
                select(bundle_out.c.log_to).where(
                    bundle_out.c.replica == sender,
                    bundle_out.c.unit == brought.unit,
                    bundle_out.c.seq == seq,
                )
            ).scalar()
            reached = max(reached, int(log_to or 0))
        return reached

    def _seen_before(self, brought: _Bundle, came: _Bundle) -> int:
        before = self._connection.execute(
            select(func.max(bundle_in.c.number)).where(
                bundle_in.c.replica == brought.replica, bundle_in.c.number < came.number
            )
        ).scalar()
        return self._bundle(int(before)).has.get(came.replica, 0) if before else 0


def _has(manifest: bytes, replica: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in msgspec.json.decode(manifest, type=_Manifest).acks:
        if one.replica == replica:
            found[one.sender] = max(found.get(one.sender, 0), one.seq)
    return found
