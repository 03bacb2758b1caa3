"""What people took back or refused in a store goes on being so in a copy that takes its place.

Without it an older backup would let count again what somebody set aside with a reason, and hand it
up. As with erasures the operations themselves are carried over where the copy has not heard of
them yet: they come again with the next bundles, and stay out. So is what this unit said of their
handovers: who gave them must not read that they are in use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.history.door import Reason, State
from app.models import bundles
from app.models.bundles import Undone
from app.models.log import MAX_OPERATIONS, Entry
from app.models.materialising import Touched
from app.models.queries import receiving, register
from app.models.queries import withheld as queries
from app.models.queries.withheld import Logged
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services.handover_values import TIERS, set_aside_by
from app.sync.apply import take_back

#: What a copy may still hold as counting or waiting.
_OPEN = (State.ACCEPTED, State.WAITING)


@dataclass(frozen=True, slots=True)
class Withholding:
    """What a store keeps out by the word of a person, and the bundles that were taken back there
    (as rows of the register of bundles). `told` are the operations of the handovers of which it
    said that they were set aside or count again, and `aside` those that stand set aside.
    """

    operations: tuple[Logged, ...] = ()
    undone: tuple[Mapping[str, Any], ...] = ()
    told: tuple[Logged, ...] = ()
    aside: frozenset[str] = frozenset()


def withholding_of(reading: Reading) -> Withholding:
    """What the store keeps out."""
    told = tuple(queries.spoken_of(reading))
    aside = _aside(reading, {one.operation.ent_id for one in told})
    return Withholding(
        tuple(queries.withheld(reading)),
        tuple(queries.undone_bundles(reading)),
        told,
        aside,
    )


def _aside(reading: Reading, handovers: Collection[str]) -> frozenset[str]:
    """Those of some handovers that stand set aside."""
    found = register.records(reading, "handover", handovers).values()
    return frozenset(one.id for one in found if set_aside_by(one.values, TIERS))


@dataclass(frozen=True, slots=True)
class StaysOut:
    """How many bundles and operations a copy holds as counting, or does not know, that are kept
    out in the store it replaces.
    """

    bundles: int
    operations: int


def stays_out(copy: Reading, found: Withholding, own: Collection[str]) -> StaysOut:
    """What `carry_over` will come to in the copy; nothing is written. `own` are the ids that the
    store wrote under.
    """
    undone = {one["bundle_id"] for one in queries.undone_bundles(copy)}
    known, missing = _compared(copy, found, own)
    new = [one for one in found.undone if one["bundle_id"] not in undone]
    return StaysOut(len(new), len(known) + len(missing))


def carry_over(work: UnitOfWork, found: Withholding, own: Collection[str]) -> StaysOut:
    """Keep out in the copy what the store that it replaces keeps out."""
    connection = work.connection
    told = stays_out(connection, found, own)
    known, missing = _compared(connection, found, own)
    numbers = queries.numbers_of(connection, [one["bundle_id"] for one in found.undone])
    here: dict[int, int] = {}
    for row in found.undone:
        number = numbers.get(row["bundle_id"])
        if number is None:
            number = queries.add_bundle(connection, row)
        else:
            said = Undone(row["undone"], row["undone_by"] or "", row["undone_why"] or "")
            bundles.note_undone(connection, number, said)
        here[row["number"]] = number
    touched = Touched()
    for state, reason in {(one.state, one.reason) for one in known}:
        such = [one for one in known if (one.state, one.reason) == (state, reason)]
        operations = [(one.operation.ent_id, one.operation.op_id) for one in such]
        take_back(work, operations, state, reason, touched)
    entries = [_entry(one, one.state, one.reason, here) for one in missing]
    entries += _said_of_handovers(work, found, here)
    work.accept(entries, touched)
    work.bring_up_to_date(touched)
    if told.operations or told.bundles:
        work.audit("restore.kept_out", operations=told.operations)
    return told


def _entry(one: Logged, state: State, reason: Reason | None, here: Mapping[int, int]) -> Entry:
    number = None if one.bundle is None else here.get(one.bundle)
    return Entry(
        one.operation, one.root, state, reason, bundle_in=number, judged_for=one.judged_for
    )


def _said_of_handovers(
    work: UnitOfWork, found: Withholding, here: Mapping[int, int]
) -> list[Entry]:
    """What the copy lacks of the handovers that stand set aside, with the receipt that says so; and
    of those that stand so in the copy, for that was taken back since.

    The very operations, not new ones: they may have gone to other units already.
    """
    told = {one.operation.ent_id for one in found.told}
    known_aside = _aside(work.connection, told)
    held = receiving.held_of(work.connection, told)
    states = {op_id: one.state for of in held.values() for op_id, one in of.items()}
    wanted: dict[str, list[Logged]] = {}
    for one in found.told:
        ent_id = one.operation.ent_id
        spoken_of = ent_id in found.aside or ent_id in known_aside
        if spoken_of and one.operation.op_id not in states:
            wanted.setdefault(ent_id, []).append(one)
    entries: list[Entry] = []
    for ent_id, missing in wanted.items():
        here_now = held.get(("handover", ent_id), {}).values()
        count = sum(one.state is State.ACCEPTED for one in here_now)
        if len(missing) + count > MAX_OPERATIONS:
            # Only a modified client fills a handover so; it gets no receipt either.
            work.audit("receipt.left_out", handover=ent_id)
            continue
        for one in missing:
            known = all(states.get(parent) is State.ACCEPTED for parent in one.operation.parents)
            state, reason = (
                (State.ACCEPTED, None) if known else (State.WAITING, Reason.PARENT_UNKNOWN)
            )
            states[one.operation.op_id] = state
            entries.append(_entry(one, state, reason, here))
    return entries


def _compared(
    copy: Reading, found: Withholding, own: Collection[str]
) -> tuple[list[Logged], list[Logged]]:
    """What is kept out and the copy has as counting or waiting; and what it does not know, but for
    what the store wrote itself: that never left it.
    """
    states = receiving.held_of(copy, {one.operation.ent_id for one in found.operations})
    known: list[Logged] = []
    missing: list[Logged] = []
    for one in found.operations:
        operation = one.operation
        held = states.get((operation.ent_type, operation.ent_id), {}).get(operation.op_id)
        if held is None:
            if one.bundle is not None or operation.replica not in own:
                missing.append(one)
        elif held.state in _OPEN:
            known.append(one)
    return known, missing
