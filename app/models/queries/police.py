"""Who may stand on a list for the police: the children whom the register follows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from app.models.queries.worklist import child_now
from app.models.schema import ENTITY_TABLES

_child = ENTITY_TABLES["child"]


def children_now(connection: Connection, units: Collection[str], day: date) -> set[str]:
    """The ids of the children of these units whom the register follows and who are under 16 on a
    day: those of whom the worklist counts who has no personal id.
    """
    here = _child.c.owner_unit.in_(sorted(units))
    return set(connection.execute(select(_child.c.id).where(here, child_now(day))).scalars())
