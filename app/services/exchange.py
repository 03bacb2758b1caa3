"""Sealing a delivery into a file and reading one in: shared by handovers and enrolment.

Neither commits: the caller's transaction decides. What a delivery holds is `app.sync`'s, who may
read it is decided here by verified certificates alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from app import __version__
from app.crypto.certificate import Certificate
from app.errors import KnownError
from app.history.door import Direction
from app.history.operation import encode_line
from app.ids import derived_id
from app.models import audit, bundles, lines, scope_out
from app.models import trust as store_trust
from app.models.bulk import rare_collections
from app.models.bundles import Evidence, Intake
from app.models.lines import NO_NUMBERS, Continuity, FileFacts, Numbers
from app.models.log import last_position
from app.models.queries import counting, totals
from app.models.queries.handovers import Return
from app.models.queries.sending import Acknowledgement, Span
from app.models.store import Reading
from app.models.trust import TrustKind
from app.models.work import UnitOfWork
from app.services import receipts, trust
from app.services.certificates_below import certificates_below
from app.services.duplicates import note_new
from app.services.handover_people import Signers
from app.services.handover_scope import in_line, is_whole, outermost, reach, units_to
from app.services.handover_stated import total_of
from app.services.handover_unfinished import finish_arrived
from app.services.reference_data.unused import Unused, unusable, unused
from app.services.reference_signing import ReferenceCheck
from app.services.returns_above import returns_from_above
from app.services.stations import short_station
from app.services.workplace import Progress, Workplace
from app.sync.apply import Renewal, apply_delivery
from app.sync.bundle_reader import VerifiedBundle
from app.sync.bundle_writer import Draft, SealedBundle, recipient_of, seal
from app.sync.delivery import Delivery, collect, direction_of
from app.sync.files import file_sha256, world_failed
from app.sync.manifest import MAX_RECIPIENTS, Kind, LogRange, Recipient, Role, Totals
from app.sync.manifest import Acknowledgement as ManifestAcknowledgement
from app.sync.refusal import BundleRefused, Refusal
from app.sync.stated import StatedCounts, kept

_STEP = 1000
_NOBODY = Signers()
#: How many PCs of one unit are enrolled at most: a bundle goes to all of them, and to the escrow
#: keys of the units above as well.
MOST_PCS = MAX_RECIPIENTS - 4


@dataclass(frozen=True, slots=True)
class Sealing:
    """What to seal for whom. With `only_to` the bundle goes to that one PC (an enrol reply).

    `when` is the moment it is to bear; without one the effective time. `stated` are the counts that
    a handover states.
    """

    to: str
    kind: Kind = Kind.DATA
    only_to: Certificate | None = None
    extra: tuple[Certificate, ...] = ()
    when: datetime | None = None
    stated: StatedCounts | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file on the internal disk and the delivery it holds."""

    bundle: SealedBundle
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Received:
    """What a bundle came to, for people and for `--json`.

    `unchanged` are households and children that came and look as before. `waiting` and `refused`
    are operations that stand so since this bundle, brought by it or known before; among them
    `turned_refused` that the sender, a unit above, refuses, and `turned_waiting` that were in the
    register and build on such. `stated` are the giver's counts in the bundle, and `counted` what is
    counted here after taking it in, of a bundle from below.
    """

    handover: str
    sender: str
    seq: int
    bundle_id: str
    households_new: int
    children_new: int
    households_changed: int
    children_changed: int
    unchanged: int
    conflicts: int
    waiting: int
    refused: int
    continuity: Continuity
    alarm: bool
    renewed: Renewal | None = None
    returned: tuple[Return, ...] = ()
    unused: tuple[Unused, ...] = ()
    #: The day the bundle says it was made, where that day has not come here yet.
    ahead: date | None = None
    #: Units above have written that day already: it is the clock of this PC that is wrong.
    clock_behind: bool = False
    turned_refused: int = 0
    turned_waiting: int = 0
    #: The numbers under which went what has not come, where the bundle leaves a gap.
    missing: Numbers = NO_NUMBERS
    stated: counting.Counts | None = None
    counted: counting.Counts | None = None
    #: It was not counted by itself: what was handed over later is in the register here already.
    with_later: bool = False
    #: Pairs of children that the program called one child, because of what came.
    recorded: int = 0

    @property
    def new(self) -> int:
        """Households and children that were not here before."""
        return self.households_new + self.children_new

    @property
    def changed(self) -> int:
        """Households and children that look different now."""
        return self.households_changed + self.children_changed

    @property
    def needs_a_person(self) -> bool:
        """Whether something waits for a decision (exit code 4)."""
        return bool(self.waiting or self.refused or self.conflicts)


