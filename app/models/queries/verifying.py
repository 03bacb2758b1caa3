"""A handover as the unit above looks through it: how much of it stands where, what changed with it,
what was sent back and answered.

What belongs to a handover is said by `covering`. Nothing here decides who may verify.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from app.history.door import RESURVEYED
from app.history.operation import Operation, Value, decode_body
from app.models.bulk import chunks
from app.models.declarations import finished
from app.models.log import IDS_AT_ONCE
from app.models.queries.counting import (
    Basis,
    counted,
    counted_households,
    moved_away_by_unit,
)
from app.models.queries.covering import Span, inside
from app.models.queries.knowing import Knowledge, Placed
from app.models.queries.owning import ever_owned, former_owners, owners_of
from app.models.queries.register import RecordView, records
from app.models.rows import operation_of, split_ids
from app.models.schema import ENTITY_TABLES, bundle_in, op

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_review = ENTITY_TABLES["review"]
_village = ENTITY_TABLES["village"]
#: What was typed about a household or child; a review is what was said about it.
_PARTS = ("circumstance", "support", "life_event")
RETURNED, CHECKED = "returned", "checked"
#: What tells that a record goes to another unit: the operation itself, and the event beside it.
_GIVES_AWAY = or_(
    op.c.writes_owner,
    and_(op.c.ent_type == "life_event", op.c.body.contains('"event":"moved_out"')),
)


@dataclass(slots=True)
class Place:
    """A village (id, "" for none named) of a unit, and how much of it counts. `unfinished` are
    households and children as the handover record counts them, `changed` those of a span.
    `departed` is the place of those who left the unit and are counted there still.
    """

    unit: str
    village: str
    households: int = 0
    children: int = 0
    unfinished: int = 0
    changed: int = 0
    departed: bool = False


class SentBack(NamedTuple):
    """A record that was sent back: by which review, where that stands in the log, and who answered
    it first: his unit and the moment (UTC seconds), "" and 0 while nobody has.
    """

    review: RecordView
    record: str
    household: str
    position: int
    answered_by: str
    answered: int


def places(connection: Connection, units: Collection[str], basis: Basis, span: Span) -> list[Place]:
    """Every village of these units that holds something, in no order that means anything, and for
    each unit what is counted of those who left.
    """
    found: dict[tuple[str, str], Place] = {}
    moved = changed_roots(inside(span))
    homes = _per_place(_household.c.owner_unit, _household.c.id, "household", moved).where(
        counted_households(), _household.c.owner_unit.in_(sorted(units))
    )
    children = (
        _per_place(_child.c.owner_unit, _child.c.id, "child", moved)
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(counted(basis), _child.c.owner_unit.in_(sorted(units)))
    )
    for name, statement in (("households", homes), ("children", children)):
        for row in connection.execute(statement):
            place = found.setdefault((row.unit, row.place), Place(row.unit, row.place))
            setattr(place, name, int(row.number))
            place.unfinished += int(row.unfinished)
            place.changed += int(row.changed)
    left = moved_away_by_unit(connection, units, basis)
    return [
        *found.values(),
        *(Place(unit, "", children=number, departed=True) for unit, number in left.items()),
    ]


def _per_place(
    owner: ColumnElement[str],
    ident: ColumnElement[str],
    entity: str,
    moved: Select[tuple[str]],
) -> Select[str, Any, int, Any, Any]:
    village = func.coalesce(_household.c.village, "")
    unfinished = func.sum(case((finished(entity), 0), else_=1))
    changed = func.sum(case((ident.in_(moved), 1), else_=0))
    return select(
        owner.label("unit"),
        village.label("place"),
        func.count().label("number"),
        unfinished.label("unfinished"),
        changed.label("changed"),
    ).group_by(owner, village)


def changed_roots(written: ColumnElement[bool]) -> Select[tuple[str]]:
    """The households and children that some operations are about."""
    return (
        select(op.c.root)
        .where(
            written,
            op.c.state == "accepted",
            op.c.ent_type.in_(("household", "child", *_PARTS)),
        )
        .distinct()
    )


def changed_in(
    connection: Connection, units: Collection[str], written: ColumnElement[bool]
) -> set[str]:
    """The households and children of these units that some operations are about."""
    found: set[str] = set()
    for table in (_household, _child):
        rows = connection.execute(
            select(table.c.id).where(
                table.c.owner_unit.in_(sorted(units)), table.c.id.in_(changed_roots(written))
            )
        )
        found.update(rows.scalars())
    return found


def holding_children(
    connection: Connection, units: Collection[str], village: str | None, basis: Basis
) -> dict[str, int]:
    """Household → how many children count in it, for the households of these units, or of one
    village of theirs, in which any does; those of no village for an empty name.
    """
    where = [
        counted(basis),
        counted_households(),
        _household.c.owner_unit.in_(sorted(units)),
    ]
    if village is not None:
        where.append(func.coalesce(_household.c.village, "") == village)
    rows = connection.execute(
        select(_household.c.id, func.count())
        .join(_child, _child.c.household == _household.c.id)
        .where(*where)
        .group_by(_household.c.id)
    )
    return {row[0]: int(row[1]) for row in rows}


def sent_back_by(
    connection: Connection, unit: str, units: Collection[str], reach: Collection[str]
) -> list[SentBack]:
    """What a unit sent back of the households and children of `units`, in the order it was said.

    Of those that went to no unit as well: they are in the book they left. What went to a unit out
    of `reach`, the units of who sent it back, is answered by having gone there if by nothing else:
    nobody is left who could be asked.
    """
    rows = connection.execute(
        select(_review.c.id, func.min(op.c.position).label("position"), op.c.bundle_in)
        .join(op, op.c.ent_id == _review.c.id)
        .where(
            _review.c.result == RETURNED,
            ~_review.c["_hidden"],
            op.c.by == unit,
            op.c.state == "accepted",
        )
        .group_by(_review.c.id)
    ).all()
    # SQLite takes the other columns of a row with `min` from that very row.
    where = {row.id: Placed(int(row.position), row.bundle_in or 0) for row in rows}
    reviews = records(connection, "review", set(where))
    homes = _homes_of(connection, {str(one.values.get("record")) for one in reviews.values()})
    owners = owners_of(connection, homes)
    inside = {one for one, owned in owners.items() if not owned.isdisjoint(units)}
    gone = ever_owned(connection, homes.keys() - inside, units)
    gone = {one for one in gone if owners.get(one, set()).isdisjoint(reach)}
    asked = {
        one.id: asked_of(one, where[one.id], unit)
        for one in sorted(reviews.values(), key=lambda one: where[one.id])
        if one.values.get("record") in inside | gone
    }
    answered = answers(connection, asked.values())
    went = _moves_of(connection, gone)
    return [
        SentBack(
            reviews[review],
            one.record,
            homes[one.record],
            one.place.position,
            *(answered.get(one) or went.get(one.record, Answer("", 0))),
        )
        for review, one in asked.items()
    ]


class Asked(NamedTuple):
    """A record that was sent back: by which unit, where in the log that stands, and the heads (hex)
    of the version that was looked at.
    """

    record: str
    place: Placed
    by: str
    heads: frozenset[str]


def asked_of(review: RecordView, place: Placed, by: str) -> Asked:
    """What a review asks that says `returned`."""
    heads = review.values.get("reviewed_heads")
    looked_at = frozenset(heads) if isinstance(heads, list) else frozenset[str]()
    return Asked(str(review.values.get("record") or ""), place, by, looked_at)


class Answer(NamedTuple):
    """The first work on a record that was sent back: of which unit, at which moment (UTC)."""

    by: str
    wall: int


def answers(connection: Connection, asked: Collection[Asked]) -> dict[Asked, Answer]:
    """What was sent back and answered → the first work on it by another unit than the one that sent
    it back; nothing of what still waits.

    Work on what belongs to the record answers as well, of a household on any child of it; and so
    does a second person of the other unit who found the page right as it stands. Work of somebody
    who did not have the return yet is no answer (`Knowledge`), nor is what whoever returned it had
    looked at. Where one bundle brought both, nor is having given the record away: it may have been
    under way, and then whoever has the record now is asked by nobody else.
    """
    about = _about(connection, {one.record for one in asked})
    looked_at = _looked_at(connection, asked)
    former = former_owners(connection, {one.record for one in asked})
    of_record: dict[str, list[Asked]] = {}
    for one in asked:
        of_record.setdefault(one.record, []).append(one)
    first = min((one.place.position for one in asked), default=0)
    knowledge = Knowledge(connection)
    found: dict[Asked, tuple[int, Answer]] = {}
    for part in chunks(sorted(about), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.by, op.c.position, op.c.wall, op.c.bundle_in, op.c.op_id)
            .add_columns(_GIVES_AWAY.label("gives_away"))
            .where(op.c.ent_id.in_(part), op.c.position > first, op.c.state == "accepted")
            .order_by(op.c.position)
        )
        for row in rows:
            place = Placed(row.position, row.bundle_in or 0)
            for one in (one for record in about[row.ent_id] for one in of_record[record]):
                before = found.get(one)
                if row.by == one.by or (before is not None and before[0] <= row.position):
                    continue
                left = row.gives_away and row.by in former.get(one.record, ())
                crossed = left and place.bundle == one.place.bundle
                seen = row.op_id in looked_at[one]
                if not crossed and not seen and knowledge.had(place, one.place):
                    found[one] = (row.position, Answer(row.by, int(row.wall)))
    return {one: answer for one, (_position, answer) in found.items()}


def _looked_at(connection: Connection, asked: Collection[Asked]) -> dict[Asked, set[bytes]]:
    """The operations on each record that lie in the version that was looked at."""
    parents: dict[bytes, tuple[bytes, ...]] = {}
    for part in chunks(sorted({one.record for one in asked}), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.op_id, op.c.parents).where(op.c.ent_id.in_(part), op.c.state == "accepted")
        )
        parents.update((row.op_id, split_ids(row.parents)) for row in rows)
    named = {made.hex(): made for made in parents}
    found: dict[Asked, set[bytes]] = {}
    for one in asked:
        inside: set[bytes] = set()
        coming = [named[head] for head in one.heads if head in named]
        while coming:
            made = coming.pop()
            if made not in inside:
                inside.add(made)
                coming += parents.get(made, ())
        found[one] = inside
    return found


def _about(connection: Connection, records_asked: Collection[str]) -> dict[str, set[str]]:
    """Record whose operations count → the records, of those asked for, that it speaks of."""
    found = {one: {one} for one in records_asked}
    homes: dict[str, set[str]] = {one: {one} for one in records_asked}

    def note(to: dict[str, set[str]], ent_id: str, of: Collection[str]) -> None:
        to.setdefault(ent_id, set()).update(of)

    for part in chunks(sorted(records_asked), IDS_AT_ONCE):
        children = select(_child.c.id, _child.c.household)
        for ent_id, home in connection.execute(children.where(_child.c.household.in_(part))):
            note(found, ent_id, (home,))
        for ent_id, home in connection.execute(children.where(_child.c.id.in_(part))):
            note(homes, home or "", (ent_id,))
    holders = {one: set(of) for one, of in found.items()}
    for name in _PARTS:
        table = ENTITY_TABLES[name]
        for part in chunks(sorted(holders), IDS_AT_ONCE):
            inside = select(table.c.id, table.c.record).where(table.c.record.in_(part))
            for ent_id, holder in connection.execute(inside):
                note(found, ent_id, holders[holder])
    for part in chunks(sorted(homes), IDS_AT_ONCE):
        passed = select(_review.c.id, _review.c.record).where(
            _review.c.record.in_(part), _review.c.result == CHECKED
        )
        for ent_id, home in connection.execute(passed):
            note(found, ent_id, homes[home])
    return found


def _homes_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Household or child → the household on whose page it stands ("" for none)."""
    found: dict[str, str] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        own = connection.execute(select(_household.c.id).where(_household.c.id.in_(part)))
        found.update((one, one) for one in own.scalars())
        children = connection.execute(
            select(_child.c.id, _child.c.household).where(_child.c.id.in_(part))
        )
        found.update((row.id, row.household or "") for row in children)
    return found


