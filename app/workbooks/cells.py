"""Rows and cells as they come out of a file, and their texts as a person would have typed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from app.errors import KnownError


class CellFault(str):
    """Stands where a cell has no usable value: an Excel error (`#N/A`) or `=` for a formula whose
    result was never stored. A text, so that it can be shown; never to be taken for a value.
    """

    __slots__ = ()


#: What a cell holds. A date that the sheet shows without its day (`05/2019`) comes as the text
#: `2019-05`, one shown as a year only as `2019`: the day that Excel made up is not data.
Cell: TypeAlias = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as the program that made the file shows it (from 1), and its cells from
    the first column on; trailing empty cells may be absent.
    """

    number: int
    cells: tuple[Cell, ...]


def cell_text(cell: Cell) -> str:
    """The cell as typed text: whole numbers without `.0`, dates as ISO 8601, empty for None."""
    if type(cell) is str:
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(cell)


def _number_text(number: float) -> str:
    # Excel keeps and shows 15 significant digits; more are noise of binary fractions.
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


class BadFile(KnownError):
    """A file that cannot be read as a table; nothing of it was used.

    `file` is its name; `sheet` and `place` (a cell, row or line) are given where they are known.
    """

    def __init__(self, reason: str, file: str, **parameters: object) -> None:
        super().__init__(
            f"import.file_{reason}", f"import.file_{reason}_hint", file=file, **parameters
        )
        self.reason = reason
