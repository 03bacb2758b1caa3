"""Certificates of the project, read strictly into plain facts.

Three kinds: the root of a province, the authority of a unit that enrols others, a station (one PC).
Profile: X.509 v3, P-256, ecdsa-with-SHA256, BasicConstraints and KeyUsage critical. Our own
extensions are non-critical, because the library's path verification rejects critical ones it does
not know; this module requires them instead. Refuses every certificate that lacks one.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import SignatureAlgorithmOID

from app.crypto.age_stanzas import X25519Recipient
from app.crypto.check_code import check_code
from app.errors import KnownError
from app.ids import OID_ARC, UnitRef, parse_unit

EKU_SIGN_BUNDLE = x509.ObjectIdentifier(f"{OID_ARC}.1.1")
EKU_SIGN_REFERENCE = x509.ObjectIdentifier(f"{OID_ARC}.1.2")
OID_SCOPE = x509.ObjectIdentifier(f"{OID_ARC}.2.1")
OID_AGE = x509.ObjectIdentifier(f"{OID_ARC}.2.2")
OID_ROLE = x509.ObjectIdentifier(f"{OID_ARC}.2.3")
OID_STATION = x509.ObjectIdentifier(f"{OID_ARC}.2.4")

#: The role of every certificate that issues others; stations have roles of the services' choosing.
ROLE_AUTHORITY = "authority"
MAX_SCOPE_UNITS = 1024
_ROLE = re.compile(r"[a-z][a-z_-]{0,31}")
_UTF8_STRING, _OCTET_STRING, _BIT_STRING, _SEQUENCE = 0x0C, 0x04, 0x03, 0x30
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")

#: What the library raises for bytes that are no certificate, list or request.
#: The warning (a serial number below one) is an exception only where warnings are errors; such a
#: certificate is refused either way.
UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    CryptographyDeprecationWarning,
)

E = TypeVar("E", bound=x509.ExtensionType)


class ChainReason(StrEnum):
    """Why a certificate, a chain, a revocation list or a request was refused."""

    BAD_PEM = "bad-pem"
    NOT_CANONICAL_PEM = "not-canonical-pem"
    BAD_CERTIFICATE = "bad-certificate"
    NOT_P256 = "not-p256"
    WRONG_SIGNATURE_ALGORITHM = "wrong-signature-algorithm"
    MISSING_EXTENSION = "missing-extension"
    BAD_EXTENSION = "bad-extension"
    UNKNOWN_CRITICAL_EXTENSION = "unknown-critical-extension"
    TOO_MANY_CERTS = "too-many-certs"
    NO_CERTIFICATE = "no-certificate"
    DUPLICATE_CERTIFICATE = "duplicate-certificate"
    WRONG_ORDER = "wrong-order"
    NOT_A_STATION = "not-a-station"
    UNKNOWN_ISSUER = "unknown-issuer"
    BAD_SIGNATURE = "bad-signature"
    PATH_TOO_LONG = "path-too-long"
    SCOPE_EXCEEDS_ISSUER = "scope-exceeds-issuer"
    WRONG_EKU = "wrong-eku"
    REFERENCE_NOT_PROVINCE = "reference-not-province"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    CRL_MISSING = "crl-missing"
    CRL_BAD_SIGNATURE = "crl-bad-signature"
    CRL_UNKNOWN_ISSUER = "crl-unknown-issuer"
    BAD_CRL = "bad-crl"
    BAD_REQUEST = "bad-request"
    LIBRARY_REFUSES = "library-refuses"


#: Reasons that share a sentence, because the person in front of the screen can do one thing.
_SENTENCES = {
    ChainReason.UNKNOWN_ISSUER: "unknown_issuer",
    ChainReason.EXPIRED: "expired",
    ChainReason.NOT_YET_VALID: "not_yet_valid",
    ChainReason.REVOKED: "revoked",
    ChainReason.SCOPE_EXCEEDS_ISSUER: "beyond_rights",
    ChainReason.WRONG_EKU: "beyond_rights",
    ChainReason.REFERENCE_NOT_PROVINCE: "beyond_rights",
    ChainReason.NOT_A_STATION: "beyond_rights",
    ChainReason.CRL_MISSING: "lists",
    ChainReason.CRL_UNKNOWN_ISSUER: "lists",
    ChainReason.BAD_REQUEST: "request",
}


class ChainFailure(KnownError):
    """A certificate is not good enough for what was asked. `reason` says why, by name."""

    def __init__(self, reason: ChainReason) -> None:
        name = _SENTENCES.get(reason, "malformed")
        super().__init__(f"crypto.chain_{name}", f"crypto.chain_{name}_hint", reason=reason.value)
        self.reason = reason


class Purpose(StrEnum):
    """What a station's certificate allows (extended key usage)."""

    BUNDLE = "sign-bundle"
    REFERENCE = "sign-reference"


