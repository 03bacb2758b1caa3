"""What a new version of a form may not do to the program that goes by it.

The one judgement for a form that is loaded here and for one that came in a bundle: nobody can say
who wrote the bundle's. It reads no store; whether stored values fit a new field is asked by who
loads the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.forms.schema import Template
from app.forms.template import builtin_templates

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


class Contradiction(NamedTuple):
    """What a form breaks, in which field; `type` is that field's."""

    rule: str
    field: str
    type: str = ""


def contradictions(earlier: Sequence[Template], new: Template) -> Iterator[Contradiction]:
    """What keeps `new` from being used after the `earlier` versions of its form, besides what
    `check_history` raises.
    """
    for name in new_secrets(new):
        yield Contradiction("field_level", name)
    names = {field.name for field in new.fields}
    for name in KEPT[new.form]:
        if name not in names:
            yield Contradiction("field_needed", name)
    known = {field.name for one in earlier for field in one.fields}
    for field in new.fields:
        if field.name in known:
            continue
        if field.type in _NAMING:
            yield Contradiction("field_type", field.name, field.type)
        if not field.stored:
            yield Contradiction("field_not_stored", field.name)
        if field.merge_group is not None:
            yield Contradiction("field_merge_group", field.name)


def new_secrets(template: Template) -> tuple[str, ...]:
    """The fields of level A that this program does not know as such and so would not mask: what is
    masked is part of the program (3-data.md, "Sensitivity").
    """
    shipped = next(one for one in reversed(builtin_templates()) if one.form == template.form)
    guarded = {field.name for field in shipped.fields if field.sensitivity == "A"}
    return tuple(
        field.name
        for field in template.fields
        if field.sensitivity == "A" and field.name not in guarded
    )
