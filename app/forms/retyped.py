"""The fields that the second person types again without seeing them.

Which ones matter most is data, `resources/templates/retyped.json`, and not part of a form: a form
cannot say more than its version does, and which fields are worth the time is asked of every round
anew. By default those by which the police find a child, and which nothing else in the book proves
wrong: the basic fields of CV 2513/LĐTBXH-TTTT (14/7/2022).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.forms.field_types import FieldProblem, field_type
from app.forms.issues import Value
from app.forms.schema import Field, Template
from app.settings import resources_dir
from app.text.spelling import spelling


def retyped_names() -> Mapping[str, tuple[str, ...]]:
    """Form → the names of its fields that are typed again, in the order of typing."""
    return _named_fields("retyped")


def resurveyed_names() -> Mapping[str, tuple[str, ...]]:
    """Form → the names of its fields that a visit of a re-survey may find to differ, in the order
    of the book. None of them is of level A: which field differed is printed.
    """
    return _named_fields("resurveyed")


@cache
def _named_fields(file: str) -> Mapping[str, tuple[str, ...]]:
    path = resources_dir() / "templates" / f"{file}.json"
    content: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({form: tuple(names) for form, names in content.items()})


def retyped_fields(template: Template) -> tuple[Field, ...]:
    """The fields of a form that are typed again. One that this version lacks is left out."""
    held = {one.name: one for one in template.fields_of(template.form) if one.stored}
    wanted = retyped_names().get(template.form, ())
    return tuple(held[name] for name in wanted if name in held)


def mean_the_same(field: Field, typed: Value, again: Value) -> bool:
    """Whether two values say the same, however they are written."""
    return _meant(field, typed) == _meant(field, again)


def _meant(field: Field, value: Value) -> Value:
    if not isinstance(value, str):
        return sorted(value) if isinstance(value, list) else value
    kind = field_type(field)
    if kind.check(value) is not None:
        # Text that nobody could read yet may be what the field means, written in another way.
        try:
            value = kind.parse(value)
        except FieldProblem:
            return spelling(str(value))
    return spelling(value) if isinstance(value, str) else value
