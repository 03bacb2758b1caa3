"""How many records a piece of the log touches: totals only, never by category."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app.models.log import last_position
from app.models.queries.sending import Span, entered_since, moved_away, roots_in_scope
from app.models.schema import ENTITY_TABLES, op


def touched(connection: Connection, span: Span, units: Collection[str] | None) -> tuple[int, int]:
    """(households, children) that the operations of a bundle over a span are about.

    `units` None counts everything, else what `scoped_operations` gives for those units.
    """
    if units is None and span.start == 0 and span.end == last_position(connection):
        # The whole log: a record has a row when and only when an operation of it was accepted.
        return _rows(connection, "household"), _rows(connection, "child")
    statement = _by_type(carried_by(span, units))
    found = {name: int(number) for name, number in connection.execute(statement)}
    return found.get("household", 0), found.get("child", 0)


def carried_by(span: Span, units: Collection[str] | None) -> ColumnElement[bool]:
    """Which operations a bundle over a span is about; `units` as in `touched`."""
    new = and_(op.c.position > span.start, op.c.position <= span.end)
    if units is None:
        return new
    # What moved travels for that, whatever of it is new.
    entered = op.c.ent_id.in_(entered_since(span, units))
    left = op.c.ent_id.in_(moved_away(span, units))
    return or_(and_(or_(new, entered), op.c.root.in_(roots_in_scope(units))), left)


def _by_type(which: ColumnElement[bool]) -> Select[str, int]:
    return (
        select(op.c.ent_type, func.count(op.c.ent_id.distinct()))
        .where(which, op.c.state == "accepted", op.c.ent_type.in_(("household", "child")))
        .group_by(op.c.ent_type)
    )


def _rows(connection: Connection, entity: str) -> int:
    statement = select(func.count()).select_from(ENTITY_TABLES[entity])
    return int(connection.execute(statement).scalar_one())
