"""From a sender's certificate to a trusted root: who signed, for which units, at what time.

Every refusal has a name (`ChainReason`). The walk below judges what only this project knows (scope,
purpose, numbered revocation lists, a clock that may be wrong); at the end the path verification of
the library judges the same path once more, and either may refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from app.crypto.certificate import Certificate, ChainFailure, ChainReason, Purpose
from app.crypto.certificate_file import CertificateFile
from app.crypto.check_code import same_code
from app.crypto.revocation import RevocationList, check_signed_by
from app.crypto.signatures import verify
from app.ids import UnitRef

#: At most two authorities between the root and a station.
MAX_AUTHORITIES = 2

#: `covers(scope, unit)`: whether a unit lies in the scope made of these units, by the unit tree.
Covers = Callable[[Sequence[UnitRef], UnitRef], bool]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the reader believes before it opens a file.

    `crls`: newest known list by the key id of its authority. `revoked`: by the same key id, what
    earlier lists revoked and the newest one lacks. `when`: effective time, aware UTC.
    `clock_suspect`: expiry and not-before become a question (`VerifiedSender.time_question`).
    `accept_revoked`: SHA-256 (hex) of station certificates that the key holder accepts by name.
    """

    roots: tuple[Certificate, ...]
    crls: Mapping[str, RevocationList]
    covers: Covers
    when: datetime
    clock_suspect: bool = False
    accept_revoked: frozenset[str] = frozenset()
    revoked: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifiedSender:
    """A station whose path to a root was verified.

    `path`: the station, its authorities, the root. `crls`: the lists of the file, to be stored,
    older ones as well, for each may be the first to name somebody. `time_question`: EXPIRED or
    NOT_YET_VALID when a suspect clock softened it. `others`: further verified stations of the file
    that are valid today. `out_of_date`: those that are good but for their dates, with EXPIRED or
    NOT_YET_VALID.
    """

    certificate: Certificate
    path: tuple[Certificate, ...]
    crls: tuple[RevocationList, ...] = field(repr=False)
    time_question: ChainReason | None
    revoked_but_accepted: bool
    others: tuple[Certificate, ...]
    out_of_date: tuple[tuple[Certificate, ChainReason], ...] = ()

    @property
    def unit(self) -> UnitRef:
        return self.certificate.unit

    @property
    def may_sign_reference(self) -> bool:
        return Purpose.REFERENCE in self.certificate.purposes


def verify_chain(
    file: CertificateFile, trust: Trust, purpose: Purpose = Purpose.BUNDLE
) -> VerifiedSender:
    """Verify the first certificate of `file` and everything it stands on. Raises ChainFailure."""
    sender = file.sender
    path = _path(sender, file.certificates, trust)
    authorities = path[1:-1]
    if file.certificates[1 : 1 + len(authorities)] != authorities:
        raise ChainFailure(ChainReason.WRONG_ORDER)
    if purpose not in sender.purposes:
        raise ChainFailure(ChainReason.WRONG_EKU)
    revoked = _revoked(file, path, trust)
    accepted = _check_revocation(path, revoked, trust)
    question = _check_time(path, trust)
    _ask_library(path, trust.when)
    found = _other_stations(file, sender, trust, revoked)
    others = tuple(one for one, late in found if late is None)
    out_of_date = tuple((one, late) for one, late in found if late is not None)
    return VerifiedSender(sender, path, file.crls, question, accepted, others, out_of_date)


def with_vouched_roots(file: CertificateFile, trust: Trust) -> Trust:
    """`trust` with those roots of `file` that a trusted root vouches for.

    It does so by a cross-certificate: the other root's name, key and scope, signed by itself and
    revoked by none of its lists. So a new root is known where only the old one was, and the old
    one where only the new one is. A root without such a word is passed over.
    """
    found = trust
    while (more := _vouched(file, found)) is not None:
        found = replace(found, roots=(*found.roots, more))
    return found


def _vouched(file: CertificateFile, trust: Trust) -> Certificate | None:
    known = {root.key_id for root in trust.roots}
    for root in file.certificates:
        if not root.is_root or root.key_id in known:
            continue
        for cross in crosses_of(file, root):
            issuer = _issuer_among(cross, trust.roots)
            if issuer is not None and _vouches(cross, issuer, root, file, trust):
                return root
    return None


def good_crosses(file: CertificateFile, trust: Trust) -> list[Certificate]:
    """The cross-certificates of `file` by which one trusted root vouches for another."""
    found = []
    for root in (one for one in file.certificates if one in trust.roots):
        for cross in crosses_of(file, root):
            issuer = _issuer_among(cross, trust.roots)
            if issuer is not None and _vouches(cross, issuer, root, file, trust):
                found.append(cross)
    return found


