"""Lead the operations of a delivery through the door and write down what became of each.

One operation may come through several doors: what one of them lets in is in, and only what every
one of them refuses is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.history.door import Reason, State, Verdict
from app.history.entities import REFERENCES
from app.history.operation import Operation
from app.models import log
from app.models.effect import PAGES
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.queries.receiving import Held, Judged, Record
from app.sync.judging import by_family, judge_records
from app.sync.line_order import take_places
from app.sync.overruling import overrules
from app.sync.taking import Pending, Taking, Verdicts, count


def take_chunk(taking: Taking, operations: Sequence[Operation], name: str) -> None:
    """Take some operations of a delivery in, brought by `name`."""
    outcome, mine = taking.outcome, taking.work.identity.replica
    outcome.operations += len(operations)
    by_record: dict[Record, dict[bytes, Operation]] = {}
    for operation in operations:
        record = (operation.ent_type, operation.ent_id)
        by_record.setdefault(record, {})[operation.op_id] = operation
    outcome.known += len(operations) - sum(map(len, by_record.values()))
    held = receiving.held_of(taking.work.connection, {ent_id for _, ent_id in by_record})
    _take_signatures(taking, by_record, held)
    came: list[str] = []
    pending: Pending = {}
    for record, arriving in by_record.items():
        there = held.get(record)
        if not there:
            pending[record] = list(arriving.values())
            continue
        if record[0] in PAGES and taking.stood(there):
            came.append(record[1])
        if to_judge := _to_judge(taking, arriving, there, name):
            pending[record] = to_judge
    taking.effect.came(came)
    if not outcome.alarm:
        outcome.alarm = any(
            o.replica == mine and o.op_id not in held.get((o.ent_type, o.ent_id), ())
            for o in operations
        )
    places = take_places(taking.work, operations, pending)
    for coming in by_family(pending):
        part = taking.as_kept(coming)
        touched = Touched(taking.effect)
        verdicts, roots, standing = judge_records(taking, part, held, name)
        taking.effect.stands(standing)
        _write(taking, part, verdicts, roots, held, places, name, touched)
        # What belongs to these records is judged by their rows.
        taking.work.bring_up_to_date(touched)
        taking.follow_units(touched.by_type)
        taking.follow_erasures(touched.by_type)


def _take_signatures(
    taking: Taking,
    by_record: Mapping[Record, Mapping[bytes, Operation]],
    held: Mapping[Record, Mapping[bytes, Held]],
) -> None:
    """Keep the newer signature of the province on operations that are here already, in whatever
    state: what is refused or waits is judged by it, and everything goes on from here with it.
    """
    known = {
        op_id: operation
        for record, arriving in by_record.items()
        for op_id, operation in arriving.items()
        if operation.signature is not None and op_id in held.get(record, ())
    }
    if not known:
        return
    connection = taking.work.connection
    of_records = log.operations_of(connection, {o.ent_id for o in known.values()}, tuple(State))
    newer = [
        known[one.op_id]
        for kept in of_records.values()
        for one in kept
        if one.op_id in known and taking.supersedes(known[one.op_id], one)
    ]
    receiving.replace_signatures(connection, newer)
    taking.signed_anew.update((one.op_id, one) for one in newer)


def _to_judge(
    taking: Taking,
    arriving: Mapping[bytes, Operation],
    there: Mapping[bytes, Held],
    name: str,
) -> list[Operation]:
    """New operations, waiting ones, and those refused to somebody else so far.

    What was refused to the same bringer stays refused, what was set aside stays so. But reference
    data go by their signature, which may be known now; and what stopped here because a unit above
    refuses it comes in with a bundle of that unit or of one above it.
    """
    outcome, sent = taking.outcome, taking.sent_to_it
    wanted: list[Operation] = []
    decided: list[tuple[str, bytes]] = []
    for op_id, operation in arriving.items():
        held = there.get(op_id)
        if held is None or held.state is State.WAITING:
            wanted.append(operation)
        elif held.state in (State.ACCEPTED, State.SET_ASIDE):
            if held.state is State.ACCEPTED:
                outcome.known += 1
                if taking.heard_from_it is not None and held.position > taking.heard_from_it:
                    taking.came_back.append(held.position)
            else:
                outcome.set_aside += 1
            if taking.past_a_tier or (sent is not None and held.position > sent):
                decided.append((operation.ent_id, op_id))
        elif name in held.names and not _asked_again(taking, operation, held, name):
            outcome.refused += 1
        else:
            wanted.append(operation)
    if decided:
        # A unit between may refuse them yet, or somebody here take them back: it has to be known
        # that this one brought them. What only returns from it was sent there, and needs no mark.
        receiving.add_bringer(taking.work.connection, decided, name)
    return wanted


def _asked_again(taking: Taking, operation: Operation, held: Held, name: str) -> bool:
    """Whether what was refused to this bringer is judged once more now that it comes again."""
    if operation.ent_type in REFERENCES:
        return True
    refusers = taking.refused_above.get(operation.op_id, ())
    return held.reason is Reason.REFUSED_ABOVE and overrules(
        name, taking.bringer(name), refusers, newest=taking.is_newest
    )


def _write(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    verdicts: Verdicts,
    roots: Mapping[Record, str],
    held: Mapping[Record, Mapping[bytes, Held]],
    places: Mapping[bytes, int],
    name: str,
    touched: Touched,
) -> None:
    entries: list[Entry] = []
    positions: list[int] = []
    changes: list[Judged] = []
    for record, arriving in pending.items():
        there = held.get(record)
        if there is None:
            there = {}
            touched.unheard[record[0]].add(record[1])
        by_id = {operation.op_id: operation for operation in arriving}
        for op_id, said in verdicts[record].items():
            operation, was = by_id[op_id], there.get(op_id)
            state, reason = said.state, said.reason
            if was is None:
                entries.append(
                    Entry(operation, roots[record], state, reason, taking.bundle, None, name)
                )
                positions.append(places[op_id])
            else:
                state, reason = _settled(was, name, said)
                names = (*(one for one in was.names if one != name), name)
                bundle = taking.bundle if _is_let_in(was, state) else None
                changes.append(
                    Judged(
                        *(record[1], op_id, state, reason, roots[record], names, bundle),
                        places[op_id],
                    )
                )
            count(taking, op_id, state, arrived=1)
            if state is State.ACCEPTED:
                touched.add(operation)
    log.append(taking.work.connection, entries, positions)
    receiving.change_states(taking.work.connection, changes)


def _is_let_in(was: Held, state: State) -> bool:
    """Whether the door had refused an operation to all who brought it till now and does not any
    more: it belongs to the bundle that it came in with, and is taken back with that one.
    """
    refused = was.state is State.REFUSED and was.reason is not Reason.REFUSED_ABOVE
    return refused and state is not State.REFUSED


def _settled(was: Held, name: str, verdict: Verdict) -> tuple[State, Reason | None]:
    """A refusal here does not close the other doors that a waiting operation stands at."""
    others = any(one != name for one in was.names)
    if verdict.state is State.REFUSED and was.state is State.WAITING and others:
        return was.state, was.reason
    return verdict.state, verdict.reason
