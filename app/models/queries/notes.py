"""The notes of households and children, those that were taken away as well, and who wrote them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.history.door import State
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.register import RecordView, view_of
from app.models.schema import ENTITY_TABLES, op

_note = ENTITY_TABLES["note"]


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note with its first operation: the unit and the person it was written by, the moment by
    their clock (UTC seconds), and its place in the log here.
    """

    note: RecordView
    by: str
    author: str
    wall: int
    position: int


def of_record(connection: Connection, record: str) -> list[WrittenNote]:
    """The notes of a household or child in the order in which they came here."""
    rows = connection.execute(
        select(_note, op.c.by, op.c.author.label("of_author"), op.c.wall, op.c.position)
        .join(op, op.c.ent_id == _note.c.id)
        .where(_note.c.record == record, op.c.parents == b"", op.c.state == State.ACCEPTED.value)
        .order_by(op.c.position)
    ).mappings()
    found = []
    for row in rows:
        values = {name: row[name] for name in _note.columns.keys()}  # noqa: SIM118 -- SQLAlchemy iterates over columns
        view = view_of("note", values)
        found.append(WrittenNote(view, row["by"], row["of_author"], row["wall"], row["position"]))
    return found


def counts(connection: Connection, records: Collection[str]) -> dict[str, int]:
    """Household or child → how many notes it has that nobody took away; none is left out."""
    found: dict[str, int] = {}
    for part in chunks(sorted(records), IDS_AT_ONCE):
        statement = (
            select(_note.c.record, func.count())
            .where(_note.c.record.in_(part), ~_note.c["_hidden"])
            .group_by(_note.c.record)
        )
        found.update((row[0], row[1]) for row in connection.execute(statement))
    return found
