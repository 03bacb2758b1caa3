"""Ages from dates of which only the year or the month may be known.

A stored date is `2019`, `2019-05` or `2019-05-01`. "Under 16" is decided by the *latest* date the
text allows, so that nobody drops out early (3-data.md, "Rules that shape columns"; Luật Trẻ em
102/2016 Đ1: a child is a person under 16, so the birthday itself is out). Whoever was born on 29
February has the birthday on 1 March in other years. Refuses to guess a day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache

#: Under this age a person is a child (Luật Trẻ em 102/2016/QH13 Đ1).
CHILD_AGE = 16


@lru_cache(maxsize=1 << 14)
def bounds(stored: str) -> tuple[str, str]:
    """The earliest and latest day a stored partial date allows, as ISO texts."""
    if len(stored) == 10:
        return stored, stored
    if len(stored) == 7:
        last = monthrange(int(stored[:4]), int(stored[5:]))[1]
        return stored + "-01", f"{stored}-{last}"
    return stored + "-01-01", stored + "-12-31"


def earliest(stored: str) -> date:
    """The earliest day the stored date allows. Raises ValueError for text that is no date."""
    return date.fromisoformat(bounds(stored)[0])


def latest(stored: str) -> date:
    """The latest day the stored date allows. Raises ValueError for text that is no date."""
    return date.fromisoformat(bounds(stored)[1])


@lru_cache(maxsize=4096)
def years_before(day: date, years: int) -> str:
    """ISO text `t` such that exactly those born on or before `t` have had that birthday.

    The text is for comparing only: it may name 29 February of a common year.
    """
    return f"{day.year - years:04d}-{day.month:02d}-{day.day:02d}"


def quarters_before(day: date, quarters: int) -> str:
    """The day so many quarters earlier (ISO): the same day of the month three months back for each,
    or the last day of a month that has no such day.
    """
    months = day.year * 12 + day.month - 1 - 3 * quarters
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return f"{year:04d}-{month + 1:02d}-{min(day.day, last):02d}"


def surely_reached(stored: str, years: int, on: date) -> bool:
    """Whether the birthday `years` has come by `on`, whichever allowed day the birth was."""
    return bounds(stored)[1] <= years_before(on, years)


def possibly_reached(stored: str, years: int, on: date) -> bool:
    """Whether the birthday `years` may have come by `on`."""
    return bounds(stored)[0] <= years_before(on, years)


def is_under_16(stored: str, on: date) -> bool:
    """Whether the person counts as a child on that day, by the latest possible birth date."""
    return not surely_reached(stored, CHILD_AGE, on)


def completed_years(birth: date, on: date) -> int:
    """Full years of age on a day; negative before birth."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def completed_months(birth: date, on: date) -> int:
    """Full months of age on a day; negative before birth."""
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def least_age(stored: str, on: date) -> int:
    """The lowest age in full years that the stored date allows."""
    return completed_years(latest(stored), on)


def greatest_age(stored: str, on: date) -> int:
    """The highest age in full years that the stored date allows."""
    return completed_years(earliest(stored), on)


def sixteenth_birthday(stored: str) -> date:
    """The day on which the person certainly leaves the register (1 March for a missing 29 Feb.)."""
    born = latest(stored)
    try:
        return born.replace(year=born.year + CHILD_AGE)
    except ValueError:
        return date(born.year + CHILD_AGE, 3, 1)
