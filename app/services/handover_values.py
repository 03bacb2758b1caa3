"""Reading the values of a handover as they are stored: what is missing is said to be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from app.errors import KnownError
from app.history.operation import Value
from app.models.queries import register
from app.models.queries.counting import Counts
from app.models.queries.register import RecordView
from app.models.store import Reading

#: The tiers that write a half of their own.
TIERS = ("commune", "district", "province")
#: The years of a day that children may be counted for.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
#: What each side counts.
COUNTED = ("households", "children", "girls", "incomplete")
#: The verdicts this program knows.
ACCEPTED, RETURNED = "accepted", "returned"


def found_handover(reading: Reading, handover: str) -> RecordView:
    """The handover of an id or of its beginning. Raises KnownError `handover.unknown`."""
    whole = register.id_begun(reading, ("handover",), handover) or handover
    found = register.record(reading, "handover", whole)
    if found is None:
        raise KnownError("handover.unknown", "handover.unknown_hint", id=handover)
    return found


def text_of(values: Mapping[str, Value], name: str) -> str:
    """A text; empty where nobody wrote one."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def number_of(values: Mapping[str, Value], name: str) -> int:
    """A number; 0 where nobody said one."""
    return known_number(values, name) or 0


def known_number(values: Mapping[str, Value], name: str) -> int | None:
    """A number that somebody counted; None where nobody said one."""
    value = values.get(name)
    return value if isinstance(value, int) else None


def counts_said(values: Mapping[str, Value], prefix: str) -> Counts:
    """The counts of one side: `sent_`, or `received_<tier>_`."""
    return Counts(*(number_of(values, prefix + one) for one in COUNTED))


def is_stated(values: Mapping[str, Value]) -> bool:
    """Whether the giver's own numbers have come; they travel with its next bundle."""
    return known_number(values, "sent_households") is not None


def is_counted(values: Mapping[str, Value], tier: str) -> bool:
    """Whether the receipt of a tier says numbers."""
    return known_number(values, f"received_{tier}_households") is not None


def is_with_later(values: Mapping[str, Value], tier: str) -> bool:
    """Whether a tier received a handover and says no numbers, because what came later was in its
    register by then and it could not count the one without the other (`receipts`).
    """
    return bool(text_of(values, f"received_{tier}_on")) and not is_counted(values, tier)


def set_aside_by(values: Mapping[str, Value], tiers: Sequence[str]) -> tuple[str, ...]:
    """Those of some tiers that took out of their register again what a handover brought."""
    return tuple(tier for tier in tiers if values.get(f"received_{tier}_set_aside") is True)


def moment_said(moment: str) -> datetime | None:
    """A moment in UTC that somebody else wrote; None where it is none, or lies where no register
    reaches.
    """
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return read.astimezone(UTC) if _FIRST_YEAR <= read.year <= _LAST_YEAR else None


def counting_day(moment: str) -> date | None:
    """The day of such a moment on the calendar of this PC; None where it is none."""
    read = moment_said(moment)
    return None if read is None else read.astimezone().date()


def iso_day(text: str) -> date | None:
    """A day written in ISO; None for an empty text."""
    return date.fromisoformat(text) if text else None
