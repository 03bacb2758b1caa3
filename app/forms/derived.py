"""Values the program fills in: computed from the record, shown, sometimes stored.

`name_status` and `poverty_standard` are stored (somebody may have to correct them); precision,
counts and unit codes are only shown. Nothing overwrites what a person wrote.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.forms.code_lists import CodeList, load_code_list
from app.forms.field_types import name_status_of
from app.forms.issues import Value, Values
from app.forms.schema import Section, Template, codes_of

#: What a child is to the head of the household.
RELATION = "relation_to_head"
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


def inherited(
    template: Template, siblings: Iterable[Values], relation: Value = None
) -> dict[str, Value]:
    """What a new child takes over from the sibling entered last, to be marked until confirmed.

    What that one leaves open in a section comes from an earlier sibling only if the two say nothing
    different there: a cousin's father must not be given the year in which an uncle was born. In the
    sections that do not hold the relation to the head (parents, caregiver) only those count who
    have the same: `relation`, where it is known, else that of the last one.
    """
    latest_first = list(siblings)[::-1]
    if relation is None and latest_first:
        relation = latest_first[0].get(RELATION)
    kin = _kin(latest_first, relation)
    found: dict[str, Value] = {}
    for section in _passed_on(template):
        of_child = any(one.name == RELATION for one in section.fields)
        found |= _told(_names(section), latest_first if of_child else kin, {})
    return found


def taken_again(
    template: Template, values: Values, siblings: Iterable[Values], loose: Container[str]
) -> dict[str, Value]:
    """What a child takes over once its relation to the head is known: for each of the `loose`
    fields of parents and caregiver the value of the last sibling with that relation, None where
    nobody tells one. Whatever is not loose stands, and a sibling who says anything different there
    passes nothing on.
    """
    kin = _kin(list(siblings)[::-1], values.get(RELATION))
    found: dict[str, Value] = {}
    for section in _passed_on(template):
        names = _names(section)
        if RELATION in names:
            continue
        fixed = {n: values[n] for n in names if n not in loose and values.get(n) is not None}
        told = _told(names, kin, fixed)
        found |= {name: told.get(name) for name in names if name in loose}
    return found


def _passed_on(template: Template) -> list[Section]:
    return [one for one in template.sections if one.entity == template.form]


def _names(section: Section) -> list[str]:
    return [one.name for one in section.fields if one.inherit_from_sibling and one.stored]


def _kin(siblings: Sequence[Values], relation: Value) -> Sequence[Values]:
    """Those with a relation, else those of whom none is known; all where it is not known itself."""
    if relation is None:
        return siblings
    same = [one for one in siblings if one.get(RELATION) == relation]
    return same or [one for one in siblings if one.get(RELATION) is None]


def _told(
    names: Sequence[str], latest_first: Iterable[Values], fixed: Mapping[str, Value]
) -> dict[str, Value]:
    taken = dict(fixed)
    for sibling in latest_first:
        told = {name: sibling[name] for name in names if sibling.get(name) is not None}
        if all(taken.get(name, value) == value for name, value in told.items()):
            taken |= told
    return {name: value for name, value in taken.items() if name not in fixed}
