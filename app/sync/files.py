"""Files that must be whole or not there: private copies of what comes, sealed copies of what goes.

A bundle on a stick appears under its name only after it was read back and its hash compared, so a
stick pulled out half way leaves a `.part` and nothing else.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from app.errors import KnownError
from app.plain_files import NotPlainFile, is_folder, open_plain
from app.sync.container import read_container
from app.sync.read_back import compare
from app.sync.refusal import Size

BLOCK = 1 << 20
#: Blocks that are brought to a stick at once. All of them at the end would be minutes on a slow
#: stick of which nobody could say how far it is, and nobody could stop it.
_AT_ONCE = 4
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OTHERS = {
    errno.EROFS: "read_only",
    errno.EACCES: "no_access",
    errno.EPERM: "no_access",
    errno.ENAMETOOLONG: "name_too_long",
}


class MayBeThere(KnownError):
    """A file got its name and then something failed, and nobody can say that it was removed again:
    a stick that is pulled out at that moment holds it whole.
    """


def write_new_file(path: Path, content: bytes) -> None:
    """Write a small file: temporary name, fsync, rename. Raises KnownError `files.…`."""
    part = path.with_name(path.name + ".part")
    try:
        with _private(part) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _remove(part)
        raise world_failed(error, path) from error


def copy_in(source: Path, folder: Path, step: Callable[[int, int], None]) -> tuple[Path, str]:
    """A private copy (0600) of a file that somebody else may still change, and its SHA-256 (hex).

    Only the copy is read from then on. Nothing is copied but a plain file that has the outside of
    a bundle from its first header to its end, and no more of it than it had when it was opened.
    Raises BundleRefused, KnownError `files.not_plain`, `files.unreadable`, `files.gone`,
    `files.disk_full`.
    """
    target = folder / f"incoming-{os.getpid()}-{os.urandom(6).hex()}.tebundle"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_plain(source) as reading:
            read_container(reading, source.name)
            total = reading.seek(0, os.SEEK_END)
            reading.seek(0)
            _must(shutil.disk_usage(folder).free > total, "files.disk_full", source.name)
            sha256 = _copy(reading.read, target, total, step)
    except OSError as error:
        _remove(target)
        raise world_failed(error, source) from error
    except BaseException:
        _remove(target)
        raise
    return target, sha256


@contextmanager
def private_copy(
    source: Path, folder: Path, step: Callable[[int, int], None]
) -> Iterator[tuple[Path, str]]:
    """`copy_in` for the length of a block; errors about the copy name the file that was chosen."""
    copy, sha256 = copy_in(source, folder, step)
    try:
        with named_by(copy, source):
            yield copy, sha256
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def named_by(copy: Path, chosen: Path) -> Iterator[None]:
    """Errors about a copy of ours name the file that a person chose; nobody knows the copy."""
    try:
        yield
    except KnownError as error:
        if error.parameters.get("file") == copy.name:
            error.parameters = {**error.parameters, "file": chosen.name}
        raise


def copy_out(
    source: Path,
    folder: Path,
    name: str,
    step: Callable[[int, int], None],
    verify: Callable[[Path], None],
    phase: Callable[[str], None] = lambda _name: None,
    *,
    replacing: bool = False,
) -> Path:
    """Put a sealed file on a stick: `.part`, fsync, read back, verify, rename, read once more.

    `folder` is made when the stick has none yet, the stick never. `phase` is told `writing`, then
    `reading`; `step` counts the bytes of each, and may raise: then nothing of the file is left.
    `verify` opens the copy as a stranger would and raises when it is not good. `replacing`: a file
    of that name may be there. Raises KnownError `files.stick_full`, `files.disk_full`,
    `files.gone`, `files.fake_capacity`, `files.read_back`, `files.name_taken`; the folder then
    holds no new file of that name. Raises MayBeThere (`files.may_be_there`) where it may hold one.
    """
    final = folder / name
    part = _part(final)
    named = False
    try:
        total = source.stat().st_size
        _make_ready(folder, final, total, replacing=replacing)
        phase("writing")
        with source.open("rb") as reading:
            _copy(reading.read, part, total, step, at_once=_AT_ONCE)
        phase("reading")
        read_back(part, source, final, step)
        verify(part)
        named = True
        part.replace(final)
        sync_folder(folder)
        read_back(final, source, final, step)
    except BaseException as error:
        _remove(part)
        if named and not _is_gone(final):
            told = "files.may_be_there"
            raise MayBeThere(told, f"{told}_hint", file=final.name) from error
        if isinstance(error, OSError):
            raise world_failed(error, final) from error
        raise
    return final


def read_back(path: Path, source: Path, final: Path, step: Callable[[int, int], None]) -> None:
    """Read a copy as the stick gives it, and compare it with what it was copied from.

    Raises KnownError `files.fake_capacity` where the stick took what it does not keep, else
    `files.read_back`; both name the file by the name it was to get. Raises OSError.
    """
    lost = compare(path, source, step)
    if lost is not None:
        told = "files.fake_capacity" if lost.blank else "files.read_back"
        raise KnownError(
            told,
            "files.bad_stick_hint",
            file=final.name,
            good=Size(lost.good) if lost.good else "0 KB",
            total=Size(lost.total),
        )


def must_take(folder: Path, name: str, total: int) -> None:
    """Whether a stick would take a new file, as far as that shows without writing any of it.

    `folder` is made where the stick has none yet; an empty `.part` is made and removed. Raises
    KnownError `files.name_taken`, `files.stick_full`, and what `world_failed` says of a stick that
    takes no file at all.
    """
    final = folder / name
    part = _part(final)
    try:
        _make_ready(folder, final, total, replacing=False)
        with _private(part):
            pass
        part.unlink()
    except OSError as error:
        _remove(part)
        raise world_failed(error, final) from error


def _make_ready(folder: Path, final: Path, total: int, *, replacing: bool) -> None:
    with _made_in(folder.parent):
        folder.mkdir(exist_ok=True)
    _must(replacing or not final.exists(), "files.name_taken", final.name)
    _must_have_room(folder, total)


def _part(final: Path) -> Path:
    """What a file is called until it is whole and read back."""
    return final.with_name(final.name.rsplit(".", 1)[0] + ".part")


def _must_have_room(folder: Path, total: int) -> None:
    """Raise KnownError `files.stick_full` before anything is written that does not fit."""
    usage = shutil.disk_usage(folder)
    free = usage.free
    # Some drives do not say how large they are; writing will tell.
    if usage.total and free < total:
        raise KnownError(
            "files.stick_full",
            "files.stick_full_hint",
            folder=str(folder),
            free=Size(free) if free else "0 KB",
            needed=Size(total),
        )


def remove_parts(folder: Path, like: str) -> None:
    """Remove half copies that a killed process left on a stick; `like` is a glob of their names."""
    _remove(*folder.glob(like + ".part"))


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return sha256_of(file)


def sha256_of(file: BufferedReader) -> str:
    """SHA-256 (hex) of an open file's bytes."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Bring a rename to the disk where the system allows it (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def world_failed(error: OSError, path: Path) -> KnownError:
    """The sentence for what the system said about a file."""
    if error.errno in _FULL:
        return KnownError("files.disk_full", "files.disk_full_hint", file=path.name)
    if isinstance(error, NotPlainFile):
        return KnownError("files.not_plain", "files.not_plain_hint", file=path.name)
    if isinstance(error, FileNotFoundError):
        return KnownError("files.gone", "files.gone_hint", file=path.name)
    name = _OTHERS.get(error.errno or 0, "unreadable")
    return KnownError(f"files.{name}", f"files.{name}_hint", file=path.name)


