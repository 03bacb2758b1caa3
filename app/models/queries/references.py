"""Accepted reference data as plain rows: templates, code lists, units and their successors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from app.history.operation import Value
from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, op

#: The reference data a catalogue is made of; rounds are read where they are asked for.
CATALOGUE_TYPES = ("org_unit", "org_unit_successor", "form_template", "code_list")


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One record of reference data: its id and stored values."""

    id: str
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A text of the record, empty when it has none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def references(connection: Connection, entity: str) -> list[ReferenceRow]:
    """The records of one of CATALOGUE_TYPES, by id."""
    table = ENTITY_TABLES[entity]
    rows = connection.execute(select(table).where(~table.c["_hidden"]).order_by(table.c.id))
    return [ReferenceRow(row["id"], values_of(entity, dict(row))) for row in rows.mappings()]


def values_kept_aside(
    connection: Connection, entity: str, name: str
) -> Iterator[tuple[str, Value]]:
    """Record id and value, for every record that keeps a value of this name in its `extra` map."""
    table = ENTITY_TABLES[entity]
    kept = func.instr(table.c["_extra"], f'"{name}":') > 0
    found: Any = connection.execute(
        select(table).where(table.c["_extra"].is_not(None), kept).order_by(table.c.id)
    ).mappings()
    for row in found:
        values = values_of(entity, dict(row))
        if name in values:
            yield row["id"], values[name]


def newer_than_program(connection: Connection) -> dict[str, int]:
    """Type → how many operations wait because this program does not know their type of record."""
    counted = connection.execute(
        select(op.c.ent_type, func.count())
        .where(NOT_ACCEPTED, op.c.state == "waiting", op.c.reason == "newer-program")
        .group_by(op.c.ent_type)
    )
    return {ent_type: int(count) for ent_type, count in counted}