def crosses_of(file: CertificateFile, root: Certificate) -> list[Certificate]:
    """The certificates of `file` for the key of `root` that another authority issued."""
    return [
        one
        for one in file.certificates
        if one.is_authority and not one.is_root and one.key_id == root.key_id
    ]


def _vouches(
    cross: Certificate, issuer: Certificate, root: Certificate, file: CertificateFile, trust: Trust
) -> bool:
    try:
        _check_issued(root, root, 0, trust.covers)
        _check_issued(cross, issuer, 1, trust.covers)
        lists = [crl for crl in file.crls if crl.issuer == issuer.key_id]
        for crl in lists:
            check_signed_by(crl, issuer)
    except ChainFailure:
        return False
    if known := trust.crls.get(issuer.key_id):
        lists.append(known)
    revoked = trust.revoked.get(issuer.key_id, frozenset()).union(*(crl.revoked for crl in lists))
    in_time = cross.not_before <= trust.when <= cross.not_after or trust.clock_suspect
    same = cross.x509.subject == root.x509.subject and cross.scope == root.scope
    return bool(lists) and cross.serial not in revoked and in_time and same


def verify_reference(
    certificate: Certificate, authorities: Sequence[Certificate], trust: Trust
) -> VerifiedSender:
    """Verify a certificate that signs reference data, without a bundle around it."""
    file = CertificateFile((certificate, *authorities), ())
    return verify_chain(file, trust, Purpose.REFERENCE)


def root_by_fingerprint(file: CertificateFile, typed: str) -> Certificate | None:
    """The self-signed root in `file` whose fingerprint was typed, or None."""
    for certificate in file.certificates:
        if certificate.is_root and same_code(typed, certificate.fingerprint):
            _check_issued(certificate, certificate, 0, lambda scope, unit: unit in scope)
            return certificate
    return None


def signed_by(certificate: Certificate, signature: bytes, data: bytes) -> bool:
    """Whether the station of `certificate` made the one spelling of a signature over `data`."""
    return verify(certificate.public_key, signature, data)


def _path(
    station: Certificate, pool: Sequence[Certificate], trust: Trust
) -> tuple[Certificate, ...]:
    """The station, its authorities, the root: signatures, lengths, scopes and purposes judged."""
    if station.is_authority:
        raise ChainFailure(ChainReason.NOT_A_STATION)
    path = _walk(station, pool, trust)
    if Purpose.REFERENCE in station.purposes:
        _check_province(path, trust.covers)
    return path


def _walk(start: Certificate, pool: Sequence[Certificate], trust: Trust) -> tuple[Certificate, ...]:
    path = [start]
    while True:
        below = path[-1]
        root = _issuer_among(below, trust.roots)
        if root is not None:
            path.append(root)
            break
        issuer = _issuer_among(below, [c for c in pool if c.is_authority and not c.is_root])
        if issuer is None:
            raise ChainFailure(ChainReason.UNKNOWN_ISSUER)
        if len(path) > MAX_AUTHORITIES:
            raise ChainFailure(ChainReason.PATH_TOO_LONG)
        path.append(issuer)
    for depth, (child, issuer) in enumerate(pairwise(path), start=int(start.is_authority)):
        _check_issued(child, issuer, depth, trust.covers)
    return tuple(path)


def _issuer_among(child: Certificate, candidates: Sequence[Certificate]) -> Certificate | None:
    for candidate in candidates:
        if (
            candidate.key_id == child.issuer_key_id
            and candidate.x509.subject == child.x509.issuer
            and candidate != child
        ):
            return candidate
    return None


def _check_issued(child: Certificate, issuer: Certificate, depth: int, covers: Covers) -> None:
    _check_signed(child, issuer)
    if issuer.path_length is None or issuer.path_length < depth:
        raise ChainFailure(ChainReason.PATH_TOO_LONG)
    if not all(covers(issuer.scope, unit) for unit in child.scope):
        raise ChainFailure(ChainReason.SCOPE_EXCEEDS_ISSUER)


@lru_cache(maxsize=256)
def _check_signed(child: Certificate, issuer: Certificate) -> None:
    """Raises ChainFailure(BAD_SIGNATURE). Remembered of two certificates is that one did sign the
    other, which no time changes; whether it may, and whether either still counts, is asked anew.
    """
    try:
        child.x509.verify_directly_issued_by(issuer.x509)
    except (ValueError, TypeError, InvalidSignature):
        raise ChainFailure(ChainReason.BAD_SIGNATURE) from None


def _check_province(path: Sequence[Certificate], covers: Covers) -> None:
    """Reference data is the province's word: nobody on the path may stand for less than it."""
    province = path[-1].unit
    if not all(covers(certificate.scope, province) for certificate in path):
        raise ChainFailure(ChainReason.REFERENCE_NOT_PROVINCE)


