"""What this PC believes, put together from the store for the audited core to judge with."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.crypto.age import X25519Identity
from app.crypto.authority import Authority
from app.crypto.certificate import Certificate, Purpose, parse_certificate
from app.crypto.certificate_file import (
    MAX_CERTIFICATES,
    encode_certificates,
    parse_certificates,
)
from app.crypto.chain import (
    Covers,
    Trust,
    VerifiedSender,
    good_crosses,
    with_vouched_roots,
)
from app.crypto.revocation import RevocationList
from app.crypto.signatures import SigningKey, verify
from app.errors import KnownError
from app.ids import UnitRef
from app.models import trust as store_trust
from app.models.lines import SignedManifest
from app.models.store import Reading
from app.models.trust import StationRow, TrustKind, TrustRow
from app.models.work import UnitOfWork
from app.services import revocations
from app.services.workplace import Workplace
from app.sync.bundle_reader import OwnStation
from app.sync.manifest import parse_manifest
from app.sync.refusal import BundleRefused

SIGNING_KEY, AGE_KEY, OWN_CERTIFICATE = "station-signing", "station-age", "certificate"
CLOCK_FLOOR, STATION = "clock-floor", "station"
#: PC above → the date of its newest bundle, UTC seconds; the floor is the latest of them.
CLOCKS_SEEN = "clocks-seen"
#: A bundle raises the effective time by at most this (4-sync.md, "Clock").
MOST_SECONDS_FORWARD = 2 * 366 * 86400
#: A clock this far behind the newest date seen is suspect.
SUSPECT_SECONDS = 30 * 86400


#: What room is given to first: PCs near by, then who signs, then those below the receiver.
_SIGNER, _FAR, _SUPERSEDED = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Carried:
    """Certificates that ride along together: authorities nearest first without the root, the
    station last; and the lists of these authorities.
    """

    certificates: tuple[Certificate, ...]
    lists: tuple[RevocationList, ...] = ()

    @property
    def root(self) -> str:
        """The key id of the root that they stand on."""
        return self.certificates[max(len(self.certificates) - 2, 0)].issuer_key_id


@dataclass(frozen=True, slots=True)
class StationKeys:
    """This PC's own keys and, once it is enrolled, its certificate."""

    station: str
    signing: SigningKey
    age: X25519Identity
    certificate: Certificate | None


def station_keys(workplace: Workplace, reading: Reading) -> StationKeys | None:
    """The keys made for the enrolment request, None before it."""
    held = store_trust.own_contents(reading)
    signing, age = (held.get((TrustKind.KEY, name)) for name in (SIGNING_KEY, AGE_KEY))
    if signing is None or age is None:
        return None
    own = held.get((TrustKind.OWN, OWN_CERTIFICATE))
    return StationKeys(
        workplace.store.setting(STATION),
        SigningKey.from_bytes(signing),
        X25519Identity.from_text(age.decode()),
        None if own is None else parse_certificate(own),
    )


def enrolled_keys(workplace: Workplace, reading: Reading) -> tuple[StationKeys, Certificate]:
    """The keys and certificate of an enrolled PC. Raises KnownError `enrol.not_enrolled`."""
    keys = station_keys(workplace, reading)
    if keys is None or keys.certificate is None:
        trial = workplace.demonstration  # asking for one would be refused there
        hint = "demonstration.refused_hint" if trial else "enrol.not_enrolled_hint"
        raise KnownError("enrol.not_enrolled", hint)
    return keys, keys.certificate


def own_signature(workplace: Workplace, reading: Reading) -> Callable[[SignedManifest], str | None]:
    """Gives the replica of a manifest that this PC signed itself, None for any other."""
    keys = station_keys(workplace, reading)

    def signed_here(proof: SignedManifest) -> str | None:
        if keys is None or not verify(
            keys.signing.key.public_key(), proof.signature, proof.manifest
        ):
            return None
        try:
            return parse_manifest(proof.manifest, "").sender.replica
        except BundleRefused:
            return None

    return signed_here


