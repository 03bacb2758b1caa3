"""ECDSA signatures on P-256 with SHA-256, and the private keys that make them.

One signature has one spelling: strict DER and s ≤ n/2, on writing and on reading. Without that
rule anybody could turn (r, s) into the second valid signature (r, n − s): a file in two forms.
P-256 and not Ed25519 because the library's path verification refuses Ed25519 certificates.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)

from app.crypto.age_header import Source

#: Order of P-256 (SEC 2, section 2.4.2).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
MAX_SIGNATURE_BYTES = 72
_DIGEST = Prehashed(hashes.SHA256())


class SigningKey:
    """A P-256 private key. Never printed by repr."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("only P-256 keys are used")  # noqa: TRY004 - it is the value's curve
        self.key = key

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_bytes(cls, data: bytes) -> SigningKey:
        """Read PKCS #8 DER or PEM. Raises ValueError when it is no P-256 private key."""
        load = (
            serialization.load_pem_private_key
            if data.lstrip().startswith(b"-----")
            else serialization.load_der_private_key
        )
        try:
            key = load(data, None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("not a private key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("only P-256 keys are used")  # noqa: TRY004 - it is the file's content
        return cls(key)

    def to_bytes(self) -> bytes:
        """Unencrypted PKCS #8 DER; whoever stores it encrypts it."""
        return self._private_bytes(serialization.Encoding.DER)

    def to_pem(self) -> bytes:
        """Unencrypted PKCS #8 PEM, the form openssl reads."""
        return self._private_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """DER signature over SHA-256 of `data`, s ≤ n/2, at most 72 bytes."""
        return self._sign_digest(hashlib.sha256(data).digest())

    def sign_stream(self, source: Source) -> bytes:
        """The same over everything `source` still holds, in constant memory."""
        return self._sign_digest(_digest_of(source))

    def _sign_digest(self, digest: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(_DIGEST)))
        return encode_dss_signature(r, min(s, ORDER - s))

    def _private_bytes(self, encoding: serialization.Encoding) -> bytes:
        return self.key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def verify(public_key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is the one spelling of a valid signature over `data`."""
    return _verify_digest(public_key, signature, hashlib.sha256(data).digest())


def verify_stream(public_key: ec.EllipticCurvePublicKey, signature: bytes, source: Source) -> bool:
    """The same over everything `source` still holds."""
    return _verify_digest(public_key, signature, _digest_of(source))


def _verify_digest(public_key: ec.EllipticCurvePublicKey, signature: bytes, digest: bytes) -> bool:
    if not isinstance(public_key.curve, ec.SECP256R1) or not _is_canonical(signature):
        return False
    try:
        public_key.verify(signature, digest, ec.ECDSA(_DIGEST))
    except InvalidSignature:
        return False
    return True


def _is_canonical(signature: bytes) -> bool:
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    in_range = 0 < r < ORDER and 0 < s <= ORDER // 2
    return in_range and encode_dss_signature(r, s) == signature


def _digest_of(source: Source) -> bytes:
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
    return digest.digest()
