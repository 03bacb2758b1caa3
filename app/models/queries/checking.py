"""The register household by household, for a check of all of it in flat memory.

Households are read in one scan in the order of the table; their children and what belongs to these
come with a statement for every page. Children whose household is not known, or is another unit's,
follow. Rows become plain values on the shortest way, because a check reads every one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select

from app.history.entities import ENTITIES, Kind
from app.history.operation import Value
from app.models.bulk import chunks
from app.models.doubled import Holder, standing
from app.models.queries.register import PARTS
from app.models.schema import DERIVED, ENTITY_TABLES

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_OWN_COLUMNS = frozenset(("id", "_extra", "_heads", "_conflicts", "_hidden"))
#: Households whose children are read by one statement.
PAGE = 500
_PLACE = {name: place for place, name in enumerate(PARTS)}
_decode_set = msgspec.json.Decoder(list[str]).decode
_decode_extra = msgspec.json.Decoder(dict[str, str | int | bool | list[str] | None]).decode

Values = Mapping[str, Value]


class StoredChild(NamedTuple):
    """A visible child; `belongings` are (type, values with `id`) of what belongs to it."""

    id: str
    values: Values
    belongings: Sequence[tuple[str, Values]]


class StoredHousehold(NamedTuple):
    """A household and all its visible children in line order.

    `id` is empty for children without a household. `checked` is false where only the children are
    asked for; `only` then names them, None meaning all.
    """

    id: str
    values: Values
    checked: bool
    children: Sequence[StoredChild]
    only: frozenset[str] | None = None


def doubled_numbers(connection: Connection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(village, household number) → the visible households that share it, where several do, each
    with its owner unit.

    The numbers are counted in their index alone; rows are read only for those that stand twice.
    """
    same = (_household.c.village, _household.c.household_no)
    shared = (
        select(*same)
        .where(_household.c.village.is_not(None), _household.c.household_no.is_not(None))
        .group_by(*same)
        .having(func.count() > 1)
        .subquery()
    )
    rows = connection.execute(
        select(
            _household.c.village,
            _household.c.household_no,
            _household.c.id,
            _household.c.owner_unit,
        )
        .join(
            shared,
            and_(
                shared.c.village == _household.c.village,
                shared.c.household_no == _household.c.household_no,
            ),
        )
        .where(~_household.c["_hidden"])
        .order_by(_household.c.id)
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for village, number, ent_id, owner in rows:
        found.setdefault((village, number), []).append((ent_id, owner or ""))
    return {place: holders for place, holders in found.items() if len(holders) > 1}


class _Reader:
    """Turns rows of one travelling table into values."""

    def __init__(self, entity: str) -> None:
        table = ENTITY_TABLES[entity]
        derived = {*DERIVED.get(entity, ()), *_OWN_COLUMNS}
        # Plain strings: these names go into documents, and a subclass of str cannot be written.
        names = [str(column.name) for column in table.columns if column.name not in derived]
        kinds = ENTITIES[entity].fields
        self._names = ("id", "_extra", *names)
        self._sets = tuple(n for n in names if n == "_seen" or kinds.get(n) is Kind.SET)
        self.columns = tuple(table.c[name] for name in self._names)

    def values(self, row: Sequence[Any]) -> dict[str, Value]:
        """The values of a row that begins with `columns`, its `id` among them."""
        found: dict[str, Value] = {
            name: value for name, value in zip(self._names, row, strict=False) if value is not None
        }
        for name in self._sets:
            if name in found:
                found[name] = _decode_set(str(found[name]))
        if "_extra" in found:
            found.update(_decode_extra(str(found.pop("_extra"))))
        return found


@cache
def _reader(entity: str) -> _Reader:
    return _Reader(entity)


@cache
def _where_in(entity: str, column: str) -> Select[tuple[Any, ...]]:
    """Visible rows of a type whose `column` is among `ids`; compiled once for all pages."""
    table = ENTITY_TABLES[entity]
    # Put in order afterwards: the database would copy every wide row into its sorter.
    return select(*_reader(entity).columns).where(
        table.c[column].in_(bindparam("ids", expanding=True)), ~table.c["_hidden"]
    )


@cache
def _any_of(entity: str) -> Select[tuple[Any, ...]]:
    return select(ENTITY_TABLES[entity].c.id).limit(1)


def holds_any(connection: Connection, entity: str) -> bool:
    """Whether there is a row of this type at all."""
    return connection.execute(_any_of(entity)).first() is not None


def totals(connection: Connection, units: Collection[str] = ()) -> int:
    """About how many households and children a check of these units looks at, for its progress.

    Hidden ones are counted too: leaving them out would mean reading every row twice.
    """
    count = 0
    for table in (_household, _child):
        statement = select(func.count()).select_from(table)
        if units:
            statement = statement.where(table.c.owner_unit.in_(sorted(units)))
        count += int(connection.execute(statement).scalar_one())
    return count


def doubled_personal_ids(connection: Connection) -> dict[str, list[Holder]]:
    """Personal ids that several visible children carry, with those children.

    The ids are counted in their index alone; rows are read only for those that stand twice.
    """
    several = (
        select(_child.c.personal_id)
        .where(_child.c.personal_id.is_not(None))
        .group_by(_child.c.personal_id)
        .having(func.count() > 1)
    )
    ids = list(connection.execute(several).scalars())
    found: dict[str, list[Holder]] = {}
    for part in chunks(ids, PAGE):
        rows = connection.execute(
            select(_child.c.personal_id, _child.c.id, _child.c.owner_unit, standing())
            .where(_child.c.personal_id.in_(part), ~_child.c["_hidden"])
            .order_by(_child.c.id)
        )
        for number, ent_id, owner, stands in rows:
            found.setdefault(number, []).append(Holder(ent_id, owner or "", stands))
    return {number: holders for number, holders in found.items() if len(holders) > 1}


def _visible(units: Collection[str]) -> ColumnElement[bool]:
    visible: ColumnElement[bool] = ~_child.c["_hidden"]
    return and_(visible, _child.c.owner_unit.in_(sorted(units))) if units else visible


def households(
    connection: Connection, units: Collection[str] = ()
) -> Iterator[list[StoredHousehold]]:
    """Every household of the units with its children, a page at a time, then the other children.

    Empty `units` means the whole store. No child and no household comes twice.
    """
    reader = _reader("household")
    scan = select(*reader.columns, _household.c["_hidden"])
    if units:
        scan = scan.where(_household.c.owner_unit.in_(sorted(units)))
    rows = connection.execution_options(yield_per=PAGE).execute(scan)
    for part in rows.partitions(PAGE):
        values = {row[0]: reader.values(row) for row in part}
        hidden = {row[0] for row in part if row[-1]}
        yield _with_children(connection, values, hidden, units)
    yield from _others(connection, units)


def _with_children(
    connection: Connection,
    values: Mapping[str, dict[str, Value]],
    hidden: Collection[str],
    units: Collection[str],
) -> list[StoredHousehold]:
    children = _children_of(connection, list(values))
    pages = []
    for ent_id, own in values.items():
        found = children.get(ent_id, ())
        only = None
        if units:
            only = frozenset(one.id for one in found if one.values.get("owner_unit") in units)
        pages.append(StoredHousehold(ent_id, _without_id(own), ent_id not in hidden, found, only))
    return pages


def _without_id(values: dict[str, Value]) -> dict[str, Value]:
    values.pop("id", None)
    return values


def _children_of(
    connection: Connection, household_ids: Sequence[str]
) -> dict[str, list[StoredChild]]:
    return _grouped(connection, _where_in("child", "household"), household_ids)


def _grouped(
    connection: Connection, statement: Select[tuple[Any, ...]], ids: Sequence[str]
) -> dict[str, list[StoredChild]]:
    if not ids:
        return {}
    reader = _reader("child")
    rows = connection.execute(statement, {"ids": ids}).all()
    values = [reader.values(row) for row in rows]
    belongings = _belonging_to(connection, [str(one["id"]) for one in values])
    found: dict[str, list[StoredChild]] = {}
    for one in values:
        ent_id = str(one.pop("id"))
        child = StoredChild(ent_id, one, belongings.get(ent_id, ()))
        found.setdefault(str(one.get("household", "")), []).append(child)
    for children in found.values():
        if len(children) > 1:
            children.sort(key=line_order)
    return found


def line_order(child: StoredChild) -> tuple[bool, int, str]:
    """The order of the children of a page."""
    line = child.values.get("line_no")
    known = type(line) is int
    return not known, line if isinstance(line, int) and known else 0, child.id


def belongings_order(one: tuple[str, Values]) -> tuple[int, str]:
    """The order of what belongs to a child."""
    return _PLACE[one[0]], str(one[1]["id"])


def _belonging_to(
    connection: Connection, children: Sequence[str]
) -> dict[str, list[tuple[str, Values]]]:
    found: dict[str, list[tuple[str, Values]]] = {}
    for name in PARTS:
        if not holds_any(connection, name):
            continue  # most registers hold no record of some of these types
        reader = _reader(name)
        statement = _where_in(name, "record")
        for part in chunks(children, PAGE):
            for row in connection.execute(statement, {"ids": part}).all():
                values = reader.values(row)
                found.setdefault(str(values["record"]), []).append((name, values))
    for belongings in found.values():
        if len(belongings) > 1:
            belongings.sort(key=belongings_order)
    return found


def _others(connection: Connection, units: Collection[str]) -> Iterator[list[StoredHousehold]]:
    """Children that no household of these units led to."""
    scan = (
        select(_child.c.id, _child.c.household)
        .where(_visible(units), or_(_child.c.household.is_(None), _not_led_to(units)))
        .order_by(_child.c.household, _child.c.id)
    )
    rows = connection.execution_options(yield_per=PAGE).execute(scan)
    for part in rows.partitions(PAGE):
        wanted = frozenset(row[0] for row in part)
        named = sorted({row[1] for row in part if row[1] is not None})
        known = _households_by_id(connection, named)
        children = _children_of(connection, sorted(known))
        for ent_id, values in known.items():
            own = children.get(ent_id, [])
            only = frozenset(one.id for one in own) & wanted
            yield [StoredHousehold(ent_id, values, checked=False, children=own, only=only)]
        lost = [row[0] for row in part if row[1] not in known]
        if lost:
            for found in _grouped(connection, _where_in("child", "id"), lost).values():
                yield [StoredHousehold("", {}, False, (child,)) for child in found]


def _not_led_to(units: Collection[str]) -> ColumnElement[bool]:
    """Children that name a household which the scan of these units does not come to."""
    led_to = select(_household.c.id).where(_household.c.id == _child.c.household)
    if units:
        return ~led_to.where(_household.c.owner_unit.in_(sorted(units))).exists()
    # Named first, in the indexes alone: to look each child up would read every wide row again, in
    # the order of the index, which is all over the file.
    return _child.c.household.in_(
        select(_child.c.household)
        .where(_child.c.household.is_not(None), ~led_to.exists())
        .distinct()
    )


def _households_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    reader = _reader("household")
    rows = connection.execute(select(*reader.columns).where(_household.c.id.in_(ids))).all()
    return {row[0]: _without_id(reader.values(row)) for row in rows}


def chosen(
    connection: Connection, households: Sequence[str], alone: Sequence[str]
) -> Iterator[list[StoredHousehold]]:
    """These households with their children, and these children without one, a page at a time."""
    reader = _reader("household")
    for part in chunks(households, PAGE):
        scan = select(*reader.columns, _household.c["_hidden"]).where(_household.c.id.in_(part))
        rows = connection.execute(scan).all()
        values = {row[0]: reader.values(row) for row in rows}
        hidden = {row[0] for row in rows if row[-1]}
        yield _with_children(connection, values, hidden, ())
        if len(values) < len(part):
            unknown = [one for one in part if one not in values]
            yield _alone(_children_of(connection, unknown))
    for part in chunks(alone, PAGE):
        yield _alone(_grouped(connection, _where_in("child", "id"), part))


def _alone(children: Mapping[str, Sequence[StoredChild]]) -> list[StoredHousehold]:
    return [
        StoredHousehold("", {}, False, (child,)) for found in children.values() for child in found
    ]
