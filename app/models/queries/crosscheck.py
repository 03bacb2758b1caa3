"""Lists that are held against the register, and the children they are held against. Local only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, list_file, list_row, op

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
_circumstance = ENTITY_TABLES["circumstance"]
_PAGE = 2000


class BookChild(NamedTuple):
    """A child of the register as lists are held against it; "" where nothing stands."""

    id: str
    name: str
    birth_date: str
    sex: str
    personal_id: str
    mother: str
    mother_year: str
    father: str
    father_year: str
    head: str
    phone: str
    household: str
    household_no: str
    village: str
    unit: str
    poverty: str
    allowance: str
    poverty_year: str


class FileRow(NamedTuple):
    """A list as it is kept; `added` in UTC seconds, `roles` JSON."""

    id: str
    kind: str
    unit: str
    series: str
    title: str
    year: int
    file: str
    sha256: str
    layout: str
    roles: str
    added: int
    added_by: str
    position: int


class KeptRow(NamedTuple):
    """A row of a list as it is kept; `said` and `candidates` are JSON, moments UTC seconds."""

    list: str
    number: int
    kind: str
    content: str
    said: str
    band: str
    child: str
    candidates: str
    decision: str = ""
    decided_by: str = ""
    decided: int | None = None
    settled: str = ""
    settled_by: str = ""
    settled_at: int | None = None
    act: str | None = None


def book_children(connection: Connection, units: Collection[str]) -> Iterator[BookChild]:
    """Every child that these units follow, in the order of villages and names."""
    wanted = sorted(units)
    for part in chunks(wanted, IDS_AT_ONCE):
        yield from _children(connection, _child.c.owner_unit.in_(part))


def namesakes(
    connection: Connection, names: Collection[str], personal_ids: Collection[str]
) -> list[BookChild]:
    """Children anywhere here who bear one of these names (`name_sort`) or personal ids."""
    found: dict[str, BookChild] = {}
    for column, values in ((_child.c.name_sort, names), (_child.c.personal_id, personal_ids)):
        for part in chunks(sorted(values), IDS_AT_ONCE):
            found.update((one.id, one) for one in _children(connection, column.in_(part)))
    return list(found.values())


def children_named(connection: Connection, ids: Collection[str]) -> dict[str, BookChild]:
    """Id → the child, whether or not it is followed."""
    found: dict[str, BookChild] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = _children(connection, _child.c.id.in_(part), everybody=True)
        found.update((one.id, one) for one in rows)
    return found


def _children(
    connection: Connection, which: ColumnElement[bool], *, everybody: bool = False
) -> Iterator[BookChild]:
    columns = (
        _child.c.full_name,
        _child.c.birth_date,
        _child.c.sex,
        _child.c.personal_id,
        _child.c.mother_name,
        _child.c.mother_birth_year,
        _child.c.father_name,
        _child.c.father_birth_year,
        _household.c.head_name,
        _household.c.phone,
        _child.c.household,
        _household.c.household_no,
        _village.c.name,
        _child.c.owner_unit,
        _household.c.poverty_status,
        _child.c.monthly_allowance,
        _household.c.poverty_year,
    )
    statement = (
        select(_child.c.id, *(func.coalesce(column, "") for column in columns))
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .join(_village, _village.c.id == _household.c.village, isouter=True)
        .where(which)
        .order_by(_village.c.name_sort, _child.c.name_sort, _child.c.id)
    )
    if not everybody:
        statement = statement.where(followed_beside_household())
    for row in connection.execute(statement.execution_options(yield_per=_PAGE)):
        yield BookChild._make(map(str, row))


def with_groups(
    connection: Connection, units: Collection[str], groups: Collection[str]
) -> list[str]:
    """The children of these units who are or were of one of these groups."""
    found: list[str] = []
    for part in chunks(sorted(units), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id)
            .distinct()
            .join(_circumstance, _circumstance.c.record == _child.c.id)
            .where(
                _child.c.owner_unit.in_(part),
                _circumstance.c.group.in_(sorted(groups)),
                ~_circumstance.c["_hidden"],
                ~_child.c["_hidden"],
            )
            .order_by(_child.c.id)
        )
        found += rows.scalars()
    return found


# --- the lists ------------------------------------------------------------------------------


def files(connection: Connection) -> list[FileRow]:
    """Every list, the newest first."""
    order = (list_file.c.added.desc(), list_file.c.id)
    return [FileRow._make(row) for row in connection.execute(select(list_file).order_by(*order))]


def file(connection: Connection, list_id: str) -> FileRow | None:
    """One list, None where there is none."""
    row = connection.execute(select(list_file).where(list_file.c.id == list_id)).one_or_none()
    return None if row is None else FileRow._make(row)


def rows(connection: Connection, list_id: str, kind: str = "") -> list[KeptRow]:
    """The rows of a list in its order, those of one kind or all."""
    wanted = select(list_row).where(list_row.c.list == list_id).order_by(list_row.c.number)
    if kind:
        wanted = wanted.where(list_row.c.kind == kind)
    return [KeptRow._make(row) for row in connection.execute(wanted)]


def row(connection: Connection, list_id: str, number: int) -> KeptRow | None:
    """One row, None where there is none."""
    wanted = select(list_row).where(list_row.c.list == list_id, list_row.c.number == number)
    found = connection.execute(wanted).one_or_none()
    return None if found is None else KeptRow._make(found)


def said_before(
    connection: Connection, contents: Collection[str], kind: str, unit: str
) -> dict[str, KeptRow]:
    """Content of a row → the row of that content about which somebody spoke last, among the lists
    of the kind and unit.
    """
    found: dict[str, KeptRow] = {}
    for part in chunks(sorted(contents), IDS_AT_ONCE):
        spoken = or_(list_row.c.decision != "", list_row.c.settled != "")
        result = connection.execute(
            select(list_row)
            .join(list_file, list_file.c.id == list_row.c.list)
            .where(
                list_row.c.content.in_(part),
                list_file.c.kind == kind,
                list_file.c.unit == unit,
                spoken,
            )
            .order_by(list_file.c.added, list_row.c.number)
        )
        found.update((one.content, one) for one in map(KeptRow._make, result))
    return found


def repeated(connection: Connection, contents: Collection[str]) -> set[str]:
    """Those contents that stand in a list."""
    found: set[str] = set()
    for part in chunks(sorted(contents), IDS_AT_ONCE):
        wanted = select(list_row.c.content).where(list_row.c.content.in_(part))
        found.update(connection.execute(wanted.distinct()).scalars())
    return found


def put_file(connection: Connection, one: FileRow, its_rows: Sequence[KeptRow]) -> None:
    """Keep a list with its rows, in place of what was kept under its id."""
    remove(connection, one.id)
    connection.execute(insert(list_file), one._asdict())
    if its_rows:
        connection.execute(insert(list_row), [each._asdict() for each in its_rows])


def remove(connection: Connection, list_id: str) -> None:
    """Forget a list and its rows."""
    connection.execute(delete(list_row).where(list_row.c.list == list_id))
    connection.execute(delete(list_file).where(list_file.c.id == list_id))


def change_rows(
    connection: Connection, list_id: str, numbers: Iterable[int], values: Mapping[str, Any]
) -> None:
    """Write values into rows of a list."""
    for part in chunks(sorted(numbers), IDS_AT_ONCE):
        connection.execute(
            update(list_row)
            .where(list_row.c.list == list_id, list_row.c.number.in_(part))
            .values(**values)
        )


def waiting_counts(connection: Connection) -> dict[str, tuple[int, int]]:
    """List → how many of its rows wait for a look, and how many for a visit."""
    visit = and_(list_row.c.band == "none", list_row.c.settled == "")
    rows = connection.execute(
        select(
            list_row.c.list,
            func.sum(case((list_row.c.band == "review", 1), else_=0)),
            func.sum(case((visit, 1), else_=0)),
        )
        .where(list_row.c.kind == "child")
        .group_by(list_row.c.list)
    )
    return {list_id: (int(review), int(visits)) for list_id, review, visits in rows}


def in_order(connection: Connection, acts: Collection[str]) -> list[str]:
    """Acts in the order in which they were written."""
    first: dict[str, int] = {}
    for part in chunks(sorted(acts), IDS_AT_ONCE):
        wanted = select(op.c.act, func.min(op.c.position)).where(op.c.act.in_(part))
        first.update((act, at) for act, at in connection.execute(wanted.group_by(op.c.act)))
    return sorted(first, key=first.__getitem__)


def forget_act(connection: Connection, act: str) -> None:
    """The rows that an act took over are to be taken over again."""
    connection.execute(update(list_row).where(list_row.c.act == act).values(act=None))


def forget_children(connection: Connection, ids: Collection[str]) -> int:
    """Forget the rows that are one of these children, or that somebody said to be; returns how
    many. What they may be else is found anew without them.
    """
    count = 0
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        one_of = or_(list_row.c.child.in_(part), list_row.c.decision.in_(part))
        count += connection.execute(delete(list_row).where(one_of)).rowcount
    return count
