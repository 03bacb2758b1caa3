"""Putting a backup in the place of the store: whole or not at all, and under a new replica id.

The copy is checked, migrated and given its new id while the old store still stands; giving it its
name is the one step that counts (`home.finish_restore`). What the copy does not know any more comes
back with the next bundles; what it sends goes out under the new id, from number 1. What must never
go back is taken over from the store that it replaces (`_Standing`). The store that was there is
kept as a backup, or as it is when it does not open; that is the last step before the
name, for a restore that is refused leaves the backups alone. Refuses a copy of another unit, and,
unless told otherwise, one of another installation, which lacks the keys of this one.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app.crypto.keyslots import (
    BadKeyslots,
    Keyslots,
    WrongSecret,
    decode_keyslots,
    encode_keyslots,
)
from app.crypto.revocation import parse_crl
from app.errors import KnownError
from app.history.door import Direction, Reason, State
from app.history.operation import Operation
from app.models import backup, replica
from app.models import trust as store_trust
from app.models.accounts import account
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.queries.erasing import acts_of_erasure
from app.models.queries.verifying import OwnResult, own_results
from app.models.store import Reading, Store, is_current, open_store
from app.models.trust import TrustKind, TrustRow
from app.models.work import UnitOfWork
from app.plain_files import is_file
from app.services import home, revocations
from app.services.catalogues import read_catalogue
from app.services.installation import Unlocked, read_keyslots, whose
from app.services.left_parts import LeftParts
from app.services.reference_signing import ReferenceCheck
from app.services.results_kept import take_along
from app.services.rights import Right, denied, unpack
from app.services.sign_in import one_spelling
from app.services.trust import (
    CLOCK_FLOOR,
    CLOCKS_SEEN,
    OWN_CERTIFICATE,
)
from app.services.unit_views import called_unopened
from app.services.used_again import ClosedHere, UsedAgain, closed_in, let_in, used_again
from app.services.withholding import Withholding, carry_over, withholding_of
from app.services.workplace import OLD_COPIES, Account, Workplace
from app.settings import Settings
from app.sync.files import named_by, sync_folder, world_failed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands now: from which file, of which unit, and where the replaced store lies.

    `enrolled`: whether it has the keys of a station; without them no bundle brings anything back.
    """

    file: Path
    unit: str
    enrolled: bool
    kept: Path | None


def restore(
    settings: Settings,
    file: Path,
    unlock: Callable[[Settings], Unlocked],
    open_beside: Callable[[Keyslots], Unlocked],
    clock: Callable[[], float] = time.time,
    *,
    other_installation: bool = False,
    counting: Callable[[], None] = lambda: None,
) -> Restored:
    """Restore `file`, a copy made by `backup create`, into this home, which may be empty.

    `unlock` opens the key slots of the home, `open_beside` those that lie beside the copy
    (`by_passphrase`, `by_code`), where the home is empty or has another key. `other_installation`:
    a copy made elsewhere may take the place of the store that stands here. `counting` is told right
    before the restored store counts, from where nobody may stop it any more. Raises KnownError
    `backup.no_file`, `backup.damaged`, `backup.newer_file`, `backup.no_keyslots`,
    `backup.bad_keyslots`, `backup.wrong_keyslots`, `backup.other_unit`,
    `backup.other_installation`, `store.newer_file` (the store that stands here), `home.not_folder`,
    `rights.denied`, WrongSecret; then the home is as it was.
    """
    if not is_file(file):
        raise KnownError("backup.no_file", "backup.no_file_hint", file=file.name)
    home.make_folder(settings.home)
    home.refuse_drive(settings.home)
    with home.HomeLock(settings.lock_path, "restore"):
        home.finish_restore(settings)
        home.clear_leftovers(settings)
        LeftParts(settings.home).sweep()
        here = unlock(settings) if settings.keyslots_path.exists() else None
        part = copy_for_restore(file, settings)
        try:
            with named_by(part, file):
                found = key_of(settings, part, file, here, open_beside)
            standing: _Standing | None = None
            if here is not None:
                standing = _standing(settings, here, _closed(part, found, file))
            with named_by(part, file):
                unit, enrolled = _prepare(
                    settings,
                    part,
                    found,
                    file,
                    standing,
                    clock,
                    other_installation=other_installation,
                )
            kept = None if here is None else _put_aside(settings, here, standing, file)
            counting()
            # From here on the restored store counts.
            part.replace(settings.restored_path)
            sync_folder(settings.home)
        except BaseException:
            remove_copy(part)
            if not settings.restored_path.exists():  # its key slots go with it into their place
                home.restored_keyslots(settings).unlink(missing_ok=True)
            raise
        home.finish_restore(settings)
        for folder in (settings.backups_path, settings.incoming_path, settings.evidence_path):
            folder.mkdir(mode=0o700, exist_ok=True)
    return Restored(file, unit, enrolled, kept)