def refuse_unreachable(workplace: Workplace, to: str) -> None:
    """Refuse a unit that `seal_bundle` cannot seal a bundle to, before anything is counted for it.

    Raises KnownError
    `enrol.not_enrolled`, `handover.no_recipient`, `handover.none_active`, `handover.not_in_line`,
    `handover.too_many_pcs`.
    """
    _refuse_out_of_line(workplace, to)
    with workplace.store.read() as reading:
        _keys, certificate = trust.enrolled_keys(workplace, reading)
        _recipients(reading, Sealing(to), certificate)


def _refuse_out_of_line(workplace: Workplace, to: str) -> None:
    if not in_line(workplace, to):
        raise KnownError("handover.not_in_line", "handover.not_in_line_hint", unit=to)


def seal_bundle(
    workplace: Workplace,
    sealing: Sealing,
    target: Path,
    progress: Progress,
    also: Callable[[UnitOfWork, Sealed], None] = lambda _work, _sealed: None,
    may_go: Callable[[SealedBundle], None] = lambda _sealed: None,
) -> Sealed:
    """Seal everything `sealing.to` has not acknowledged into the file `target` and note it as sent.

    `may_go` raises where the file cannot leave this disk: then its number is not given out. One
    transaction notes the bundle, and whatever `also` writes, before it can leave: a number that
    was given out is never given out again, even if the power fails before the stick. Raises
    KnownError
    `enrol.not_enrolled`, `handover.no_recipient`, `handover.none_active`, `handover.not_in_line`,
    `handover.too_many_pcs`.
    """
    store, tree = workplace.store, workplace.tree
    _refuse_out_of_line(workplace, sealing.to)
    with store.read() as reading:
        keys, certificate = trust.enrolled_keys(workplace, reading)
        recipients = _recipients(reading, sealing, certificate)
        certs = trust.certificate_member(
            reading,
            certificate,
            sealing.to,
            tree.below(workplace.unit),
            _extra(workplace, reading, sealing),
            certificates_below(workplace, reading, sealing.to),
        )
        chain_head = audit.head(reading)
        only = sealing.only_to
        units = (
            units_to(workplace, reading, sealing.to)
            if only is None
            else outermost(tree, [sealing.to, *(str(one) for one in only.scope)])
        )
    within = None if is_whole(workplace, sealing.to, units) else reach(tree, units)
    delivery = collect(store, tree, sealing.to, keys.station, read_body=False, within=within)
    effective, suspect = trust.effective_time(workplace)
    when = sealing.when or effective
    draft = Draft(
        sealing.kind,
        delivery.replica,
        recipients,
        delivery.seq,
        None if delivery.prev is None else delivery.prev.hex(),
        LogRange(delivery.span.start, delivery.span.end),
        [
            ManifestAcknowledgement(a.unit, a.replica, a.sender, a.seq, a.bundle_id.hex())
            for a in delivery.acknowledgements
        ],
        when,
        suspect,
        f"sotreem {__version__}",
        chain_head.hex(),
        delivery.not_delivered,
        sealing.stated,
    )

    def touched() -> Totals:
        with store.read() as reading:
            return Totals(*totals.touched(reading, delivery.span, within))

    try:
        sealed = seal(
            target,
            draft,
            keys.signing,
            certs,
            _lines(delivery, progress),
            touched,
            delivery.refused,
            delivery.forks,
            delivery.left,
        )
    except OSError as error:
        raise world_failed(error, target) from error
    may_go(sealed)
    with workplace.write() as work:
        header = delivery.header(bytes.fromhex(sealed.bundle_id))
        scope_out.note(work.connection, delivery.replica, sealing.to, delivery.about)
        lines.note_sent(
            work.connection,
            header,
            sealing.to,
            FileFacts(target.name, sealed.size, sealed.sha256, certificate.sha256),
            int(when.timestamp()),
            None if sealed.stated is None else kept(sealed.stated),
        )
        work.audit("bundle.sealed", bundle=sealed.bundle_id[:16], to=sealing.to, seq=delivery.seq)
        done = Sealed(sealed, delivery)
        also(work, done)
        work.commit()
    return done


def _lines(delivery: Delivery, progress: Progress) -> Iterator[tuple[bytes, bytes]]:
    total = delivery.span.end - delivery.span.start
    for done, operation in enumerate(delivery.operations(), 1):
        if done % _STEP == 0:
            progress.step(done, total)
        yield operation.op_id, encode_line(operation)


