"""Rules of the book's cover and of the household."""

from __future__ import annotations

import re

from app.forms.facts import POOR, Facts, stored_day
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import Check, When, built_rule, rule
from app.forms.schema import Field, RuleUse, Template

_NUMBER = re.compile(r"[1-9]\d{0,3}(?:\.[1-9]\d?)?")
_UNIT_UNKNOWN: Findings = (Finding("forms.rule.unit_known"),)
_UNIT_OLD: Findings = (Finding("forms.rule.unit_in_force"),)
_UNIT_OTHER: Findings = (Finding("forms.rule.unit_of_owner"),)
_TWO_TIERS: Findings = (Finding("forms.rule.district_by_tiers.none"),)
_THREE_TIERS: Findings = (Finding("forms.rule.district_by_tiers.needed"),)
_VILLAGE: Findings = (Finding("forms.rule.known_village"),)
_ENUMERATOR: Findings = (Finding("forms.rule.one_enumerator"),)
_BOOK: Findings = (Finding("forms.rule.one_book_owner"),)
_WINDOW: Findings = (Finding("forms.rule.inside_round"),)
_NOT_OPEN: Findings = (Finding("forms.rule.round_open"),)
_FORM: Findings = (Finding("forms.rule.household_no_form"),)
_TAKEN: Findings = (Finding("forms.rule.household_no_unique"),)
_NOT_COUNTED: Findings = (Finding("forms.rule.not_counted"),)
_LISTED: Findings = (Finding("forms.rule.poverty_list_differs"),)
_CERTIFICATE: Findings = (Finding("forms.rule.poverty_certificate"),)
_STANDARD: Findings = (Finding("forms.rule.poverty_standard_of_date"),)


def _chain(facts: Facts) -> tuple[str, ...] | None:
    owner = facts.context.owner_unit or facts.text("owner_unit")
    chain = facts.context.unit_chain
    return None if owner is None or chain is None else tuple(chain(owner))


@rule(When.ALWAYS)
def unit_known(facts: Facts, value: Value) -> Findings:
    """The owner unit stands in the tree of its edition (form_fields.csv: commune_code)."""
    del value
    return _UNIT_UNKNOWN if _chain(facts) == () else NOTHING


@rule(When.ALWAYS)
def unit_in_force(facts: Facts, value: Value) -> Findings:
    """The unit existed on the survey date; old books carry old units (domain.md 5)."""
    del value
    owner = facts.context.owner_unit or facts.text("owner_unit")
    in_force = facts.context.unit_in_force
    if owner is None or in_force is None or in_force(owner, facts.survey):
        return NOTHING
    return _UNIT_OLD


@rule(When.VALUE)
def unit_of_owner(facts: Facts, value: Value) -> Findings:
    """A province, district or commune that was read from a file is one of the owner's chain."""
    chain = _chain(facts)
    return _UNIT_OTHER if chain and value not in chain else NOTHING


@rule(When.VALUE)
def district_by_tiers(facts: Facts, value: Value) -> Findings:
    """A district exists in three tiers only, until 30 June 2025 (csv: district_code)."""
    chain = _chain(facts)
    return _TWO_TIERS if chain and len(chain) < 3 and value is not None else NOTHING


@rule(When.ALWAYS)
def district_needed(facts: Facts, value: Value) -> Findings:
    """A commune of the three-tier tree lies in a district (form_fields.csv: district_code)."""
    del value
    chain = _chain(facts)
    owner_is_commune = bool(chain) and len(chain[0].split("@")[0]) == 5 if chain else False
    if not owner_is_commune or chain is None:
        return NOTHING
    return _THREE_TIERS if chain[0].endswith("@2024") and len(chain) < 3 else NOTHING


@rule(When.VALUE)
def known_village(facts: Facts, value: Value) -> Findings:
    """The village stands on the commune's list (form_fields.csv: village_name)."""
    villages = facts.context.villages
    return _VILLAGE if villages is not None and value not in villages else NOTHING


@rule(When.VALUE)
def one_enumerator(facts: Facts, value: Value) -> Findings:
    """One enumerator per village and round (form_fields.csv: enumerator_name)."""
    names = facts.context.enumerators
    village, held = facts.text("village"), facts.text("survey_round")
    if names is None or village is None or held is None:
        return NOTHING
    return _ENUMERATOR if any(name != value for name in names(village, held)) else NOTHING


@rule(When.VALUE)
def one_book_owner(facts: Facts, value: Value) -> Findings:
    """A book number is unique per village and round: one enumerator holds it (book_number)."""
    owners = facts.context.book_owners
    village, held = facts.text("village"), facts.text("survey_round")
    mine = facts.get("enumerator_name")
    if owners is None or village is None or held is None or type(value) is not str:
        return NOTHING
    return _BOOK if any(owner != mine for owner in owners(village, value, held)) else NOTHING


