"""Children who left a book and children who came into one, and what was decided about them.

Told in the order of given names. Whose a child is, is its present owner; for one who left the
province, or for nobody knows where, the last unit that had it (MERGE.md, "The door").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    or_,
    select,
)

from app.history.departure import leaving_of
from app.history.door import owners_left
from app.history.entities import OUTSIDE, UNKNOWN
from app.models import log
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed
from app.models.schema import ENTITY_TABLES, MOVED_OUT, record_owner, record_owner_ever

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_event = ENTITY_TABLES["life_event"]
_decision = ENTITY_TABLES["match_decision"]
SAME, DIFFERENT, OPEN = VERDICTS = "same", "different", "open"
_NOWHERE = (OUTSIDE, UNKNOWN)


class MoverRow(NamedTuple):
    """A child who left or came. `owner` is its present owner as written, `held` the units whose it
    is at present, `left` the unit whose book it left or stands in ("" where nobody says); `place`
    and `day` are of the event that told the move, "" where none stands.
    """

    id: str
    name: str
    birth_date: str
    sex: str
    personal_id: str
    mother: str
    father: str
    household: str
    household_no: str
    head: str
    owner: str
    held: frozenset[str]
    left: str
    place: str
    day: str


class DecisionRow(NamedTuple):
    """What was decided about two children, the lesser id first. `disputed`: it is shown, and
    somebody says it otherwise.
    """

    id: str
    first: str
    second: str
    verdict: str
    basis: str
    moved_from: str
    decided_by: str
    decided_on: str
    disputed: bool


def departures(connection: Connection) -> list[MoverRow]:
    """Every visible child who left, wherever to."""
    return _movers(connection, _gone(), "moved_out")


def arrivals(connection: Connection) -> list[MoverRow]:
    """Every followed child who came into a book as a new one: told as an arrival, and no record
    here that left before.
    """
    return _movers(connection, and_(followed(), _told("moved_in"), ~_told("moved_out")), "moved_in")


def namesakes(connection: Connection, departed: Collection[str]) -> list[MoverRow]:
    """Followed children of whom no arrival is told who bear the name, as it is spelled, or the
    personal id of one of `departed`: they may have been typed as children who were always there.
    """
    found: dict[str, MoverRow] = {}
    alone = and_(followed(), ~_told("moved_in"))
    for part in chunks(sorted(departed), IDS_AT_ONCE):
        for column in (_child.c.name_sort, _child.c.personal_id):
            # Each by its own index: what the departed bear, then who else bears it.
            borne = select(column).where(_child.c.id.in_(part), func.coalesce(column, "") != "")
            values = sorted(set(connection.execute(borne).scalars()))
            for some in chunks(values, IDS_AT_ONCE):
                rows = _movers(connection, and_(alone, column.in_(some)), "moved_in")
                found.update((one.id, one) for one in rows)
    return list(found.values())


def movers(connection: Connection, ids: Collection[str], event: str) -> list[MoverRow]:
    """Children by their ids, hidden ones too, with the newest event of the kind."""
    found: list[MoverRow] = []
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        found += _movers(connection, _child.c.id.in_(part), event)
    return found


def who_left(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of these children who left, hidden ones too."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(select(_child.c.id).where(_child.c.id.in_(part), MOVED_OUT))
        found.update(rows.scalars())
    return found


def last_book(connection: Connection, ent_id: str) -> str:
    """The unit that had a child when it was last given to no unit that is named; "" for none. Of
    several that had it at a time, the first by code.
    """
    operations = log.operations_of(connection, [ent_id]).get(ent_id, [])
    return next(iter(owners_left(operations)), "")


def leaving(connection: Connection, ent_id: str) -> tuple[str, str]:
    """The unit whose book a child left, and whom its leaving names as the owner (`leaving_of`)."""
    return leaving_of(log.operations_of(connection, [ent_id]).get(ent_id, []))


def is_gone(connection: Connection, ent_id: str) -> bool:
    """Whether the child is visible and left."""
    statement = select(_child.c.id).where(_child.c.id == ent_id, _gone())
    return connection.execute(statement).scalar() is not None


def is_followed(connection: Connection, ent_id: str) -> bool:
    """Whether the child is followed here."""
    statement = select(_child.c.id).where(_child.c.id == ent_id, followed())
    return connection.execute(statement).scalar() is not None


def followed_among(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of these children who are followed here."""
    found: set[str] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(select(_child.c.id).where(_child.c.id.in_(part), followed()))
        found.update(rows.scalars())
    return found


