"""The folder of one installation: who may use it, where it may lie, and one process at a time."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from app.crypto.keyslots import write_file
from app.errors import KnownError
from app.plain_files import is_folder
from app.services.sticks import lies_on_stick, unescaped
from app.settings import Settings
from app.sync.files import sync_folder, world_failed

#: File systems that are another machine's disk; a database on them can be torn by two writers.
_NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "9p", "afs"))
_WAIT_SECONDS = 5.0
_NOT_WRITABLE = frozenset((errno.EROFS, errno.EACCES, errno.EPERM))
#: What the folders are called in which a bundle is built before it goes to the stick.
OUTGOING = "outgoing-"
#: What waits for a reply while nobody can open the register (`reopening`).
REOPENING_SLOT, REOPENING_REQUEST = "reopening.json", "reopening.request"
#: Lies in a home from before its store is made until its key slots are written.
_MARKER = "setting-up"


def make_folder(folder: Path) -> None:
    """Make the folder of an installation, for this user alone, unless it is there.

    Raises KnownError `home.not_folder` where a file has its name or that of a folder above it, and
    OSError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError) as error:
        raise KnownError("home.not_folder", "home.not_folder_hint", folder=str(folder)) from error


def prepare(settings: Settings) -> None:
    """Make the folder of a new installation, readable by this user alone, and mark it as begun.

    The caller holds the home, and calls `finish` once the key slots are written. A store is cleared
    away only where the marker says that a set-up was cut off; without the marker a store without
    key slots may be a full register whose key slots were lost, and is not touched.

    Raises KnownError `home.not_empty` when something is installed there already, and
    `home.store_without_keys`.
    """
    finish_restore(settings)
    if settings.keyslots_path.exists():
        raise KnownError("home.not_empty", "home.not_empty_hint", folder=str(settings.home))
    marker = settings.home / _MARKER
    if not marker.exists():
        refuse_store_without_keys(settings)
        write_secret(marker, b"")
    for path in _store_files(settings):
        path.unlink(missing_ok=True)
    for folder in (settings.backups_path, settings.incoming_path, settings.evidence_path):
        folder.mkdir(mode=0o700, exist_ok=True)


def finish(settings: Settings) -> None:
    """Take the marker of `prepare` away: from now on nothing here is left from a cut-off set-up."""
    (settings.home / _MARKER).unlink(missing_ok=True)


def refuse_store_without_keys(settings: Settings) -> None:
    """Raise KnownError `home.store_without_keys` where a store lies that no key slot opens.

    To be asked where there are no key slots; what a cut-off set-up left behind is no such store.
    """
    if not (settings.home / _MARKER).exists() and any(p.exists() for p in _store_files(settings)):
        raise KnownError(
            "home.store_without_keys", "home.store_without_keys_hint", folder=str(settings.home)
        )


def restored_keyslots(settings: Settings) -> Path:
    """The key slots of a restored store on its way."""
    return settings.restored_path.with_suffix(".keyslots.json")


def finish_restore(settings: Settings) -> None:
    """Put a restored store in its place, if one is on its way. The caller holds the home.

    A restore counts from the moment its copy, whole and with its new replica id, bears its name:
    before that the old store stands, after it whoever opens the home next finishes here. Each step
    can be made again. The write-ahead log goes first: it belongs to the old file.
    """
    new, slots = settings.restored_path, restored_keyslots(settings)
    if not new.exists():
        slots.unlink(missing_ok=True)
        return
    store, *beside = _store_files(settings)
    for path in beside:
        path.unlink(missing_ok=True)
    sync_folder(settings.home)
    if slots.exists():
        slots.replace(settings.keyslots_path)
    new.replace(store)
    sync_folder(settings.home)


def _store_files(settings: Settings) -> tuple[Path, ...]:
    return tuple(Path(str(settings.store_path) + suffix) for suffix in ("", "-wal", "-shm"))


def refuse_own_folder(settings: Settings, folder: Path) -> None:
    """Raise KnownError `files.own_folder` where something that is to leave this PC would be written
    into the program's own folder, in which nobody looks for it.
    """
    if folder.resolve().is_relative_to(settings.home.resolve()):
        raise KnownError("files.own_folder", "files.own_folder_hint", file=str(folder))


def must_leave(settings: Settings, out: Path) -> None:
    """Refuse a file of a folder that is not there, or in which nobody would look for it.

    Raises KnownError `files.no_folder`, `files.own_folder`.
    """
    if not is_folder(out.parent):
        # A stick that is not there must not become a folder on the internal disk.
        raise KnownError("files.no_folder", "files.no_folder_hint", file=str(out.parent))
    refuse_own_folder(settings, out.parent)


