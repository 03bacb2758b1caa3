"""Failures that are not ours to raise: what the system refused, and what we did wrong.

A report of a bug holds module names, line numbers and types of exceptions: enough to find it, and
nothing about anybody, because neither values nor messages are written.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.errors import AppError, KnownError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT)) if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_GONE = frozenset((errno.EIO, errno.ENODEV, errno.ENXIO))
_PACKAGE = Path(__file__).resolve().parents[1]


def known(error: Exception) -> KnownError | None:
    """What the world did, when it was the world: disk full, no access, device or file gone.

    Only what an error names as its cause counts. A mistake of ours while an error of the world is
    being handled stays a mistake of ours.
    """
    for cause in _causes(error):
        if isinstance(cause, KnownError):
            return cause
        if isinstance(cause, OSError):
            return _of_system(cause)
    return None


def _of_system(error: OSError) -> KnownError:
    file = str(error.filename) if error.filename is not None else "?"
    if error.errno in _FULL:
        return KnownError("errors.disk_full", "errors.disk_full_hint", file=file)
    if error.errno in _GONE:
        return KnownError("errors.device_gone", "errors.device_gone_hint", file=file)
    if isinstance(error, FileNotFoundError):
        return KnownError("errors.no_file", "errors.no_file_hint", file=file)
    if error.errno == errno.EROFS:
        return KnownError("errors.read_only", "errors.read_only_hint", file=file)
    if error.errno == errno.ENAMETOOLONG:
        return KnownError("errors.name_too_long", "errors.name_too_long_hint", file=file)
    if isinstance(error, PermissionError):
        return KnownError("errors.no_access", "errors.no_access_hint", file=file)
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        return KnownError("errors.no_plain_file", "errors.no_plain_file_hint", file=file)
    number = error.errno or 0
    return KnownError("errors.system", "errors.system_hint", file=file, number=number)


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and what was being handled meanwhile: for a report."""
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def write_report(error: BaseException, folder: Path, command: str) -> Path | None:
    """Write what is needed to find the bug; None when no file can be written anywhere."""
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    content = "\n".join([*_about(command), *_what_happened(error), ""])
    for place in (folder, Path(tempfile.gettempdir())):
        path = place / f"report-{stamp}-{os.getpid()}.txt"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content)
        except OSError:
            continue  # the next place may do
        return path
    return None


def _about(command: str) -> list[str]:
    return [
        f"command: {command}",
        f"python: {platform.python_version()}",
        f"system: {platform.system()} {platform.release()} {platform.machine()}",
    ]


def _what_happened(error: BaseException) -> Iterator[str]:
    for cause in _chain(error):
        said = f" {cause.message_id}" if isinstance(cause, AppError) else ""
        yield f"{type(cause).__module__}.{type(cause).__qualname__}{said}"
        for frame in traceback.extract_tb(cause.__traceback__):
            yield f"  {_module(Path(frame.filename))}:{frame.lineno}"


def _module(path: Path) -> str:
    """The dotted name of a module of ours, else the file's name: no folder of anybody."""
    resolved = path.resolve()
    if resolved.is_relative_to(_PACKAGE):
        inside = resolved.relative_to(_PACKAGE.parent).with_suffix("")
        return ".".join(inside.parts)
    for entry in sys.path:
        if entry and resolved.is_relative_to(Path(entry).resolve()):
            return resolved.relative_to(Path(entry).resolve()).as_posix()
    return resolved.name
