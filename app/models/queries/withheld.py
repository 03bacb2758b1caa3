"""What people took out of a store or refused in it by name, the bundles that they took back, and
the handovers of which that was said. And what is kept out by whatever word, with what another copy
of the store made of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, insert, or_, select

from app.history.door import Reason, State
from app.history.entities import REFERENCES
from app.history.operation import Operation
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.rows import operation_of, split_names
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, bundle_in, op

_handover = ENTITY_TABLES["handover"]

_BY_A_PERSON = and_(
    NOT_ACCEPTED,
    or_(op.c.state == State.SET_ASIDE.value, op.c.reason == Reason.DROPPED_HERE.value),
)


class Logged(NamedTuple):
    """One operation as the log keeps it: what it belongs to, its state and why, who brought it, and
    the number of the bundle, None for one written in that store.
    """

    operation: Operation
    root: str
    state: State
    reason: Reason | None
    judged_for: str | None
    bundle: int | None


def withheld(connection: Connection) -> list[Logged]:
    """Every operation that was set aside or dropped by somebody here."""
    return _logged(connection, select(op).where(_BY_A_PERSON))


def spoken_of(connection: Connection) -> list[Logged]:
    """All accepted operations of the handovers of which this store said that they were set aside,
    or that they count again.
    """
    of_handovers = and_(
        # By record: there are few handovers, and no index tells what a body holds.
        op.c.ent_id.in_(select(_handover.c.id)),
        op.c.ent_type == "handover",
        op.c.state == State.ACCEPTED.value,
    )
    said = select(op.c.ent_id).where(
        of_handovers, op.c.bundle_in.is_(None), op.c.body.contains('_set_aside":')
    )
    ids = set(connection.execute(said.distinct()).scalars())
    return _logged(connection, select(op).where(of_handovers, op.c.ent_id.in_(sorted(ids))))


def _logged(connection: Connection, statement: Select[Any]) -> list[Logged]:
    rows = connection.execute(statement.order_by(op.c.position))
    return [
        Logged(
            operation_of(row),
            row.root,
            State(row.state),
            None if row.reason is None else Reason(row.reason),
            row.judged_for,
            row.bundle_in,
        )
        for row in rows
    ]


class Verdict(NamedTuple):
    """What a store made of an operation: its state and why, and the bringers it was judged for."""

    ent_id: str
    op_id: bytes
    state: State
    reason: Reason | None
    names: tuple[str, ...]


def closed(connection: Connection) -> list[Verdict]:
    """What waits, was set aside, or was refused here, in the order of the log; none of what a unit
    above refuses, and no reference data.
    """
    rows = connection.execute(
        select(op.c.ent_id, op.c.op_id, op.c.state, op.c.reason, op.c.judged_for)
        .where(
            NOT_ACCEPTED,
            op.c.ent_type.not_in(REFERENCES),
            func.coalesce(op.c.reason, "") != Reason.REFUSED_ABOVE.value,
        )
        .order_by(op.c.position)
    )
    return [_verdict(*row) for row in rows]


def let_in_of(connection: Connection, ent_ids: Collection[str]) -> dict[tuple[str, bytes], Verdict]:
    """(record id, operation) → what is known of it, for what counts or waits of these records."""
    found: dict[tuple[str, bytes], Verdict] = {}
    states = (State.ACCEPTED.value, State.WAITING.value)
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.op_id, op.c.state, op.c.reason, op.c.judged_for).where(
                op.c.ent_id.in_(part), op.c.state.in_(states)
            )
        )
        found.update(((row.ent_id, row.op_id), _verdict(*row)) for row in rows)
    return found


def _verdict(
    ent_id: str, op_id: bytes, state: str, reason: str | None, names: str | None
) -> Verdict:
    why = None if reason is None else Reason(reason)
    return Verdict(ent_id, op_id, State(state), why, split_names(names))


def undone_bundles(connection: Connection) -> list[Mapping[str, Any]]:
    """The rows of the bundles that were taken back here, in the order they came."""
    statement = (
        select(bundle_in).where(bundle_in.c.undone.is_not(None)).order_by(bundle_in.c.number)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def in_use(connection: Connection, bundle_ids: Collection[bytes]) -> frozenset[bytes]:
    """Those of these bundles that came here and are not taken back."""
    found: set[bytes] = set()
    for part in chunks(sorted(bundle_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(bundle_in.c.bundle_id).where(
                bundle_in.c.bundle_id.in_(part), bundle_in.c.undone.is_(None)
            )
        )
        found.update(rows.scalars())
    return frozenset(found)


def numbers_of(connection: Connection, bundle_ids: Collection[bytes]) -> dict[bytes, int]:
    """Bundle → its number here, of those that came."""
    found: dict[bytes, int] = {}
    for part in chunks(sorted(bundle_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(bundle_in.c.bundle_id, bundle_in.c.number).where(bundle_in.c.bundle_id.in_(part))
        )
        found.update((row.bundle_id, row.number) for row in rows)
    return found


def add_bundle(connection: Connection, row: Mapping[str, Any]) -> int:
    """Note a bundle that another store of this installation received; returns its number here.

    Nothing is said of its line: what else it held is not here, and is to be sent again.
    """
    newest = connection.execute(select(func.max(bundle_in.c.number))).scalar()
    number = int(newest or 0) + 1
    connection.execute(insert(bundle_in).values({**row, "number": number}))
    return number