def own_station(workplace: Workplace, reading: Reading) -> OwnStation:
    """This PC as a reader of bundles. Raises KnownError `enrol.not_enrolled`."""
    keys, certificate = enrolled_keys(workplace, reading)
    return OwnStation(keys.station, certificate.unit, keys.age)


def certificate_role(reading: Reading) -> str | None:
    """The role in this PC's certificate, None while it has none."""
    own = _own_certificate(reading)
    return None if own is None else own.role


def certified_scope(reading: Reading) -> tuple[str, ...]:
    """The units in this PC's certificate, its own first; empty while it has none."""
    own = _own_certificate(reading)
    return () if own is None else tuple(str(one) for one in own.scope)


def _own_certificate(reading: Reading) -> Certificate | None:
    """This PC's certificate, as in `station_keys`; its private keys are left where they are."""
    held = store_trust.own_contents(reading)
    own = held.get((TrustKind.OWN, OWN_CERTIFICATE))
    keys = {(TrustKind.KEY, one) for one in (SIGNING_KEY, AGE_KEY)}
    return None if own is None or not keys <= held.keys() else parse_certificate(own)


def effective_time(workplace: Workplace) -> tuple[datetime, bool]:
    """max(PC clock, newest issue date seen from above), and whether the clock is suspect."""
    floor = int(workplace.store.setting(CLOCK_FLOOR, "0"))
    now = int(workplace.clock())
    return datetime.fromtimestamp(max(now, floor), tz=UTC), now < floor - SUSPECT_SECONDS


def handover_time(workplace: Workplace) -> datetime:
    """The moment a handover made now bears, by which both of its units count.

    The effective time; where the clock is suspect its own, for then nothing is sealed unless a
    person says that its day is right.
    """
    when, suspect = effective_time(workplace)
    return datetime.fromtimestamp(int(workplace.clock()), tz=UTC) if suspect else when


def hear_clock(
    workplace: Workplace, work: UnitOfWork, station: str, seen: datetime, *, newest: bool
) -> None:
    """Note the date that a PC above put into a bundle; never far forward at once.

    Of each PC that is in use its newest bundle counts, and the latest of these dates is the one
    seen: a PC whose clock stood ahead takes its word back with the next bundle it makes by a
    mended one. A bundle that is not the `newest` of its line says nothing any more.
    """
    if not newest:
        return
    store = workplace.store
    active = {row.station for row in store_trust.stations(work.connection)} | {station}
    before: dict[str, int] = json.loads(store.setting(CLOCKS_SEEN, "{}"))
    dates = {one: date for one, date in before.items() if one in active}
    base = max(int(store.setting(CLOCK_FLOOR, "0")), int(workplace.clock()))
    dates[station] = min(int(seen.timestamp()), base + MOST_SECONDS_FORWARD)
    floor = str(max(dates.values()))
    store.put_settings(work, {CLOCKS_SEEN: json.dumps(dates, sort_keys=True), CLOCK_FLOOR: floor})


def trust_of(workplace: Workplace, reading: Reading) -> Trust:
    """What a verification goes by here and now."""
    when, suspect = effective_time(workplace)
    return Trust(
        roots=tuple(
            parse_certificate(row.content) for row in store_trust.rows(reading, TrustKind.ROOT)
        ),
        crls={crl.issuer: crl for crl in revocations.revocation_lists(reading)},
        covers=scope_covers(workplace),
        when=when,
        clock_suspect=suspect,
        revoked={
            issuer: frozenset(lacking) for issuer, lacking in revocations.unlisted(reading).items()
        },
    )


def accepting(base: Trust, sender: Certificate | None) -> Trust:
    """`base`, with one revoked sender's certificate accepted by name."""
    return base if sender is None else replace(base, accept_revoked=frozenset({sender.sha256}))


def scope_covers(workplace: Workplace) -> Covers:
    """Whether a certificate's scope reaches a unit, by the tree of units."""

    def covers(scope: Sequence[UnitRef], unit: UnitRef) -> bool:
        return workplace.tree.covers([str(one) for one in scope], str(unit))

    return covers


