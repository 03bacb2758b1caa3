"""Days as people write them on a command line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, datetime

from app.cli.parser import NO_DAY
from app.errors import KnownError
from app.text.days import day_in_words


def day_of(day: date | None) -> str:
    """A day as it is written in Viet Nam."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def day_of_moment(moment: str) -> str:
    """The day of a stored moment in UTC, on the calendar of this PC; empty for what is none."""
    try:
        return day_of(datetime.fromisoformat(moment).astimezone().date())
    except (ValueError, OverflowError):
        return ""


def day_with_precision(stored: str) -> str:
    """A stored date, of which month or day may be unknown; other text as it is."""
    return day_in_words(stored)


def day(written: str) -> date:
    """A day as people write it, 31/12/2026, or as machines do, 2026-12-31.

    Raises ArgumentTypeError for what is no day, KnownError `day.no_month` or `day.no_day` for one
    that the calendar does not have.
    """
    parts = written.split("/")
    year, month, number = _numbers(parts[::-1] if len(parts) == 3 else written.split("-"))
    if not 1 <= month <= 12:
        raise KnownError("day.no_month", "day.hint", written=written, month=month)
    last = monthrange(year, month)[1]
    if not 1 <= number <= last:
        month_of_year = f"{month:02d}/{year}"
        raise KnownError("day.no_day", "day.hint", written=written, month=month_of_year, last=last)
    return date(year, month, number)


def _numbers(parts: list[str]) -> tuple[int, int, int]:
    if len(parts) != 3 or not all(one.isascii() and one.isdigit() for one in parts):
        raise ArgumentTypeError(NO_DAY)
    year, month, number = parts
    sizes = len(year) == 4 and len(month) <= 2 and len(number) <= 2
    if not sizes or not MINYEAR <= int(year) <= MAXYEAR:
        raise ArgumentTypeError(NO_DAY)
    return int(year), int(month), int(number)
