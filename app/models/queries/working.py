"""What the people of a unit wrote, in the order of writing: from the log and from nothing else.

Nothing here knows a key that was pressed; only what was saved, when, by whose name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from app.models.bulk import chunks
from app.models.declarations import finished
from app.models.log import IDS_AT_ONCE
from app.models.queries import counting
from app.models.queries.counting import Basis
from app.models.queries.register import villages
from app.models.queries.writers import Writers
from app.models.schema import ENTITY_TABLES, op

#: What people work on. A village, a round, a handover is not typed from the book.
WORKED_ON = ("household", "child", "circumstance", "support", "life_event", "review")
#: How a declaration stands in a written operation: no text can hold it, for quotes are escaped.
_DECLARED = '"complete":true'
_child = ENTITY_TABLES["child"]


class Writing(NamedTuple):
    """One accepted operation. `author` is who wrote it, as people are told apart; `wall` is UTC
    seconds by the writer's clock. `creates`: the record was not there before. `declares`: it is
    declared complete by this very operation.
    """

    position: int
    record: str
    entity: str
    root: str
    author: str
    wall: int
    replica: str
    act: str
    creates: bool
    declares: bool


_COLUMNS = (
    op.c.position,
    op.c.ent_id,
    op.c.ent_type,
    op.c.root,
    op.c.author,
    op.c.wall,
    op.c.replica,
    op.c.act,
    op.c.bundle_in,
    (func.length(op.c.parents) == 0).label("creates"),
    (func.instr(func.coalesce(op.c.body, ""), _DECLARED) > 0).label("declares"),
)


def written_by(connection: Connection, unit: str, since: int, until: int) -> Iterator[Writing]:
    """What the accounts of a unit wrote from `since` on and before `until` (UTC seconds), by
    position in the log.
    """
    statement = (
        select(*_COLUMNS)
        .where(
            op.c.by == unit,
            op.c.state == "accepted",
            op.c.ent_type.in_(WORKED_ON),
            op.c.wall >= since,
            op.c.wall < until,
        )
        .order_by(op.c.position)
    )
    told = Writers(connection)
    for row in connection.execute(statement):
        yield _writing(row, told)


def first_declarations(connection: Connection, records: Collection[str]) -> dict[str, Writing]:
    """Record → the first accepted operation, whoever wrote it, that declared it complete."""
    found: dict[str, Writing] = {}
    told = Writers(connection)
    for part in chunks(sorted(records), IDS_AT_ONCE):
        rows = connection.execute(
            select(*_COLUMNS)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .order_by(op.c.ent_id, op.c.position)
        )
        for row in rows:
            if row.declares and row.ent_id not in found:
                found[row.ent_id] = _writing(row, told)
    return found


def last_typists(
    connection: Connection, unit: str, records: Collection[str], imports: str
) -> dict[str, list[tuple[int, str]]]:
    """Record → (position, author) of what people of the unit typed on it, oldest first. An act that
    begins with `imports` was not typed.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    told = Writers(connection)
    for part in chunks(sorted(records), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.position, op.c.author, op.c.act, op.c.bundle_in)
            .where(op.c.ent_id.in_(part), op.c.by == unit, op.c.state == "accepted")
            .order_by(op.c.ent_id, op.c.position)
        )
        for row in rows:
            if not (row.act or "").startswith(imports):
                who = told.of(row.author, row.position, row.bundle_in).called
                found.setdefault(row.ent_id, []).append((row.position, who))
    return found


def _writing(row: Any, told: Writers) -> Writing:
    return Writing(
        row.position,
        row.ent_id,
        row.ent_type,
        row.root,
        told.of(row.author, row.position, row.bundle_in).called,
        row.wall,
        row.replica,
        row.act or "",
        bool(row.creates),
        bool(row.declares),
    )


def unfinished_children(connection: Connection, unit: str, basis: Basis) -> int:
    """The children of a commune that count and are not finished."""
    statement = (
        select(func.count())
        .select_from(_child)
        .where(_child.c.owner_unit == unit, counting.counted(basis), ~finished("child"))
    )
    return int(connection.execute(statement).scalar_one())


def missing_children(connection: Connection, unit: str, basis: Basis) -> int | None:
    """How many children the villages of a commune expect beyond those that are in the register,
    village by village; None where no village says how many it expects.
    """
    held = {one[0]: one[3] for one in counting.counts_by_village(connection, unit, basis)}
    expected = {
        one.id: said
        for one in villages(connection, unit)
        if isinstance(said := one.values.get("expected_children"), int)
    }
    if not expected:
        return None
    return sum(max(0, said - held.get(one, 0)) for one, said in expected.items())