def newest_root(roots: Sequence[Certificate]) -> Certificate:
    """The root that new PCs are enrolled under; its fingerprint is on the printed sheets."""
    return max(roots, key=lambda root: (root.not_before, root.sha256))


def crosses(reading: Reading) -> list[Certificate]:
    """The certificates of roots by other roots."""
    return [parse_certificate(row.content) for row in store_trust.rows(reading, TrustKind.CROSS)]


def take_roots(workplace: Workplace, work: UnitOfWork, certs: bytes) -> None:
    """Trust the roots of a bundle from above or beside that a trusted root vouches for."""
    base = trust_of(workplace, work.connection)
    file = parse_certificates(certs)
    found = with_vouched_roots(file, base)
    for cross in good_crosses(file, found):
        store_trust.put(work.connection, TrustRow(TrustKind.CROSS, cross.sha256, 0, cross.der))
    for root in found.roots:
        if root not in base.roots:
            store_trust.put(work.connection, TrustRow(TrustKind.ROOT, root.sha256, 0, root.der))
            work.audit("root.learned", root=root.sha256[:16])


def authorities(reading: Reading) -> list[Certificate]:
    """Every authority certificate known here, roots apart."""
    return [
        parse_certificate(row.content) for row in store_trust.rows(reading, TrustKind.AUTHORITY)
    ]


def note_authority(work: UnitOfWork, certificate: Certificate) -> None:
    """Remember an authority that was certified here. Asked twice for one key (a reply was lost),
    this PC issues two certificates, and cannot know which of them is used.
    """
    row = TrustRow(TrustKind.GRANTED, certificate.sha256, 0, certificate.der)
    store_trust.put(work.connection, row)
    store_trust.put(
        work.connection, replace(row, kind=TrustKind.AUTHORITY, name=certificate.key_id)
    )


def keep_authority(work: UnitOfWork, certificate: Certificate, when: datetime) -> None:
    """Remember an authority that was heard of. Of two certificates for one key the later stands,
    as after a renewal: who has not heard of that goes on sending the earlier. One that begins
    after `when`, the effective time, was made by a wrong clock and gives way to any other.
    """
    connection, key = work.connection, certificate.key_id
    content = store_trust.content(connection, TrustKind.AUTHORITY, key)
    if content is not None:
        held = parse_certificate(content)
        if certificate.not_before < held.not_before <= when:
            return
    store_trust.put(connection, TrustRow(TrustKind.AUTHORITY, key, 0, certificate.der))


def newest_for_key(reading: Reading, authority: Authority) -> Authority:
    """The authority with the newest certificate for its key that is known here: a key file holds
    the one that it was made with, or that was newest when the file was copied.
    """
    content = store_trust.content(reading, TrustKind.AUTHORITY, authority.certificate.key_id)
    return (
        authority if content is None else replace(authority, certificate=parse_certificate(content))
    )


def granted(reading: Reading, authorities: Sequence[Certificate]) -> list[Certificate]:
    """These authorities, and every other certificate issued here for the keys of them."""
    rows = store_trust.rows(reading, TrustKind.GRANTED)
    issued = [parse_certificate(row.content) for row in rows]
    keys = {one.key_id for one in authorities}
    return list(dict.fromkeys((*authorities, *(one for one in issued if one.key_id in keys))))


def own_path(reading: Reading, certificate: Certificate) -> list[Certificate]:
    """The authorities above a certificate, nearest first, without the root."""
    return path_in(certificate, authorities(reading))


