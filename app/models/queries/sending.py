"""What to send to a unit: the log after its cursor, as far as the unit's scope goes.

Rows are read in pages by position, so memory does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union_all

from app.history.entities import ENTITIES, REFERENCES, ROOTS, Family
from app.history.materialise import ancestry
from app.history.operation import Operation
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE, last_position
from app.models.rows import operation_of
from app.models.schema import (
    ENTITY_TABLES,
    bundle_in,
    bundle_out,
    entered,
    line_in,
    op,
    peer,
    record_owner,
    record_owner_ever,
    station,
)

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of this replica's log: positions after `start` up to and including `end`."""

    start: int
    end: int


def cursor_of(connection: Connection, unit: str) -> int:
    """The lowest position that every active replica of `unit` has acknowledged.

    A station of the unit that was never heard of counts as 0.
    """
    rows = connection.execute(
        select(peer.c.station, peer.c.acked).where(peer.c.unit == unit, peer.c.active)
    ).all()
    heard = {row.station for row in rows}
    known = connection.execute(
        select(station.c.station).where(station.c.unit == unit, station.c.active)
    ).scalars()
    if not rows or any(one not in heard for one in known):
        return 0
    return min(int(row.acked) for row in rows)


def span_for(connection: Connection, unit: str) -> Span:
    """What of the log the next bundle to `unit` covers."""
    return Span(cursor_of(connection, unit), last_position(connection))


def all_operations(connection: Connection, span: Span) -> Iterator[Operation]:
    """Every accepted operation of the span, in order of position."""
    return _paged(connection, span, op.c.state == "accepted")


def scoped_operations(
    connection: Connection, span: Span, units: Collection[str]
) -> Iterator[Operation]:
    """The accepted operations of the span that concern records of `units`.

    Before them comes the history of records that entered the scope since the cursor, and of
    records that left it as far as the move itself needs it.
    """
    owned = roots_in_scope(units)
    late = _entered_since(connection, span, units)
    for part in chunks(late, IDS_AT_ONCE):
        yield from _histories(connection, part, owned)
    left = _moves_away(connection, span, units, owned)
    for part in chunks(left, IDS_AT_ONCE):
        yield from _moves_with_ancestors(connection, span, part)
    wanted = and_(
        op.c.state == "accepted",
        or_(op.c.ent_type.in_(REFERENCES), op.c.root.in_(owned)),
    )
    yield from _paged(connection, span, wanted)


def _paged(connection: Connection, span: Span, wanted: ColumnElement[bool]) -> Iterator[Operation]:
    last = span.start
    while True:
        rows = connection.execute(
            select(op)
            .where(op.c.position > last, op.c.position <= span.end, wanted)
            .order_by(op.c.position)
            .limit(PAGE)
        ).all()
        for row in rows:
            yield operation_of(row)
        if len(rows) < PAGE:
            return
        last = rows[-1].position


def roots_in_scope(units: Collection[str]) -> Select[tuple[str]]:
    """Ids of the root records that a head of `owner_unit` gives to one of `units`."""
    wanted = sorted(units)
    parts = [
        select(ENTITY_TABLES[name].c.id).where(ENTITY_TABLES[name].c.owner_unit.in_(wanted))
        for name in ROOTS
    ]
    parts.append(select(record_owner.c.record).where(record_owner.c.unit.in_(wanted)))
    return select(union_all(*parts).subquery().c.id)


def _entered_since(connection: Connection, span: Span, units: Collection[str]) -> list[str]:
    rows = connection.execute(
        select(entered.c.record)
        .where(entered.c.unit.in_(sorted(units)), entered.c.position > span.start)
        .distinct()
    )
    return sorted(rows.scalars())


def _histories(
    connection: Connection, records: Sequence[str], owned: Select[tuple[str]]
) -> Iterator[Operation]:
    rows = connection.execute(
        select(op)
        .where(op.c.root.in_(records), op.c.root.in_(owned), op.c.state == "accepted")
        .order_by(op.c.position)
    )
    for row in rows:
        yield operation_of(row)


