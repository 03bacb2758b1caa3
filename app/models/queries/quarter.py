"""Households of a round: which were confirmed, village by village, in the order of the book.

A household is confirmed in a round when its `survey_round` names it (form_fields.csv:
survey_round, survey_date). Whoever is hidden or belongs to another unit is in no walk.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from app.models.bulk import chunks
from app.models.doubled import is_double
from app.models.log import IDS_AT_ONCE
from app.models.queries import departed, register
from app.models.queries.register import RecordView
from app.models.schema import ENTITY_TABLES

_child = ENTITY_TABLES["child"]
_event = ENTITY_TABLES["life_event"]
_household = ENTITY_TABLES["household"]
_DEAD = "DECEASED"


class PlaceProgress(NamedTuple):
    """How many households of a village (empty: none named) are confirmed, of how many."""

    unit: str
    village: str
    confirmed: int
    households: int


class WalkStep(NamedTuple):
    """A household of a walk, and whether it is confirmed in the round."""

    id: str
    confirmed: bool


def in_village(village: str) -> ColumnElement[bool]:
    """Which households stand in a village; an empty name means those that name none."""
    place = _household.c.village
    return place == village if village else or_(place.is_(None), place == "")


def progress(connection: Connection, units: Collection[str], round_id: str) -> list[PlaceProgress]:
    """Every village of these units that has a household, in no order that means anything."""
    place = func.coalesce(_household.c.village, "").label("place")
    done = case((_household.c.survey_round == round_id, 1), else_=0)
    rows = connection.execute(
        select(
            _household.c.owner_unit,
            place,
            func.coalesce(func.sum(done), 0).label("confirmed"),
            func.count().label("households"),
        )
        .where(_household.c.owner_unit.in_(sorted(units)), ~_household.c["_hidden"])
        .group_by(_household.c.owner_unit, place)
    )
    return [PlaceProgress(row.owner_unit, row.place, row.confirmed, row.households) for row in rows]


def walk(connection: Connection, unit: str, village: str, round_id: str) -> list[WalkStep]:
    """The households of a village in the order of the book."""
    rows = connection.execute(
        select(_household.c.id, _household.c.survey_round)
        .where(and_(in_village(village), _household.c.owner_unit == unit, ~_household.c["_hidden"]))
        .order_by(_household.c.no_sort, _household.c.id)
    )
    return [WalkStep(row.id, row.survey_round == round_id) for row in rows]


def arrivals(connection: Connection, unit: str) -> list[str]:
    """Children of a unit who stand in no household of it: they came without one (a move, a merger
    of registers), by given name. Whoever died stays where the household once was, and whoever is
    paired with an arrival, or a double, is that one.
    """
    home = _household.alias("home")
    statement = (
        select(_child.c.id)
        .join(home, home.c.id == _child.c.household, isouter=True)
        .where(
            _child.c.owner_unit == unit,
            ~_child.c["_hidden"],
            ~is_double(),
            func.coalesce(_child.c.life_status, "") != _DEAD,
            or_(home.c.id.is_(None), home.c.owner_unit != unit, home.c["_hidden"]),
        )
        .order_by(_child.c.name_sort, _child.c.id)
    )
    found = list(connection.execute(statement).scalars())
    # Who was paired with an arrival stands in the book already, as that one.
    paired = departed.counted_as_another(connection, set(found), unseen=False)
    return [one for one in found if one not in paired]


class Neighbour(NamedTuple):
    """Another household of a commune, with its village's name ("" for the same village)."""

    id: str
    number: str
    head: str
    village: str


def neighbours(connection: Connection, unit: str, village: str, household: str) -> list[Neighbour]:
    """The other households of a commune in the order of the book: those of the same village first,
    then the other villages by name.
    """
    place = ENTITY_TABLES["village"]
    elsewhere = case((in_village(village), 0), else_=1).label("elsewhere")
    rows = connection.execute(
        select(
            _household.c.id,
            _household.c.household_no,
            _household.c.head_name,
            place.c.name,
            elsewhere,
        )
        .join(place, place.c.id == _household.c.village, isouter=True)
        .where(
            _household.c.owner_unit == unit, ~_household.c["_hidden"], _household.c.id != household
        )
        .order_by(elsewhere, place.c.name, place.c.id, _household.c.no_sort, _household.c.id)
    )
    return [
        Neighbour(
            row.id,
            row.household_no or "",
            row.head_name or "",
            (row.name or "") if row.elsewhere else "",
        )
        for row in rows
    ]


def events_since(connection: Connection, records: Collection[str], day: str) -> list[RecordView]:
    """The events of these records from a day on, the newest first."""
    found: list[RecordView] = []
    for part in chunks(sorted(records), IDS_AT_ONCE):
        ids = connection.execute(
            select(_event.c.id).where(
                _event.c.record.in_(part),
                ~_event.c["_hidden"],
                func.coalesce(_event.c.event_date, "") >= day,
            )
        ).scalars()
        found += register.records(connection, "life_event", set(ids)).values()
    return sorted(found, key=lambda one: (str(one.values.get("event_date")), one.id), reverse=True)
