"""The authorities of the units below that this one certified, and revoking one.

A stolen PC of a district holds the district's authority, sealed by a passphrase of its own. Whoever
knows that passphrase could certify PCs: then it is not enough to revoke the PC. Revoking the
authority ends the certificate of every PC that hangs on it; they are certified anew from nothing
(`starting_over`), and keep their registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.crypto.certificate import Certificate, parse_certificate
from app.crypto.revocation import RevocationList
from app.errors import KnownError
from app.models import trust as store_trust
from app.models.store import Reading
from app.models.trust import StationRow
from app.services import revocations, trust
from app.services.authority import AuthorityDesk, RevocationReason
from app.services.rights import Right
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """One authority of a unit below. `stations` counts the PCs that hang on it, as known here."""

    unit: str
    key_id: str
    since: date
    until: date
    revoked: bool
    stations: int


class AuthoritiesBelow:
    """Use cases of the unit that certified them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._desk = AuthorityDesk(workplace)

    def list(self) -> list[AuthorityView]:
        """The authorities issued here, by unit and day."""
        with self._workplace.store.read() as reading:
            found = self._issued_here(reading)
            rows = store_trust.stations(reading, active_only=False)
            revoked = revocations.revoked(reading)
        return [
            AuthorityView(
                str(one.unit),
                one.key_id,
                one.not_before.astimezone().date(),
                one.not_after.astimezone().date(),
                (one.issuer_key_id, one.serial) in revoked,
                len({(row.unit, row.station) for row in _hang_on(rows, one)}),
            )
            for one in sorted(found, key=lambda one: (str(one.unit), one.not_before))
        ]

    def revoke(
        self, key_id: str, passphrase: str, reason: RevocationReason | None = None
    ) -> tuple[AuthorityView, RevocationList]:
        """Revoke an authority; what it was, and the list that says so.

        Raises KnownError `authority.unknown_authority`, `authority.none`,
        `authority.wrong_passphrase`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        views = {one.key_id: one for one in self.list()}
        authorities = self._desk.all_open(passphrase)
        with workplace.write() as work:
            found = [one for one in self._issued_here(work.connection) if one.key_id == key_id]
            issued = self._desk.lists_with(work, authorities, trust.granted(work.connection, found))
            if not issued:
                raise KnownError("authority.unknown_authority", "authority.unknown_authority_hint")
            rows = store_trust.stations(work.connection, active_only=False)
            for row in _hang_on(rows, found[0]):
                store_trust.take_out_station(work.connection, row.station, row.unit)
            said = {} if reason is None else {"reason": reason.value}
            unit = str(found[0].unit)
            work.audit("authority.authority_revoked", unit=unit, number=issued[0].number, **said)
            work.commit()
        return views[key_id], issued[0]

    def _issued_here(self, reading: Reading) -> Sequence[Certificate]:
        """Those of other units whose issuer is an authority of this one."""
        unit, known = self._workplace.unit, trust.authorities(reading)
        own = {one.key_id for one in known if str(one.unit) == unit}
        return [one for one in known if str(one.unit) != unit and one.issuer_key_id in own]


def _hang_on(rows: Sequence[StationRow], authority: Certificate) -> Sequence[StationRow]:
    """The certificates of PCs that an authority issued."""
    return [
        row for row in rows if parse_certificate(row.certificate).issuer_key_id == authority.key_id
    ]
