"""What to send to a unit: the log after its cursor, as far as the unit's scope goes.

Rows stream in order of position, so memory does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
)

from app.history.door import Direction, Reason
from app.history.entities import ENTITIES, PAIRS, REFERENCES, ROOTS
from app.history.materialise import ancestry
from app.history.operation import Operation
from app.models.bulk import chunks
from app.models.carried_up import carried_up
from app.models.log import IDS_AT_ONCE, last_position
from app.models.rows import OP_COLUMNS, operation_of, split_names
from app.models.schema import (
    ENTITY_TABLES,
    NOT_ACCEPTED,
    bundle_in,
    bundle_out,
    departed,
    entered,
    line_in,
    op,
    peer,
    record_owner,
    record_owner_ever,
    refused_above,
    station,
)
from app.models.scope_out import WHOLE, came_late

PAGE = 500
#: How much of each kind one bundle says: what a manifest (64 KiB) and a payload have room for. More
#: is found only where a modified client brings about what no honest PC does.
MOST_ACKNOWLEDGEMENTS, MOST_REFUSED = 128, 100_000

_KNOWN_TYPES = tuple(ENTITIES)
#: What `operation_of` reads of a row.
_OF_OPERATION = tuple(op.c[name] for name in OP_COLUMNS[:15])


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of this replica's log: positions after `start` up to and including `end`; and the
    units that came into the receiver's scope since, of which everything travels.
    """

    start: int
    end: int
    late: frozenset[str] = frozenset()


def cursor_of(connection: Connection, unit: str, this_station: str | None = None) -> int:
    """The lowest position that every active replica of `unit` has acknowledged.

    A station of the unit that was never heard of counts as 0; the sender's own, which is among
    them when a PC sends to its neighbours, does not count.
    """
    rows = connection.execute(
        select(peer.c.station, peer.c.acked).where(peer.c.unit == unit, peer.c.active)
    ).all()
    heard = {row.station for row in rows}
    known = connection.execute(
        select(station.c.station).where(station.c.unit == unit, station.c.active)
    ).scalars()
    if not rows or any(one not in heard for one in known if one != this_station):
        return 0
    return min(int(row.acked) for row in rows)


def span_for(
    connection: Connection,
    unit: str,
    units: Collection[str] | None,
    this_station: str | None = None,
) -> Span:
    """What of the log the next bundle to `unit` covers that is about `units`, None for all."""
    cursor, end = cursor_of(connection, unit, this_station), last_position(connection)
    late = came_late(connection, unit, units, cursor)
    # Who had a part of the log and gets all of it now gets it from the beginning.
    return Span(0, end) if WHOLE in late else Span(cursor, end, late)


def own_work(connection: Connection, unit: str, writers: Collection[str]) -> tuple[int, int]:
    """How many operations of `writers` no bundle that reached a stick has carried to `unit` yet,
    and how many have been carried and not acknowledged.

    Counted are accepted ones that no unit above brought; none of a handover, and none that a
    neighbour PC carried up (`carried_up`). Read in an index: this is asked after every save, and of
    a register that was never handed over it is all of the log.
    """
    start = cursor_of(connection, unit)
    sent = connection.execute(
        select(func.max(bundle_out.c.log_to)).where(
            bundle_out.c.unit == unit, bundle_out.c.handover.is_not(None)
        )
    ).scalar()
    from_above = select(bundle_in.c.number).where(bundle_in.c.direction == Direction.ABOVE.value)
    beside = carried_up(connection, unit, start)
    later = case((op.c.position > max(start, sent or 0), 1), else_=0)
    every, unsent = connection.execute(
        select(func.count(), func.coalesce(func.sum(later), 0)).where(
            op.c.state == "accepted",
            op.c.ent_type != "handover",
            op.c.by.in_(sorted(writers)),
            op.c.position > start,
            or_(op.c.bundle_in.is_(None), op.c.bundle_in.not_in(from_above)),
            true() if beside is None else not_(beside),
        )
    ).one()
    return int(unsent), int(every) - int(unsent)


