"""Kept bundles of revoked PCs that still hold what was erased by law.

They lie in the home as they came (`handover_kept`), and no erasure reaches into a sealed file: read
in later they bring nothing back, but the file itself is an older copy like a backup.
"""

from __future__ import annotations

from pathlib import Path

from app.models.erasing import left_bodies
from app.services import trust
from app.services.handover_receiving import kept_path
from app.services.workplace import Workplace
from app.sync.bundle_reader import open_bundle, sender_certificate
from app.sync.delivery import direction_of
from app.sync.refusal import BundleRefused


def kept_with_erased(workplace: Workplace) -> list[Path]:
    """The kept bundles in which an operation has a body that an accepted erasure took away.

    One that cannot be read any more is listed among the kept ones with the reason, and not here.
    """
    files = sorted(kept_path(workplace.settings, "*").parent.glob("revoked-*.tebundle"))
    if not files:
        return []  # asked for every worklist, and nearly always so
    with workplace.store.read() as reading:
        erased = left_bodies(reading).keys()
    return [path for path in files if erased and _holds(workplace, path, len(erased))]


def _holds(workplace: Workplace, path: Path, erasures: int) -> bool:
    """Whether a bundle holds one of the bodies; it is unsealed once for each state of the log."""
    asked = (path.name, path.stat().st_mtime_ns, erasures)
    found = workplace.kept_with_erased.get(asked)
    if found is None:
        found = workplace.kept_with_erased[asked] = _unsealed(workplace, path)
    return found


def _unsealed(workplace: Workplace, path: Path) -> bool:
    with workplace.store.read() as reading:
        erased = left_bodies(reading).keys()
        own = trust.own_station(workplace, reading)
        base = trust.trust_of(workplace, reading)
    try:
        named = trust.accepting(base, sender_certificate(path))
        with open_bundle(path, own, named, lambda unit: _in_line(workplace, str(unit))) as bundle:
            return any(one.op_id in erased and one.salt is not None for one in bundle.operations())
    except BundleRefused:
        return False


def _in_line(workplace: Workplace, unit: str) -> bool:
    return direction_of(workplace.tree, unit, workplace.unit) is not None
