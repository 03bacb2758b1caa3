"""What people let count again in a store goes on counting in a copy that takes its place.

The mirror of `withholding`: what was set aside stays so by whatever bundle it comes again, and a
door that refused is not asked twice, so in an older backup it would be closed for good, though this
unit said and handed on that it counts. Nothing is let in that a unit above refuses; reference data
go by their signature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.history.door import Direction, Reason, State
from app.history.operation import Operation
from app.models import bundles
from app.models.queries import withheld as queries
from app.models.queries.withheld import Verdict
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services.held_back import hold_back_again
from app.services.revocations import revoked
from app.sync.apply import release, wait_again
from app.sync.delivery import Tree


@dataclass(frozen=True, slots=True)
class ClosedHere:
    """What a copy keeps out: operations, and bundles that it knows as taken back."""

    operations: tuple[Verdict, ...]
    bundles: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class UsedAgain:
    """What of it the store that stands lets count: operations as (record id, operation), bundles by
    their id. `waits` was set aside and waits there as before, with the bundle that is used again.
    """

    operations: tuple[tuple[str, bytes], ...] = ()
    bundles: frozenset[bytes] = frozenset()
    waits: tuple[tuple[str, bytes], ...] = ()


def closed_in(copy: Reading) -> ClosedHere:
    """What a copy keeps out."""
    undone = frozenset(bytes(one["bundle_id"]) for one in queries.undone_bundles(copy))
    return ClosedHere(tuple(queries.closed(copy)), undone)


def used_again(standing: Reading, closed: ClosedHere, unit: str) -> UsedAgain:
    """What of that counts in the store that stands, or waits there for what it builds on alone."""
    beside = f"{Direction.BESIDE.value}:{unit}"
    known = queries.let_in_of(standing, {one.ent_id for one in closed.operations})
    operations: list[tuple[str, bytes]] = []
    waits: list[tuple[str, bytes]] = []
    for one in closed.operations:
        there = known.get((one.ent_id, one.op_id))
        if there is None:
            continue
        by_name = beside in there.names
        if one.state is State.WAITING and one.reason is not Reason.BRINGER_REVOKED:
            # What waits comes in with what it waits for, but for a door that a person opened since.
            counts = by_name and beside not in one.names
        else:
            counts = by_name or there.state is State.ACCEPTED
        if counts:
            operations.append((one.ent_id, one.op_id))
        elif one.state is State.SET_ASIDE and there.state is State.WAITING:
            waits.append((one.ent_id, one.op_id))
    in_use = queries.in_use(standing, closed.bundles)
    return UsedAgain(tuple(operations), in_use, tuple(waits))


def let_in(
    work: UnitOfWork,
    tree: Tree,
    found: UsedAgain,
    reference_signed: Callable[[Operation], bool],
) -> None:
    """Let it count in the copy, as by name; what it builds on may be missing there, then it waits
    and comes in with that.
    """
    numbers = queries.numbers_of(work.connection, found.bundles)
    for number in sorted(numbers.values()):
        bundles.note_undone(work.connection, number, None)
    wait_again(work, found.waits)
    hold_back_again(work, found.waits, revoked(work.connection))
    if found.operations or found.waits:
        release(work, tree, found.operations, reference_signed)
    if found.operations or found.bundles:
        work.audit("restore.let_in", operations=len(found.operations))