def all_operations(
    connection: Connection, span: Span, *, read_body: bool = True
) -> Iterator[Operation]:
    """Every accepted operation of the span, in order of position; and those of a type that only a
    newer program knows, which wait here: the unit above may have that program, and its own door.

    Without `read_body` their `body` is left out: a sealed bundle holds `body_json`.
    """
    return _streamed(connection, _within(span, _passed_on()), read_body)


def _passed_on() -> ColumnElement[bool]:
    unknown = and_(NOT_ACCEPTED, op.c.state == "waiting", op.c.ent_type.not_in(_KNOWN_TYPES))
    return or_(op.c.state == "accepted", unknown)


def _within(span: Span, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(op.c.position > span.start, op.c.position <= span.end, wanted)


def scoped_operations(
    connection: Connection, span: Span, units: Collection[str], *, read_body: bool = True
) -> Iterator[Operation]:
    """The accepted operations of the span that concern records of `units`.

    Before them comes the history of records that entered the scope since the cursor, and of
    records that left it as far as the move itself needs it.
    """
    owned = roots_in_scope(units)
    late = sorted(set(connection.execute(entered_since(span, units)).scalars()))
    for part in chunks(late, IDS_AT_ONCE):
        for row in connection.execute(
            select(op).where(_history_of(part, owned)).order_by(op.c.position)
        ):
            yield operation_of(row, read_body=read_body)
    left = sorted(connection.execute(moved_away(span, units)).scalars())
    for part in chunks(left, IDS_AT_ONCE):
        yield from _moves_with_ancestors(connection, span, part, read_body)
    yield from _streamed(connection, _within(span, _concerning(span, units)), read_body)
    yield from _streamed(connection, _decisions(span, units), read_body)
    yield from _streamed(connection, _told_moves(span, units), read_body)


def _told_moves(span: Span, units: Collection[str]) -> ColumnElement[bool]:
    """The events that tell a move out of `units`, of children that left in the span, and what was
    written on such an event since: the day decides for how long the child is counted there
    (4-sync.md, "Moves"), whoever puts it right.
    """
    still_theirs = select(departed.c.record).where(departed.c.unit.in_(sorted(units)))
    # Also one that was said to be something else since: then it tells no day any more.
    said = op.alias()
    told = select(said.c.ent_id).where(
        said.c.root.in_(still_theirs),
        said.c.root != said.c.ent_id,
        said.c.ent_type == "life_event",
        said.c.state == "accepted",
        said.c.body.contains('"event":"moved_out"'),
    )
    left_now = moved_away(span, units).where(op.c.ent_id.in_(still_theirs))
    return and_(
        op.c.ent_type == "life_event",
        op.c.state == "accepted",
        op.c.root != op.c.ent_id,
        op.c.root.in_(still_theirs),
        op.c.root.not_in(roots_in_scope(units)),
        op.c.position <= span.end,
        or_(op.c.position > span.start, op.c.root.in_(left_now)),
        op.c.ent_id.in_(told),
    )


def _decisions(span: Span, units: Collection[str]) -> ColumnElement[bool]:
    """Decisions about two children of which only the one whose scope they do not share here lies
    in `units`: those of the span, and all about a child that entered the scope since its start, or
    came here since. Such a decision may have come long before, for the sake of the other child.
    """
    owned, late = roots_in_scope(units), entered_since(span, units)
    known = op.alias()
    about, entering, new_here = [], [], []
    for name in PAIRS:
        table = ENTITY_TABLES[name]
        for child in (table.c.record, table.c.other_child):
            before = exists(
                select(known.c.ent_id).where(
                    known.c.ent_id == child,
                    known.c.state == "accepted",
                    known.c.position <= span.start,
                )
            )
            new = op.c.ent_id.in_(select(table.c.id).where(child.in_(owned), ~before))
            about.append(op.c.ent_id.in_(select(table.c.id).where(child.in_(owned))))
            entering += [op.c.ent_id.in_(select(table.c.id).where(child.in_(late))), new]
            if child is table.c.record:
                new_here.append(new)
    # What hangs on a record of the scope is sent with it, but for what is older than the record.
    beside = and_(op.c.root.not_in(owned), or_(op.c.position > span.start, *entering))
    older = and_(op.c.root.not_in(late), op.c.position <= span.start, or_(*new_here))
    return and_(
        op.c.ent_type.in_(PAIRS),
        op.c.state == "accepted",
        op.c.position <= span.end,
        or_(*about),
        or_(beside, older),
    )


def _concerning(span: Span, units: Collection[str]) -> ColumnElement[bool]:
    held = and_(op.c.root.in_(roots_in_scope(units)), op.c.root.not_in(entered_since(span, units)))
    return and_(op.c.state == "accepted", or_(op.c.ent_type.in_(REFERENCES), held))


def carried(connection: Connection, span: Span, units: Collection[str] | None) -> int:
    """How many operations a bundle over the span holds: as many as `scoped_operations` gives for
    `units`, or `all_operations` where they are None.
    """
    if units is None:
        return _all_carried(connection, span)
    owned = roots_in_scope(units)
    late = sorted(set(connection.execute(entered_since(span, units)).scalars()))
    left = sorted(connection.execute(moved_away(span, units)).scalars())
    return (
        _number(connection, _within(span, _concerning(span, units)))
        + sum(_number(connection, _history_of(part, owned)) for part in chunks(late, IDS_AT_ONCE))
        + sum(
            1
            for part in chunks(left, IDS_AT_ONCE)
            for _ in _moves_with_ancestors(connection, span, part, read_body=False)
        )
        + _number(connection, _decisions(span, units))
        + _number(connection, _told_moves(span, units))
    )


def _all_carried(connection: Connection, span: Span) -> int:
    if span.start or span.end != last_position(connection):
        return _number(connection, _within(span, _passed_on()))
    # The whole log, which grows to half a million rows as wide as their bodies: what is in it is
    # counted in an index, and the few that did not come in are taken off.
    every = int(connection.execute(select(func.count()).select_from(op)).scalar_one())
    return every - _number(connection, and_(NOT_ACCEPTED, ~_passed_on()))


def _number(connection: Connection, wanted: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(op).where(wanted)).scalar_one())


