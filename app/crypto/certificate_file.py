"""The member `certs.pem`: certificates first, revocation lists after them, in one spelling.

The file must be exactly the PEM this module would write from what it holds, byte for byte. So there
is no text between the blocks, no second order, and the SHA-256 of the file stands for its content.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.crypto.certificate import Certificate, ChainFailure, ChainReason, parse_certificate
from app.crypto.revocation import RevocationList, parse_crl

MAX_CERTIFICATES = 64
_BLOCK = re.compile(
    rb"-----BEGIN (CERTIFICATE|X509 CRL)-----\n([A-Za-z0-9+/=\n]*)-----END \1-----\n"
)


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """Content of `certs.pem`: the sender first, then its issuers without the root, then others."""

    certificates: tuple[Certificate, ...]
    crls: tuple[RevocationList, ...]

    @property
    def sender(self) -> Certificate:
        return self.certificates[0]

    @property
    def crl_numbers(self) -> dict[str, int]:
        """Key id of each list's authority → number, as the manifest states them."""
        return {crl.issuer: crl.number for crl in self.crls}


def encode_certificates(
    certificates: Sequence[Certificate], crls: Sequence[RevocationList]
) -> bytes:
    """The bytes of `certs.pem`. Lists are written in the order of their authorities' key ids."""
    ordered = sorted(crls, key=lambda crl: crl.issuer)
    return b"".join([c.pem for c in certificates] + [crl.pem for crl in ordered])


def parse_certificates(pem: bytes) -> CertificateFile:
    """Read `certs.pem`. Raises ChainFailure with the reason by name."""
    certificates: list[Certificate] = []
    crls: list[RevocationList] = []
    place = 0
    while place < len(pem):
        block = _BLOCK.match(pem, place)
        if block is None:
            raise ChainFailure(ChainReason.BAD_PEM)
        place = block.end()
        try:
            der = base64.b64decode(block[2].replace(b"\n", b""), validate=True)
        except binascii.Error:
            raise ChainFailure(ChainReason.BAD_PEM) from None
        if block[1] == b"CERTIFICATE":
            certificates.append(parse_certificate(der))
        else:
            crls.append(parse_crl(der))
        if len(certificates) > MAX_CERTIFICATES or len(crls) > MAX_CERTIFICATES:
            raise ChainFailure(ChainReason.TOO_MANY_CERTS)
    if not certificates:
        raise ChainFailure(ChainReason.NO_CERTIFICATE)
    if len(set(certificates)) != len(certificates) or len({c.issuer for c in crls}) != len(crls):
        raise ChainFailure(ChainReason.DUPLICATE_CERTIFICATE)
    if encode_certificates(certificates, crls) != pem:
        raise ChainFailure(ChainReason.NOT_CANONICAL_PEM)
    return CertificateFile(tuple(certificates), tuple(crls))