def _moves_of(connection: Connection, ids: Collection[str]) -> dict[str, Answer]:
    """Record → the operation that gave it away last."""
    found: dict[str, Answer] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.by, op.c.wall)
            .where(op.c.ent_id.in_(part), op.c.writes_owner, op.c.state == "accepted")
            .order_by(op.c.position)
        )
        found.update((row.ent_id, Answer(row.by, int(row.wall))) for row in rows)
    return found


class Resurveyed(NamedTuple):
    """What was said of a household that was visited again: the review, as it stands, what those
    said of it who are believed, and which units they are ("" for nobody's claim).
    """

    review: RecordView
    household: str
    values: Mapping[str, Value]
    by: frozenset[str]


def resurveys_of(
    connection: Connection, handover: str, believed: Callable[[str], bool]
) -> list[Resurveyed]:
    """What was found at the households that were visited again for a handover, by household.

    A review is a sub-record of the household, so its owner may write there, in whatever name; only
    what `believed` takes counts: of who says to have written it, and of who brought it ("" for
    nobody). Whose the household is by now does not matter: it was drawn from what was handed over.
    """
    ids = connection.execute(
        select(_review.c.id).where(
            _review.c.result == RESURVEYED,
            _review.c.handover == handover,
            ~_review.c["_hidden"],
        )
    ).scalars()
    reviews = records(connection, "review", set(ids))
    said: dict[str, dict[str, Value]] = {}
    writers: dict[str, set[str]] = {}
    for part in chunks(sorted(reviews), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.body, op.c.by, bundle_in.c.unit)
            .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
            .where(op.c.ent_id.in_(part), op.c.state == "accepted")
            .order_by(op.c.position)
        )
        for ent_id, body, by, brought_by in rows:
            if body is not None and believed(by) and believed(brought_by or ""):
                said.setdefault(ent_id, {}).update(decode_body(body))
                writers.setdefault(ent_id, set()).add(by)
    found = [
        Resurveyed(
            reviews[one], str(reviews[one].values.get("record")), values, frozenset(writers[one])
        )
        for one, values in said.items()
    ]
    return sorted(found, key=lambda one: (one.household, one.review.id))


