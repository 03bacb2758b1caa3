"""A new root for the province, before the old one runs out or its copies are in doubt.

The old root and the new one certify each other, so no chain breaks: who knows one of them learns
the other from the next bundle from above, and what hangs on the old one stays valid. The province
gets a new authority under the new root, and its own PC a new certificate, by which it signs the
reference data that it holds once more; from then on it enrols under the new root. Districts go on
with theirs until they enrol anew. Without the old root's key nobody can vouch for a new one: then
every PC has to be enrolled again, and this module refuses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.crypto.authority import (
    Authority,
    create_authority,
    create_root,
    cross_certify,
    issue_station,
)
from app.crypto.certificate import Certificate, Purpose
from app.crypto.enrolment import make_request, read_request
from app.errors import KnownError
from app.forms.units import Tier
from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import revocations, trust
from app.services.authority import (
    AUTHORITY_SETTING,
    ROOT_SETTING,
    AuthorityDesk,
    unseal,
)
from app.services.home import write_secret
from app.services.issuing_day import issuing_time
from app.services.reference_signing import sign_anew
from app.services.rights import Right
from app.services.sign_in import one_spelling
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Rotated:
    """What the key holder must be told: the fingerprint for new sheets, and the new files."""

    root_fingerprint: str
    root_file: str
    authority_file: str
    old_fingerprint: str


class RootRotation:
    """The one use case of the root."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._desk = AuthorityDesk(workplace)

    def rotate(
        self, passphrase: str, root_file: Path | None = None, today: date | None = None
    ) -> Rotated:
        """Make a new root. `root_file` is the old root's key file where it lies elsewhere, `today`
        the day, asked for where this PC's clock may be wrong.

        Raises KnownError `authority.not_a_province`, `authority.none`, `authority.root_lost`,
        `authority.not_this_root`, `authority.wrong_passphrase`, `issuing.…`.
        """
        workplace, desk = self._workplace, self._desk
        workplace.require(Right.KEYS)
        if workplace.tier is not Tier.PROVINCE:
            raise KnownError("authority.not_a_province", "authority.not_a_province_hint")
        desk.open(passphrase)  # the key holder of this province, and nobody else
        issuing_time(workplace, today)
        old = self._old_root(passphrase, root_file or desk.root_path())
        when = issuing_time(workplace, today)
        scope = old.certificate.scope
        root = create_root(scope, when)
        authority = create_authority(root, trust.unit_refs([workplace.unit]), when)
        crosses = [
            cross_certify(old, root.certificate, when),
            cross_certify(root, old.certificate, when),
        ]
        with workplace.store.read() as reading:
            keys, before = trust.enrolled_keys(workplace, reading)
        request = read_request(
            make_request(keys.signing, keys.age.recipient, keys.station, before.unit)
        )
        purposes = frozenset({Purpose.BUNDLE, Purpose.REFERENCE})
        own = issue_station(authority, request, before.scope, before.role, when, purposes)
        names = {
            ROOT_SETTING: f"root-{root.certificate.key_id[:8]}.age",
            AUTHORITY_SETTING: f"authority-{authority.certificate.key_id[:8]}.age",
        }
        # Files first: without the commit below nobody trusts these keys, and after it they are
        # there. A rotation that was cut off leaves files that are never opened.
        for name, made in zip(names.values(), (root, authority), strict=True):
            write_secret(desk.folder / name, made.seal(one_spelling(passphrase)))
        with workplace.write() as work:

            def put(kind: TrustKind, name: str, content: Certificate) -> None:
                store_trust.put(work.connection, TrustRow(kind, name, 0, content.der))

            put(TrustKind.ROOT, root.certificate.sha256, root.certificate)
            for cross in crosses:
                put(TrustKind.CROSS, cross.sha256, cross)
            put(TrustKind.AUTHORITY, authority.certificate.key_id, authority.certificate)
            put(TrustKind.OWN, trust.OWN_CERTIFICATE, own)
            for issuer in (root, authority):
                revocations.issue_next(work, issuer, (), when)
            workplace.store.put_settings(work, names)
            trust.note_station(work, own)
            sign_anew(workplace, work)
            work.audit(
                "authority.root_rotated",
                old=old.certificate.sha256[:16],
                new=root.certificate.sha256[:16],
            )
            work.commit()
        return Rotated(
            root.certificate.fingerprint,
            str(desk.folder / names[ROOT_SETTING]),
            str(desk.folder / names[AUTHORITY_SETTING]),
            old.certificate.fingerprint,
        )

    def _old_root(self, passphrase: str, path: Path) -> Authority:
        if not path.is_file():
            raise KnownError("authority.root_lost", "authority.root_lost_hint", file=path.name)
        old = unseal(path, passphrase)
        with self._workplace.store.read() as reading:
            roots = trust.trust_of(self._workplace, reading).roots
        # Certificates count in whole seconds, and of two roots the later one is the new one.
        time.sleep(1.1)
        if not roots or old.certificate != trust.newest_root(roots):
            raise KnownError(
                "authority.not_this_root", "authority.not_this_root_hint", file=path.name
            )
        return old
