"""Days as people write them on a command line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date


def day_of(day: date | None) -> str:
    """A day as it is written in Viet Nam."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def day(written: str) -> date:
    """A day as people write it, 31/12/2026, or as machines do, 2026-12-31.

    Raises ArgumentTypeError.
    """
    parts = written.split("/")
    iso = "-".join(reversed([part.zfill(2) for part in parts])) if len(parts) == 3 else written
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        raise ArgumentTypeError(written) from error