def _recipients(reading: Reading, sealing: Sealing, own: Certificate) -> list[Recipient]:
    """Every active PC of the unit, and the escrow keys known here."""
    if sealing.only_to is not None:
        found = [recipient_of(sealing.only_to)]
    else:
        # Two authorities may have certified one station id: the older word stands while it lasts.
        rows = sorted(store_trust.stations(reading, [sealing.to]), key=lambda row: -row.not_after)
        found = [
            Recipient(row.station, row.unit, row.age, Role.TO)
            for row in {row.station: row for row in rows if row.station != own.station}.values()
        ]
    if not found:
        gone = store_trust.stations(reading, [sealing.to], active_only=False)
        if any(row.station != own.station for row in gone):
            # No bundle of theirs would be taken in: waiting for one helps nobody.
            raise KnownError("handover.none_active", "handover.none_active_hint", unit=sealing.to)
        raise KnownError("handover.no_recipient", "handover.no_recipient_hint", unit=sealing.to)
    for row in store_trust.rows(reading, TrustKind.ESCROW):
        unit, _, age = row.content.decode().partition(" ")
        found.append(Recipient(row.name, unit, age, Role.ESCROW))
    if len(found) > MAX_RECIPIENTS:
        raise KnownError(
            "handover.too_many_pcs",
            "handover.too_many_pcs_hint",
            unit=sealing.to,
            count=sum(one.role is Role.TO for one in found),
            most=MOST_PCS,
        )
    return found


def _extra(workplace: Workplace, reading: Reading, sealing: Sealing) -> list[Certificate]:
    """Certificates besides the sender's own path: what was issued, and for a new PC the root."""
    extra = list(sealing.extra)
    if sealing.kind is Kind.ENROL_REPLY:
        extra += trust.trust_of(workplace, reading).roots
    return extra


def read_in(
    workplace: Workplace,
    work: UnitOfWork,
    bundle: VerifiedBundle,
    file: FileFacts,
    progress: Progress,
    signers: Signers = _NOBODY,
) -> Received:
    """Take a verified bundle in, in the caller's transaction; what it teaches about trust as well.
    `signers` are the people whom a receipt for it names.

    Raises BundleRefused when the payload turns out bad half way: the caller must not commit then.
    """
    connection, tree = work.connection, workplace.tree
    manifest = bundle.manifest
    delivery, stated = _delivery_of(bundle), bundle.stated()
    direction = direction_of(tree, delivery.unit, workplace.unit)
    if direction is None:
        raise KnownError("handover.not_in_line", "handover.not_in_line_hint", unit=delivery.unit)
    bundle_id = bytes.fromhex(bundle.bundle_id)
    _must_be_its_own_line(workplace, connection, delivery, file.name)
    number = lines.next_bundle_number(connection)
    position = last_position(connection)
    before = counting.open_conflicts(connection, workplace.tier.value)
    known = unusable(connection)
    total = manifest.ops

    def step(done: int) -> None:
        progress.step(done, total)

    ahead, clock_behind = ahead_of(workplace, manifest.created)
    # What the file teaches about trust comes first: its operations are judged by it.
    if direction is not Direction.BELOW:
        trust.take_roots(workplace, work, bundle.certs)
    trust.take_sender(work, bundle.sender, bundle.certs, trust.effective_time(workplace)[0])
    with rare_collections():
        check = ReferenceCheck(workplace, connection)
        outcome = apply_delivery(
            work,
            delivery,
            tree,
            number,
            bundle_id=bundle_id,
            scope=[str(one) for one in bundle.sender.certificate.scope],
            reference_signed=check,
            supersedes=check.supersedes,
            signed_here=trust.own_signature(workplace, connection),
            on_progress=step,
            tree_now=partial(workplace.tree_in, work),
        )
    if outcome.renewed is not None:
        work.audit(
            "replica.renewed", reason=outcome.renewed.value, given_up=workplace.store.replica
        )
    trust.take_word(work, bundle.sender, newest=outcome.newest)
    if direction is Direction.ABOVE:
        created = datetime.fromisoformat(manifest.created)
        trust.hear_clock(workplace, work, delivery.station, created, newest=outcome.newest)
    handover = derived_id(delivery.unit, bundle.bundle_id)
    bundles.note_received(
        connection,
        number,
        delivery.header(bundle_id),
        direction.value,
        Intake(
            outcome.operations,
            outcome.accepted,
            outcome.known,
            outcome.waiting,
            outcome.refused,
            outcome.continuity is Continuity.FORK,
        ),
        Evidence(bundle.manifest_bytes, bundle.signature, bundle.certs),
        file,
        handover=handover,
        received=int(workplace.clock()),
        received_by=workplace.account.full_name,
        stated=None if stated is None else kept(stated),
    )
    finish_arrived(workplace, work, delivery.unit, delivery.acknowledgements)
    # A receipt counts what counts from here on. What a new PC begins with was looked at before.
    as_data = manifest.kind is Kind.DATA
    recorded = note_new(workplace, work, position) if as_data else 0
    if direction is Direction.BELOW:
        scope = [str(one) for one in bundle.sender.certificate.scope]
        units = outermost(tree, [one for one in scope if tree.exists(one)])
        receipts.write(workplace, work, handover, bundle, units, outcome, signers)
        receipts.write_for_relayed(workplace, work, position, bundle)
    receipts.write_for_freed(workplace, work)
    work.audit(
        "bundle.received",
        bundle=bundle.bundle_id[:16],
        sender=delivery.unit,
        seq=delivery.seq,
        accepted=outcome.accepted,
        waiting=outcome.waiting,
        refused=outcome.refused,
    )
    return Received(
        handover,
        delivery.unit,
        delivery.seq,
        bundle.bundle_id,
        outcome.households_new,
        outcome.children_new,
        outcome.households_changed,
        outcome.children_changed,
        outcome.unchanged,
        max(0, counting.open_conflicts(connection, workplace.tier.value) - before),
        outcome.waiting + outcome.newly_waiting + outcome.late_waiting,
        outcome.refused + outcome.newly_refused + outcome.late_refused,
        outcome.continuity,
        outcome.alarm,
        outcome.renewed,
        tuple(one for one in returns_from_above(workplace, connection) if one.position > position),
        tuple(unused(connection, known)),
        ahead=ahead,
        clock_behind=clock_behind,
        turned_refused=outcome.newly_refused,
        turned_waiting=outcome.newly_waiting,
        missing=outcome.missing,
        stated=None if stated is None else total_of(stated),
        counted=(
            receipts.counted_here(workplace, work, handover)
            if direction is Direction.BELOW
            else None
        ),
        with_later=(
            direction is Direction.BELOW and receipts.is_said_with_later(workplace, work, handover)
        ),
        recorded=recorded,
    )


