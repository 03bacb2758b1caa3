"""What a PC that asks is certified for already, as this authority knows it: what is issued next is
the same, unless somebody says otherwise, and a difference is told before it is issued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.crypto.certificate import Certificate, key_identifier, parse_certificate
from app.crypto.enrolment import StationRequest
from app.forms.units import Tier
from app.i18n import text
from app.models import trust as store_trust
from app.models.store import Reading
from app.services.key_sheets import role_in_words


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """Of the newest certificate of a PC: its units, the role that bounds it (empty for a tier,
    which bounds nothing), its last day.
    """

    units: tuple[str, ...]
    role: str
    until: date


def held_certificate(reading: Reading, request: StationRequest) -> HeldCertificate | None:
    """What the PC of a request is certified for, None where this PC knows no certificate of it."""
    key = key_identifier(request.public_key)
    known: list[tuple[datetime, datetime, bool, Certificate]] = []
    for row in store_trust.stations(reading, [str(request.unit)], active_only=False):
        one = parse_certificate(row.certificate)
        if row.station == request.station and one.key_id == key:
            known.append((one.not_after, one.not_before, row.active, one))
    if not known:
        return None
    newest = max(known, key=lambda ranked: ranked[:3])[3]
    until = newest.not_after.astimezone().date()
    return HeldCertificate(tuple(map(str, newest.scope)), _bound(newest.role), until)


def held_in_words(held: HeldCertificate, name: Callable[[str], str]) -> str:
    """What the PC is certified for. `name`: what a unit is called."""
    return text(
        "enrol.held",
        units=_named(held.units, name),
        role=_role(held.role),
        day=f"{held.until:%d/%m/%Y}",
    )


def differences_in_words(
    held: HeldCertificate, units: Sequence[str], role: str, name: Callable[[str], str]
) -> list[str]:
    """One sentence for each way in which a certificate for these units and this role differs."""
    less = [one for one in held.units if one not in units]
    more = [one for one in units if one not in held.units]
    said = [
        text(f"enrol.held.{key}", units=_named(found, name))
        for key, found in (("less", less), ("more", more))
        if found
    ]
    if _bound(role) != held.role:
        said.append(text("enrol.held.role", role=_role(_bound(role)), before=_role(held.role)))
    return said


def _bound(role: str) -> str:
    """The role, empty for a tier."""
    return "" if role in {tier.value for tier in Tier} else role


def _named(units: Sequence[str], name: Callable[[str], str]) -> str:
    return "; ".join(map(name, units))


def _role(role: str) -> str:
    return role_in_words(role) or role or text("administration.issuing.any_role")
