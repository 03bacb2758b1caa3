"""What waits for a person in the register, counted; the first record of each kind; and how far
the households of each place are.

Children and households are walked once each for all counts together. Refuses to guess a birth date:
a child whose age nobody can say turns 16 on no day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, union

from app.history.door import State
from app.history.entities import ENTITIES, Family
from app.models.declarations import finished
from app.models.doubled import is_double
from app.models.queries.counting import under_age
from app.models.queries.following import followed
from app.models.queries.history import decided_by
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, conflict, op, unsound

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
#: The names of what `count_children` counts.
UNFINISHED, NO_NUMBER = "unfinished", "no_number"
TURNING_16, PLACEHOLDER = "turning_16", "placeholder"
HOME_GONE = "home_gone"
_OFFICIAL = "OFFICIAL"
_NOWHERE = ("", "")


@dataclass(frozen=True, slots=True)
class Days:
    """The days that the counts go by: now, the end of the time looked at, and from when on a child
    without a name of its own has been so for too long.
    """

    today: date
    until: date
    nameless_since: date


@dataclass(frozen=True, slots=True)
class PlaceProgress:
    """How far the households of a place are. `place` is a village ("" for none) or a unit.

    `seen` of all `households` were visited in the round, and `done` of those are finished with
    every child in them whom the register follows. `expected` is how many the commune says there
    are, 0 where it has not.
    """

    place: str
    name: str
    households: int
    seen: int
    done: int
    expected: int = 0


def child_now(day: date) -> ColumnElement[bool]:
    """Whom the register follows and who is a child on the day."""
    return and_(_waited_for(), under_age(day))


def _waited_for() -> ColumnElement[bool]:
    """On whose page something is to be done: of several records of one child on the one that stands
    for it, and on no other.
    """
    return and_(followed(), ~is_double())


def _of_children(days: Days) -> Mapping[str, ColumnElement[bool]]:
    now = child_now(days.today)
    # Typed on one PC while the other took the household out: the child counts, and no page of a
    # village leads to it.
    gone = select(_household.c.id).where(_household.c["_hidden"])
    return {
        HOME_GONE: and_(_waited_for(), _child.c.household.in_(gone)),
        UNFINISHED: and_(_waited_for(), ~finished("child")),
        NO_NUMBER: and_(now, func.coalesce(_child.c.personal_id, "") == ""),
        TURNING_16: and_(now, ~under_age(days.until)),
        PLACEHOLDER: and_(
            now,
            func.coalesce(_child.c.name_status, _OFFICIAL) != _OFFICIAL,
            _born_by(days.nameless_since),
        ),
    }


def _born_by(day: date) -> ColumnElement[bool]:
    """Born on the day or before, whichever day a partial date means."""
    born, text = _child.c.birth_date, day.isoformat()
    return or_(born == text, born < func.substr(text, 1, func.length(born)))


def count_children(connection: Connection, days: Days) -> dict[str, int]:
    """How many visible children wait for what, in one walk over them."""
    wanted = _of_children(days)
    columns = [func.sum(case((which, 1), else_=0)).label(name) for name, which in wanted.items()]
    row = connection.execute(select(*columns).where(~_child.c["_hidden"])).mappings().one()
    return {name: int(row[name] or 0) for name in wanted}


def first_child(connection: Connection, kind: str, days: Days) -> tuple[str, str] | None:
    """(household, child) of the first child that `count_children` counts so, as the books go."""
    row = connection.execute(
        select(_child.c.household, _child.c.id)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .join(_village, _village.c.id == _household.c.village, isouter=True)
        .where(~_child.c["_hidden"], _of_children(days)[kind])
        .order_by(*_BOOK_ORDER, _child.c.line_no, _child.c.id)
        .limit(1)
    ).first()
    return None if row is None else (row.household or "", row.id)


_BOOK_ORDER = (
    _village.c.list_order,
    _village.c.name_sort,
    _household.c.no_sort,
    _household.c.id,
)


def _here(units: Collection[str]) -> ColumnElement[bool]:
    """Visible households of these units: who moved away is on nobody's list of visits here."""
    return and_(~_household.c["_hidden"], _household.c.owner_unit.in_(sorted(units)))


def unfinished_households(connection: Connection, units: Collection[str]) -> int:
    """How many households of these units are not finished themselves, whatever their children
    are.
    """
    statement = select(func.count()).where(_here(units), ~finished("household"))
    return int(connection.execute(statement).scalar_one())


def first_unfinished_household(connection: Connection, units: Collection[str]) -> str | None:
    """The first of them, as the books go."""
    return _first_household(connection, and_(_here(units), ~finished("household")))


def first_not_seen(connection: Connection, units: Collection[str], round_id: str) -> str | None:
    """The first household of these units that was not visited in the round, as the books go."""
    return _first_household(connection, and_(_here(units), ~_seen(round_id)))


def _first_household(connection: Connection, which: ColumnElement[bool]) -> str | None:
    return connection.execute(
        select(_household.c.id)
        .join(_village, _village.c.id == _household.c.village, isouter=True)
        .where(which)
        .order_by(*_BOOK_ORDER)
        .limit(1)
    ).scalar()


