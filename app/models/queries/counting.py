"""Counting who counts: totals, and totals by village, unit and group of circumstances.

What is kept but not counted (form_fields.csv): children no longer followed, who stay for less than
six months, or who are 16 on the reference date, and households that stay for less than six months
with everyone in them. Of several records of one child the one that stands for it counts, in every
number, by what that one says (`app.models.doubled`). Who moved out and was not found elsewhere
counts for some quarters where it was: in every number of the unit, not in those of its villages,
which say who lives there. Refuses to guess the date: every count names the day it is true for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
)

from app.forms.age import CHILD_AGE, quarters_before, years_before
from app.forms.round_checks import MOVED_OUT_QUARTERS
from app.history.entities import OUTSIDE, UNKNOWN
from app.models.bulk import chunks
from app.models.declarations import finished
from app.models.doubled import is_double
from app.models.log import IDS_AT_ONCE
from app.models.queries import departed
from app.models.queries.departed import Departed
from app.models.queries.following import HOUSEHOLD_SHORT, followed
from app.models.queries.history import decided_by
from app.models.queries.register import villages
from app.models.queries.rounds import RoundView, open_round
from app.models.schema import ENTITY_TABLES, conflict

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_event = ENTITY_TABLES["life_event"]
#: The shapes of a stored date, from a day to a year.
_DATES = tuple(f"[12][0-9][0-9][0-9]{rest}" for rest in ("-[01][0-9]-[0-3][0-9]", "-[01][0-9]", ""))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a set of records comes to. `incomplete` counts records that are not finished: not
    declared complete, or so declared in spite of an error. `left_out` are the children who are
    under 16 and not counted, because they were born before the round's cut-off; `of_age` those who
    are not counted only because they are 16 on the day of the count.
    """

    households: int
    children: int
    girls: int
    incomplete: int
    left_out: int = 0
    of_age: int = 0
    moved_away: int = 0


@dataclass(frozen=True, slots=True)
class Basis:
    """What a count is true for: a day, and of a round its age cut-off (ISO, empty for none) and for
    how many quarters before that day who moved out is counted.
    """

    reference: date
    born_from: str = ""
    moved_out_quarters: int = MOVED_OUT_QUARTERS


def basis_of(connection: Connection, today: date) -> Basis:
    """What counts are made for now: the open round's day and cut-off; without a round `today`."""
    return basis_for(open_round(connection), today)


def basis_for(current: RoundView | None, today: date) -> Basis:
    """The day and cut-off of a round; without one, or where it names no day, `today`."""
    if current is None:
        return Basis(today)
    day = date.fromisoformat(current.reference_date) if current.reference_date else today
    quarters = current.moved_out_quarters
    return Basis(day, current.born_from, MOVED_OUT_QUARTERS if quarters is None else quarters)


def counted(basis: Basis) -> ColumnElement[bool]:
    """Which children count where they live: the one condition behind every number of children,
    beside `still_counted`.

    Visible, still followed, no double of another record, of at least six months' residence in a
    household that has the same, under 16 by the latest day the birth date allows (Luật Trẻ em
    102/2016 Đ1), and not born before the round's cut-off (domain.md 2.4, "Trap"). What is unknown,
    or written so that nobody can read it, takes no child out.
    """
    by_age = _counted_by_age(basis.reference)
    return and_(by_age, _born_from(basis.born_from)) if basis.born_from else by_age


def _born_from(day: str) -> ColumnElement[bool]:
    """Born on a day or later, by the latest day the birth date allows, or nobody can say.

    A partial date holds this day or a later one exactly when it is not before the day's own
    beginning of the same length: "2010-05" against "2010-05-17".
    """
    return _not_before(_child.c.birth_date, day)


def _not_before(stored: ColumnElement[str], day: str) -> ColumnElement[bool]:
    return or_(
        stored.is_(None),
        stored >= func.substr(day, 1, func.length(stored)),
        and_(*(stored.op("NOT GLOB")(shape) for shape in _DATES)),
    )