def certificate_member(
    reading: Reading,
    certificate: Certificate,
    to: str,
    below: Sequence[str],
    extra: Sequence[Certificate] = (),
    carried: Sequence[Carried] = (),
) -> bytes:
    """`certs.pem`: the sender, its authorities, `extra`, other stations, and the lists.

    The other stations are, as far as there is room: those of the sender's unit and of the
    receiving unit `to` (so that neighbours learn of each other), those that sign reference data
    (so that a round is believed at every tier; with the authorities above them), what is `carried`
    of the PCs below the receiver, and those of the units `below` the sender (so that a unit above
    can write to them directly). Where a root was rotated, the roots and what they say of each other
    come before all of these, and the superseded certificates of those who sign reference data
    behind. The lists are those of the authorities on the sender's path, of its unit's own
    authorities, of those above the signers and the carried, and of rotated roots: whoever reads the
    bundle judges these.
    """
    path = own_path(reading, certificate)
    # The unit's own authority signs the PCs below: they need its certificate and its list.
    held = authorities(reading)
    own = [one for one in held if one.unit == certificate.unit]
    # One of them may hang on an older root than this PC, by another authority above.
    own += [above for one in own for above in path_in(one, held)]
    enrolled = store_trust.stations(reading, active_only=False)
    # Whoever signs reference data may hang on another root by now than this unit does.
    signers = [
        one
        for one in (parse_certificate(row.certificate) for row in enrolled if row.active)
        if Purpose.REFERENCE in one.purposes
    ]
    roots = [parse_certificate(row.content) for row in store_trust.rows(reading, TrustKind.ROOT)]
    own += _above_signers(signers, held, roots)
    issuers = {one.key_id for one in (*path, *own)}
    issuers |= {one.issuer_key_id for one in (*path, *own)}
    rotated = crosses(reading)
    vouched = {one.key_id for one in rotated}
    extra = [*extra, *(one for one in roots if one.key_id in vouched), *rotated]
    near = {str(certificate.unit): 0, to: 1}
    far = frozenset(below)
    known: list[tuple[int, Certificate]] = []
    lists = [
        one
        for one in revocations.revocation_lists(reading)
        if one.issuer in issuers or one.issuer in vouched
    ]
    gone = revocations.revoked(reading)
    active = {row.station for row in enrolled if row.active}
    for row in enrolled:
        one = parse_certificate(row.certificate)
        if one == certificate or one.issuer_key_id not in issuers:
            continue
        if not row.active:
            # What it signed under an earlier certificate must still be believed of it.
            good = row.station in active and (one.issuer_key_id, one.serial) not in gone
            if good and Purpose.REFERENCE in one.purposes:
                known.append((_SUPERSEDED, one))
        elif one.station == certificate.station:
            continue
        elif row.unit in near:
            known.append((near[row.unit], one))
        elif Purpose.REFERENCE in one.purposes:
            known.append((_SIGNER, one))
        elif row.unit in far:
            known.append((_FAR, one))
    known.sort(key=lambda ranked: (ranked[0], ranked[1].sha256))
    first = list(dict.fromkeys([certificate, *path, *own]))
    last = [one for one in dict.fromkeys(extra) if one not in first]
    # A reader knows no other root than that of the sender, and those which vouch for it.
    beneath = [one for one in carried if one.root in issuers | vouched]
    groups = [
        *(Carried((one,)) for rank, one in known if rank < _FAR),
        *beneath,
        *(Carried((one,)) for rank, one in known if rank >= _FAR),
    ]
    others, more = _with_room(groups, (*first, *last))
    by_issuer = {crl.issuer: crl for crl in (*more, *lists)}
    return encode_certificates([*first, *others, *last], list(by_issuer.values()))


def _with_room(
    groups: Sequence[Carried], taken: Sequence[Certificate]
) -> tuple[list[Certificate], list[RevocationList]]:
    """The certificates of these groups that have room beside those `taken`, each whole or not at
    all, and their lists.
    """
    found: dict[Certificate, None] = {}
    lists: list[RevocationList] = []
    for group in groups:
        new = [one for one in group.certificates if one not in found and one not in taken]
        if len(taken) + len(found) + len(new) <= MAX_CERTIFICATES:
            found.update(dict.fromkeys(new))
            lists += group.lists
    return list(found), lists


