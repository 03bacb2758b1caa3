"""What a unit above did not take and nobody here has answered yet: by writing the record anew, or
by dismissing the refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, TextClause, and_, func, or_, select

from app.history.door import Reason, State
from app.history.operation import Value, decode_body
from app.models.queries.history import refused_by_above
from app.models.queries.worklist import page_of
from app.models.replica import left
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, dismissed, op

_child = ENTITY_TABLES["child"]


class UnansweredRefusal(NamedTuple):
    """One operation: of which record, which household or child it belongs to, what it wrote, the
    unit above that refuses it and the reason which that one gave. `body` is empty where it was
    erased.
    """

    entity: str
    id: str
    root: str
    body: Mapping[str, Value]
    refused_by: str
    refused_for: str


def refused_above(connection: Connection) -> list[tuple[str, str]]:
    """(type, id) of the records whose change a unit above did not take and about which nobody here
    has done anything since.
    """
    rows = connection.execute(
        select(op.c.ent_type, op.c.ent_id)
        .where(*_unanswered(connection))
        .group_by(op.c.ent_type, op.c.ent_id)
        .order_by(func.min(op.c.position))
    )
    return [(row.ent_type, row.ent_id) for row in rows]


def unanswered(connection: Connection) -> dict[bytes, int]:
    """Operation that a unit above did not take and nobody here has answered → its place in the
    log.
    """
    rows = connection.execute(select(op.c.op_id, op.c.position).where(*_unanswered(connection)))
    return {row.op_id: row.position for row in rows}


def dismiss(connection: Connection, positions: Collection[int]) -> None:
    """Note that a person leaves these at that."""
    connection.execute(dismissed.insert(), [{"position": one} for one in positions])


def first_page(connection: Connection) -> tuple[str, str] | None:
    """(household, child) of the page of the first of them that has one here; a child that is in no
    register for it is told on the page of its household.
    """
    for entity, ent_id in refused_above(connection):
        found = page_of(connection, entity, ent_id)
        if not any(found) and entity == "child":
            rows = connection.execute(select(op.c.body).where(op.c.ent_id == ent_id))
            bodies = [decode_body(row.body) for row in rows if row.body is not None]
            named = [str(one.get("household") or "") for one in bodies]
            homes = (page_of(connection, "household", one) for one in named)
            found = next(filter(any, homes), found)
        if any(found):
            return found
    return None


def refusals_about(
    connection: Connection, household: str, records: Collection[str]
) -> list[UnansweredRefusal]:
    """Those of the records of one page, in the order in which they were written; with children of
    the household that are in no register, because the operation that begins them was refused.
    """
    unseen = and_(op.c.ent_type == "child", op.c.ent_id.not_in(select(_child.c.id)))
    about = (*_unanswered(connection), or_(op.c.root.in_(sorted(records)), unseen))
    rows = connection.execute(
        select(op.c.op_id, op.c.ent_type, op.c.ent_id, op.c.root, op.c.body)
        .where(*about)
        .order_by(op.c.position)
    ).all()
    if not rows:
        return []  # as nearly always
    refused = refused_by_above(connection, select(op.c.op_id).where(*about))
    found = [
        UnansweredRefusal(
            row.ent_type,
            row.ent_id,
            row.root,
            {} if row.body is None else decode_body(row.body),
            *refused.get(row.op_id, ("", "")),
        )
        for row in rows
    ]
    return [one for one in found if one.root in records or one.body.get("household") == household]


def _unanswered(connection: Connection) -> tuple[ColumnElement[bool] | TextClause, ...]:
    later = op.alias()
    # What comes with a bundle, the move for which it was refused most of all, is no answer of
    # anybody who has read that it was; but what this PC wrote before it was restored is its own.
    written_here = or_(later.c.bundle_in.is_(None), later.c.replica.in_(left(connection)))
    written = (
        select(later.c.position)
        .where(
            later.c.ent_id == op.c.ent_id,
            later.c.state == State.ACCEPTED.value,
            later.c.position > op.c.position,
            written_here,
        )
        .exists()
    )
    return (
        NOT_ACCEPTED,
        op.c.state == State.REFUSED.value,
        op.c.reason == Reason.REFUSED_ABOVE.value,
        ~written,
        op.c.position.not_in(select(dismissed.c.position)),
    )