def _revoked(
    file: CertificateFile, path: Sequence[Certificate], trust: Trust
) -> dict[str, frozenset[int]]:
    """What each authority that has a list ever revoked, as far as it is known here or by the file.

    Each list of the file is verified, and every authority of the path needs one.
    """
    authorities = {certificate.key_id: certificate for certificate in [*path[1:], *trust.roots]}
    for certificate in file.certificates:
        if certificate.is_authority and _stands(certificate, file.certificates, trust):
            authorities.setdefault(certificate.key_id, certificate)
    none = frozenset[int]()
    revoked = {
        issuer: crl.revoked | trust.revoked.get(issuer, none) for issuer, crl in trust.crls.items()
    }
    for crl in file.crls:
        if crl.issuer not in authorities:
            raise ChainFailure(ChainReason.CRL_UNKNOWN_ISSUER)
        check_signed_by(crl, authorities[crl.issuer])
        revoked[crl.issuer] = revoked.get(crl.issuer, none) | crl.revoked
    for authority in path[1:]:
        if authority.key_id not in revoked:
            raise ChainFailure(ChainReason.CRL_MISSING)
    return revoked


def _stands(authority: Certificate, pool: Sequence[Certificate], trust: Trust) -> bool:
    """Whether a further authority of the file stands on a trusted root.

    One that does not (a new root's cross-certificate by an old root unknown here) is passed over.
    """
    try:
        _walk(authority, pool, trust)
    except ChainFailure:
        return False
    return True


def _check_revocation(
    path: Sequence[Certificate], revoked: Mapping[str, frozenset[int]], trust: Trust
) -> bool:
    """Whether the station itself is revoked but accepted by name; anything else raises."""
    accepted = False
    for child in path[:-1]:
        if child.serial in revoked[child.issuer_key_id]:
            if child is not path[0] or child.sha256 not in trust.accept_revoked:
                raise ChainFailure(ChainReason.REVOKED)
            accepted = True
    return accepted


def _check_time(path: Sequence[Certificate], trust: Trust) -> ChainReason | None:
    question = _out_of_date(path, trust.when)
    if question is not None and not trust.clock_suspect:
        raise ChainFailure(question)
    return question


def _out_of_date(path: Sequence[Certificate], when: datetime) -> ChainReason | None:
    """Why the first of these that is out of date is so."""
    for certificate in path:
        if when < certificate.not_before:
            return ChainReason.NOT_YET_VALID
        if when > certificate.not_after:
            return ChainReason.EXPIRED
    return None


def _ask_library(path: Sequence[Certificate], when: datetime) -> None:
    since = max(certificate.not_before for certificate in path)
    until = min(certificate.not_after for certificate in path)
    if since > until:  # no moment at which all of them were valid: no clock can explain that
        raise ChainFailure(ChainReason.EXPIRED)
    moment = min(max(when, since), until)
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
        .require_present(x509.KeyUsage, Criticality.CRITICAL, None)
        .require_present(x509.SubjectKeyIdentifier, Criticality.NON_CRITICAL, None)
    )
    # A policy for the station of our own, because the library's demands a web server's name.
    station = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
        .require_present(x509.KeyUsage, Criticality.CRITICAL, None)
        .require_present(x509.ExtendedKeyUsage, Criticality.NON_CRITICAL, None)
        .require_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
    )
    verifier = (
        PolicyBuilder()
        .store(Store([path[-1].x509]))
        .time(moment)
        .max_chain_depth(MAX_AUTHORITIES)
        .extension_policies(ca_policy=authority, ee_policy=station)
        .build_client_verifier()
    )
    try:
        verifier.verify(path[0].x509, [certificate.x509 for certificate in path[1:-1]])
    except VerificationError as error:
        raise ChainFailure(ChainReason.LIBRARY_REFUSES) from error


def _other_stations(
    file: CertificateFile,
    sender: Certificate,
    trust: Trust,
    revoked: Mapping[str, frozenset[int]],
) -> list[tuple[Certificate, ChainReason | None]]:
    """Further stations of the file; with those that are out of date the reason.

    One that is revoked is left out without a word, because an honest sender may not know it yet; so
    is one of a unit that the reader has not heard of: the decree that made the unit may lie in this
    very bundle. One without a path to a root is refused.
    """
    others: list[tuple[Certificate, ChainReason | None]] = []
    for certificate in file.certificates:
        if certificate == sender or certificate.is_authority:
            continue
        if not all(trust.covers((unit,), unit) for unit in certificate.scope):
            continue
        path = _path(certificate, file.certificates, trust)
        if any(authority.key_id not in revoked for authority in path[1:]):
            raise ChainFailure(ChainReason.CRL_MISSING)
        if not any(child.serial in revoked[child.issuer_key_id] for child in path[:-1]):
            others.append((certificate, _out_of_date(path, trust.when)))
    return others
