"""Enrolment without a line: request, check code compared by telephone, reply.

The PC makes its keys and a request file; the upper unit opens it, the two people compare the code,
the upper unit issues; the reply is an ordinary bundle sealed to the new PC that also carries the
root, recognised by the fingerprint on the printed sheet. A unit that enrols others itself sends a
second request for its own authority along, whose key never leaves its PC.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.crypto.age import X25519Identity, X25519Recipient
from app.crypto.authority import certify_authority, issue_station
from app.crypto.certificate import (
    ROLE_AUTHORITY,
    Certificate,
    ChainFailure,
    ChainReason,
    key_identifier,
    parse_certificate,
)
from app.crypto.certificate_file import parse_certificates
from app.crypto.chain import Trust, with_vouched_roots
from app.crypto.check_code import check_code, same_code
from app.crypto.enrolment import StationRequest, make_request, read_request
from app.crypto.keyslots import encode_keyslots
from app.crypto.signatures import SigningKey
from app.errors import KnownError
from app.history.door import Direction
from app.ids import new_id
from app.models import trust as store_trust
from app.models.lines import FileFacts
from app.models.queries.references import provisional_units, put_provisional_units
from app.models.store import Reading
from app.models.trust import TrustKind, TrustRow
from app.models.work import UnitOfWork
from app.plain_files import FileTooLarge, is_folder, read_small
from app.services import revocations, trust
from app.services.authority import AuthorityDesk
from app.services.catalogues import read_catalogue
from app.services.enrolment_state import RENEWAL, EnrolmentState, enrolment_state
from app.services.exchange import MOST_PCS, Received, Sealing, file_facts, read_in, seal_bundle
from app.services.held_certificate import HeldCertificate, held_certificate
from app.services.home import OUTGOING, refuse_own_folder, write_secret
from app.services.installation import read_keyslots
from app.services.issuing_day import issuing_time
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import OwnStation, VerifiedBundle, examine_bundle, open_bundle
from app.sync.delivery import direction_of
from app.sync.files import copy_out, private_copy, write_new_file
from app.sync.manifest import Kind, Role
from app.sync.refusal import BundleRefused, Refusal

MAXREQUEST_FILE = 64 * 1024
REQUEST = "request"
#: What opening somebody else's reply comes to.
_FOR_ANOTHER = (
    Refusal.NOT_FOR_THIS_UNIT,
    Refusal.NOT_FOR_THIS_STATION,
    Refusal.RECIPIENT_KEY,
    Refusal.CANNOT_DECRYPT,
)
_ROLE = re.compile(r"[a-z][a-z-]{0,31}")
_BLOCK = re.compile(
    rb"-----BEGIN CERTIFICATE REQUEST-----\n.*?-----END CERTIFICATE REQUEST-----\n", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Requested:
    """The request file and the code that both people must read to each other."""

    path: Path
    check_code: str
    station: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """What a request file says, before anything is issued.

    `held`: what the PC is certified for already; `units` and `role` are what it gets unless
    somebody says otherwise, the role empty where none bounds it.
    """

    unit: str
    station: str
    wants_authority: bool
    check_code: str
    held: HeldCertificate | None
    units: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Granted:
    """The reply file, what was certified until when, and the root's fingerprint for the sheet.

    `units` is the scope, `unit` the first of it; `role` is the tier where no role was named.
    `ends_with_authority`: the certificate is shorter than others, for the authority ends then.
    `authority_revoked`: the unit's own authority was asked for again and is revoked: the PC alone
    was certified.
    """

    path: Path
    unit: str
    station: str
    root_fingerprint: str
    units: tuple[str, ...]
    role: str
    until: date
    ends_with_authority: bool
    authority_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the new PC became. `lacks_authority`: it belongs to a unit that enrols others, and got
    no authority of its own, as a further PC of a unit that has one.
    """

    unit: str
    role: str
    valid_until: str
    received: Received
    lacks_authority: bool = False