@rule(When.VALUE)
def inside_round(facts: Facts, value: Value) -> Findings:
    """The survey date lies inside the round (form_fields.csv: survey_date)."""
    day = stored_day(value)
    window = facts.context.round
    if day is None or window.opens_on is None or window.closes_on is None:
        return NOTHING
    return NOTHING if window.opens_on <= day <= window.closes_on else _WINDOW


@rule(When.VALUE)
def round_open(facts: Facts, value: Value) -> Findings:
    """Entry outside the round's window needs a reason (form_fields.csv: survey_round)."""
    del value
    window = facts.context.round
    today = facts.context.today
    if today is None or window.opens_on is None or window.closes_on is None:
        return NOTHING
    return NOTHING if window.opens_on <= today <= window.closes_on else _NOT_OPEN


@rule(When.VALUE, value_only=True)
def household_no_form(facts: Facts, value: Value) -> Findings:
    """1–9999, with `.1`, `.2` for further sheets of one household (book A0, TT 01/2022/TT-BYT)."""
    del facts
    return NOTHING if type(value) is str and _NUMBER.fullmatch(value) else _FORM


@rule(When.VALUE)
def household_no_unique(facts: Facts, value: Value) -> Findings:
    """A household number stands once in a village (form_fields.csv: household_no)."""
    holders = facts.context.number_holders
    village = facts.text("village")
    if holders is None or village is None or type(value) is not str:
        return NOTHING
    mine = facts.context.record_id
    return _TAKEN if any(holder != mine for holder in holders(village, value)) else NOTHING


@rule(When.VALUE)
def adult_birth_year(facts: Facts, value: Value) -> Findings:
    """A head was born between 1900 and 15 years before the survey (csv: head_birth_year)."""
    if type(value) is not int:
        return NOTHING
    last = facts.survey.year - 15
    if 1900 <= value <= last:
        return NOTHING
    return (Finding("forms.rule.adult_birth_year", {"first": 1900, "last": last}),)


@built_rule(When.VALUE, "values", concerns=lambda use, value: value in use.values)
def not_counted(use: RuleUse, field: Field, template: Template) -> Check:
    """Less than six months of temporary residence is kept but not counted (plan S1, 2)."""
    del field, template
    short = frozenset(use.values)
    return lambda _, value: _NOT_COUNTED if type(value) is str and value in short else NOTHING


@rule(When.VALUE)
def poverty_list_differs(facts: Facts, value: Value) -> Findings:
    """The status differs from the approved list of poor households (form_fields.csv, plan S1)."""
    listed = facts.context.lists.poverty_status
    if listed is None:
        return NOTHING
    mine = value if value in POOR else "0"
    theirs = listed if listed in POOR else "0"
    return _LISTED if mine != theirs else NOTHING


@rule(When.MISSING)
def poverty_certificate(facts: Facts, value: Value) -> Findings:
    """A certificate number is wanted when the household is poor but not so listed
    (form_fields.csv: poverty_certificate_no).
    """
    status = facts.get("poverty_status")
    listed = facts.context.lists.poverty_status
    if value is not None or status not in POOR or listed is None or listed == status:
        return NOTHING
    return _CERTIFICATE


@rule(When.VALUE)
def poverty_standard_of_date(facts: Facts, value: Value) -> Findings:
    """The poverty standard is the one in force on the survey date (domain.md 4.5)."""
    codes = facts.context.code_list("poverty_standards")
    item = codes.get(value) if type(value) is str else None
    return NOTHING if item is None or item.is_valid_on(facts.survey) else _STANDARD


@rule(When.VALUE)
def year_of_status(facts: Facts, value: Value) -> Findings:
    """The year of a poverty status is not after the survey."""
    if type(value) is int and value > facts.survey.year:
        return (Finding("forms.rule.year_of_status", {"year": facts.survey.year}),)
    return NOTHING


@built_rule(When.VALUE, "high")
def many_children(use: RuleUse, field: Field, template: Template) -> Check:
    """More than `high` children in one household: told once, on the household (form_fields.csv:
    line_no has 20 lines).
    """
    del field, template
    high = use.high or 0

    def check(facts: Facts, value: Value) -> Findings:
        del value
        counted = facts.context.children_count
        if counted is None or counted <= high:
            return NOTHING
        return (Finding("forms.rule.many_children", {"count": counted, "high": high}),)

    return check


@rule(When.VALUE)
def children_counted(facts: Facts, value: Value) -> Findings:
    """The number written in the book equals the children recorded (form_fields.csv)."""
    counted = facts.context.children_count
    if counted is None or type(value) is not int or value == counted:
        return NOTHING
    return (Finding("forms.rule.children_counted", {"paper": value, "counted": counted}),)
