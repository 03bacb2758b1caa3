"""Variants of the extensions of certificates and lists, signed again by whoever issues them.

Who signs is an enrolled insider: a unit that holds an authority of its own, for the PCs and the
authority below it and for its revocation list; a root anybody can make for himself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.crypto.authority import create_authority, create_root, cross_certify
from app.crypto.certificate import (
    EKU_SIGN_BUNDLE,
    EKU_SIGN_REFERENCE,
    OID_AGE,
    OID_ROLE,
    OID_SCOPE,
    OID_STATION,
    ChainFailure,
)
from app.crypto.revocation import authority_key_identifier, issue_crl, parse_crl
from app.crypto.signatures import SigningKey
from app.sync.refusal import Refusal
from tests.insiders.changes import P, Variant
from tests.insiders.issuing import (
    OCTETS,
    SEQUENCE,
    TEXT,
    Change,
    der,
    flipped,
    more,
    pem,
    signed_again,
    twice,
    value,
    without,
)
from tests.invented_province import COMMUNE, NOW, PROVINCE, enrol

KU, BC, EKU = x509.KeyUsage.oid, x509.BasicConstraints.oid, x509.ExtendedKeyUsage.oid
SKI, AKI, NUMBER = (
    x509.SubjectKeyIdentifier.oid,
    x509.AuthorityKeyIdentifier.oid,
    x509.CRLNumber.oid,
)
UNKNOWN, NULL = "1.2.3.4", b"\x05\x00"

UPPER = P.district_authority
#: A second authority under the district's, its first list, and a PC that it enrolled.
LOWER = create_authority(UPPER, (COMMUNE,), NOW)
LOWER_LIST = issue_crl(LOWER.certificate, LOWER.key, 1, {}, NOW)
BELOW = enrol(LOWER, COMMUNE)
#: A root of the insider's own, and the word of his unit's authority for it.
ROOT = create_root((PROVINCE,), NOW)
CROSS = cross_certify(UPPER, ROOT.certificate, NOW)


class Issued(NamedTuple):
    """An honest certificate or list, and the key of its issuer."""

    der: bytes
    key: SigningKey


ISSUED = {
    "station": Issued(P.commune.certificate.der, UPPER.key),
    "authority": Issued(LOWER.certificate.der, UPPER.key),
    "root": Issued(ROOT.certificate.der, ROOT.key),
    "list": Issued(issue_crl(UPPER.certificate, UPPER.key, 2, {1: NOW}, NOW).der, UPPER.key),
}


def carrying(kind: str, change: Change) -> dict[str, Any]:
    """What makes `forge` put the changed certificate or list where an honest one stands."""
    issued = ISSUED[kind]
    return _carried(kind, signed_again(issued.der, issued.key, change))


def _carried(kind: str, changed: bytes) -> dict[str, Any]:
    own, upper = P.commune.certificate.pem, UPPER.certificate.pem
    if kind == "list":
        return _with_list(own + upper, changed)
    block = pem("CERTIFICATE", changed)
    numbers = {
        P.root_crl.issuer: (1, P.root_crl.pem),
        P.district_crl.issuer: (1, P.district_crl.pem),
    }
    if kind == "root":
        return _filed(own + upper + block + CROSS.pem, numbers)
    if kind == "authority":
        numbers[LOWER_LIST.issuer] = (1, LOWER_LIST.pem)
        return {"sender": BELOW, **_filed(BELOW.certificate.pem + block + upper, numbers)}
    sha256 = hashlib.sha256(changed).hexdigest()

    def named(claims: dict[str, Any]) -> None:
        claims["sender"]["cert_sha256"] = sha256

    return {**_filed(block + upper, numbers), "header": named, "manifest": named}


def _with_list(certificates: bytes, changed: bytes) -> dict[str, Any]:
    """Beside the root's list, or in its place when it says to be that one."""
    block = pem("X509 CRL", changed)
    try:
        read = parse_crl(changed)
    except ChainFailure:
        issuer, number = P.district_crl.issuer, 2
    else:
        issuer, number = read.issuer, read.number
    numbers = {
        P.root_crl.issuer: (1, P.root_crl.pem),
        P.district_crl.issuer: (1, P.district_crl.pem),
        issuer: (number, block),
    }
    if issuer not in (P.root_crl.issuer, P.district_crl.issuer):
        del numbers[P.district_crl.issuer]
    made = _filed(certificates, numbers)
    claimed = {name: number for name, (number, _) in numbers.items()}
    return {**made, "manifest": lambda claims: claims.update(crls=claimed)}