def _above_signers(
    signers: Sequence[Certificate], held: Sequence[Certificate], roots: Sequence[Certificate]
) -> list[Certificate]:
    """The authorities above those who sign reference data, of paths that end at a trusted root.

    A bundle from below may have taught one under a root that it vouched for and that is not kept:
    with its list alone no reader could judge it.
    """
    trusted = {root.key_id for root in roots}
    found: list[Certificate] = []
    for one in signers:
        path = path_in(one, held)
        if path and path[-1].issuer_key_id in trusted:
            found += path
    return found


def take_sender(work: UnitOfWork, sender: VerifiedSender, certs: bytes, when: datetime) -> None:
    """Keep what a verified bundle teaches: authorities, lists, and the PCs of the sender's unit.

    `certs` is the bundle's `certs.pem`. Of its authorities those are kept over which a verified
    PC stands: the verification walked through them. `when` is the effective time. Where the sender
    stands on a root that is vouched for but not kept, nothing known gives way to it: what is sealed
    here would stand on that root too, for readers who do not know it.
    """
    connection = work.connection
    issuers = {one.issuer_key_id for one in (sender.certificate, *sender.others)}
    named = [
        one
        for one in parse_certificates(certs).certificates
        if one.is_authority and not one.is_root and one.key_id in issuers
    ]
    kept = sender.path[-1].sha256 in {
        row.name for row in store_trust.rows(connection, TrustKind.ROOT)
    }
    for authority in dict.fromkeys((*sender.path[1:-1], *named)):
        if kept or store_trust.content(connection, TrustKind.AUTHORITY, authority.key_id) is None:
            keep_authority(work, authority, when)
    for crl in sender.crls:
        revocations.keep_list(work, crl)
    for certificate in (sender.certificate, *sender.others):
        note_station(work, certificate)
    ended = revocations.revoked(connection)
    standing: set[tuple[str, str]] = set()
    gone: list[StationRow] = []
    for row in store_trust.stations(connection):
        certificate = parse_certificate(row.certificate)
        if (certificate.issuer_key_id, certificate.serial) in ended:
            gone.append(row)
        else:
            standing.add((row.station, row.unit))
    for row in gone:
        if (row.station, row.unit) in standing:  # the PC has other keys by now
            store_trust.take_out_certificate(connection, row.fingerprint)
        else:
            store_trust.take_out_station(connection, row.station, row.unit)


def take_word(work: UnitOfWork, sender: VerifiedSender, *, newest: bool) -> None:
    """A PC has spoken, by the newest bundle of its line or an older one.

    The newest is a sign of life: a PC that a person took out is written to again. A revoked one is
    not, whatever the key holder accepted of it.
    """
    station = sender.certificate.station
    if station is None:
        return
    if sender.revoked_but_accepted:
        store_trust.take_out_station(work.connection, station, str(sender.unit))
    elif newest:
        store_trust.put_back_station(work.connection, station, str(sender.unit))


def note_station(work: UnitOfWork, certificate: Certificate) -> None:
    """Remember an enrolled PC, so that bundles can be sealed to it."""
    if certificate.station is None or certificate.age is None:
        return
    store_trust.put_station(
        work.connection,
        StationRow(
            certificate.station,
            certificate.sha256,
            str(certificate.unit),
            certificate.age.text,
            certificate.role,
            certificate.der,
            int(certificate.not_after.timestamp()),
            active=True,
        ),
    )


def path_in(certificate: Certificate, pool: Sequence[Certificate]) -> list[Certificate]:
    """The authorities of `pool` above a certificate, nearest first, without the root."""
    known = {one.key_id: one for one in pool}
    path: list[Certificate] = []
    at = certificate
    while (above := known.get(at.issuer_key_id)) is not None and above not in path:
        path.append(above)
        at = above
    return path


def unit_refs(units: Sequence[str]) -> tuple[UnitRef, ...]:
    """`CODE@EDITION` texts as unit references."""
    return tuple(UnitRef(*unit.split("@", 1)) for unit in units)
