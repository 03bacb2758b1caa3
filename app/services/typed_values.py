"""Typed text to stored values, for faces that name fields instead of showing a form."""

from __future__ import annotations

from collections.abc import Mapping

from app import i18n
from app.errors import KnownError
from app.forms.field_types import field_type
from app.forms.field_types.base import FieldProblem
from app.forms.issues import Value
from app.forms.template import newest
from app.history.entities import ENTITIES, Kind

_YES_NO: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


class _Said:
    """The sentence of a field's problem, put together in the language of whoever shows it."""

    def __init__(self, problem: FieldProblem) -> None:
        self._problem = problem

    def __str__(self) -> str:
        return i18n.text(self._problem.message_id, **self._problem.parameters)

    __repr__ = __str__


def stored_value(entity: str, name: str, text: str) -> Value:
    """The stored value of a text typed for a field of an entity; None empties the field.

    Fields of the templates take what their form takes; the others (owner unit, village, …) take
    their stored form. Raises KnownError `records.unknown_field` or `records.bad_value`.
    """
    template = newest("household" if entity == "household" else "child")
    for field in template.fields_of(entity):
        if field.name == name and field.stored:
            try:
                return field_type(field).parse(text)
            except FieldProblem as problem:
                raise KnownError(
                    "records.bad_value",
                    "records.bad_value_hint",
                    field=field.label,
                    problem=_Said(problem),
                ) from problem
    kind = ENTITIES[entity].fields.get(name) if entity in ENTITIES else None
    if kind is None and name == "_deleted":
        kind = Kind.BOOL
    if kind is None or name == "record":
        raise KnownError("records.unknown_field", "records.unknown_field_hint", field=name)
    return _of_kind(kind, name, text)


def _of_kind(kind: Kind, name: str, text: str) -> Value:
    if not text:
        return None
    if kind is Kind.TEXT:
        return text
    if kind is Kind.SET:
        return sorted({part.strip() for part in text.split(",") if part.strip()})
    if kind is Kind.BOOL and text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    if kind is Kind.INT and text.lstrip("-").isascii() and text.lstrip("-").isdigit():
        return int(text)
    raise KnownError("records.bad_kind", "records.bad_kind_hint", field=name)


def assignments(pairs: list[str]) -> dict[str, str]:
    """`FIELD=VALUE` as typed on a command line. Raises KnownError `records.no_assignment`."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise KnownError("records.no_assignment", "records.no_assignment_hint")
        found[name.strip()] = text
    return found