def _filed(certificates: bytes, lists: Mapping[str, tuple[int, bytes]]) -> dict[str, Any]:
    claimed = {name: number for name, (number, _) in lists.items()}
    blocks = b"".join(block for _, (_, block) in sorted(lists.items()))
    return {
        "certs": certificates + blocks,
        "manifest": lambda claims: claims.update(crls=claimed),
    }


def text(written: str) -> bytes:
    return der(TEXT, written.encode())


def purposes(*oids: x509.ObjectIdentifier) -> bytes:
    return x509.ExtendedKeyUsage(oids).public_bytes()


def by_key(key_id: bytes) -> bytes:
    """The value of an AuthorityKeyIdentifier as it is written."""
    return der(SEQUENCE, der(0x80, key_id))


def _named(key_id: str) -> bytes:
    """The same, and the issuer's name and serial number besides."""
    issuer = der(0xA1, der(0xA4, UPPER.certificate.x509.issuer.public_bytes()))
    return der(SEQUENCE, der(0x80, bytes.fromhex(key_id)), issuer, der(0x82, b"\x01"))


C = Refusal.CERTIFICATES
BEYOND = Refusal.SENDER_BEYOND_RIGHTS
Outcome = tuple[Change, Refusal, str]
MISSING, BAD, CRITICAL = "missing-extension", "bad-extension", "unknown-critical-extension"


def _of_all(key_id: str) -> dict[str, Outcome]:
    """What is refused in every certificate; `key_id` is that of its issuer."""
    return {
        "authority key without a key": (value(AKI, der(SEQUENCE)), C, BAD),
        "authority key short": (value(AKI, by_key(bytes(19))), C, BAD),
        "authority key with name and number": (value(AKI, _named(key_id)), C, BAD),
        "authority key critical": (flipped(AKI), C, CRITICAL),
        "authority key twice": (twice(AKI), C, "bad-certificate"),
        "subject key left out": (without(SKI), C, MISSING),
        "subject key of another": (value(SKI, der(OCTETS, bytes(20))), C, BAD),
        "subject key critical": (flipped(SKI), C, CRITICAL),
        "constraints left out": (without(BC), C, MISSING),
        "constraints not critical": (flipped(BC), C, BAD),
        "constraints in a second spelling": (
            value(BC, der(SEQUENCE, b"\x01\x01\x00")),
            C,
            "bad-certificate",
        ),
        "key usage left out": (without(KU), C, MISSING),
        "key usage not critical": (flipped(KU), C, BAD),
        "key usage none": (value(KU, b"\x03\x01\x00"), C, BAD),
        "key usage of both kinds": (value(KU, b"\x03\x02\x01\x86"), C, BAD),
        "scope left out": (without(OID_SCOPE), C, MISSING),
        "scope critical": (flipped(OID_SCOPE), C, CRITICAL),
        "scope empty": (value(OID_SCOPE, text("")), C, BAD),
        "scope no unit": (value(OID_SCOPE, text("21010")), C, BAD),
        "scope doubled": (value(OID_SCOPE, text("21010@2024;21010@2024")), C, BAD),
        "scope as octets": (value(OID_SCOPE, der(OCTETS, b"21010@2024")), C, BAD),
        "scope of too many": (
            value(OID_SCOPE, text(";".join(f"{code}@2024" for code in range(10_000, 11_025)))),
            C,
            BAD,
        ),
        "role left out": (without(OID_ROLE), C, MISSING),
        "role critical": (flipped(OID_ROLE), C, CRITICAL),
        "role in capitals": (value(OID_ROLE, text("STATION")), C, BAD),
        "unknown extension critical": (more(UNKNOWN, NULL, critical=True), C, CRITICAL),
    }


def _of_authorities() -> dict[str, Outcome]:
    return {
        "constraints of a station": (value(BC, der(SEQUENCE)), C, BAD),
        "constraints without a length": (value(BC, der(SEQUENCE, b"\x01\x01\xff")), C, BAD),
        "constraints of length 3": (
            value(BC, der(SEQUENCE, b"\x01\x01\xff", b"\x02\x01\x03")),
            C,
            BAD,
        ),
        "key usage of a station": (value(KU, b"\x03\x02\x07\x80"), C, BAD),
        "key usage certificates only": (value(KU, b"\x03\x02\x02\x04"), C, BAD),
        "key usage agreement besides": (value(KU, b"\x03\x02\x01\x0e"), C, BAD),
        "role of a station": (value(OID_ROLE, text("station")), C, BAD),
    }


