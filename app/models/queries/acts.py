"""Acts of this PC as the log holds them: what one intention wrote, and which was the last one."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select, text

from app.history.operation import Value, decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import op


class ActRow(NamedTuple):
    """An act and when it was written (seconds since 1970), at a position of the log."""

    position: int
    act: str
    wall: int


def newest_act(
    connection: Connection, begun: str, roots: Collection[str], after: int = 0
) -> ActRow | None:
    """The newest act made here whose name begins so and that stands: on these households and
    children, or, without any, the newest of all behind a position.
    """
    own = and_(
        op.c.act.startswith(begun, autoescape=True),
        op.c.state == "accepted",
        op.c.bundle_in.is_(None),
        op.c.position > after,
    )
    conditions: list[ColumnElement[bool]] = [own]
    if roots:
        conditions = []
        for part in chunks(sorted(roots), IDS_AT_ONCE):
            # Apart, and in these words: each is answered by an index of its own.
            conditions.append(and_(own, op.c.ent_id.in_(part)))
            conditions.append(and_(own, op.c.root.in_(part), text("root != ent_id")))
    found: list[ActRow] = []
    for condition in conditions:
        row = connection.execute(
            select(op.c.position, op.c.act, op.c.wall)
            .where(condition)
            .order_by(op.c.position.desc())
            .limit(1)
        ).one_or_none()
        if row is not None:
            found.append(ActRow._make(row))
    return max(found, default=None)


def events_of_act(connection: Connection, act: str) -> list[dict[str, Value]]:
    """What the life events say that an act wrote, in the order written."""
    rows = connection.execute(
        select(op.c.body)
        .where(
            op.c.act == act,
            op.c.ent_type == "life_event",
            op.c.state == "accepted",
            op.c.body.is_not(None),
        )
        .order_by(op.c.position)
    ).scalars()
    return [decode_body(body) for body in rows]
