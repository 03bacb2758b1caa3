"""Take a delivery in: through the door, into the log, into the rows. One transaction, the caller's.

The result does not depend on the order of the operations: what comes before what it builds on
waits, and is tried again when the rest is there. Nothing that arrived is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from app.history.door import (
    ACCEPT,
    Bringer,
    Direction,
    Known,
    Reason,
    State,
    Verdict,
    judge,
)
from app.history.entities import ENTITIES, Family
from app.history.operation import Operation
from app.models import lines, log
from app.models.bulk import chunks
from app.models.lines import Continuity
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving, sending
from app.models.work import UnitOfWork
from app.sync.delivery import Delivery, Tree, direction_of

CHUNK = 1000


@dataclass(slots=True)
class Outcome:
    """What a delivery came to, in operations; `records_*` in records.

    `known` were accepted here before. `alarm` says that an operation in this replica's own name
    arrived that it never wrote: a relay invented it, or this PC was restored.
    """

    operations: int = 0
    accepted: int = 0
    known: int = 0
    waiting: int = 0
    refused: int = 0
    set_aside: int = 0
    freed: int = 0
    taken_back: int = 0
    records_new: int = 0
    records_changed: int = 0
    continuity: Continuity = Continuity.NORMAL
    alarm: bool = False

    def __add__(self, other: Outcome) -> Outcome:
        total = Outcome(continuity=self.continuity, alarm=self.alarm or other.alarm)
        for one in fields(self):
            if one.type == "int":
                setattr(total, one.name, getattr(self, one.name) + getattr(other, one.name))
        return total


@dataclass(slots=True)
class _Context:
    """What stays the same while one delivery is taken in."""

    work: UnitOfWork
    tree: Tree
    bundle: int
    position_before: int
    reference_signed: Callable[[Operation], bool]
    outcome: Outcome
    bringers: dict[str, Bringer] = field(default_factory=dict)

    def bringer(self, name: str) -> Bringer:
        """The bringer written as `direction:CODE@EDITION`, as `op.judged_for` keeps it."""
        found = self.bringers.get(name)
        if found is None:
            direction, _, unit = name.partition(":")
            scope = frozenset(self.tree.below(unit))
            found = Bringer(Direction(direction), self.tree.tier(unit), scope.__contains__)
            self.bringers[name] = found
        return found


def apply_delivery(
    work: UnitOfWork,
    delivery: Delivery,
    tree: Tree,
    bundle: int,
    *,
    bundle_id: bytes,
    reference_signed: Callable[[Operation], bool] = lambda _operation: False,
    on_progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Take a delivery in; the bundle was verified and is not known here yet.

    `bundle` is the number it gets in `bundle_in`. Raises nothing of its own: what may not be
    applied waits or is refused, and is counted. The caller commits.
    """
    connection = work.connection
    direction = direction_of(tree, delivery.unit, work.identity.unit)
    if direction is None:
        raise ValueError("the sender is not in line with this unit")
    context = _Context(
        work, tree, bundle, log.last_position(connection), reference_signed, Outcome()
    )
    name = f"{direction.value}:{delivery.unit}"
    for part in chunks(delivery.operations(), CHUNK):
        _take_chunk(context, part, name, work.identity.replica)
        if on_progress is not None:
            on_progress(context.outcome.operations)
    header = delivery.header(bundle_id)
    context.outcome.continuity = lines.continuity(connection, header)
    is_newest = lines.note_line(connection, header, context.outcome.continuity)
    lines.take_acknowledgements(
        connection,
        header,
        delivery.acknowledgements,
        mine=work.identity.replica,
        is_newest=is_newest,
    )
    if direction is Direction.ABOVE and is_newest:
        _take_refusals(context, delivery)
    _retry_waiting(context)
    return context.outcome


def retry_waiting(
    work: UnitOfWork, tree: Tree, reference_signed: Callable[[Operation], bool]
) -> Outcome:
    """Try everything that waits once more, e.g. after something was released or a unit arrived."""
    position = log.last_position(work.connection)
    context = _Context(work, tree, 0, position, reference_signed, Outcome())
    _retry_waiting(context)
    return context.outcome