class EnrolmentDesk:
    """Use cases of enrolment, on both sides."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._authority = AuthorityDesk(workplace)

    def state(self) -> EnrolmentState:
        """How far the enrolment of this PC is, and until when its certificate lasts."""
        with self._workplace.store.read() as reading:
            return enrolment_state(self._workplace, reading)

    def request(self, out: Path, passphrase: str) -> Requested:
        """Make this PC's keys (once) and write its request to `out`.

        `passphrase` seals the authority key of a unit that has units below it. Asking again gives
        the same keys and the same code. An enrolled PC asks for a renewal when its certificate ends
        soon: for itself alone, with the keys it has, so that bundles on their way still open.
        Raises KnownError `files.no_folder`, `files.own_folder`, `enrol.already`,
        `enrol.renews_itself`, `files.…`.
        """
        workplace = self._workplace
        workplace.require_own_certificate()
        workplace.must_be_real()
        _must_leave(workplace, out)
        with workplace.write() as work:
            enrolled = _held(work.connection)
            if enrolled is not None and not self._in_last_months(enrolled):
                raise KnownError("enrol.already", "enrol.already_hint")
            content = store_trust.content(work.connection, TrustKind.KEY, REQUEST)
            if content is None:
                content = self._new_request(work, passphrase)
            if enrolled is not None and not self._authority.has_key:
                # A further PC of a unit has no authority to be renewed with its certificate.
                content = _BLOCK.findall(content)[0]
            code = check_code(content)
            work.audit("enrol.requested")
            work.commit()
        write_new_file(out, content)
        return Requested(out, code, workplace.store.setting(trust.STATION))

    def _in_last_months(self, own: Certificate) -> bool:
        return own.not_after - trust.effective_time(self._workplace)[0] <= RENEWAL

    def _new_request(self, work: UnitOfWork, passphrase: str) -> bytes:
        workplace = self._workplace
        unit = trust.unit_refs([workplace.unit])[0]
        signing, identity, station = SigningKey.generate(), X25519Identity.generate(), new_id()
        content = make_request(signing, identity.recipient, station, unit)
        if workplace.tree.units.children(workplace.unit):
            own = self._authority.make_pending_key(passphrase)
            content += make_request(own, identity.recipient, station, unit)
        for name, kept in (
            (trust.SIGNING_KEY, signing.to_bytes()),
            (trust.AGE_KEY, identity.text.encode()),
            (REQUEST, content),
        ):
            store_trust.put(work.connection, TrustRow(TrustKind.KEY, name, 0, kept))
        workplace.store.put_settings(work, {trust.STATION: station})
        return content

    def inspect(self, file: Path) -> RequestView:
        """Read a request file. Raises KnownError `enrol.bad_request`."""
        return self._view(*_read_requests(file))

    def _view(self, content: bytes, requests: Sequence[StationRequest]) -> RequestView:
        first = requests[0]
        asked = str(first.unit)
        with self._workplace.store.read() as reading:
            held = held_certificate(reading, first)
        units = (asked,) if held is None else self._still_below(asked, held.units)
        role = "" if held is None else held.role
        code = check_code(content)
        return RequestView(asked, first.station, len(requests) > 1, code, held, units, role)

    def _still_below(self, asked: str, units: Sequence[str]) -> tuple[str, ...]:
        """The unit that asks, and of these units those that may still be certified here."""
        tree = self._workplace.tree
        good = (
            one for one in units if tree.exists(one) and tree.covers([self._workplace.unit], one)
        )
        return tuple(dict.fromkeys((asked, *good)))

    def grant(
        self,
        file: Path,
        out: Path,
        *,
        passphrase: str,
        compared: str,
        units: Sequence[str] = (),
        role: str | None = None,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> Granted:
        """Issue a certificate for a request and write the reply to `out`.

        `units` is the scope (`CODE@EDITION`); the unit the PC asks for must be among them, for no
        other is accepted there. `role` bounds the PC, an empty one does not. What is not said is as
        `inspect` tells: as in the PC's newest certificate. `compared` is the code as the other
        person read it: nothing is issued without it, or a file exchanged on its way would be
        certified unseen. `today` is the day, asked for where this PC's clock may be wrong. Raises
        KnownError `files.no_folder`, `files.own_folder`, `enrol.bad_request`, `enrol.no_code`,
        `enrol.code_differs`, `enrol.not_below`, `enrol.asked_for_other`, `enrol.station_taken`,
        `enrol.unit_full`, `issuing.…`, `authority.…`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        workplace.must_be_real()
        _must_leave(workplace, out)
        content, requests = _read_requests(file)
        if not compared.strip():
            raise KnownError("enrol.no_code", "enrol.no_code_hint", file=file.name)
        if not same_code(compared, check_code(content)):
            raise KnownError("enrol.code_differs", "enrol.code_differs_hint", file=file.name)
        seen = self._view(content, requests)  # of the bytes whose code was compared
        scope = tuple(dict.fromkeys(units)) or seen.units
        role = seen.role if role is None else role
        for unit in scope:
            workplace.tree.units.unit(unit)
            if not workplace.tree.covers([workplace.unit], unit):
                raise KnownError("enrol.not_below", "enrol.not_below_hint", unit=unit)
        asked = str(requests[0].unit)
        if asked not in scope:
            raise KnownError(
                "enrol.asked_for_other", "enrol.asked_for_other_hint", asked=asked, unit=scope[0]
            )
        scope = tuple(dict.fromkeys((asked, *scope)))
        if role and (not _ROLE.fullmatch(role) or role == ROLE_AUTHORITY):
            raise KnownError("enrol.bad_role", "enrol.bad_role_hint", role=role)
        self._must_be_its_own_station(requests[0], scope[0])
        self._must_not_be_revoked(requests)
        self._must_have_room(requests[0], scope[0])
        when = issuing_time(workplace, today)
        issuer = self._authority.open(passphrase)
        refs = trust.unit_refs(scope)
        tier = workplace.tree.tier(scope[0])
        own = issue_station(issuer, requests[0], refs, role or tier, when)
        extra: list[Certificate] = [own]
        # One's own unit has its authority: this one, whose key files may be carried over.
        apart = asked != workplace.unit
        asks = len(requests) > 1 and issuer.certificate.path_length and apart
        lost = asks and self._is_revoked_authority(requests[1])
        if asks and not lost:
            extra.append(certify_authority(issuer, requests[1], refs, when))
        with workplace.write() as work:
            trust.note_station(work, own)
            for one in extra[1:]:  # the unit's own authority: known here, it can be revoked
                trust.note_authority(work, one)
            self._authority.completed(work, [issuer])
            self._authority.keep_escrow(work, passphrase)
            work.audit("enrol.granted", station=requests[0].station, unit=scope[0])
            work.commit()
        sealing = Sealing(to=scope[0], kind=Kind.ENROL_REPLY, only_to=own, extra=tuple(extra))
        with workplace.store.read() as reading:
            base = trust.trust_of(workplace, reading)
        self._seal_to(out, sealing, base, progress or Progress())
        return Granted(
            out,
            scope[0],
            requests[0].station,
            trust.newest_root(base.roots).fingerprint,
            scope,
            own.role,
            own.not_after.astimezone().date(),
            own.not_after == issuer.certificate.not_after,
            bool(lost),
        )

    def _seal_to(self, out: Path, sealing: Sealing, base: Trust, step: Progress) -> None:
        """Build the reply on the internal disk, where its number is noted, then let it out.

        Sealed on the stick itself it would lie there with a number that this PC, killed before it
        noted it, gives out once more.
        """
        workplace = self._workplace
        with tempfile.TemporaryDirectory(prefix=OUTGOING, dir=workplace.settings.home) as folder:
            built = Path(folder) / out.name
            seal_bundle(workplace, sealing, built, step)

            def verify(path: Path) -> None:
                examine_bundle(path, base).close()

            copy_out(built, out.parent, out.name, step.on_step, verify, replacing=True)

    def _must_be_its_own_station(self, request: StationRequest, unit: str) -> None:
        """The station id is the requester's choice: one that is known must be its own.

        Raises KnownError `enrol.station_taken` for an id known under another key or unit.
        """
        key = key_identifier(request.public_key)
        with self._workplace.store.read() as reading:
            rows = store_trust.stations(reading, active_only=False)
        for row in rows:
            if row.station == request.station and (
                row.unit != unit or parse_certificate(row.certificate).key_id != key
            ):
                raise KnownError("enrol.station_taken", "enrol.station_taken_hint", unit=row.unit)

    def _must_have_room(self, request: StationRequest, unit: str) -> None:
        """No more PCs than one bundle to their unit is sealed to. Raises `enrol.unit_full`."""
        with self._workplace.store.read() as reading:
            rows = store_trust.stations(reading, [unit])
        others = {row.station for row in rows} - {request.station}
        if len(others) >= MOST_PCS:
            raise KnownError(
                "enrol.unit_full",
                "enrol.unit_full_hint",
                unit=unit,
                count=len(others),
                most=MOST_PCS,
            )

    def _must_not_be_revoked(self, requests: Sequence[StationRequest]) -> None:
        """A lost PC's keys stay lost: its old request brings them back under a new certificate."""
        keys = {key_identifier(one.public_key) for one in requests}
        with self._workplace.store.read() as reading:
            revoked = revocations.revoked(reading)
            rows = store_trust.stations(reading, active_only=False)
        for certificate in (parse_certificate(row.certificate) for row in rows):
            named = (certificate.issuer_key_id, certificate.serial) in revoked
            if named and certificate.key_id in keys:
                raise KnownError("enrol.revoked_key", "enrol.revoked_key_hint")

    def _is_revoked_authority(self, request: StationRequest) -> bool:
        """Whether the key of this authority was revoked: no later certificate brings it back."""
        key = key_identifier(request.public_key)
        with self._workplace.store.read() as reading:
            revoked = revocations.revoked(reading)
            known = [one for one in trust.authorities(reading) if one.key_id == key]
            return any(
                (one.issuer_key_id, one.serial) in revoked for one in trust.granted(reading, known)
            )

    def accept(
        self,
        file: Path,
        fingerprint: str,
        passphrase: str,
        progress: Progress | None = None,
        *,
        accept_clock: bool = False,
    ) -> Accepted:
        """Read the reply in: certificate, authorities, root, and the unit's existing records.

        An enrolled PC takes a newer certificate in the last months of its own, and at any time one
        for other units or another role: by that one it is known above already. `fingerprint` is
        the root's, as typed from the printed sheet. `accept_clock` answers `enrol.clock_question`.
        Raises BundleRefused, ChainFailure, KnownError `enrol.no_request`, `enrol.other_unit`,
        `enrol.already`, `enrol.renews_itself`, `enrol.clock_question`.
        """
        workplace = self._workplace
        workplace.require_own_certificate()
        workplace.must_be_real()
        with workplace.store.read() as reading:
            keys = trust.station_keys(workplace, reading)
            base = trust.trust_of(workplace, reading)
            before = _held(reading)
        if keys is None:
            raise KnownError("enrol.no_request", "enrol.no_request_hint")
        station = OwnStation(keys.station, None, keys.age)
        step = progress or Progress()
        incoming = workplace.settings.incoming_path
        with private_copy(file, incoming, step.on_step) as (copy, sha256):
            try:
                bundle = open_bundle(copy, station, base, lambda _unit: True, fingerprint)
            except ChainFailure as error:
                raise KnownError(
                    "enrol.bad_reply", "enrol.bad_reply_hint", file=file.name
                ) from error
            except BundleRefused as refused:
                if refused.refusal not in _FOR_ANOTHER:
                    raise
                raise KnownError(
                    "enrol.not_a_reply", "enrol.not_a_reply_hint", file=file.name
                ) from refused
            with bundle:
                own, late = self._own_certificate(bundle, keys, file)
                if before is not None:
                    self._must_renew(before, own)
                    _must_be_believed(bundle, base, file)
                _must_be_in_time(late or bundle.sender.time_question, base, file, accept_clock)
                facts = replace(file_facts(bundle, copy, sha256), name=file.name)
                received = self._take_reply(bundle, own, facts, passphrase, step)
                self._workplace.certified = tuple(str(one) for one in own.scope)
        return Accepted(
            str(own.unit),
            own.role,
            own.not_after.date().isoformat(),
            received,
            self._authority.has_pending_key and not self._authority.has_key,
        )

    def _own_certificate(
        self, bundle: VerifiedBundle, keys: trust.StationKeys, file: Path
    ) -> tuple[Certificate, ChainReason | None]:
        """What the reply says this PC is, and why it is out of date by this PC's clock.

        Raises KnownError when it is not this PC's reply.
        """
        key = key_identifier(keys.signing.key.public_key())
        good = [*((one, None) for one in bundle.sender.others), *bundle.sender.out_of_date]
        mine = [one for one in good if one[0].station == keys.station and one[0].key_id == key]
        if not mine or bundle.manifest.kind is not Kind.ENROL_REPLY:
            raise KnownError("enrol.not_a_reply", "enrol.not_a_reply_hint", file=file.name)
        own, late = max(mine, key=lambda one: one[0].not_after)
        self._must_come_from_the_issuer(bundle, own, file)
        if str(own.unit) != self._workplace.unit:
            raise KnownError("enrol.other_unit", "enrol.other_unit_hint", unit=str(own.unit))
        return own, late

    def _must_renew(self, before: Certificate, own: Certificate) -> None:
        """Raises KnownError `enrol.already` for what is not newer, or changes nothing too early."""
        dates = [(one.not_after, one.not_before) for one in (before, own)]
        newer = own.sha256 != before.sha256 and dates[0] <= dates[1]
        same = (set(own.scope), own.role) == (set(before.scope), before.role)
        if not newer or (same and not self._in_last_months(before)):
            raise KnownError("enrol.already", "enrol.already_hint")

    def _take_reply(
        self,
        bundle: VerifiedBundle,
        own: Certificate,
        facts: FileFacts,
        passphrase: str,
        progress: Progress,
    ) -> Received:
        """Root, certificate, authority, escrow and records of a reply, in one transaction."""
        workplace, root, put = self._workplace, bundle.sender.path[-1], store_trust.put
        with workplace.write() as work:
            put(work.connection, TrustRow(TrustKind.ROOT, root.sha256, 0, root.der))
            put(work.connection, TrustRow(TrustKind.OWN, trust.OWN_CERTIFICATE, 0, own.der))
            trust.note_station(work, own)
            self._take_authority(work, bundle.certs, passphrase)
            for one in bundle.manifest.recipients:
                if one.role is Role.ESCROW:
                    content = f"{one.unit} {one.age}".encode()
                    put(work.connection, TrustRow(TrustKind.ESCROW, one.station, 0, content))
            received = read_in(workplace, work, bundle, facts, progress)
            self._take_signed_units(work)
            work.audit("enrol.accepted", station=own.station or "", root=root.sha256[:16])
            # Before the commit: a slot too many harms nobody, an escrow that was promised
            # and never made could lose the data.
            self._add_escrow_slots(work.connection, own)
            work.commit()
        return received

    def _take_signed_units(self, work: UnitOfWork) -> None:
        """A unit that stood here by a file alone stands by the province's signature from now on.

        Who may enrol it was judged by where the file put it: the signed tree must say the same.
        """
        if not provisional_units(work.connection):
            return
        unit = self._workplace.unit
        before = self._workplace.tree.units.ancestors(unit)
        signed = read_catalogue(work.connection, signed_only=True).units
        if unit not in signed:
            raise KnownError("enrol.unit_unsigned", "enrol.unit_unsigned_hint", unit=unit)
        if [one.ref for one in signed.ancestors(unit)] != [one.ref for one in before]:
            above = signed.ancestors(unit)[0].ref
            raise KnownError(
                "enrol.unit_elsewhere",
                "enrol.unit_elsewhere_hint",
                unit=unit,
                said=before[0].ref,
                signed=above,
            )
        put_provisional_units(work.connection, ())
        work.references_changed = True

    def _must_come_from_the_issuer(
        self, bundle: VerifiedBundle, own: Certificate, file: Path
    ) -> None:
        """The reply is sealed by the unit that issued the certificate, above this one or this one.

        Any enrolled PC can seal a file of this kind; only the issuer's word on root and escrow
        counts.
        """
        sender = str(bundle.sender.unit)
        direction = direction_of(self._workplace.tree, sender, self._workplace.unit)
        issuers = {
            one.key_id
            for one in parse_certificates(bundle.certs).certificates
            if one.is_authority and str(one.unit) == sender
        }
        if direction not in (Direction.ABOVE, Direction.BESIDE) or own.issuer_key_id not in issuers:
            raise KnownError("enrol.not_the_issuer", "enrol.not_the_issuer_hint", file=file.name)

    def _add_escrow_slots(self, reading: Reading, own: Certificate) -> None:
        """Let the escrow keys open this store as well: a lost passphrase then loses no data.

        Each slot says whose register it opens, sealed with what it opens.
        """
        of = f"{own.unit} {own.station}"
        workplace = self._workplace
        rows = store_trust.rows(reading, TrustKind.ESCROW)
        slots = read_keyslots(workplace.settings)
        held = {slot.recipient for slot in slots.escrow if slot.of == of}
        for row in rows:
            recipient = X25519Recipient.from_text(row.content.decode().partition(" ")[2])
            if recipient not in held:
                slots = slots.with_escrow(workplace.dek, recipient, of)
        write_secret(workplace.settings.keyslots_path, encode_keyslots(slots))

    def _take_authority(self, work: UnitOfWork, certs: bytes, passphrase: str) -> None:
        """The certificate of the authority key that was made for the request, when one was granted.

        Renewed, it is for the key that this PC has, and needs no passphrase. Others of this unit's
        authorities may stand in the reply: its own PC issued it with one.
        """
        held = work.connection
        asked = store_trust.content(held, TrustKind.KEY, REQUEST) or b""
        keys = {key_identifier(read_request(one).public_key) for one in _BLOCK.findall(asked)}
        for certificate in parse_certificates(certs).certificates:
            if not certificate.is_authority or certificate.key_id not in keys:
                continue
            kinds = (TrustKind.AUTHORITY, TrustKind.CRL)
            in_use = all(store_trust.content(held, one, certificate.key_id) for one in kinds)
            if self._authority.has_key and in_use:
                trust.keep_authority(work, certificate, trust.effective_time(self._workplace)[0])
            elif self._authority.has_pending_key:
                self._authority.complete_pending(work, certificate, passphrase)
            return


