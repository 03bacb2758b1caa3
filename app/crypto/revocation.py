"""Revocation lists: one numbered list for each authority, complete, never partial.

Revocation only grows: what any list of an authority ever named stays revoked, also where a later
list of it lacks it, made by a second key holder or from an older copy. Of two lists the higher
number is handed on (`newest`); an older one in a bundle is no fault, its sender had simply not
heard of the newer one yet.
`nextUpdate` is set because RFC 5280 wants it and not judged: off line nobody fetches a fresher one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import SignatureAlgorithmOID

from app.crypto.certificate import (
    UNREADABLE,
    Certificate,
    ChainFailure,
    ChainReason,
    check_frame,
    key_of,
)
from app.crypto.signatures import SigningKey

MAX_REVOKED = 20_000
_EXPECTED = {x509.CRLNumber.oid, x509.AuthorityKeyIdentifier.oid}


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A parsed list; equal when the DER is equal. `issuer` is the key id of its authority."""

    der: bytes
    x509: x509.CertificateRevocationList = field(repr=False, compare=False)
    issuer: str = field(compare=False)
    number: int = field(compare=False)
    revoked: frozenset[int] = field(repr=False, compare=False)

    def times(self) -> dict[int, datetime]:
        """When each of `revoked` was revoked, aware UTC."""
        return {entry.serial_number: entry.revocation_date_utc for entry in self.x509}

    @property
    def pem(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.PEM)


@lru_cache(maxsize=64)
def parse_crl(der: bytes) -> RevocationList:
    """Read one list. Raises ChainFailure(BAD_CRL). Remembered as certificates are."""
    try:
        read = x509.load_der_x509_crl(der)
        extensions = {extension.oid: extension.value for extension in read.extensions}
        critical = any(extension.critical for extension in read.extensions)
        serials = [entry.serial_number for entry in read]
        # What stands beside a number (a reason, another issuer) could take it back for other tools.
        plain = not any(len(entry.extensions) for entry in read)
        algorithm = read.signature_algorithm_oid
        named = len(list(read.issuer)) > 0  # the name is parsed only when asked for
    except UNREADABLE as error:
        raise ChainFailure(ChainReason.BAD_CRL) from error
    number = extensions.get(x509.CRLNumber.oid)
    issuer = extensions.get(x509.AuthorityKeyIdentifier.oid)
    if (
        set(extensions) != _EXPECTED
        or critical
        or not plain
        or not named
        or algorithm != SignatureAlgorithmOID.ECDSA_WITH_SHA256
        or not isinstance(number, x509.CRLNumber)
        or number.crl_number < 1
        or number.crl_number > 1 << 53
        or not isinstance(issuer, x509.AuthorityKeyIdentifier)
        or (key_id := key_of(issuer)) is None
        or len(serials) > MAX_REVOKED
    ):
        raise ChainFailure(ChainReason.BAD_CRL)
    check_frame(der, read.tbs_certlist_bytes, read.signature, ChainReason.BAD_CRL)
    return RevocationList(der, read, key_id, number.crl_number, frozenset(serials))


def number_after(before: int, when: datetime) -> int:
    """The number of the list that follows number `before`: the second it is made in (UTC).

    The first one follows number 0. Counted by one, an authority whose PC was put back to an older
    state would make a list that stands behind those it made before.
    """
    return max(before + 1, int(when.timestamp()))


def issue_crl(
    issuer: Certificate,
    key: SigningKey,
    number: int,
    revoked: Mapping[int, datetime],
    when: datetime,
) -> RevocationList:
    """The complete list number `number`: serial → time of revocation. Times are aware UTC."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.x509.subject)
        .last_update(when)
        .next_update(max(issuer.not_after, when + timedelta(days=366)))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(authority_key_identifier(issuer), critical=False)
    )
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    crl = builder.sign(key.key, hashes.SHA256())
    return parse_crl(crl.public_bytes(serialization.Encoding.DER))


def authority_key_identifier(issuer: Certificate) -> x509.AuthorityKeyIdentifier:
    """The extension that names `issuer` by its key."""
    return x509.AuthorityKeyIdentifier(bytes.fromhex(issuer.key_id), None, None)


def check_signed_by(crl: RevocationList, issuer: Certificate) -> None:
    """Raises ChainFailure(CRL_BAD_SIGNATURE) unless `issuer` signed the list."""
    named = crl.x509.issuer == issuer.x509.subject and crl.issuer == issuer.key_id
    if not named or not crl.x509.is_signature_valid(issuer.public_key):
        raise ChainFailure(ChainReason.CRL_BAD_SIGNATURE)


def newest(one: RevocationList, other: RevocationList) -> RevocationList:
    """Which of two lists of one authority is handed on, the same everywhere.

    Two key holders may have made lists in one second: then the one that revokes more.
    """
    return max(one, other, key=lambda crl: (crl.number, len(crl.revoked), crl.der))
