"""The province's own certificate anew: nobody above could be asked for it.

The PC that founded the province certifies itself with the authority's key, as long as that one
lasts. It keeps its keys, so that bundles on their way still open; or it takes new ones where the
old may be known to others, and revokes what it was certified with. Either way it signs the
reference data that it holds anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.crypto.age import X25519Identity
from app.crypto.authority import issue_station
from app.crypto.certificate import Purpose, parse_certificate
from app.crypto.enrolment import make_request, read_request
from app.crypto.signatures import SigningKey
from app.errors import KnownError
from app.forms.units import Tier
from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import trust
from app.services.authority import AuthorityDesk
from app.services.enrolment import REQUEST
from app.services.issuing_day import issuing_time
from app.services.reference_signing import sign_anew
from app.services.rights import Right
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Renewed:
    """The PC, the last day of its new certificate, how many operations it signed anew, and the
    number of the list that revokes what it had before; 0 where it kept its keys.
    """

    station: str
    until: date
    signed: int
    list_number: int


class OwnRenewal:
    """The one use case."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._desk = AuthorityDesk(workplace)

    @property
    def possible(self) -> bool:
        """Whether this PC certifies itself: a province's, with the key to issue with."""
        return self._workplace.tier is Tier.PROVINCE and self._desk.has_key

    def renew(
        self, passphrase: str, *, new_keys: bool = False, today: date | None = None
    ) -> Renewed:
        """Certify this PC anew. `today` is the day, asked for where this PC's clock may be wrong.

        With `new_keys` every earlier certificate of this PC is revoked. A bundle that was sealed
        to its old key opens no more; what was in it comes with the next one. Raises KnownError
        `authority.not_a_province`, `authority.none`, `authority.wrong_passphrase`,
        `enrol.not_enrolled`, `authority.ends_first`, `issuing.…`.
        """
        workplace, desk = self._workplace, self._desk
        workplace.require(Right.KEYS)
        workplace.must_be_real()
        if workplace.tier is not Tier.PROVINCE:
            raise KnownError("authority.not_a_province", "authority.not_a_province_hint")
        issuers = desk.all_open(passphrase)
        when = issuing_time(workplace, today)
        purposes = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})
        with workplace.write() as work:
            connection = work.connection
            keys, before = trust.enrolled_keys(workplace, connection)
            signing = SigningKey.generate() if new_keys else keys.signing
            identity = X25519Identity.generate() if new_keys else keys.age
            request = make_request(signing, identity.recipient, keys.station, before.unit)
            own = issue_station(
                issuers[0], read_request(request), before.scope, before.role, when, purposes
            )
            if not new_keys and own.not_after <= before.not_after:
                raise KnownError(
                    "authority.ends_first",
                    "authority.ends_first_hint",
                    day=f"{before.not_after.astimezone():%d/%m/%Y}",
                )
            lists = []
            if new_keys:
                rows = store_trust.stations(connection, active_only=False)
                gone = [
                    parse_certificate(row.certificate)
                    for row in rows
                    if row.station == keys.station and row.unit == workplace.unit
                ]
                lists = desk.lists_with(work, issuers, gone)
                for one in gone:
                    store_trust.take_out_certificate(connection, one.sha256)
                for name, kept in (
                    (trust.SIGNING_KEY, signing.to_bytes()),
                    (trust.AGE_KEY, identity.text.encode()),
                ):
                    store_trust.put(connection, TrustRow(TrustKind.KEY, name, 0, kept))
                # A request that this PC once made was for the keys that it had.
                store_trust.drop(connection, TrustKind.KEY, REQUEST)
            store_trust.put(connection, TrustRow(TrustKind.OWN, trust.OWN_CERTIFICATE, 0, own.der))
            trust.note_station(work, own)
            signed = sign_anew(workplace, work)
            work.audit("authority.renewed", station=keys.station, new_keys=new_keys)
            work.commit()
        until = own.not_after.astimezone().date()
        return Renewed(keys.station, until, signed, max((one.number for one in lists), default=0))
