"""Counting visible records: totals, and totals by village."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from app.models.queries.register import villages
from app.models.schema import ENTITY_TABLES, conflict

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a set of records comes to. `incomplete` counts records not declared done."""

    households: int
    children: int
    girls: int
    incomplete: int


def counts(connection: Connection, units: Collection[str] = (), born_after: str = "") -> Counts:
    """Totals of visible records. `born_after` leaves out children who are 16 at the date wanted."""
    child_where: list[ColumnElement[bool]] = [~_child.c["_hidden"]]
    household_where: list[ColumnElement[bool]] = [~_household.c["_hidden"]]
    if units:
        child_where.append(_child.c.owner_unit.in_(sorted(units)))
        household_where.append(_household.c.owner_unit.in_(sorted(units)))
    if born_after:
        child_where.append(func.coalesce(_child.c.birth_date, "9999") > born_after)
    unfinished = case((func.coalesce(_child.c.complete, False).is_(False), 1), else_=0)
    child = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((_child.c.sex == "2", 1), else_=0)), 0),
            func.coalesce(func.sum(unfinished), 0),
        ).where(*child_where)
    ).one()
    household = connection.execute(
        select(
            func.count(),
            func.coalesce(
                func.sum(
                    case((func.coalesce(_household.c.complete, False).is_(False), 1), else_=0)
                ),
                0,
            ),
        ).where(*household_where)
    ).one()
    return Counts(household[0], child[0], child[1], child[2] + household[1])


def counts_by_village(connection: Connection, unit: str) -> list[tuple[str, str, int, int]]:
    """(village id, name, households, children) of a commune, villages in order."""
    by_village = select(
        func.coalesce(_household.c.village, "").label("village"), func.count().label("number")
    ).group_by(_household.c.village)
    of_unit = by_village.where(_household.c.owner_unit == unit)
    households = _as_map(connection, of_unit.where(~_household.c["_hidden"]))
    with_children = of_unit.join(_child, _child.c.household == _household.c.id)
    children = _as_map(connection, with_children.where(~_child.c["_hidden"]))
    found = [
        (
            one.id,
            str(one.values.get("name", "")),
            households.get(one.id, 0),
            children.get(one.id, 0),
        )
        for one in villages(connection, unit)
    ]
    known = {one[0] for one in found}
    unknown = sorted(households.keys() - known)
    return found + [(one, "", households[one], children.get(one, 0)) for one in unknown]


def _as_map(connection: Connection, statement: Select[Any, int]) -> dict[str, int]:
    return {row.village: row.number for row in connection.execute(statement)}


def open_conflicts(connection: Connection) -> int:
    """How many fields or groups wait for a decision."""
    return int(connection.execute(select(func.count()).select_from(conflict)).scalar_one())