def _take_chunk(context: _Context, operations: Sequence[Operation], name: str, mine: str) -> None:
    outcome = context.outcome
    outcome.operations += len(operations)
    by_record: dict[str, dict[bytes, Operation]] = {}
    for operation in operations:
        by_record.setdefault(operation.ent_id, {})[operation.op_id] = operation
    states = log.states_of(context.work.connection, by_record.keys())
    touched = Touched()
    pending: dict[str, list[Operation]] = {}
    for ent_id, arriving in by_record.items():
        held = states.get(ent_id, {})
        new = [one for op_id, one in arriving.items() if op_id not in held]
        if any(one.replica == mine for one in new):
            outcome.alarm = True
        again = _to_try_again(context, arriving, held, name)
        outcome.known += len(arriving) - len(new) - len(again)
        if new or again:
            pending[ent_id] = new + again
    for family in (Family.REFERENCE, Family.ROOT, Family.SUB, None):
        group = {
            ent_id: arriving
            for ent_id, arriving in pending.items()
            if _family(arriving[0].ent_type) is family
        }
        if group:
            _judge_records(context, group, states, name, touched)
    context.work.bring_up_to_date(touched)


def _family(ent_type: str) -> Family | None:
    entity = ENTITIES.get(ent_type)
    return None if entity is None else entity.family


def _to_try_again(
    context: _Context,
    arriving: Mapping[bytes, Operation],
    held: Mapping[bytes, State],
    name: str,
) -> list[Operation]:
    """Known operations that this bringer may open a door for: waiting ones, and those refused to
    somebody else. What was refused to the same bringer stays refused, what was set aside stays so.
    """
    doubtful = [op_id for op_id in arriving if held.get(op_id) in (State.WAITING, State.REFUSED)]
    if not doubtful:
        return []
    ent_id = arriving[doubtful[0]].ent_id
    judged = receiving.judged_for(context.work.connection, ent_id, doubtful)
    return [
        arriving[op_id]
        for op_id in doubtful
        if held[op_id] is State.WAITING or name not in judged.get(op_id, "").split("|")
    ]


def _judge_records(
    context: _Context,
    pending: Mapping[str, Sequence[Operation]],
    states: Mapping[str, Mapping[bytes, State]],
    name: str,
    touched: Touched,
) -> None:
    connection = context.work.connection
    bringer = context.bringer(name)
    known_ids = [ent_id for ent_id in pending if states.get(ent_id)]
    accepted = log.operations_of(connection, known_ids) if known_ids else {}
    before = (
        receiving.accepted_up_to(connection, known_ids, context.position_before)
        if known_ids
        else {}
    )
    roots = _roots_of(context, pending)
    owners, born = _owners_of_roots(context, pending, roots)
    entries: list[Entry] = []
    for ent_id, arriving in pending.items():
        held = states.get(ent_id, {})
        earlier = before.get(ent_id, set())
        root = roots[ent_id]
        known = Known(
            accepted_before=[o for o in accepted.get(ent_id, ()) if o.op_id in earlier],
            accepted_now=[o for o in accepted.get(ent_id, ()) if o.op_id not in earlier],
            states=held,
            owners=owners.get(root),
            born_here=born.get(root, ()),
            unit_known=context.tree.exists,
            reference_signed=context.reference_signed,
        )
        by_id = {operation.op_id: operation for operation in arriving}
        verdicts = judge(arriving, bringer, known)
        if not held and _accepts_any(verdicts):
            context.outcome.records_new += 1
        elif _accepts_any(verdicts):
            context.outcome.records_changed += 1
        for op_id, verdict in verdicts.items():
            _note(context, by_id[op_id], verdict, held, root, name, entries, touched)
    log.append(connection, entries)


