"""The keys of an authority: a province's root, the authority of a unit that enrols others.

They never enter a database: each lies in the home as an age passphrase file that `age -d` opens.
The root is needed to make the province's authority and to revoke it, nothing else; the printed
sheet says to keep two sealed copies of it away from this PC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from app.crypto import age
from app.crypto.age import X25519Identity
from app.crypto.authority import Authority, create_authority, create_root, issue_station
from app.crypto.certificate import Certificate, Purpose, key_identifier, parse_certificate
from app.crypto.enrolment import make_request, read_request
from app.crypto.revocation import RevocationList
from app.crypto.signatures import SigningKey
from app.errors import KnownError
from app.forms.units import Tier
from app.ids import new_id
from app.models import trust as store_trust
from app.models.store import Reading
from app.models.trust import TrustKind, TrustRow
from app.models.work import UnitOfWork
from app.services import revocations, trust
from app.services.home import write_secret
from app.services.installation import read_keyslots
from app.services.reference_signing import sign_anew
from app.services.rights import Right
from app.services.sign_in import check_passphrase, one_spelling
from app.services.workplace import Workplace

ROOT_FILE, AUTHORITY_FILE, _ESCROW_FILE = "root.age", "authority.age", "escrow.age"
#: Names of the present key files, once the root was rotated.
ROOT_SETTING, AUTHORITY_SETTING = "root-file", "authority-file"
#: What the key files of a rotation are called: eight characters of the key id each.
ROTATED_AUTHORITY = "authority-????????.age"


@dataclass(frozen=True, slots=True)
class Founded:
    """What the key holder must be told: the fingerprint for the printed sheets, and the files."""

    root_fingerprint: str
    root_file: str
    authority_file: str


class RevocationReason(Enum):
    """Why a PC's certificate is revoked; it stands in the audit trail and on the sheet."""

    LOST = "lost"
    EXPOSED = "exposed"
    BROKEN = "broken"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class EnrolledStation:
    """One enrolled PC as the list of the authority shows it."""

    station: str
    unit: str
    role: str
    valid_until: datetime
    active: bool


