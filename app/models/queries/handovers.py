"""Handovers: the acts between two units, as records and with what this PC knows of their files."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.models.queries.register import RecordView, records
from app.models.schema import ENTITY_TABLES, op

_handover = ENTITY_TABLES["handover"]


def unanswered(connection: Connection, tier: str, position: int) -> list[RecordView]:
    """Handovers that came after `position` of the log and that `tier` has not receipted yet."""
    rows = connection.execute(
        select(op.c.ent_id)
        .where(
            # By record: there are few handovers, and the newest operations may be half a million.
            op.c.ent_id.in_(select(_handover.c.id)),
            op.c.ent_type == "handover",
            op.c.state == "accepted",
            op.c.position > position,
        )
        .distinct()
    )
    ids = set(rows.scalars())
    found = records(connection, "handover", ids)
    return [one for one in found.values() if not one.values.get(f"received_{tier}_on")]


def handovers(connection: Connection) -> list[RecordView]:
    """Every handover known here, in order of id."""
    ids = connection.execute(select(_handover.c.id)).scalars()
    return sorted(records(connection, "handover", set(ids)).values(), key=lambda one: one.id)
