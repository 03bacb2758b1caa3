"""Typed text to stored values, for faces that name fields instead of showing a form."""

from __future__ import annotations

from collections.abc import Mapping

from app import i18n
from app.errors import KnownError
from app.forms.code_lists import lookup_key
from app.forms.field_types import field_type
from app.forms.field_types.base import FieldProblem
from app.forms.issues import Value
from app.forms.schema import Template
from app.history.entities import ENTITIES, OUTSIDE, UNKNOWN, Kind
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.workplace import ScopeTree

_TRUE_FALSE: Mapping[str, bool] = {"true": True, "false": False}
#: Fields that name a record, and of which type; `merged_into` names one of the record's own type.
_NAMES_A: Mapping[str, str] = {"household": "household", "village": "village"}


class Said:
    """The sentence of a field's problem, put together in the language of whoever shows it."""

    def __init__(self, problem: FieldProblem) -> None:
        self._problem = problem

    def __str__(self) -> str:
        return i18n.text(self._problem.message_id, **self._problem.parameters)

    __repr__ = __str__


def field_named(template: Template, entity: str, typed: str) -> str:
    """The name of the field that somebody calls by its name, a label or an alias.

    As in an import, marks and case of these do not count, and a label comes before an alias. What
    fits no field, or more than one, is given back as typed.
    """
    stored = [one for one in template.fields_of(entity) if one.stored]
    if any(one.name == typed for one in stored):
        return typed
    key = lookup_key(typed)
    labelled = [one for one in stored if key in map(lookup_key, (one.label.vi, one.label.en))]
    named = labelled or [one for one in stored if key in map(lookup_key, one.aliases)]
    return named[0].name if len(named) == 1 else typed


def stored_value(template: Template, entity: str, name: str, text: str) -> Value:
    """The stored value of a text typed for a field of an entity; None empties the field.

    Fields of the template take what their form takes; the others (owner unit, village, …) take
    their stored form; whether what they name is there, `refuse_strangers` judges.

    Raises KnownError `records.unknown_field`, `records.bad_value`, `records.bad_kind` or
    `records.owner_needed`.
    """
    for field in template.fields_of(entity):
        if field.name == name and field.stored:
            try:
                return field_type(field).parse(text)
            except FieldProblem as problem:
                raise KnownError(
                    "records.bad_value",
                    "records.bad_value_hint",
                    field=field.label,
                    problem=Said(problem),
                ) from problem
    kind = ENTITIES[entity].fields.get(name) if entity in ENTITIES else None
    if kind is None and name == "_deleted":
        kind = Kind.BOOL
    if kind is None or name == "record":
        raise KnownError("records.unknown_field", "records.unknown_field_hint", field=name)
    return _of_kind(kind, name, text)


def _of_kind(kind: Kind, name: str, text: str) -> Value:
    if kind is Kind.BOOL:
        if text.strip().lower() not in _TRUE_FALSE:
            raise KnownError("records.bad_kind", "records.bad_kind_hint", field=name)
        return _TRUE_FALSE[text.strip().lower()]
    if kind is Kind.TEXT:
        text = text.strip()
    if not text and name == "owner_unit":
        raise KnownError("records.owner_needed", "records.owner_hint")
    if not text:
        return None
    if kind is Kind.TEXT:
        return text
    if kind is Kind.SET:
        return sorted({part.strip() for part in text.split(",") if part.strip()})
    if kind is Kind.INT and text.lstrip("-").isascii() and text.lstrip("-").isdigit():
        return int(text)
    raise KnownError("records.bad_kind", "records.bad_kind_hint", field=name)


#: The forms that records are typed into.
FORMS = ("household", "child")


def form_of(entity: str) -> str:
    """The form that a record of this type is typed into."""
    return "household" if entity == "household" else "child"


def refuse_strangers(
    reading: Reading, tree: ScopeTree, record: RecordView, values: Mapping[str, Value]
) -> None:
    """Refuse values of a record that name a unit or a record that is not there.

    What the record already says is not judged again. Raises KnownError `records.owner_unknown`,
    `records.owner_above` for a unit that owns nothing itself, `records.no_such_record`,
    `records.village_elsewhere`, `records.village_stays` for a household that would go to another
    unit and keep the village of its old one, `records.itself`.
    """
    for name, value in values.items():
        if not isinstance(value, str) or value == record.values.get(name):
            continue
        if name == "owner_unit":
            if value not in (OUTSIDE, UNKNOWN) and not tree.exists(value):
                raise KnownError("records.owner_unknown", "records.owner_hint")
            if "@" in value and not tree.units.holds_records(value):
                raise KnownError("records.owner_above", "records.owner_hint")
            continue
        wanted = record.entity if name == "merged_into" else _NAMES_A.get(name)
        if wanted is None:
            continue
        if name == "merged_into" and value == record.id:
            raise KnownError("records.itself", "records.itself_hint")
        found = register.record(reading, wanted, value)
        if found is None or found.hidden:
            # What was typed is not repeated: it may be somebody's name.
            raise KnownError("records.no_such_record", "records.no_such_record_hint", field=name)
    if record.entity == "household":
        _refuse_foreign_village(reading, record, values)


def _refuse_foreign_village(
    reading: Reading, record: RecordView, values: Mapping[str, Value]
) -> None:
    """Refuse a village and an owner of a household that do not go together, where one is new.

    Who left the province, or went nobody knows where, is still found in the village it left.
    """
    after = {**record.values, **values}
    owner, village = after.get("owner_unit"), after.get("village")
    if all(after.get(name) == record.values.get(name) for name in ("owner_unit", "village")):
        return
    if not isinstance(village, str) or owner in (OUTSIDE, UNKNOWN):
        return
    found = register.record(reading, "village", village)
    if found is None or found.values.get("owner_unit") == owner:
        return
    if "village" in values:
        raise KnownError("records.village_elsewhere", "records.village_elsewhere_hint")
    raise KnownError(
        "records.village_stays",
        "records.village_stays_hint",
        village=str(found.values.get("name") or ""),
        unit=owner,
    )


def assignments(pairs: list[str]) -> dict[str, str]:
    """`FIELD=VALUE` as typed on a command line. Raises KnownError `records.no_assignment`."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise KnownError("records.no_assignment", "records.no_assignment_hint")
        found[name.strip()] = text
    return found