@contextmanager
def _made_in(folder: Path) -> Iterator[None]:
    """Something new is made in a folder. Raises KnownError `files.no_drive` where the folder is
    there and takes none: one that the system only shows (/proc) says of it that it is not there,
    and looking for the stick once more would not help.
    """
    try:
        yield
    except FileNotFoundError as error:
        if is_folder(folder):
            raise KnownError("files.no_drive", "files.no_drive_hint", folder=str(folder)) from error
        raise


def _must(holds: bool, message_id: str, file: str) -> None:
    if not holds:
        raise KnownError(message_id, message_id + "_hint", file=file)


def _private(path: Path) -> BinaryIO:
    """A new file that only this user can read."""
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with _made_in(path.parent):
        return os.fdopen(os.open(path, flags, 0o600), "wb")


def _copy(
    read: Callable[[int], bytes],
    target: Path,
    total: int,
    step: Callable[[int, int], None],
    *,
    at_once: int = 0,
) -> str:
    """Copy up to `total` bytes: what grows under our hands is not followed.

    Every `at_once` blocks are brought to the drive before the next are counted.
    """
    digest = hashlib.sha256()
    done = blocks = 0
    with _private(target) as writing:
        while block := read(min(BLOCK, total - done)):
            writing.write(block)
            digest.update(block)
            done += len(block)
            blocks += 1
            if at_once and blocks % at_once == 0 and done < total:
                writing.flush()
                os.fsync(writing.fileno())
            step(done, total)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _remove(*paths: Path) -> None:
    for path in paths:
        # The stick may be gone: so is the half copy's use. The first error says what matters.
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _is_gone(path: Path) -> bool:
    """Remove a file of ours; whether its drive is still there and says that it is gone."""
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
        return path.parent.is_dir()
    except OSError:
        return False  # the first error says what matters; this one, that nobody knows
