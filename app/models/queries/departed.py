"""Children who left a book and are counted there still: until the unit they went to has them, and
for no longer than so many quarters before the day of the count (4-sync.md, "Moves").

Found from the few who left, never by going through every child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from app.forms.age import latest
from app.history.door import State
from app.matching.moves import clusters
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.called_same import same_about
from app.models.queries.following import departed_beside_household, only_moved
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, departed, op

_child = ENTITY_TABLES["child"]
#: What came and may count yet, or again.
_ASIDE = (State.WAITING.value, State.SET_ASIDE.value)
_household = ENTITY_TABLES["household"]
_event = ENTITY_TABLES["life_event"]
_erase = ENTITY_TABLES["erase"]
#: Later than every day: of a move that nobody can tell the day of.
_NO_DAY = "9999-12-31"


class Departed(NamedTuple):
    """A child who left, and the unit whose book counts it. `young` and `in_cut_off` are what was
    asked of its age.
    """

    id: str
    unit: str
    girl: bool
    young: bool
    in_cut_off: bool

    @property
    def counts(self) -> bool:
        """Whether its age lets it count."""
        return self.young and self.in_cut_off


def still_counted(
    connection: Connection,
    units: Collection[str],
    in_time: ColumnElement[bool],
    young: ColumnElement[bool],
    in_cut_off: ColumnElement[bool],
) -> list[Departed]:
    """Whom the books of these units (none named: all) count though they left, of whatever age.

    `in_time` says of a `life_event` that its day is not too long ago. A move of which no day is
    told takes nobody out. Who was called the same child as another record counts as that one.
    """
    found = [
        Departed(row[0], row[1], *map(bool, row[2:]))
        for row in connection.execute(_of(units, in_time, young, in_cut_off))
    ]
    others = counted_as_another(connection, {one.id for one in found})
    return [one for one in found if one.id not in others]


def counted_as_another(
    connection: Connection, ids: AbstractSet[str], *, unseen: bool = True
) -> set[str]:
    """Those of whom another record of the same child says more: one that is followed, that died, or
    (unless `unseen` is False) that lies where this unit does not see it (4-sync.md, "Same child
    twice"). Of several who all left, whoever left last stands for them. A record that was entered
    in error or erased by law stands for nobody, nor does one that came here and does not count; one
    that was merged into another is that one.
    """
    same = clusters((one.one, one.other) for one in same_about(connection, ids))
    members = sorted({member for group in same.values() for member in group})
    left_on = dict(_left_on(connection, members))
    held = dict(_hidden_of(connection, members))
    unheld = [member for member in members if member not in held]
    held |= dict.fromkeys(stopped_of(connection, unheld), True)
    held |= dict.fromkeys(erased_of(connection, members), True)
    others = {
        member for member in members if member not in left_on and not held.get(member, not unseen)
    }
    return {
        one
        for one in ids & same.keys() & left_on.keys()
        if same[one] & others
        or one != max(same[one] & left_on.keys(), key=lambda member: (left_on[member], member))
    }


def counted_elsewhere(connection: Connection) -> set[str]:
    """Children who left and whom the book of their owner does not count: the one they left does, or
    another record of the same child. The owner can mend nothing on such a record.
    """
    left = (
        select(departed.c.record, departed.c.unit == func.coalesce(_child.c.owner_unit, ""))
        .join(_child, _child.c.id == departed.c.record)
        .where(only_moved())
    )
    owned = {row[0]: bool(row[1]) for row in connection.execute(left)}
    others = counted_as_another(connection, owned.keys())
    return {one for one, here in owned.items() if not here or one in others}


def _hidden_of(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """(child, whether it is hidden) for those of `ids` that are held here."""
    for part in chunks(ids, IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id, _child.c["_hidden"]).where(_child.c.id.in_(part))
        )
        yield from ((row[0], bool(row[1])) for row in rows)


def stopped_of(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    """Those children among `ids` whose creation came here and waits or was set aside. What was
    refused says nothing: anybody below can write under the id of a child who lies elsewhere.
    """
    came = and_(op.c.ent_type == "child", op.c.parents == b"", op.c.state.in_(_ASIDE))
    for part in chunks(ids, IDS_AT_ONCE):
        wanted = (NOT_ACCEPTED, came, op.c.ent_id.in_(part))
        rows = connection.execute(select(op.c.ent_id).where(*wanted))
        yield from rows.scalars()


def erased_of(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    """Those of `ids` that the law erased. What hid such a child goes to the book it stood in at the
    end; the erasure itself goes to all.
    """
    for part in chunks(ids, IDS_AT_ONCE):
        wanted = (_erase.c.record.in_(part), ~_erase.c["_hidden"])
        yield from connection.execute(select(_erase.c.record).where(*wanted)).scalars()


def book_of(connection: Connection, child: str) -> str:
    """The unit in whose book a child who left is counted, for however long; "" for every other."""
    found = select(departed.c.unit).where(departed.c.record == child)
    return connection.execute(found).scalar() or ""


def _of(
    units: Collection[str],
    in_time: ColumnElement[bool],
    young: ColumnElement[bool],
    in_cut_off: ColumnElement[bool],
) -> Select[str, str, bool, bool, bool]:
    told = and_(
        _event.c.record == departed.c.record, _event.c.event == "moved_out", ~_event.c["_hidden"]
    )
    lately = exists().where(told, in_time)
    statement = (
        select(
            departed.c.record,
            departed.c.unit,
            func.coalesce(_child.c.sex == "2", False),
            young,
            in_cut_off,
        )
        .select_from(departed)
        .join(_child, _child.c.id == departed.c.record)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(departed_beside_household(), or_(lately, ~exists().where(told)))
    )
    return statement.where(departed.c.unit.in_(sorted(units))) if units else statement


def _left_on(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(child, the latest day it may have left) for those of `ids` who left and are held here."""
    for part in chunks(ids, IDS_AT_ONCE):
        days: dict[str, str] = {}
        rows = connection.execute(
            select(departed.c.record, _event.c.event_date)
            .select_from(departed)
            .join(_child, _child.c.id == departed.c.record)
            .join(
                _event,
                and_(
                    _event.c.record == departed.c.record,
                    _event.c.event == "moved_out",
                    ~_event.c["_hidden"],
                ),
                isouter=True,
            )
            .where(departed.c.record.in_(part), only_moved())
        )
        for child, told in rows:
            days[child] = max(days.get(child, ""), _latest_day(told))
        yield from days.items()


def _latest_day(told: str | None) -> str:
    try:
        return latest(told or "").isoformat()
    except ValueError:  # nobody can read it, or nothing is told
        return _NO_DAY
