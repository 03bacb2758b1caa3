"""Rules of the twelve-digit personal id, the telephone and the birth certificate.

`PPP G YY NNNNNN`: province of birth registration, century and sex, year of birth, six random digits
(NĐ 137/2015 Đ13; TT 07/2016/TT-BCA annex; domain.md 3.1). There is no check digit. Every old
province code stays valid after the mergers of 2025.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.forms.context import Holders
from app.forms.facts import Facts
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import Check, When, built_rule, only, rule
from app.forms.schema import Field, RuleUse, Template

_CENTURY: Findings = (Finding("forms.rule.pid_child_century"),)
_ADULT: Findings = (Finding("forms.rule.pid_adult_century"),)
_PROVINCE: Findings = (Finding("forms.rule.pid_known_province"),)
_SAME: Findings = (Finding("forms.rule.pid_of_parent"),)
_UNREGISTERED: Findings = (Finding("forms.rule.pid_needs_registration"),)
_CERT_FORM: Findings = (Finding("forms.rule.certificate_form"),)
_CERT_YEAR: Findings = (Finding("forms.rule.certificate_year"),)
_PREFIX: Findings = (Finding("forms.rule.known_phone_prefix"),)
_CERTIFICATE = re.compile(r"\d{1,5}/((?:19|20)\d{2})")
#: From here on the first three digits name a country (births registered abroad; domain.md 3.1).
_FIRST_COUNTRY = "100"


@lru_cache(maxsize=1 << 10)
def _twelve_digits(value: str) -> bool:
    return len(value) == 12 and value.isascii() and value.isdigit()


def _digits(value: Value) -> str | None:
    # Several rules ask about one number in a row.
    return value if type(value) is str and _twelve_digits(value) else None


@rule(When.VALUE, overridable=True, value_only=True)
def pid_child_century(facts: Facts, value: Value) -> Findings:
    """A child was born in 2000–2099: the fourth digit is 2 or 3 (domain.md 3.1)."""
    del facts
    digits = _digits(value)
    return _CENTURY if digits is not None and digits[3] not in "23" else NOTHING


@rule(When.VALUE, value_only=True)
def pid_adult_century(facts: Facts, value: Value) -> Findings:
    """An adult's fourth digit is 0–3 (form_fields.csv: head_personal_id)."""
    del facts
    digits = _digits(value)
    return _ADULT if digits is not None and digits[3] not in "0123" else NOTHING


@built_rule(When.VALUE, overridable=True, value_only=lambda use: use.other is None)
def consistent_sex_digit(use: RuleUse, field: Field, template: Template) -> Check:
    """The fourth digit is even for male, odd for female (domain.md 3.1).

    `other` names the field of the sex; without it `values` gives the one sex it must be.
    """
    del field, template
    other = use.other
    fixed = use.values[0] if use.values else None
    by_digit = {str(digit): "2" if digit % 2 else "1" for digit in range(10)}
    messages = {
        "1": (Finding("forms.rule.consistent_sex_digit.male"),),
        "2": (Finding("forms.rule.consistent_sex_digit.female"),),
    }

    def check(facts: Facts, value: Value) -> Findings:
        digits = _digits(value)
        if digits is None:
            return NOTHING
        sex = facts.get(other) if other else fixed
        by_id = by_digit[digits[3]]
        return messages[by_id] if sex in ("1", "2") and sex != by_id else NOTHING

    return check


@built_rule(When.VALUE, "other", overridable=True)
def consistent_birth_year(use: RuleUse, field: Field, template: Template) -> Check:
    """Digits five and six are the last two of the birth year (domain.md 3.1; an id can be
    re-established after a correction, Luật Căn cước 2023 Đ24, hence the override).
    """
    del field, template
    other = use.other or ""

    def check(facts: Facts, value: Value) -> Findings:
        digits = _digits(value)
        if digits is None:
            return NOTHING
        born = facts.get(other)
        year = born if type(born) is int else None
        if type(born) is str and born[:4].isdigit():
            year = int(born[:4])
        if year is None or year % 100 == int(digits[4:6]):
            return NOTHING
        found = Finding("forms.rule.consistent_birth_year", {"digits": digits[4:6], "year": year})
        return (found,)

    return check


@rule(When.VALUE)
def pid_known_province(facts: Facts, value: Value) -> Findings:
    """The first three digits are one of the 63 codes or a country from 100 on (domain.md 3.1)."""
    digits = _digits(value)
    if digits is None or digits[:3] >= _FIRST_COUNTRY:
        return NOTHING
    return NOTHING if digits[:3] in facts.context.code_list("personal_id_provinces") else _PROVINCE


@rule(When.VALUE)
def pid_unique(facts: Facts, value: Value) -> Findings:
    """The same id twice in a register is an error (3-data.md; domain.md 3.1)."""
    others = [one for one in _holders(facts, value).here if one != facts.context.record_id]
    return (Finding("forms.rule.pid_unique", {"count": len(others)}),) if others else NOTHING


@rule(When.VALUE)
def pid_elsewhere(facts: Facts, value: Value) -> Findings:
    """The same id in two communes is for the unit above to look into: moved, or written twice
    (3-data.md; domain.md 9 item 8). Nobody in one of them could see it, so it makes nothing wrong.
    """
    others = _holders(facts, value).elsewhere
    return (Finding("forms.rule.pid_elsewhere", {"count": len(others)}),) if others else NOTHING


def _holders(facts: Facts, value: Value) -> Holders:
    held, digits = facts.context.id_holders, _digits(value)
    return Holders() if held is None or digits is None else held(digits)


@rule(When.VALUE)
def pid_of_parent(facts: Facts, value: Value) -> Findings:
    """The child's id stands in a parent's field too: one of them was copied by mistake."""
    if value in (facts.get("father_personal_id"), facts.get("mother_personal_id")):
        return _SAME
    return NOTHING


@rule(When.VALUE, concerns=only("2", "9"))
def pid_needs_registration(facts: Facts, value: Value) -> Findings:
    """Who has a personal id is registered (form_fields.csv: birth_registered)."""
    return (
        _UNREGISTERED if value in ("2", "9") and facts.get("personal_id") is not None else NOTHING
    )


@rule(When.VALUE, value_only=True)
def certificate_form(facts: Facts, value: Value) -> Findings:
    """`number/year` is the usual form of a birth certificate (domain.md 3.3, warning only)."""
    del facts
    return NOTHING if type(value) is str and _CERTIFICATE.fullmatch(value) else _CERT_FORM


@rule(When.VALUE)
def certificate_year(facts: Facts, value: Value) -> Findings:
    """A birth is not registered before the year of birth (form_fields.csv: birth_cert_no)."""
    match = _CERTIFICATE.fullmatch(value) if type(value) is str else None
    born = facts.birth_year()
    return _CERT_YEAR if match and born is not None and int(match[1]) < born else NOTHING


@rule(When.VALUE)
def known_phone_prefix(facts: Facts, value: Value) -> Findings:
    """A mobile number whose first three digits no operator holds (domain.md 3.4, warning)."""
    if type(value) is not str or len(value) != 10 or value[:2] == "02":
        return NOTHING
    return NOTHING if value[:3] in facts.context.code_list("phone_prefixes") else _PREFIX