_PURPOSES = {EKU_SIGN_BUNDLE: Purpose.BUNDLE, EKU_SIGN_REFERENCE: Purpose.REFERENCE}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A parsed certificate; equal when the DER is equal. Times are UTC.

    `unit` is the first unit of `scope`: the unit that the station or authority belongs to. `age`,
    `station` and `purposes` are empty for authorities; `path_length` is None for stations.
    """

    der: bytes = field(repr=False)
    x509: x509.Certificate = field(repr=False, compare=False)
    sha256: str = field(compare=False)
    key_id: str = field(compare=False)
    issuer_key_id: str = field(compare=False)
    serial: int = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    scope: tuple[UnitRef, ...] = field(compare=False)
    role: str = field(compare=False)
    path_length: int | None = field(compare=False)
    purposes: frozenset[Purpose] = field(compare=False)
    station: str | None = field(compare=False)
    age: X25519Recipient | None = field(compare=False)

    @property
    def unit(self) -> UnitRef:
        return self.scope[0]

    @property
    def is_authority(self) -> bool:
        return self.path_length is not None

    @property
    def is_root(self) -> bool:
        return self.is_authority and self.key_id == self.issuer_key_id

    @property
    def fingerprint(self) -> str:
        """25 characters in groups of five, for the printed sheet and the telephone."""
        return check_code(self.der)

    @property
    def pem(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.PEM)

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return p256(self.x509.public_key())


@lru_cache(maxsize=256)
def parse_certificate(der: bytes) -> Certificate:
    """Read one certificate. Raises ChainFailure with the reason by name.

    A command meets its own few certificates again and again. What is read of them follows from the
    bytes alone and never changes; a refusal is not remembered.
    """
    try:
        read = x509.load_der_x509_certificate(der)
        extensions = read.extensions
        public = read.public_key()
        times = (read.not_valid_before_utc, read.not_valid_after_utc)
        own_issuer = read.issuer == read.subject  # names are parsed only when asked for
    except UNREADABLE as error:
        raise ChainFailure(ChainReason.BAD_CERTIFICATE) from error
    key_id = key_identifier(p256(public))
    if read.version is not x509.Version.v3 or read.serial_number < 1:
        raise ChainFailure(ChainReason.BAD_CERTIFICATE)
    if read.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise ChainFailure(ChainReason.WRONG_SIGNATURE_ALGORITHM)
    check_frame(der, read.tbs_certificate_bytes, read.signature, ChainReason.BAD_CERTIFICATE)
    _check_critical(extensions)
    path_length = _path_length(extensions)
    if _required(extensions, x509.SubjectKeyIdentifier).digest.hex() != key_id:
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    station = path_length is None
    return Certificate(
        der=der,
        x509=read,
        sha256=hashlib.sha256(der).hexdigest(),
        key_id=key_id,
        issuer_key_id=_issuer_key_id(extensions, key_id if own_issuer else None),
        serial=read.serial_number,
        not_before=times[0],
        not_after=times[1],
        scope=decode_scope(required_value(extensions, OID_SCOPE)),
        role=_decode_role(required_value(extensions, OID_ROLE), station=station),
        path_length=path_length,
        purposes=_purposes(extensions) if station else frozenset(),
        station=decode_station(required_value(extensions, OID_STATION)) if station else None,
        age=decode_age(required_value(extensions, OID_AGE)) if station else None,
    )


def check_frame(der: bytes, signed: bytes, signature: bytes, reason: ChainReason) -> None:
    """Raises ChainFailure(reason) unless `der` is exactly the signed part and the signature.

    The library overlooks a wrong count of unused bits in front of the signature: a second spelling.
    """
    bits = _der(_BIT_STRING, b"\0" + signature)
    if der != _der(_SEQUENCE, signed + _ECDSA_WITH_SHA256 + bits):
        raise ChainFailure(reason)


def p256(public: object) -> ec.EllipticCurvePublicKey:
    """The key, known to be on P-256. Raises ChainFailure(NOT_P256)."""
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(
        public.curve, ec.SECP256R1
    ):
        raise ChainFailure(ChainReason.NOT_P256)
    return public


def key_identifier(public: ec.EllipticCurvePublicKey) -> str:
    """40 hex digits: the first 160 bits of SHA-256 of the key (RFC 7093 section 2, method 1)."""
    point = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return hashlib.sha256(point).digest()[:20].hex()


def key_usage(*, ca: bool) -> x509.KeyUsage:
    """What a key may do: issue certificates and lists, or sign, and nothing besides."""
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def key_of(found: x509.AuthorityKeyIdentifier) -> str | None:
    """The key id in such an extension (hex); None where it says less or more than that.

    Names and serial numbers in it would be judged by other tools and not by this one.
    """
    if found.authority_cert_issuer is not None or found.authority_cert_serial_number is not None:
        return None
    if found.key_identifier is None or len(found.key_identifier) != 20:
        return None
    return found.key_identifier.hex()


def encode_scope(scope: tuple[UnitRef, ...]) -> x509.UnrecognizedExtension:
    """Extension `.2.1`. Raises ValueError for no unit, a doubled one, or too many."""
    if not scope or len(set(scope)) != len(scope) or len(scope) > MAX_SCOPE_UNITS:
        raise ValueError("a scope names each of its units once")
    text = ";".join(str(unit) for unit in scope)
    return x509.UnrecognizedExtension(OID_SCOPE, _der(_UTF8_STRING, text.encode("ascii")))


def encode_age(age: X25519Recipient) -> x509.UnrecognizedExtension:
    """Extension `.2.2`: the 32 bytes of the station's age recipient."""
    return x509.UnrecognizedExtension(OID_AGE, _der(_OCTET_STRING, age.public))


