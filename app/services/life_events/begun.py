"""Events that were begun and not written: where they belong now.

Between the typing and the next start a bundle, another clerk or an event may have merged the
household away or taken the child into another one; what was typed then has no place to go on in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.text.sort_key import natural_key

_SEPARATOR = " · "


#: Of those who came with a move and stand in no household here yet: one is chosen in the form.
ARRIVAL = "moved_in"


class Place(NamedTuple):
    """Of what an event was begun: ids of the household and of the child ("" for none or a new
    one), and the event's code.
    """

    household: str
    code: str
    child: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where an event that was begun belongs. `label` is number and head of the household, `name`
    the child's; each is "" where nothing is known of it. `reachable`: the household stands in the
    register, with the child in it, or with the child still to be put into one. Where that is not
    so, `now` is number and head of the household that took in the child, or else the whole
    household; "" where none is known.
    """

    place: Place
    label: str
    name: str
    reachable: bool
    now: str = ""


def begun(reading: Reading, places: Collection[Place], units: Collection[str]) -> list[Begun]:
    """Where events belong that were begun, in the order of the households' numbers; `units` are
    those whose households are reviewed here.
    """
    homes = register.records(reading, "household", {one.household for one in places})
    children = register.records(reading, "child", {one.child for one in places if one.child})
    other = {_moved_to(homes.get(one.household), children.get(one.child)) for one in places}
    others = register.records(reading, "household", other - {""})
    found = []
    for place in places:
        home, child = homes.get(place.household), children.get(place.child)
        taken_in = others.get(_moved_to(home, child))
        there = not place.child or _is_there(place, home, child, taken_in)
        stands = _stands(home, units) and there
        now = "" if stands else _label(taken_in)
        name = "" if child is None else str(child.values.get("full_name") or "")
        found.append(Begun(place, _label(home), name, stands, now))
    return sorted(found, key=lambda one: (natural_key(one.label), one.place))


def _stands(home: RecordView | None, units: Collection[str]) -> bool:
    return home is not None and not home.hidden and home.values.get("owner_unit") in units


def _is_there(
    place: Place, home: RecordView | None, child: RecordView | None, taken_in: RecordView | None
) -> bool:
    """Whether the key of the event leads to this child in this household."""
    if home is None or child is None or child.hidden:
        return False
    if child.values.get("household") == place.household:
        # Who had gone from here and is back is chosen on the card.
        return place.code != ARRIVAL or child.values.get("life_status") == "MOVED_OUT"
    if place.code != ARRIVAL:
        return False
    unit = home.values.get("owner_unit")
    return taken_in is None or taken_in.hidden or taken_in.values.get("owner_unit") != unit


def _moved_to(household: RecordView | None, child: RecordView | None) -> str:
    """The household that took in the child, or else the whole household; "" for none."""
    if child is not None and not child.hidden:
        return str(child.values.get("household") or "")
    return "" if household is None else str(household.values.get("merged_into") or "")


def _label(household: RecordView | None) -> str:
    if household is None:
        return ""
    parts = (household.values.get("household_no"), household.values.get("head_name"))
    return _SEPARATOR.join(str(part) for part in parts if part)
