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
from app.plain_files import NotPlainFile, open_plain
from app.sync.container import read_container

BLOCK = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OTHERS = {
    errno.EROFS: "read_only",
    errno.EACCES: "no_access",
    errno.EPERM: "no_access",
    errno.ENAMETOOLONG: "name_too_long",
}


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
    *,
    replacing: bool = False,
) -> Path:
    """Put a sealed file on a stick: `.part`, fsync, read back, verify, rename, read once more.

    `folder` is made when the stick has none yet, the stick never. `verify` opens the copy as a
    stranger would and raises when it is not good. `replacing`: a file of that name may be there.
    Raises KnownError `files.disk_full`, `files.gone`, `files.read_back`, `files.name_taken`; the
    folder then holds no new file of that name.
    """
    final = folder / name
    part = folder / (name.rsplit(".", 1)[0] + ".part")
    ours: tuple[Path, ...] = (part,)
    try:
        folder.mkdir(exist_ok=True)
        _must(replacing or not final.exists(), "files.name_taken", name)
        total = source.stat().st_size
        with source.open("rb") as reading:
            written = _copy(reading.read, part, total, step)
        _must(file_sha256(part) == written, "files.read_back", name)
        verify(part)
        ours = (part, final)
        part.replace(final)
        sync_folder(folder)
        _must(file_sha256(final) == written, "files.read_back", name)
    except OSError as error:
        _remove(*ours)
        raise world_failed(error, final) from error
    except BaseException:
        _remove(*ours)
        raise
    return final


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


def _must(holds: bool, message_id: str, file: str) -> None:
    if not holds:
        raise KnownError(message_id, message_id + "_hint", file=file)


def _private(path: Path) -> BinaryIO:
    """A new file that only this user can read."""
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _copy(
    read: Callable[[int], bytes], target: Path, total: int, step: Callable[[int, int], None]
) -> str:
    """Copy up to `total` bytes: what grows under our hands is not followed."""
    digest = hashlib.sha256()
    done = 0
    with _private(target) as writing:
        while block := read(min(BLOCK, total - done)):
            writing.write(block)
            digest.update(block)
            done += len(block)
            step(done, total)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _remove(*paths: Path) -> None:
    for path in paths:
        # The stick may be gone: so is the half copy's use. The first error says what matters.
        with suppress(OSError):
            path.unlink(missing_ok=True)
