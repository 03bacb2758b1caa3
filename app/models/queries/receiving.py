"""What the door needs to know of the log, and the states it leaves behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select, update

from app.history.door import Reason, Verdict, present_owners
from app.history.operation import Operation
from app.models import log
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import op


def judged_for(
    connection: Connection, ent_id: str, op_ids: Collection[bytes]
) -> Mapping[bytes, str]:
    """Operation → the bringers it was judged for so far, joined by `|`."""
    rows = connection.execute(
        select(op.c.op_id, op.c.judged_for).where(
            op.c.ent_id == ent_id, op.c.op_id.in_(sorted(op_ids))
        )
    )
    return {row.op_id: row.judged_for or "" for row in rows}


def set_judged_for(connection: Connection, ent_id: str, op_id: bytes, name: str) -> None:
    """Say for whom an operation is to be judged when it is tried again."""
    connection.execute(
        update(op).where(op.c.ent_id == ent_id, op.c.op_id == op_id).values(judged_for=name)
    )


def reason_of(connection: Connection, ent_id: str, op_id: bytes) -> Reason | None:
    """Why a known operation waits or was refused; None when accepted or unknown."""
    found = connection.execute(
        select(op.c.reason).where(op.c.ent_id == ent_id, op.c.op_id == op_id)
    ).scalar()
    return None if found is None else Reason(found)


def change_state(
    connection: Connection, operation: Operation, verdict: Verdict, *, judged_for: str, root: str
) -> None:
    """Write a new verdict on a known operation and remember for whom it was given."""
    before = _judged(connection, operation)
    names = [name for name in before.split("|") if name and name != judged_for]
    set_judged_for(connection, operation.ent_id, operation.op_id, "|".join([*names, judged_for]))
    log.set_state(
        connection,
        operation.ent_id,
        [operation.op_id],
        verdict.state,
        verdict.reason,
        root=root,
    )


def _judged(connection: Connection, operation: Operation) -> str:
    return judged_for(connection, operation.ent_id, [operation.op_id]).get(operation.op_id, "")


def accepted_up_to(
    connection: Connection, ent_ids: Sequence[str], position: int
) -> dict[str, set[bytes]]:
    """Record → operations accepted at or before a position; records without any are left out."""
    found: dict[str, set[bytes]] = {}
    for part in chunks(ent_ids, IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.op_id).where(
                op.c.ent_id.in_(part), op.c.state == "accepted", op.c.position <= position
            )
        )
        for row in rows:
            found.setdefault(row.ent_id, set()).add(row.op_id)
    return found


def moved_since(connection: Connection, ent_ids: Sequence[str], position: int) -> set[str]:
    """The records whose owner was written after a position."""
    found: set[str] = set()
    for part in chunks(ent_ids, IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id).where(
                op.c.ent_id.in_(part), op.c.writes_owner, op.c.position > position
            )
        )
        found.update(rows.scalars())
    return found


def owners_at(connection: Connection, record: str, position: int) -> set[str]:
    """The owners of a root record by what was accepted at or before a position."""
    operations = log.operations_of(connection, [record], up_to=position).get(record, [])
    return set(present_owners(operations))


def accepted_of_root(connection: Connection, root: str) -> list[tuple[str, str, bytes]]:
    """(type, record, operation) of every accepted operation of the records of a root."""
    rows = connection.execute(
        select(op.c.ent_type, op.c.ent_id, op.c.op_id).where(
            op.c.root == root, op.c.ent_id != root, op.c.state == "accepted"
        )
    )
    return [(row.ent_type, row.ent_id, row.op_id) for row in rows]


def waiting_records(connection: Connection) -> dict[str, dict[bytes, str]]:
    """Record → waiting operation → the bringers it was judged for."""
    found: dict[str, dict[bytes, str]] = {}
    for row in connection.execute(
        select(op.c.ent_id, op.c.op_id, op.c.judged_for).where(op.c.state == "waiting")
    ):
        found.setdefault(row.ent_id, {})[row.op_id] = row.judged_for or ""
    return found
