"""Which records name others that may go away."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, select

from app.history.entities import PAIRS
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.called_same import DUPLICATE
from app.models.schema import ENTITY_TABLES, op

_NAMING = (
    ENTITY_TABLES["child"].c.household,
    ENTITY_TABLES["household"].c.village,
    *(ENTITY_TABLES[name].c.merged_into for name in ("child", "household", "village")),
)


def naming_any(connection: Connection, ids: Collection[str]) -> set[str]:
    """The visible records that name one of these: children in such a household, households in such
    a village, and what was merged into one.
    """
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        for naming in _NAMING:
            rows = select(naming.table.c.id).where(naming.in_(part), ~naming.table.c["_hidden"])
            found |= set(connection.execute(rows).scalars())
    return found


def nobody_decided(table: Table) -> ColumnElement[bool]:
    """Which decisions the program made by itself, for id, name and birth date agree. They keep
    nobody from taking back what brought one of their children: they fall with it, and hold again
    with it.
    """
    return and_(table.c.basis == DUPLICATE, table.c.decided_by.is_(None))


def automatic_decisions() -> Select[str]:
    """The ids of those."""
    table = ENTITY_TABLES["match_decision"]
    return select(table.c.id).where(nobody_decided(table))


def decisions_about(connection: Connection, children: Collection[str]) -> set[str]:
    """The decisions that name one of these children, whichever of the two it is: a decision belongs
    to the child of the lesser id alone.
    """
    found: set[str] = set()
    for part in chunks(sorted(children), IDS_AT_ONCE):
        for name in PAIRS:
            table = ENTITY_TABLES[name]
            for child in (table.c.record, table.c.other_child):
                # Of one that the law erased the verdict is left, and nothing that says why: it
                # decides nothing, and nobody could take it back.
                told = exists().where(op.c.ent_id == table.c.id, op.c.salt.is_not(None))
                stands = and_(child.in_(part), told, ~nobody_decided(table))
                found.update(connection.execute(select(table.c.id).where(stands)).scalars())
    return found
