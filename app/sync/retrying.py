"""What waits is judged again when something arrives or a person releases something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.history.door import State, Verdict
from app.history.operation import Operation
from app.models import log
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.queries.receiving import Held, Judged, Record
from app.sync import pairing
from app.sync.judging import by_family, is_sub, judge_records
from app.sync.line_order import as_they_came
from app.sync.taking import Pending, Taking, count


def retry_waiting(taking: Taking) -> None:
    """Judge what waits again, for everyone who brought it, until nothing more is freed."""
    connection = taking.work.connection
    while True:
        waiting = receiving.waiting_records(connection)
        records = sorted(
            waiting, key=lambda record: (is_sub(record), pairing.is_pair(record), record)
        )
        freed = 0
        for at in range(0, len(records), log.IDS_AT_ONCE):
            part = records[at : at + log.IDS_AT_ONCE]
            freed += _retry(taking, {record: waiting[record] for record in part})
        if not freed:
            return


def _retry(taking: Taking, waiting: Mapping[Record, Mapping[bytes, tuple[str, ...]]]) -> int:
    connection = taking.work.connection
    ids = {ent_id for _, ent_id in waiting}
    held = receiving.held_of(connection, ids)
    operations: dict[Record, list[Operation]] = {}
    for found in log.operations_of(connection, ids, (State.WAITING,)).values():
        for operation in found:
            operations.setdefault((operation.ent_type, operation.ent_id), []).append(operation)
    by_name: dict[str, Pending] = {}
    for record, arriving in operations.items():
        for operation in arriving:
            # What is not among them waits for a person, or builds on what does not count; another
            # type under the id of one of them may have nothing else.
            names = waiting.get(record, {}).get(operation.op_id)
            if names is None:
                continue
            for name in names or (taking.beside,):
                by_name.setdefault(name, {}).setdefault(record, []).append(operation)
    said: dict[tuple[Record, bytes], list[Verdict]] = {}
    roots: dict[Record, str] = {}
    standing: set[str] = set()
    for name, pending in sorted(by_name.items()):
        for part in by_family(pending):
            verdicts, found_roots, found_standing = judge_records(taking, part, held, name)
            roots.update(found_roots)
            standing |= found_standing
            for record, of_record in verdicts.items():
                for op_id, verdict in of_record.items():
                    said.setdefault((record, op_id), []).append(verdict)
    taking.effect.stands(standing)
    return _write_retried(taking, operations, said, roots, held)


def _write_retried(
    taking: Taking,
    operations: Mapping[Record, Iterable[Operation]],
    said: Mapping[tuple[Record, bytes], Sequence[Verdict]],
    roots: Mapping[Record, str],
    held: Mapping[Record, Mapping[bytes, Held]],
) -> int:
    touched = Touched(taking.effect)
    changes: list[Judged] = []
    by_id = {(r, o.op_id): o for r, arriving in operations.items() for o in arriving}
    # `said` names the operations of a record after those they build on.
    for (record, op_id), verdicts in said.items():
        states = {verdict.state for verdict in verdicts}
        if State.ACCEPTED in states:
            verdict = Verdict(State.ACCEPTED)
        elif State.WAITING in states:
            continue
        else:
            verdict = verdicts[-1]
        operation, names = by_id[record, op_id], held[record][op_id].names
        changes.append(
            Judged(record[1], op_id, verdict.state, verdict.reason, roots[record], names)
        )
        if verdict.state is State.ACCEPTED:
            touched.add(operation)
        again = op_id in taking.lifted  # refused before the delivery, and now for another reason
        taking.made_wait.discard(op_id)
        taking.lifted.discard(op_id)
        if verdict.state is State.REFUSED and op_id not in taking.waiting_now and not again:
            taking.outcome.late_refused += 1
        count(taking, op_id, verdict.state, arrived=0)
    receiving.change_states(taking.work.connection, as_they_came(changes, held))
    taking.work.bring_up_to_date(touched)
    taking.follow_units(touched.by_type)
    return len(changes)
