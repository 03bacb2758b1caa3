"""The PCs that this one knows by their certificates, for whoever keeps the keys: each with its end,
when it was last heard of, whether it is waited for, and whether this unit may revoke it.

A PC has one line however often its certificate was renewed: what counts is the newest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from app.crypto.certificate import Certificate, parse_certificate
from app.errors import KnownError
from app.models import trust as store_trust
from app.models.queries import peers
from app.models.queries.peers import PeerRow
from app.models.trust import StationRow
from app.services import revocations, trust
from app.services.enrolment_state import RENEWAL
from app.services.workplace import Workplace

#: So many signs of its id are what people call a PC by.
_SIGNS = 8


class StationState(StrEnum):
    """How a PC stands: `OUT` is one that a person said is not waited for any more."""

    IN_USE = "in_use"
    ENDING = "ending"
    ENDED = "ended"
    OUT = "out"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class StationView:
    """One PC. `issued_here`: its newest certificate is by an authority of this unit. `own`: it is
    this PC. `lowest`: bundles to its unit start from what it has acknowledged. `issues`: its unit,
    another one, has an authority of its own in use, which no revoked PC takes with it.
    """

    station: str
    unit: str
    role: str
    until: date
    state: StationState
    issued_here: bool
    own: bool
    last_heard: date | None
    lowest: bool
    issues: bool = False

    @property
    def short(self) -> str:
        """What people call the PC by: the first signs of its id, as on its sheets."""
        return short_station(self.station)


def short_station(station: str) -> str:
    """The first eight signs of a station id, in capitals."""
    return station[:_SIGNS].upper()


class Stations:
    """What is known of the PCs; they are revoked at the `AuthorityDesk`, taken out by `Peers`."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def named(self, wanted: str) -> str:
        """The id of the PC that is called by its id or, as on its sheets, by at least the first
        eight signs of it; `wanted` itself where no PC known here is called so. Raises KnownError
        `stations.several`: whoever asks for a certificate chooses the id.
        """
        signs = wanted.strip().lower()
        with self._workplace.store.read() as reading:
            rows = store_trust.stations(reading, active_only=False)
        known = {row.station for row in rows}
        fitting = [one for one in known if len(signs) >= _SIGNS and one.startswith(signs)]
        if signs in known or not fitting:
            return signs if signs in known else wanted
        if len(fitting) > 1:
            raise KnownError("stations.several", "stations.several_hint", station=wanted)
        return fitting[0]

    def list(self) -> list[StationView]:
        """Every PC with a certificate known here, by unit and id."""
        workplace = self._workplace
        own = workplace.store.setting(trust.STATION)
        with workplace.store.read() as reading:
            rows = store_trust.stations(reading, active_only=False)
            waited = peers.peers(reading, own)
            revoked = revocations.revoked(reading)
            authorities = trust.authorities(reading)
        issuers = {one.key_id for one in authorities if str(one.unit) == workplace.unit}
        issuing = {
            str(one.unit)
            for one in authorities
            if str(one.unit) != workplace.unit and (one.issuer_key_id, one.serial) not in revoked
        }
        now = trust.effective_time(workplace)[0]
        lowest = _lowest(waited)
        found: dict[tuple[str, str], list[StationRow]] = {}
        for row in rows:
            found.setdefault((row.unit, row.station), []).append(row)
        views = []
        for (unit, station), of_pc in sorted(found.items()):
            newest, certificate = max(
                ((row, parse_certificate(row.certificate)) for row in of_pc),
                key=lambda one: _age(one[0], one[1], revoked),
            )
            heard = [one.heard for one in waited if (one.unit, one.station) == (unit, station)]
            last = max(heard, default=0)
            views.append(
                StationView(
                    station,
                    unit,
                    newest.role,
                    certificate.not_after.astimezone().date(),
                    _state(certificate, of_pc, revoked, now),
                    certificate.issuer_key_id in issuers,
                    station == own and unit == workplace.unit,
                    datetime.fromtimestamp(last, tz=UTC).astimezone().date() if last else None,
                    (unit, station) in lowest,
                    unit in issuing,
                )
            )
        return views


def _age(
    row: StationRow, certificate: Certificate, revoked: frozenset[tuple[str, int]]
) -> tuple[int, bool, datetime, bool, str]:
    """What makes one certificate of a PC newer than another. Several end on one day where their
    authority ends: then it is one that is not revoked, and of those the one that began last.
    """
    stands = (certificate.issuer_key_id, certificate.serial) not in revoked
    return row.not_after, stands, certificate.not_before, row.active, row.fingerprint


def _state(
    certificate: Certificate,
    of_pc: Sequence[StationRow],
    revoked: frozenset[tuple[str, int]],
    now: datetime,
) -> StationState:
    if (certificate.issuer_key_id, certificate.serial) in revoked:
        return StationState.REVOKED
    if not any(row.active for row in of_pc):
        return StationState.OUT
    left = certificate.not_after - now
    if left.total_seconds() <= 0:
        return StationState.ENDED
    return StationState.ENDING if left <= RENEWAL else StationState.IN_USE


def _lowest(waited: Sequence[PeerRow]) -> frozenset[tuple[str, str]]:
    """The PCs whose word is the oldest of their unit, where others of it are further."""
    found = set()
    for unit in {one.unit for one in waited}:
        active = [one for one in waited if one.unit == unit and one.active]
        if len({one.acked for one in active}) > 1:
            least = min(one.acked for one in active)
            found |= {(unit, one.station) for one in active if one.acked == least}
    return frozenset(found)
