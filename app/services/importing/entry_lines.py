"""The numbers that the lines of an entry workbook bear from the start, in its column of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.ids import new_id
from app.workbooks.cells import Cell

_LEAD = "dong-"
_LINE = re.compile(_LEAD + r"[0-9a-f]{16}-[0-9]{4}")


def line_keys(count: int) -> list[str]:
    """The numbers of the lines of a new workbook; no other workbook has them."""
    book = new_id().replace("-", "")[-16:]
    return [f"{_LEAD}{book}-{line:04}" for line in range(1, count + 1)]


def line_key_of(cells: Sequence[Cell], column: int) -> str:
    """The number of a line, "" where its column of keys holds none or a key of another kind."""
    cell = cells[column] if column < len(cells) else None
    return cell if isinstance(cell, str) and _LINE.fullmatch(cell) else ""


def without(cells: Sequence[Cell], column: int) -> tuple[Cell, ...]:
    """A row without the cell of a column."""
    return (*cells[:column], None, *cells[column + 1 :])
