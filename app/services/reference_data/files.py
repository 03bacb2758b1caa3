"""Reading the files that reference data are loaded from, and saying what is wrong in them.

A file is refused whole, with its name and the place; nothing is taken from a part of it.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from app import i18n
from app.errors import AppError, KnownError

#: What one operation can carry as `content` (app.history.operation.MAX_CONTENT_BYTES).
MAX_BYTES = 512 * 1024


class Said:
    """The sentence of another error, put together in the language of whoever shows it."""

    def __init__(self, problem: AppError) -> None:
        self._problem = problem

    def __str__(self) -> str:
        return i18n.text(self._problem.message_id, **self._problem.parameters)

    __repr__ = __str__


class Refused(KnownError):
    """A file of reference data that is not loaded. `rule` names what it breaks."""

    def __init__(self, rule: str, file: str, **parameters: object) -> None:
        super().__init__(f"reference.{rule}", "reference.hint", file=file, **parameters)
        self.rule = rule


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, its marks composed (NFC). Raises Refused, OSError.

    The size is asked before anything is read.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", path.name, most=MAX_BYTES // 1024)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Refused("not_utf8", path.name) from problem
    return unicodedata.normalize("NFC", text)


class Line(dict[str, str]):
    """One line of a CSV file: column → text, and where it stands in the file."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        super().__init__(cells)
        self.number = number


def read_lines(path: Path, columns: Sequence[str]) -> tuple[list[str], list[Line]]:
    """The titles and lines of a CSV file whose first columns are `columns`, blanks around taken
    off. Raises Refused `columns`, `cells`, `control`, and what `read_text` raises.
    """
    text = read_text(path)
    rows = _rows(text, path.name)
    _, titles = next(rows, (1, []))
    if titles[: len(columns)] != list(columns) or len(set(titles)) != len(titles):
        raise Refused("columns", path.name, columns=",".join(columns))
    lines: list[Line] = []
    for number, cells in rows:
        if len(cells) != len(titles):
            raise Refused("cells", path.name, line=number, found=len(cells), wanted=len(titles))
        lines.append(Line(number, dict(zip(titles, cells, strict=True))))
    if not lines:
        raise Refused("no_lines", path.name)
    return titles, lines


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if not any(cells):
                continue
            if not all(cell.isprintable() for cell in cells):
                raise Refused("control", file, line=reader.line_num)
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as problem:
        raise Refused("not_csv", file, line=reader.line_num) from problem
