"""Bundles of revoked PCs: kept, not read in, until the key holder accepts one by name.

A PC is revoked when it is lost, and a bundle it sealed before may hold work that is nowhere else.
So a bundle that is good but for the revocation of its sender's own certificate stays here, as it
came. Accepting one is about that file alone: the revocation stands, the next one is kept again, and
what it holds passes the door like everything else. A revoked authority is another matter: what it
enrolled is not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.errors import KnownError
from app.services import trust
from app.services.handover_receiving import FileResult, Receiving, kept_path
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import examine_bundle, sender_certificate

_ID = re.compile(r"[0-9a-f]{64}")
_KEPT = re.compile(rf"revoked-{_ID.pattern}\.tebundle")


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """One kept bundle, as its verified manifest says."""

    bundle_id: str
    sender: str
    station: str
    seq: int
    created: str
    operations: int
    file: Path


class KeptBundles:
    """Use cases of the key holder on bundles of revoked PCs."""

    def __init__(self, workplace: Workplace, receiving: Receiving) -> None:
        self._workplace = workplace
        self._receiving = receiving

    def list(self) -> list[KeptBundle]:
        """The kept bundles, by sender and number."""
        with self._workplace.store.read() as reading:
            base = trust.trust_of(self._workplace, reading)
        found = []
        for path in sorted(kept_path(self._workplace.settings, "*").parent.glob("revoked-*")):
            if not _KEPT.fullmatch(path.name) or not path.is_file():
                continue  # put there by a person, and none of ours
            named = trust.accepting(base, sender_certificate(path))
            with examine_bundle(path, named) as bundle:
                manifest = bundle.manifest
                found.append(
                    KeptBundle(
                        bundle.bundle_id,
                        manifest.sender.unit,
                        manifest.sender.station,
                        manifest.seq,
                        manifest.created,
                        manifest.ops,
                        path,
                    )
                )
        return sorted(found, key=lambda one: (one.sender, one.station, one.seq))

    def accept(self, bundle_id: str, progress: Progress | None = None) -> FileResult:
        """Read one kept bundle in. Raises KnownError `handover.not_kept`, BundleRefused.

        Whatever stops it leaves it kept.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        path = kept_path(workplace.settings, bundle_id)
        if not _ID.fullmatch(bundle_id) or not path.is_file():
            raise KnownError("handover.not_kept", "handover.not_kept_hint", id=bundle_id[:64])
        result = self._receiving.read_kept(path, progress or Progress())
        path.unlink()
        return result
