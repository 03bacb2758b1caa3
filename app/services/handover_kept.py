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

from app.crypto.chain import Trust
from app.errors import KnownError
from app.i18n import error_text
from app.models import lines
from app.models.store import Reading
from app.services import trust
from app.services.handover_receiving import FileResult, Receiving, kept_path
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.bundle_reader import examine_bundle, sender_certificate
from app.sync.refusal import BundleRefused

_ID = re.compile(r"[0-9a-f]{64}")
_KEPT = re.compile(rf"revoked-{_ID.pattern}\.tebundle")


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """One kept bundle, as its verified manifest says.

    Of one that cannot be read any more only the id and the file are known, and `problem` says why
    with the next step.
    """

    bundle_id: str
    sender: str
    station: str
    seq: int
    created: str
    operations: int
    file: Path
    problem: str = ""


class KeptBundles:
    """Use cases of the key holder on bundles of revoked PCs."""

    def __init__(self, workplace: Workplace, receiving: Receiving) -> None:
        self._workplace = workplace
        self._receiving = receiving

    def list(self) -> list[KeptBundle]:
        """The kept bundles, by sender and number; before them those that were damaged since."""
        with self._workplace.store.read() as reading:
            base = trust.trust_of(self._workplace, reading)
            files = kept_files(self._workplace, reading)
        found = [_kept(path, base) for path in files]
        return sorted(found, key=lambda one: (one.sender, one.station, one.seq, one.bundle_id))

    def preview(self, bundle_id: str, progress: Progress | None = None) -> FileResult:
        """What reading one in would change; nothing is written. Raises as `accept`."""
        path = self._found(bundle_id)
        return self._receiving.read_kept(path, progress or Progress(), commit=False)

    def accept(self, bundle_id: str, progress: Progress | None = None) -> FileResult:
        """Read one kept bundle in. Raises KnownError `handover.not_kept`, `handover.kept_damaged`,
        BundleRefused.

        Whatever stops it leaves it kept.
        """
        path = self._found(bundle_id)
        result = self._receiving.read_kept(path, progress or Progress(), commit=True)
        path.unlink()
        return result

    def _found(self, bundle_id: str) -> Path:
        """The file of a kept bundle, as good as it came."""
        workplace = self._workplace
        workplace.require(Right.KEYS)
        path = kept_path(workplace.settings, bundle_id)
        if not _ID.fullmatch(bundle_id) or not path.is_file():
            raise KnownError("handover.not_kept", "handover.not_kept_hint", id=bundle_id[:64])
        with workplace.store.read() as reading:
            base = trust.trust_of(workplace, reading)
        _examine(path, base)
        return path


def kept_files(workplace: Workplace, reading: Reading) -> list[Path]:
    """The files of the bundles that wait for the key holder, unread."""
    folder = kept_path(workplace.settings, "*").parent
    return [
        path
        for path in sorted(folder.glob("revoked-*"))
        # Anything else was put there by a person, and is none of ours.
        if _KEPT.fullmatch(path.name)
        and path.is_file()
        # Taken in, and the power went before its file did.
        and not lines.already_received(reading, bytes.fromhex(_named(path)))
    ]


def _kept(path: Path, base: Trust) -> KeptBundle:
    try:
        return _examine(path, base)
    except KnownError as error:
        return KeptBundle(_named(path), "", "", 0, "", 0, path, error_text(error))


def _examine(path: Path, base: Trust) -> KeptBundle:
    """What a kept bundle says of itself. Raises KnownError `handover.kept_damaged`.

    It was good when it was kept, and it is the one its name says: else the disk, or somebody, has
    changed it since.
    """
    try:
        with examine_bundle(path, trust.accepting(base, sender_certificate(path))) as bundle:
            manifest = bundle.manifest
            if bundle.bundle_id == _named(path):
                return KeptBundle(
                    bundle.bundle_id,
                    manifest.sender.unit,
                    manifest.sender.station,
                    manifest.seq,
                    manifest.created,
                    manifest.ops,
                    path,
                )
    except BundleRefused as refused:
        why = str(refused.parameters["reason"])
        raise _damaged(path, why) from refused
    raise _damaged(path, "bundle-id")


def _named(path: Path) -> str:
    return path.stem.removeprefix("revoked-")


def _damaged(path: Path, why: str) -> KnownError:
    return KnownError(
        "handover.kept_damaged", "handover.kept_damaged_hint", file=str(path), reason=why
    )
