"""What was done last in the review, found in the log: a window that was closed forgets nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.models import replica
from app.models.queries import acts as act_queries
from app.models.queries import importing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services import acts
from app.services.acts import Obstacle as Obstacle
from app.services.masking import closed
from app.services.quarter import ACT_PREFIX
from app.services.workplace import Workplace
from app.text.moments import day_of


@dataclass(frozen=True, slots=True)
class LastAct:
    """An act of the review. `code` is that of the event, "" for a confirmation; `whole`: the
    household with everybody in it. `who` are the children it is about. `written_on` is the day it
    was written here. `obstacle` says why it stands, None while it can be taken back. `household`
    and `village` are where it belongs; `number` and `head` name the household.
    """

    act: str
    code: str
    whole: bool
    who: tuple[str, ...]
    written_on: date | None
    obstacle: Obstacle | None
    household: str
    village: str
    number: str
    head: str


def last_act(workplace: Workplace, reading: Reading, household: str = "") -> LastAct | None:
    """The newest act on a household and its children; without one the newest of all that no bundle
    may have carried. None where there is none.
    """
    roots: set[str] = set()
    after = 0
    if household:
        roots = {household, *(one.id for one in register.children_of(reading, household))}
    else:
        after = max(importing.last_sent(reading), replica.perhaps_sent(reading))
    found = act_queries.newest_act(reading, ACT_PREFIX, roots, after)
    if found is None:
        return None
    in_the_way = acts.in_the_way(reading, found.act)
    events = act_queries.events_of_act(reading, found.act)
    about = [str(one.get("record") or "") for one in events]
    if not about:
        about = [ent_id for ent_id, _, _, _ in importing.operations_of_act(reading, found.act)]
    children = register.records(reading, "child", set(about))
    home = _home(reading, household, about, children)
    sight = closed(workplace)
    shown = {one.id: sight.record(one).open_values for one in children.values()}
    said = {} if home is None else sight.record(home).open_values
    return LastAct(
        found.act,
        str(events[0].get("event") or "") if events else "",
        bool(events) and home is not None and home.id in about,
        tuple(str(shown[one].get("full_name") or "") for one in about if one in shown),
        day_of(found.wall),
        None if in_the_way is None else in_the_way.what,
        "" if home is None else home.id,
        str(said.get("village") or ""),
        str(said.get("household_no") or ""),
        str(said.get("head_name") or ""),
    )


def _home(
    reading: Reading, household: str, about: list[str], children: dict[str, RecordView]
) -> RecordView | None:
    """The household that was asked for, else the one that the act is about, or its children's."""
    homes = [household, *about]
    homes += [str(one.values.get("household") or "") for one in children.values()]
    for one in filter(None, homes):
        found = register.record(reading, "household", one)
        if found is not None:
            return found
    return None
