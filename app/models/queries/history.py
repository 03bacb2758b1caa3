"""Where a record's values come from: its history, its conflicts, and what is kept unapplied."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from app.history.door import Reason, State
from app.history.operation import Value, decode_body
from app.models.lines import unit_of_station
from app.models.rows import split_ids
from app.models.schema import NOT_ACCEPTED, bundle_in, conflict, op, refused_above


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One operation of a record's history, oldest first; `brought_by` is the unit of its bundle.

    `refused_above` is the unit above that refuses it, `refused_for` the reason which that one gave.
    """

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
    refused_for: str


def conflicts_of(
    connection: Connection, tier: str, ent_ids: Collection[str] | None = None
) -> list[tuple[str, str, str, tuple[bytes, ...]]]:
    """(type, record, field or group, head operations) of the open conflicts that a unit of this
    tier decides (`decided_by`).
    """
    statement = select(conflict).where(decided_by(tier))
    statement = statement.order_by(conflict.c.ent_type, conflict.c.ent_id)
    if ent_ids is not None:
        statement = statement.where(conflict.c.ent_id.in_(sorted(ent_ids)))
    return [
        (row.ent_type, row.ent_id, row.field_group, split_ids(row.heads))
        for row in connection.execute(statement)
    ]


def decided_by(tier: str) -> ColumnElement[bool]:
    """Which conflicts people of a unit of this tier decide: all, but for what a unit of another
    tier concluded about a handover. That one said both, and it alone knows which it meant.
    """
    concluded = conflict.c.field_group.like("verdict\\_%", escape="\\")
    own = conflict.c.field_group == f"verdict_{tier}"
    return or_(conflict.c.ent_type != "handover", ~concluded, own)


def history(connection: Connection, ent_id: str) -> list[HistoryEntry]:
    """Every known operation of a record, each once, in order of arrival here.

    Of several units that refuse an operation one is named, always the same.
    """
    refused = refused_by_above(connection, select(op.c.op_id).where(op.c.ent_id == ent_id))
    rows = connection.execute(
        select(op, bundle_in.c.unit.label("brought_by"))
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
            *refused.get(row.op_id, (None, "")),
        )
        for row in rows
    ]


def refused_by_above(
    connection: Connection, operations: Select[bytes]
) -> dict[bytes, tuple[str, str]]:
    """Operation → the unit above that refuses it, and the reason which that one gave.

    Who only passes on that a unit above it refuses comes last. A PC that was never heard of is
    called by its id.
    """
    passed_on = refused_above.c.reason == Reason.REFUSED_ABOVE.value
    rows = connection.execute(
        select(refused_above.c.op_id, refused_above.c.sender, refused_above.c.reason)
        .where(refused_above.c.op_id.in_(operations))
        .order_by(refused_above.c.op_id, passed_on, refused_above.c.sender)
    )
    found: dict[bytes, tuple[str, str]] = {}
    units: dict[str, str] = {}
    for row in rows:
        if row.sender not in units:
            units[row.sender] = unit_of_station(connection, row.sender) or row.sender
        found.setdefault(row.op_id, (units[row.sender], row.reason))
    return found


_LIES_IN = case(
    (
        and_(op.c.state == State.SET_ASIDE.value, bundle_in.c.undone.is_not(None)),
        bundle_in.c.handover,
    )
).label("lies_in")


def stopped(
    connection: Connection, states: Collection[State]
) -> list[tuple[str, str, bytes, State, str, str, str, str, str]]:
    """(type, record, operation, state, reason, brought by, refused by, refused for, lies in) of
    what is kept but not applied, each as in `Stopped`.
    """
    refused = refused_by_above(connection, select(op.c.op_id).where(NOT_ACCEPTED))
    rows = connection.execute(
        select(op, bundle_in.c.unit.label("brought_by"), _LIES_IN)
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
            *refused.get(row.op_id, ("", "")),
            row.lies_in or "",
        )
        for row in rows
    ]


class Stopped(NamedTuple):
    """One operation that is kept but not applied. `root` is the household or child it belongs to,
    as far as that is known; `refused …` tell of a unit above that refuses it. `lies_in` is the
    handover whose bundle was taken back and with which it lies set aside, "" for none.
    """

    entity: str
    id: str
    root: str
    operation: bytes
    body: Mapping[str, Value]
    state: State
    reason: str
    brought_by: str
    refused_by: str
    refused_for: str
    lies_in: str


def stopped_with_bodies(connection: Connection) -> list[Stopped]:
    """Everything that is kept but not applied, in the order in which it came."""
    refused = refused_by_above(connection, select(op.c.op_id).where(NOT_ACCEPTED))
    rows = connection.execute(
        select(op, bundle_in.c.unit.label("brought_by"), _LIES_IN)
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
        .where(NOT_ACCEPTED)
        .order_by(op.c.position)
    )
    return [
        Stopped(
            row.ent_type,
            row.ent_id,
            row.root,
            row.op_id,
            {} if row.body is None else decode_body(row.body),
            State(row.state),
            row.reason or "",
            row.brought_by or "",
            *refused.get(row.op_id, ("", "")),
            row.lies_in or "",
        )
        for row in rows
    ]


def lying_aside(connection: Connection) -> set[str]:
    """The records of which an operation lies set aside."""
    found = select(op.c.ent_id).where(NOT_ACCEPTED, op.c.state == State.SET_ASIDE.value)
    return set(connection.execute(found.distinct()).scalars())


def stopped_count(connection: Connection) -> int:
    """How many operations are kept but not applied; read from their own small index."""
    statement = select(func.count()).select_from(op).where(NOT_ACCEPTED)
    return int(connection.execute(statement).scalar_one())
