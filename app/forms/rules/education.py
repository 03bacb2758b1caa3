"""Rules of schooling (Luật Giáo dục 2019 Đ28; domain.md 4.3)."""

from __future__ import annotations

from app.forms.facts import Facts
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, only, rule

#: Grades of each level, and the ages in calendar years at which a child is usually there.
_GRADES = {"primary": (1, 5), "lower_secondary": (6, 9), "upper_secondary": (10, 12)}
_LEAST_AGE = {"kindergarten": 2, "primary": 5, "lower_secondary": 10, "upper_secondary": 14}
_GREATEST_AGE = {"nursery": 4, "kindergarten": 7}
#: First month of the school year (September–May).
_SCHOOL_YEAR_MONTH = 9
_AHEAD, _BEHIND = 1, 3
_TOO_YOUNG: Findings = (Finding("forms.rule.school_leaver_age"),)
_OLD_ENOUGH: Findings = (Finding("forms.rule.not_yet_school_age"),)
_LEVEL_AGE: Findings = (Finding("forms.rule.level_of_age"),)
_FINISHED: Findings = (Finding("forms.rule.finished_needs_grade_9"),)


@rule(When.VALUE, concerns=only("2", "3"))
def school_leaver_age(facts: Facts, value: Value) -> Findings:
    """«Bỏ học» and «Chưa từng đi học» need an age of six (form_fields.csv: schooling_status)."""
    return _TOO_YOUNG if value in ("2", "3") and facts.surely_under(6) else NOTHING


@rule(When.VALUE, concerns=only("0"))
def not_yet_school_age(facts: Facts, value: Value) -> Findings:
    """«Chưa đến tuổi» from seven years on."""
    return _OLD_ENOUGH if value == "0" and facts.surely_at_least(7) else NOTHING


def school_year_start(facts: Facts) -> int:
    """The year in which the school year of the survey began: September to May, so that a survey in
    April–June 2020 belongs to 2019–2020 (domain.md 4.3).
    """
    survey = facts.survey
    return survey.year if survey.month >= _SCHOOL_YEAR_MONTH else survey.year - 1


@rule(When.VALUE)
def grade_of_level(facts: Facts, value: Value) -> Findings:
    """The grade belongs to the level: 1–5, 6–9, 10–12 (Luật Giáo dục 2019 Đ28)."""
    level = facts.get("education_level")
    grades = _GRADES.get(level) if type(level) is str else None
    if grades is None or type(value) is not int or grades[0] <= value <= grades[1]:
        return NOTHING
    return (Finding("forms.rule.grade_of_level", {"low": grades[0], "high": grades[1]}),)


@rule(When.VALUE)
def grade_of_age(facts: Facts, value: Value) -> Findings:
    """Expected grade = start of the school year − birth year − 5; remarked on when more than one
    ahead or more than three behind (form_fields.csv: grade).
    """
    born = facts.birth_year()
    if born is None or type(value) is not int:
        return NOTHING
    expected = school_year_start(facts) - born - 5
    if expected - _BEHIND <= value <= expected + _AHEAD:
        return NOTHING
    return (Finding("forms.rule.grade_of_age", {"expected": max(expected, 0)}),)


@rule(When.VALUE)
def level_of_age(facts: Facts, value: Value) -> Findings:
    """A level far from the age: nursery 3–36 months, kindergarten 3–5, primary from 6, lower
    secondary from 11, upper secondary from 15, each with a year's grace (domain.md 4.3).
    """
    born = facts.birth_year()
    if born is None or type(value) is not str:
        return NOTHING
    age = school_year_start(facts) - born
    low, high = _LEAST_AGE.get(value, 0), _GREATEST_AGE.get(value, 99)
    return NOTHING if low <= age <= high else _LEVEL_AGE


@rule(When.VALUE, concerns=only("4"))
def finished_needs_grade_9(facts: Facts, value: Value) -> Findings:
    """Who finished lower secondary completed grade nine."""
    highest = facts.number("highest_grade_completed")
    return _FINISHED if value == "4" and highest is not None and highest < 9 else NOTHING


@rule(When.VALUE)
def completed_grade_of_age(facts: Facts, value: Value) -> Findings:
    """Nobody has completed more grades than the age allows (same reckoning as `grade_of_age`)."""
    born = facts.birth_year()
    if born is None or type(value) is not int or value == 0:
        return NOTHING
    expected = school_year_start(facts) - born - 5
    if value <= max(expected + _AHEAD, 0):
        return NOTHING
    return (Finding("forms.rule.completed_grade_of_age", {"expected": max(expected, 0)}),)
