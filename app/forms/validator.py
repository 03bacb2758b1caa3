"""The one validation: window, Excel import, command line and bundles all call it.

A template is compiled once into a plan per entity; a record is then a walk over its own values,
over the fields that may be missing, and over the rules that look at the whole record.
`validate_many` runs the same plan and only remembers texts that it has already found sound. Nothing
here reads a store: what a rule may know besides the record is in `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.forms.context import Context
from app.forms.facts import Facts
from app.forms.field_types import field_type
from app.forms.field_types.base import FieldProblem
from app.forms.issues import Finding, Issue, Value, Values
from app.forms.rules import CONDITIONS, RULES, Check, When
from app.forms.rules.conditions import Condition
from app.forms.schema import Field, RuleUse, Severity, Template

#: Sub-records of a child → where the context holds them.
_SUB_RECORDS: Mapping[str, Callable[[Context], Iterable[Values] | None]] = {
    "circumstance": lambda context: context.circumstances,
    "support": lambda context: context.supports,
    "life_event": lambda context: context.events,
    "review": lambda context: context.reviews,
}
#: Texts remembered as sound per field before the memory is emptied.
_REMEMBERED = 50_000
#: The two rules that are not named in a template: every value passes its type, and a value in a
#: field that does not apply is remarked on.
TYPE_RULE = "type"
NOT_APPLICABLE_RULE = "not_applicable"

Memory = dict[str, set[str]]


class _Use(NamedTuple):
    """One rule on one field, ready to run."""

    field: str
    rule: str
    severity: Severity
    message: str | None
    check: Check


class _FieldPlan(NamedTuple):
    name: str
    judge: Callable[[Value], FieldProblem | None]
    applies: Condition | None
    on_value: tuple[_Use, ...]
    on_missing: tuple[_Use, ...]


class _EntityPlan(NamedTuple):
    by_name: dict[str, _FieldPlan]
    missing: tuple[_FieldPlan, ...]
    always: tuple[_Use, ...]
    circumstances: tuple[_Use, ...]
    events: tuple[_Use, ...]
    order: dict[str, int]
    conditional: tuple[tuple[str, Condition | None], ...]


Plan = dict[str, _EntityPlan]


def validate(
    template: Template, values: Values, context: Context, entity: str | None = None
) -> list[Issue]:
    """Every issue of one record, in the order of the template's fields.

    `values` are the stored values of the form's entity; the sub-records in `context`
    (circumstances, events, supports, reviews) are checked with it. With `entity`, `values` are one
    such sub-record. A warning whose `field/rule` stands in `warning_reasons` comes back as a note
    with its reason.
    """
    return _validate(plan_of(template), template.form, values, context, entity, None)


def validate_many(
    template: Template, records: Iterable[tuple[Values, Context]], entity: str | None = None
) -> Iterator[list[Issue]]:
    """`validate` for many records, one list each, in order; equal to it (a property test)."""
    plan = plan_of(template)
    memory: Memory = {}
    for values, context in records:
        yield _validate(plan, template.form, values, context, entity, memory)


def applicable(
    template: Template, values: Values, context: Context, entity: str | None = None
) -> frozenset[str]:
    """The names of the fields that apply to this record; the others are dimmed and skipped."""
    facts = Facts(values, context)
    return frozenset(
        name
        for name, applies in plan_of(template)[entity or template.form].conditional
        if applies is None or applies(facts)
    )


def plan_of(template: Template) -> Plan:
    """The compiled plan of a template, made at the first call and kept with it."""
    plan: Plan | None = template.__dict__.get("_validation_plan")
    if plan is None:
        plan = {entity: _entity_plan(template, entity) for entity in template.entities}
        template.__dict__["_validation_plan"] = plan
    return plan


def _entity_plan(template: Template, entity: str) -> _EntityPlan:
    fields = template.fields_of(entity)
    plans: dict[str, _FieldPlan] = {}
    whole: dict[When, list[_Use]] = {When.ALWAYS: [], When.CIRCUMSTANCES: [], When.EVENTS: []}
    for field in fields:
        uses: dict[When, list[_Use]] = {When.VALUE: [], When.MISSING: [], **whole}
        if field.required:
            _add(uses, RuleUse(rule="required", severity=Severity.ERROR), field, template)
        for use in field.rules:
            _add(uses, use, field, template)
        plans[field.name] = _FieldPlan(
            field.name,
            field_type(field).check,
            CONDITIONS[field.applies_when] if field.applies_when else None,
            tuple(uses[When.VALUE]),
            tuple(uses[When.MISSING]),
        )
    return _EntityPlan(
        plans,
        tuple(plan for plan in plans.values() if plan.on_missing),
        tuple(whole[When.ALWAYS]),
        tuple(whole[When.CIRCUMSTANCES]),
        tuple(whole[When.EVENTS]),
        {field.name: place for place, field in enumerate(fields)},
        tuple((plan.name, plan.applies) for plan in plans.values()),
    )


def _add(uses: dict[When, list[_Use]], use: RuleUse, field: Field, template: Template) -> None:
    rule = RULES[use.rule]
    check = rule.build(use, field, template)
    uses[rule.when].append(_Use(field.name, use.rule, use.severity, use.message, check))


def _validate(
    plan: Plan,
    form: str,
    values: Values,
    context: Context,
    entity: str | None,
    memory: Memory | None,
) -> list[Issue]:
    facts = Facts(values, context)
    if entity is not None and entity != form:
        return _accepted(_walk(plan[entity], facts, memory, entity, ""), values)
    issues = _walk(plan[form], facts, memory, "", "")
    if form == "child":
        for name, records in _SUB_RECORDS.items():
            for sub_values in records(context) or ():
                if sub_values.get("_deleted"):
                    continue
                record = sub_values.get("id")
                sub = Facts(sub_values, context, child=facts)
                issues += _walk(
                    plan[name], sub, memory, name, record if isinstance(record, str) else ""
                )
    return _accepted(issues, values) if issues else issues


def _walk(
    plan: _EntityPlan, facts: Facts, memory: Memory | None, entity: str, record: str
) -> list[Issue]:
    issues: list[Issue] = []
    by_name = plan.by_name
    for name, value in facts.values.items():
        if value is None:
            continue
        field = by_name.get(name)
        if field is not None:
            _check_value(field, facts, value, memory, issues)
    get = facts.get
    for field in plan.missing:
        if get(field.name) is None and (field.applies is None or field.applies(facts)):
            _run(field.on_missing, facts, None, issues)
    _run(plan.always, facts, None, issues)
    if facts.context.circumstances:
        _run(plan.circumstances, facts, None, issues)
    if facts.context.events:
        _run(plan.events, facts, None, issues)
    if len(issues) > 1:
        issues.sort(key=lambda issue: plan.order.get(issue.field, -1))
    if entity and issues:
        return [msgspec.structs.replace(i, entity=entity, record=record) for i in issues]
    return issues


def _check_value(
    field: _FieldPlan, facts: Facts, value: Value, memory: Memory | None, issues: list[Issue]
) -> None:
    if not _known_sound(field.name, value, memory):
        problem = field.judge(value)
        if problem is not None:
            issues.append(_type_issue(field.name, problem))
            return
        if memory is not None and type(value) is str:
            _remember(field.name, value, memory)
    if field.applies is not None and not field.applies(facts):
        issues.append(
            Issue(field.name, NOT_APPLICABLE_RULE, Severity.NOTE, "forms.rule.not_applicable")
        )
        return
    if field.on_value:
        _run(field.on_value, facts, value, issues)


def _known_sound(name: str, value: Value, memory: Memory | None) -> bool:
    if memory is None or type(value) is not str:
        return False
    seen = memory.get(name)
    return seen is not None and value in seen


def _remember(name: str, value: str, memory: Memory) -> None:
    seen = memory.setdefault(name, set())
    if len(seen) >= _REMEMBERED:
        seen.clear()
    seen.add(value)


def _run(uses: tuple[_Use, ...], facts: Facts, value: Value, issues: list[Issue]) -> None:
    for use in uses:
        findings = use.check(facts, value)
        if findings:
            issues.extend([_issue(use, finding) for finding in findings])


def _issue(use: _Use, finding: Finding) -> Issue:
    return Issue(
        finding.field or use.field,
        use.rule,
        use.severity,
        use.message or finding.message_id,
        finding.parameters,
    )


def _type_issue(name: str, problem: FieldProblem) -> Issue:
    parameters = {
        key: value for key, value in problem.parameters.items() if isinstance(value, str | int)
    }
    return Issue(name, TYPE_RULE, Severity.ERROR, problem.message_id, parameters)


def _accepted(issues: list[Issue], values: Values) -> list[Issue]:
    """Turn warnings (and errors that may be overridden) with a kept reason into notes."""
    kept = reasons_of(values)
    if not kept:
        return issues
    return [
        msgspec.structs.replace(issue, severity=Severity.NOTE, reason=reason)
        if (reason := kept.get(issue.key)) and may_be_accepted(issue)
        else issue
        for issue in issues
    ]


def may_be_accepted(issue: Issue) -> bool:
    """Whether a reason settles this issue: every warning, and errors of overridable rules."""
    if issue.severity is Severity.WARNING:
        return True
    rule = RULES.get(issue.rule)
    return issue.severity is Severity.ERROR and rule is not None and rule.overridable


def reasons_of(values: Values) -> dict[str, str]:
    """`field/rule` → reason, from the stored `warning_reasons` ("field/rule: reason")."""
    stored = values.get("warning_reasons")
    if not isinstance(stored, list):
        return {}
    found: dict[str, str] = {}
    for line in stored:
        key, colon, reason = line.partition(":")
        if colon and reason.strip():
            found[key.strip()] = reason.strip()
    return found


def with_reason(values: Values, issue: Issue, reason: str) -> list[str]:
    """The new `warning_reasons` with this issue's reason; an empty one takes the old away."""
    kept = reasons_of(values)
    kept.pop(issue.key, None)
    if reason.strip():
        kept[issue.key] = reason.strip()
    return sorted(f"{key}: {text}" for key, text in kept.items())
