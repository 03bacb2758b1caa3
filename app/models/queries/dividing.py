"""What still stands under a unit whose territory went to several: its pages, by village.

Hidden pages are among them: their history has to go with the territory, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.models.queries.register import RecordView, view_of
from app.models.schema import ENTITY_TABLES, record_owner

_household, _child = ENTITY_TABLES["household"], ENTITY_TABLES["child"]


def _undisputed(entity: str, unit: str) -> Select[Any]:
    """Records that belong to `unit` and to nobody else: a disputed one is a person's to settle."""
    table = ENTITY_TABLES[entity]
    disputed = select(record_owner.c.record)
    return select(table).where(table.c.owner_unit == unit, table.c.id.not_in(disputed))


def of_unit(connection: Connection, entity: str, unit: str) -> list[RecordView]:
    """The records of a type that belong to `unit` alone, by id, hidden ones as well."""
    rows = connection.execute(_undisputed(entity, unit).order_by(ENTITY_TABLES[entity].c.id))
    return [view_of(entity, dict(row)) for row in rows.mappings()]


def villages_of_households(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Household → the village it stands in, for those of `ids` that are known and have one."""
    if not ids:
        return {}
    statement = select(_household.c.id, _household.c.village).where(
        _household.c.id.in_(ids), _household.c.village.is_not(None)
    )
    return {row.id: row.village for row in connection.execute(statement)}


def units_with_pages(connection: Connection, units: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Unit → how many households and children stand under it and are not hidden."""
    found = {unit: [0, 0] for unit in units}
    for place, table in enumerate((_household, _child)):
        statement = (
            select(table.c.owner_unit, func.count())
            .where(table.c.owner_unit.in_(units), ~table.c["_hidden"])
            .group_by(table.c.owner_unit)
        )
        for unit, number in connection.execute(statement):
            found[unit][place] = number
    return {unit: (held[0], held[1]) for unit, held in found.items() if any(held)}