def _streamed(
    connection: Connection, wanted: ColumnElement[bool], read_body: bool
) -> Iterator[Operation]:
    # One statement for all pages: the list of records in scope is made once. The rows are taken as
    # the driver gives them, page by page: making SQLAlchemy's rows of half a million took a sixth
    # of the time. Without options of execution, by which SQLAlchemy would fetch rows ahead itself.
    found = connection.execute(select(*_OF_OPERATION).where(wanted).order_by(op.c.position))
    cursor = found.cursor
    if cursor is None:
        raise RuntimeError("a SELECT without rows")
    try:
        while rows := cursor.fetchmany(PAGE):
            for row in rows:
                yield operation_of(row, read_body=read_body)
    finally:
        found.close()


def roots_in_scope(units: Collection[str]) -> Select[tuple[str]]:
    """Ids of the root records that a head of `owner_unit` gives to one of `units`."""
    wanted = sorted(units)
    parts = [
        select(ENTITY_TABLES[name].c.id).where(ENTITY_TABLES[name].c.owner_unit.in_(wanted))
        for name in ROOTS
    ]
    parts.append(select(record_owner.c.record).where(record_owner.c.unit.in_(wanted)))
    return select(union_all(*parts).subquery().c.id)


def entered_since(span: Span, units: Collection[str]) -> Select[str]:
    """Records that came into the scope of `units` after the span's start, by themselves or with
    their unit: all of them travels.
    """
    alone = select(entered.c.record).where(
        entered.c.unit.in_(sorted(units)), entered.c.position > span.start
    )
    late = span.late.intersection(units)
    if not late:
        return alone
    return select(union_all(alone, roots_in_scope(late)).subquery().c.record)


