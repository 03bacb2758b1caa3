"""Which of some root records lie in a scope of units, owners in conflict included."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.sending import roots_in_scope
from app.models.schema import record_owner_ever


def within_ever(connection: Connection, units: Collection[str], roots: Collection[str]) -> set[str]:
    """Those of `roots` that one of `units` owns or owned: it may have been sent what they were."""
    found = within(connection, units, roots)
    for part in chunks(sorted(set(roots) - found), IDS_AT_ONCE):
        once = select(record_owner_ever.c.record).where(
            record_owner_ever.c.record.in_(part), record_owner_ever.c.unit.in_(sorted(units))
        )
        found.update(connection.execute(once).scalars())
    return found


def within(connection: Connection, units: Collection[str], roots: Collection[str]) -> set[str]:
    """Those of `roots` (ids of households, children, …) that one of `units` owns at present."""
    scope = roots_in_scope(units)
    (root,) = scope.selected_columns
    found: set[str] = set()
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        found |= {row.id for row in connection.execute(scope.where(root.in_(part)))}
    return found
