"""Accepted reference data as plain rows: templates, code lists, units and their successors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from app.history.operation import Value
from app.models.bulk import Prepared
from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, op, setting

#: The reference data a catalogue is made of; rounds are read where they are asked for.
CATALOGUE_TYPES = ("org_unit", "org_unit_successor", "form_template", "code_list")
_PROVISIONAL = "provisional-units"
_NEWER = Prepared(
    select(op.c.ent_type, func.count())
    .where(NOT_ACCEPTED, op.c.state == "waiting", op.c.reason == "newer-program")
    .group_by(op.c.ent_type)
)


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One record of reference data: its id and stored values."""

    id: str
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A text of the record, empty when it has none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


@cache
def _all_of(entity: str) -> Select[Any]:
    table = ENTITY_TABLES[entity]
    return select(table).where(~table.c["_hidden"]).order_by(table.c.id)


def references(connection: Connection, entity: str) -> list[ReferenceRow]:
    """The records of one of CATALOGUE_TYPES, by id."""
    rows = connection.execute(_all_of(entity))
    return [ReferenceRow(row["id"], values_of(entity, dict(row))) for row in rows.mappings()]


def provisional_units(connection: Connection) -> list[dict[str, str]]:
    """Units that no signature stands for yet: this PC was set up for one of them by a file."""
    found = connection.execute(
        select(setting.c.value).where(setting.c.name == _PROVISIONAL)
    ).scalar()
    return [] if found is None else msgspec.json.decode(found, type=list[dict[str, str]])


def put_provisional_units(connection: Connection, units: Sequence[Mapping[str, str]]) -> None:
    """Put these in place of all `provisional_units`."""
    connection.execute(setting.delete().where(setting.c.name == _PROVISIONAL))
    if units:
        value = msgspec.json.encode([dict(one) for one in units]).decode()
        connection.execute(setting.insert().values(name=_PROVISIONAL, value=value))


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
    return {ent_type: int(count) for ent_type, count in _NEWER.rows(connection)}