def _history_of(records: Sequence[str], owned: Select[tuple[str]]) -> ColumnElement[bool]:
    # The two halves of `root IN records`, each with an index of its own.
    ours = or_(
        and_(op.c.ent_id.in_(records), op.c.root == op.c.ent_id),
        and_(op.c.root.in_(records), op.c.root != op.c.ent_id),
    )
    return and_(ours, op.c.root.in_(owned), op.c.state == "accepted")


def moved_away(span: Span, units: Collection[str]) -> Select[str]:
    """Records that left the scope of `units` in the span, or at any time a unit that is late: their
    moves travel, nothing later.
    """
    left = and_(op.c.position > span.start, op.c.ent_id.in_(_once(units)))
    late = span.late.intersection(units)
    if late:
        left = or_(left, op.c.ent_id.in_(_once(late)))
    return (
        select(op.c.ent_id)
        .where(
            op.c.writes_owner,
            op.c.state == "accepted",
            op.c.position <= span.end,
            left,
            op.c.ent_id.not_in(roots_in_scope(units)),
        )
        .distinct()
    )


def _once(units: Collection[str]) -> Select[str]:
    return select(record_owner_ever.c.record).where(record_owner_ever.c.unit.in_(sorted(units)))


def _moves_with_ancestors(
    connection: Connection, span: Span, records: Sequence[str], read_body: bool
) -> Iterator[Operation]:
    rows = connection.execute(
        select(op)
        .where(op.c.ent_id.in_(records), op.c.state == "accepted")
        .order_by(op.c.ent_id, op.c.position)
    ).all()
    by_record: dict[str, list[tuple[int, bool, Operation]]] = {}
    for row in rows:
        by_record.setdefault(row.ent_id, []).append(
            (row.position, row.writes_owner, operation_of(row, read_body=read_body))
        )
    start = 0 if span.late else span.start
    for held in by_record.values():
        graph = ancestry({operation.op_id: operation.parents for _, _, operation in held})
        wanted = 0
        for position, writes_owner, operation in held:
            if writes_owner and start < position <= span.end:
                at = graph.index[operation.op_id]
                wanted |= graph.ancestors[at] | 1 << at
        for _, _, operation in held:
            if wanted >> graph.index[operation.op_id] & 1:
                yield operation


def refused_from(connection: Connection, units: Collection[str]) -> list[tuple[str, bytes, str]]:
    """(record, operation, reason) of what is refused here and concerns one of `units`.

    That is what one of them brought, and what a unit above refused of a record that they wrote,
    own or owned: they may hold it by way of this unit. They are told the reason it gave.
    Of more than `MOST_REFUSED` always the same ones are told.
    """
    rows = connection.execute(
        select(
            *(op.c.ent_id, op.c.ent_type, op.c.op_id, op.c.reason, op.c.root, op.c.judged_for),
            op.c.by,
        )
        .where(NOT_ACCEPTED, op.c.state == "refused")
        .order_by(op.c.ent_id, op.c.op_id)
    ).all()
    above = Reason.REFUSED_ABOVE.value
    stopped_above = [row for row in rows if row.reason == above]
    pairs = _pairs(connection, {row.ent_id for row in stopped_above if row.ent_type in PAIRS})
    roots = {row.root for row in stopped_above}.union(*pairs.values())
    concerned = _concerned(connection, roots, units)
    given = _reasons_given(connection)
    found = (
        (row.ent_id, row.op_id, given.get(row.op_id, above) if row.reason == above else row.reason)
        for row in rows
        if any(_brought_by(name, units) for name in split_names(row.judged_for))
        or (
            row.reason == above
            and (row.by in units or concerned & {row.root, *pairs.get(row.ent_id, ())})
        )
    )
    return list(islice(found, MOST_REFUSED))


