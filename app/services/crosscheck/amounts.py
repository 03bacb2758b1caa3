"""Sums of money as lists write them, in whole đồng.

A separator stands between groups of three; what could be ten or a hundred times another sum is
none, and the row is doubtful.
"""

from __future__ import annotations

import re
from datetime import date

from app.text.fold import fold
from app.workbooks.cells import Cell, CellFault, OldText, cell_text

_UNIT = r"\s*(?:d|dong|vnd)?\.?\s*(?:/\s*[a-z ]+)?\.?"
_WHOLE = (
    r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)"
)
_PLAIN = re.compile(rf"{_WHOLE}(?P<cut>[.,][0-9]{{1,2}})?{_UNIT}")
_LARGE = re.compile(
    r"(?P<whole>[0-9]+)(?:[.,](?P<part>[0-9]{1,2}))?\s*(?P<unit>nghin|ngan|k|trieu|tr)" + _UNIT
)
_TIMES = {"nghin": 3, "ngan": 3, "k": 3, "trieu": 6, "tr": 6}
#: Less than this has no fractions: `2,5` is a sum of something else.
_LEAST_CUT = 1000
_TOO_LARGE = 10**12


def read_amount(cell: Cell) -> tuple[int | None, bool]:
    """The sum of a cell, and whether something stands there that is no sum for sure."""
    if isinstance(cell, CellFault):
        return None, True
    if isinstance(cell, OldText):
        cell = cell.converted
    if isinstance(cell, bool | date):
        return None, True
    if isinstance(cell, int | float):
        fits = 0 <= cell < _TOO_LARGE and (cell >= _LEAST_CUT or cell == int(cell))
        return (int(cell), False) if fits else (None, True)
    text = " ".join(fold(cell_text(cell)).split())
    if not any(one.isdigit() for one in text):
        return None, False
    found = _read(text)
    return found, found is None


def _read(text: str) -> int | None:
    sum_ = None
    if (plain := _PLAIN.fullmatch(text)) is not None:
        said, cut = plain["whole"], plain["cut"]
        sum_ = int(re.sub(r"[., ]", "", said))
        same = cut is not None and cut[0] in said
        if cut is not None and (same or sum_ < _LEAST_CUT):
            return None
    elif (large := _LARGE.fullmatch(text)) is not None:
        zeros = _TIMES[large["unit"]]
        sum_ = int(large["whole"] + (large["part"] or "").ljust(zeros, "0"))
    return sum_ if sum_ is not None and sum_ < _TOO_LARGE else None
