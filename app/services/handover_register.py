"""The register of handovers: who handed over what, receipts, verdicts, facts of a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.errors import KnownError
from app.history.door import Direction
from app.history.entities import ENTITIES, Family
from app.history.operation import Value
from app.models import bundles
from app.models.bundles import Undone
from app.models.queries import handovers as handover_queries
from app.models.queries import register
from app.models.queries import rounds as round_queries
from app.models.queries.counting import Counts
from app.models.queries.register import RecordView
from app.models.queries.scope import within
from app.models.queries.verifying import sent_back_by
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.handover_facts import (
    HandoverFacts,
)
from app.reports.handover_record import handover_record
from app.services import answering
from app.services.covers import undone_but_accepted, undone_under
from app.services.handles import id_named
from app.services.handover_accepted import accepting_tiers, answering_tiers, as_held
from app.services.handover_order import newest_first, places_of_untold
from app.services.handover_paper import facts_of
from app.services.handover_scope import reach, units_of
from app.services.handover_stated import differs, with_stated
from app.services.handover_untold import in_file, is_told_by_file, known_handover
from app.services.handover_values import (
    ACCEPTED,
    RETURNED,
    found_handover,
    is_with_later,
    known_number,
    number_of,
    set_aside_by,
    text_of,
)
from app.services.masking import reason_seen
from app.services.rights import Right, allows
from app.services.workplace import Workplace
from app.sync.delivery import direction_of
from app.sync.stated import read_kept


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one tier said it got."""

    tier: str
    on: str
    by: str
    households: int
    children: int
    incomplete: int
    refused: int
    waiting: int
    #: The name of the round it counted for, "" where it named none that is known here.
    round: str = ""
    girls: int = 0
    #: The id of that round, known here or not.
    round_id: str = ""

    @property
    def counts(self) -> Counts:
        """What it counted."""
        return Counts(self.households, self.children, self.girls, self.incomplete)

    #: Taken out of that tier's register again, so it counts neither there nor above.
    set_aside: bool = False
    #: It says no numbers: what came later was in that tier's register too.
    with_later: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one tier decided: `accepted` or `returned`. `sent_back`: how many single records it
    returned, about which an acceptance says nothing. `masked`: in the place of the reason stands
    that it may not be read.
    """

    tier: str
    verdict: str
    on: str
    by: str
    reason: str
    sent_back: int = 0
    masked: bool = False


@dataclass(frozen=True, slots=True)
class SendBack:
    """A record to be sent back: its id or handle, why, and the field to look at ("" for none)."""

    record: str
    reason: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One handover as the register shows it. What nobody has said yet is "", None or number 0.

    `has_file` tells whether this PC sent or received its file and knows what the giver's half, a
    receipt or the file itself says: without both there is no record to be made here. `brought` is
    how many operations came into the register, told of a bundle from beside or above while nobody
    has said its counts.
    """

    id: str
    giver: str
    to: str
    seq: int
    sent_on: str
    sent_by: str
    households: int | None
    children: int | None
    incomplete: int | None
    file: str
    bundle_id: str
    received_here: str
    receipts: tuple[Receipt, ...]
    verdicts: tuple[Verdict, ...]
    has_file: bool = True
    #: Who took back here what its bundle brought, and why.
    undone: Undone | None = None
    #: Where its bundle came from seen from here (`below`, `beside`, `above`); empty when none did.
    direction: str = ""
    #: Whether it is this unit's to accept or return: somebody below handed over, and it is here.
    may_decide: bool = False
    #: Whether it was taken in here, and the signed-in account may see what is in it.
    may_look: bool = False
    #: The name of the round the giver stated, "" where it named none that is known here.
    round: str = ""
    brought: int | None = None
    #: Handed over to this unit from below, and its file has not come.
    awaited: bool = False
    #: The sending replica of its bundle, "" when none came here; and where in this PC's log the
    #: record of it began. No clock of anybody's: what comes later stands later.
    line: str = ""
    place: int = 0
    #: Whether the giver has written his half otherwise since it was accepted, or than the bundle
    #: states. Shown is what was accepted, and before that what stands in the bundle.
    rewritten: bool = False
    girls: int | None = None
    #: The id of the round that the giver stated, known here or not.
    round_id: str = ""
    #: (tier, number) of single records that a tier returned which decided nothing about the rest.
    sent_back: tuple[tuple[str, int], ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether any tier has accepted it."""
        return any(one.verdict == ACCEPTED for one in self.verdicts)

    @property
    def stated(self) -> Counts | None:
        """The giver's own counts, None before they have come."""
        if self.households is None:
            return None
        others = (self.children, self.girls, self.incomplete)
        return Counts(self.households, *(one or 0 for one in others))

    def counts_otherwise(self, receipt: Receipt) -> bool:
        """Whether a receipt counts otherwise than the giver, for the very round it stated."""
        said = self.stated
        if said is None or receipt.with_later:
            return False
        return receipt.round == self.round and differs(said, receipt.counts)

    @property
    def moment(self) -> str:
        """When it took place, as far as it is known here: sent, else received, else answered."""
        answered = [*(one.on for one in self.receipts), *(one.on for one in self.verdicts)]
        return self.sent_on or self.received_here or min(filter(None, answered), default="")


class HandoverRegister:
    """Use cases on handovers that took place."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[HandoverView]:
        """Every handover this PC knows of, what came last first (`handover_order`); and every
        bundle that was received from beside or above, whose handover only the giver's next bundle
        tells of, or none ever.
        """
        with self._workplace.store.read() as reading:
            recorded = handover_queries.handovers(reading)
            held = as_held(reading, self._workplace.tree, self._workplace.unit, recorded)
            came = {one.handover: one for one in bundles.incoming(reading)}
            outgoing = bundles.outgoing(reading)
            sent = {one.handover for one in outgoing}
            named = {one.id: one.name for one in round_queries.rounds(reading)}
            untold = [
                one
                for one in came.values()
                if one.handover not in held and one.direction != Direction.BELOW.value
            ]
            files = bundles.manifests(reading, [one.number for one in untold])
            places = handover_queries.beginnings(reading)
            places |= places_of_untold(untold, came.values(), outgoing, places)
            back = self._sent_back(reading)
        views = [
            replace(
                self._view(one, came, named, back, has_file=one.id in sent or one.id in came),
                line=came[one.id].replica if one.id in came else "",
                place=places.get(one.id, 0),
                rewritten=rewritten,
            )
            for one, rewritten in held.values()
        ]
        # Who was enrolled was handed nothing over.
        views += [
            self._untold(one, said.made, named)
            for one, said in ((one, in_file(files[one.number])) for one in untold)
            if said.data
        ]
        return newest_first([(one, places.get(one.id, 0), came.get(one.id)) for one in views])

    def _sent_back(self, reading: Reading) -> Mapping[tuple[str, str], int]:
        """(handover, tier) → how many of its records that tier sent back."""
        tree, found = self._workplace.tree.units, Counter[tuple[str, str]]()
        for (handover, unit), count in handover_queries.sent_back(reading).items():
            if unit in tree:
                found[handover, tree.tier(unit).value] += count
        return found

    def _view(
        self,
        found: RecordView,
        came: Mapping[str, bundles.IncomingBundle],
        rounds: Mapping[str, str],
        back: Mapping[tuple[str, str], int],
        *,
        has_file: bool,
    ) -> HandoverView:
        values = found.values
        incoming = came.get(found.id)
        tiers = answering_tiers(self._workplace.tree, values)
        below = self._is_below(text_of(values, "owner_unit"))
        here = incoming is not None or self._arrived(values)
        return HandoverView(
            found.id,
            text_of(values, "owner_unit"),
            text_of(values, "sent_to") or (self._workplace.unit if incoming else ""),
            number_of(values, "sent_seq") or (incoming.seq if incoming else 0),
            text_of(values, "sent_on"),
            text_of(values, "sent_by"),
            known_number(values, "sent_households"),
            known_number(values, "sent_children"),
            known_number(values, "sent_incomplete"),
            text_of(values, "sent_file") or (incoming.file.name if incoming else ""),
            text_of(values, "_key"),
            _written(incoming.received) if incoming else "",
            tuple(_receipt(values, t, rounds) for t in tiers if values.get(f"received_{t}_on")),
            tuple(
                self._verdict(values, t, back.get((found.id, t), 0))
                for t in tiers
                if values.get(f"verdict_{t}")
            ),
            has_file,
            incoming.undone if incoming else None,
            incoming.direction if incoming else "",
            below and here,
            self._arrived(values) and allows(self._workplace.account.rights, Right.READ),
            round=rounds.get(text_of(values, "sent_round"), ""),
            round_id=text_of(values, "sent_round"),
            girls=known_number(values, "sent_girls"),
            sent_back=tuple(
                (tier, count)
                for tier in tiers
                if (count := back.get((found.id, tier), 0)) and not values.get(f"verdict_{tier}")
            ),
            awaited=below and not here and text_of(values, "sent_to") == self._workplace.unit,
        )

    def _verdict(self, values: Mapping[str, Value], tier: str, sent_back: int) -> Verdict:
        prefix = f"verdict_{tier}"
        verdict, on, by, reason = (
            text_of(values, prefix + rest) for rest in ("", "_on", "_by", "_reason")
        )
        seen = reason_seen(self._workplace, reason)
        return Verdict(tier, verdict, on, by, seen, sent_back, masked=seen != reason)

    def unverified(self) -> HandoverView | None:
        """The oldest handover from below that waits for this unit's verdict."""
        with self._workplace.store.read() as reading:
            waiting = answering.unverified(self._workplace, reading)
        return self._first(waiting)

    def undone(self) -> HandoverView | None:
        """The oldest handover from below that was taken back here and not returned."""
        with self._workplace.store.read() as reading:
            waiting = answering.undone(self._workplace, reading)
        return self._first(waiting)

    def set_aside_above(self) -> HandoverView | None:
        """The oldest handover of this unit that a unit above set aside and did not return."""
        with self._workplace.store.read() as reading:
            aside = answering.set_aside_above(self._workplace, reading)
        return self._first(aside)

    def _first(self, waiting: Sequence[str]) -> HandoverView | None:
        views = {one.id: one for one in self.list()} if waiting else {}
        return next((views[one] for one in waiting if one in views), None)

    def undone_but_accepted(self) -> HandoverView | None:
        """The oldest handover whose bundle was taken back here and accepted by this unit."""
        with self._workplace.store.read() as reading:
            found = [one.handover for one in undone_but_accepted(self._workplace, reading)]
        views = {one.id: one for one in self.list()} if found else {}
        return next((views[one] for one in found if one in views), None)

    def owed_to(self) -> str:
        """The unit right below that waits longest for a receipt or return, "" for none."""
        with self._workplace.store.read() as reading:
            return next(iter(answering.owed_to(self._workplace, reading)), "")

    def _untold(
        self, came: bundles.IncomingBundle, made: str, rounds: Mapping[str, str]
    ) -> HandoverView:
        """A received bundle of whose handover nothing is known here but what it says itself."""
        said, _ = with_stated({}, None if came.stated is None else read_kept(came.stated))
        return HandoverView(
            id=came.handover,
            giver=came.unit,
            to=self._workplace.unit,
            seq=came.seq,
            sent_on=made,
            sent_by=text_of(said, "sent_by"),
            households=known_number(said, "sent_households"),
            children=known_number(said, "sent_children"),
            incomplete=known_number(said, "sent_incomplete"),
            file=came.file.name,
            bundle_id=came.bundle_id.hex(),
            received_here=_written(came.received),
            receipts=(),
            verdicts=(),
            has_file=is_told_by_file(came),
            undone=came.undone,
            direction=came.direction,
            brought=came.intake.accepted,
            round=rounds.get(text_of(said, "sent_round"), ""),
            girls=known_number(said, "sent_girls"),
        )

    def _is_below(self, giver: str) -> bool:
        here = self._workplace.unit
        return direction_of(self._workplace.tree, giver, here) is Direction.BELOW

    def accept(self, handover: str) -> HandoverView:
        """This tier accepts the handover as a whole.

        One that went to another unit only after that unit accepted it. Raises KnownError
        `handover.…`.
        """
        return self.settle(handover, (), ACCEPTED)

    def return_(self, handover: str, reason: str, records: Sequence[str] = ()) -> HandoverView:
        """Send the handover, or single records of it, back with a reason.

        With records named nothing is decided about the handover as a whole. Raises KnownError
        `handover.no_reason`, `handover.foreign_record`, `records.unknown`.
        """
        said = reason.strip()
        if records:
            return self.settle(handover, [SendBack(one, said) for one in records])
        return self.settle(handover, (), RETURNED, said)

    def settle(
        self, handover: str, back: Sequence[SendBack], verdict: str = "", reason: str = ""
    ) -> HandoverView:
        """In one act: send single records back, and decide about the handover as a whole
        (`accepted`: about all of it but what is sent back, "" for not yet).

        The records keep what they are; a review on each tells the writer what to look at and
        carries the reason. What was sent back so already, and was not answered, is not said twice.
        Raises KnownError `handover.no_reason`, `handover.nothing_decided`, `handover.not_arrived`,
        `handover.undone` while what its bundle brought is taken back here: then it is returned as
        a whole or not decided about; `handover.undone_before` while an earlier bundle is on which
        accepting would stand; `handover.undone_beside` while another PC of this unit has it taken
        back; `handover.foreign_record`, `records.unknown`.
        """
        if not all(one.reason.strip() for one in back) or (verdict == RETURNED and not reason):
            raise KnownError("handover.no_reason", "handover.no_reason_hint")
        if not back and not verdict:
            raise KnownError("handover.nothing_decided", "handover.nothing_decided_hint")
        workplace = self._workplace
        workplace.require(Right.HANDOVER)
        with workplace.write() as work:
            found = found_handover(work.connection, handover)
            handover = found.id
            if text_of(found.values, "owner_unit") == workplace.unit:
                raise KnownError("handover.own", "handover.own_hint")
            self._refuse_unarrived(work.connection, found)
            if back or verdict != RETURNED:
                _refuse_undone(work.connection, found)
            if verdict == ACCEPTED:
                self._refuse_undelivered(work.connection, found)
                self._refuse_undone_before(work.connection, found)
                if set_aside_by(found.values, (workplace.tier.value,)):
                    raise KnownError("handover.undone_beside", "handover.undone_beside_hint")
            if back:
                units = units_of(workplace, work.connection, handover, found.values)
                reached = reach(workplace.tree, units)
                sent = sent_back_by(
                    work.connection, workplace.unit, reached, workplace.scope_units(None)
                )
                standing = {
                    (one.record, one.review.values.get("reason"), one.review.values.get("rule"))
                    for one in sent
                    if not one.answered_by
                }
                for one in back:
                    self._review(work, one, handover, units, standing)
            if verdict:
                self._decide(work, found, verdict, reason)
            work.audit(f"handover.{verdict or RETURNED}", handover=handover, records=len(back))
            work.commit()
        return next(one for one in self.list() if one.id == handover)

    def _decide(self, work: UnitOfWork, found: RecordView, verdict: str, reason: str) -> None:
        workplace, tier = self._workplace, self._workplace.tier.value
        now = datetime.fromtimestamp(workplace.clock(), tz=UTC)
        values: dict[str, Value] = {
            f"verdict_{tier}": verdict,
            f"verdict_{tier}_on": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"verdict_{tier}_by": workplace.account.full_name,
            f"verdict_{tier}_reason": reason or None,
        }
        work.record(Change("handover", values, id=found.id, base=found.heads, loaded=found.values))

    def _arrived(self, values: Mapping[str, Value]) -> bool:
        """Whether another PC of this unit took it in, or it came with a bundle that passed it on:
        who gave it cannot write this tier's receipt.
        """
        return bool(values.get(f"received_{self._workplace.tier.value}_on"))

    def _refuse_unarrived(self, reading: Reading, found: RecordView) -> None:
        """A record of a handover travels with the next bundle, whatever became of its own: nobody
        decides about a file that is not here, or never was.
        """
        if not bundles.incoming(reading, [found.id]) and not self._arrived(found.values):
            giver = text_of(found.values, "owner_unit")
            raise KnownError("handover.not_arrived", "handover.not_arrived_hint", giver=giver)

    def _refuse_undelivered(self, reading: Reading, found: RecordView) -> None:
        here = self._workplace.unit
        to = text_of(found.values, "sent_to")
        if to == here or bundles.incoming(reading, [found.id]):
            return
        if not accepting_tiers(self._workplace.tree, found.values):
            giver = text_of(found.values, "owner_unit")
            raise KnownError(
                "handover.not_delivered",
                "handover.not_delivered_hint",
                giver=giver,
                to=to or (self._workplace.tree.parent(giver) or ""),
            )

    def _refuse_undone_before(self, reading: Reading, found: RecordView) -> None:
        """A handover that is accepted covers what had come before it, so that has to count."""
        before = undone_under(self._workplace, reading, found)
        if before:
            first = before[0]
            raise KnownError(
                "handover.undone_before",
                "handover.undone_before_hint",
                count=len(before),
                seq=first.seq,
                unit=first.unit,
            )

    def _review(
        self,
        work: UnitOfWork,
        back: SendBack,
        handover: str,
        units: Sequence[str],
        standing: Collection[tuple[str, Value, Value]],
    ) -> None:
        record = id_named(self._workplace.handles, work.connection, back.record)
        entity = register.entity_of(work.connection, record)
        found = None if entity is None else register.record(work.connection, entity, record)
        if found is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=back.record)
        if ENTITIES[found.entity].family is Family.SUB:
            # A return goes to the page that the part stands on: that is what is in somebody's
            # scope, opens at the clerk's and is answered. Which part it is the reason says.
            record = text_of(found.values, "record")
            entity = register.entity_of(work.connection, record)
            page = None if entity is None else register.record(work.connection, entity, record)
            if page is None:
                raise KnownError("records.unknown", "records.unknown_hint", id=back.record)
            found = page
        if not within(work.connection, reach(self._workplace.tree, units), [record]):
            raise KnownError(
                "handover.foreign_record",
                "handover.foreign_record_hint",
                id=back.record,
                unit=", ".join(units),
            )
        reason = back.reason.strip()
        if (record, reason, back.field or None) in standing:
            return
        today = self._workplace.today().isoformat()
        work.record(
            Change(
                "review",
                {
                    "record": record,
                    "result": RETURNED,
                    "reason": reason,
                    "reviewer": self._workplace.account.full_name,
                    "reviewed_on": today,
                    "rule": back.field or None,
                    "handover": handover,
                    "reviewed_heads": sorted(head.hex() for head in found.heads),
                },
            )
        )

    # --- the record -------------------------------------------------------------------------

    def document(self, handover: str, *, blank_people: bool = False) -> Document:
        """The handover record as a document. Raises KnownError `handover.…`."""
        self._workplace.require(Right.PRINT)
        facts = self.facts(handover, blank_people=blank_people)
        return handover_record(facts, document_texts("handover_record"))

    def print(
        self, handover: str, put: Callable[[Document], None], *, blank_people: bool = False
    ) -> None:
        """Let the handover record be written by `put`; what it raises stops this. That it was
        printed is on record once it stands. Raises KnownError `handover.…`.
        """
        self._workplace.require(Right.PRINT)
        with self._workplace.store.read() as reading:
            handover = known_handover(reading, self._workplace.unit, handover).id
        put(self.document(handover, blank_people=blank_people))
        self._workplace.audit("handover.printed", handover=handover)

    def facts(self, handover: str, *, blank_people: bool = False) -> HandoverFacts:
        """Everything the record says. Raises KnownError `handover.…`."""
        return facts_of(self._workplace, handover, blank_people=blank_people)


def _refuse_undone(reading: Reading, found: RecordView) -> None:
    """Nothing that was taken out of this register again is accepted, nor sent back by the record:
    there is no record. The giver may be told that it has to send anew.
    """
    if any(one.undone is not None for one in bundles.incoming(reading, [found.id])):
        raise KnownError("handover.undone", "handover.undone_hint")


def _receipt(values: Mapping[str, Value], tier: str, rounds: Mapping[str, str]) -> Receipt:
    prefix = f"received_{tier}_"
    names = ("households", "children", "girls", "incomplete", "refused", "waiting")
    counts = {name: number_of(values, prefix + name) for name in names}
    return Receipt(
        tier,
        text_of(values, prefix + "on"),
        text_of(values, prefix + "by"),
        **counts,
        round=rounds.get(text_of(values, prefix + "round"), ""),
        round_id=text_of(values, prefix + "round"),
        set_aside=bool(set_aside_by(values, (tier,))),
        with_later=is_with_later(values, tier),
    )


def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