def _pairs(connection: Connection, decisions: Collection[str]) -> dict[str, set[str]]:
    """Decision about two children → both of them, by what its creation says: whoever holds either
    of them may hold it, though it hangs on the first.
    """
    found: dict[str, set[str]] = {}
    for part in chunks(sorted(decisions), IDS_AT_ONCE):
        rows = connection.execute(select(op).where(op.c.ent_id.in_(part), op.c.ent_type.in_(PAIRS)))
        for row in rows:
            body = operation_of(row).body or {}
            named = (body.get("record"), body.get("other_child"))
            found.setdefault(row.ent_id, set()).update(one for one in named if isinstance(one, str))
    return found


def _reasons_given(connection: Connection) -> dict[bytes, str]:
    """Operation → the reason that a unit above gave for refusing it, of several always the same."""
    rows = connection.execute(
        select(refused_above.c.op_id, refused_above.c.reason)
        .where(refused_above.c.reason != Reason.REFUSED_ABOVE.value)
        .order_by(refused_above.c.op_id, refused_above.c.sender.desc())
    )
    return {row.op_id: row.reason for row in rows}


def _brought_by(name: str, units: Collection[str]) -> bool:
    """Whether a bringer's own unit, the first in its name, is below and among `units`."""
    direction, _, brought = name.partition(":")
    return direction == Direction.BELOW.value and brought.partition("+")[0] in units


def _concerned(connection: Connection, roots: Collection[str], units: Collection[str]) -> set[str]:
    found: set[str] = set()
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        for ids in (roots_in_scope(units), _once(units)):
            held = ids.subquery()
            rows = connection.execute(select(held.c[0]).where(held.c[0].in_(part)))
            found.update(rows.scalars())
    return found


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Transport only: `replica` of `unit` holds the line of `sender` up to bundle `seq`."""

    unit: str
    replica: str
    sender: str
    seq: int
    bundle_id: bytes


def acknowledgements_for(
    connection: Connection, *, unit: str, here: str, replica: str
) -> list[Acknowledgement]:
    """What this replica has of the lines from `unit` that it heard last (`MOST_ACKNOWLEDGEMENTS`).

    To the other PCs of its own unit it tells that of every line: they read the same ones, and so
    know what lay before it (`knowing`). A line of which nothing is said costs bytes, never data;
    one gets old when its PC took a new id.
    """
    heard = select(func.max(bundle_in.c.number)).where(bundle_in.c.replica == line_in.c.replica)
    rows = connection.execute(
        select(line_in)
        .where(
            line_in.c.ack_bundle.is_not(None), *([] if unit == here else [line_in.c.unit == unit])
        )
        .order_by(heard.scalar_subquery().desc(), line_in.c.replica)
        .limit(MOST_ACKNOWLEDGEMENTS)
    )
    return sorted(
        (Acknowledgement(here, replica, row.replica, row.ack_seq, row.ack_bundle) for row in rows),
        key=lambda one: one.sender,
    )


def line_state(connection: Connection, replica: str, unit: str) -> tuple[int, bytes | None]:
    """Number and id of the newest bundle sent from here to `unit`; (0, None) before the first."""
    row = connection.execute(
        select(bundle_out.c.seq, bundle_out.c.bundle_id)
        .where(bundle_out.c.replica == replica, bundle_out.c.unit == unit)
        .order_by(bundle_out.c.seq.desc())
        .limit(1)
    ).first()
    return (0, None) if row is None else (row.seq, row.bundle_id)


def open_waiting(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    """(record, root, type, judged for) of every operation that waits."""
    rows = connection.execute(
        select(op.c.ent_id, op.c.root, op.c.ent_type, op.c.judged_for)
        .where(NOT_ACCEPTED, op.c.state == "waiting")
        .order_by(op.c.position)
    )
    return [(row.ent_id, row.root, row.ent_type, row.judged_for) for row in rows]
