"""Merged records and what they were merged into, as rows: who has to be looked at again.

Whether a merged record is hidden depends on other records (`app.history.merged`), so when one of
them is hidden, shown or moved, those that lead to it are brought up to date after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection, Table, and_, or_, select

from app.history.materialise import hiding_fields
from app.history.merged import MAX_STEPS, Standing
from app.history.operation import Value
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import ENTITY_TABLES, HIDDEN, conflict, op


class Changed:
    """Records of which something that hides them was written, by type: record → what it was merged
    into before.
    """

    def __init__(self) -> None:
        self.by_type: dict[str, dict[str, str]] = {}

    def note(self, ent_type: str, ent_id: str, before: Value) -> None:
        """A record that says it is hidden, or said so before."""
        self.by_type.setdefault(ent_type, {})[ent_id] = before if isinstance(before, str) else ""


def can_be_merged(ent_type: str) -> bool:
    """Whether records of a type are merged into others."""
    return "merged_into" in hiding_fields(ent_type)


def standing_of(values: Mapping[str, Value], *, hidden: bool) -> Standing:
    """What a record's values say of it; `hidden` is what its own operations come to."""
    into, owner = values.get("merged_into"), values.get("owner_unit")
    merged = isinstance(into, str) and values.get("entered_in_error") is not True
    return Standing(
        owner if isinstance(owner, str) else "", hidden, str(into) if merged and into else ""
    )


def looking(
    connection: Connection, ent_type: str, own_hidden: Callable[[str], bool]
) -> Callable[[str], Standing | None]:
    """How a chain is followed over the rows. `own_hidden` says what a record's own operations come
    to where its row shows it although it says that it is hidden.
    """
    table = ENTITY_TABLES[ent_type]
    columns = [table.c[name] for name in ("owner_unit", *hiding_fields(ent_type))]
    known: dict[str, Standing | None] = {}

    def look(ent_id: str) -> Standing | None:
        if ent_id not in known:
            rows = connection.execute(
                select(table.c["_hidden"], *columns).where(table.c.id == ent_id)
            ).mappings()
            row = rows.first()
            known[ent_id] = None if row is None else standing(ent_id, dict(row))
        return known[ent_id]

    def standing(ent_id: str, row: Mapping[str, Value]) -> Standing:
        said = any(row[name] is not None for name in hiding_fields(ent_type))
        return standing_of(row, hidden=bool(row["_hidden"]) or (said and own_hidden(ent_id)))

    return look


def to_look_at(connection: Connection, ent_type: str, changed: Mapping[str, str]) -> list[str]:
    """The merged records whose sight may depend on changed ones, and does not follow from what
    they lead to being there: sorted.
    """
    table = ENTITY_TABLES[ent_type]
    walked: set[str] = set()
    front = {*changed, *changed.values()} - {""}
    for _ in range(MAX_STEPS):
        walked |= front
        front = _targets_of(connection, table, front) - walked
        if not front:
            break
    return _in_doubt(connection, table, walked | _leading_to(connection, table, changed))


def merged_ones(connection: Connection, ent_type: str) -> list[str]:
    """Every merged record of a type that has to be looked at when the rows are built anew."""
    table = ENTITY_TABLES[ent_type]
    ids = connection.execute(select(table.c.id).where(table.c.merged_into.is_not(None))).scalars()
    return _in_doubt(connection, table, set(ids))


def stood_at(connection: Connection, ids: Collection[str], position: int) -> set[str]:
    """Those of some records of which anything was accepted at a place of the log or before."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        statement = select(op.c.ent_id).where(
            op.c.ent_id.in_(part), op.c.state == "accepted", op.c.position <= position
        )
        found |= set(connection.execute(statement.distinct()).scalars())
    return found


def _targets_of(connection: Connection, table: Table, ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        merged = table.c.id.in_(part), table.c.merged_into.is_not(None)
        found |= set(connection.execute(select(table.c.merged_into).where(*merged)).scalars())
    return found


def _leading_to(connection: Connection, table: Table, targets: Collection[str]) -> set[str]:
    """The hidden records merged straight into these, and those in doubt about it."""
    in_doubt = select(conflict.c.ent_id).where(
        conflict.c.ent_type == table.name, conflict.c.field_group == "hidden"
    )
    found: set[str] = set()
    for part in chunks(sorted(targets), IDS_AT_ONCE):
        for which in (HIDDEN, table.c.id.in_(in_doubt)):
            statement = select(table.c.id).where(which, table.c.merged_into.in_(part))
            found |= set(connection.execute(statement).scalars())
    return found


def _in_doubt(connection: Connection, table: Table, ids: Collection[str]) -> list[str]:
    """Those of some records that are merged, but for the hidden ones that lead to one that nobody
    hides: these stay hidden.
    """
    target = table.alias("target")
    says_hidden = or_(*[target.c[name].is_not(None) for name in hiding_fields(table.name)])
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(table.c.id)
            .select_from(table.outerjoin(target, target.c.id == table.c.merged_into))
            .where(
                table.c.id.in_(part),
                table.c.merged_into.is_not(None),
                or_(~table.c["_hidden"], and_(target.c.id.is_not(None), says_hidden)),
            )
        )
        found |= set(rows.scalars())
    return sorted(found)
