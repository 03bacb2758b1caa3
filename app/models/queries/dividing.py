"""What still stands under a unit whose territory went to several: its pages, by village.

Hidden pages are among them: their history has to go with the territory, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, or_, select, text

from app.history.door import State
from app.history.operation import decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.register import RecordView, view_of
from app.models.schema import ENTITY_TABLES, op, record_owner, record_owner_ever

_household, _child = ENTITY_TABLES["household"], ENTITY_TABLES["child"]
#: What a household or a book says of its place beside the unit.
_PLACE = ("village", "household_no", "book_number")
#: As the partial index of the log says it: else it is not used.
_BELONGS = text("root != ent_id")


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


class DividedBy(NamedTuple):
    """The operation of a division by which a record went to a new unit, and its place here."""

    entity: str
    op_id: bytes
    position: int


def units_that_lost_records(connection: Connection) -> set[str]:
    """The units that once owned a record whose owner has changed."""
    return set(connection.execute(select(record_owner_ever.c.unit).distinct()).scalars())


def divided_from(
    connection: Connection, unit: str, became: Collection[str], by: str
) -> dict[str, DividedBy]:
    """Record → the operation of an act of the unit `by` that moved it from `unit` to one of the
    units in `became` and wrote nothing else; without those that `unit` got back since.

    Of a household and a book the village and the number are written with the unit, as one group. A
    move that is told by a life event is none: it tells more, or empties the village.
    """
    once = connection.execute(
        select(record_owner_ever.c.record).where(record_owner_ever.c.unit == unit)
    ).scalars()
    found: dict[str, DividedBy] = {}
    for part in chunks(sorted(once), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.ent_type, op.c.op_id, op.c.position, op.c.by, op.c.act)
            .add_columns(op.c.body)
            .where(
                op.c.ent_id.in_(part),
                # Creations write the owner, too, and are not marked so.
                or_(op.c.writes_owner, func.length(op.c.parents) == 0),
                op.c.state == State.ACCEPTED.value,
            )
            .order_by(op.c.ent_id, op.c.position)
        )
        before: dict[str, object] = {}
        for row in rows:
            body = {} if row.body is None else decode_body(row.body)
            owner = body.get("owner_unit")
            if owner == unit:
                found.pop(row.ent_id, None)
            elif (
                before.get(row.ent_id) == unit
                and owner in became
                and (row.by, row.act is not None) == (by, True)
                and body.keys() <= {"owner_unit", *_PLACE}
                and all(body[name] for name in body.keys() & {"village"})
            ):
                found[row.ent_id] = DividedBy(row.ent_type, row.op_id, row.position)
            before[row.ent_id] = owner
    return found


def belonging_written_since(connection: Connection, positions: Mapping[str, int]) -> set[str]:
    """Which of these records have something belonging to them that was written, or came, after a
    place in the log.
    """
    found: set[str] = set()
    for part in chunks(sorted(positions), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.root, func.max(op.c.position))
            .where(op.c.root.in_(part), _BELONGS, op.c.state == State.ACCEPTED.value)
            .group_by(op.c.root)
        )
        found |= {row[0] for row in rows if int(row[1]) > positions[row[0]]}
    return found


def claimed_by_others_too(connection: Connection, unit: str) -> dict[str, int]:
    """How many households and children that show `unit` as theirs others claim as well; hidden
    ones are left out.
    """
    found: dict[str, int] = {}
    for name, table in (("household", _household), ("child", _child)):
        statement = select(func.count()).where(
            table.c.owner_unit == unit,
            ~table.c["_hidden"],
            table.c.id.in_(select(record_owner.c.record)),
        )
        found[name] = connection.execute(statement).scalar_one()
    return found
