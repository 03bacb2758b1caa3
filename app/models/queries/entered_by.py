"""Who entered what stands in a record: the unit of whoever wrote on it last.

The unit that answers for a record is its owner; who types on its behalf is another (3-data.md,
"Rules that shape columns").
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import op


def last_writers(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Record → the unit of its newest accepted operation."""
    found: dict[str, str] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(_last_writers(), {"ids": list(part)})
        found.update((row[0], row[1]) for row in rows)
    return found


@cache
def _last_writers() -> Select[Any]:
    """Built once: every page asks it, and building it takes longer than answering."""
    newest = (
        select(op.c.ent_id, func.max(op.c.position).label("position"))
        .where(op.c.ent_id.in_(bindparam("ids", expanding=True)), op.c.state == "accepted")
        .group_by(op.c.ent_id)
        .subquery()
    )
    return select(op.c.ent_id, op.c.by).join(newest, newest.c.position == op.c.position)
