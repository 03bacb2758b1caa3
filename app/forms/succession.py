"""What a new version of a form may not do to the program that goes by it.

The one judgement for a form that is loaded here and for one that came in a bundle: nobody can say
who wrote the bundle's. It reads no store; whether stored values fit a new field is asked by who
loads the form.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.forms.references import Fault, fault
from app.forms.schema import Field, Template

#: Fields the program itself reads, lists and matches by: without them its pages have no words.
KEPT: Mapping[str, tuple[str, ...]] = {
    "household": (
        *("commune_code", "household_uid", "village", "household_no", "head_name"),
        *("survey_date", "survey_round", "children_count"),
    ),
    "child": (
        *("child_uid", "full_name", "birth_date", "sex", "personal_id"),
        *("circumstance_answer", "circumstance_codes"),
    ),
}
#: Types that name another record; which one is wired into the program.
_NAMING = frozenset(("ref", "user", "uuid", "unit", "event"))


def contradictions(
    earlier: Sequence[Template], new: Template, columns: Collection[tuple[str, str]]
) -> Iterator[Fault]:
    """What keeps `new` from being used after the `earlier` versions of its form, besides what
    `check_history` raises. `columns` are the (type of record, field) of the program itself.
    """
    names = {field.name for field in new.fields}
    for name in KEPT[new.form]:
        if name not in names:
            yield fault("field_needed", field=name)
    last = max(earlier, key=lambda one: one.version, default=None)
    if last is not None and new.valid_from < last.valid_from:
        # The form of a day is the newest one valid then: an earlier day would leave the last
        # version no day of its own, and say that books were typed into a form not yet printed.
        yield fault("valid_before", day=last.valid_from, version=last.version)
    known = {field.name: field for one in earlier for field in one.fields}
    writes = {entity for one in earlier for entity in one.entities}
    for section in new.sections:
        for field in section.fields:
            entity = field.entity or section.entity
            if entity not in writes:
                yield fault("field_entity", field=field.name, section=section.name)
            before = known.get(field.name)
            if before is None:
                yield from _new_field_faults(field, entity, columns)
            elif (before.sensitivity == "A") != (field.sensitivity == "A"):
                # Lists and searches of the program show what its own fields hold; and of what one
                # PC has shown, another must not hide the half.
                yield fault("field_level", field=field.name)


def _new_field_faults(
    field: Field, entity: str, columns: Collection[tuple[str, str]]
) -> Iterator[Fault]:
    if (entity, field.name) in columns:
        yield fault("field_reserved", field=field.name)
    if field.type in _NAMING:
        yield fault("field_type", field=field.name, type=field.type)
    if not field.stored:
        yield fault("field_not_stored", field=field.name)
    if field.merge_group is not None:
        yield fault("field_merge_group", field=field.name)
