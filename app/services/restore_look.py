"""Before a restore: what a backup holds, how old it is, and what of the store that stands it lacks.

Nothing is changed, not even the backup: it is asked in a private copy, as the restore itself does.
What the backup lacks is of three kinds. What came from elsewhere comes back with the next bundles,
for the other side never hears that it is known here. What was written here and handed over lies
with the receiver and comes back the same way: what a bundle carried to it, not whatever was here
by then. What was written here and reached no stick is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.keyslots import Keyslots
from app.errors import KnownError
from app.models import backup
from app.models import trust as store_trust
from app.models.queries import leaving
from app.models.queries.leaving import Lacking
from app.models.store import Store, open_store
from app.models.trust import TrustKind
from app.plain_files import is_file
from app.services import home
from app.services.installation import Unlocked
from app.services.restoring import (
    DAMAGE,
    as_of_this_program,
    copy_for_restore,
    kept_out,
    key_of,
    let_count,
    must_be_admin,
    open_copy,
    remove_copy,
    replicas_of,
)
from app.services.trust import OWN_CERTIFICATE
from app.services.used_again import UsedAgain, closed_in
from app.services.withholding import StaysOut, stays_out
from app.settings import Settings
from app.sync.files import named_by


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds: households and children on it, and when the last save was (UTC)."""

    households: int
    children: int
    last_saved: datetime | None


@dataclass(frozen=True, slots=True)
class BeforeRestore:
    """What a person has to know before deciding. `made` is None where the name says no day, `here`
    where the store that stands does not open: then nobody knows what the backup lacks, `lacking`.
    `same`: it is of this installation's own history. `stays_out` counts what it holds, or knows
    nothing of, and what somebody here took back or refused: that stays so. `used_again` is what it
    keeps out and what somebody here let count since: that counts. None where the store that stands
    does not tell. `empty`: no register stands here that could be lost.
    """

    file: Path
    made: datetime | None
    unit: str
    enrolled: bool
    holds: Held
    here: Held | None
    lacking: Lacking | None
    same: bool
    stays_out: StaysOut | None = None
    used_again: UsedAgain | None = None
    empty: bool = False


def look(
    settings: Settings,
    file: Path,
    unlock: Callable[[Settings], Unlocked],
    open_beside: Callable[[Keyslots], Unlocked],
) -> BeforeRestore:
    """Look at a backup. Raises what `restore` raises for a file that it would refuse, but for the
    unit and the installation it was made on: these are told.
    """
    if not is_file(file):
        raise KnownError("backup.no_file", "backup.no_file_hint", file=file.name)
    home.make_folder(settings.home)
    with home.HomeLock(settings.lock_path, "restore"):
        home.finish_restore(settings)
        here = unlock(settings) if settings.keyslots_path.exists() else None
        part = copy_for_restore(file, settings)
        try:
            with named_by(part, file):
                found = key_of(settings, part, file, here, open_beside)
            copy = open_copy(part, found.dek, file)
            try:
                must_be_admin(copy, found.user)
                return _told(settings, file, copy, here)
            finally:
                copy.close()
        finally:
            remove_copy(part)


def backups_of(settings: Settings) -> list[tuple[datetime, Path]]:
    """(when, file) of the backups that lie in a home, the newest first."""
    return backup.dated(settings)


def _told(settings: Settings, file: Path, copy: Store, here: Unlocked | None) -> BeforeRestore:
    with copy.read() as reading:
        holds = Held(*leaving.held(reading))
        enrolled = store_trust.content(reading, TrustKind.OWN, OWN_CERTIFICATE) is not None
    made = next((when for when, path in backup.dated(settings) if path == file), None)
    standing: Held | None = None
    lacking: Lacking | None = None
    out: StaysOut | None = None
    again: UsedAgain | None = None
    same = True
    if here is not None and settings.store_path.exists():
        with as_of_this_program(settings, here.dek) as path:
            store = None if path is None else _opened(path, here.dek)
            if store is not None:
                try:
                    must_be_admin(store, here.user)
                    own = replicas_of(store)
                    same = store.unit == copy.unit and bool(own & replicas_of(copy))
                    found = kept_out(store)
                    with copy.read() as then:
                        again = let_count(store, closed_in(then)) if same else None
                    with store.read() as now, copy.read() as then:
                        standing = Held(*leaving.held(now))
                        lacking = leaving.lacking(now, then, store.replica) if same else None
                        out = stays_out(then, found, own) if same else None
                finally:
                    store.close()
    when = made or _written(file)
    empty = here is None and not settings.store_path.exists()
    return BeforeRestore(
        file, when, copy.unit, enrolled, holds, standing, lacking, same, out, again, empty
    )


def _opened(path: Path, dek: bytes) -> Store | None:
    """The store that stands, None where it does not open."""
    try:
        return open_store(path, dek, before_migration=lambda: None)
    except KnownError as error:
        if error.message_id not in DAMAGE:
            raise
        return None


def _written(file: Path) -> datetime:
    """When a file that somebody brought was written; copying may have changed it."""
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
