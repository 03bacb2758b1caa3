"""The children of the register as they are compared with one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from app.matching.person import Person
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, op
from app.text.fold import fold
from app.text.sort_key import name_sort_key

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_decision = ENTITY_TABLES["match_decision"]
_PAGE = 2000


def compared_people(connection: Connection) -> Iterator[Person]:
    """Every child that the register follows here. Who left is looked for by `moves`."""
    for row in connection.execute(_people().execution_options(yield_per=_PAGE)):
        yield Person(*map(str, row))


def people_among(connection: Connection, ids: Collection[str]) -> dict[str, Person]:
    """Those of some children that the register follows here."""
    found: dict[str, Person] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(_people().where(_child.c.id.in_(part)))
        found.update((row[0], Person(*map(str, row))) for row in rows)
    return found


def sharing_a_number(connection: Connection, since: int) -> dict[str, list[str]]:
    """Personal id → the children that bear it, where one of them was written after a place in the
    log and another one bears it, too: those that were written come first.
    """
    twice = (
        select(_child.c.personal_id)
        .where(_child.c.personal_id != "")
        .group_by(_child.c.personal_id)
        .having(func.count() > 1)
    )
    # The index tells the few numbers that stand twice; every other way reads the wide rows.
    numbers = connection.execute(twice).scalars().all()
    found: dict[str, set[str]] = {}
    for part in chunks(numbers, IDS_AT_ONCE):
        bearers = select(_child.c.personal_id, _child.c.id).where(_child.c.personal_id.in_(part))
        for number, child in connection.execute(bearers):
            found.setdefault(number, set()).add(child)
    new = written_since(connection, set().union(*found.values()), since)
    return {
        number: sorted(children, key=lambda one: (one not in new, one))
        for number, children in found.items()
        if children & new
    }


def written_since(connection: Connection, ids: Collection[str], since: int) -> set[str]:
    """Those of some children of whom an accepted operation stands behind a place in the log."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = select(op.c.ent_id).where(
            op.c.ent_id.in_(part),
            op.c.position > since,
            op.c.ent_type == "child",
            op.c.state == "accepted",
        )
        found.update(connection.execute(rows.distinct()).scalars())
    return found


def holds_children(connection: Connection) -> bool:
    """Whether any child is held here."""
    return connection.execute(select(_child.c.id).limit(1)).first() is not None


def namesakes(connection: Connection, names: Collection[str]) -> dict[str, list[Person]]:
    """Name → the followed children who bear it as it is spelled."""
    return _by(connection, _child.c.name_sort, {one: name_sort_key(one) for one in names})


def called_alike(
    connection: Connection, name: str, birth_date: str, limit: int
) -> list[tuple[str, str]]:
    """(id, birth date) of visible children whose given name has the letters of that one's, whatever
    its tone, or those that are left of it without marks: born within a year of that date where
    there is one, the nearest first. The rest of the name is left open, where hands differ most.
    """
    year = int(birth_date[:4]) if birth_date[:4].isdecimal() else 0
    born = func.coalesce(_child.c.birth_date, "")
    found: list[tuple[str, str]] = []
    for key in {name_sort_key(name), name_sort_key(fold(name))}:
        letters = key.partition(" ")[0]
        if not letters:
            continue
        # A range of the index: "!" comes next after the blank that closes the given name.
        rows = select(_child.c.id, born).where(
            _child.c.name_sort >= f"{letters} ", _child.c.name_sort < f"{letters}!"
        )
        if year:
            rows = rows.where(born >= f"{year - 1}", born < f"{year + 2}")
        rows = rows.where(~_child.c["_hidden"]).order_by(
            born != birth_date, func.substr(born, 1, 4) != birth_date[:4], _child.c.id
        )
        found += [(row[0], row[1]) for row in connection.execute(rows.limit(limit))]
    return found


def bearing(connection: Connection, numbers: Collection[str]) -> dict[str, list[Person]]:
    """Personal id → the followed children who bear it."""
    return _by(connection, _child.c.personal_id, {one: one for one in numbers})


def _by(
    connection: Connection, column: ColumnElement[str], wanted: Mapping[str, str]
) -> dict[str, list[Person]]:
    """What was asked → who holds its key in a column that has an index."""
    asked: dict[str, list[str]] = {}
    for one, key in wanted.items():
        asked.setdefault(key, []).append(one)
    found: dict[str, list[Person]] = {}
    for part in chunks(sorted(asked), IDS_AT_ONCE):
        for key, *row in connection.execute(_people(column).where(column.in_(part))):
            for one in asked[key]:
                found.setdefault(one, []).append(Person(*map(str, row)))
    return found


def _people(*before: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    told = (
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
        _household.c.village,
        _child.c.owner_unit,
    )
    columns: list[ColumnElement[Any]] = [*before, _child.c.id]
    columns += [func.coalesce(column, "") for column in told]
    return (
        select(*columns)
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(followed_beside_household())
    )


def decided_pairs(connection: Connection) -> set[frozenset[str]]:
    """The pairs of children about whom something is decided. What was opened again is offered."""
    rows = connection.execute(
        select(_decision.c.record, _decision.c.other_child).where(
            ~_decision.c["_hidden"], _decision.c.verdict.in_(("same", "different"))
        )
    )
    return {frozenset((row.record, row.other_child)) for row in rows}
