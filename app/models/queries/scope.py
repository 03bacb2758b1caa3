"""Which of some root records lie in a scope of units, owners in conflict included."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.sending import roots_in_scope


def within(connection: Connection, units: Collection[str], roots: Collection[str]) -> set[str]:
    """Those of `roots` (ids of households, children, …) that one of `units` owns at present."""
    scope = roots_in_scope(units)
    (root,) = scope.selected_columns
    found: set[str] = set()
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        found |= {row.id for row in connection.execute(scope.where(root.in_(part)))}
    return found