def _seen(round_id: str) -> ColumnElement[bool]:
    return func.coalesce(_household.c.survey_round, "") == round_id


def progress(
    connection: Connection, units: Collection[str], round_id: str, *, by_village: bool
) -> list[PlaceProgress]:
    """How far every village of these units is, in the commune's order, or every unit, by its code.

    `round_id` "": no round is open, and every household counts as visited.
    """
    # Most children are finished: the index on household and declaration names those who are not.
    unfinished = union(
        select(_child.c.household).where(
            func.coalesce(_child.c.complete, False).is_(False), _waited_for()
        ),
        select(_child.c.household)
        .join(unsound, unsound.c.record == _child.c.id)
        .where(_waited_for()),
    ).subquery()
    among = select(unfinished.c.household).where(unfinished.c.household.is_not(None))
    seen = _seen(round_id) if round_id else _household.c.id.is_not(None)
    done = and_(seen, finished("household"), _household.c.id.not_in(among))
    place = _household.c.village if by_village else _household.c.owner_unit
    rows = connection.execute(
        select(
            func.coalesce(place, "").label("place"),
            func.count().label("households"),
            func.sum(case((seen, 1), else_=0)).label("seen"),
            func.sum(case((done, 1), else_=0)).label("done"),
        )
        .where(_here(units))
        .group_by(func.coalesce(place, ""))
    ).all()
    found = {row.place: row for row in rows}
    if not by_village:
        return [
            PlaceProgress(one, "", row.households, row.seen, row.done)
            for one, row in sorted(found.items())
        ]
    named = connection.execute(
        select(_village.c.id, _village.c.name, _village.c.expected_households)
        .where(~_village.c["_hidden"], _village.c.owner_unit.in_(sorted(units)))
        .order_by(_village.c.list_order.is_(None), _village.c.list_order, _village.c.name_sort)
    ).all()
    lines = []
    for one in named:
        row = found.pop(one.id, None)
        households, seen_here, done_here = (0, 0, 0) if row is None else row[1:]
        lines.append(
            PlaceProgress(
                one.id,
                one.name or "",
                households,
                seen_here,
                done_here,
                one.expected_households or 0,
            )
        )
    return lines + [
        PlaceProgress(one, "", row.households, row.seen, row.done)
        for one, row in sorted(found.items())
    ]


# --- what stands in the log and beside the rows ------------------------------------------------


def first_conflict(connection: Connection, tier: str) -> tuple[str, str] | None:
    """(type, id) of a record in conflict that a unit of this tier decides."""
    row = connection.execute(
        select(conflict.c.ent_type, conflict.c.ent_id)
        .where(decided_by(tier))
        .order_by(conflict.c.ent_id)
        .limit(1)
    ).first()
    return None if row is None else (row.ent_type, row.ent_id)


def declared_wrong(connection: Connection) -> int:
    """How many records call themselves complete and hold an error; of one child one record."""
    statement = select(func.count()).select_from(unsound).where(~_is_of_double())
    return int(connection.execute(statement).scalar_one())


def first_declared_wrong(connection: Connection) -> tuple[str, str] | None:
    """(type, id) of one of them."""
    row = connection.execute(
        select(unsound.c.ent_type, unsound.c.record)
        .where(~_is_of_double())
        .order_by(unsound.c.record)
        .limit(1)
    ).first()
    return None if row is None else (row.ent_type, row.record)


def _is_of_double() -> ColumnElement[bool]:
    return unsound.c.record.in_(select(_child.c.id).where(is_double()))


def waiting(connection: Connection) -> int:
    """How many operations wait at the door, read from their own small index."""
    statement = select(func.count()).where(NOT_ACCEPTED, op.c.state == State.WAITING.value)
    return int(connection.execute(statement).scalar_one())


def page_of(connection: Connection, entity: str, ent_id: str) -> tuple[str, str]:
    """(household, child) of the page a record stands on; two empty texts where it has none here."""
    if entity in ENTITIES and ENTITIES[entity].family is Family.SUB:
        table = ENTITY_TABLES[entity]
        holder = connection.execute(select(table.c.record).where(table.c.id == ent_id)).scalar()
        found = page_of(connection, "child", holder or "")
        return found if found != _NOWHERE else page_of(connection, "household", holder or "")
    if entity == "household":
        known = select(_household.c.id).where(_household.c.id == ent_id)
        return _NOWHERE if connection.execute(known).first() is None else (ent_id, "")
    if entity != "child":
        return _NOWHERE
    home = connection.execute(select(_child.c.household).where(_child.c.id == ent_id)).first()
    return _NOWHERE if home is None else (home.household or "", ent_id)


def is_empty(connection: Connection, entities: Collection[str]) -> bool:
    """Whether nothing visible of these types is here."""
    return all(
        connection.execute(
            select(ENTITY_TABLES[one].c.id).where(~ENTITY_TABLES[one].c["_hidden"]).limit(1)
        ).first()
        is None
        for one in entities
    )
