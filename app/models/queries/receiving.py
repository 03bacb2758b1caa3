"""What the door needs to know of the log, and the states it leaves behind.

A record is a type and an id throughout: an id of one type says nothing about another type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    select,
    update,
)

from app.history.door import Holder, Reason, State, present_owners
from app.history.entities import HOLDERS
from app.history.operation import Operation
from app.models import log
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.rows import (
    join_names,
    operation_of,
    signature_text,
    split_ids,
    split_names,
)
from app.models.schema import (
    ENTITY_TABLES,
    NOT_ACCEPTED,
    bundle_in,
    op,
    record_owner,
    record_owner_ever,
    refused_above,
)

#: (type, id)
Record = tuple[str, str]
#: (station, unit) of a PC
Sender = tuple[str, str]

#: What waits, but for a person alone.
_TRIED_AGAIN = and_(
    NOT_ACCEPTED,
    op.c.state == "waiting",
    func.coalesce(op.c.reason, "") != Reason.BRINGER_REVOKED.value,
)

#: One operation, found by its index.
_FOUND = (op.c.ent_id == bindparam("of_record")) & (op.c.op_id == bindparam("of_operation"))


class Held(NamedTuple):
    """What is known here of an operation; `names` are the bringers it was judged for.

    Of an accepted one the bringers are left out.
    """

    state: State
    reason: Reason | None
    position: int
    names: tuple[str, ...]


class Judged(NamedTuple):
    """A new state for a known operation. What becomes accepted gets a new position; `bundle` is
    the bundle it belongs to from now on, None for the one it belongs to already; `place` a position
    that was taken for it, 0 for the next one at the end of the log.
    """

    ent_id: str
    op_id: bytes
    state: State
    reason: Reason | None
    root: str
    names: tuple[str, ...]
    bundle: int | None = None
    place: int = 0


def held_of(connection: Connection, ent_ids: Collection[str]) -> dict[Record, dict[bytes, Held]]:
    """Record → operation → what is known of it, for all records under these ids."""
    found: dict[Record, dict[bytes, Held]] = {}
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(
                op.c.ent_type,
                op.c.ent_id,
                op.c.op_id,
                op.c.state,
                op.c.reason,
                op.c.position,
                op.c.judged_for,
            ).where(op.c.ent_id.in_(part))
        )
        for ent_type, ent_id, op_id, state, reason, position, names in rows:
            if state == "accepted":
                held = Held(State.ACCEPTED, None, position, ())
            else:
                why = None if reason is None else Reason(reason)
                held = Held(State(state), why, position, split_names(names))
            found.setdefault((ent_type, ent_id), {})[op_id] = held
    return found


def judged_of(
    connection: Connection, ent_ids: Collection[str]
) -> dict[tuple[str, bytes], tuple[str, tuple[str, ...]]]:
    """(record id, operation) → its root and the bringers it was judged for."""
    found: dict[tuple[str, bytes], tuple[str, tuple[str, ...]]] = {}
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.op_id, op.c.root, op.c.judged_for).where(op.c.ent_id.in_(part))
        )
        for ent_id, op_id, root, names in rows:
            found[ent_id, op_id] = (root, split_names(names))
    return found


def change_states(connection: Connection, changes: Sequence[Judged]) -> None:
    """Write new verdicts on known operations, in the order given.

    What becomes accepted gets a new position: it must be sent to those who are past the old one.
    """
    accepted = [one for one in changes if one.state is State.ACCEPTED]
    others = [one for one in changes if one.state is not State.ACCEPTED]
    values: dict[str, BindParameter[Any]] = {
        "state": bindparam("new_state"),
        "reason": bindparam("new_reason"),
        "root": bindparam("new_root"),
        "judged_for": bindparam("new_names"),
    }
    if others:
        connection.execute(update(op).where(_FOUND).values(**values), [_bound(o) for o in others])
    if accepted:
        without = sum(not one.place for one in accepted)
        rest = count(log.next_positions(connection, without) if without else 0)
        rows = [{**_bound(one), "at": one.place or next(rest)} for one in accepted]
        statement = update(op).where(_FOUND).values(**values, position=bindparam("at"))
        connection.execute(statement, rows)
    moved = [
        {"of_record": one.ent_id, "of_operation": one.op_id, "new_bundle": one.bundle}
        for one in changes
        if one.bundle is not None
    ]
    if moved:
        statement = update(op).where(_FOUND).values(bundle_in=bindparam("new_bundle"))
        connection.execute(statement, moved)


def signed_operations(connection: Connection) -> list[Operation]:
    """Every accepted operation that bears a signature of the province, in order of position."""
    rows = connection.execute(
        select(op)
        .where(op.c.signature.is_not(None), op.c.state == "accepted")
        .order_by(op.c.position)
    )
    return [operation_of(row) for row in rows]


def replace_signatures(connection: Connection, operations: Sequence[Operation]) -> None:
    """Keep the signatures of these operations, known here, in the place of those they had."""
    if operations:
        connection.execute(
            update(op).where(_FOUND).values(signature=bindparam("new_signature")),
            [{**_named(one), "new_signature": signature_text(one.signature)} for one in operations],
        )


def move_to_the_end(connection: Connection, operations: Collection[Operation]) -> None:
    """Give known operations new positions: they go out again to those who are past the old ones."""
    if operations:
        first = log.next_positions(connection, len(operations))
        connection.execute(
            update(op).where(_FOUND).values(position=bindparam("at")),
            [{**_named(one), "at": first + n} for n, one in enumerate(operations)],
        )


def _named(one: Operation) -> dict[str, object]:
    return {"of_record": one.ent_id, "of_operation": one.op_id}


def _bound(one: Judged) -> dict[str, object]:
    return {
        "of_record": one.ent_id,
        "of_operation": one.op_id,
        "new_state": one.state.value,
        "new_reason": None if one.reason is None else one.reason.value,
        "new_root": one.root,
        "new_names": join_names(one.names) or None,
    }


def reason_of(connection: Connection, ent_id: str, op_id: bytes) -> Reason | None:
    """Why a known operation waits or was refused; None when accepted or unknown."""
    found = connection.execute(
        select(op.c.reason).where(op.c.ent_id == ent_id, op.c.op_id == op_id)
    ).scalar()
    return None if found is None else Reason(found)


def accepted_up_to(
    connection: Connection, ent_ids: Sequence[str], position: int
) -> dict[str, set[bytes]]:
    """Id → operations accepted at or before a position; ids without any are left out."""
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


def holders_of(connection: Connection, roots: Collection[str], position: int) -> dict[str, Holder]:
    """Root → its owners, as the door wants them; roots with no accepted operation are left out.

    Where a household and a child bear one id (only units above can bring that about) a unit must
    own both to write below them.
    """
    found: dict[str, Holder] = {}
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        present = _present(connection, part)
        if not present:
            continue
        ids = sorted(present)
        old = accepted_up_to(connection, ids, position)
        moved = _moved_since(connection, ids, position)
        ever = _ever(connection, ids)
        for root in ids:
            history = _histories(connection, root) if root in moved else []
            before: frozenset[str] | None = None
            born: frozenset[str] = frozenset()
            if root in old:
                earlier = [[o for o in one if o.op_id in old[root]] for one in history]
                owners = [frozenset(present_owners(one)) for one in earlier if one]
                before = frozenset.intersection(*owners) if owners else present[root]
            elif history:
                named = [frozenset(_creators(one)) for one in history]
                born = frozenset.intersection(*named)
            else:
                born = present[root]
            found[root] = Holder(before, born, ever.get(root, frozenset()))
    return found


def _present(connection: Connection, roots: Sequence[str]) -> dict[str, frozenset[str]]:
    by_type: dict[str, list[frozenset[str]]] = {}
    for name in HOLDERS:
        table = ENTITY_TABLES[name]
        rows = connection.execute(
            select(table.c.id, table.c.owner_unit).where(table.c.id.in_(roots))
        )
        for ent_id, owner in rows:
            by_type.setdefault(ent_id, []).append(frozenset([owner] if owner else []))
    exceptions: dict[str, set[str]] = {}
    rows = connection.execute(
        select(record_owner.c.record, record_owner.c.unit).where(record_owner.c.record.in_(roots))
    )
    for record, unit in rows:
        exceptions.setdefault(record, set()).add(unit)
    return {
        root: frozenset(exceptions[root]) if root in exceptions else frozenset.intersection(*owners)
        for root, owners in by_type.items()
    }


def _moved_since(connection: Connection, ids: Sequence[str], position: int) -> set[str]:
    rows = connection.execute(
        select(op.c.ent_id).where(op.c.ent_id.in_(ids), op.c.writes_owner, op.c.position > position)
    )
    return set(rows.scalars())


def _ever(connection: Connection, ids: Sequence[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    rows = connection.execute(
        select(record_owner_ever.c.record, record_owner_ever.c.unit).where(
            record_owner_ever.c.record.in_(ids)
        )
    )
    for record, unit in rows:
        found.setdefault(record, set()).add(unit)
    return {record: frozenset(units) for record, units in found.items()}


def _histories(connection: Connection, root: str) -> list[list[Operation]]:
    """The accepted operations of the household and of the child under an id."""
    accepted = log.operations_of(connection, [root]).get(root, [])
    by_type = [[o for o in accepted if o.ent_type == name] for name in HOLDERS]
    return [one for one in by_type if one]


def _creators(history: Iterable[Operation]) -> list[str]:
    owners = [(o.body or {}).get("owner_unit") for o in history if not o.parents]
    return [owner for owner in owners if isinstance(owner, str)]


def accepted_of_roots(
    connection: Connection, roots: Collection[str]
) -> list[tuple[str, str, bytes, str, tuple[str, ...]]]:
    """(type, id, operation, root, bringers) of all accepted operations below these roots."""
    found = []
    for part in chunks(sorted(roots), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_type, op.c.ent_id, op.c.op_id, op.c.root, op.c.judged_for).where(
                op.c.root.in_(part), op.c.root != op.c.ent_id, op.c.state == "accepted"
            )
        )
        found += [(t, i, o, root, split_names(names)) for t, i, o, root, names in rows]
    return found


class WaitingFrom(NamedTuple):
    """An operation that came; `bringer` is the name of the PC's unit whose bundle brought it
    first.
    """

    ent_id: str
    op_id: bytes
    root: str
    reason: Reason | None
    names: tuple[str, ...]
    bringer: str


def waiting_from_bundles(connection: Connection) -> dict[int, list[WaitingFrom]]:
    """Number of a bundle → what came with it first and waits to be judged again."""
    return _from_bundles(connection, _TRIED_AGAIN)


def from_bundles(
    connection: Connection, operations: Iterable[tuple[str, bytes]]
) -> dict[int, list[WaitingFrom]]:
    """The same of operations given as (record id, operation), whatever became of them; those that
    were written here are left out.
    """
    wanted = set(operations)
    found: dict[int, list[WaitingFrom]] = {}
    for part in chunks(sorted({ent_id for ent_id, _ in wanted}), IDS_AT_ONCE):
        for number, came in _from_bundles(connection, op.c.ent_id.in_(part)).items():
            asked = [one for one in came if (one.ent_id, one.op_id) in wanted]
            if asked:
                found.setdefault(number, []).extend(asked)
    return found


def _from_bundles(
    connection: Connection, which: ColumnElement[bool]
) -> dict[int, list[WaitingFrom]]:
    rows = connection.execute(
        select(
            *(op.c.bundle_in, op.c.ent_id, op.c.op_id, op.c.root, op.c.reason, op.c.judged_for),
            *(bundle_in.c.direction, bundle_in.c.unit),
        )
        .join(bundle_in, bundle_in.c.number == op.c.bundle_in)
        .where(which)
        .order_by(op.c.position)
    )
    found: dict[int, list[WaitingFrom]] = {}
    for row in rows:
        why = None if row.reason is None else Reason(row.reason)
        names, bringer = split_names(row.judged_for), f"{row.direction}:{row.unit}"
        found.setdefault(row.bundle_in, []).append(
            WaitingFrom(row.ent_id, row.op_id, row.root, why, names, bringer)
        )
    return found


def waiting_records(connection: Connection) -> dict[Record, dict[bytes, tuple[str, ...]]]:
    """Record → waiting operation → the bringers it was judged for, of what is tried again when
    something arrives; none that builds on what is not here, or was refused or set aside: whoever
    brought it, that waits on, but for what a unit above refuses, of which the door has to say so.
    After a restore there may be tens of thousands, at every bundle.
    """
    found: dict[Record, dict[bytes, tuple[str, ...]]] = {}
    builds_on: dict[tuple[Record, bytes], tuple[bytes, ...]] = {}
    for row in connection.execute(
        select(op.c.ent_type, op.c.ent_id, op.c.op_id, op.c.parents, op.c.judged_for).where(
            _TRIED_AGAIN
        )
    ):
        record = (row.ent_type, row.ent_id)
        found.setdefault(record, {})[row.op_id] = split_names(row.judged_for)
        if row.parents:
            builds_on[record, row.op_id] = split_ids(row.parents)
    stuck = _stuck(connection, builds_on)
    refused = set(connection.execute(select(refused_above.c.op_id)).scalars()) if stuck else set()
    for record, op_id in stuck:
        if op_id in refused:
            continue
        del found[record][op_id]
        if not found[record]:
            del found[record]
    return found


def _stuck(
    connection: Connection, builds_on: Mapping[tuple[Record, bytes], Sequence[bytes]]
) -> list[tuple[Record, bytes]]:
    """Which of some waiting operations build on one that does not count, and on no waiting one that
    may be freed. What builds on an operation of another type under the same id is left to the door.
    """
    states: dict[bytes, tuple[str, str]] = {}
    for part in chunks(sorted({ent_id for (_, ent_id), _ in builds_on}), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.op_id, op.c.ent_type, op.c.state).where(op.c.ent_id.in_(part))
        )
        states.update((row[0], (row[1], row[2])) for row in rows)
    asked: list[tuple[Record, bytes]] = []
    on_waiting: dict[bytes, list[tuple[Record, bytes]]] = {}
    for one, parents in builds_on.items():
        (ent_type, _), _op_id = one
        held = [states.get(parent, (ent_type, "")) for parent in parents]
        if any(of_type != ent_type for of_type, _ in held):
            continue
        if any(state not in (State.ACCEPTED.value, State.WAITING.value) for _, state in held):
            asked.append(one)
            continue
        for parent, (_, state) in zip(parents, held, strict=True):
            if state == State.WAITING.value:
                on_waiting.setdefault(parent, []).append(one)
    stuck: dict[tuple[Record, bytes], None] = {}
    while asked:
        one = asked.pop()
        if one not in stuck:
            stuck[one] = None
            asked += on_waiting.get(one[1], ())
    return list(stuck)


def standing_refusals(
    connection: Connection, sender: Sender | None = None
) -> dict[bytes, frozenset[str]]:
    """Operation → the units above that refuse it at present; known here or not.

    Whose a PC is, is said by its bundles, and of `sender` whose first one is being taken in.
    """
    heard = select(bundle_in.c.station, bundle_in.c.unit).distinct()
    units = {row.station: row.unit for row in connection.execute(heard)}
    if sender is not None:
        units.setdefault(*sender)
    found: dict[bytes, set[str]] = {}
    for row in connection.execute(select(refused_above.c.op_id, refused_above.c.sender)):
        found.setdefault(row.op_id, set()).add(units.get(row.sender, ""))
    return {op_id: frozenset(refusers) for op_id, refusers in found.items()}


def brought_of(
    connection: Connection, operations: Iterable[tuple[str, bytes]]
) -> dict[bytes, tuple[str, tuple[str, ...]]]:
    """Of operations given as (record id, operation), those known here: type and bringers."""
    wanted: dict[str, set[bytes]] = {}
    for ent_id, op_id in operations:
        wanted.setdefault(ent_id, set()).add(op_id)
    found: dict[bytes, tuple[str, tuple[str, ...]]] = {}
    for part in chunks(sorted(wanted), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.ent_type, op.c.op_id, op.c.judged_for).where(
                op.c.ent_id.in_(part)
            )
        )
        for row in rows:
            if row.op_id in wanted[row.ent_id]:
                found[row.op_id] = (row.ent_type, split_names(row.judged_for))
    return found


def add_bringer(connection: Connection, operations: Iterable[tuple[str, bytes]], name: str) -> None:
    """Note that operations known here, given as (record id, operation), were brought by `name`
    too.
    """
    named = list(operations)
    before = brought_of(connection, named)
    rows = [
        {"of_record": ent_id, "of_operation": op_id, "new_names": join_names((*names, name))}
        for ent_id, op_id in named
        if name not in (names := before[op_id][1])
    ]
    if rows:
        statement = update(op).where(_FOUND).values(judged_for=bindparam("new_names"))
        connection.execute(statement, rows)


def roots_by_creation(connection: Connection, ent_ids: Collection[str]) -> dict[Record, str]:
    """Sub-record → the root that its accepted operations share, which its creation set."""
    found: dict[Record, str] = {}
    for part in chunks(sorted(ent_ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_type, op.c.ent_id, op.c.root).where(
                op.c.ent_id.in_(part), op.c.state == "accepted"
            )
        )
        for ent_type, ent_id, root in rows:
            found[ent_type, ent_id] = root
    return found


def first_waiting(connection: Connection) -> dict[str, int]:
    """Unit → the first received bundle of it of which an operation waits here."""
    rows = connection.execute(
        select(bundle_in.c.unit, func.min(bundle_in.c.number))
        .join(op, op.c.bundle_in == bundle_in.c.number)
        .where(NOT_ACCEPTED, op.c.state == State.WAITING.value)
        .group_by(bundle_in.c.unit)
    )
    return {row[0]: int(row[1]) for row in rows}


def settled_since(connection: Connection, unit: str, number: int, position: int) -> int:
    """How many operations that came first with the bundles of a unit up to `number` were let in
    after a place of the log, or lie set aside.
    """
    came = select(bundle_in.c.number).where(bundle_in.c.unit == unit, bundle_in.c.number <= number)
    let_in = select(func.count()).where(
        op.c.position > position, op.c.state == State.ACCEPTED.value, op.c.bundle_in.in_(came)
    )
    aside = select(func.count()).where(
        NOT_ACCEPTED, op.c.state == State.SET_ASIDE.value, op.c.bundle_in.in_(came)
    )
    return sum(int(connection.execute(one).scalar_one()) for one in (let_in, aside))


def giver_of(connection: Connection, handover: str) -> str:
    """The unit that gave a handover; "" where nothing accepted is known of it."""
    handed = ENTITY_TABLES["handover"]
    found = connection.execute(select(handed.c.owner_unit).where(handed.c.id == handover)).scalar()
    return found or ""
