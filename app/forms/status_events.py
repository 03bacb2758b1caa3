"""Follow-up status and the events that set it (form_fields.csv: life_status): nobody types it, so
it goes with its event when that line is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.forms.issues import Value, Values

#: Whom the register follows.
FOLLOWED = "ACTIVE"
#: Code of `life_status` → the event that sets it.
STATUS_EVENT: Mapping[str, str] = MappingProxyType({"MOVED_OUT": "moved_out", "DECEASED": "died"})


def lost_its_event(status: Value, before: Iterable[Values], after: Iterable[Values]) -> bool:
    """Whether a child with this status had an event that set it among those `before`, and has none
    `after` what is saved now: then it is followed again.
    """
    wanted = STATUS_EVENT.get(status) if isinstance(status, str) else None
    return wanted is not None and _has(wanted, before) and not _has(wanted, after)


def _has(event: str, events: Iterable[Values]) -> bool:
    return any(one.get("event") == event and not one.get("_deleted") for one in events)