STATION: dict[str, Outcome] = {
    **_of_all(UPPER.certificate.key_id),
    "authority key left out": (without(AKI), C, MISSING),
    "authority key of nobody": (
        value(AKI, by_key(bytes(20))),
        Refusal.SENDER_UNKNOWN,
        "unknown-issuer",
    ),
    "constraints of an authority": (
        value(BC, der(SEQUENCE, b"\x01\x01\xff", b"\x02\x01\x00")),
        C,
        BAD,
    ),
    "constraints of a station with a length": (
        value(BC, der(SEQUENCE, b"\x02\x01\x00")),
        C,
        "bad-certificate",
    ),
    "key usage of an authority": (value(KU, b"\x03\x02\x01\x06"), C, BAD),
    "key usage agreement besides": (value(KU, b"\x03\x02\x03\x88"), C, BAD),
    "scope of the unit above": (
        value(OID_SCOPE, text("522@2024")),
        Refusal.SENDER_DIFFERS,
        "unit",
    ),
    "scope beyond": (
        value(OID_SCOPE, text("21010@2024;21500@2024")),
        BEYOND,
        "scope-exceeds-issuer",
    ),
    "role of an authority": (value(OID_ROLE, text("authority")), C, BAD),
    "age key left out": (without(OID_AGE), C, MISSING),
    "age key critical": (flipped(OID_AGE), C, CRITICAL),
    "age key short": (value(OID_AGE, der(OCTETS, bytes(31))), C, BAD),
    "age key long": (value(OID_AGE, der(OCTETS, bytes(33))), C, BAD),
    "age key as text": (value(OID_AGE, der(TEXT, b"a" * 32)), C, BAD),
    "age key of low order": (value(OID_AGE, der(OCTETS, bytes(32))), C, BAD),
    "station left out": (without(OID_STATION), C, MISSING),
    "station critical": (flipped(OID_STATION), C, CRITICAL),
    "station short": (value(OID_STATION, der(OCTETS, bytes(15))), C, BAD),
    "station of another PC": (
        value(OID_STATION, der(OCTETS, bytes(16))),
        Refusal.SENDER_DIFFERS,
        "station",
    ),
    "purposes left out": (without(EKU), C, MISSING),
    "purposes critical": (flipped(EKU), C, CRITICAL),
    "purposes none": (value(EKU, der(SEQUENCE)), C, "bad-certificate"),
    "purposes doubled": (value(EKU, purposes(EKU_SIGN_BUNDLE, EKU_SIGN_BUNDLE)), C, BAD),
    "purposes of a web client": (
        value(EKU, purposes(ExtendedKeyUsageOID.CLIENT_AUTH)),
        BEYOND,
        "wrong-eku",
    ),
    "purposes any": (
        value(EKU, purposes(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)),
        BEYOND,
        "wrong-eku",
    ),
    "purposes reference besides": (
        value(EKU, purposes(EKU_SIGN_BUNDLE, EKU_SIGN_REFERENCE)),
        BEYOND,
        "reference-not-province",
    ),
}

AUTHORITY: dict[str, Outcome] = {
    **_of_all(UPPER.certificate.key_id),
    **_of_authorities(),
    "authority key left out": (without(AKI), C, MISSING),
    "authority key of nobody": (
        value(AKI, by_key(bytes(20))),
        Refusal.SENDER_UNKNOWN,
        "unknown-issuer",
    ),
    "scope of the unit above": (
        value(OID_SCOPE, text("51@2024")),
        BEYOND,
        "scope-exceeds-issuer",
    ),
    "scope beside": (value(OID_SCOPE, text("21013@2024")), BEYOND, "scope-exceeds-issuer"),
}

ROOTS: dict[str, Outcome] = {**_of_all(ROOT.certificate.key_id), **_of_authorities()}

