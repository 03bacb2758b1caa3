"""The one validation: window, Excel import, command line and bundles all call it.

A template is compiled once into a plan per entity; a record is then a walk over its own values,
over the fields that may be missing, and over the rules that look at the whole record.
`validate_many` runs the same plan and only remembers values that it has already found sound.
Nothing here reads a store: what a rule may know besides the record is in `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import msgspec

from app.forms.context import Context
from app.forms.facts import Facts
from app.forms.field_types import field_type
from app.forms.field_types.base import FieldProblem
from app.forms.field_types.code_types import CodeType
from app.forms.issues import MASKED_RULE, Finding, Issue, Value, Values
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
#: Texts and numbers remembered as sound per field before the memory is emptied.
_REMEMBERED = 5_000
#: The two rules that are not named in a template: every value passes its type, and a value in a
#: field that does not apply is remarked on.
TYPE_RULE = "type"
NOT_APPLICABLE_RULE = "not_applicable"


class _Use(NamedTuple):
    """One rule on one field, ready to run."""

    field: str
    rule: str
    severity: Severity
    message: str | None
    check: Check
    value_only: bool
    concerns: Callable[[Value], bool] | None


class _Valued(NamedTuple):
    """What is asked of a field that holds a value. Where `memory` is given, a value that none of
    the checks finds fault with is remembered there.
    """

    name: str
    applies: Condition | None
    checks: tuple[tuple[Check, _Use], ...]
    memory: _Memory | None = None


#: What the loops over a province take apart: bare tuples, because Python unpacks a named one four
#: times slower. The fields of `_Valued`.
_Asked = tuple[str, Condition | None, tuple[tuple[Check, _Use], ...], "_Memory | None"]


class _Memory:
    """The values of one field that pass its type and every rule that looks at the value alone, each
    with what is left to ask of it: of `known`, what concerns the value.
    """

    __slots__ = ("_always", "_known", "asked")

    def __init__(self, known: _Valued | None, values: Iterable[str | int] = ()) -> None:
        self._known: _Asked | None = None if known is None else (*known,)
        #: Whether the same is asked of every value: most fields hold names and numbers that do not
        #: come again, and remembering one must cost next to nothing.
        self._always = known is None or not any(use.concerns for _, use in known.checks)
        self.asked = {value: self._asked_of(value) for value in values}

    def add(self, value: Value) -> None:
        """Remember a value that was found sound."""
        if type(value) is str or type(value) is int:
            if len(self.asked) >= _REMEMBERED:
                self.asked.clear()
            self.asked[value] = self._known if self._always else self._asked_of(value)

    def _asked_of(self, value: Value) -> _Asked | None:
        known = self._known
        if known is None:
            return None
        name, applies, uses, _ = known
        checks = tuple(pair for pair in uses if not (of := pair[1].concerns) or of(value))
        return (name, applies, checks, None) if checks or applies else None


class _FieldPlan(NamedTuple):
    """How one field's values are judged: of the `sound` ones `known` is asked, as far as it
    concerns them (None: nothing), and of all others `fresh`.
    """

    judge: Callable[[Value], FieldProblem | None]
    sound: frozenset[str]
    known: _Valued | None
    fresh: _Valued | None

    def errors(self) -> _FieldPlan:
        """The plan without what is no error."""
        return self._replace(known=_errors_alone(self.known), fresh=_errors_alone(self.fresh))


def _errors(uses: tuple[tuple[Check, _Use], ...]) -> tuple[tuple[Check, _Use], ...]:
    return tuple(pair for pair in uses if pair[1].severity is Severity.ERROR)


def _errors_alone(asked: _Valued | None) -> _Valued | None:
    """What is left of the checks of a field; None where nothing is. Errors of a field that does not
    apply are none, so its condition stays with them.
    """
    checks = () if asked is None else _errors(asked.checks)
    return asked._replace(checks=checks) if asked is not None and checks else None


#: How a field is looked at: its type, the sound values with what is asked of them, what is asked of
#: others, and where values are remembered that nothing is asked of. Beside it the fields that one
#: condition makes applicable, with their rules for an empty field.
_Look = tuple[
    Callable[[Value], FieldProblem | None],
    Mapping[str | int, _Asked | None],
    _Asked | None,
    _Memory | None,
]
_Missing = tuple[Condition | None, tuple[tuple[str, tuple[tuple[Check, _Use], ...]], ...]]


def _looks(fields: Mapping[str, _FieldPlan], *, remembering: bool) -> dict[str, _Look]:
    found: dict[str, _Look] = {}
    for name, one in fields.items():
        memory = _Memory(one.known, one.sound)
        kept = memory if remembering else None
        fresh = one.fresh and one.fresh._replace(memory=kept)
        found[name] = (one.judge, memory.asked, fresh and (*fresh,), kept)
    return found


class _EntityPlan(NamedTuple):
    fields: dict[str, _FieldPlan]
    looks: dict[str, _Look]
    missing: tuple[_Missing, ...]
    always: tuple[tuple[Check, _Use], ...]
    circumstances: tuple[tuple[Check, _Use], ...]
    events: tuple[tuple[Check, _Use], ...]
    order: dict[str, int]
    conditional: tuple[tuple[str, Condition | None], ...]

    def errors(self) -> _EntityPlan:
        """The plan without what is no error."""
        missing: list[_Missing] = []
        for applies, group in self.missing:
            kept = tuple((name, errors) for name, uses in group if (errors := _errors(uses)))
            if kept:
                missing.append((applies, kept))
        fields = {name: one.errors() for name, one in self.fields.items()}
        return self._replace(
            fields=fields,
            looks=_looks(fields, remembering=False),
            missing=tuple(missing),
            always=_errors(self.always),
            circumstances=_errors(self.circumstances),
            events=_errors(self.events),
        )

    def remembering(self) -> _EntityPlan:
        """The same plan with a memory of its own."""
        return self._replace(looks=_looks(self.fields, remembering=True))


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
    return _validate(plan_of(template), template.form, values, context, entity)


def validate_many(
    template: Template, records: Iterable[tuple[Values, Context]], entity: str | None = None
) -> Iterator[list[Issue]]:
    """`validate` for many records, one list each, in order; equal to it (a property test)."""
    plan = {name: one.remembering() for name, one in plan_of(template).items()}
    for values, context in records:
        yield _validate(plan, template.form, values, context, entity)


def errors_many(
    template: Template, records: Iterable[tuple[Values, Context]]
) -> Iterator[list[Issue]]:
    """The errors alone of what `validate_many` finds: whether a declaration counts is asked of
    whole provinces.
    """
    plan = {name: one.errors().remembering() for name, one in plan_of(template).items()}
    for values, context in records:
        issues = _validate(plan, template.form, values, context, None)
        yield [issue for issue in issues if issue.severity is Severity.ERROR]


def applicable(
    template: Template, values: Values, context: Context, entity: str | None = None
) -> frozenset[str]:
    """The names of the fields that apply to this record; the others are dimmed and skipped."""
    plan = plan_of(template)[entity or template.form]
    facts = Facts(_sound_values(plan, values, [])[0], context)
    return frozenset(
        name for name, applies in plan.conditional if applies is None or applies(facts)
    )


def error_rules(template: Template) -> frozenset[str]:
    """The rules by which a record of this form may hold an error, `type` among them."""
    fields = [field for entity in template.entities for field in template.fields_of(entity)]
    rules = {use.rule for one in fields for use in one.rules if use.severity is Severity.ERROR}
    if any(one.required for one in fields):
        rules.add("required")
    return frozenset((*rules, TYPE_RULE))


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
    missing: dict[Condition | None, list[tuple[str, tuple[tuple[Check, _Use], ...]]]] = {}
    whole: dict[When, list[_Use]] = {When.ALWAYS: [], When.CIRCUMSTANCES: [], When.EVENTS: []}
    for field in fields:
        uses: dict[When, list[_Use]] = {When.VALUE: [], When.MISSING: [], **whole}
        if field.required:
            _add(uses, RuleUse(rule="required", severity=Severity.ERROR), field, template)
        for use in field.rules:
            _add(uses, use, field, template)
        applies = CONDITIONS[field.applies_when] if field.applies_when else None
        plans[field.name] = _field_plan(field, applies, uses[When.VALUE])
        if uses[When.MISSING]:
            missing.setdefault(applies, []).append((field.name, _paired(uses[When.MISSING])))
    return _EntityPlan(
        plans,
        _looks(plans, remembering=False),
        tuple((applies, tuple(group)) for applies, group in missing.items()),
        _paired(whole[When.ALWAYS]),
        _paired(whole[When.CIRCUMSTANCES]),
        _paired(whole[When.EVENTS]),
        {field.name: place for place, field in enumerate(fields)},
        tuple(
            (field.name, CONDITIONS[field.applies_when] if field.applies_when else None)
            for field in fields
        ),
    )


def _field_plan(field: Field, applies: Condition | None, uses: Iterable[_Use]) -> _FieldPlan:
    kind = field_type(field)
    every = _paired(uses)
    others = tuple(pair for pair in every if not pair[1].value_only)
    # Whether a code passes the rules of its field is not known before one has asked.
    unasked = isinstance(kind, CodeType) and len(others) == len(every)
    codes = kind.codes if unasked and isinstance(kind, CodeType) else frozenset[str]()
    known = _Valued(field.name, applies, others) if others or applies else None
    fresh = _Valued(field.name, applies, every) if every or applies else None
    return _FieldPlan(kind.check, codes, known, fresh)


def _paired(uses: Iterable[_Use]) -> tuple[tuple[Check, _Use], ...]:
    return tuple((use.check, use) for use in uses)


def _add(uses: dict[When, list[_Use]], use: RuleUse, field: Field, template: Template) -> None:
    rule = RULES[use.rule]
    uses[rule.when].append(
        _Use(
            field.name,
            use.rule,
            use.severity,
            use.message,
            rule.build(use, field, template),
            rule.value_only(use),
            rule.concerns and partial(rule.concerns, use),
        )
    )


def _validate(
    plan: Plan,
    form: str,
    values: Values,
    context: Context,
    entity: str | None,
) -> list[Issue]:
    if entity is not None and entity != form:
        issues = _walk(plan[entity], values, context, None)[0]
        return _accepted(_about(issues, entity, ""), values)
    issues, facts = _walk(plan[form], values, context, None)
    if form == "child" and _has_sub_records(context):
        for name, records in _SUB_RECORDS.items():
            for sub_values in records(context) or ():
                if sub_values.get("_deleted"):
                    continue
                found = _walk(plan[name], sub_values, context, facts)[0]
                if found:
                    issues += _about(found, name, sub_values.get("id"))
    return _accepted(issues, values) if issues else issues


def _has_sub_records(context: Context) -> bool:
    return bool(context.circumstances or context.events or context.supports or context.reviews)


def _about(issues: list[Issue], entity: str, record: Value) -> list[Issue]:
    name = record if isinstance(record, str) else ""
    return [msgspec.structs.replace(issue, entity=entity, record=name) for issue in issues]


def _walk(
    plan: _EntityPlan, values: Values, context: Context, child: Facts | None
) -> tuple[list[Issue], Facts]:
    """The issues of one record of one entity, and the facts its rules saw."""
    issues: list[Issue] = []
    sound_values, valued = _sound_values(plan, values, issues)
    facts = Facts(sound_values, context, child)
    for name, applies, checks, memory in valued:
        if applies is not None and not applies(facts):
            issues.append(_not_applicable(name))
            continue
        value = values[name]
        before = len(issues)
        for check, use in checks:
            if findings := check(facts, value):
                issues += [_issue(use, finding) for finding in findings]
        if memory is not None and len(issues) == before:
            memory.add(value)
    _walk_missing(plan, values, facts, issues)
    _run(plan.always, facts, issues)
    if context.circumstances and child is None:
        _run(plan.circumstances, facts, issues)
    if context.events and child is None:
        _run(plan.events, facts, issues)
    if len(issues) > 1:
        issues.sort(key=lambda issue: plan.order.get(issue.field, -1))
    return issues, facts


def _sound_values(
    plan: _EntityPlan, values: Values, issues: list[Issue]
) -> tuple[Values, list[_Asked]]:
    """The values that pass their types, because rules never see a value of the wrong shape, and
    what is left to ask of them.
    """
    wrong: set[str] = set()
    valued: list[_Asked] = []
    looks = plan.looks
    # This loop runs for every value of every record of a province: no calls but the needed ones.
    for name, value in values.items():
        if value is None or name not in looks:
            continue
        judge, sound, fresh, memory = looks[name]
        # Exactly these two kinds: True equals 1 and is another value.
        if (type(value) is str or type(value) is int) and value in sound:
            if (asked := sound[value]) is not None:
                valued.append(asked)
        elif (problem := judge(value)) is not None:
            issues.append(_type_issue(name, problem))
            wrong.add(name)
        elif fresh is not None:
            valued.append(fresh)
        elif memory is not None:
            memory.add(value)
    if wrong:
        values = {name: value for name, value in values.items() if name not in wrong}
    return values, valued


def _walk_missing(plan: _EntityPlan, values: Values, facts: Facts, issues: list[Issue]) -> None:
    # `values`, not the facts: a value of the wrong shape is not a missing one.
    get = values.get
    for applies, fields in plan.missing:
        if applies is None or applies(facts):
            for name, on_missing in fields:
                if get(name) is None:
                    _run(on_missing, facts, issues)


def _not_applicable(name: str) -> Issue:
    return Issue(name, NOT_APPLICABLE_RULE, Severity.NOTE, "forms.rule.not_applicable")


def _run(checks: tuple[tuple[Check, _Use], ...], facts: Facts, issues: list[Issue]) -> None:
    for check, use in checks:
        if findings := check(facts, None):
            issues += [_issue(use, finding) for finding in findings]


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
    """Whether a reason settles this issue: every warning, and errors of overridable rules. Nobody
    gives a reason for what they do not see.
    """
    if issue.rule == MASKED_RULE:
        return False
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