def _moves_away(
    connection: Connection, span: Span, units: Collection[str], owned: Select[tuple[str]]
) -> list[str]:
    once = select(record_owner_ever.c.record).where(record_owner_ever.c.unit.in_(sorted(units)))
    rows = connection.execute(
        select(op.c.ent_id)
        .where(
            op.c.writes_owner,
            op.c.state == "accepted",
            op.c.position > span.start,
            op.c.position <= span.end,
            op.c.ent_id.in_(once),
            op.c.ent_id.not_in(owned),
        )
        .distinct()
    )
    return sorted(rows.scalars())


def _moves_with_ancestors(
    connection: Connection, span: Span, records: Sequence[str]
) -> Iterator[Operation]:
    rows = connection.execute(
        select(op)
        .where(op.c.ent_id.in_(records), op.c.state == "accepted")
        .order_by(op.c.ent_id, op.c.position)
    ).all()
    by_record: dict[str, list[tuple[int, bool, Operation]]] = {}
    for row in rows:
        by_record.setdefault(row.ent_id, []).append(
            (row.position, row.writes_owner, operation_of(row))
        )
    for held in by_record.values():
        graph = ancestry({operation.op_id: operation.parents for _, _, operation in held})
        wanted = 0
        for position, writes_owner, operation in held:
            if writes_owner and span.start < position <= span.end:
                at = graph.index[operation.op_id]
                wanted |= graph.ancestors[at] | 1 << at
        for _, _, operation in held:
            if wanted >> graph.index[operation.op_id] & 1:
                yield operation


def refused_from(connection: Connection, units: Collection[str]) -> list[tuple[str, bytes, str]]:
    """(record, operation, reason) of what stopped here and was brought by one of `units`."""
    rows = connection.execute(
        select(op.c.ent_id, op.c.op_id, op.c.reason)
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in)
        .where(op.c.state == "refused", bundle_in.c.unit.in_(sorted(units)))
        .order_by(op.c.ent_id, op.c.op_id)
    )
    return [(row.ent_id, row.op_id, row.reason) for row in rows]


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
    """What this replica has of every line from `unit`."""
    rows = connection.execute(
        select(line_in)
        .where(line_in.c.unit == unit, line_in.c.ack_bundle.is_not(None))
        .order_by(line_in.c.replica)
    )
    return [
        Acknowledgement(here, replica, row.replica, row.ack_seq, row.ack_bundle) for row in rows
    ]


def line_state(connection: Connection, replica: str, unit: str) -> tuple[int, bytes | None]:
    """Number and id of the newest bundle sent from here to `unit`; (0, None) before the first."""
    row = connection.execute(
        select(bundle_out.c.seq, bundle_out.c.bundle_id)
        .where(bundle_out.c.replica == replica, bundle_out.c.unit == unit)
        .order_by(bundle_out.c.seq.desc())
        .limit(1)
    ).first()
    return (0, None) if row is None else (row.seq, row.bundle_id)


def owners_of(connection: Connection, records: Collection[str]) -> Mapping[str, set[str]]:
    """Root record → its present owners; records not known here are left out."""
    found: dict[str, set[str]] = {}
    for part in chunks(sorted(records), IDS_AT_ONCE):
        for name, entity in ENTITIES.items():
            if entity.family is Family.ROOT:
                table = ENTITY_TABLES[name]
                for row in connection.execute(
                    select(table.c.id, table.c.owner_unit).where(table.c.id.in_(part))
                ):
                    found[row.id] = {row.owner_unit} if row.owner_unit else set()
        exceptions: dict[str, set[str]] = {}
        for row in connection.execute(
            select(record_owner.c.record, record_owner.c.unit).where(
                record_owner.c.record.in_(part)
            )
        ):
            exceptions.setdefault(row.record, set()).add(row.unit)
        found.update(exceptions)
    return found


def open_waiting(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    """(record, root, type, judged for) of every operation that waits."""
    rows = connection.execute(
        select(op.c.ent_id, op.c.root, op.c.ent_type, op.c.judged_for)
        .where(op.c.state == "waiting")
        .order_by(op.c.position)
    )
    return [(row.ent_id, row.root, row.ent_type, row.judged_for) for row in rows]
