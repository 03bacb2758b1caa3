"""What a unit above did not take of one page, value by value, for whoever wrote it.

4-sync.md: the writer sees it on the record. It is told until somebody here writes the record anew,
which is the answer; who refuses and why stands in `app.services.reasons`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.history.door import Reason
from app.history.entities import ENTITIES, Family
from app.i18n import text
from app.models.queries import history as history_queries
from app.models.queries.refusals import UnansweredRefusal, refusals_about
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.masking import MASKED, Shown, Sight
from app.services.names_behind import names_behind, with_names
from app.services.reasons import why
from app.services.wording import Worded, entity_in_words, values_in_words
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class RefusedValue:
    """One value that was refused, or a whole record that is not in the register for it.

    `record` is the child or household on whose page it stands, `part` the line of it ("" for the
    record itself), each by its name here; `field` is "" for a whole record, which `what` then
    names. `value` is in words, or the mask.
    """

    record: str
    part: str
    field: str
    what: str
    value: Shown
    why: str


def refused_values(
    workplace: Workplace,
    reading: Reading,
    sight: Sight,
    household: str,
    known: Sequence[RecordView],
) -> tuple[RefusedValue, ...]:
    """What was refused of the records of a page and is not answered, as a sight shows it."""
    found = refusals_about(reading, household, [one.id for one in known])
    views = {one.id: one for one in known}
    return tuple(
        value
        for one in found
        for value in _values_of(workplace, reading, sight, household, views, one)
    )


def _values_of(
    workplace: Workplace,
    reading: Reading,
    sight: Sight,
    household: str,
    views: Mapping[str, RecordView],
    one: UnansweredRefusal,
) -> Iterator[RefusedValue]:
    because = why(
        Reason.REFUSED_ABOVE.value,
        unit_called(workplace, one.refused_by),
        one.refused_for,
        one.entity,
    )
    view = views.get(one.id)
    versions = [
        *(entry.body for entry in history_queries.history(reading, one.id) if entry.body),
        *(() if view is None else (view.values,)),
    ]
    shown = sight.values(one.entity, one.body, versions)
    stamp = shown.get("template") if view is None else view.values.get("template")
    named = names_behind(workplace, reading, [shown])
    worded = with_names(values_in_words(workplace.catalogue, one.entity, shown, stamp), named)
    is_part = ENTITIES[one.entity].family is Family.SUB
    holder = one.root if one.root in views else household
    if view is None:
        what = _in_words(one.entity, worded)
        yield RefusedValue(holder, "", "", what, None, because)
        return
    fields = [
        said for said in worded if said.label and one.body[said.name] != view.values.get(said.name)
    ]
    part = sight.name(view) if is_part else ""
    for said in fields:
        yield RefusedValue(holder, part, said.name, "", said.value, because)
    if not fields:
        yield RefusedValue(holder, "", "", entity_in_words(one.entity), None, because)


def _in_words(entity: str, worded: Sequence[Worded]) -> str:
    """What a record is that is in no register: its type, and what was written, while none of it is
    protected.
    """
    called, said = entity_in_words(entity), values_said(worded)
    return text("refusals.whole", what=called, values=said) if said else called


def values_said(worded: Sequence[Worded]) -> str:
    """The values that are not masked, each with its label; of a masked circumstance nothing."""
    return "; ".join(
        f"{one.label}: {one.value}"
        for one in worded
        if one.label and one.value is not MASKED and one.value not in (None, "")
    )


def unit_called(workplace: Workplace, unit: str) -> str:
    """The unit that refuses, by its name; a PC that was never heard of stays a code."""
    found = workplace.tree.units.get(unit)
    return unit if found is None else found.full_name()
