"""What stands behind the ids that a record's values hold: people know a village by its name.

A household names its village, a record the one that it was merged into, an enumerator the villages
he goes to, all by id. Side by side with another value an id tells nobody anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from app.history.entities import ENTITIES, OUTSIDE, UNKNOWN
from app.i18n import text
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.arrival_names import name_in
from app.services.masking import Shown
from app.services.wording import Worded
from app.services.workplace import Workplace
from app.text.days import day_in_words

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def names_behind(
    workplace: Workplace, reading: Reading, sides: Iterable[Mapping[str, Shown]]
) -> dict[str, str]:
    """Id → name, of the records and units that these values name; without those that have none.

    Nothing masked is read: what is masked holds no id here.
    """
    values = list(sides)
    found: dict[str, str] = {}
    by_type: dict[str, set[str]] = {}
    if any(side.get("owner_unit") in (OUTSIDE, UNKNOWN) for side in values):
        found |= {one: text(f"wording.owner.{one}") for one in (OUTSIDE, UNKNOWN)}
    for said in {one for side in values for value in side.values() for one in _texts(value)}:
        unit = workplace.tree.units.get(said)
        if unit is not None:
            found[said] = unit.full_name()
        elif _ID.fullmatch(said) and (entity := register.entity_of(reading, said)) in ENTITIES:
            by_type.setdefault(str(entity), set()).add(said)
    for entity, ids in by_type.items():
        for ent_id, view in register.records(reading, entity, ids).items():
            name = _name(view)
            if name:
                found[ent_id] = name
    return found


def with_names(worded: Iterable[Worded], names: Mapping[str, str]) -> list[Worded]:
    """The same values, with names in place of the ids that have one."""
    return [replace(one, value=_named(one.value, names)) for one in worded]


def _named(value: Shown, names: Mapping[str, str]) -> Shown:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [names.get(one, one) if isinstance(one, str) else one for one in value]
    return value


def _texts(value: Shown) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one


def _name(view: RecordView) -> str:
    """What people call it; what two records of one name tell apart stands beside it."""
    name = name_in(view.values)
    number, born = view.values.get("household_no"), view.values.get("birth_date")
    if view.entity == "household":
        return text("wording.household_named", head=name or "?", number=number or "?")
    if view.entity == "child" and name and isinstance(born, str):
        return f"{name} · {day_in_words(born)}"
    return name
