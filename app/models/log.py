"""The log of operations: writing rows, changing their state, and reading them back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, Select, bindparam, func, select, update

from app.errors import KnownError
from app.history.door import Reason, State
from app.history.operation import Operation
from app.models.bulk import Prepared, chunks, insert_rows
from app.models.rows import OP_COLUMNS, join_ids, operation_of, signature_text
from app.models.schema import counter, op

#: How many ids one statement may name. SQLite allows far more; PostgreSQL plans this well.
IDS_AT_ONCE = 500
#: Operations of one record that a writer may make it have; a reader takes more (4-sync.md, limits).
MAX_OPERATIONS = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as it goes into the log, with what this replica knows about it."""

    operation: Operation
    root: str
    state: State = State.ACCEPTED
    reason: Reason | None = None
    bundle_in: int | None = None
    act: str | None = None
    judged_for: str | None = None
    #: Written though its record holds as many operations as a writer may give it.
    past_limit: bool = False


_TAKE_POSITIONS = Prepared(
    update(counter)
    .where(counter.c.name == "position")
    .values(value=counter.c.value + bindparam("taken", type_=Integer))
    .returning(counter.c.value)
)


_POSITION = Prepared(select(counter.c.value).where(counter.c.name == "position"))


def next_positions(connection: Connection, count: int) -> int:
    """Take `count` positions from the one-row table; returns the first."""
    last = int(_TAKE_POSITIONS.one(connection, {"taken": count})[0])
    return last - count + 1


def last_position(connection: Connection) -> int:
    """The newest position given out, 0 in an empty store."""
    return int(_POSITION.one(connection, {})[0])


def newest_operation(connection: Connection) -> int:
    """The position of the newest operation, 0 before the first."""
    return int(connection.execute(select(func.max(op.c.position))).scalar() or 0)


def append(connection: Connection, entries: Sequence[Entry], positions: Sequence[int] = ()) -> None:
    """Write new operations at the end of the log, in the order given, or at `positions` that were
    taken for them before.

    Raises KnownError for one made here: `log.turned_back` when it is based on what is not accepted
    (any more), `log.too_many_operations` when its record has as many as a writer may give it.
    """
    if not entries:
        return
    _check_made_here(connection, entries)
    if not positions:
        first = next_positions(connection, len(entries))
        positions = range(first, first + len(entries))
    rows = [_row(at, entry) for at, entry in zip(positions, entries, strict=True)]
    insert_rows(connection, op, OP_COLUMNS, rows)


def _check_made_here(connection: Connection, entries: Sequence[Entry]) -> None:
    """What came from elsewhere was judged at the door; what is made here is judged here.

    A form may be based on an operation that was refused above or set aside since: saved on top of
    it, the change would be shown here and wait everywhere else.
    """
    made: dict[str, list[Operation]] = {}
    for entry in entries:
        if entry.bundle_in is None and entry.operation.parents and entry.state is State.ACCEPTED:
            made.setdefault(entry.operation.ent_id, []).append(entry.operation)
    spared = {entry.operation.ent_id for entry in entries if entry.past_limit}
    for part in chunks(sorted(made), IDS_AT_ONCE):
        stopped = set(
            connection.execute(
                select(op.c.op_id).where(op.c.ent_id.in_(part), op.c.state != State.ACCEPTED.value)
            ).scalars()
        )
        if stopped and any(stopped.intersection(o.parents) for i in part for o in made[i]):
            raise KnownError("log.turned_back", "log.turned_back_hint")
        bounded = [one for one in part if one not in spared]
        numbers = connection.execute(_held_by(bounded).add_columns(func.count()))
        if any(number + len(made[ent_id]) > MAX_OPERATIONS for ent_id, number in numbers):
            raise KnownError(
                "log.too_many_operations", "log.too_many_operations_hint", limit=MAX_OPERATIONS
            )


def full_records(connection: Connection, ent_ids: Collection[str]) -> set[str]:
    """Those of these records that hold as many operations as a writer may give them, or more."""
    found: set[str] = set()
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        full = connection.execute(_held_by(part).having(func.count() >= MAX_OPERATIONS))
        found.update(row[0] for row in full)
    return found


def _held_by(ent_ids: Sequence[str]) -> Select[str]:
    """Of some records those with operations that count, a row for each. What waits or was refused
    takes no room: who may not write on a record must not keep those from it who may.
    """
    accepted = (op.c.ent_id.in_(ent_ids), op.c.state == State.ACCEPTED.value)
    return select(op.c.ent_id).where(*accepted).group_by(op.c.ent_id)


def _row(position: int, entry: Entry) -> tuple[object, ...]:
    operation = entry.operation
    body = operation.body
    return (
        position,
        operation.ent_id,
        operation.op_id,
        operation.ent_type,
        entry.root,
        join_ids(operation.parents),
        operation.body_json,
        operation.salt,
        operation.body_hash,
        operation.unit,
        operation.by,
        operation.replica,
        operation.author,
        operation.wall,
        signature_text(operation.signature),
        entry.bundle_in,
        entry.act,
        bool(operation.parents and body is not None and "owner_unit" in body),
        entry.state.value,
        None if entry.reason is None else entry.reason.value,
        entry.judged_for,
    )


def operations_of(
    connection: Connection,
    ent_ids: Collection[str],
    states: Collection[State] = (State.ACCEPTED,),
) -> dict[str, list[Operation]]:
    """Record id → its operations in those states, in order of position."""
    wanted = [state.value for state in states]
    found: dict[str, list[Operation]] = {}
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        statement = (
            select(op)
            .where(op.c.ent_id.in_(part), op.c.state.in_(wanted))
            .order_by(op.c.ent_id, op.c.position)
        )
        for row in connection.execute(statement):
            found.setdefault(row.ent_id, []).append(operation_of(row))
    return found
