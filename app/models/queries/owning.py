"""Whose a record is now, and whose it was."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, union_all

from app.history.entities import OUTSIDE, UNKNOWN
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import ENTITY_TABLES, op, record_owner, record_owner_ever

_HOLDERS = (ENTITY_TABLES["household"], ENTITY_TABLES["child"])


def owners_of(connection: Connection, ids: Collection[str]) -> dict[str, set[str]]:
    """Record → the units that own the household or child it is or belongs to: several while that is
    in conflict, after a move to no unit the last one. No entry where there is neither here.
    """
    roots = _roots(connection, ids)
    owned = _owned(connection, set(roots.values()))
    return {one: owned[root] for one, root in roots.items() if root in owned}


def ever_owned(connection: Connection, ids: Collection[str], units: Collection[str]) -> set[str]:
    """Of these records those that are one of the units' or were at any time."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        once = select(record_owner_ever.c.record).where(
            record_owner_ever.c.record.in_(part), record_owner_ever.c.unit.in_(sorted(units))
        )
        found.update(connection.execute(once).scalars())
    return found


def former_owners(connection: Connection, ids: Collection[str]) -> dict[str, set[str]]:
    """Record → the units that own it no more, for those that anybody gave away."""
    ever: dict[str, set[str]] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        told = select(record_owner_ever.c.record, record_owner_ever.c.unit).where(
            record_owner_ever.c.record.in_(part)
        )
        for record, unit in connection.execute(told):
            ever.setdefault(record, set()).add(unit)
    now = owners_of(connection, ever.keys())
    return {one: units - now.get(one, set()) for one, units in ever.items()}


def _roots(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(sorted(set(ids)), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.root)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .distinct()
        )
        found.update((row.ent_id, row.root) for row in rows)
    return found


def _owned(connection: Connection, roots: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        told = select(record_owner.c.record, record_owner.c.unit).where(
            record_owner.c.record.in_(part)
        )
        for record, unit in connection.execute(told):
            found.setdefault(record, set()).add(unit)
        shown = (
            select(one.c.id, one.c.owner_unit).where(
                one.c.id.in_(part), one.c.owner_unit.not_in((OUTSIDE, UNKNOWN))
            )
            for one in _HOLDERS
        )
        for record, unit in connection.execute(union_all(*shown)):
            found.setdefault(record, set()).add(unit)
    return found