def ahead_of(workplace: Workplace, created: str) -> tuple[date | None, bool]:
    """The day of a claimed moment that lies more than a day after this PC's clock, and whether
    units above have written a moment as late: then the clock of this PC is wrong.
    """
    claimed, (known, _suspect) = datetime.fromisoformat(created), trust.effective_time(workplace)
    now = datetime.fromtimestamp(int(workplace.clock()), tz=UTC)
    if claimed <= now + timedelta(days=1):
        return None, False
    return claimed.date(), claimed <= known + timedelta(days=1)


def _must_be_its_own_line(
    workplace: Workplace, reading: Reading, delivery: Delivery, name: str
) -> None:
    """A replica lives on one PC and a PC in one unit, as they were first heard of.

    The station id was chosen by whoever asked for the certificate, the replica id by whoever wrote
    the bundle: naming another PC's would tear that one's line apart. Of two that write under one
    replica id nobody can tell whose it was before, so the second one is told who came first, and to
    take another id: a restored register has a new one, and sends everything once more.
    """
    own = (workplace.store.setting(trust.STATION), workplace.unit)
    mine = delivery.replica == workplace.store.replica
    home = own if mine else lines.home_of(reading, delivery.replica)
    if home is not None and home != (delivery.station, delivery.unit):
        station, unit = home
        raise BundleRefused(
            *(Refusal.SENDER_DIFFERS, name, "replica"), first=short_station(station), holder=unit
        )
    known = (
        own[1] if delivery.station == own[0] else lines.unit_of_station(reading, delivery.station)
    )
    if known is not None and known != delivery.unit:
        raise BundleRefused(Refusal.SENDER_DIFFERS, name, "station")


def file_facts(bundle: VerifiedBundle, file: Path, sha256: str = "") -> FileFacts:
    """A verified bundle as a file; `sha256` when it is known already."""
    return FileFacts(
        file.name,
        file.stat().st_size,
        sha256 or file_sha256(file),
        bundle.sender.certificate.sha256,
    )


def _delivery_of(bundle: VerifiedBundle) -> Delivery:
    manifest, said = bundle.manifest, bundle.statements()
    return Delivery(
        manifest.sender.replica,
        manifest.sender.station,
        manifest.sender.unit,
        str(manifest.receiving_unit),
        manifest.seq,
        None if manifest.prev is None else bytes.fromhex(manifest.prev),
        Span(manifest.log.start, manifest.log.to),
        [
            Acknowledgement(a.unit, a.replica, a.sender, a.seq, bytes.fromhex(a.manifest_sha256))
            for a in manifest.acks
        ],
        said.refused,
        bundle.operations,
        said.forks,
        said.left,
    )
