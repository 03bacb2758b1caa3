"""Values the program fills in: computed from the record, shown, sometimes stored.

`name_status` and `poverty_standard` are stored (somebody may have to correct them); precision,
counts and unit codes are only shown. Nothing overwrites what a person wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.forms.code_lists import CodeList, load_code_list
from app.forms.field_types import name_status_of
from app.forms.issues import Value, Values
from app.forms.schema import Template, codes_of

_PRECISIONS = {4: "YEAR", 7: "MONTH", 10: "DAY"}


def birth_date_precision(values: Values) -> str | None:
    """DAY, MONTH or YEAR, as the stored birth date tells."""
    birth = values.get("birth_date")
    return _PRECISIONS.get(len(birth)) if isinstance(birth, str) else None


def name_status(values: Values) -> str | None:
    """OFFICIAL or the kind of placeholder; None without a name."""
    name = values.get("full_name")
    return name_status_of(name) if isinstance(name, str) else None


def poverty_standard(survey_date: date, standards: CodeList | None = None) -> str | None:
    """The poverty standard in force on the survey date (domain.md 4.5)."""
    found = (standards or load_code_list("poverty_standards")).valid_on(survey_date)
    return found[0].code if found else None


class IdProposal(NamedTuple):
    """What a personal id says about its holder: to be shown and confirmed."""

    sex: str
    birth_year: int


def from_personal_id(personal_id: str) -> IdProposal | None:
    """Sex and birth year by the fourth to sixth digit (NĐ 137/2015 Đ13); None for another shape."""
    if len(personal_id) != 12 or not (personal_id.isascii() and personal_id.isdigit()):
        return None
    century, odd = divmod(int(personal_id[3]), 2)
    return IdProposal("2" if odd else "1", 1900 + century * 100 + int(personal_id[4:6]))


def filled_in(template: Template, values: Values, survey_date: date) -> dict[str, Value]:
    """The automatic stored fields that are still empty and can be computed now."""
    names = {field.name for field in template.fields if field.stored and field.auto}
    found: dict[str, Value] = {}
    if "name_status" in names and values.get("name_status") is None:
        found["name_status"] = name_status(values)
    if "poverty_standard" in names and values.get("poverty_status") is not None:
        if values.get("poverty_standard") is None:
            found["poverty_standard"] = poverty_standard(
                survey_date, codes_of(template.field("poverty_standard"))
            )
        if values.get("poverty_year") is None:
            found["poverty_year"] = survey_date.year
    return {name: value for name, value in found.items() if value is not None}


def defaults(template: Template, entity: str | None = None) -> dict[str, Value]:
    """The values a new record starts with."""
    return {
        field.name: field.default
        for field in template.fields_of(entity or template.form)
        if field.stored and field.default is not None
    }


def inherited(template: Template, siblings: Iterable[Values]) -> dict[str, Value]:
    """What a new child takes over from the sibling entered last, to be marked until confirmed.

    What that one leaves open in a section comes from an earlier sibling only if the two say nothing
    different there: a cousin's father must not be given the year in which an uncle was born.
    """
    latest_first = list(siblings)[::-1]
    found: dict[str, Value] = {}
    for section in template.sections:
        if section.entity != template.form:
            continue
        names = [one.name for one in section.fields if one.inherit_from_sibling and one.stored]
        taken: dict[str, Value] = {}
        for sibling in latest_first:
            told = {name: sibling[name] for name in names if sibling.get(name) is not None}
            if all(taken.get(name, value) == value for name, value in told.items()):
                taken |= told
        found |= taken
    return found