def refuse_drive(folder: Path) -> None:
    """Raise KnownError for a folder on a network or removable drive."""
    if sys.platform == "win32":
        _refuse_windows_drive(folder)
        return
    device, kind = _mount_of(folder)
    if kind in _NETWORK:
        raise KnownError("home.network", "home.network_hint", folder=str(folder))
    if lies_on_stick(device):
        raise KnownError("home.removable", "home.removable_hint", folder=str(folder))


def _mount_of(folder: Path, mounts: Path = Path("/proc/mounts")) -> tuple[str, str]:
    """Device and file system type of the mount that holds `folder` (proc(5), mounts)."""
    if not mounts.exists():
        return "", ""
    found, best = ("", ""), ""
    resolved = str(folder.resolve())
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        device, written, kind, *_ = line.split(" ")
        point = unescaped(written)
        inside = resolved == point or resolved.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            found, best = (device, kind), point
    return found


def _refuse_windows_drive(folder: Path) -> None:
    if sys.platform == "win32":
        import ctypes

        removable, remote = 2, 4
        kind = ctypes.windll.kernel32.GetDriveTypeW(str(folder.resolve().anchor))
        if kind == remote:
            raise KnownError("home.network", "home.network_hint", folder=str(folder))
        if kind == removable:
            raise KnownError("home.removable", "home.removable_hint", folder=str(folder))


def clear_leftovers(settings: Settings) -> None:
    """Remove what a killed process left in a home: half copies, never anything under a name.

    To be called by whoever holds the home, before anything is opened: nothing is being written.
    """
    home = settings.home
    finish(settings)  # it was killed after its last step: the key slots are there
    for folder in (home, settings.backups_path, home / "authority"):
        for part in folder.glob("*.part*"):
            part.unlink(missing_ok=True)
    for slots in settings.backups_path.glob("*.keyslots.json"):
        if not slots.with_name(slots.name.removesuffix(".keyslots.json") + ".db").exists():
            slots.unlink(missing_ok=True)
    for copy in settings.incoming_path.glob("*"):
        copy.unlink(missing_ok=True)
    for folder in home.glob(f"{OUTGOING}*"):
        shutil.rmtree(folder)
    if not (home / REOPENING_SLOT).exists():  # the request goes with the slot that it is for
        (home / REOPENING_REQUEST).unlink(missing_ok=True)


def write_secret(path: Path, data: bytes) -> None:
    """Replace a small secret file whole or not at all. Raises KnownError `files.…`."""
    try:
        write_file(path, data)
    except OSError as error:
        raise world_failed(error, path) from error


class HomeLock:
    """One process writes a home. A second one waits a while, then is told who holds it.

    The operating system releases the lock when a process dies, so a crash leaves nothing behind.
    A home that cannot be written is not opened, not even to look: every opening leaves its row in
    the audit trail. Raises KnownError `home.in_use`, `home.read_only`.
    """

    def __init__(self, path: Path, purpose: str, wait: float | None = None) -> None:
        self._path = path
        self._purpose = purpose
        self._wait = _WAIT_SECONDS if wait is None else wait
        self._file: IO[str] | None = None

    def __enter__(self) -> HomeLock:
        try:
            make_folder(self._path.parent)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            if error.errno not in _NOT_WRITABLE:
                raise
            folder = str(self._path.parent)
            raise KnownError("home.read_only", "home.read_only_hint", folder=folder) from error
        file = os.fdopen(handle, "a+", encoding="utf-8")
        end = time.monotonic() + self._wait
        while not _try_lock(file):
            if time.monotonic() >= end:
                holder = _holder(self._path)
                file.close()
                raise KnownError("home.in_use", "home.in_use_hint", **holder)
            time.sleep(0.05)
        try:
            file.seek(0)
            file.truncate()
            file.write(json.dumps({"process": os.getpid(), "purpose": self._purpose}))
            file.flush()
        except OSError as error:
            error.filename = str(self._path)  # the system does not name it when a disk is full
            with suppress(OSError):
                file.close()
            raise
        self._file = file
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _holder(path: Path) -> dict[str, str | int]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {"process": int(said["process"]), "purpose": str(said["purpose"])}
    except (OSError, ValueError, KeyError):
        # On Windows a locked file cannot be read; that somebody holds it is still true.
        return {"process": 0, "purpose": "?"}


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(1 << 20)  # a byte beyond the text, so that the text stays readable
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
