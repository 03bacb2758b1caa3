"""What the record that counts leaves empty, taken from its double by an ordinary save.

Only what is the child's own, and only where nothing stands of it: what two records say otherwise a
person settles on the page. What is masked is taken by nobody who does not see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Value
from app.history.merge_groups import group_of, members
from app.models.doubled import doubles_of
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.undecided import open_groups
from app.models.work import Change
from app.services import saving
from app.services.masking import closed, open_values
from app.services.rights import Right
from app.services.saving import RecordSave
from app.services.typed_values import form_of
from app.services.workplace import Workplace

#: What depends on the household the record stands in, on what else is written on its page, or is
#: set by events and by the program.
_STAYS = frozenset(
    (
        "allowance_category",
        "circumstance_answer",
        "complete",
        "full_name",
        "life_status",
        "line_no",
        "monthly_allowance",
        "name_status",
        "relation_to_head",
        "residence_status",
        "twin_group",
    )
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the record that stands does not say and its double does; `view` is the one that
    stands.
    """

    view: RecordView
    values: Mapping[str, Value]


def lacking(workplace: Workplace, reading: Reading, one: str, other: str) -> Lacking | None:
    """What one of two records lacks that the other says, where it stands for the other and this
    unit holds it; None where neither stands for the other here.
    """
    doubles = doubles_of(reading, {one, other})
    double = next((each for each in (one, other) if doubles.get(each) in (one, other)), "")
    views = register.records(reading, "child", {double, doubles.get(double, "")} - {""})
    if len(views) != 2:
        return None
    stands, source = views[doubles[double]], views[double]
    if str(stands.values.get("owner_unit") or "") not in workplace.reach():
        return None
    fields = workplace.catalogue.of_record(form_of("child"), stands.values.get("template"))
    said = open_values(closed(workplace).values("child", source.values))
    groups, whole = group_of("child"), members("child")
    contested = open_groups(reading, {stands.id, source.id})
    unsettled = {group for found in contested.values() for group in found}
    values: dict[str, Value] = {}
    for field in fields.fields_of("child"):
        group = groups.get(field.name, field.name)
        together = whole.get(group, (field.name,))
        if field.name in _STAYS or group in unsettled or _is_empty(said.get(field.name)):
            continue
        if all(_is_empty(stands.values.get(name)) for name in together):
            values[field.name] = said[field.name]
    return Lacking(stands, values)


def take_over(workplace: Workplace, one: str, other: str) -> int:
    """Write what the record that counts lacks and its double says; gives how many fields.

    Raises KnownError `rights.denied`, `duplicates.nothing_to_take`.
    """
    workplace.require(Right.ENTER)
    with workplace.write() as work:
        found = lacking(workplace, work.connection, one, other)
        if found is None or not found.values:
            raise KnownError("duplicates.nothing_to_take", "duplicates.nothing_to_take_hint")
        view = found.view
        change = Change("child", found.values, view.id, base=view.heads, loaded=view.values)
        saving.save_in(workplace, work, [RecordSave(change)])
        work.commit()
    return len(found.values)


def _is_empty(value: Value) -> bool:
    return value is None or value in ("", [])
