"""Events that were begun and not written: where they belong now.

Between the typing and the next start a bundle, another clerk or an event may have merged the
household away or taken the child into another one; what was typed then has no place to go on in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.text.sort_key import natural_key

_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Begun:
    """Where an event was begun: `household` and `child` are ids ("" for no child). `label` is
    number and head of the household, `name` the child's; each is "" where nothing is known of it.
    `reachable`: the household stands in the register, with the child in it. Where it does not,
    `now` is number and head of the household that took in the child, or else the whole household;
    "" where none is known.
    """

    household: str
    child: str
    label: str
    name: str
    reachable: bool
    now: str = ""


def begun(reading: Reading, places: Collection[tuple[str, str]]) -> list[Begun]:
    """Where events of these (household, child) belong, in the order of the households' numbers."""
    homes = register.records(reading, "household", {home for home, _ in places})
    children = register.records(reading, "child", {child for _, child in places if child})
    other = {_moved_to(homes.get(home), children.get(child)) for home, child in places}
    others = register.records(reading, "household", other - {""})
    found = []
    for home, child in places:
        household, record = homes.get(home), children.get(child)
        stands = _stands(household) and (not child or _stands_in(record, home))
        now = "" if stands else _label(others.get(_moved_to(household, record)))
        name = "" if record is None else str(record.values.get("full_name") or "")
        found.append(Begun(home, child, _label(household), name, stands, now))
    return sorted(found, key=lambda one: (natural_key(one.label), one.household, one.child))


def _stands(record: RecordView | None) -> bool:
    return record is not None and not record.hidden


def _stands_in(child: RecordView | None, household: str) -> bool:
    return child is not None and not child.hidden and child.values.get("household") == household


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
