"""A small invented province with authorities and stations, for tests of chains and bundles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.crypto.age import X25519Identity
from app.crypto.authority import Authority, create_authority, create_root, issue_station
from app.crypto.certificate import Certificate, Purpose
from app.crypto.certificate_file import encode_certificates
from app.crypto.chain import Trust
from app.crypto.enrolment import make_request, read_request
from app.crypto.revocation import RevocationList, issue_crl
from app.crypto.signatures import SigningKey
from app.ids import UnitRef

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PROVINCE = UnitRef("51", "2024")
DISTRICT = UnitRef("522", "2024")
COMMUNE = UnitRef("21010", "2024")
SIBLING = UnitRef("21013", "2024")
ELSEWHERE = UnitRef("21500", "2024")
PARENTS = {DISTRICT: PROVINCE, COMMUNE: DISTRICT, SIBLING: DISTRICT}


def covers(scope: Sequence[UnitRef], unit: UnitRef) -> bool:
    """The invented tree: province 51 over district 522 over communes 21010 and 21013."""
    step: UnitRef | None = unit
    while step is not None:
        if step in scope:
            return True
        step = PARENTS.get(step)
    return False


@dataclass(frozen=True, slots=True)
class Station:
    """One PC with its keys and certificate."""

    certificate: Certificate
    key: SigningKey
    identity: X25519Identity
    replica: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def id(self) -> str:
        return self.certificate.station or ""


def enrol(
    issuer: Authority,
    *scope: UnitRef,
    when: datetime = NOW,
    purposes: frozenset[Purpose] = frozenset({Purpose.BUNDLE}),
    years: int = 3,
) -> Station:
    key, identity, station = SigningKey.generate(), X25519Identity.generate(), str(uuid.uuid4())
    request = read_request(make_request(key, identity.recipient, station, scope[0]))
    certificate = issue_station(issuer, request, scope, "station", when, purposes, years)
    return Station(certificate, key, identity)


@dataclass(frozen=True, slots=True)
class Province:
    """Root, district authority, and one station of each tier, with empty first lists."""

    root: Authority
    district_authority: Authority
    province: Station
    district: Station
    commune: Station
    root_crl: RevocationList
    district_crl: RevocationList

    def pem(self, station: Station, *others: Certificate) -> bytes:
        """`certs.pem` of a station: its own certificate, its authorities, others, lists."""
        return encode_certificates(
            [station.certificate, *self.authorities(station), *others],
            [self.root_crl, self.district_crl] if self.authorities(station) else [self.root_crl],
        )

    def authorities(self, station: Station) -> list[Certificate]:
        """The authorities between a station and the root."""
        district = self.district_authority.certificate
        return [district] if station.certificate.issuer_key_id == district.key_id else []

    def trust(self, **changes: object) -> Trust:
        start: dict[str, object] = {
            "roots": (self.root.certificate,),
            "crls": {},
            "covers": covers,
            "when": NOW,
        }
        return Trust(**{**start, **changes})  # type: ignore[arg-type]


def found_province(when: datetime = NOW) -> Province:
    root = create_root((PROVINCE,), when)
    district = create_authority(root, (DISTRICT,), when)
    both = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})
    return Province(
        root=root,
        district_authority=district,
        province=enrol(root, PROVINCE, when=when, purposes=both),
        district=enrol(root, DISTRICT, when=when),
        commune=enrol(district, COMMUNE, when=when),
        root_crl=issue_crl(root.certificate, root.key, 1, {}, when),
        district_crl=issue_crl(district.certificate, district.key, 1, {}, when),
    )
