"""Dates of birth as lists write them: days, months, years, ages, counts of days, swapped parts.

Never one reading where there are several: each that is possible is kept, and the register says
which it was (domain.md 9 item 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.forms.field_types.base import FieldProblem
from app.forms.field_types.date_types import PartialDateType
from app.text.fold import fold
from app.workbooks.cells import Cell, cell_text

_YEARS = range(1900, 2100)
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.0+)?")
_START_1900, _START_1904 = date(1899, 12, 30), date(1904, 1, 1)
_THREE = re.compile(r"([0-9]{1,2})[/.\-\s]+([0-9]{1,2})[/.\-\s]+([0-9]{2,4})")
_YEAR_INSIDE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_AGE = re.compile(r"([0-9]{1,2})\s*(?:tuoi|t)?")


@dataclass(frozen=True, slots=True)
class WrittenBirth:
    """What a cell says of a birth: every date it may mean, the likeliest first, as stored
    (`2019`, `2019-05`, `2019-05-01`); empty where it says none. `doubt` names what is odd in it
    (`swapped`, `unreadable`), "" for nothing.
    """

    days: tuple[str, ...] = ()
    doubt: str = ""


def read_birth(cell: Cell, year: int, *, from_1904: bool = False) -> WrittenBirth:
    """A cell of dates or years, read in the year of the list."""
    text = cell_text(cell).strip().strip("'’`").strip()
    if not text:
        return WrittenBirth()
    if isinstance(cell, date):
        return WrittenBirth((text,))
    if _SERIAL.fullmatch(text):
        start = _START_1904 if from_1904 else _START_1900
        day = start + timedelta(int(float(text)))
        return WrittenBirth((day.isoformat(),)) if day.year <= year else _unread(text)
    try:
        # A list of December is used in January.
        stored = PartialDateType(year + 1).parse(text)
    except FieldProblem:
        return _swapped(text, year) or _unread(text)
    return WrittenBirth((str(stored),)) if stored else WrittenBirth()


def read_age(cell: Cell, year: int) -> WrittenBirth:
    """A cell of ages in the year of the list: who is 8 has or will have that birthday in it."""
    found = _AGE.fullmatch(fold(cell_text(cell)))
    if found is None:
        return read_birth(cell, year)
    age = int(found[1])
    return WrittenBirth((str(year - age), str(year - age - 1)))


def _swapped(text: str, year: int) -> WrittenBirth | None:
    """`03/25/2014`: the month stands first."""
    found = _THREE.fullmatch(text)
    if found is None:
        return None
    try:
        stored = PartialDateType(year).parse(f"{found[2]}/{found[1]}/{found[3]}")
    except FieldProblem:
        return None
    return WrittenBirth((str(stored),), "swapped")


def _unread(text: str) -> WrittenBirth:
    """A text with a year in it says the year at least."""
    years = _YEAR_INSIDE.findall(text)
    if len(set(years)) == 1 and int(years[0]) in _YEARS:
        return WrittenBirth((years[0],), "unreadable")
    return WrittenBirth((), "unreadable")
