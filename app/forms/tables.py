"""Tables of reference data as CSV: one reading for a file that is loaded and a list that came.

Cells take the one spelling of the store (3-data.md, "Every text is …"); what a screen would obey is
refused and not repaired, because nobody could say what was meant.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from app.forms.references import FaultyError, fault
from app.text.normalize import clean, holds_unseen

#: Letters a cell may have: some times the longest of the shipped lists.
MAX_CELL = 1000


class Line(dict[str, str]):
    """One line of a table: column → text, and where it stands."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        super().__init__(cells)
        self.number = number


def read_table(text: str, columns: Sequence[str]) -> tuple[list[str], list[Line]]:
    """The titles and lines of a table whose first columns are `columns`. Raises FaultyError."""
    rows = _rows(text)
    _, titles = next(rows, (1, []))
    if titles[: len(columns)] != list(columns) or len(set(titles)) != len(titles):
        raise FaultyError(fault("columns", columns=",".join(columns)))
    lines: list[Line] = []
    for number, cells in rows:
        if len(cells) != len(titles):
            found = fault("cells", line=number, found=len(cells), wanted=len(titles))
            raise FaultyError(found)
        lines.append(Line(number, dict(zip(titles, cells, strict=True))))
    if not lines:
        raise FaultyError(fault("no_lines"))
    return titles, lines


def is_plain(cell: str) -> bool:
    """Whether the text has nothing a screen would obey and nothing that nobody can see."""
    return cell.isprintable() and not holds_unseen(cell)


def is_day(text: str) -> bool:
    """Whether a text is a day in the form YEAR-MONTH-DAY."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if not any(cells):
                continue
            if not all(map(is_plain, cells)):
                raise FaultyError(fault("control", line=reader.line_num))
            if any(len(cell) > MAX_CELL for cell in cells):
                raise FaultyError(fault("too_long", line=reader.line_num, most=MAX_CELL))
            yield reader.line_num, [clean(cell) for cell in cells]
    except csv.Error as problem:
        raise FaultyError(fault("not_csv", line=reader.line_num)) from problem
