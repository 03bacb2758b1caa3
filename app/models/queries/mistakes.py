"""Households and children that somebody marked as entered in error: out of lists and counts, and
still there to be taken back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from app.models.queries.quarter import in_village
from app.models.queries.register import RecordView, view_of
from app.models.schema import ENTITY_TABLES

_child, _household = ENTITY_TABLES["child"], ENTITY_TABLES["household"]


def mistaken_children(connection: Connection, household: str) -> list[RecordView]:
    """The children of a household that were entered in error, in the order of the paper lines."""
    wanted = (
        select(_child)
        .where(_child.c.household == household, *_mistaken("child"))
        .order_by(_child.c.line_no.is_(None), _child.c.line_no, _child.c.id)
    )
    return _views(connection, "child", wanted)


def mistaken_households(connection: Connection, unit: str, village: str) -> list[RecordView]:
    """The households of a village that were entered in error, by number; "" is no village."""
    wanted = (
        select(_household)
        .where(_household.c.owner_unit == unit, in_village(village), *_mistaken("household"))
        .order_by(_household.c.household_no, _household.c.id)
    )
    return _views(connection, "household", wanted)


def _mistaken(entity: str) -> tuple[ColumnElement[bool], ...]:
    table = ENTITY_TABLES[entity]
    return (table.c["_hidden"], table.c.entered_in_error.is_(True))


def _views(connection: Connection, entity: str, wanted: Select[Any]) -> list[RecordView]:
    return [view_of(entity, dict(row)) for row in connection.execute(wanted).mappings()]
