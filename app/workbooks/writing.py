"""Writing a file whole or not at all, and a table as .csv that Excel opens and we read back.

A file is written beside its place, flushed to the disk, then renamed. Where the part lies is noted
by whoever calls, so that it can be found after a death in between. Text stays text: nothing that
begins with = + - @ becomes a formula.
"""

from __future__ import annotations

import csv
import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from app.errors import KnownError

Value: TypeAlias = str | int | date | None

#: Keeps the place of a part noted while the block runs: persons stand in it, in the clear.
Noted: TypeAlias = Callable[[Path], AbstractContextManager[None]]

_PART = re.compile(r"\.sotreem-[0-9a-f]{16}\.part")
_WHY = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.ENAMETOOLONG: "name_too_long",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write. `width` in characters, for Excel."""

    title: str
    width: int = 14


def is_part_name(name: str) -> bool:
    """Whether a file of that name is a part that `whole_file` made: nobody else calls one so."""
    return _PART.fullmatch(name) is not None


@contextmanager
def whole_file(path: Path, noted: Noted) -> Iterator[Path]:
    """A place to write to; renamed to `path` when the block ends well, removed when it does not.

    Raises KnownError `import.cannot_write`, `import.disk_full`, `import.name_too_long`, and what
    `noted` raises.
    """
    part = path.with_name(f".sotreem-{os.urandom(8).hex()}.part")
    try:
        with noted(part):
            try:
                part.touch(mode=0o600)  # persons stand in it: for this user alone
                yield part
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                part.replace(path)
                _sync_folder(path.parent)
            finally:
                part.unlink(missing_ok=True)
    except OSError as problem:
        name = _WHY.get(problem.errno or 0, "cannot_write")
        raise KnownError(f"import.{name}", f"import.{name}_hint", file=path.name) from problem


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to flush; NTFS journals the rename
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def csv_text(text: str) -> str:
    """A text as a cell of a .csv: an apostrophe before what Excel would take for a formula.

    `plain_text` takes it away again.
    """
    if text.startswith(_FORMULA_STARTS) or (
        text.startswith("'") and text[1:].startswith((*_FORMULA_STARTS, "'"))
    ):
        return "'" + text
    return text


def plain_text(text: str) -> str:
    """A cell's text without the apostrophe that kept it from being a formula."""
    if text.startswith("'") and text[1:].startswith((*_FORMULA_STARTS, "'")):
        return text[1:]
    return text


def write_csv(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    noted: Noted,
    *,
    on_row: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write UTF-8 with a mark (without it Excel breaks the letters), commas, CRLF (RFC 4180).

    Returns the number of rows.
    """
    count = 0
    with whole_file(path, noted) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.title for column in columns])
        for row in rows:
            writer.writerow([csv_text(v) if isinstance(v, str) else v for v in row])
            count += 1
            on_row(count)
    return count
