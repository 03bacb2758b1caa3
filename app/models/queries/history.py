"""Where a record's values come from: its history, its conflicts, and what is kept unapplied."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.history.door import Reason, State
from app.history.operation import Value, decode_body
from app.models.rows import split_ids
from app.models.schema import NOT_ACCEPTED, bundle_in, conflict, op, refused_above


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One operation of a record's history, oldest first; `brought_by` is the unit of its bundle."""

    op_id: bytes
    parents: tuple[bytes, ...]
    state: State
    reason: Reason | None
    wall: int
    by: str
    author: str
    body: Mapping[str, Value] | None
    brought_by: str | None
    refused_above: str | None


def conflicts_of(
    connection: Connection, ent_ids: Collection[str] | None = None
) -> list[tuple[str, str, str, tuple[bytes, ...]]]:
    """(type, record, field or group, head operations) of open conflicts."""
    statement = select(conflict).order_by(conflict.c.ent_type, conflict.c.ent_id)
    if ent_ids is not None:
        statement = statement.where(conflict.c.ent_id.in_(sorted(ent_ids)))
    return [
        (row.ent_type, row.ent_id, row.field_group, split_ids(row.heads))
        for row in connection.execute(statement)
    ]


def history(connection: Connection, ent_id: str) -> list[HistoryEntry]:
    """Every known operation of a record, each once, in order of arrival here.

    Of several units that refuse an operation one is named, always the same.
    """
    sender = (
        select(func.min(refused_above.c.sender))
        .where(refused_above.c.op_id == op.c.op_id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(op, bundle_in.c.unit.label("brought_by"), sender.label("sender"))
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
        .where(op.c.ent_id == ent_id)
        .order_by(op.c.position)
    )
    return [
        HistoryEntry(
            row.op_id,
            split_ids(row.parents),
            State(row.state),
            None if row.reason is None else Reason(row.reason),
            row.wall,
            row.by,
            row.author,
            None if row.body is None else decode_body(row.body),
            row.brought_by,
            row.sender,
        )
        for row in rows
    ]


def stopped(
    connection: Connection, states: Collection[State]
) -> list[tuple[str, str, bytes, State, str, str]]:
    """(type, record, operation, state, reason, brought by) of what is kept but not applied."""
    rows = connection.execute(
        select(op, bundle_in.c.unit.label("brought_by"))
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
        .where(op.c.state.in_(sorted(state.value for state in states)))
        .order_by(op.c.position)
    )
    return [
        (
            row.ent_type,
            row.ent_id,
            row.op_id,
            State(row.state),
            row.reason or "",
            row.brought_by or "",
        )
        for row in rows
    ]


def stopped_count(connection: Connection) -> int:
    """How many operations are kept but not applied; read from their own small index."""
    statement = select(func.count()).select_from(op).where(NOT_ACCEPTED)
    return int(connection.execute(statement).scalar_one())
