"""Typed text of what the program keeps beside the fields of the forms: verdicts, groups, days.

The forms judge what is typed into their fields. What stands in none is a word of a list or a day as
often, and what nobody understands must not be stored: no page shows it, and no list counts it.
"""

from __future__ import annotations

from app.errors import KnownError
from app.forms.catalogue import Catalogue
from app.forms.code_lists import lookup_key
from app.forms.field_types.base import FieldProblem
from app.forms.field_types.code_types import CodeType, MultiType
from app.forms.field_types.date_types import PartialDateType
from app.forms.issues import Value
from app.forms.schema import Template
from app.history.entities import ENTITIES, Kind
from app.i18n import language
from app.services.handover_values import ACCEPTED, RETURNED
from app.services.typed_values import Said, stored_value
from app.services.wording import CODED, CONCLUDED, DAYS, concluded, label_beside


def typed_value(
    template: Template, catalogue: Catalogue, entity: str, name: str, typed: str, year: int
) -> Value:
    """The stored value of a text typed for a field; None empties it. Beside the fields of the form
    a code may be said in the words in which it is shown. `year`: two digits up to it are a year of
    this century.

    Raises KnownError `conflicts.no_verdict` for a word that is no verdict, and as `stored_value`.
    """
    if not any(one.stored and one.name == name for one in template.fields_of(entity)):
        typed = _meant(catalogue, entity, name, typed, year)
    return stored_value(template, entity, name, typed)


def _meant(catalogue: Catalogue, entity: str, name: str, typed: str, year: int) -> str:
    kind = ENTITIES[entity].fields.get(name) if entity in ENTITIES else None
    if not typed.strip() or kind not in (Kind.TEXT, Kind.SET):
        return typed
    if entity == "match_decision" and name == "verdict":
        codes = catalogue.code_list(CODED[name])
        found = codes.find(typed)
        known = {one.code: one.label(language()) for one in codes}
        return _verdict(None if found is None else found.code, known)
    if entity == "handover" and name in CONCLUDED:
        known = {one: concluded(name, one) for one in (ACCEPTED, RETURNED)}
        meant = lookup_key(typed)
        fits = (one for one, words in known.items() if meant in map(lookup_key, (one, words)))
        return _verdict(next(fits, None), known)
    try:
        if name in CODED and kind is Kind.SET:
            return ",".join(_several(MultiType(catalogue.code_list(CODED[name])).parse(typed)))
        if name in CODED:
            return str(CodeType(catalogue.code_list(CODED[name])).parse(typed))
        if name.endswith(DAYS) and entity != "handover":  # there they are moments
            return str(PartialDateType(year).parse(typed))
    except FieldProblem as problem:
        raise KnownError(
            "records.bad_value",
            "records.bad_value_hint",
            field=label_beside(name) or name,
            problem=Said(problem),
        ) from problem
    return typed


def _several(codes: object) -> list[str]:
    return [str(one) for one in codes] if isinstance(codes, list) else []


def _verdict(code: str | None, known: dict[str, str]) -> str:
    if code is None:
        raise KnownError(
            "conflicts.no_verdict", "conflicts.no_verdict_hint", verdicts=", ".join(known.values())
        )
    return code