class OwnResult(NamedTuple):
    """An operation on a result of a re-survey, and the household it is about."""

    operation: Operation
    root: str


def own_results(connection: Connection, unit: str) -> list[OwnResult]:
    """What a unit wrote here, in its own name, on results of re-surveys that count, in the order of
    the log; nothing of what was erased by law.
    """
    rows = connection.execute(
        select(op)
        .where(
            op.c.ent_type == "review",
            op.c.ent_id.in_(select(_review.c.id).where(_review.c.result == RESURVEYED)),
            op.c.by == unit,
            op.c.bundle_in.is_(None),
            op.c.salt.is_not(None),
            op.c.state == "accepted",
        )
        .order_by(op.c.position)
    )
    return [OwnResult(operation_of(row), str(row.root)) for row in rows]


def counting_children(
    connection: Connection, households: Collection[str], basis: Basis
) -> dict[str, int]:
    """Household → how many children count in it; nothing of one in which none does."""
    found: dict[str, int] = {}
    for part in chunks(sorted(households), IDS_AT_ONCE):
        rows = connection.execute(
            select(_household.c.id, func.count())
            .join(_child, _child.c.household == _household.c.id)
            .where(counted(basis), _household.c.id.in_(part))
            .group_by(_household.c.id)
        )
        found.update((row[0], int(row[1])) for row in rows)
    return found


def in_book_order(connection: Connection, households: Collection[str]) -> list[str]:
    """Households unit by unit, as each commune has its villages and each village its numbers."""
    keys: dict[str, tuple[object, ...]] = {}
    for part in chunks(sorted(households), IDS_AT_ONCE):
        rows = connection.execute(
            select(
                _household.c.id,
                _household.c.owner_unit,
                _village.c.list_order,
                _village.c.name_sort,
                _household.c.no_sort,
            )
            .join(_village, _village.c.id == _household.c.village, isouter=True)
            .where(_household.c.id.in_(part))
        )
        for ent_id, unit, order, name, number in rows:
            place = (order is None, order or 0, name or "")
            keys[ent_id] = (unit or "", *place, number or "", ent_id)
    return sorted(keys, key=lambda one: keys[one])
