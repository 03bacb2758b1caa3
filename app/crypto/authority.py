"""Issuing: the root of a province, the authority of a unit, the certificate of a station.

The caller decides who gets which scope and judges it against the tree of units; this module writes
the certificate so that `chain.verify_chain` and `openssl verify -x509_strict` accept it. The key of
an authority never enters a database: it is kept as an age passphrase file that `age -d` opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.crypto import age
from app.crypto.certificate import (
    EKU_SIGN_BUNDLE,
    EKU_SIGN_REFERENCE,
    ROLE_AUTHORITY,
    Certificate,
    Purpose,
    encode_age,
    encode_role,
    encode_scope,
    encode_station,
    key_identifier,
    key_usage,
    parse_certificate,
)
from app.crypto.enrolment import StationRequest
from app.crypto.revocation import authority_key_identifier
from app.crypto.signatures import SigningKey
from app.ids import UnitRef

ROOT_YEARS = 20
AUTHORITY_YEARS = 10
STATION_YEARS = 3
#: Root over at most two authorities over the station.
ROOT_PATH_LENGTH = 2
_EKU = {Purpose.BUNDLE: EKU_SIGN_BUNDLE, Purpose.REFERENCE: EKU_SIGN_REFERENCE}


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that may issue, with its private key."""

    certificate: Certificate
    key: SigningKey

    def seal(self, passphrase: str, work_factor: int | None = None) -> bytes:
        """An age passphrase file of certificate and key in PEM: no program of ours is needed."""
        content = self.certificate.pem + self.key.to_pem()
        return age.encrypt(content, [age.Passphrase(passphrase, work_factor)])

    @classmethod
    def unseal(cls, sealed: bytes, passphrase: str) -> Authority:
        """Raises AgeError (a wrong passphrase is NoMatch), or ValueError for other content."""
        content = age.decrypt(sealed, [age.Passphrase(passphrase)])
        read = x509.load_pem_x509_certificate(content)
        certificate = parse_certificate(read.public_bytes(serialization.Encoding.DER))
        key = SigningKey.from_bytes(content[content.index(b"-----BEGIN PRIVATE KEY-----") :])
        if key_identifier(key.key.public_key()) != certificate.key_id:
            raise ValueError("certificate and key do not belong together")
        return cls(certificate, key)


def create_root(scope: tuple[UnitRef, ...], when: datetime, years: int = ROOT_YEARS) -> Authority:
    """A new self-signed root for a province. `scope` names the province in each edition."""
    key = SigningKey.generate()
    public = key.key.public_key()
    name = _name(f"TEVN root {scope[0]} {key_identifier(public)[:8]}")
    builder = _start(name, name, public, when, _years_after(when, years))
    builder = _authority_extensions(builder, scope, ROOT_PATH_LENGTH)
    own = x509.AuthorityKeyIdentifier(bytes.fromhex(key_identifier(public)), None, None)
    return Authority(_sign(builder.add_extension(own, critical=False), key), key)


def create_authority(
    issuer: Authority, scope: tuple[UnitRef, ...], when: datetime, years: int = AUTHORITY_YEARS
) -> Authority:
    """A new authority of a unit under `issuer`. Raises ValueError when none may stand below it."""
    key = SigningKey.generate()
    public = key.key.public_key()
    subject = _name(f"TEVN authority {scope[0]} {key_identifier(public)[:8]}")
    certificate = _issue_authority(issuer, subject, public, scope, when, years)
    return Authority(certificate, key)


def certify_authority(
    issuer: Authority,
    request: StationRequest,
    scope: tuple[UnitRef, ...],
    when: datetime,
    years: int = AUTHORITY_YEARS,
) -> Certificate:
    """The certificate of an authority whose key was made at its own PC and never left it.

    Raises ValueError when none may stand below `issuer`.
    """
    subject = _name(f"TEVN authority {scope[0]} {key_identifier(request.public_key)[:8]}")
    return _issue_authority(issuer, subject, request.public_key, scope, when, years)


def cross_certify(issuer: Authority, root: Certificate, when: datetime) -> Certificate:
    """The old root's word for a new root: same name and key, issued by the old one."""
    return _issue_authority(
        issuer, root.x509.subject, root.public_key, root.scope, when, ROOT_YEARS
    )


def issue_station(
    issuer: Authority,
    request: StationRequest,
    scope: tuple[UnitRef, ...],
    role: str,
    when: datetime,
    purposes: frozenset[Purpose] = frozenset({Purpose.BUNDLE}),
    years: int = STATION_YEARS,
) -> Certificate:
    """The certificate of the PC that made `request`. The first unit of `scope` is its own unit."""
    if role == ROLE_AUTHORITY:
        raise ValueError("a station is no authority")
    until = min(_years_after(when, years), issuer.certificate.not_after)
    name = _name(f"TEVN station {request.station}")
    builder = (
        _start(name, issuer.certificate.x509.subject, request.public_key, when, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(ca=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage(
                sorted((_EKU[p] for p in purposes), key=lambda o: o.dotted_string)
            ),
            critical=False,
        )
        .add_extension(authority_key_identifier(issuer.certificate), critical=False)
        .add_extension(encode_scope(scope), critical=False)
        .add_extension(encode_age(request.age), critical=False)
        .add_extension(encode_role(role), critical=False)
        .add_extension(encode_station(request.station), critical=False)
    )
    return _sign(builder, issuer.key)


def _issue_authority(
    issuer: Authority,
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    scope: tuple[UnitRef, ...],
    when: datetime,
    years: int,
) -> Certificate:
    if not issuer.certificate.path_length:
        raise ValueError("no further authority may stand below this one")
    until = min(_years_after(when, years), issuer.certificate.not_after)
    builder = _start(subject, issuer.certificate.x509.subject, public, when, until)
    builder = _authority_extensions(builder, scope, issuer.certificate.path_length - 1)
    builder = builder.add_extension(authority_key_identifier(issuer.certificate), critical=False)
    return _sign(builder, issuer.key)


def _start(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    key_id = x509.SubjectKeyIdentifier(bytes.fromhex(key_identifier(public)))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since.replace(microsecond=0))
        .not_valid_after(until.replace(microsecond=0))
        .add_extension(key_id, critical=False)
    )


def _authority_extensions(
    builder: x509.CertificateBuilder, scope: tuple[UnitRef, ...], path_length: int
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=path_length), critical=True
        )
        .add_extension(key_usage(ca=True), critical=True)
        .add_extension(encode_scope(scope), critical=False)
        .add_extension(encode_role(ROLE_AUTHORITY), critical=False)
    )


def _sign(builder: x509.CertificateBuilder, key: SigningKey) -> Certificate:
    signed = builder.sign(key.key, hashes.SHA256())
    return parse_certificate(signed.public_bytes(serialization.Encoding.DER))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _years_after(when: datetime, years: int) -> datetime:
    try:
        return when.replace(year=when.year + years)
    except ValueError:  # 29 February
        return when.replace(year=when.year + years, day=28) + timedelta(days=1)
