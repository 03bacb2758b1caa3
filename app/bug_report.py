"""Reports of what we did wrong; what the system refused is told by `app.system_failures`.

A report of a bug holds module names, line numbers and types of exceptions: enough to find it, and
nothing about anybody, because neither values nor messages are written. Both faces write the same.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from app.errors import AppError

#: A window meets several bugs within a second.
_numbers = count(1)
_PACKAGE = Path(__file__).resolve().parent


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and what was being handled meanwhile: for a report."""
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def write_report(error: BaseException, folder: Path, command: str) -> Path | None:
    """Write what is needed to find the bug into a new file of `folder`, else among the system's
    temporary files; None when no file can be written anywhere.

    `command` says what was run, in words of the program: a group and a command, or the window.
    """
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    name = f"report-{stamp}-{os.getpid()}-{next(_numbers)}.txt"
    content = "\n".join([*_about(command), *_what_happened(error), ""])
    for place in (folder, Path(tempfile.gettempdir())):
        path = place / name
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content)
        except OSError:
            continue  # the next place may do
        return path
    return None


def raised_in(error: BaseException) -> tuple[str, int]:
    """The module, as a report names it, and the line in which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "", 0
    return _module(Path(frames[-1].filename)), frames[-1].lineno or 0


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
