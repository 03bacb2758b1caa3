"""The second a clock said, as a moment for people.

What an operation bears as its writer's clock is any integer within ±2^53 (FORMAT.md): a modified
client writes what no calendar has, and every reader must bear it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.i18n import text


def moment_of(wall: int) -> datetime | None:
    """A UTC second on the clock of this PC; None for what no calendar has."""
    try:
        return datetime.fromtimestamp(wall, tz=UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def day_of(wall: int) -> date | None:
    """The day of a UTC second on the calendar of this PC; None for what no calendar has."""
    found = moment_of(wall)
    return None if found is None else found.date()


def moment_words(wall: int, pattern: str = "%d/%m/%Y %H:%M") -> str:
    """A UTC second as people write it, and that nobody knows it where no calendar has it."""
    found = moment_of(wall)
    return text("day.unknown") if found is None else found.strftime(pattern)


def day_words(found: date | None) -> str:
    """A day as people write it, None for one that nobody knows."""
    return text("day.unknown") if found is None else f"{found:%d/%m/%Y}"
