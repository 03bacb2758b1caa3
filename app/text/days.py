"""Stored days as people write them."""

from __future__ import annotations

import re
from datetime import date


def day_in_words(stored: str) -> str:
    """A stored date, of which day or month may be unknown, as it is written in Viet Nam: `2019-05`
    is 05/2019. Other text, "" among it, stays as it is.
    """
    return "/".join(reversed(stored.split("-")))


#: Before this day Excel counts one day otherwise: its calendar has a 29 February 1900.
_FIRST_OF_SHEETS = date(1900, 3, 1)
_WHOLE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{2})/([0-9]{2})/([0-9]{4})")


def whole_day(written: str) -> date | None:
    """The day that a text says whole, `2019-05-01` or 01/05/2019; None for a year, a month, what no
    calendar has, and what the calendar of spreadsheets has otherwise.
    """
    found = _WHOLE.fullmatch(written)
    if found is None:
        return None
    year, month, day = (found[1] or found[6], found[2] or found[5], found[3] or found[4])
    try:
        whole = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return whole if whole >= _FIRST_OF_SHEETS else None