def decisions(connection: Connection, children: Collection[str] | None = None) -> list[DecisionRow]:
    """Every decision about two children, or those about any of these, the newest last."""
    wanted = select(_decision).order_by(_decision.c.decided_on, _decision.c.id)
    if children is not None:
        one_of = sorted(children)
        wanted = wanted.where(
            or_(_decision.c.record.in_(one_of), _decision.c.other_child.in_(one_of))
        )
    return [
        DecisionRow(
            row.id,
            row.record or "",
            row.other_child or "",
            row.verdict or OPEN,
            row.basis or "",
            row.moved_from or "",
            row.decided_by or "",
            row.decided_on or "",
            row._mapping[_decision.c["_conflicts"]] > 0,
        )
        for row in connection.execute(wanted)
    ]


def _gone() -> ColumnElement[bool]:
    """Found by the index of those who moved out; else the order of names would be gone through."""
    moved = _child.alias("moved")
    return and_(~_child.c["_hidden"], _child.c.id.in_(select(moved.c.id).where(MOVED_OUT)))


def _told(event: str) -> ColumnElement[bool]:
    """Children of whom an event of the kind is told, found from the events: they are few."""
    told = select(_event.c.record).where(_event.c.event == event, ~_event.c["_hidden"])
    return _child.c.id.in_(told)


def _movers(connection: Connection, which: ColumnElement[bool], event: str) -> list[MoverRow]:
    rows = connection.execute(
        select(
            _child.c.id,
            _child.c.full_name,
            _child.c.birth_date,
            _child.c.sex,
            _child.c.personal_id,
            _child.c.mother_name,
            _child.c.father_name,
            _child.c.household,
            _household.c.household_no,
            _household.c.head_name,
            _child.c.owner_unit,
        )
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(which)
        .order_by(_child.c.name_sort, _child.c.id)
    ).all()
    ids = [row.id for row in rows]
    told = _events(connection, ids, event)
    held, ever = _units(connection, ids, record_owner), _units(connection, ids, record_owner_ever)
    several = [one for one, units in ever.items() if len(units - held.get(one, set())) > 1]
    by_log = {
        one: leaving_of(done)[0] for one, done in log.operations_of(connection, several).items()
    }
    found = []
    for row in rows:
        owner = row.owner_unit or ""
        now = held.get(row.id) or ({owner} if owner not in ("", *_NOWHERE) else set())
        told_here = told.get(row.id, ("", ""))
        before = ever.get(row.id, set()) - now
        left = by_log.get(row.id) or next(iter(sorted(before) or sorted(now)), owner)
        values = (*(value or "" for value in row), frozenset(now), left, *told_here)
        found.append(MoverRow._make(values))
    return found


def _events(connection: Connection, ids: Iterable[str], event: str) -> dict[str, tuple[str, str]]:
    """Child → place and day of its newest event of the kind."""
    found: dict[str, tuple[str, str]] = {}
    for part in chunks(list(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(_event.c.record, _event.c.event_place, _event.c.event_date)
            .where(_event.c.record.in_(part), _event.c.event == event, ~_event.c["_hidden"])
            .order_by(_event.c.event_date, _event.c.id)
        )
        found.update((row.record, (row.event_place or "", row.event_date or "")) for row in rows)
    return found


def _units(connection: Connection, ids: Iterable[str], table: Table) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in chunks(list(ids), IDS_AT_ONCE):
        for record, unit in connection.execute(
            select(table.c.record, table.c.unit).where(table.c.record.in_(part))
        ):
            found.setdefault(record, set()).add(unit)
    return found
