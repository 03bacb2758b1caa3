"""The day on which a certificate is issued: a person is asked for it where the clock may be wrong.

A certificate of a wrong day is believed by nobody, or ends too early, and that is found out after
the stick has travelled. Where this PC's clock is more than 30 days away from the newest date it has
seen, nothing is issued until somebody has said what day it is (4-sync.md, "Clock").
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.errors import KnownError
from app.models import bundles
from app.services import trust
from app.services.workplace import Workplace
from app.sync.manifest import parse_manifest

FAR_OFF = timedelta(days=30)


def issuing_time(workplace: Workplace, today: date | None) -> datetime:
    """The moment that what is issued now bears; `today` is the day that a person has named.

    Raises KnownError `issuing.which_day` where nobody named one and the clock is far off, and
    `issuing.other_day` for another day than the clock's.
    """
    now = datetime.fromtimestamp(int(workplace.clock()), tz=UTC)
    here = workplace.today()
    if today is not None:
        if today != here:
            raise KnownError(
                "issuing.other_day",
                "issuing.other_day_hint",
                said=f"{today:%d/%m/%Y}",
                today=f"{here:%d/%m/%Y}",
            )
        return now
    seen = _newest_seen(workplace)
    if seen is not None and abs(now - seen) > FAR_OFF:
        raise KnownError(
            "issuing.which_day",
            "issuing.which_day_hint",
            today=f"{here:%d/%m/%Y}",
            day=f"{seen.astimezone():%d/%m/%Y}",
        )
    return trust.effective_time(workplace)[0].replace(microsecond=0)


def _newest_seen(workplace: Workplace) -> datetime | None:
    """The newest date that came from elsewhere, or since which this PC is enrolled.

    What units below wrote counts as well: it decides nothing but whether a person is asked.
    """
    floor = int(workplace.store.setting(trust.CLOCK_FLOOR, "0"))
    seen = [datetime.fromtimestamp(floor, tz=UTC)] if floor else []
    with workplace.store.read() as reading:
        keys = trust.station_keys(workplace, reading)
        manifest = bundles.newest_manifest(reading)
    if keys is not None and keys.certificate is not None:
        seen.append(keys.certificate.not_before)
    if manifest:
        seen.append(datetime.fromisoformat(parse_manifest(manifest, "").created))
    return max(seen, default=None)
