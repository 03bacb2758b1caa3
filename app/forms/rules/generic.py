"""Rules that fit any field: required, bounds, order of dates, allowed values."""

from __future__ import annotations

from app.forms.facts import Facts, known_bounds
from app.forms.field_types import field_type
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.conditions import CONDITIONS
from app.forms.rules.registry import Check, When, built_rule, rule
from app.forms.schema import Field, RuleUse, Template
from app.forms.words import holds_private_words

_REQUIRED: Findings = (Finding("forms.rule.required"),)
_FUTURE: Findings = (Finding("forms.rule.not_future"),)
_AFTER_SURVEY: Findings = (Finding("forms.rule.not_after_survey"),)
_PRIVATE: Findings = (Finding("forms.rule.no_private_words"),)


@built_rule(When.MISSING)
def required(use: RuleUse, field: Field, template: Template) -> Check:
    """The field must be answered; with `condition`, only when that holds.

    Source: column `required` of form_fields.csv; blank, no and unknown are three things.
    """
    del field, template
    if use.condition is None:
        return lambda _, value: _REQUIRED if value is None else NOTHING
    holds = CONDITIONS[use.condition]
    return lambda facts, value: _REQUIRED if value is None and holds(facts) else NOTHING


@built_rule(When.MISSING, "condition")
def required_when(use: RuleUse, field: Field, template: Template) -> Check:
    """The field must be answered when the condition holds (form_fields.csv, "conditional")."""
    del field, template
    holds = CONDITIONS[use.condition or ""]
    return lambda facts, value: _REQUIRED if value is None and holds(facts) else NOTHING


@built_rule(When.VALUE, value_only=True)
def in_range(use: RuleUse, field: Field, template: Template) -> Check:
    """A number within `low`…`high`, both included (form_fields.csv, column `allowed_values`)."""
    del field, template
    low = use.low if use.low is not None else 0
    high = use.high if use.high is not None else 2**53
    outside = (Finding("forms.rule.in_range", {"low": low, "high": high}),)

    def check(facts: Facts, value: Value) -> Findings:
        del facts
        return NOTHING if type(value) is not int or low <= value <= high else outside

    return check


@built_rule(When.VALUE, "values", value_only=True)
def one_of(use: RuleUse, field: Field, template: Template) -> Check:
    """Only some codes of the list are offered here."""
    del field, template
    allowed = frozenset(use.values)
    outside = (Finding("forms.rule.one_of"),)

    def check(facts: Facts, value: Value) -> Findings:
        del facts
        codes = value if isinstance(value, list) else (value,)
        return NOTHING if allowed.issuperset(codes) else outside

    return check


@built_rule(When.VALUE, "values", value_only=True)
def stands_alone(use: RuleUse, field: Field, template: Template) -> Check:
    """A code that denies the others («Bình thường») may not stand beside them."""
    alone = frozenset(use.values)
    found = (Finding("forms.rule.stands_alone"),)
    del field, template

    def check(facts: Facts, value: Value) -> Findings:
        del facts
        return (
            found
            if isinstance(value, list) and len(value) > 1 and not alone.isdisjoint(value)
            else NOTHING
        )

    return check


@rule(When.VALUE)
def not_future(facts: Facts, value: Value) -> Findings:
    """A date that certainly lies after today (form_fields.csv: event_date, survey_date)."""
    known = known_bounds(value)
    return _FUTURE if known is not None and known[0] > facts.today.isoformat() else NOTHING


@rule(When.VALUE)
def not_after_survey(facts: Facts, value: Value) -> Findings:
    """A date that certainly lies after the survey date (birth_date, circumstance_from)."""
    known = known_bounds(value)
    return _AFTER_SURVEY if known is not None and known[0] > facts.survey_text else NOTHING


def _order(use: RuleUse, template: Template, *, later: bool, message: str) -> Check:
    other = use.other or ""
    found = (Finding(message, {"other": template.field(other).label}),)

    def check(facts: Facts, value: Value) -> Findings:
        against = facts.get(other)
        if against is None and facts.child is not facts:
            against = facts.child.get(other)
        mine, theirs = known_bounds(value), known_bounds(against)
        if mine is None or theirs is None:
            return NOTHING
        wrong = mine[1] < theirs[0] if later else mine[0] > theirs[1]
        return found if wrong else NOTHING

    return check


@built_rule(When.VALUE, "other")
def not_before(use: RuleUse, field: Field, template: Template) -> Check:
    """Certainly before the date in another field (circumstance_to ≥ from, event ≥ birth)."""
    del field
    return _order(use, template, later=True, message="forms.rule.not_before")


@built_rule(When.VALUE, "other")
def not_after(use: RuleUse, field: Field, template: Template) -> Check:
    """Certainly after the date in another field."""
    del field
    return _order(use, template, later=False, message="forms.rule.not_after")


@built_rule(When.VALUE, "low")
def only_below_age(use: RuleUse, field: Field, template: Template) -> Check:
    """Asked only of children under `low` years (form_fields.csv: nutrition_status, vaccination)."""
    del field, template
    limit = use.low or 0
    found = (Finding("forms.rule.only_below_age", {"age": limit}),)
    return lambda facts, _: found if facts.surely_at_least(limit) else NOTHING


@rule(When.VALUE, value_only=True)
def no_private_words(facts: Facts, value: Value) -> Findings:
    """Health and abuse do not belong into a free note (form_fields.csv: note; 3-data.md)."""
    del facts
    if type(value) is not str:
        return NOTHING
    return _PRIVATE if holds_private_words(value) else NOTHING


def type_check(field: Field) -> Check:
    """The check that every stored value passes first: its type's own judgement."""
    judge = field_type(field).check

    def check(facts: Facts, value: Value) -> Findings:
        del facts
        problem = judge(value)
        if problem is None:
            return NOTHING
        parameters = {k: v for k, v in problem.parameters.items() if isinstance(v, (str, int))}
        return (Finding(problem.message_id, parameters),)

    return check
