"""Enrolment without a line: request, check code compared by telephone, reply.

The PC makes its keys and a request file; the upper unit opens it, the two people compare the code,
the upper unit issues; the reply is an ordinary bundle sealed to the new PC that also carries the
root, recognised by the fingerprint on the printed sheet. A unit that enrols others itself sends a
second request for its own authority along, whose key never leaves its PC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.crypto.age import X25519Identity, X25519Recipient
from app.crypto.certificate import (
    Certificate,
    ChainFailure,
    ChainReason,
    key_identifier,
    parse_certificate,
)
from app.crypto.certificate_file import parse_certificates
from app.crypto.chain import Trust, with_vouched_roots
from app.crypto.check_code import check_code
from app.crypto.enrolment import make_request, read_request
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
from app.services import trust
from app.services.authority import AuthorityDesk
from app.services.catalogues import read_catalogue
from app.services.enrolment_state import RENEWAL, EnrolmentState, enrolment_state
from app.services.exchange import Received, file_facts, read_in
from app.services.home import must_leave, write_secret
from app.services.installation import read_keyslots
from app.services.request_file import BLOCK
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import OwnStation, VerifiedBundle, open_bundle
from app.sync.delivery import direction_of
from app.sync.files import private_copy, write_new_file
from app.sync.manifest import Kind, Role
from app.sync.refusal import BundleRefused, Refusal

REQUEST = "request"
#: What opening somebody else's reply comes to.
_FOR_ANOTHER = (
    Refusal.NOT_FOR_THIS_UNIT,
    Refusal.NOT_FOR_THIS_STATION,
    Refusal.RECIPIENT_KEY,
    Refusal.CANNOT_DECRYPT,
)


@dataclass(frozen=True, slots=True)
class Requested:
    """The request file and the code that both people must read to each other."""

    path: Path
    check_code: str
    station: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the new PC became. `lacks_authority`: it belongs to a unit that enrols others, and got
    no authority of its own, as a further PC of a unit that has one. `key_lost`: and it could get
    none, for the key that it made with its request lies here no more. `authority_until`: the last
    day of the authority that was certified with it, "" where none was; `key_away`: whose key file
    lies elsewhere, as in a safe.
    """

    unit: str
    role: str
    valid_until: str
    received: Received
    lacks_authority: bool = False
    key_lost: bool = False
    authority_until: str = ""
    key_away: bool = False


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
        soon, and of its authority if it has one: with the keys it has, so that bundles on their way
        still open.
        Raises KnownError `files.no_folder`, `files.own_folder`, `enrol.already`,
        `enrol.renews_itself`, `files.…`.
        """
        workplace = self._workplace
        workplace.require_own_certificate()
        workplace.must_be_real()
        must_leave(workplace.settings, out)
        with workplace.write() as work:
            enrolled = _held(work.connection)
            if enrolled is not None and not self._in_last_months(enrolled):
                raise KnownError("enrol.already", "enrol.already_hint")
            content = store_trust.content(work.connection, TrustKind.KEY, REQUEST)
            if content is None:
                content = self._new_request(work, passphrase)
            if enrolled is not None and not self._asks_for_the_one_in_use(work.connection, content):
                # A further PC of a unit has another's authority, or none, and asks for itself.
                content = BLOCK.findall(content)[0]
            code = check_code(content)
            work.audit("enrol.requested")
            work.commit()
        write_new_file(out, content)
        return Requested(out, code, workplace.store.setting(trust.STATION))

    def _asks_for_the_one_in_use(self, reading: Reading, content: bytes) -> bool:
        """Whether a request names the authority by which this PC certifies others."""
        keys = [key_identifier(read_request(one).public_key) for one in BLOCK.findall(content)]
        return len(keys) > 1 and _is_in_use(reading, keys[1])

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
                received, authority = self._take_reply(
                    bundle, own, facts, passphrase, step, renews=before is not None
                )
                self._workplace.certified = tuple(str(one) for one in own.scope)
                self._workplace.fold_in_after(bundle.manifest.ops)
        lacks = self._lacks_authority()
        return Accepted(
            str(own.unit),
            own.role,
            own.not_after.date().isoformat(),
            received,
            lacks_authority=lacks,
            key_lost=lacks and not self._authority.has_pending_key,
            authority_until=authority.not_after.date().isoformat() if authority else "",
            key_away=authority is not None and not self._authority.has_key,
        )

    def _lacks_authority(self) -> bool:
        """Whether this PC asked for an authority and has none: neither its key file here nor, where
        that is kept elsewhere, one by which it certifies.
        """
        with self._workplace.store.read() as reading:
            asked = store_trust.content(reading, TrustKind.KEY, REQUEST) or b""
            return (
                len(BLOCK.findall(asked)) > 1
                and not self._authority.has_key
                and not self._asks_for_the_one_in_use(reading, asked)
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
        *,
        renews: bool,
    ) -> tuple[Received, Certificate | None]:
        """Root, certificate, authority, escrow and records of a reply, in one transaction; the
        authority that was certified with it, if one was.
        """
        workplace, root, put = self._workplace, bundle.sender.path[-1], store_trust.put
        with workplace.write() as work:
            put(work.connection, TrustRow(TrustKind.ROOT, root.sha256, 0, root.der))
            put(work.connection, TrustRow(TrustKind.OWN, trust.OWN_CERTIFICATE, 0, own.der))
            trust.note_station(work, own)
            authority = self._take_authority(work, bundle.certs, passphrase, renews=renews)
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
        return received, authority

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

    def _take_authority(
        self, work: UnitOfWork, certs: bytes, passphrase: str, *, renews: bool
    ) -> Certificate | None:
        """The certificate of the authority key that was made for the request, when one was granted.

        Renewed, it is for the key that this PC has, and needs no passphrase; the key file of
        another authority that lies here already is not replaced then. Others of this unit's
        authorities may stand in the reply: its own PC issued it with one. Returns the certificate
        that stands for the key now.
        """
        held = work.connection
        asked = store_trust.content(held, TrustKind.KEY, REQUEST) or b""
        keys = {key_identifier(read_request(one).public_key) for one in BLOCK.findall(asked)}
        for certificate in parse_certificates(certs).certificates:
            if not certificate.is_authority or certificate.key_id not in keys:
                continue
            if _is_in_use(held, certificate.key_id):
                trust.keep_authority(work, certificate, trust.effective_time(self._workplace)[0])
            elif self._authority.has_pending_key and not (
                renews and self._authority.holds_another(certificate, passphrase)
            ):
                self._authority.complete_pending(work, certificate, passphrase)
            else:
                return None
            kept = store_trust.content(held, TrustKind.AUTHORITY, certificate.key_id)
            return None if kept is None else parse_certificate(kept)
        return None


def _is_in_use(reading: Reading, key_id: str) -> bool:
    """Whether an authority with this key was certified and has its list: it is in use here."""
    kinds = (TrustKind.AUTHORITY, TrustKind.CRL)
    return all(store_trust.content(reading, one, key_id) for one in kinds)


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