LIST: dict[str, Outcome] = {
    name: (change, C, "bad-crl")
    for name, change in {
        "authority key left out": without(AKI),
        "authority key without a key": value(AKI, der(SEQUENCE)),
        "authority key short": value(AKI, by_key(bytes(19))),
        "authority key with name and number": value(AKI, _named(UPPER.certificate.key_id)),
        "authority key critical": flipped(AKI),
        "authority key twice": twice(AKI),
        "number left out": without(NUMBER),
        "number zero": value(NUMBER, b"\x02\x01\x00"),
        "number negative": value(NUMBER, b"\x02\x01\xff"),
        "number beyond": value(NUMBER, b"\x02\x07\x20\x00\x00\x00\x00\x00\x01"),
        "number in a longer spelling": value(NUMBER, b"\x02\x02\x00\x02"),
        "number as text": value(NUMBER, text("2")),
        "number critical": flipped(NUMBER),
        "number twice": twice(NUMBER),
        "only what changed": more("2.5.29.27", b"\x02\x01\x01", critical=True),
        "of another issuer's certificates": more(
            "2.5.29.28", der(SEQUENCE, b"\x84\x01\xff"), critical=True
        ),
        "unknown extension": more(UNKNOWN, NULL),
    }.items()
}
LIST |= {
    "authority key of nobody": (value(AKI, by_key(bytes(20))), C, "crl-unknown-issuer"),
    "authority key of the root": (
        value(AKI, by_key(bytes.fromhex(P.root_crl.issuer))),
        C,
        "crl-bad-signature",
    ),
}

TABLES = {"station": STATION, "authority": AUTHORITY, "root": ROOTS, "list": LIST}


def _entry(extension: x509.ExtensionType, *, critical: bool = False) -> bytes:
    """A list whose one entry bears an extension of its own."""
    entry = x509.RevokedCertificateBuilder().serial_number(1).revocation_date(NOW)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(UPPER.certificate.x509.subject)
        .last_update(NOW)
        .next_update(NOW.replace(year=NOW.year + 1))
        .add_extension(x509.CRLNumber(2), critical=False)
        .add_extension(authority_key_identifier(UPPER.certificate), critical=False)
        .add_revoked_certificate(entry.add_extension(extension, critical=critical).build())
    )
    made = builder.sign(UPPER.key.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


_ROOT_NAME = x509.DirectoryName(P.root.certificate.x509.subject)
ENTRIES = {
    "list entry taken back": _entry(x509.CRLReason(x509.ReasonFlags.remove_from_crl)),
    "list entry with a reason": _entry(x509.CRLReason(x509.ReasonFlags.key_compromise)),
    "list entry of another issuer": _entry(x509.CertificateIssuer([_ROOT_NAME]), critical=True),
}

CERTIFICATES: dict[str, Variant] = {
    f"{kind} {name}": (carrying(kind, change), refusal, detail)
    for kind, table in TABLES.items()
    for name, (change, refusal, detail) in table.items()
}
CERTIFICATES |= {name: (_carried("list", made), C, "bad-crl") for name, made in ENTRIES.items()}

#: Well-formed and within what the issuer may grant, so no reader can refuse them: kind → name →
#: the change, and the tables in which it may leave another row than the honest one.
GRANTED: dict[str, dict[str, tuple[Change, set[str]]]] = {
    "station": {
        "role another": (value(OID_ROLE, text("head")), {"station"}),
        "age key another": (value(OID_AGE, der(OCTETS, bytes(range(32)))), {"station"}),
        "scope wider within": (
            value(OID_SCOPE, text("21010@2024;21013@2024")),
            {"op", "station"},  # for which units an operation was brought is noted beside it
        ),
        "key usage in a longer spelling": (value(KU, b"\x03\x02\x00\x80"), {"station"}),
        "unknown extension": (more(UNKNOWN, NULL), {"station"}),
    },
    "authority": {
        "constraints as long as above": (
            value(BC, der(SEQUENCE, b"\x01\x01\xff", b"\x02\x01\x01")),
            {"trust"},
        ),
        "scope wider within": (value(OID_SCOPE, text("21010@2024;21013@2024")), {"trust"}),
        "purposes": (more(EKU.dotted_string, purposes(EKU_SIGN_REFERENCE)), {"trust"}),
        "station": (more(OID_STATION.dotted_string, der(OCTETS, bytes(16))), {"trust"}),
        "unknown extension": (more(UNKNOWN, NULL), {"trust"}),
    },
    "root": {
        "authority key left out": (without(AKI), set()),
        "authority key of nobody": (value(AKI, by_key(bytes(20))), set()),
        "constraints of length 1": (
            value(BC, der(SEQUENCE, b"\x01\x01\xff", b"\x02\x01\x01")),
            set(),
        ),
        "scope elsewhere": (value(OID_SCOPE, text("99@2024")), set()),
        "unknown extension": (more(UNKNOWN, NULL), set()),
    },
    "list": {"number far ahead": (value(NUMBER, b"\x02\x04\x7f\xff\xff\xff"), {"trust"})},
}
