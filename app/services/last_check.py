"""What the last check of the whole store came to: kept, so that nobody checks to learn a number.

Only totals and the first record with an error; the issues themselves are found anew by a check. It
says of when it is and whether the register has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from app.forms.schema import Severity
from app.models.log import last_position
from app.models.store import Reading
from app.services.checks import CheckSummary
from app.services.workplace import Workplace

_SETTING = "last_check"


@dataclass(frozen=True, slots=True)
class LastCheck:
    """Totals of a check. `first` is (type, id) of the first record with an error, two empty texts
    without one; `stale` is true where something was saved since.
    """

    at: datetime
    errors: int
    warnings: int
    first: tuple[str, str]
    stale: bool


class _Kept(msgspec.Struct, frozen=True):
    at: int
    position: int
    errors: int
    warnings: int
    entity: str = ""
    id: str = ""


def note(workplace: Workplace, summary: CheckSummary) -> None:
    """Keep what a check of the whole store came to. A store that is only read keeps nothing."""
    if workplace.store.refusal is not None:
        return
    errors, warnings = (summary.by_severity[one] for one in (Severity.ERROR, Severity.WARNING))
    at = int(workplace.clock())
    kept = _Kept(at, summary.position, errors, warnings, *summary.first_error)
    with workplace.write(changing=False) as work:
        workplace.store.put_settings(work, {_SETTING: msgspec.json.encode(kept).decode()})
        work.commit()


def last_check(workplace: Workplace, reading: Reading) -> LastCheck | None:
    """The last check of the whole store, None before the first."""
    said = workplace.store.setting(_SETTING)
    if not said:
        return None
    kept = msgspec.json.decode(said, type=_Kept)
    return LastCheck(
        datetime.fromtimestamp(kept.at, tz=UTC),
        kept.errors,
        kept.warnings,
        (kept.entity, kept.id),
        stale=last_position(reading) != kept.position,
    )
