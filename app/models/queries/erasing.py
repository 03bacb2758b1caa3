"""What an erasure by law has to name: every operation of a record and of what belongs to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from app.history.entities import ENTITIES, Family
from app.history.operation import Operation, Value, decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.rows import operation_of
from app.models.schema import ENTITY_TABLES, op

_erase = ENTITY_TABLES["erase"]


class Written(NamedTuple):
    """One operation that still has its body."""

    entity: str
    ent_id: str
    op_id: bytes
    body: dict[str, Value]


class ErasureRow(NamedTuple):
    """An accepted erasure: about which record, on what ground, who decided it when (ISO)."""

    id: str
    record: str
    ground: str
    decided_by: str
    decided_on: str


def parts_of(connection: Connection, ent_id: str) -> list[tuple[str, str]]:
    """(type, id) of what belongs to a child or household, hidden or not, and of every decision
    about a child.
    """
    found: list[tuple[str, str]] = []
    for name, entity in ENTITIES.items():
        table = ENTITY_TABLES[name]
        if entity.family is Family.SUB:
            which = table.c.record == ent_id
        elif entity.family is Family.PAIR:
            which = or_(table.c.record == ent_id, table.c.other_child == ent_id)
        else:
            continue
        rows = connection.execute(select(table.c.id).where(which).order_by(table.c.id))
        found += [(name, row.id) for row in rows]
    return found


def written_on(connection: Connection, ent_ids: Collection[str]) -> list[Written]:
    """Every operation of these records whose body is here, in whatever state, by their positions:
    what waits or was refused holds data of the person as well.
    """
    found: list[Written] = []
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_type, op.c.ent_id, op.c.op_id, op.c.body)
            .where(op.c.ent_id.in_(part), op.c.body.is_not(None), op.c.salt.is_not(None))
            .order_by(op.c.position)
        )
        found += [
            Written(one.ent_type, one.ent_id, one.op_id, decode_body(one.body)) for one in rows
        ]
    return found


def erasures(connection: Connection) -> list[ErasureRow]:
    """Every accepted erasure, the newest first."""
    rows = connection.execute(
        select(_erase).where(~_erase.c["_hidden"]).order_by(_erase.c.decided_on.desc(), _erase.c.id)
    )
    return [
        ErasureRow(
            row.id, row.record or "", row.ground or "", row.decided_by or "", row.decided_on or ""
        )
        for row in rows
    ]


def acts_of_erasure(connection: Connection) -> list[Operation]:
    """Every accepted erasure, and what was written in one act with it: what hid the record. In the
    order of their positions.
    """
    erasing = op.c.ent_type == "erase"
    acts = select(op.c.act).where(erasing, op.c.act.is_not(None))
    rows = connection.execute(
        select(op)
        .where(op.c.state == "accepted", or_(erasing, op.c.act.in_(acts)))
        .order_by(op.c.position)
    )
    return [operation_of(row) for row in rows]


def erased_operations(connection: Connection) -> int:
    """How many operations of this log stand without their body."""
    statement = select(func.count()).select_from(op).where(op.c.salt.is_(None))
    return int(connection.execute(statement).scalar_one())