def _held(reading: Reading) -> Certificate | None:
    """The certificate to be renewed, None on a PC that has none.

    An enrolled PC keeps its keys: new ones would not fit its certificate and its line. Raises
    KnownError `enrol.renews_itself` on a PC that never asked anybody.
    """
    held = store_trust.content(reading, TrustKind.OWN, trust.OWN_CERTIFICATE)
    if held is None:
        return None
    if store_trust.content(reading, TrustKind.KEY, REQUEST) is None:  # as a province does
        raise KnownError("enrol.renews_itself", "enrol.renews_itself_hint")
    return parse_certificate(held)


def _must_be_believed(bundle: VerifiedBundle, base: Trust, file: Path) -> None:
    """A renewal hangs on a root that is believed already, or that such a one vouches for."""
    believed = with_vouched_roots(parse_certificates(bundle.certs), base).roots
    if bundle.sender.path[-1] not in believed:
        raise KnownError("enrol.not_the_issuer", "enrol.not_the_issuer_hint", file=file.name)


def _must_be_in_time(late: ChainReason | None, base: Trust, file: Path, accept_clock: bool) -> None:
    """A suspect clock makes a question of the dates, as in receiving; another one a refusal."""
    if late is None:
        return
    if not base.clock_suspect:
        raise ChainFailure(late)
    if not accept_clock:
        raise KnownError("enrol.clock_question", "enrol.clock_question_hint", file=file.name)


def _must_leave(workplace: Workplace, out: Path) -> None:
    """Refuse a file of a folder that is not there, or in which nobody would look for it."""
    if not is_folder(out.parent):
        # A stick that is not there must not become a folder on the internal disk.
        raise KnownError("files.no_folder", "files.no_folder_hint", file=str(out.parent))
    refuse_own_folder(workplace.settings, out.parent)


def _read_requests(file: Path) -> tuple[bytes, list[StationRequest]]:
    """The bytes of a request file and the one or two requests in it."""
    try:
        content = read_small(file, MAXREQUEST_FILE)
    except FileTooLarge as error:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name) from error
    except OSError as error:
        raise KnownError("enrol.unreadable", "enrol.unreadable_hint", file=file.name) from error
    blocks = _BLOCK.findall(content)
    try:
        requests = [read_request(block) for block in blocks]
    except ChainFailure as error:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name) from error
    if not 1 <= len(requests) <= 2 or b"".join(blocks) != content:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name)
    if any((one.station, one.unit) != (requests[0].station, requests[0].unit) for one in requests):
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name)
    return content, requests
