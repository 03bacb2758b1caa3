"""Certifying a PC of a unit below, or a further one of one's own, for the request it brought.

The two people compare the check code by telephone before anything is issued; the reply is an
ordinary bundle sealed to the new PC. The side of the PC itself stands in `enrolment`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.crypto.authority import certify_authority, issue_station
from app.crypto.certificate import (
    ROLE_AUTHORITY,
    Certificate,
    key_identifier,
    parse_certificate,
)
from app.crypto.chain import Trust
from app.crypto.check_code import check_code, same_code
from app.crypto.enrolment import StationRequest
from app.errors import KnownError
from app.models import trust as store_trust
from app.services import revocations, trust
from app.services.authority import AuthorityDesk
from app.services.exchange import MOST_PCS, Sealing, seal_bundle
from app.services.held_certificate import HeldCertificate, held_certificate
from app.services.home import OUTGOING, must_leave
from app.services.issuing_day import issuing_time
from app.services.request_file import read_requests
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import examine_bundle
from app.sync.files import copy_out
from app.sync.manifest import Kind

_ROLE = re.compile(r"[a-z][a-z-]{0,31}")


@dataclass(frozen=True, slots=True)
class RequestView:
    """What a request file says, before anything is issued.

    `held`: what the PC is certified for already; `units` and `role` are what it gets unless
    somebody says otherwise, the role empty where none bounds it.
    """

    unit: str
    station: str
    wants_authority: bool
    check_code: str
    held: HeldCertificate | None
    units: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Granted:
    """The reply file, what was certified until when, and the root's fingerprint for the sheet.

    `units` is the scope, `unit` the first of it; `role` is the tier where no role was named.
    `ends_with_authority`: the certificate is shorter than others, for the authority ends then.
    `authority_revoked`: the unit's own authority was asked for again and is revoked: the PC alone
    was certified.
    """

    path: Path
    unit: str
    station: str
    root_fingerprint: str
    units: tuple[str, ...]
    role: str
    until: date
    ends_with_authority: bool
    authority_revoked: bool = False


class GrantingDesk:
    """Use cases of the unit that certifies."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._authority = AuthorityDesk(workplace)

    def inspect(self, file: Path) -> RequestView:
        """Read a request file. Raises KnownError `enrol.bad_request`."""
        return self._view(*read_requests(file))

    def _view(self, content: bytes, requests: Sequence[StationRequest]) -> RequestView:
        first = requests[0]
        asked = str(first.unit)
        with self._workplace.store.read() as reading:
            held = held_certificate(reading, first)
        units = (asked,) if held is None else self._still_below(asked, held.units)
        role = "" if held is None else held.role
        code = check_code(content)
        return RequestView(asked, first.station, len(requests) > 1, code, held, units, role)

    def _still_below(self, asked: str, units: Sequence[str]) -> tuple[str, ...]:
        """The unit that asks, and of these units those that may still be certified here."""
        tree = self._workplace.tree
        good = (
            one for one in units if tree.exists(one) and tree.covers([self._workplace.unit], one)
        )
        return tuple(dict.fromkeys((asked, *good)))

    def grant(
        self,
        file: Path,
        out: Path,
        *,
        passphrase: str,
        compared: str,
        units: Sequence[str] = (),
        role: str | None = None,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> Granted:
        """Issue a certificate for a request and write the reply to `out`.

        `units` is the scope (`CODE@EDITION`); the unit the PC asks for must be among them, for no
        other is accepted there. `role` bounds the PC, an empty one does not. What is not said is as
        `inspect` tells: as in the PC's newest certificate. `compared` is the code as the other
        person read it: nothing is issued without it, or a file exchanged on its way would be
        certified unseen. `today` is the day, asked for where this PC's clock may be wrong. Raises
        KnownError `files.no_folder`, `files.own_folder`, `enrol.bad_request`, `enrol.no_code`,
        `enrol.code_differs`, `enrol.not_below`, `enrol.asked_for_other`, `enrol.station_taken`,
        `enrol.unit_full`, `issuing.…`, `authority.…`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        workplace.must_be_real()
        must_leave(workplace.settings, out)
        content, requests = read_requests(file)
        if not compared.strip():
            raise KnownError("enrol.no_code", "enrol.no_code_hint", file=file.name)
        if not same_code(compared, check_code(content)):
            raise KnownError("enrol.code_differs", "enrol.code_differs_hint", file=file.name)
        seen = self._view(content, requests)  # of the bytes whose code was compared
        scope = tuple(dict.fromkeys(units)) or seen.units
        role = seen.role if role is None else role
        for unit in scope:
            workplace.tree.units.unit(unit)
            if not workplace.tree.covers([workplace.unit], unit):
                raise KnownError("enrol.not_below", "enrol.not_below_hint", unit=unit)
        asked = str(requests[0].unit)
        if asked not in scope:
            raise KnownError(
                "enrol.asked_for_other", "enrol.asked_for_other_hint", asked=asked, unit=scope[0]
            )
        scope = tuple(dict.fromkeys((asked, *scope)))
        if role and (not _ROLE.fullmatch(role) or role == ROLE_AUTHORITY):
            raise KnownError("enrol.bad_role", "enrol.bad_role_hint", role=role)
        self._must_be_its_own_station(requests[0], scope[0])
        self._must_not_be_revoked(requests)
        self._must_have_room(requests[0], scope[0])
        when = issuing_time(workplace, today)
        issuer = self._authority.open(passphrase)
        refs = trust.unit_refs(scope)
        tier = workplace.tree.tier(scope[0])
        own = issue_station(issuer, requests[0], refs, role or tier, when)
        extra: list[Certificate] = [own]
        # One's own unit has its authority: this one, whose key files may be carried over.
        apart = asked != workplace.unit
        asks = len(requests) > 1 and issuer.certificate.path_length and apart
        lost = asks and self._is_revoked_authority(requests[1])
        if asks and not lost:
            extra.append(certify_authority(issuer, requests[1], refs, when))
        with workplace.write() as work:
            trust.note_station(work, own)
            for one in extra[1:]:  # the unit's own authority: known here, it can be revoked
                trust.note_authority(work, one)
            self._authority.completed(work, [issuer])
            self._authority.keep_escrow(work, passphrase)
            work.audit("enrol.granted", station=requests[0].station, unit=scope[0])
            work.commit()
        sealing = Sealing(to=scope[0], kind=Kind.ENROL_REPLY, only_to=own, extra=tuple(extra))
        with workplace.store.read() as reading:
            base = trust.trust_of(workplace, reading)
        self._seal_to(out, sealing, base, progress or Progress())
        return Granted(
            out,
            scope[0],
            requests[0].station,
            trust.newest_root(base.roots).fingerprint,
            scope,
            own.role,
            own.not_after.astimezone().date(),
            own.not_after == issuer.certificate.not_after,
            bool(lost),
        )

    def _seal_to(self, out: Path, sealing: Sealing, base: Trust, step: Progress) -> None:
        """Build the reply on the internal disk, where its number is noted, then let it out.

        Sealed on the stick itself it would lie there with a number that this PC, killed before it
        noted it, gives out once more.
        """
        workplace = self._workplace
        with tempfile.TemporaryDirectory(prefix=OUTGOING, dir=workplace.settings.home) as folder:
            built = Path(folder) / out.name
            seal_bundle(workplace, sealing, built, step)

            def verify(path: Path) -> None:
                examine_bundle(path, base).close()

            copy_out(built, out.parent, out.name, step.on_step, verify, replacing=True)

    def _must_be_its_own_station(self, request: StationRequest, unit: str) -> None:
        """The station id is the requester's choice: one that is known must be its own.

        Raises KnownError `enrol.station_taken` for an id known under another key or unit.
        """
        key = key_identifier(request.public_key)
        with self._workplace.store.read() as reading:
            rows = store_trust.stations(reading, active_only=False)
        for row in rows:
            if row.station == request.station and (
                row.unit != unit or parse_certificate(row.certificate).key_id != key
            ):
                raise KnownError("enrol.station_taken", "enrol.station_taken_hint", unit=row.unit)

    def _must_have_room(self, request: StationRequest, unit: str) -> None:
        """No more PCs than one bundle to their unit is sealed to. Raises `enrol.unit_full`."""
        with self._workplace.store.read() as reading:
            rows = store_trust.stations(reading, [unit])
        others = {row.station for row in rows} - {request.station}
        if len(others) >= MOST_PCS:
            raise KnownError(
                "enrol.unit_full",
                "enrol.unit_full_hint",
                unit=unit,
                count=len(others),
                most=MOST_PCS,
            )

    def _must_not_be_revoked(self, requests: Sequence[StationRequest]) -> None:
        """A lost PC's keys stay lost: its old request brings them back under a new certificate."""
        keys = {key_identifier(one.public_key) for one in requests}
        with self._workplace.store.read() as reading:
            revoked = revocations.revoked(reading)
            rows = store_trust.stations(reading, active_only=False)
        for certificate in (parse_certificate(row.certificate) for row in rows):
            named = (certificate.issuer_key_id, certificate.serial) in revoked
            if named and certificate.key_id in keys:
                raise KnownError("enrol.revoked_key", "enrol.revoked_key_hint")

    def _is_revoked_authority(self, request: StationRequest) -> bool:
        """Whether the key of this authority was revoked: no later certificate brings it back."""
        key = key_identifier(request.public_key)
        with self._workplace.store.read() as reading:
            revoked = revocations.revoked(reading)
            known = [one for one in trust.authorities(reading) if one.key_id == key]
            return any(
                (one.issuer_key_id, one.serial) in revoked for one in trust.granted(reading, known)
            )
