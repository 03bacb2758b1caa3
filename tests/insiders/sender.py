"""Variants of signature, certificates and revocation lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from app.crypto.certificate import Purpose
from app.crypto.certificate_file import encode_certificates
from app.crypto.revocation import issue_crl
from app.crypto.signatures import ORDER
from app.sync.refusal import Refusal
from tests.insiders.changes import P, Variant
from tests.invented_province import (
    COMMUNE,
    ELSEWHERE,
    NOW,
    PROVINCE,
    SIBLING,
    Station,
    enrol,
    found_province,
)


def higher_s(der: bytes) -> bytes:
    r, s = decode_dss_signature(der)
    return encode_dss_signature(r, ORDER - s)


OTHER = found_province()
FRESH = enrol(P.district_authority, COMMUNE)
REVOKING = issue_crl(
    P.district_authority.certificate,
    P.district_authority.key,
    2,
    {P.commune.certificate.serial: NOW},
    NOW,
)
between = P.district_authority.certificate


def resealed(station: Station, certs: bytes | None = None, **more: Any) -> dict[str, Any]:
    return {"sender": station, "certs": certs, **more}


def crls(**numbers: int) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(crls=numbers)


def by_root(station: Station) -> dict[str, Any]:
    return resealed(station, manifest=crls(**{P.root_crl.issuer: 1}))


BEYOND = Refusal.SENDER_BEYOND_RIGHTS
SENDER: dict[str, Variant] = {
    "signed by another station of the unit": (
        {"sender": Station(P.commune.certificate, FRESH.key, FRESH.identity)},
        Refusal.BAD_SIGNATURE,
        "",
    ),
    "signed with the higher s": (
        {"signature": higher_s},
        Refusal.BAD_SIGNATURE,
        "",
    ),
    "signature with rest": ({"signature": lambda der: der + b"\0"}, Refusal.BAD_SIGNATURE, ""),
    "a stranger's province": (
        resealed(
            OTHER.commune,
            OTHER.pem(OTHER.commune),
            manifest=lambda m: m.update(
                crls={OTHER.root_crl.issuer: 1, OTHER.district_crl.issuer: 1}
            ),
        ),
        Refusal.SENDER_UNKNOWN,
        "unknown-issuer",
    ),
    "scope beyond the issuer's": (
        resealed(enrol(P.district_authority, COMMUNE, ELSEWHERE)),
        BEYOND,
        "scope-exceeds-issuer",
    ),
    "scope in another edition": (
        resealed(enrol(P.district_authority, type(COMMUNE)("21010", "2025"))),
        BEYOND,
        "scope-exceeds-issuer",
    ),
    "purpose only reference": (
        by_root(enrol(P.root, PROVINCE, purposes=frozenset({Purpose.REFERENCE}))),
        BEYOND,
        "wrong-eku",
    ),
    "purpose reference below the province": (
        resealed(
            enrol(
                P.district_authority,
                COMMUNE,
                purposes=frozenset({Purpose.BUNDLE, Purpose.REFERENCE}),
            )
        ),
        BEYOND,
        "reference-not-province",
    ),
    "expired": (
        resealed(enrol(P.district_authority, COMMUNE, when=NOW.replace(year=2022))),
        Refusal.SENDER_EXPIRED,
        "expired",
    ),
    "not yet valid": (
        resealed(enrol(P.district_authority, COMMUNE, when=NOW.replace(year=2027))),
        Refusal.SENDER_NOT_YET_VALID,
        "not-yet-valid",
    ),
    "revoked": (
        {
            "certs": encode_certificates([P.commune.certificate, between], [P.root_crl, REVOKING]),
            "manifest": crls(**{P.root_crl.issuer: 1, REVOKING.issuer: 2}),
        },
        Refusal.SENDER_REVOKED,
        "revoked",
    ),
    "not in line": (
        resealed(enrol(P.district_authority, SIBLING)),
        Refusal.SENDER_NOT_IN_LINE,
        "",
    ),
    "issuer left out": (
        {"certs": encode_certificates([P.commune.certificate], [P.root_crl, P.district_crl])},
        Refusal.SENDER_UNKNOWN,
        "unknown-issuer",
    ),
    "list left out": (
        {
            "certs": encode_certificates([P.commune.certificate, between], [P.root_crl]),
            "manifest": crls(**{P.root_crl.issuer: 1}),
        },
        Refusal.CERTIFICATES,
        "crl-missing",
    ),
    "root among the certificates": (
        {
            "certs": encode_certificates(
                [P.commune.certificate, between, P.root.certificate],
                [P.root_crl, P.district_crl],
            )
        },
        Refusal.ROOT_IN_CERTS,
        "",
    ),
    "an authority as sender": (
        {"certs": encode_certificates([between, P.commune.certificate], [])},
        Refusal.BAD_SIGNATURE,
        "",
    ),
    "another certificate than claimed": (
        {
            "certs": encode_certificates(
                [
                    Station(FRESH.certificate, FRESH.key, FRESH.identity).certificate,
                    between,
                ],
                [P.root_crl, P.district_crl],
            )
        },
        Refusal.BAD_SIGNATURE,
        "",
    ),
    "text between the certificates": (
        {"certs": P.pem(P.commune).replace(b"-----\n-----", b"-----\nx\n-----", 1)},
        Refusal.CERTIFICATES,
        "bad-pem",
    ),
    "certificates of a stranger riding along": (
        {"certs": P.pem(P.commune, OTHER.province.certificate)},
        Refusal.SENDER_UNKNOWN,
        "unknown-issuer",
    ),
    "a forged list": (
        {
            "certs": encode_certificates(
                [P.commune.certificate, between],
                [P.root_crl, issue_crl(between, P.commune.key, 2, {}, NOW)],
            ),
            "manifest": crls(**{P.root_crl.issuer: 1, P.district_crl.issuer: 2}),
        },
        Refusal.CERTIFICATES,
        "crl-bad-signature",
    ),
}
