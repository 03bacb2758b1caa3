"""Groups in open conflict: what two people wrote otherwise, and a person has to decide.

Every save that is based on all heads and writes such a group decides it (MERGE.md, "Deciding"). A
person who saves has it before them; what the program writes by a rule, for many records at once,
has to leave it as it stands.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import conflict

#: (type, id)
Record = tuple[str, str]


def open_groups(connection: Connection, ids: Collection[str]) -> dict[Record, set[str]]:
    """Record → its groups and fields in open conflict; records without any are left out."""
    found: dict[Record, set[str]] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(conflict.c.ent_type, conflict.c.ent_id, conflict.c.field_group).where(
                conflict.c.ent_id.in_(part)
            )
        )
        for ent_type, ent_id, group in rows:
            found.setdefault((ent_type, ent_id), set()).add(group)
    return found
