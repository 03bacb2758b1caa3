"""Whether this PC may hand over yet, and until when: what the window says about its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from app.models.store import Reading
from app.services import trust
from app.services.workplace import Workplace

#: So long before its end a certificate may be renewed.
RENEWAL = timedelta(days=183)


class Standing(Enum):
    """How far the enrolment of this PC is."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    ENROLLED = "enrolled"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """`until` is the last day of the certificate, None without one; `role` is what it says;
    `station` the id of this PC, empty before its first request.
    """

    standing: Standing
    until: date | None = None
    role: str = ""
    station: str = ""


def enrolment_state(workplace: Workplace, reading: Reading) -> EnrolmentState:
    """How far the enrolment is; a certificate ends by the effective time, not by a clock that lags.

    It may be renewed from half a year before its end on (`RENEWAL`).
    """
    keys = trust.station_keys(workplace, reading)
    if keys is None:
        return EnrolmentState(Standing.NOT_ASKED)
    own = keys.certificate
    if own is None:
        return EnrolmentState(Standing.ASKED, station=keys.station)
    left = own.not_after - trust.effective_time(workplace)[0]
    standing = Standing.ENROLLED
    if left.total_seconds() <= 0:
        standing = Standing.ENDED
    elif left <= RENEWAL:
        standing = Standing.ENDING
    until = own.not_after.astimezone().date()
    return EnrolmentState(standing, until, own.role, keys.station)
