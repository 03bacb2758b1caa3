"""Looking the store over without being asked: its pages when it is opened, all of it once a week.

What is found damaged is only read from then on, whoever opens it, until a backup has taken its
place or a self-test by hand passes. Nothing is mended here, and the store itself is never written:
what was found lies in a small file beside it, for the replica that it was found in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from app import logs
from app.errors import KnownError
from app.models import backup, integrity, soundness
from app.models.store import Store, open_store
from app.services.home import write_secret
from app.services.workplace import Progress, Workplace
from app.settings import Settings
from app.sync.files import world_failed

#: A store of up to these bytes is looked through on every opening (ARCHITECTURE.md, decisions).
QUICK_BELOW = 32 * 1024 * 1024
#: Seconds after which a larger one is looked through again, and any is proved as a whole.
QUICK_EVERY, WHOLE_EVERY = 86_400, 7 * 86_400
#: The copy has one name. A self-test by hand beside the checkup of the week would take the other's
#: half-written copy for a damaged store, and a damaged store is only read from then on.
_ONE_COPY = Lock()


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is known of the store of `replica`: seconds since 1970, and the failed test, if any."""

    replica: str
    quick: int
    whole: int
    damage: str = ""


def remembered(settings: Settings, store: Store) -> Checkup:
    """The last checkup of this store; for one that never had any, the week begins now."""
    now = int(store.clock())
    try:
        said = json.loads(settings.checkup_path.read_text(encoding="utf-8"))
        found = Checkup(
            str(said["replica"]), int(said["quick"]), int(said["whole"]), str(said["damage"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        found = Checkup("", 0, 0)  # lost or cut: looked over again, nothing else hangs on it
    return found if found.replica == store.replica else Checkup(store.replica, 0, now)


def at_open(settings: Settings, store: Store, dek: bytes, *, hurried: bool) -> None:
    """Look through the pages of a store just opened, before anything is written to it.

    A large one is looked through once a day, and not at all while somebody waits for a window
    (`hurried`): the window does it afterwards with `look_over`.
    """
    known = remembered(settings, store)
    if not known.damage:
        large = store.path.stat().st_size > QUICK_BELOW
        if large and (hurried or _fresh(known.quick, QUICK_EVERY, store)):
            return
        looked = _quick(store, known)
        if looked.damage or not _fresh(known.quick, QUICK_EVERY, store):
            _note(settings, looked)  # not on every opening: it waits for the disk
        known = looked
    if known.damage:
        close_for_writing(settings, store, dek)


def due(workplace: Workplace) -> bool:
    """Whether `look_over` has something to do now."""
    store = workplace.store
    if store.refusal is not None:
        return False
    known = remembered(workplace.settings, store)
    return not (_fresh(known.quick, QUICK_EVERY, store) and _fresh(known.whole, WHOLE_EVERY, store))


def small(workplace: Workplace) -> bool:
    """Whether the whole checkup takes no longer than a person waits for a command."""
    return workplace.store.path.stat().st_size <= QUICK_BELOW


def look_over(workplace: Workplace, progress: Progress | None = None) -> KnownError | None:
    """Do what is due; gives the refusal that holds from now on when damage was found.

    Reads only, beside whoever works. Raises Cancelled, and what the disk refuses to a copy.
    """
    settings, store = workplace.settings, workplace.store
    progress = progress or Progress()
    known = remembered(settings, store)
    if not _fresh(known.quick, QUICK_EVERY, store):
        known = _quick(store, known)
    if not known.damage and not _fresh(known.whole, WHOLE_EVERY, store):
        known = _whole(workplace, known, progress)
    _note(settings, known)
    if known.damage:
        close_for_writing(settings, store, workplace.dek)
    return store.refusal


def note_result(workplace: Workplace, failed: tuple[str, ...]) -> None:
    """Remember what a self-test by hand found out: `failed` names tests, none means sound."""
    now = int(workplace.clock())
    known = Checkup(workplace.store.replica, now, now, next(iter(failed), ""))
    _note(workplace.settings, known)
    if failed:
        close_for_writing(workplace.settings, workplace.store, workplace.dek)


def close_for_writing(settings: Settings, store: Store, dek: bytes) -> None:
    """From here on the store is only read; the refusal names the backup to restore."""
    copy = backup.newest_sound(settings, dek)
    file = store.path.name
    if copy is None:
        store.only_read(KnownError("store.only_reading", "store.damaged_no_backup_hint", file=file))
        return
    store.only_read(
        KnownError("store.only_reading", "store.damaged_backup_hint", file=file, backup=str(copy))
    )


def differing_tables(workplace: Workplace, progress: Progress) -> list[str]:
    """The travelling tables that come out otherwise when rebuilt, tried on a copy of the store.

    On the store itself it would keep everybody from saving for as long as it takes. Raises
    Cancelled; of the copy nothing stays.
    """
    with _ONE_COPY:
        part = workplace.settings.home / "checkup.part"
        try:
            _copy(workplace, part)
            copy = open_store(part, workplace.dek, before_migration=_never)
            try:
                with copy.write("") as work:
                    total = integrity.records(work.connection)
                    # No commit: rolled back.
                    return integrity.differing_tables(work, lambda done: progress.step(done, total))
            finally:
                copy.close()
        finally:
            for suffix in ("", "-wal", "-shm"):
                Path(str(part) + suffix).unlink(missing_ok=True)


def _copy(workplace: Workplace, part: Path) -> None:
    try:
        backup.copy_whole(workplace.settings.store_path, part, workplace.dek)
    except OSError as error:
        raise world_failed(error, part) from error


def _never() -> None:
    """A copy made a moment ago has nothing to migrate."""


def _quick(store: Store, known: Checkup) -> Checkup:
    with store.read() as reading:
        sound = _holds(lambda: soundness.quick_errors(reading))
    return replace(known, quick=int(store.clock()), damage="" if sound else "quick")


def _whole(workplace: Workplace, known: Checkup, progress: Progress) -> Checkup:
    store = workplace.store
    with store.read() as reading:
        tests: dict[str, Callable[[], list[str]]] = {
            "pages": lambda: soundness.page_errors(reading),
            "cipher": lambda: soundness.cipher_errors(reading),
            "rebuild": lambda: differing_tables(workplace, progress),
        }
        for done, (name, test) in enumerate(tests.items()):
            progress.step(done, len(tests))
            if not _holds(test):
                return replace(known, damage=name)
    return replace(known, whole=int(store.clock()))


def _holds(test: Callable[[], list[str]]) -> bool:
    try:
        return not test()
    except KnownError as error:
        # A page that cannot even be read: the database says so before the test can.
        if error.message_id not in ("store.damaged", "store.unreadable"):
            raise
        return False


def _fresh(at: int, seconds: int, store: Store) -> bool:
    """Whether it was done within that time; a clock that went back counts as long ago."""
    return 0 <= store.clock() - at < seconds


def _note(settings: Settings, known: Checkup) -> None:
    if known.damage:
        logs.event("store.damaged", test=known.damage)
    said = {
        "replica": known.replica,
        "quick": known.quick,
        "whole": known.whole,
        "damage": known.damage,
    }
    write_secret(settings.checkup_path, json.dumps(said).encode())
