"""Planted faults: each is a patch of the program that one named law has to catch.

A fault is a function that patches the running program. None of them is in the program; a test puts
each in, sees its law fail, and sees the law hold without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import and_, false, select, update

import app.history.door as door
import app.history.materialise as merging
import app.history.operation as operations
import app.models.erasing as erasing
import app.models.log as log
import app.models.materialising as materialising
import app.models.queries.counting as counting
import app.models.queries.departed as departed
import app.models.queries.receiving as receiving
import app.models.queries.sending as sending
import app.models.work as work
import app.sync.apply as applying
import app.sync.arriving as arriving_now
import app.sync.judging as judging
import app.sync.taking as taking_in
from app.history.door import ACCEPT, State
from app.history.materialise import RecordState
from app.history.operation import Operation
from app.models.schema import ENTITY_TABLES, entered, op, peer
from tests.properties import fleet, invariants

Patch = pytest.MonkeyPatch


def _merge_otherwise(
    patch: Patch, change: Callable[[list[Operation], RecordState], RecordState]
) -> None:
    real = merging.materialise

    def faulty(given: Sequence[Operation], sub_heads: Collection[bytes] = ()) -> RecordState:
        held = list(given)
        return change(held, real(held, sub_heads))

    for module in (merging, materialising, invariants):
        patch.setattr(module, "materialise", faulty)


def id_made_from_the_replica(patch: Patch) -> None:
    """The name of an operation says who wrote it after what, not what was written."""

    def faulty(ent_type, ent_id, parents, _hashed, _unit, _by, replica, *_rest) -> bytes:
        above = "".join(parents)
        return hashlib.sha256(f"{ent_type}{ent_id}{replica}{above}".encode()).digest()

    patch.setattr(operations, "operation_id", faulty)


def no_conflict_detection(patch: Patch) -> None:
    """Of two concurrent values one is shown and nobody is told."""
    _merge_otherwise(patch, lambda _held, state: replace(state, conflicts=()))


def winner_is_the_last_arrival(patch: Patch) -> None:
    """In a conflict the value is shown that came last to this PC."""

    def change(held: list[Operation], state: RecordState) -> RecordState:
        values = dict(state.values)
        for found in state.conflicts:
            last = [one for one in held if one.op_id in found.heads][-1]
            values.update({f: v for f, v in (last.body or {}).items() if f == found.group})
        return replace(state, values=values)

    _merge_otherwise(patch, change)


def last_writer_wins_by_wall_clock(patch: Patch) -> None:
    """The value with the newest time on it is shown, whoever had seen whom."""

    def change(held: list[Operation], state: RecordState) -> RecordState:
        values = dict(state.values)
        for one in sorted(held, key=lambda o: o.wall):
            values.update({f: v for f, v in (one.body or {}).items() if v is not None})
        return replace(state, values=values, conflicts=())

    _merge_otherwise(patch, change)


def delete_wins_silently(patch: Patch) -> None:
    """Who hides a record hides it, whatever others wrote that he had not seen."""

    def faulty(by_id, _graph, values, _sub_heads):
        return merging._hides(next(iter(by_id.values())).ent_type, values), ()

    patch.setattr(merging, "_visibility", faulty)


def history_not_sent_on_a_move(patch: Patch) -> None:
    """A new owner gets what is written from now on, not what was written before."""
    patch.setattr(sending, "entered_since", lambda *_: select(entered.c.record).where(false()))


def no_door(patch: Patch) -> None:
    """Everything is accepted from everybody."""
    patch.setattr(judging, "judge", lambda arriving, *_: {o.op_id: ACCEPT for o in arriving})


def the_door_opens_for_a_second_creation(patch: Patch) -> None:
    """Whoever creates a record again in his bundle is taken for its owner."""
    real = door._owners_seen_by

    def faulty(operation, history):
        again = [] if operation.parents else [operation]
        if history is not None:
            place = history.graph.index
            again += [
                one
                for one in history.by_id.values()
                if not one.parents and not history.before >> place[one.op_id] & 1
            ]
        born = {str((one.body or {})["owner_unit"]) for one in again}
        return born or real(operation, history)

    patch.setattr(door, "_owners_seen_by", faulty)


def cursor_is_the_first_acknowledgement(patch: Patch) -> None:
    """What one PC of a unit acknowledged is not sent to the others any more."""

    def faulty(connection, unit, *_):
        rows = connection.execute(select(peer.c.acked).where(peer.c.unit == unit)).scalars()
        return max(rows, default=0)

    patch.setattr(sending, "cursor_of", faulty)


def parents_are_the_heads_of_now(patch: Patch) -> None:
    """A save claims to build on what the store holds, not on what its form was loaded with."""
    real = work.UnitOfWork._edit

    def faulty(self, change, ent_id):
        if change.loaded is not None:
            change = replace(change, base=self._current(change.entity, ent_id)[1])
        return real(self, change, ent_id)

    patch.setattr(work.UnitOfWork, "_edit", faulty)


def what_was_refused_is_let_in_the_second_time(patch: Patch) -> None:
    """The door asks anew whenever something comes again, and tires of refusing."""
    asked: set[bytes] = set()
    real, judge = arriving_now._to_judge, judging.judge

    def again(taking, arriving, there, name):
        as_waiting = {
            op_id: held._replace(state=State.WAITING) if held.state is State.REFUSED else held
            for op_id, held in there.items()
        }
        return real(taking, arriving, as_waiting, name)

    def tired(arriving, *rest):
        said = judge(arriving, *rest)
        known = asked & said.keys()
        asked.update(said)
        return said | dict.fromkeys(known, ACCEPT)

    patch.setattr(arriving_now, "_to_judge", again)
    patch.setattr(judging, "judge", tired)


def notes_stay_behind(patch: Patch) -> None:
    """One kind of record does not go up."""
    real = sending._passed_on
    patch.setattr(sending, "_passed_on", lambda: and_(real(), op.c.ent_type != "note"))

    def number(connection, span):
        return sending._number(connection, sending._within(span, sending._passed_on()))

    patch.setattr(sending, "_all_carried", number)


def who_left_is_counted_nowhere(patch: Patch) -> None:
    """No book counts a child that moved out, and none counts it yet where it went."""
    patch.setattr(departed, "still_counted", lambda *_: [])


def who_has_no_sex_written_is_counted_nowhere(patch: Patch) -> None:
    """A condition too many, the same one on every PC."""
    real = counting.followed
    child = ENTITY_TABLES["child"]
    patch.setattr(counting, "followed", lambda: and_(real(), child.c.sex.is_not(None)))


def a_bundle_counts_in_pieces(patch: Patch) -> None:
    """What came in counts before the rest of the bundle is there."""
    real = arriving_now.take_chunk

    def faulty(taking, part, name):
        real(taking, part, name)
        taking.work.connection.commit()

    patch.setattr(arriving_now, "take_chunk", faulty)


def who_is_stopped_is_not_told_why(patch: Patch) -> None:
    """What the door refuses is kept without its reason."""
    real = log.append

    def faulty(connection, entries, *rest):
        return real(connection, [replace(one, reason=None) for one in entries], *rest)

    patch.setattr(log, "append", faulty)


def a_unit_below_refuses_as_well(patch: Patch) -> None:
    """What a bundle calls refused is refused here, whoever it came from."""
    real = fleet.apply_delivery

    def faulty(work, delivery, tree, bundle, **more):
        outcome = real(work, delivery, tree, bundle, **more)
        sender = (delivery.station, delivery.unit)
        taking = applying._taking(work, tree, bundle, more["reference_signed"], sender)
        applying._take_refusals(taking, delivery)
        return outcome

    patch.setattr(fleet, "apply_delivery", faulty)


def fields_of_a_group_are_written_and_merged_apart(patch: Patch) -> None:
    """A save writes what was changed and no more, and each field has a winner of its own."""
    patch.setattr(work, "whole_groups", lambda _type, changed, _current: dict(changed))
    patch.setattr(merging, "group_of", lambda _type: {})
    patch.setattr(merging, "members", lambda _type: {})


# --- what the law erases


def a_body_that_comes_again_is_kept(patch: Patch) -> None:
    """What was erased here comes back with the next stick of somebody who has not heard of it."""
    patch.setattr(taking_in.Taking, "_without", lambda _self, operation: operation)


def only_what_counts_is_erased(patch: Patch) -> None:
    """What waits, was refused or was set aside keeps what it says about the person."""
    real = erasing.take_away

    def faulty(connection, erasures, touched):
        stopped = connection.execute(
            select(op.c.op_id, op.c.body, op.c.salt).where(op.c.state != "accepted")
        ).all()
        gone = real(connection, erasures, touched)
        for row in stopped:
            held = update(op).where(op.c.op_id == row.op_id)
            connection.execute(held.values(body=row.body, salt=row.salt))
        return gone

    patch.setattr(erasing, "take_away", faulty)


def the_row_of_what_is_erased_stays(patch: Patch) -> None:
    """The log is empty and the page goes on showing the person."""
    real = erasing.take_away
    patch.setattr(
        erasing,
        "take_away",
        lambda connection, erasures, _touched: real(connection, erasures, materialising.Touched()),
    )


def an_erasure_stays_at_the_province(patch: Patch) -> None:
    """The act is not among what goes down."""
    told = tuple(name for name in sending.REFERENCES if name != "erase")
    patch.setattr(sending, "REFERENCES", told)


# --- an import that is set aside, and released


def what_builds_on_it_is_not_set_aside(patch: Patch) -> None:
    """The operations of the bundle go, and what later ones built on them stays accepted."""

    def faulty(accepted, wanted):
        return {one.op_id for one in accepted} & set(wanted)

    patch.setattr(applying, "_with_descendants", faulty)


def the_rows_of_what_is_set_aside_stay(patch: Patch) -> None:
    """The operations are set aside, and the page goes on showing what they wrote."""
    patch.setattr(materialising.Touched, "redo", lambda *_: None)


def what_was_set_aside_counts_when_it_comes_again(patch: Patch) -> None:
    """Sending is cumulative: the next bundle brings it in once more."""
    real = arriving_now._to_judge

    def faulty(taking, arriving, there, name):
        as_waiting = {
            op_id: held._replace(state=State.WAITING) if held.state is State.SET_ASIDE else held
            for op_id, held in there.items()
        }
        return real(taking, arriving, as_waiting, name)

    patch.setattr(arriving_now, "_to_judge", faulty)


def what_was_set_aside_is_told_as_refused(patch: Patch) -> None:
    """An undo travels: who sent it is told that it was refused, and loses its work."""
    real = sending.refused_from

    def faulty(connection, units):
        aside = select(op.c.ent_id, op.c.op_id).where(op.c.state == "set_aside")
        told = [(row.ent_id, row.op_id, "not-owner") for row in connection.execute(aside)]
        return [*real(connection, units), *told]

    patch.setattr(sending, "refused_from", faulty)


def what_is_released_keeps_its_old_place(patch: Patch) -> None:
    """Who has acknowledged that place in the meantime never gets it."""

    def faulty(connection, changes):
        for one in changes:
            bound = receiving._bound(one)
            connection.execute(
                update(op)
                .where(op.c.ent_id == bound["of_record"], op.c.op_id == bound["of_operation"])
                .values(
                    state=bound["new_state"],
                    reason=bound["new_reason"],
                    root=bound["new_root"],
                    judged_for=bound["new_names"],
                )
            )

    patch.setattr(receiving, "change_states", faulty)
