"""Counting visible records: totals, and totals by village."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, select

from app.models.queries.register import villages
from app.models.schema import ENTITY_TABLES, conflict

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_circumstance = ENTITY_TABLES["circumstance"]
_event = ENTITY_TABLES["life_event"]


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
        func.coalesce(_household.c.village, "").label("place"), func.count().label("number")
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
    return {row.place: row.number for row in connection.execute(statement)}


def open_conflicts(connection: Connection) -> int:
    """How many fields or groups wait for a decision."""
    return int(connection.execute(select(func.count()).select_from(conflict)).scalar_one())


def children_by_group(connection: Connection, units: Collection[str]) -> dict[str, set[str]]:
    """Group → children with an open circumstance of it.

    A circumstance is open when it has no end date and was not taken back.
    """
    rows = connection.execute(
        select(_circumstance.c.group, _circumstance.c.record)
        .join(_child, _child.c.id == _circumstance.c.record)
        .where(
            ~_circumstance.c["_hidden"],
            ~_child.c["_hidden"],
            _circumstance.c.circumstance_to.is_(None),
            _child.c.owner_unit.in_(sorted(units)),
        )
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.group, set()).add(row.record)
    return found


def children_injured(
    connection: Connection, units: Collection[str], first: str = "", last: str = ""
) -> set[str]:
    """Children injured in an accident, or dead of one, in a period (ISO days, empty: no bound)."""
    fatal = (_event.c.event == "died") & (_event.c.death_cause == "injury")
    statement = (
        select(_event.c.record)
        .join(_child, _child.c.id == _event.c.record)
        .where(
            ~_event.c["_hidden"],
            (_event.c.event == "injured") | fatal,
            _child.c.owner_unit.in_(sorted(units)),
        )
    )
    if first:
        statement = statement.where(_event.c.event_date >= first)
    if last:
        statement = statement.where(_event.c.event_date <= last)
    return set(connection.execute(statement).scalars())


def counts_by_unit(connection: Connection, units: Collection[str]) -> list[tuple[str, int, int]]:
    """(unit, households, children) for the units that have any, by code."""
    households = _as_map(connection, _per_unit(_household, units))
    children = _as_map(connection, _per_unit(_child, units))
    return [
        (unit, households.get(unit, 0), children.get(unit, 0))
        for unit in sorted(households.keys() | children.keys())
    ]


def _per_unit(table: Table, units: Collection[str]) -> Select[Any, int]:
    return (
        select(table.c.owner_unit.label("place"), func.count().label("number"))
        .where(table.c.owner_unit.in_(sorted(units)), ~table.c["_hidden"])
        .group_by(table.c.owner_unit)
    )
