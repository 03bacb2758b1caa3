"""Whom the register follows here: the one condition behind counts, lists and what waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from app.forms.code_lists import load_code_list
from app.forms.status_events import STATUS_EVENT
from app.history.departure import MOVED_OUT
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import ENTITY_TABLES

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_event = ENTITY_TABLES["life_event"]
_FOLLOWED = "ACTIVE"
#: Temporary residence of less than six months, in the code lists of households and of children.
HOUSEHOLD_SHORT, _CHILD_SHORT = "3", "4"


def followed() -> ColumnElement[bool]:
    """Whom the register follows here, of whatever age: visible, alive and here, of at least six
    months' residence in a household that has the same (domain.md 2.4).
    """
    home = _child.c.household
    short = select(_household.c.id).where(_household.c.residence_status == HOUSEHOLD_SHORT)
    return and_(_by_itself(), or_(home.is_(None), home.not_in(short)))


def followed_beside_household() -> ColumnElement[bool]:
    """`followed` in a statement that has the child's household joined, by an outer join."""
    residence = func.coalesce(_household.c.residence_status, "")
    return and_(_by_itself(), residence != HOUSEHOLD_SHORT)


def departed_beside_household() -> ColumnElement[bool]:
    """Whom the register would follow but for having left, in a statement with the household joined:
    neither dead nor of a short stay.
    """
    residence = func.coalesce(_household.c.residence_status, "")
    return and_(only_moved(), _stays(), residence != HOUSEHOLD_SHORT)


def only_moved() -> ColumnElement[bool]:
    """Of children who left: those who are visible and neither dead nor gone for another reason."""
    return _visible_but(set(_gone()) - {MOVED_OUT})


def status_gone() -> ColumnElement[str]:
    """The code of `life_status` of whom the register follows no longer, "" for everybody else."""
    status = func.coalesce(_child.c.life_status, _FOLLOWED)
    return case((status.in_(_gone()), status), else_="")


def _gone() -> list[str]:
    return sorted(set(load_code_list("life_status").codes) - {_FOLLOWED})


def _by_itself() -> ColumnElement[bool]:
    return and_(_visible_but(_gone()), _stays())


def _visible_but(gone: Collection[str]) -> ColumnElement[bool]:
    status = func.coalesce(_child.c.life_status, _FOLLOWED)
    return and_(~_child.c["_hidden"], status.not_in(sorted(gone)))


def _stays() -> ColumnElement[bool]:
    return func.coalesce(_child.c.residence_status, "") != _CHILD_SHORT


class Gone(NamedTuple):
    """Why a child is followed no longer: a code of `life_status`, and the day of the event that
    set it (ISO, maybe partial; "" where no event says it).
    """

    status: str
    day: str


def gone_since(connection: Connection, statuses: Mapping[str, str]) -> dict[str, Gone]:
    """Child → since when it is followed no longer, for children and their codes of `life_status`:
    by the newest event of the kind that sets the code (form_fields.csv: life_status).
    """
    days: dict[tuple[str, str], str] = {}
    for part in chunks(sorted(statuses), IDS_AT_ONCE):
        rows = connection.execute(
            select(_event.c.record, _event.c.event, func.max(_event.c.event_date))
            .where(
                _event.c.record.in_(part),
                _event.c.event.in_(sorted(STATUS_EVENT.values())),
                ~_event.c["_hidden"],
            )
            .group_by(_event.c.record, _event.c.event)
        )
        days.update({(record, event): day or "" for record, event, day in rows})
    return {
        child: Gone(status, days.get((child, STATUS_EVENT.get(status, "")), ""))
        for child, status in statuses.items()
    }
