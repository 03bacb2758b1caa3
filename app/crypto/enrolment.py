"""The request of a new station, and the code two people compare by telephone.

The request (PKCS #10, RFC 2986) carries the public keys of the PC and the unit it says it belongs
to. Nothing in it is believed but the keys: the upper unit chooses unit, scope and role after the
two people have compared the check code. Refuses a request that its own key did not sign.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from app.crypto.age_stanzas import X25519Recipient
from app.crypto.certificate import (
    OID_AGE,
    OID_SCOPE,
    OID_STATION,
    UNREADABLE,
    ChainFailure,
    ChainReason,
    check_frame,
    decode_age,
    decode_scope,
    decode_station,
    encode_age,
    encode_scope,
    encode_station,
    p256,
    required_value,
)
from app.crypto.check_code import check_code
from app.crypto.signatures import SigningKey
from app.ids import UnitRef

MAX_REQUEST_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class StationRequest:
    """A verified request: `station` is the UUID of the PC, `unit` the unit it asks for."""

    der: bytes
    station: str
    unit: UnitRef
    age: X25519Recipient
    public_key: ec.EllipticCurvePublicKey

    @property
    def check_code(self) -> str:
        """25 characters in groups of five; the same on both screens or the file was exchanged."""
        return check_code(self.der)


def make_request(key: SigningKey, age: X25519Recipient, station: str, unit: UnitRef) -> bytes:
    """The request file (PEM) of this PC."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"TEVN station {station}")])
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(name)
        .add_extension(encode_scope((unit,)), critical=False)
        .add_extension(encode_age(age), critical=False)
        .add_extension(encode_station(station), critical=False)
    )
    return builder.sign(key.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def read_request(pem: bytes) -> StationRequest:
    """Read a request file. Raises ChainFailure."""
    if len(pem) > MAX_REQUEST_BYTES:
        raise ChainFailure(ChainReason.BAD_REQUEST)
    try:
        read = x509.load_pem_x509_csr(pem)
        extensions = read.extensions
        public = read.public_key()
        signed = read.is_signature_valid
        canonical = read.public_bytes(serialization.Encoding.PEM)
    except UNREADABLE as error:
        raise ChainFailure(ChainReason.BAD_REQUEST) from error
    if (
        not signed
        or canonical != pem
        or read.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256
    ):
        raise ChainFailure(ChainReason.BAD_REQUEST)
    der = read.public_bytes(serialization.Encoding.DER)
    check_frame(der, read.tbs_certrequest_bytes, read.signature, ChainReason.BAD_REQUEST)
    scope = decode_scope(required_value(extensions, OID_SCOPE))
    if len(scope) != 1:
        raise ChainFailure(ChainReason.BAD_REQUEST)
    return StationRequest(
        der=der,
        station=decode_station(required_value(extensions, OID_STATION)),
        unit=scope[0],
        age=decode_age(required_value(extensions, OID_AGE)),
        public_key=p256(public),
    )
