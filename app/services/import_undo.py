"""Taking back what a received bundle brought, and letting it count again (4-sync.md, undo).

Local: its operations are set aside and rows are made anew. What travels is one word beside this
tier's receipt, that it was set aside here: who gave it must not read that it is in use. The sender
keeps its work, the acknowledgement and the evidence stay, and what was set aside stays so by
whatever bundle it comes again. Reference data and handovers stay.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from app.errors import KnownError
from app.history.door import Direction, State
from app.models import bundles, replica
from app.models.bundles import IncomingBundle, Undone
from app.models.effect import PAGES, Effect
from app.models.materialising import Touched
from app.models.queries import brought as brought_queries
from app.models.queries import register
from app.models.queries.brought import Brought, Leaning
from app.models.queries.naming import naming_any
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services import covers, receipts
from app.services.handles import name_unseen
from app.services.handover_scope import is_whole, reach, units_to
from app.services.handover_values import found_handover, number_of, set_aside_by, text_of
from app.services.held_back import hold_back_again
from app.services.reference_signing import ReferenceCheck
from app.services.revocations import revoked
from app.services.rights import Right
from app.services.workplace import Workplace
from app.sync.apply import retry_waiting, take_back, wait_again

#: Records in the way that are named; of more there is the number.
MOST_NAMED = 200


class Obstacle(Enum):
    """Why what a bundle brought stays."""

    ACCEPTED = "accepted"  # this unit accepted its handover, or a later one that covers it
    ABOVE_TOO = "above_too"  # a unit above brought some of it as well
    SENT = "sent"  # a bundle may have carried it on
    PERHAPS_SENT = "perhaps_sent"  # the store was restored since: another one may have sent it on
    BUILT_ON = "built_on"  # somebody here has worked on it since


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What keeps a bundle from being taken back: the unit it was sent on to; unit and number of
    the accepted handover; or the records that stand in the way (entity and what it is called; no
    more than `MOST_NAMED` of `count`).
    """

    what: Obstacle
    unit: str = ""
    seq: int = 0
    records: tuple[Leaning, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking a bundle back changes, or changed.

    `operations` are set aside; `will_wait` were accepted and build on them, and wait until they
    count again. Households and children are gone that only this bundle had brought, changed those
    that look otherwise. `left_without` are records of other bundles that name one that is gone.
    """

    handover: str
    giver: str
    seq: int
    operations: int
    households_gone: int
    children_gone: int
    households_changed: int
    children_changed: int
    will_wait: int
    left_without: int
    in_the_way: InTheWay | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What letting a bundle count again came to, in operations."""

    handover: str
    asked: int
    accepted: int

    @property
    def still_waiting(self) -> int:
        """What builds on something that is not accepted (any more)."""
        return self.asked - self.accepted


class ImportUndo:
    """Use cases on received bundles that should not have been taken in."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def preview(self, handover: str) -> UndoPlan:
        """What taking back the bundle of a handover would change; nothing is written.

        It is done and rolled back, so that it cannot differ from the real thing. Raises KnownError
        `handover.unknown`, `undo.not_received`, `undo.from_above`, `undo.done`, `undo.nothing`.
        """
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            return self._take_back(work, self._bundle(work.connection, handover))

    def set_aside(self, handover: str, why: str) -> UndoPlan:
        """Set aside what the bundle of a handover brought. Raises KnownError as `preview`, and
        `undo.no_reason`, `undo.accepted`, `undo.above_too`, `undo.sent`, `undo.perhaps_sent`,
        `undo.built_on`.
        """
        self._workplace.require(Right.HANDOVER)
        if not why.strip():
            raise KnownError("undo.no_reason", "undo.no_reason_hint")
        workplace = self._workplace
        with workplace.write() as work:
            bundle = self._bundle(work.connection, handover)
            plan = self._take_back(work, bundle)
            if plan.in_the_way is not None:
                raise refusal(plan.in_the_way)
            undone = Undone(int(workplace.clock()), workplace.account.full_name, why.strip())
            bundles.note_undone(work.connection, bundle.number, undone)
            receipts.write_set_aside(workplace, work, bundle, aside=True)
            work.audit("bundle.undone", bundle=_short(bundle), operations=plan.operations)
            work.commit()
        return plan

    def release(self, handover: str) -> Released:
        """Let what was set aside count again; what it builds on must be accepted, else it waits.
        What had only waited before passes the door like everything else, or a person opens it by
        name (`Waiting.accept`).

        Where another PC of this unit set it aside, and it counts here, the unit's word is taken
        back. Raises KnownError `handover.unknown`, `undo.not_received`, `undo.not_set_aside`.
        """
        workplace = self._workplace
        workplace.require(Right.HANDOVER)
        with workplace.write() as work:
            connection = work.connection
            bundle = self._received(connection, handover)
            aside = brought_queries.brought_by(connection, bundle.number, (State.SET_ASIDE,))
            if not aside and bundle.undone is None and not self._said_aside(connection, bundle):
                raise KnownError("undo.not_set_aside", "undo.not_set_aside_hint")
            operations = [(one.id, one.operation) for one in aside]
            wait_again(work, operations)
            hold_back_again(work, operations, revoked(connection))
            retry_waiting(work, workplace.tree, ReferenceCheck(workplace, connection))
            now = brought_queries.brought_by(connection, bundle.number, (State.ACCEPTED,))
            accepted = len({one.operation for one in aside} & {one.operation for one in now})
            bundles.note_undone(connection, bundle.number, None)
            receipts.write_set_aside(workplace, work, bundle, aside=False)
            receipts.write_for_freed(workplace, work, bundle)
            work.audit("bundle.released", bundle=_short(bundle), accepted=accepted)
            work.commit()
        return Released(bundle.handover, len(aside), accepted)

    # --- which bundle -----------------------------------------------------------------------

    def _received(self, reading: Reading, handover: str) -> IncomingBundle:
        # The giver's half of a handover comes with a later bundle: its own may be all there is.
        came = bundles.incoming(reading, [handover])
        came = came or bundles.incoming(reading, [found_handover(reading, handover).id])
        bundle = next(iter(came), None)
        if bundle is None:
            raise KnownError("undo.not_received", "undo.not_received_hint")
        return bundle

    def _bundle(self, reading: Reading, handover: str) -> IncomingBundle:
        bundle = self._received(reading, handover)
        if bundle.direction == Direction.ABOVE.value:
            raise KnownError("undo.from_above", "undo.from_above_hint", unit=bundle.unit)
        if bundle.undone is not None:
            raise KnownError("undo.done", "undo.done_hint")
        return bundle

    def _said_aside(self, reading: Reading, bundle: IncomingBundle) -> bool:
        """Whether this unit says of a handover that it was set aside, whichever PC did."""
        found = register.record(reading, "handover", bundle.handover)
        return found is not None and bool(set_aside_by(found.values, (self._workplace.tier.value,)))

    # --- taking it back ---------------------------------------------------------------------

    def _take_back(self, work: UnitOfWork, bundle: IncomingBundle) -> UndoPlan:
        connection = work.connection
        states = (State.ACCEPTED, State.WAITING)
        found = brought_queries.brought_by(connection, bundle.number, states)
        if not found:
            raise KnownError("undo.nothing", "undo.nothing_hint")
        in_the_way = self._in_the_way(connection, bundle, found)
        effect = Effect()
        effect.stands(None)
        touched = Touched(effect)
        operations = [(one.id, one.operation) for one in found]
        done = take_back(work, operations, State.SET_ASIDE, None, touched)
        work.bring_up_to_date(touched)
        gone = {
            name: effect.pages(name) - register.ids_among(connection, name, effect.pages(name))
            for name in PAGES
        }
        parts = effect.pages_of_parts()
        households = register.ids_among(connection, "household", parts)
        left = {
            "household": effect.pages("household").union(households) - gone["household"],
            "child": effect.pages("child").union(parts - households)
            - gone["household"]
            - gone["child"],
        }
        vanished = gone["household"] | gone["child"]
        return UndoPlan(
            bundle.handover,
            bundle.unit,
            bundle.seq,
            len(found),
            len(gone["household"]),
            len(gone["child"]),
            len(left["household"]),
            len(left["child"]),
            len(done.waits),
            len(naming_any(connection, vanished)),
            in_the_way,
        )

    def _in_the_way(
        self, reading: Reading, bundle: IncomingBundle, found: list[Brought]
    ) -> InTheWay | None:
        workplace = self._workplace
        roots = brought_queries.roots_of(reading, found)
        accepted = covers.accepted_over(workplace, reading, bundle, roots)
        if accepted is not None:
            values = accepted.values
            giver, seq = text_of(values, "owner_unit"), number_of(values, "sent_seq")
            return InTheWay(Obstacle.ACCEPTED, unit=giver, seq=seq)
        unit = brought_queries.from_above_too(found)
        if unit is not None:
            return InTheWay(Obstacle.ABOVE_TOO, unit=unit)
        unit = brought_queries.sent_on(reading, found, bundle.unit, self._parts_of(reading))
        if unit is not None:
            return InTheWay(Obstacle.SENT, unit=unit)
        if brought_queries.counted_by(found, replica.perhaps_sent(reading)):
            return InTheWay(Obstacle.PERHAPS_SENT)
        leaning = brought_queries.built_on_here(reading, found)
        if not leaning:
            return None
        named = tuple(
            one._replace(id=name_unseen(workplace.handles, one.entity, one.id))
            for one in leaning[:MOST_NAMED]
        )
        return InTheWay(Obstacle.BUILT_ON, records=named, count=len(leaning))

    def _parts_of(self, reading: Reading) -> dict[str, Collection[str]]:
        """Of every unit that a bundle was sent to and that gets a part only: the units of it."""
        workplace, found = self._workplace, dict[str, Collection[str]]()
        for unit in {one.unit for one in bundles.outgoing(reading)}:
            units = units_to(workplace, reading, unit)
            if not is_whole(workplace, unit, units):
                found[unit] = reach(workplace.tree, units)
        return found


def _short(bundle: IncomingBundle) -> str:
    return bundle.bundle_id.hex()[:16]


def refusal(found: InTheWay) -> KnownError:
    """Why a bundle cannot be taken back, with what to do instead."""
    key = f"undo.{found.what.value}"
    return KnownError(key, f"{key}_hint", unit=found.unit, seq=found.seq, count=found.count)