def _counted_by_age(reference: date) -> ColumnElement[bool]:
    return and_(followed(), ~is_double(), under_age(reference))


def under_age(reference: date) -> ColumnElement[bool]:
    """Under 16 on that day by the latest day the birth date allows, or nobody can say."""
    return _born_from(years_before(reference + timedelta(days=1), CHILD_AGE))


def counted_households() -> ColumnElement[bool]:
    return and_(
        ~_household.c["_hidden"],
        func.coalesce(_household.c.residence_status, "") != HOUSEHOLD_SHORT,
    )


def still_counted(connection: Connection, units: Collection[str], basis: Basis) -> list[Departed]:
    """Who left the books of these units (none named: all) and is counted there on the basis."""
    return [one for one in _departed(connection, units, basis) if one.counts]


def _departed(connection: Connection, units: Collection[str], basis: Basis) -> list[Departed]:
    first = quarters_before(basis.reference, basis.moved_out_quarters)
    in_cut_off = _born_from(basis.born_from) if basis.born_from else true()
    return departed.still_counted(
        connection,
        units,
        _not_before(_event.c.event_date, first),
        under_age(basis.reference),
        in_cut_off,
    )


def moved_away_by_unit(
    connection: Connection, units: Collection[str], basis: Basis
) -> dict[str, int]:
    """Unit → how many of its counted children stand in no village: they left it."""
    return dict(Counter(one.unit for one in still_counted(connection, units, basis)))


def counts(connection: Connection, units: Collection[str], basis: Basis) -> Counts:
    """Totals of what counts on the basis; no unit named means every unit."""
    child_where: list[ColumnElement[bool]] = [followed(), ~is_double()]
    household_where: list[ColumnElement[bool]] = [counted_households()]
    if units:
        child_where.append(_child.c.owner_unit.in_(sorted(units)))
        household_where.append(_household.c.owner_unit.in_(sorted(units)))
    else:
        # Who belongs to no unit is counted in the book it left.
        child_where.append(func.coalesce(_child.c.owner_unit, "").not_in((OUTSIDE, UNKNOWN)))
    unfinished = {entity: case((finished(entity), 0), else_=1) for entity in ("child", "household")}
    young = under_age(basis.reference)
    born = _born_from(basis.born_from) if basis.born_from else true()
    counts_now = and_(young, born)
    # One pass for all of them: the rows are wide, and reading them is what takes the time.
    child = connection.execute(
        select(
            _sum(case((counts_now, 1), else_=0)),
            _sum(case((and_(counts_now, _child.c.sex == "2"), 1), else_=0)),
            _sum(case((counts_now, unfinished["child"]), else_=0)),
            _sum(case((and_(young, ~born), 1), else_=0)),
            _sum(case((~young, 1), else_=0)),
        ).where(*child_where)
    ).one()
    household = connection.execute(
        select(func.count(), _sum(unfinished["household"])).where(*household_where)
    ).one()
    left = _departed(connection, units, basis)
    away = [one for one in left if one.counts]
    return Counts(
        household[0],
        child[0] + len(away),
        child[1] + sum(one.girl for one in away),
        # Nobody works on the page of a child who left.
        child[2] + household[1],
        child[3] + sum(one.young and not one.in_cut_off for one in left),
        child[4] + sum(not one.young for one in left),
        len(away),
    )


def _sum(number: ColumnElement[int]) -> ColumnElement[int]:
    """A sum that is 0 where there is nothing."""
    return func.coalesce(func.sum(number), 0)