def _accepts_any(verdicts: Mapping[bytes, Verdict]) -> bool:
    return any(verdict.state is State.ACCEPTED for verdict in verdicts.values())


def _note(
    context: _Context,
    operation: Operation,
    verdict: Verdict,
    held: Mapping[bytes, State],
    root: str,
    name: str,
    entries: list[Entry],
    touched: Touched,
) -> None:
    outcome = context.outcome
    if verdict.state is State.ACCEPTED:
        outcome.accepted += 1
        touched.add(operation)
    elif verdict.state is State.WAITING:
        outcome.waiting += 1
    else:
        outcome.refused += 1
    if operation.op_id in held:
        receiving.change_state(
            context.work.connection, operation, verdict, judged_for=name, root=root
        )
    else:
        entries.append(
            Entry(operation, root, verdict.state, verdict.reason, context.bundle, None, name)
        )


def _roots_of(context: _Context, pending: Mapping[str, Sequence[Operation]]) -> dict[str, str]:
    """Record → the root whose scope it shares; itself unless it belongs to another."""
    roots = {ent_id: ent_id for ent_id in pending}
    unsaid: list[str] = []
    for ent_id, arriving in pending.items():
        if _family(arriving[0].ent_type) is not Family.SUB:
            continue
        said = [o.body["record"] for o in arriving if o.body and "record" in o.body]
        if said and isinstance(said[0], str):
            roots[ent_id] = said[0]
        else:
            unsaid.append(ent_id)
    if unsaid:
        roots.update(log.roots_of(context.work.connection, unsaid))
    return roots


