"""Invented records that break no rule; tests change one thing at a time."""

from __future__ import annotations

from datetime import date

from app.forms.context import Context
from app.forms.field_types import FieldProblem, FieldType
from app.forms.issues import Issue, Value
from app.forms.template import newest
from app.forms.validator import validate

CHILD = newest("child")
HOUSEHOLD = newest("household")
SURVEY = date(2026, 11, 10)

GOOD_HOUSEHOLD: dict[str, Value] = {
    "village": "Thôn 2",
    "enumerator_name": "Phạm Thị Lài",
    "survey_round": "2026-Q4",
    "survey_date": "2026-11-10",
    "household_no": "12",
    "head_name": "Nguyễn Văn Bình",
    "residence_status": "1",
    "poverty_status": "0",
    "poverty_standard": "2026-2030",
    "poverty_year": 2026,
}

GOOD_CHILD: dict[str, Value] = {
    "household": "1f0e5a52-3c7b-4f0e-8a53-3d9a4b8c1d2e",
    "line_no": 1,
    "full_name": "Nguyễn Thị Mai",
    "name_status": "OFFICIAL",
    "birth_date": "2016-03-14",
    "sex": "2",
    "ethnicity": "01",
    "nationality": "VN",
    "personal_id": "051316123456",
    "relation_to_head": "child_by_birth",
    "birth_registered": "1",
    "birth_cert_no": "45/2016",
    "residence_status": "1",
    "life_status": "ACTIVE",
    "father_name": "Nguyễn Văn Bình",
    "father_birth_year": 1988,
    "father_ethnicity": "01",
    "father_status": "ALIVE_HOME",
    "mother_name": "Trần Thị Hoa",
    "mother_birth_year": 1990,
    "mother_ethnicity": "01",
    "mother_status": "ALIVE_HOME",
    "care_arrangement": "PARENTS",
    "has_bhyt": "1",
    "bhyt_number": "0512345678",
    "schooling_status": "1",
    "education_level": "primary",
    "grade": 5,
    "circumstance_answer": "none",
    "monthly_allowance": "2",
}


def circumstance(group: str, *subgroups: str, **more: Value) -> dict[str, Value]:
    """An open circumstance in its stored form."""
    return {
        "id": f"id-of-{group}",
        "group": group,
        "subgroups": list(subgroups),
        "circumstance_from": "2026-01-15",
        "verification_status": "REPORTED",
        **more,
    }


def child(**changes: Value) -> dict[str, Value]:
    """The good child with changes; None takes a value away."""
    return {**GOOD_CHILD, **changes}


def around(**more: object) -> Context:
    """The good child's surroundings with changes."""
    given: dict[str, object] = {
        "reference_date": SURVEY,
        "survey_date": SURVEY,
        "today": date(2026, 11, 22),
        "household": GOOD_HOUSEHOLD,
    }
    given.update(more)
    return Context(**given)  # type: ignore[arg-type]


def with_groups(*groups: dict[str, Value], **more: object) -> Context:
    """Surroundings with circumstances."""
    return around(circumstances=list(groups), **more)


def check(values: dict[str, Value], context: Context | None = None) -> list[Issue]:
    """The issues of a child."""
    return validate(CHILD, values, context or around())


def rules_of(issues: list[Issue]) -> set[str]:
    """The rules that found something."""
    return {issue.rule for issue in issues}


def found(issues: list[Issue], rule: str) -> Issue:
    """The one issue of a rule."""
    matching = [issue for issue in issues if issue.rule == rule]
    assert len(matching) == 1, [(issue.field, issue.rule) for issue in issues]
    return matching[0]


def problem_of(kind: FieldType, typed: str) -> FieldProblem:
    """The problem a type raises for a typed text."""
    try:
        stored = kind.parse(typed)
    except FieldProblem as problem:
        return problem
    raise AssertionError(f"{typed!r} was read as {stored!r}")