def counts_by_village(
    connection: Connection, unit: str, basis: Basis, with_units: Collection[str] = ()
) -> list[tuple[str, str, int, int]]:
    """(village id, name, households, children) of a commune, villages in order. Who left it is in
    none of them (`moved_away_by_unit`).

    A place that holds households of which none counts is there, with zeros. `with_units` are
    communes that went into this one: what is theirs stands in its villages or in theirs.
    """
    units = list(dict.fromkeys((unit, *with_units)))
    place = func.coalesce(_household.c.village, "").label("place")
    number = func.sum(case((counted_households(), 1), else_=0)).label("number")
    households = _as_map(
        connection,
        select(place, number)
        .where(_household.c.owner_unit.in_(units), ~_household.c["_hidden"])
        .group_by(place),
    )
    children = _as_map(
        connection,
        select(place, func.count().label("number"))
        .join(_child, _child.c.household == _household.c.id)
        .where(_household.c.owner_unit.in_(units), _child.c.owner_unit.in_(units), counted(basis))
        .group_by(place),
    )
    found = [
        (
            one.id,
            str(one.values.get("name", "")),
            households.get(one.id, 0),
            children.get(one.id, 0),
        )
        for owner in units
        for one in villages(connection, owner)
    ]
    known = {one[0] for one in found}
    unknown = sorted(households.keys() - known)
    return found + [(one, "", households[one], children.get(one, 0)) for one in unknown]


def counts_by_household(
    connection: Connection, households: Collection[str], basis: Basis
) -> dict[str, int]:
    """Household → how many of its children count: on the basis of the village they stand in."""
    found: dict[str, int] = {}
    for part in chunks(sorted(households), IDS_AT_ONCE):
        place = _household.c.id.label("place")
        found |= _as_map(
            connection,
            select(place, func.count().label("number"))
            .join(_child, _child.c.household == _household.c.id)
            .where(place.in_(part), _child.c.owner_unit == _household.c.owner_unit, counted(basis))
            .group_by(place),
        )
    return found


def _as_map(connection: Connection, statement: Select[Any, int]) -> dict[str, int]:
    return {row.place: row.number for row in connection.execute(statement)}


def open_conflicts(connection: Connection, tier: str) -> int:
    """How many fields or groups wait for a decision of a unit of this tier."""
    statement = select(func.count()).select_from(conflict).where(decided_by(tier))
    return int(connection.execute(statement).scalar_one())


def counts_by_unit(
    connection: Connection, units: Collection[str], basis: Basis
) -> list[tuple[str, int, int]]:
    """(unit, households, children) for the units that have any, by code."""
    households = _as_map(
        connection, _per_unit(_household.c.owner_unit, units, counted_households())
    )
    children = Counter(_as_map(connection, _per_unit(_child.c.owner_unit, units, counted(basis))))
    children.update(moved_away_by_unit(connection, units, basis))
    return [
        (unit, households.get(unit, 0), children.get(unit, 0))
        for unit in sorted(households.keys() | children.keys())
    ]


def books_by_place(connection: Connection, units: Collection[str]) -> dict[str, dict[str, int]]:
    """Unit → village id → how many books are recorded there; no entry where none is.

    A book number is unique in its village (form_fields.csv: book_number).
    """
    found: dict[str, dict[str, int]] = {}
    place = func.coalesce(_household.c.village, "").label("place")
    rows = connection.execute(
        select(
            _household.c.owner_unit,
            place,
            func.count(_household.c.book_number.distinct()).label("number"),
        )
        .where(*_in_a_book(units))
        .group_by(_household.c.owner_unit, place)
    )
    for row in rows:
        found.setdefault(row.owner_unit, {})[row.place] = row.number
    return found


def books_together(connection: Connection, units: Collection[str]) -> dict[str, int]:
    """Village id → how many books are recorded there, of communes that are one by now: a book in
    which households of several of them stand is one book.
    """
    place = func.coalesce(_household.c.village, "").label("place")
    number = func.count(_household.c.book_number.distinct()).label("number")
    return _as_map(connection, select(place, number).where(*_in_a_book(units)).group_by(place))


def _in_a_book(units: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        _household.c.owner_unit.in_(sorted(units)),
        ~_household.c["_hidden"],
        func.coalesce(_household.c.book_number, "") != "",
    )


def _per_unit(
    owner: ColumnElement[Any], units: Collection[str], which: ColumnElement[bool]
) -> Select[Any, int]:
    return (
        select(owner.label("place"), func.count().label("number"))
        .where(owner.in_(sorted(units)), which)
        .group_by(owner)
    )
