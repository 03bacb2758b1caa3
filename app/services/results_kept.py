"""What this unit found at households it visited again stays in a copy that takes the store's place.

Everything else that a copy does not know comes back with the next bundles. Of a re-survey's result
no door below lets it in again (`app.history.door`): nobody there could tell it from what the unit
that was looked through made up in this unit's name. So the store that stands hands it over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.history.door import Direction, Reason, State
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.queries.verifying import OwnResult
from app.models.work import UnitOfWork


def take_along(work: UnitOfWork, results: Sequence[OwnResult]) -> None:
    """Write into the copy what it lacks of these, which are in the order of their log. What they
    build on, or their household, may be missing there: then they wait and come in with that.
    """
    ids = {one.operation.ent_id for one in results} | {one.root for one in results}
    states = receiving.held_of(work.connection, ids)
    held = {op_id: one.state for of in states.values() for op_id, one in of.items()}
    known = {
        ent_id
        for (_type, ent_id), of in states.items()
        if any(one.state is State.ACCEPTED for one in of.values())
    }
    beside = f"{Direction.BESIDE.value}:{work.identity.unit}"
    entries: list[Entry] = []
    for one in results:
        operation = one.operation
        if operation.op_id in held:
            continue
        reason = _waits_for(one, held, known)
        state = State.ACCEPTED if reason is None else State.WAITING
        held[operation.op_id] = state
        entries.append(Entry(operation, one.root, state, reason, judged_for=beside))
    if entries:
        touched = Touched()
        work.accept(entries, touched)
        work.bring_up_to_date(touched)
        work.audit("restore.results_kept", operations=len(entries))


def _waits_for(one: OwnResult, held: dict[bytes, State], known: Collection[str]) -> Reason | None:
    if one.root not in known:
        return Reason.RECORD_UNKNOWN
    states = [held.get(parent) for parent in one.operation.parents]
    if None in states:
        return Reason.PARENT_UNKNOWN
    stand = all(state is State.ACCEPTED for state in states)
    return None if stand else Reason.PARENT_NOT_ACCEPTED
