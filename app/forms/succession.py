"""What a new version of a form may not do to the program that goes by it.

The one judgement for a form that is loaded here and for one that came in a bundle: nobody can say
who wrote the bundle's. It reads no store; whether stored values fit a new field is asked by who
loads the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.forms.schema import Template

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
    names = {field.name for field in new.fields}
    for name in KEPT[new.form]:
        if name not in names:
            yield Contradiction("field_needed", name)
    known = {field.name: field for one in earlier for field in one.fields}
    for field in new.fields:
        before = known.get(field.name)
        if before is not None:
            # Lists and searches of the program show what its own fields hold; and of what one PC
            # has shown, another must not hide the half.
            if (before.sensitivity == "A") != (field.sensitivity == "A"):
                yield Contradiction("field_level", field.name)
            continue
        if field.type in _NAMING:
            yield Contradiction("field_type", field.name, field.type)
        if not field.stored:
            yield Contradiction("field_not_stored", field.name)
        if field.merge_group is not None:
            yield Contradiction("field_merge_group", field.name)