def _owners_of_roots(
    context: _Context, pending: Mapping[str, Sequence[Operation]], roots: Mapping[str, str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """For sub-records: owners of their roots before this bundle, and of roots born in it."""
    wanted = {
        roots[ent_id]
        for ent_id, arriving in pending.items()
        if _family(arriving[0].ent_type) is Family.SUB
    }
    if not wanted:
        return {}, {}
    connection = context.work.connection
    present = sending.owners_of(connection, wanted)
    old = receiving.accepted_up_to(connection, sorted(present), context.position_before)
    moved = receiving.moved_since(connection, sorted(old), context.position_before)
    owners = {
        root: (
            receiving.owners_at(connection, root, context.position_before)
            if root in moved
            else present[root]
        )
        for root in old
    }
    born = {root: present[root] for root in present.keys() - old.keys()}
    return owners, born


def _take_refusals(context: _Context, delivery: Delivery) -> None:
    """What a unit above refused is refused here too; what it no longer names is tried again."""
    connection = context.work.connection
    refused = [(one.ent_id, one.op_id, one.reason) for one in delivery.refused]
    freed = lines.replace_refused(connection, delivery.unit, refused)
    touched = Touched()
    for ent_id, op_id, _reason in refused:
        context.outcome.taken_back += take_back(
            context.work, ent_id, op_id, State.REFUSED, Reason.REFUSED_ABOVE, touched
        )
    for ent_id, op_id in sorted(freed):
        if receiving.reason_of(connection, ent_id, op_id) is Reason.REFUSED_ABOVE:
            log.set_state(connection, ent_id, [op_id], State.WAITING, Reason.PARENT_NOT_ACCEPTED)
            receiving.set_judged_for(
                connection, ent_id, op_id, f"beside:{context.work.identity.unit}"
            )
    context.work.bring_up_to_date(touched)


def take_back(
    work: UnitOfWork,
    ent_id: str,
    op_id: bytes,
    state: State,
    reason: Reason | None,
    touched: Touched,
) -> int:
    """Turn an accepted operation back; what builds on it waits. Returns how many turned back.

    Also what belongs to a record that is left without any accepted operation waits.
    """
    connection = work.connection
    accepted = log.operations_of(connection, [ent_id]).get(ent_id, [])
    by_id = {operation.op_id: operation for operation in accepted}
    if op_id not in by_id:
        held = log.states_of(connection, [ent_id]).get(ent_id, {})
        if held.get(op_id) is State.WAITING:
            log.set_state(connection, ent_id, [op_id], state, reason)
        return 0
    gone = {op_id}
    grew = True
    while grew:
        more = {o.op_id for o in accepted if o.op_id not in gone and gone.intersection(o.parents)}
        gone |= more
        grew = bool(more)
    log.set_state(connection, ent_id, [op_id], state, reason)
    log.set_state(
        connection, ent_id, sorted(gone - {op_id}), State.WAITING, Reason.PARENT_NOT_ACCEPTED
    )
    ent_type = by_id[op_id].ent_type
    touched.redo(ent_type, ent_id)
    count = len(gone)
    if gone == by_id.keys() and _family(ent_type) is Family.ROOT:
        for sub_type, sub_id, sub_op in receiving.accepted_of_root(connection, ent_id):
            log.set_state(connection, sub_id, [sub_op], State.WAITING, Reason.RECORD_UNKNOWN)
            touched.redo(sub_type, sub_id)
            count += 1
    return count


def _retry_waiting(context: _Context) -> None:
    """Judge what waits again until nothing more is freed."""
    connection = context.work.connection
    while True:
        waiting = receiving.waiting_records(connection)
        touched = Touched()
        freed = 0
        for part in chunks(sorted(waiting.items()), CHUNK):
            freed += _retry_part(context, dict(part), touched)
        context.work.bring_up_to_date(touched)
        context.outcome.freed += freed
        if not freed:
            return


def _retry_part(
    context: _Context, waiting: Mapping[str, Mapping[bytes, str]], touched: Touched
) -> int:
    connection = context.work.connection
    operations = log.operations_of(connection, waiting.keys(), (State.WAITING,))
    freed = 0
    states = log.states_of(connection, waiting.keys())
    for ent_id, arriving in sorted(operations.items()):
        by_bringer: dict[str, list[Operation]] = {}
        for operation in arriving:
            by_bringer.setdefault(waiting[ent_id][operation.op_id], []).append(operation)
        for name, group in sorted(by_bringer.items()):
            freed += _retry_group(context, ent_id, group, name, states, touched)
    return freed


def _retry_group(
    context: _Context,
    ent_id: str,
    group: Sequence[Operation],
    name: str,
    states: Mapping[str, Mapping[bytes, State]],
    touched: Touched,
) -> int:
    connection = context.work.connection
    # An operation made here that had to turn back is tried as a neighbour's would be.
    last = name.split("|")[-1] or f"beside:{context.work.identity.unit}"
    accepted = log.operations_of(connection, [ent_id]).get(ent_id, [])
    before = receiving.accepted_up_to(connection, [ent_id], context.position_before)
    earlier = before.get(ent_id, set())
    pending = {ent_id: group}
    roots = _roots_of(context, pending)
    owners, born = _owners_of_roots(context, pending, roots)
    root = roots[ent_id]
    waiting_here = {o.op_id for o in group}
    known = Known(
        accepted_before=[o for o in accepted if o.op_id in earlier],
        accepted_now=[o for o in accepted if o.op_id not in earlier],
        states={i: s for i, s in states.get(ent_id, {}).items() if i not in waiting_here},
        owners=owners.get(root),
        born_here=born.get(root, ()),
        unit_known=context.tree.exists,
        reference_signed=context.reference_signed,
    )
    changed = 0
    by_id = {operation.op_id: operation for operation in group}
    for op_id, verdict in judge(group, context.bringer(last), known).items():
        if verdict.state is State.WAITING:
            continue
        changed += 1
        if verdict == ACCEPT:
            touched.add(by_id[op_id])
            context.outcome.accepted += 1
        else:
            context.outcome.refused += 1
        receiving.change_state(connection, by_id[op_id], verdict, judged_for=last, root=root)
        if context.outcome.waiting:
            context.outcome.waiting -= 1
    return changed


def records_of(operations: Iterable[Operation]) -> set[str]:
    """The records that operations are about."""
    return {operation.ent_id for operation in operations}
