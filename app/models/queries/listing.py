"""What lists are made of: of every child and household the few columns that lists go by.

One scan in the order of the table, because a walk in the order of an index reads every wide row
wherever it lies. Nothing here decides who may see what.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

from app.history.operation import Value
from app.models.bulk import chunks
from app.models.doubled import is_double
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, HIDDEN, unsound

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
_circumstance = ENTITY_TABLES["circumstance"]
_PAGE = 2000
#: Rows that are looked at together for one that is not passed over.
_NEAR = 8


class ListedChild(NamedTuple):
    """A child as lists know it; `declared` is the clerk's word, `hidden` ones are in no list, and
    who is not `followed` waits for nothing.
    """

    row: int
    id: str
    search: str
    home_search: str
    village: str
    survey_round: str
    birth_date: str
    owner_unit: str
    declared: bool
    has_id: bool
    conflicts: int
    hidden: bool
    followed: bool


def child_total(connection: Connection) -> int:
    """How many rows of children there are, hidden ones too."""
    return int(connection.execute(select(func.count()).select_from(_child)).scalar_one())


#: What the database itself calls a row: an index holds it, so that all rows are put in order by
#: the index alone. Good for one transaction.
_ROW: ColumnElement[int] = literal_column("child.rowid", Integer)


def in_order(
    connection: Connection, ids: Collection[str] | None = None
) -> Iterator[list[tuple[int, str]]]:
    """(row, id) of every child, or of those of `ids`, by given name and then by id, a page at a
    time; hidden ones too.
    """
    statement = select(_ROW, _child.c.id).order_by(_child.c.name_sort, _child.c.id)
    if ids is not None:
        statement = statement.where(_child.c.id.in_(sorted(ids)))
    rows = connection.execution_options(yield_per=_PAGE).execute(statement)
    for part in rows.partitions(_PAGE):
        yield [(row[0], row[1]) for row in part]


def _children() -> Select[
    tuple[int, str, str, str, str, str, str, str, bool, bool, int, bool, bool]
]:
    return select(
        _ROW,
        _child.c.id,
        func.coalesce(_child.c.search_fold, ""),
        func.coalesce(_household.c.search_fold, ""),
        func.coalesce(_household.c.village, ""),
        func.coalesce(_household.c.survey_round, ""),
        func.coalesce(_child.c.birth_date, ""),
        func.coalesce(_child.c.owner_unit, ""),
        func.coalesce(_child.c.complete, False),
        func.coalesce(_child.c.personal_id, "") != "",
        _child.c["_conflicts"],
        _child.c["_hidden"],
        followed_beside_household(),
    ).join(_household, _household.c.id == _child.c.household, isouter=True)


def children(
    connection: Connection, ids: Collection[str] | None = None
) -> Iterator[list[ListedChild]]:
    """Every child, or those of `ids`, a page at a time."""
    if ids is None:
        rows = connection.execution_options(yield_per=_PAGE).execute(_children())
        for part in rows.partitions(_PAGE):
            yield [ListedChild._make(row) for row in part]
        return
    for some in chunks(sorted(ids), IDS_AT_ONCE):
        found = connection.execute(_children().where(_child.c.id.in_(some)))
        yield [ListedChild._make(row) for row in found]


def children_of(connection: Connection, households: Collection[str]) -> set[str]:
    """The children that name one of these households."""
    found: set[str] = set()
    for some in chunks(sorted(households), IDS_AT_ONCE):
        statement = select(_child.c.id).where(_child.c.household.in_(some))
        found.update(connection.execute(statement).scalars())
    return found


def before(connection: Connection, ent_id: str, beside: Collection[str]) -> str | None:
    """The child that stands next before another in the order of `in_order`, those `beside` it
    passed over; None where it is the first.
    """
    statement = select(_child.c.name_sort).where(_child.c.id == ent_id)
    name = connection.execute(statement).scalar()
    while True:
        here = tuple_(_child.c.name_sort, _child.c.id) < tuple_(literal(name), literal(ent_id))
        found = connection.execute(
            select(_child.c.name_sort, _child.c.id)
            .where(here)
            .order_by(_child.c.name_sort.desc(), _child.c.id.desc())
            .limit(_NEAR)
        ).all()
        for row in found:
            if row[1] not in beside:
                return str(row[1])
        if len(found) < _NEAR:
            return None
        name, ent_id = found[-1]


def doubles(connection: Connection) -> set[str]:
    """The children for whom another record stands."""
    return set(connection.execute(select(_child.c.id).where(is_double())).scalars())


def in_book_order(connection: Connection) -> Iterator[int]:
    """The row of every child by village, household number as people count, and line."""
    statement = (
        select(_ROW)
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .join(_village, _village.c.id == _household.c.village, isouter=True)
        .order_by(
            _household.c.id.is_(None),
            _village.c.list_order.is_(None),
            _village.c.list_order,
            _village.c.name_sort,
            _village.c.id,
            _household.c.no_sort,
            _household.c.id,
            _child.c.line_no.is_(None),
            _child.c.line_no,
            _child.c.id,
        )
    )
    yield from connection.execution_options(yield_per=_PAGE).execute(statement).scalars()


def visible_in_order(connection: Connection) -> Iterator[Sequence[str]]:
    """The children that are not hidden, by given name, a page at a time: out of the index alone,
    but for the few that are left out.
    """
    other = _child.alias()
    hidden = select(other.c.id).where(HIDDEN)
    statement = (
        select(_child.c.id)
        .where(_child.c.id.not_in(hidden))
        .order_by(_child.c.name_sort, _child.c.id)
    )
    rows = connection.execution_options(yield_per=_PAGE).execute(statement)
    yield from rows.scalars().partitions(_PAGE)


def in_line_order(connection: Connection, household: str) -> list[str]:
    """The children of a household that are not hidden, as their lines stand on paper."""
    statement = (
        select(_child.c.id)
        .where(_child.c.household == household, ~_child.c["_hidden"])
        .order_by(_child.c.line_no.is_(None), _child.c.line_no, _child.c.id)
    )
    return list(connection.execute(statement).scalars())


def not_sound(connection: Connection) -> set[str]:
    """Children that declare themselves complete and hold an error."""
    statement = select(unsound.c.record).where(unsound.c.ent_type == "child")
    return set(connection.execute(statement).scalars())


def of_group(connection: Connection, group: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """(child, what it is about) of the open circumstances of a group."""
    rows = connection.execute(
        select(_circumstance.c.record, _circumstance.c["_key"], _circumstance.c.subgroups).where(
            _circumstance.c.group == group,
            ~_circumstance.c["_hidden"],
            _circumstance.c.circumstance_to.is_(None),
        )
    )
    for record, key, subgroups in rows:
        codes: list[str] = json.loads(subgroups) if subgroups else []
        yield record, {"group": group, "_key": key, "subgroups": codes}
