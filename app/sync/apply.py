"""Take a delivery in: through the door, into the log, into the rows. One transaction, the caller's.

The result does not depend on the order of the operations: what comes before what it builds on
waits, and is tried again when the rest is there. Nothing that arrived is dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from app.history.door import Direction, Reason, State
from app.history.entities import ENTITIES, REFERENCES, Family
from app.history.operation import Operation
from app.models import carried_up, lines, log
from app.models.bulk import chunks
from app.models.erasing import left_bodies
from app.models.lines import Continuity, SignedManifest
from app.models.materialising import Touched
from app.models.queries import receiving, register
from app.models.queries.receiving import Held, Judged
from app.models.queries.sending import cursor_of
from app.models.work import UnitOfWork
from app.sync import arriving, retrying
from app.sync.delivery import Delivery, Tree, direction_of
from app.sync.overruling import answered_for, past_a_tier
from app.sync.taking import (
    Outcome,
    Renewal,
    Supersedes,
    Taking,
    bringer_name,
    refuse_waiting,
)

__all__ = [
    "Outcome",
    "Renewal",
    "apply_delivery",
    "release",
    "retry_waiting",
    "take_back",
    "wait_again",
]

CHUNK = 1000


def apply_delivery(
    work: UnitOfWork,
    delivery: Delivery,
    tree: Tree,
    bundle: int,
    *,
    bundle_id: bytes,
    scope: Sequence[str] = (),
    reference_signed: Callable[[Operation], bool] = lambda _operation: False,
    supersedes: Supersedes = lambda _coming, _held: False,
    signed_here: Callable[[SignedManifest], str | None] = lambda _proof: None,
    on_progress: Callable[[int], None] | None = None,
    tree_now: Callable[[], Tree] | None = None,
) -> Outcome:
    """Take a delivery in; the bundle was verified and is not known here yet.

    `bundle` is the number it gets in `bundle_in`. `scope` are the units of the sender's
    certificate, when there are more than its own. `supersedes` says whether the province's
    signature on the first operation takes the place of that on the second, the same one.
    `signed_here` gives the replica of a manifest that this very PC signed, None for everybody
    else's. Raises nothing of its own: what may not be applied waits or is refused, and is counted.
    The caller commits. `tree_now` reads the tree anew after units were accepted, so that records of
    a unit that comes in the same bundle are let in.
    """
    connection = work.connection
    direction = direction_of(tree, delivery.unit, work.identity.unit)
    if direction is None:
        raise ValueError("the sender is not in line with this unit")
    header = delivery.header(bundle_id)
    taking = _taking(work, tree, bundle, reference_signed, (delivery.station, delivery.unit))
    taking.tree_now = tree_now
    taking.supersedes = supersedes
    taking.is_newest = lines.is_newest(connection, header)
    taking.past_a_tier = direction is Direction.ABOVE and past_a_tier(
        tree, delivery.unit, work.identity.unit
    )
    if direction is Direction.ABOVE:
        taking.sent_to_it = lines.sent_up_to(connection, delivery.unit)
    if direction is Direction.ABOVE and not taking.past_a_tier:
        mine = work.identity.replica
        taking.heard_from_it = max(
            cursor_of(connection, delivery.unit),
            lines.acknowledged_in(connection, header, delivery.acknowledgements, mine),
        )
    name = bringer_name(direction, delivery.unit, scope)
    for part in chunks(delivery.operations(), CHUNK):
        arriving.take_chunk(taking, part, name)
        part.clear()  # or this chunk would stay in memory until the next one is whole
        if on_progress is not None:
            on_progress(taking.outcome.operations)
    taking.outcome.continuity = lines.continuity(connection, header)
    if taking.outcome.continuity is Continuity.GAP:
        taking.outcome.missing = lines.missing_before(connection, header)
    is_newest = lines.note_line(connection, header, taking.outcome.continuity)
    lines.take_acknowledgements(
        connection,
        header,
        delivery.acknowledgements,
        mine=work.identity.replica,
        is_newest=is_newest,
        left=delivery.left,
    )
    if taking.heard_from_it is not None:
        forked = taking.outcome.continuity is Continuity.FORK
        places = taking.came_back
        carried_up.note(connection, header.unit, header.replica, places, forked=forked)
    taking.outcome.newest = is_newest
    if direction is Direction.ABOVE and is_newest:
        _take_refusals(taking, delivery)
    taking.is_newest = True  # what waits came with other bundles, and was asked then
    retrying.retry_waiting(taking)
    # Last, for what stood here before the delivery is told by its position.
    receiving.move_to_the_end(connection, taking.signed_anew.values())
    taking.outcome.newly_waiting = len(taking.made_wait)
    taking.outcome.late_waiting = len(taking.lifted)
    _count_pages(taking)
    taking.outcome.renewed = _reason_to_renew(taking, delivery, direction, signed_here)
    if taking.outcome.renewed is not None:
        work.take_new_replica()
    return taking.outcome


def _count_pages(taking: Taking) -> None:
    """What the delivery came to in households and children."""
    outcome, effect = taking.outcome, taking.effect
    households = register.ids_among(taking.work.connection, "household", effect.pages_of_parts())
    changed = effect.changed(households)
    outcome.households_new, outcome.children_new = effect.new
    outcome.households_changed, outcome.children_changed = changed
    outcome.unchanged = effect.unchanged


def _reason_to_renew(
    taking: Taking,
    delivery: Delivery,
    direction: Direction,
    signed_here: Callable[[SignedManifest], str | None],
) -> Renewal | None:
    """Whether this store's replica id has a second history somewhere.

    A fork is believed from every direction, because it comes with its proof: a bundle under this
    id, signed by this PC's own key, that this store never sealed. Nobody else can make one. An
    operation in this replica's name needs no signature, so a unit below could invent one: from
    there it is only told, and a true second history shows itself by its bundles.
    """
    connection, mine = taking.work.connection, taking.work.identity.replica
    for proof in delivery.forks:
        if signed_here(proof) == mine:
            bundle_id = hashlib.sha256(proof.manifest).digest()
            if not lines.sealed_here(connection, bundle_id):
                return Renewal.FORK
    if taking.outcome.alarm and direction is not Direction.BELOW:
        return Renewal.ALARM
    return None


def retry_waiting(
    work: UnitOfWork, tree: Tree, reference_signed: Callable[[Operation], bool]
) -> Outcome:
    """Try everything that waits once more, e.g. after something was released or a unit arrived."""
    taking = _taking(work, tree, 0, reference_signed)
    retrying.retry_waiting(taking)
    return taking.outcome


def _taking(
    work: UnitOfWork,
    tree: Tree,
    bundle: int,
    reference_signed: Callable[[Operation], bool],
    sender: receiving.Sender | None = None,
) -> Taking:
    position = log.last_position(work.connection)
    refused = receiving.standing_refusals(work.connection, sender)
    taking = Taking(work, tree, bundle, position, reference_signed, refused_above=refused)
    taking.effect.position = position
    taking.left = left_bodies(work.connection)
    return taking


def _take_refusals(taking: Taking, delivery: Delivery) -> None:
    """What a unit above refused is refused here too; what no unit names any more is tried again,
    and so is what those who name it cannot refuse.
    """
    connection = taking.work.connection
    refused = [(one.ent_id, one.op_id, one.reason) for one in delivery.refused]
    ceased = lines.replace_refused(connection, delivery.station, refused)
    sender = (delivery.station, delivery.unit)
    taking.refused_above = receiving.standing_refusals(connection, sender)
    named = {(ent_id, op_id) for ent_id, op_id, _ in refused}
    # What another unit refuses still may be no longer its to refuse, now that this one does not.
    disputed = {one for one in ceased if one[1] in taking.refused_above}
    spared = _spared(taking, named | disputed)
    touched = Touched(taking.effect)
    taking.effect.stands(None)
    done = take_back(taking.work, named - spared, State.REFUSED, Reason.REFUSED_ABOVE, touched)
    taking.work.bring_up_to_date(touched)
    taking.outcome.taken_back += done.turned_back
    taking.made_wait |= done.waits
    for op_id in done.stopped:
        if op_id in taking.waiting_now:
            refuse_waiting(taking, op_id)
        else:
            taking.outcome.newly_refused += 1
    # Only what stopped here for a refusal above: the door's own stands.
    taking.lifted |= _let_wait(
        taking.work, (ceased - disputed) | spared, lambda held: held.reason is Reason.REFUSED_ABOVE
    )


def _spared(taking: Taking, named: set[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
    """Which of the operations that a unit above refuses, given as (record id, operation), are not
    its to refuse: reference data that the province signed, and what somebody above it brought.
    """
    connection = taking.work.connection
    brought = receiving.brought_of(connection, named)
    references = {one for one in named if brought.get(one[1], ("",))[0] in REFERENCES}
    held = log.operations_of(connection, {ent_id for ent_id, _ in references}, tuple(State))
    signed = {
        (operation.ent_id, operation.op_id)
        for of_record in held.values()
        for operation in of_record
        if taking.reference_signed(operation)
    }
    decided = {
        (ent_id, op_id)
        for ent_id, op_id in named - references
        if op_id in brought
        and answered_for(brought[op_id][1], taking.bringer, taking.refused_above[op_id])
    }
    return references & signed | decided


@dataclass(slots=True)
class TakenBack:
    """What taking operations back came to.

    `turned_back` accepted ones are accepted no more. `stopped` were asked for and have the new
    state now, `waits` were accepted and built on them.
    """

    turned_back: int = 0
    stopped: set[bytes] = field(default_factory=set)
    waits: set[bytes] = field(default_factory=set)


def take_back(
    work: UnitOfWork,
    operations: Iterable[tuple[str, bytes]],
    state: State,
    reason: Reason | None,
    touched: Touched,
) -> TakenBack:
    """Turn accepted operations, given as (record id, operation), back into `state`.

    What builds on them waits, and what belongs to a record that is left without any accepted
    operation. Waiting ones get the new state too. The caller brings the rows of `touched` up to
    date. All of them count as let in here before: when they are lifted or released they need not
    pass the door again.
    """
    connection = work.connection
    wanted: dict[str, set[bytes]] = {}
    for ent_id, op_id in operations:
        wanted.setdefault(ent_id, set()).add(op_id)
    beside = f"{Direction.BESIDE.value}:{work.identity.unit}"
    done = TakenBack()
    for part in chunks(sorted(wanted), log.IDS_AT_ONCE):
        accepted = log.operations_of(connection, part)
        judged = receiving.judged_of(connection, part)
        changes: list[Judged] = []
        emptied: list[str] = []
        for (ent_type, ent_id), held in receiving.held_of(connection, part).items():
            own = [o for o in accepted.get(ent_id, ()) if o.ent_type == ent_type]
            gone = _with_descendants(own, wanted[ent_id])
            for op_id, one in held.items():
                root, judged_for = judged[ent_id, op_id]
                if op_id in gone:
                    was_in = (*(name for name in judged_for if name != beside), beside)
                    asked = op_id in wanted[ent_id]
                    (done.stopped if asked else done.waits).add(op_id)
                    changes.append(
                        Judged(ent_id, op_id, state, reason, root, was_in)
                        if asked
                        else _waits(ent_id, op_id, root, was_in, Reason.PARENT_NOT_ACCEPTED)
                    )
                elif op_id in wanted[ent_id] and one.state is State.WAITING:
                    done.stopped.add(op_id)
                    changes.append(Judged(ent_id, op_id, state, reason, root, judged_for))
            if gone:
                done.turned_back += len(gone)
                touched.redo(ent_type, ent_id)
                if len(gone) == len(own) and ENTITIES[ent_type].family is Family.ROOT:
                    emptied.append(ent_id)
        for sub_type, sub_id, op_id, root, judged_for in receiving.accepted_of_roots(
            connection, emptied
        ):
            if op_id in done.waits or op_id in wanted.get(sub_id, ()):
                continue  # it is turned back for its own sake, and counted there
            was_in = (*(name for name in judged_for if name != beside), beside)
            changes.append(_waits(sub_id, op_id, root, was_in, Reason.RECORD_UNKNOWN))
            touched.redo(sub_type, sub_id)
            done.turned_back += 1
            done.waits.add(op_id)
        receiving.change_states(connection, changes)
    return done


def _waits(ent_id: str, op_id: bytes, root: str, names: tuple[str, ...], why: Reason) -> Judged:
    return Judged(ent_id, op_id, State.WAITING, why, root, names)


def _with_descendants(accepted: Sequence[Operation], wanted: Collection[bytes]) -> set[bytes]:
    """Those of a record's accepted operations that are wanted or build on one that is."""
    children: dict[bytes, list[bytes]] = {}
    for one in accepted:
        for parent in one.parents:
            children.setdefault(parent, []).append(one.op_id)
    gone: set[bytes] = set()
    asked = [one.op_id for one in accepted if one.op_id in wanted]
    while asked:
        op_id = asked.pop()
        if op_id not in gone:
            gone.add(op_id)
            asked += children.get(op_id, ())
    return gone


