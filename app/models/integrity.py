"""Proofs that a store is sound: its log, and rows that follow from the log.

Nothing here changes a store: the rebuilding test runs in a transaction that is always rolled back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec
from sqlalchemy import Connection, func, select

from app.history.operation import body_hash, operation_id
from app.models.erasing import left_bodies
from app.models.materialising import rebuild
from app.models.rows import operation_of
from app.models.schema import ENTITY_TABLES, conflict, departed, op, same_child
from app.models.work import UnitOfWork

_PAGE = 2000
_encode = msgspec.json.Encoder(order="deterministic").encode


def operations(connection: Connection) -> int:
    """How many operations the log holds, in whatever state."""
    return int(connection.execute(select(func.count()).select_from(op)).scalar_one())


def wrong_operations(
    connection: Connection, on_step: Callable[[int], None] = lambda _done: None
) -> int:
    """How many operations do not recompute to their id or to the hash of their body; an erased one
    must hold what an accepted erasure leaves of it, or nothing.
    """
    wrong = done = 0
    left = left_bodies(connection)
    for rows in _pages(connection):
        for row in rows:
            one = operation_of(row)
            if one.salt is None:
                body_fits = one.body_json == left.get(one.op_id)
            else:
                body = "" if one.body_json is None else one.body_json
                body_fits = body_hash(one.salt, body.encode()) == one.body_hash
            computed = operation_id(
                one.ent_type,
                one.ent_id,
                [parent.hex() for parent in one.parents],
                one.body_hash,
                one.unit,
                one.by,
                one.replica,
                one.author,
                one.wall,
            )
            wrong += not body_fits or computed != one.op_id
        done += len(rows)
        on_step(done)
    return wrong


def _pages(connection: Connection) -> Iterator[list[object]]:
    last = 0
    while True:
        rows = connection.execute(
            select(op).where(op.c.position > last).order_by(op.c.position).limit(_PAGE)
        ).all()
        if not rows:
            return
        yield list(rows)
        last = rows[-1].position


def records(connection: Connection) -> int:
    """How many records the accepted operations of the log make."""
    accepted = select(op.c.ent_type, op.c.ent_id).where(op.c.state == "accepted").distinct()
    found = select(func.count()).select_from(accepted.subquery())
    return int(connection.execute(found).scalar_one())


def differing_tables(
    work: UnitOfWork, on_step: Callable[[int], None] = lambda _records: None
) -> list[str]:
    """The travelling tables that come out otherwise when rebuilt from the log.

    The caller must not commit: this drops every row and builds it again. `on_step` is told how many
    `records` stand again.
    """
    before = dict(_digests(work.connection))
    rebuild(work.connection, on_step)
    after = dict(_digests(work.connection))
    return sorted(name for name in before if before[name] != after[name])


def _digests(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Table → hash over all its rows in order of key."""
    for table in (*ENTITY_TABLES.values(), conflict, departed, same_child):
        digest = hashlib.sha256()
        keys = list(table.primary_key)
        rows = connection.execution_options(yield_per=_PAGE).execute(select(table).order_by(*keys))
        for row in rows:
            digest.update(_encode([_plain(value) for value in row]))
        yield table.name, digest.digest()


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
