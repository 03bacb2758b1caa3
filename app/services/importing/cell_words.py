"""What a cell says to a person: text for the fonts of before Unicode as it reads in its font."""

from __future__ import annotations

from app.text.old_text import recognise
from app.workbooks.cells import Cell, OldText, cell_text


def shown(cell: Cell) -> str:
    """The cell as typed text (`cell_text`), an old font's text as what it says."""
    if type(cell) is str:
        return cell
    return cell.converted if isinstance(cell, OldText) else cell_text(cell)


def in_unicode(text: str) -> str:
    """A title as what it says. It is compared and shown, and not written into any record."""
    said = recognise(text)
    return text if said is None else said.converted
