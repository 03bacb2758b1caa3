"""Putting a backup in the place of the store: whole or not at all, and under a new replica id.

The copy is checked, migrated and given its new id while the old store still stands; giving it its
name is the one step that counts (`home.finish_restore`). What the copy does not know any more comes
back with the next bundles; what it sends goes out under the new id, from number 1. The store that
was there is kept as a backup, or as it is when it does not open. Refuses a copy of another unit.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.keyslots import Keyslots, WrongSecret, decode_keyslots, encode_keyslots
from app.errors import KnownError
from app.models import backup
from app.models.accounts import account
from app.models.store import Store, open_store
from app.services import home
from app.services.installation import Unlocked, one_spelling, read_keyslots
from app.services.rights import Right, denied, unpack
from app.settings import Settings
from app.sync.files import sync_folder, world_failed


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands now: from which file, of which unit, and where the replaced store lies."""

    file: Path
    unit: str
    kept: Path | None


def restore(
    settings: Settings,
    file: Path,
    unlock: Callable[[Settings], Unlocked],
    passphrase: Callable[[], str],
    clock: Callable[[], float] = time.time,
) -> Restored:
    """Restore `file`, a copy made by `backup create`, into this home, which may be empty.

    `unlock` opens the key slots of the home; `passphrase` is asked for those that lie beside the
    copy, where the home is empty or has another key. Raises KnownError `backup.no_file`,
    `backup.damaged`, `backup.no_keyslots`, `backup.other_unit`, `store.wrong_key`,
    `store.newer_file`, `rights.denied`, WrongSecret; then the home is as it was.
    """
    if not file.is_file():
        raise KnownError("backup.no_file", "backup.no_file_hint", file=file.name)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.refuse_drive(settings.home)
    with home.HomeLock(settings.lock_path, "restore"):
        home.finish_restore(settings)
        home.clear_leftovers(settings)
        here = unlock(settings) if settings.keyslots_path.exists() else None
        part = _private_copy(file, settings)
        try:
            found = _key_of(settings, part, file, here, passphrase)
            kept, unit_here = (None, "") if here is None else _put_aside(settings, here)
            unit = _prepare(settings, part, found, file, unit_here, clock)
            # From here on the restored store counts.
            part.replace(settings.restored_path)
            sync_folder(settings.home)
        except BaseException:
            _remove(part)
            home.restored_keyslots(settings).unlink(missing_ok=True)
            raise
        home.finish_restore(settings)
        for folder in (settings.backups_path, settings.incoming_path, settings.evidence_path):
            folder.mkdir(mode=0o700, exist_ok=True)
    return Restored(file, unit, kept)


@dataclass(frozen=True, slots=True)
class _Found:
    """The key that opens the copy, whose slot it was, and the slots the home has to get for it."""

    dek: bytes
    user: str
    slots: Keyslots | None


def _private_copy(file: Path, settings: Settings) -> Path:
    """A copy in the home under a name that `clear_leftovers` removes."""
    part = settings.restored_path.with_suffix(".part")
    _remove(part)
    try:
        part.touch(mode=0o600)
        shutil.copyfile(file, part)
    except OSError as error:
        _remove(part)
        raise world_failed(error, file) from error
    return part


def _key_of(
    settings: Settings, part: Path, file: Path, here: Unlocked | None, passphrase: Callable[[], str]
) -> _Found:
    """The slots of this home stay: who lost access here does not get it back by an old copy."""
    if here is not None:
        try:
            backup.verify(part, here.dek)
            return _Found(here.dek, here.user, None)
        except KnownError as error:
            if error.message_id != "store.wrong_key":
                raise
    beside = _slots_beside(file)
    dek, user = _open_slots(beside, one_spelling(passphrase()))
    backup.verify(part, dek)
    slots = beside if here is None else read_keyslots(settings).rekeyed(dek)
    return _Found(dek, user if here is None else here.user, slots)


def _slots_beside(file: Path) -> Keyslots:
    path = file.with_suffix(".keyslots.json")
    try:
        return decode_keyslots(path.read_bytes())
    except FileNotFoundError:
        raise KnownError("backup.no_keyslots", "backup.no_keyslots_hint", file=path.name) from None


def _open_slots(slots: Keyslots, spelled: str) -> tuple[bytes, str]:
    for user in (slot.user for slot in slots.slots if slot.user):
        try:
            return slots.open_with_password(user, spelled), user
        except WrongSecret:
            continue
    raise WrongSecret


#: What is said of a store that opens, or seems to, and cannot be read to its end.
_DAMAGE = ("store.damaged", "store.unreadable")


def _put_aside(settings: Settings, here: Unlocked) -> tuple[Path | None, str]:
    """Keep what is about to be replaced, and say its unit; the person is judged by it as well.

    A store that does not open any more is kept as it is, and then says nothing.
    """
    if not settings.store_path.exists():
        return None, ""
    try:
        store = open_store(settings.store_path, here.dek, before_migration=lambda: None)
    except KnownError as error:
        if error.message_id not in (*_DAMAGE, "store.wrong_key"):
            raise
        return _copy_damaged(settings), ""
    try:
        _must_be_admin(store, here.user)
        unit = store.unit
    finally:
        store.close()
    try:
        return backup.make(settings, here.dek, backup.BEFORE_RESTORE), unit
    except KnownError as error:
        if error.message_id not in (*_DAMAGE, "backup.damaged"):
            raise
        return _copy_damaged(settings), unit


def _copy_damaged(settings: Settings) -> Path:
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    kept = settings.backups_path / f"damaged-{stamp}.db"
    settings.backups_path.mkdir(mode=0o700, exist_ok=True)
    for suffix in ("", "-wal"):
        source = Path(str(settings.store_path) + suffix)
        if source.exists():
            shutil.copyfile(source, str(kept) + suffix)
    return kept


def _prepare(
    settings: Settings,
    part: Path,
    found: _Found,
    file: Path,
    unit_here: str,
    clock: Callable[[], float],
) -> str:
    """Migrate the copy, give it its new replica id, and bring both files to the disk."""
    # The copy itself is the backup of what a migration changes.
    store = open_store(part, found.dek, before_migration=lambda: None, clock=clock)
    try:
        author = _must_be_admin(store, found.user)
        if unit_here and unit_here != store.unit:
            raise KnownError("backup.other_unit", "backup.other_unit_hint", unit=store.unit)
        with store.write(author) as work:
            given_up = work.take_new_replica()
            work.audit("backup.restored", file=file.name, given_up=given_up)
            work.commit()
        unit = store.unit
    finally:
        store.close()
    for suffix in ("-wal", "-shm"):  # folded in when the last connection closed
        Path(str(part) + suffix).unlink(missing_ok=True)
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    if found.slots is not None:
        home.write_secret(home.restored_keyslots(settings), encode_keyslots(found.slots))
    return unit


def _must_be_admin(store: Store, user: str) -> str:
    """The written name of an active account that may restore. Raises KnownError."""
    with store.read() as reading:
        row = account(reading, user)
    if row is None or not row.active:
        raise KnownError("account.unknown", "account.unknown_hint")
    if Right.ADMIN not in unpack(row.rights):
        raise denied(Right.ADMIN)
    return row.full_name


def _remove(part: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(str(part) + suffix).unlink(missing_ok=True)