def encode_role(role: str) -> x509.UnrecognizedExtension:
    """Extension `.2.3`. Raises ValueError unless the role is a short lower-case word."""
    if not _ROLE.fullmatch(role):
        raise ValueError("a role is a short lower-case word")
    return x509.UnrecognizedExtension(OID_ROLE, _der(_UTF8_STRING, role.encode("ascii")))


def encode_station(station: str) -> x509.UnrecognizedExtension:
    """Extension `.2.4`: the 16 bytes of the station's UUID."""
    return x509.UnrecognizedExtension(OID_STATION, _der(_OCTET_STRING, uuid.UUID(station).bytes))


def decode_scope(value: bytes) -> tuple[UnitRef, ...]:
    text = _text(value)
    units = text.split(";")
    if len(units) > MAX_SCOPE_UNITS or len(set(units)) != len(units):
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    try:
        return tuple(parse_unit(unit) for unit in units)
    except ValueError:
        raise ChainFailure(ChainReason.BAD_EXTENSION) from None


def decode_age(value: bytes) -> X25519Recipient:
    content = _content(_OCTET_STRING, value)
    try:
        return X25519Recipient(content)
    except ValueError:  # another length, or a key of low order
        raise ChainFailure(ChainReason.BAD_EXTENSION) from None


def decode_station(value: bytes) -> str:
    content = _content(_OCTET_STRING, value)
    if len(content) != 16:
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return str(uuid.UUID(bytes=content))


def required_value(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> bytes:
    """The DER value of one of our extensions. Raises ChainFailure(MISSING_EXTENSION)."""
    try:
        found = extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        raise ChainFailure(ChainReason.MISSING_EXTENSION) from None
    if not isinstance(found, x509.UnrecognizedExtension):
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return found.value


def _decode_role(value: bytes, *, station: bool) -> str:
    role = _text(value)
    # A station that calls itself an authority, or the reverse, was issued by mistake or in malice.
    if not _ROLE.fullmatch(role) or (role == ROLE_AUTHORITY) == station:
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return role


def _check_critical(extensions: x509.Extensions) -> None:
    must = {x509.BasicConstraints.oid, x509.KeyUsage.oid}
    for extension in extensions:
        if extension.critical and extension.oid not in must:
            raise ChainFailure(ChainReason.UNKNOWN_CRITICAL_EXTENSION)
        if not extension.critical and extension.oid in must:
            raise ChainFailure(ChainReason.BAD_EXTENSION)


def _path_length(extensions: x509.Extensions) -> int | None:
    """How many authorities may follow, None for a station; key usage must fit the kind."""
    basic = _required(extensions, x509.BasicConstraints)
    usage = _required(extensions, x509.KeyUsage)
    if usage != key_usage(ca=basic.ca):
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    if not basic.ca:
        return None
    if basic.path_length is None or basic.path_length > 2:
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return basic.path_length


def _purposes(extensions: x509.Extensions) -> frozenset[Purpose]:
    usage = _required(extensions, x509.ExtendedKeyUsage)
    if not all(oid in _PURPOSES for oid in usage):
        raise ChainFailure(ChainReason.WRONG_EKU)
    if len(set(usage)) != len(usage):
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return frozenset(_PURPOSES[oid] for oid in usage)


def _issuer_key_id(extensions: x509.Extensions, own: str | None) -> str:
    """The issuer's key by AuthorityKeyIdentifier; a root may leave it out (RFC 5280, 4.2.1.1)."""
    try:
        found = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        if own is None:
            raise ChainFailure(ChainReason.MISSING_EXTENSION) from None
        return own
    key_id = key_of(found)
    if key_id is None:
        raise ChainFailure(ChainReason.BAD_EXTENSION)
    return key_id


def _required(extensions: x509.Extensions, kind: type[E]) -> E:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        raise ChainFailure(ChainReason.MISSING_EXTENSION) from None


def _text(value: bytes) -> str:
    try:
        return _content(_UTF8_STRING, value).decode("ascii")
    except UnicodeDecodeError:
        raise ChainFailure(ChainReason.BAD_EXTENSION) from None


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def _content(tag: int, value: bytes) -> bytes:
    """The content of one DER value. Refuses every other tag and every longer way to say it."""
    for header in (2, 3, 4):
        content = value[header:]
        if _der(tag, content) == value:
            return content
    raise ChainFailure(ChainReason.BAD_EXTENSION)
