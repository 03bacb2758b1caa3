"""Writing a file whole or not at all, and a table as .csv that Excel opens and we read back.

A file is written beside its place, flushed to the disk, then renamed. Where the part lies is noted
by whoever calls, so that it can be found after a death in between.

Text stays text. A program that opens a .csv takes for a formula what begins with = + - @, a tab or
a line end, at the start of a cell, and also inside one where it cuts cells elsewhere than we do:
Excel cuts at «;» where Vietnamese is the language of Windows, and then quotes hold nothing
together. So an apostrophe goes before such a sign at all these places; our own reader takes it away
again. What a .csv cannot prevent is that Excel reads digits as numbers and drops the zero of a
telephone: whoever works in Excel is given an .xlsx.
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

Value: TypeAlias = str | int | float | date | None

#: Keeps the place of a part noted while the block runs: persons stand in it, in the clear.
Noted: TypeAlias = Callable[[Path], AbstractContextManager[None]]

#: Called with a part that is whole and on the disk, before it bears its name: what it raises keeps
#: the file from appearing, and whatever lay in its place stays.
Leaving: TypeAlias = Callable[[Path], None]

_PART = re.compile(r"\.sotreem-[0-9a-f]{16}\.part")
_WHY = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.ENAMETOOLONG: "name_too_long",
}
#: Where another program may begin a cell, the apostrophes there, and what it would take for the
#: beginning of a formula.
_FORMULA = re.compile(r"(^ *(?='*[=+\-@\t\r\n])|(?<=[;,\t\r\n]) *(?='*[=+\-@]))('*)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write. `width` in characters, for Excel."""

    title: str
    width: int = 14


def is_part_name(name: str) -> bool:
    """Whether a file of that name is a part that `whole_file` made: nobody else calls one so."""
    return _PART.fullmatch(name) is not None


def _nobody_asks(part: Path) -> None:
    """For a file that nobody has to know of."""


@contextmanager
def whole_file(path: Path, noted: Noted, leaving: Leaving = _nobody_asks) -> Iterator[Path]:
    """A place to write to; renamed to `path` when the block ends well, removed when it does not.

    Raises KnownError `import.cannot_write`, `import.disk_full`, `import.name_too_long`, and what
    `noted` and `leaving` raise.
    """
    part = path.with_name(f".sotreem-{os.urandom(8).hex()}.part")
    try:
        with noted(part):
            try:
                part.touch(mode=0o600)  # persons stand in it: for this user alone
                yield part
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                leaving(part)
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
    return _FORMULA.sub(r"\1'\2", text)


def plain_text(text: str) -> str:
    """A cell's text without the apostrophes that kept it from being a formula."""
    return _FORMULA.sub(lambda found: found[1] + found[2][1:], text)


def write_csv(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    noted: Noted,
    *,
    on_row: Callable[[int], None] = lambda _count: None,
    mark: str = "",
    leaving: Callable[[Path, int], None] = lambda _part, _count: None,
) -> int:
    """Write UTF-8 with a mark (without it Excel breaks the letters), commas, CRLF (RFC 4180).

    Days as people write them here, 01/05/2019. `mark` is a line above the titles, for a file that
    people read: what its reader owes. `leaving` as in
    `whole_file`, with the number of rows, which is returned.
    """
    count = 0
    with (
        whole_file(path, noted, lambda part: leaving(part, count)) as part,
        part.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\r\n")
        if mark:
            writer.writerow([csv_text(mark)])
        writer.writerow([csv_text(column.title) for column in columns])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
            on_row(count)
    return count


def _csv_cell(value: Value) -> Value:
    if isinstance(value, str):
        return csv_text(value)
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
