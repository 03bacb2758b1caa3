"""Pages whose rows were all created a moment ago: known without reading them back.

Most of what a transaction judges is such: a register imported, a first handover received. A page is
taken from memory only when the store holds exactly as many children and belongings of it as were
created, none of them hidden and none written twice; every other page is left to be read. Its
values are those of the operations: an empty one may stand among them as null.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from app.models.bulk import chunks
from app.models.declarations import Created
from app.models.queries.checking import (
    PAGE,
    StoredChild,
    StoredHousehold,
    Values,
    belongings_order,
    holds_any,
    line_order,
)
from app.models.queries.register import PARTS
from app.models.schema import ENTITY_TABLES


def just_written(
    connection: Connection, created: Created, households: Collection[str]
) -> Iterator[list[StoredHousehold]]:
    """Those of these households that are known whole from memory, a page at a time."""
    whole = [one for one in households if one in created.rows["household"]]
    if not whole:
        return
    children: dict[str, list[str]] = {one: [] for one in whole}
    for ent_id, values in created.rows["child"].items():
        home = values.get("household")
        if isinstance(home, str) and home in children:
            children[home].append(ent_id)
    belongings = _by_record(created)
    for part in chunks(whole, PAGE):
        known = _known_whole(connection, part, children, belongings)
        yield [_page(created, one, children[one], belongings) for one in known]


_Belongings = Mapping[str, Mapping[str, Mapping[str, Values]]]


def _by_record(created: Created) -> _Belongings:
    """Type → record → id → values of what was created as belonging to it."""
    found: dict[str, dict[str, dict[str, Values]]] = {name: {} for name in PARTS}
    for name in PARTS:
        for ent_id, values in created.rows[name].items():
            record = values.get("record")
            if isinstance(record, str):
                found[name].setdefault(record, {})[ent_id] = values
    return found


def _known_whole(
    connection: Connection,
    households: Sequence[str],
    children: Mapping[str, Sequence[str]],
    belongings: _Belongings,
) -> list[str]:
    counted = _counts(connection, "child", "household", households)
    known = [one for one in households if counted.get(one, 0) == len(children[one])]
    asked = [child for one in known for child in children[one]]
    for name in PARTS:
        if not holds_any(connection, name):
            continue
        held = belongings[name]
        counted = {}
        for part in chunks(asked, PAGE):
            counted |= _counts(connection, name, "record", part)
        known = [
            one
            for one in known
            if all(counted.get(child, 0) == len(held.get(child, ())) for child in children[one])
        ]
    return known


def _counts(connection: Connection, entity: str, column: str, ids: Sequence[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(_counting(entity, column), {"ids": ids})}


@cache
def _counting(entity: str, column: str) -> Select[Any]:
    """How many rows, hidden ones too, name each of `ids`: answered by an index alone."""
    named = ENTITY_TABLES[entity].c[column]
    return (
        select(named, func.count())
        .where(named.in_(bindparam("ids", expanding=True)))
        .group_by(named)
    )


def _page(
    created: Created, household: str, children: Iterable[str], belongings: _Belongings
) -> StoredHousehold:
    found = [
        StoredChild(one, created.rows["child"][one], _belonging_to(one, belongings))
        for one in children
    ]
    if len(found) > 1:
        found.sort(key=line_order)
    return StoredHousehold(household, created.rows["household"][household], True, found)


def _belonging_to(child: str, belongings: _Belongings) -> list[tuple[str, Values]]:
    found: list[tuple[str, Values]] = [
        (name, {**values, "id": ent_id})
        for name in PARTS
        if child in belongings[name]
        for ent_id, values in belongings[name][child].items()
    ]
    if len(found) > 1:
        found.sort(key=belongings_order)
    return found
