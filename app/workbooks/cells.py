"""Rows and cells as they come out of a file, and their texts as a person would have typed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from app.errors import KnownError
from app.text.normalize import clean
from app.text.old_text import OldEncoding, Recognised, convert, recognise


class CellFault(str):
    """Stands where a cell has no usable value: an Excel error (`#N/A`) or `=` for a formula whose
    result was never stored. A text, so that it can be shown; never to be taken for a value.
    """

    __slots__ = ()


class OldText(str):
    """A text for a font of before Unicode: as a string the text as it is stored. `converted` is
    what it says, in NFC, by the font of the cell or, without one, by its letters; a proposal.
    """

    __slots__ = ("converted", "encoding")
    converted: str
    encoding: OldEncoding

    def __new__(cls, stored: str, said: Recognised) -> OldText:
        """The stored text with what it says."""
        made = super().__new__(cls, stored)
        made.converted = said.converted
        made.encoding = said.encoding
        return made


#: What a cell of Excel can hold. Longer texts are no field of anybody, and judging takes its time.
LONGEST_JUDGED = 32_767


def judged_text(stored: str, likely: OldEncoding | None = None) -> str:
    """A text of no known font: an OldText where its letters tell that it is one, or where they do
    not and the file is known to be written in the code `likely`.
    """
    if stored.isascii() or len(stored) > LONGEST_JUDGED:
        return stored
    said = recognise(stored)
    if said is None and likely is not None:
        said = Recognised(likely, convert(stored, likely))
    return stored if said is None or said.converted == stored else OldText(stored, said)


#: What a cell holds. A date that the sheet shows without its day (`05/2019`) comes as the text
#: `2019-05`, one shown as a year only as `2019`: the day that Excel made up is not data.
Cell: TypeAlias = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as the program that made the file shows it (from 1), and its cells from
    the first column on; trailing empty cells may be absent.

    `hidden`: the sheet does not show it, by a filter or by hand. `across` is over how many columns
    the only text of the row is merged, 0 for every other row: a heading among the rows, such as a
    village's name across the table.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    across: int = 0


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


def converted_text(cell: Cell) -> str:
    """`cell_text`, old text converted: for titles, and for what a person has agreed to."""
    return cell.converted if isinstance(cell, OldText) else cell_text(cell)


def _number_text(number: float) -> str:
    # Excel keeps and shows 15 significant digits; more are noise of binary fractions.
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


_LONGEST_PLACE = 100


class BadFile(KnownError):
    """A file that cannot be read as a table; nothing of it was used.

    `file` is its name; `place` (a cell, row, line or part) is given where it is known. Names of
    sheets and parts come from the file itself: they are shown without what a screen obeys, and cut.
    """

    def __init__(self, reason: str, file: str, **parameters: object) -> None:
        if isinstance(place := parameters.get("place"), str):
            parameters["place"] = clean(place)[:_LONGEST_PLACE]
        super().__init__(
            f"import.file_{reason}", f"import.file_{reason}_hint", file=file, **parameters
        )
        self.reason = reason
