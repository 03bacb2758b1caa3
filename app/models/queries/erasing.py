"""What an erasure by law has to name: every operation of a record and of what belongs to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select, text

from app.history.entities import PAIRS
from app.history.erasure import KEPT
from app.history.operation import Body, Operation, Value, decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.rows import operation_of
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, op

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
    about a child; also of what waits, was refused or was set aside: it may count yet.
    """
    below = select(op.c.ent_type, op.c.ent_id).where(op.c.root == ent_id, text("root != ent_id"))
    found = {(row.ent_type, row.ent_id) for row in connection.execute(below)}
    for name in PAIRS:
        table = ENTITY_TABLES[name]
        either = or_(table.c.record == ent_id, table.c.other_child == ent_id)
        found |= {(name, row.id) for row in connection.execute(select(table.c.id).where(either))}
    stopped = select(op.c.ent_type, op.c.ent_id, op.c.body).where(
        NOT_ACCEPTED, op.c.ent_type.in_(PAIRS), op.c.body.is_not(None)
    )
    for row in connection.execute(stopped):
        body = decode_body(row.body)
        if ent_id in (body.get("record"), body.get("other_child")):
            found.add((row.ent_type, row.ent_id))
    return sorted(found)


def same_as(connection: Connection, entity: str, ent_id: str) -> list[str]:
    """The other records that people called the same child, household or person: merged into this
    one, or it into them, and of children whatever was decided to be the same; and whatever these
    are called the same as in turn. Of none that holds nothing any more.
    """
    table = ENTITY_TABLES[entity]
    pairs = [(table.c.id, table.c.merged_into)] if "merged_into" in table.c else []
    if entity == "child":
        decided = [ENTITY_TABLES[name] for name in PAIRS]
        pairs += [(one.c.record, one.c.other_child) for one in decided]
    known: set[str] = set()
    asked = {ent_id}
    while asked:
        known |= asked
        found: set[str] = set()
        for part in chunks(sorted(asked), IDS_AT_ONCE):
            for one, other in pairs:
                same = () if one.table is table else (one.table.c.verdict == "same",)
                for named, meant in ((one, other), (other, one)):
                    statement = select(meant).where(named.in_(part), meant.is_not(None), *same)
                    found.update(connection.execute(statement).scalars())
        asked = found - known
    written = written_on(connection, known - {ent_id})
    return sorted({one.ent_id for one in written if _says_something(one.body)})


def _says_something(body: Body) -> bool:
    """Whether it holds more than what an erasure leaves, and the act that hid an erased record."""
    return any(
        value is not None and name not in KEPT and name not in ("merged_into", "hidden_reason")
        for name, value in body.items()
    )


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


def erased_among(connection: Connection, entity: str, ids: Collection[str]) -> set[str]:
    """Those of some records of a type of which nothing is left: erased, and not in sight again."""
    table, found = ENTITY_TABLES[entity], set[str]()
    erased = select(op.c.ent_id).where(op.c.ent_type == entity, op.c.salt.is_(None))
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(table.c.id).where(
                table.c.id.in_(part),
                table.c["_hidden"],
                table.c.id.in_(erased.where(op.c.ent_id.in_(part))),
            )
        )
        found.update(rows.scalars())
    return found