@dataclass(frozen=True, slots=True)
class _Found:
    """The key that opens the copy, whose slot it was, and the slots the home has to get for it."""

    dek: bytes
    user: str
    slots: Keyslots | None


def copy_for_restore(file: Path, settings: Settings) -> Path:
    """A copy in the home under a name that `clear_leftovers` removes."""
    part = settings.restored_path.with_suffix(".part")
    remove_copy(part)
    try:
        part.touch(mode=0o600)
        shutil.copyfile(file, part)
    except OSError as error:
        remove_copy(part)
        raise world_failed(error, file) from error
    return part


def key_of(
    settings: Settings,
    part: Path,
    file: Path,
    here: Unlocked | None,
    open_beside: Callable[[Keyslots], Unlocked],
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
    opened = open_beside(beside)
    try:
        backup.verify(part, opened.dek)
    except KnownError as error:
        if error.message_id != "store.wrong_key":
            raise
        raise KnownError(
            "backup.wrong_keyslots",
            "backup.wrong_keyslots_hint",
            file=file.name,
            keys=_beside(file).name,
        ) from error
    slots = beside if here is None else read_keyslots(settings).rekeyed(opened.dek)
    return _Found(opened.dek, opened.user if here is None else here.user, slots)


def _beside(file: Path) -> Path:
    """Where the key slots of a copy of a store lie."""
    return file.with_suffix(".keyslots.json")


def _slots_beside(file: Path) -> Keyslots:
    path = _beside(file)
    try:
        return decode_keyslots(path.read_bytes())
    except FileNotFoundError:
        raise KnownError("backup.no_keyslots", "backup.no_keyslots_hint", file=path.name) from None
    except BadKeyslots as error:
        raise KnownError(
            "backup.bad_keyslots", "backup.bad_keyslots_hint", file=path.name, rule=error.rule
        ) from error


def by_passphrase(slots: Keyslots, passphrase: str) -> Unlocked:
    """Open key slots that lie beside a copy with the passphrase of anybody. Raises WrongSecret."""
    spelled = one_spelling(passphrase)
    for user in (slot.user for slot in slots.slots if slot.user):
        try:
            return Unlocked(slots.open_with_password(user, spelled), user)
        except WrongSecret:
            continue
    raise WrongSecret


def by_code(slots: Keyslots, code: str, user: str) -> Unlocked:
    """Open them with the recovery code. Raises WrongCode, MistypedCode, and what `whose` raises."""
    return Unlocked(slots.open_with_recovery_code(code), whose(slots, user))


#: What is said of a store that opens, or seems to, and cannot be read to its end.
DAMAGE = ("store.damaged", "store.unreadable")


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the store to be replaced says of itself: its unit and every id it wrote under, and what
    the restored one has to know too: the newest revocation lists and what they lack, how late it
    is, what was erased by law, with the names of the copies from before, what people took back or
    refused, and what they let count again.
    """

    unit: str
    replicas: frozenset[str]
    lists: tuple[TrustRow, ...]
    unlisted: Mapping[str, Mapping[int, datetime]]
    clock_floor: str
    clocks_seen: str
    erased: tuple[Operation, ...]
    old_copies: frozenset[str]
    kept_out: Withholding
    used_again: UsedAgain
    results: tuple[OwnResult, ...]


def _standing(settings: Settings, here: Unlocked, closed: ClosedHere) -> _Standing | None:
    """Ask the store that stands, also about what is `closed` in the copy; the person is judged by
    it. None where it does not open.
    """
    if not settings.store_path.exists():
        return None
    with as_of_this_program(settings, here.dek) as path:
        if path is None:
            return None
        try:
            store = open_store(path, here.dek, before_migration=lambda: None)
        except KnownError as error:
            if error.message_id not in DAMAGE:
                raise
            return None
        try:
            must_be_admin(store, here.user)
            with store.read() as reading:
                lists = tuple(store_trust.rows(reading, TrustKind.CRL))
                unlisted = revocations.unlisted(reading)
            erased = _erased(store)
            return _Standing(
                store.unit,
                replicas_of(store),
                lists,
                unlisted,
                store.setting(CLOCK_FLOOR, "0"),
                store.setting(CLOCKS_SEEN, "{}"),
                erased,
                frozenset(store.setting(OLD_COPIES).split()),
                kept_out(store),
                let_count(store, closed),
                _results(store),
            )
        finally:
            store.close()


def kept_out(store: Store) -> Withholding:
    """What people took back or refused in the store; nothing where the damage lies there, which the
    look before the restore says.
    """
    return _said_by(store, withholding_of, Withholding())


def let_count(store: Store, closed: ClosedHere) -> UsedAgain:
    """What of that which is closed in a copy counts in the store; nothing where the damage lies
    there.
    """
    return _said_by(store, lambda reading: used_again(reading, closed, store.unit), UsedAgain())


def _erased(store: Store) -> tuple[Operation, ...]:
    """The erasures that the store knows; none where the damage lies there: the restored store asks
    under a new replica id, so the units above send them again with everything else.
    """
    return _said_by(store, lambda reading: tuple(acts_of_erasure(reading)), ())


def _results(store: Store) -> tuple[OwnResult, ...]:
    """What this unit found at re-surveys; nothing where the damage lies there."""
    return _said_by(store, lambda reading: tuple(own_results(reading, store.unit)), ())


def _said_by(store: Store, ask: Callable[[Reading], T], nothing: T) -> T:
    try:
        with store.read() as reading:
            return ask(reading)
    except KnownError as error:
        if error.message_id not in DAMAGE:
            raise
        return nothing


@contextmanager
def as_of_this_program(settings: Settings, dek: bytes) -> Iterator[Path | None]:
    """The store that stands, for the length of a block; None where it cannot be read.

    One that an older program left is asked in a copy: opening migrates, and a restore that is
    refused leaves the store as it was.
    """
    standing, part = settings.store_path, settings.store_path.with_name("standing.part")
    try:
        current = is_current(standing, dek)
        if not current:
            backup.copy_whole(standing, part, dek)
    except KnownError as error:
        remove_copy(part)
        if error.message_id not in (*DAMAGE, "store.wrong_key"):
            raise
        yield None
        return
    try:
        with named_by(part, standing):
            yield standing if current else part
    finally:
        remove_copy(part)


def replicas_of(store: Store) -> frozenset[str]:
    with store.read() as reading:
        return frozenset((store.replica, *replica.left(reading)))


def _put_aside(
    settings: Settings, here: Unlocked, standing: _Standing | None, source: Path
) -> Path | None:
    """Keep what is about to be replaced; a store that does not open any more is kept as it is.

    Either way with the key slots of the home: the restored store may bring others.
    """
    if not settings.store_path.exists():
        return None
    if standing is None:
        return _copy_damaged(settings)
    try:
        return backup.make(settings, here.dek, backup.BEFORE_RESTORE, spare=source)
    except KnownError as error:
        if error.message_id not in (*DAMAGE, "backup.damaged"):
            raise
        return _copy_damaged(settings)


def _copy_damaged(settings: Settings) -> Path:
    kept = backup.free_name(settings.backups_path, kind="damaged")
    settings.backups_path.mkdir(mode=0o700, exist_ok=True)
    copies = [
        (settings.keyslots_path, _beside(kept)),
        (Path(f"{settings.store_path}-wal"), Path(f"{kept}-wal")),
        (settings.store_path, kept),
    ]
    try:
        for source, copy in copies:
            if source.exists():
                copy.touch(mode=0o600)
                shutil.copyfile(source, copy)
                _to_disk(copy)
        sync_folder(settings.backups_path)
    except OSError as error:
        for _source, copy in copies:
            copy.unlink(missing_ok=True)
        raise world_failed(error, kept) from error
    return kept


def _prepare(
    settings: Settings,
    part: Path,
    found: _Found,
    file: Path,
    standing: _Standing | None,
    clock: Callable[[], float],
    *,
    other_installation: bool,
) -> tuple[str, bool]:
    """Migrate the copy, give it its new replica id, and bring both files to the disk.

    Returns its unit, and whether it has the keys of a station.
    """
    store = open_copy(part, found.dek, file, clock)
    try:
        if standing is not None:
            _must_belong_here(store, file, standing, other_installation=other_installation)
        author, before = must_be_admin(store, found.user), replicas_of(store)
        with store.write(author) as work:
            if standing is not None and standing.replicas & before:
                _take_over(_asked(settings, store, found, clock), work, standing)
            # After that: what counts again may have been sent by the store that is replaced.
            given_up = work.take_new_replica()
            if standing is not None:
                _erase_again(store, work, standing)
            work.audit("backup.restored", file=file.name, given_up=given_up)
            work.commit()
        with store.read() as reading:
            own = store_trust.content(reading, TrustKind.OWN, OWN_CERTIFICATE)
        unit, enrolled = store.unit, own is not None
    finally:
        store.close()
    for suffix in ("-wal", "-shm"):  # folded in when the last connection closed
        Path(str(part) + suffix).unlink(missing_ok=True)
    _to_disk(part)
    if found.slots is not None:
        home.write_secret(home.restored_keyslots(settings), encode_keyslots(found.slots))
    return unit, enrolled


def open_copy(part: Path, dek: bytes, file: Path, clock: Callable[[], float] = time.time) -> Store:
    """Open the private copy of a backup `file`. Raises KnownError `backup.newer_file`."""
    try:
        # The copy itself is the backup of what a migration changes.
        return open_store(part, dek, before_migration=lambda: None, clock=clock)
    except KnownError as error:
        if error.message_id != "store.newer_file":
            raise
        raise KnownError("backup.newer_file", "backup.newer_file_hint", file=file.name) from error


def _closed(part: Path, found: _Found, file: Path) -> ClosedHere:
    """What the copy keeps out."""
    with named_by(part, file):
        store = open_copy(part, found.dek, file)
        try:
            with store.read() as reading:
                return closed_in(reading)
        finally:
            store.close()


def _asked(
    settings: Settings, store: Store, found: _Found, clock: Callable[[], float]
) -> Workplace:
    """The copy as something to ask for its units and whom it trusts; nobody is signed in to it."""
    with store.read() as reading:
        catalogue = read_catalogue(reading)
    nobody = Account(found.user, "", "", frozenset())
    return Workplace(settings, store, catalogue, nobody, found.dek, clock)


def _take_over(copy: Workplace, work: UnitOfWork, standing: _Standing) -> None:
    """What the replaced store of this installation knew and what must not go back with the copy.

    Who was revoked stays so, and no number of a list is given out twice. Nobody waits for the ids
    that the replaced store wrote under after the copy was made. Time does not run backwards. What
    people took back or refused stays out, what they let count again counts; what no bundle from
    below brings back is taken along.
    """
    store = copy.store
    for row in standing.lists:
        revocations.keep_list(work, parse_crl(row.content))
    for issuer, lacking in standing.unlisted.items():
        revocations.keep_unlisted(work, issuer, lacking)
    replica.give_up(work.connection, standing.replicas)
    if int(standing.clock_floor) > int(store.setting(CLOCK_FLOOR, "0")):
        seen = {CLOCK_FLOOR: standing.clock_floor, CLOCKS_SEEN: standing.clocks_seen}
        store.put_settings(work, seen)
    carry_over(work, standing.kept_out, standing.replicas)
    check = ReferenceCheck(copy, work.connection)
    let_in(work, copy.tree, standing.used_again, check)
    take_along(work, standing.results)


def _erase_again(store: Store, work: UnitOfWork, standing: _Standing) -> None:
    """What was erased by law is erased in the copy as well, whatever PC it was made on: the bodies
    go out of it before anybody can read them.

    With an erasure that was made here goes what hid the record, which nobody else may have yet.
    """
    wanted = {(one.ent_id, one.op_id): one for one in standing.erased}
    states = receiving.held_of(work.connection, {ent_id for ent_id, _ in wanted})
    held = {op_id: one.state for of_record in states.values() for op_id, one in of_record.items()}
    beside = f"{Direction.BESIDE.value}:{store.unit}"
    entries: list[Entry] = []
    for operation in wanted.values():
        if operation.op_id in held:
            continue
        known = all(held.get(one) is State.ACCEPTED for one in operation.parents)
        state, reason = (State.ACCEPTED, None) if known else (State.WAITING, Reason.PARENT_UNKNOWN)
        held[operation.op_id] = state
        entries.append(Entry(operation, operation.ent_id, state, reason, judged_for=beside))
    touched = Touched()
    work.accept(entries, touched)
    work.bring_up_to_date(touched)
    if names := standing.old_copies | set(store.setting(OLD_COPIES).split()):
        store.put_settings(work, {OLD_COPIES: " ".join(sorted(names))})
    if work.erased:
        work.audit("erasure.counted", records=len(work.erased))


def _must_belong_here(
    store: Store, file: Path, standing: _Standing, *, other_installation: bool
) -> None:
    """Raise KnownError unless the copy is of this unit and of this installation's history.

    The copies of one installation wrote under one of its replica ids, whatever key seals them.
    """
    if store.unit != standing.unit:
        unit = called_unopened(store.unit)
        raise KnownError("backup.other_unit", "backup.other_unit_hint", unit=unit)
    if not other_installation and not standing.replicas & replicas_of(store):
        raise KnownError(
            "backup.other_installation", "backup.other_installation_hint", file=file.name
        )


def must_be_admin(store: Store, user: str) -> str:
    """The written name of an active account that may restore. Raises KnownError."""
    with store.read() as reading:
        row = account(reading, user)
    if row is None or not row.active:
        raise KnownError("account.unknown", "account.unknown_hint")
    if Right.ADMIN not in unpack(row.rights):
        raise denied(Right.ADMIN)
    return row.full_name


def _to_disk(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def remove_copy(part: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(str(part) + suffix).unlink(missing_ok=True)