@dataclass(frozen=True, slots=True)
class RootView:
    """One root that is trusted here; `newest` is the one new PCs are enrolled under."""

    fingerprint: str
    valid_until: datetime
    newest: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What this PC is in the order of trust. `escrow`: the units that can open its register again
    when passphrases and recovery code are lost (`CODE@EDITION`). `unlisted`: how many certificates
    this unit's authorities revoked that their newest lists lack.
    """

    root_fingerprint: str
    roots: tuple[RootView, ...]
    is_enrolled: bool
    is_authority: bool
    certificate_fingerprint: str
    valid_until: datetime | None
    stations: tuple[EnrolledStation, ...]
    escrow: tuple[str, ...]
    unlisted: int


class AuthorityDesk:
    """Use cases of the key holder."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def folder(self) -> Path:
        """Where the key files lie."""
        return self._workplace.settings.home / "authority"

    def found(self, passphrase: str) -> Founded:
        """Make a province's root and authority, and enrol this PC under them.

        Raises KnownError `authority.not_a_province`, `authority.exists`,
        what `check_passphrase` refuses.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        check_passphrase(passphrase, workplace.account.name)
        if workplace.tier is not Tier.PROVINCE:
            raise KnownError("authority.not_a_province", "authority.not_a_province_hint")
        with workplace.store.read() as reading:
            if store_trust.rows(reading, TrustKind.ROOT):
                raise KnownError("authority.exists", "authority.exists_hint")
        when = self._now()
        scope = trust.unit_refs([workplace.unit])
        root = create_root(scope, when)
        authority = create_authority(root, scope, when)
        signing, identity, station = SigningKey.generate(), X25519Identity.generate(), new_id()
        request = read_request(make_request(signing, identity.recipient, station, scope[0]))
        purposes = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})
        own = issue_station(authority, request, scope, "province", when, purposes)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        escrow = self._escrow_to_found_with(passphrase)
        write_secret(self.folder / ROOT_FILE, root.seal(one_spelling(passphrase)))
        # Files first: without the commit below nobody trusts these keys, and asking again replaces
        # them; after it they are all there.
        write_secret(self.folder / AUTHORITY_FILE, authority.seal(one_spelling(passphrase)))
        with workplace.write() as work:
            put = _Putter(work)
            put(TrustKind.ROOT, root.certificate.sha256, 0, root.certificate.der)
            put(TrustKind.AUTHORITY, authority.certificate.key_id, 0, authority.certificate.der)
            put(TrustKind.KEY, trust.SIGNING_KEY, 0, signing.to_bytes())
            put(TrustKind.KEY, trust.AGE_KEY, 0, identity.text.encode())
            put(TrustKind.OWN, trust.OWN_CERTIFICATE, 0, own.der)
            put(TrustKind.ESCROW, new_id(), 0, escrow)
            for issuer in (root, authority):
                revocations.issue_next(work, issuer, (), when)
            workplace.store.put_settings(work, {trust.STATION: station})
            trust.note_station(work, own)
            sign_anew(workplace, work)  # what a province that started over holds
            work.audit("authority.founded", root=root.certificate.sha256[:16])
            work.commit()
        return Founded(
            root.certificate.fingerprint,
            str(self.folder / ROOT_FILE),
            str(self.folder / AUTHORITY_FILE),
        )

    def status(self) -> Status:
        """Root, own certificate and the PCs enrolled here."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            roots = trust.trust_of(workplace, reading).roots
            keys = trust.station_keys(workplace, reading)
            stations = store_trust.stations(reading, active_only=False)
            unlisted = self.unlisted_in(reading)
            held = [row.content.decode() for row in store_trust.rows(reading, TrustKind.ESCROW)]
        slots = {slot.recipient.text for slot in read_keyslots(workplace.settings).escrow}
        own = None if keys is None else keys.certificate
        newest = trust.newest_root(roots) if roots else None
        return Status(
            newest.fingerprint if newest is not None else "",
            tuple(
                RootView(one.fingerprint, one.not_after, one == newest)
                for one in sorted(roots, key=lambda root: root.not_before)
            ),
            own is not None,
            (self.folder / AUTHORITY_FILE).exists(),
            "" if own is None else own.fingerprint,
            None if own is None else own.not_after,
            tuple(
                EnrolledStation(
                    row.station,
                    row.unit,
                    row.role,
                    datetime.fromtimestamp(row.not_after, tz=UTC),
                    row.active,
                )
                for row in stations
            ),
            tuple(
                sorted(
                    unit for unit, _, age in (one.partition(" ") for one in held) if age in slots
                )
            ),
            unlisted,
        )

    def unlisted(self) -> int:
        """How many certificates this unit's authorities revoked that their newest lists lack."""
        with self._workplace.store.read() as reading:
            return self.unlisted_in(reading)

    def unlisted_in(self, reading: Reading) -> int:
        """As `unlisted`, in a view of the store that is open."""
        if not self.has_key:
            return 0  # whoever holds the key has to make the list
        unit, lacking = self._workplace.unit, revocations.unlisted(reading)
        if not lacking:
            return 0
        own = {one.key_id for one in trust.authorities(reading) if str(one.unit) == unit}
        return sum(len(lacking.get(key_id, ())) for key_id in own)

    def open(self, passphrase: str) -> Authority:
        """The authority of this unit, to issue with.

        Raises KnownError `authority.none` when this unit has none, `authority.wrong_passphrase`.
        """
        path = self.folder / self._workplace.store.setting(AUTHORITY_SETTING, AUTHORITY_FILE)
        if not path.exists():
            raise KnownError("authority.none", "authority.none_hint")
        return self._as_renewed(unseal(path, passphrase))

    def _as_renewed(self, authority: Authority) -> Authority:
        with self._workplace.store.read() as reading:
            return trust.newest_for_key(reading, authority)

    def escrow(self, passphrase: str) -> X25519Identity:
        """The key that opens the registers of the units below which nobody else can open.

        Raises KnownError `authority.no_escrow`, `authority.wrong_passphrase`.
        """
        path = self.folder / _ESCROW_FILE
        if not path.exists():
            raise KnownError("authority.no_escrow", "authority.no_escrow_hint")
        try:
            content = age.decrypt(path.read_bytes(), [age.Passphrase(one_spelling(passphrase))])
        except age.NoMatch as error:
            raise KnownError(
                "authority.wrong_passphrase", "authority.wrong_passphrase_hint"
            ) from error
        return X25519Identity.from_text(content.decode("ascii").strip())

    def keep_escrow(self, work: UnitOfWork, passphrase: str) -> None:
        """See to it that this unit has an escrow key: whom it enrols gets a slot for it.

        Raises KnownError `authority.wrong_passphrase`.
        """
        unit = self._workplace.unit
        rows = store_trust.rows(work.connection, TrustKind.ESCROW)
        if any(row.content.decode().startswith(f"{unit} ") for row in rows):
            return
        content = self._escrow_row(passphrase)
        store_trust.put(work.connection, TrustRow(TrustKind.ESCROW, new_id(), 0, content))

    def _escrow_row(self, passphrase: str) -> bytes:
        """`UNIT RECIPIENT` of the escrow key in its file, of a new one where there is no file.

        A file without a row is that of a register put back from an older copy: registers below are
        sealed to its key, so it is never replaced.
        """
        path = self.folder / _ESCROW_FILE
        if path.exists():
            escrow = self.escrow(passphrase)
        else:
            escrow = X25519Identity.generate()
            content = (escrow.text + "\n").encode()
            write_secret(path, age.encrypt(content, [age.Passphrase(one_spelling(passphrase))]))
        return f"{self._workplace.unit} {escrow.recipient.text}".encode()

    def _escrow_to_found_with(self, passphrase: str) -> bytes:
        """As `_escrow_row`; a file under another passphrase is put aside: this one is new."""
        try:
            return self._escrow_row(passphrase)
        except KnownError as error:
            if error.message_id != "authority.wrong_passphrase":
                raise
        stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
        path = self.folder / _ESCROW_FILE
        # Without the ending of key files: those are all brought back by one passphrase.
        path.rename(path.with_name(f"{path.name}.{stamp}"))
        return self._escrow_row(passphrase)

    def all_open(self, passphrase: str) -> list[Authority]:
        """The present authority first, then those from before the root was rotated."""
        present = self.open(passphrase)
        paths = (self.folder / AUTHORITY_FILE, *sorted(self.folder.glob(ROTATED_AUTHORITY)))
        older = [self._as_renewed(unseal(path, passphrase)) for path in paths if path.exists()]
        return [present, *(one for one in older if one.certificate != present.certificate)]

    def make_pending_key(self, passphrase: str) -> SigningKey:
        """A new authority key of this unit, sealed; its certificate comes with the reply.

        Raises KnownError what `check_passphrase` refuses.
        """
        check_passphrase(passphrase, self._workplace.account.name)
        key = SigningKey.generate()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        sealed = age.encrypt(key.to_pem(), [age.Passphrase(one_spelling(passphrase))])
        write_secret(self.folder / "authority-key.age", sealed)
        return key

    def complete_pending(self, work: UnitOfWork, certificate: Certificate, passphrase: str) -> None:
        """Put the certificate that came with the reply to the key made for the request."""
        path = self.folder / "authority-key.age"
        if not passphrase:
            raise KnownError("authority.wrong_passphrase", "authority.wrong_passphrase_hint")
        try:
            pem = age.decrypt(path.read_bytes(), [age.Passphrase(one_spelling(passphrase))])
        except age.NoMatch as error:
            raise KnownError(
                "authority.wrong_passphrase", "authority.wrong_passphrase_hint"
            ) from error
        key = SigningKey.from_bytes(pem)
        if key_identifier(key.key.public_key()) != certificate.key_id:
            raise KnownError("authority.other_key", "authority.other_key_hint")
        sealed = Authority(certificate, key).seal(one_spelling(passphrase))
        write_secret(self.folder / AUTHORITY_FILE, sealed)
        row = TrustRow(TrustKind.AUTHORITY, certificate.key_id, 0, certificate.der)
        store_trust.put(work.connection, row)
        # A reply that is taken once more finds the list of the first time, unless the register was
        # put back since: then the empty one made now lacks what that one held (`unlisted`).
        if store_trust.content(work.connection, TrustKind.CRL, certificate.key_id) is None:
            revocations.issue_next(work, Authority(certificate, key), (), self._now())

    def holds_another(self, certificate: Certificate, passphrase: str) -> bool:
        """Whether a key file lies here that is not the one of this certificate. What was taken and
        cut off before its transaction ended is sealed like the key that it was made of.

        Raises KnownError `authority.wrong_passphrase` for none at all.
        """
        if not self.has_key:
            return False
        if not passphrase:
            raise KnownError("authority.wrong_passphrase", "authority.wrong_passphrase_hint")
        try:
            return self.open(passphrase).certificate.key_id != certificate.key_id
        except KnownError as error:
            if error.message_id != "authority.wrong_passphrase":
                raise
            return True

    def root_path(self) -> Path:
        """Where the key file of the present root lies, unless it was taken away."""
        return self.folder / self._workplace.store.setting(ROOT_SETTING, ROOT_FILE)

    @property
    def has_pending_key(self) -> bool:
        """Whether an authority key waits for its certificate."""
        return (self.folder / "authority-key.age").exists()

    @property
    def has_key(self) -> bool:
        """Whether this PC has an authority to issue certificates with."""
        name = self._workplace.store.setting(AUTHORITY_SETTING, AUTHORITY_FILE)
        return (self.folder / name).exists()

    def revoke(
        self, station: str, passphrase: str, reason: RevocationReason | None = None
    ) -> RevocationList:
        """Revoke every certificate of a PC. The list travels with every bundle from now on.

        Raises KnownError `authority.unknown_station`, for the station must have been enrolled here;
        `authority.own_station` for this PC, whose list nobody would take from it any more.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        if station == workplace.store.setting(trust.STATION):
            raise KnownError("authority.own_station", "authority.own_station_hint")
        authorities = self.all_open(passphrase)
        own_keys = {one.certificate.key_id for one in authorities}
        with workplace.write() as work:
            rows = [
                parse_certificate(row.certificate)
                for row in store_trust.stations(work.connection, active_only=False)
                if row.station == station
            ]
            issued = self.lists_with(work, authorities, rows)
            if not issued:
                raise KnownError(
                    "authority.unknown_station", "authority.unknown_station_hint", station=station
                )
            for unit in {str(one.unit) for one in rows if one.issuer_key_id in own_keys}:
                store_trust.take_out_station(work.connection, station, unit)
            said = {} if reason is None else {"reason": reason.value}
            work.audit("authority.revoked", station=station, number=issued[0].number, **said)
            work.commit()
        return issued[0]

    def lists_with(
        self, work: UnitOfWork, authorities: Sequence[Authority], gone: Sequence[Certificate]
    ) -> list[RevocationList]:
        """Issue and keep the next list of each of these authorities that issued one of `gone`."""
        when = self._now()
        issued: list[RevocationList] = []
        for authority in authorities:
            key_id = authority.certificate.key_id
            serials = {one.serial for one in gone if one.issuer_key_id == key_id}
            if serials:
                issued.append(revocations.issue_next(work, authority, serials, when))
        return issued

    def complete_lists(self, passphrase: str) -> list[RevocationList]:
        """Issue the lists anew that lack what earlier ones revoked, so that everybody hears of it;
        none where none lacks anything.

        Raises KnownError `authority.none`, `authority.wrong_passphrase`,
        `authority.older_key_away`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        authorities = self.all_open(passphrase)
        with workplace.write() as work:
            issued = self.completed(work, authorities)
            if not issued and self.unlisted_in(work.connection):
                raise KnownError("authority.older_key_away", "authority.older_key_away_hint")
            work.commit()
        return issued

    def completed(self, work: UnitOfWork, authorities: Sequence[Authority]) -> list[RevocationList]:
        """As `complete_lists`, whatever these authorities were opened for."""
        lacking = revocations.unlisted(work.connection)
        issued = [
            revocations.issue_next(work, one, (), self._now())
            for one in authorities
            if one.certificate.key_id in lacking
        ]
        for crl in issued:
            work.audit("authority.list_completed", number=crl.number)
        return issued

    def _now(self) -> datetime:
        return trust.effective_time(self._workplace)[0].replace(microsecond=0)


class _Putter:
    """`put(kind, name, number, content)` in one transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def __call__(self, kind: TrustKind, name: str, number: int, content: bytes) -> None:
        store_trust.put(self._work.connection, TrustRow(kind, name, number, content))


def unseal(path: Path, passphrase: str) -> Authority:
    try:
        return Authority.unseal(path.read_bytes(), one_spelling(passphrase))
    except age.NoMatch as error:
        raise KnownError("authority.wrong_passphrase", "authority.wrong_passphrase_hint") from error