def _let_wait(
    work: UnitOfWork,
    operations: Iterable[tuple[str, bytes]],
    which: Callable[[Held], bool],
    let_in_by: str | None = None,
) -> set[bytes]:
    """Make those operations wait that `which` says, for the bringers they had and for `let_in_by`
    if that is somebody; returns which.
    """
    connection = work.connection
    wanted: dict[str, set[bytes]] = {}
    for ent_id, op_id in operations:
        wanted.setdefault(ent_id, set()).add(op_id)
    found: set[bytes] = set()
    for part in chunks(sorted(wanted), log.IDS_AT_ONCE):
        judged = receiving.judged_of(connection, part)
        changes = []
        for (_, ent_id), held in receiving.held_of(connection, part).items():
            for op_id in wanted[ent_id] & held.keys():
                if held[op_id].state is State.ACCEPTED or not which(held[op_id]):
                    continue
                root, names = judged[ent_id, op_id]
                if let_in_by is not None:
                    names = (*(name for name in names if name != let_in_by), let_in_by)
                changes.append(_waits(ent_id, op_id, root, names, Reason.PARENT_NOT_ACCEPTED))
        receiving.change_states(connection, changes)
        found.update(one.op_id for one in changes)
    return found


def release(
    work: UnitOfWork,
    tree: Tree,
    operations: Iterable[tuple[str, bytes]],
    reference_signed: Callable[[Operation], bool],
) -> Outcome:
    """Let set-aside, refused or waiting operations, given as (record id, operation), in by name.

    The door is not asked; what they build on must be accepted, else they wait. What a unit above
    refuses stays refused: nobody here may overrule it.
    """
    here = f"{Direction.BESIDE.value}:{work.identity.unit}"
    _let_wait(work, operations, lambda _held: True, here)
    return retry_waiting(work, tree, reference_signed)


def wait_again(work: UnitOfWork, operations: Iterable[tuple[str, bytes]]) -> None:
    """Make set-aside operations, given as (record id, operation), wait for those who brought them;
    the caller has them judged (`retry_waiting`).

    What counted here when it was set aside needs no door again (`take_back`). What had only waited
    never passed one: nobody has opened it by name.
    """
    _let_wait(work, operations, lambda held: held.state is State.SET_ASIDE)
