"""What the validator says to somebody who may not see everything.

An issue is read by everybody who may read the record, so it must not depend on what is masked. A
record is therefore judged twice: with everything, and as if the masked values did not exist. What
both say is said. What only the whole record says is told as one sentence that something behind the
mask is to be looked at: its severity counts, its rule, field and parameters stay hidden. What only
the half record says is untrue and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from msgspec import structs

from app.forms.circumstances import Comparison, compare
from app.forms.context import NO_VALUES, Context
from app.forms.facts import Facts
from app.forms.issues import MASKED_RULE, Issue, Value, Values
from app.forms.schema import Template
from app.forms.sensitivity import REASONS, Masks, is_secret
from app.forms.validator import applicable, validate
from app.models.queries.register import RecordView
from app.services.masking import Sight, hidden_fields
from app.services.surroundings import PART_OF_CONTEXT

#: Where a form shows what it may not say.
_ANCHOR = {"child": "circumstance_codes", "household": "family_problem_flags"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Issues, the fields that apply, and for a child its proposals and the fields of its parts."""

    issues: tuple[Issue, ...]
    applies: frozenset[str]
    comparison: Comparison | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)


def hushed(template: Template, whole: Sequence[Issue], half: Iterable[Issue]) -> list[Issue]:
    """The issues of the whole record, as those may read them who see half of it."""
    said = Counter(map(_same, half))
    found: list[Issue] = []
    for issue in whole:
        if said[_same(issue)] > 0:
            said[_same(issue)] -= 1
            found.append(issue)
        else:
            found.append(
                Issue(_ANCHOR[template.form], MASKED_RULE, issue.severity, "masking.issue")
            )
    return found


def _same(issue: Issue) -> tuple[object, ...]:
    parameters = tuple(sorted((name, str(value)) for name, value in issue.parameters.items()))
    place = (issue.entity, issue.record, issue.field, issue.rule)
    return (*place, issue.severity, issue.message_id, parameters)


def open_issues(
    masks: Masks, template: Template, values: Values, context: Context, issues: Sequence[Issue]
) -> list[Issue]:
    """The issues of a stored record (`validate`) for everybody who may read it."""
    parts = _parts(context)
    told = [(entity, one) for entity, held in parts.items() for one in held]
    if not issues or not holds_secrets(masks, template.form, values, context.household, told):
        return list(issues)
    return said_openly(masks, template, values, context, issues, partial(validate, template))


def said_openly(
    masks: Masks,
    template: Template,
    values: Values,
    context: Context,
    issues: Sequence[Issue],
    validated: Callable[[Values, Context], list[Issue]],
) -> list[Issue]:
    """`open_issues` of a record that holds secrets; `validated` gives the issues of half of it."""
    half_parts = {
        PART_OF_CONTEXT[entity]: [
            _half(masks, entity, one)
            for one in held
            if not (entity == "circumstance" and is_secret(one))
        ]
        for entity, held in _parts(context).items()
        if held
    }
    half_context = structs.replace(
        context, household=_half(masks, "household", context.household), **half_parts
    )
    return hushed(template, issues, validated(_half(masks, template.form, values), half_context))


def _half(masks: Masks, entity: str, values: Values) -> dict[str, Value]:
    hidden = masks.fields_of(entity)
    return {name: value for name, value in values.items() if name not in hidden}


def holds_secrets(
    masks: Masks,
    entity: str,
    values: Values,
    household: Values = NO_VALUES,
    parts: Iterable[tuple[str, Values]] = (),
) -> bool:
    """Whether something of level A stands in a record, its household or its parts by type."""
    return (
        any(name in values for name in masks.fields_of(entity))
        or any(name in household for name in masks.fields_of("household"))
        or any(
            (kind == "circumstance" and is_secret(one))
            or any(name in one for name in masks.fields_of(kind))
            for kind, one in parts
        )
    )


class Judge:
    """Judges what stands on a page together with what the page was not given.

    The withheld values stay in here: what comes out depends on them only by the sentence that
    something behind the mask is to be looked at. A field that was typed over, or revealed, counts
    as it stands on the page.
    """

    def __init__(
        self,
        withheld: Mapping[str, Mapping[str, Value]],
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`withheld` by what a record is called outside, `names` from id to that, where a record is
        not called by its id.
        """
        self.__withheld = {name: dict(values) for name, values in withheld.items() if values}
        self.__names = dict(names)

    def name_of(self, ent_id: str) -> str:
        """What the page calls a record that a form knows by an id it derived itself: so that a line
        begun here is found again, and never begun over one that is masked.
        """
        return self.__names.get(ent_id, ent_id)

    def household(
        self, template: Template, ent_id: str, values: Values, context: Context
    ) -> Judgement:
        """A household as it stands on the page."""
        issues = validate(template, values, context)
        applies = applicable(template, values, context)
        whole = self._whole(ent_id, values)
        if whole is not values:
            issues = hushed(template, validate(template, whole, context), issues)
        return Judgement(tuple(issues), applies)

    def child(
        self, template: Template, ent_id: str, household_id: str, values: Values, context: Context
    ) -> Judgement:
        """A child of a household, with the parts that `context` holds, each with its `id`."""
        parts = _parts(context)
        whole_parts = {
            entity: [self._whole(str(one.get("id")), one) for one in held]
            for entity, held in parts.items()
        }
        hidden = {
            str(one.get("id"))
            for one, whole in zip(parts["circumstance"], whole_parts["circumstance"], strict=True)
            if whole is not one and is_secret(whole) and "group" not in one
        }
        half_context = structs.replace(
            context,
            circumstances=[one for one in context.circumstances if one.get("id") not in hidden],
        )
        whole_context = structs.replace(
            context,
            household=self._whole(household_id, context.household),
            **{PART_OF_CONTEXT[entity]: held for entity, held in whole_parts.items() if held},
        )
        whole = self._whole(ent_id, values)
        issues = validate(template, values, half_context)
        comparison = compare(Facts(values, half_context))
        same = whole is values and whole_context.household is context.household
        if not same or any(
            whole_one is not one
            for entity, held in parts.items()
            for one, whole_one in zip(held, whole_parts[entity], strict=True)
        ):
            issues = hushed(template, validate(template, whole, whole_context), issues)
            comparison = _both(comparison, compare(Facts(whole, whole_context)))
        return Judgement(
            tuple(issues),
            applicable(template, values, half_context),
            comparison,
            {
                str(one.get("id")): applicable(template, one, half_context, name)
                for name, held in parts.items()
                for one in held
            },
        )

    def _whole(self, ent_id: str, values: Values) -> Values:
        withheld = self.__withheld.get(self.name_of(ent_id), {})
        missing = {
            name: value
            for name, value in withheld.items()
            if name not in values and name != REASONS
        }
        held = withheld.get(REASONS)
        if isinstance(held, list) and held:
            kept = values.get(REASONS)
            missing[REASONS] = sorted({*held, *(kept if isinstance(kept, list) else [])})
        return {**values, **missing} if missing else values


def _both(half: Comparison, whole: Comparison) -> Comparison:
    """What the half record proposes and the whole one does not contradict."""
    confirmed = {(one.group, one.subgroups) for one in whole.to_confirm}
    ended = {(one.circumstance.record, one.subgroups) for one in whole.to_end}
    return Comparison(
        tuple(one for one in half.to_confirm if (one.group, one.subgroups) in confirmed),
        tuple(one for one in half.to_end if (one.circumstance.record, one.subgroups) in ended),
        half.unclassified,
    )


def _parts(context: Context) -> dict[str, Sequence[Values]]:
    return {
        "circumstance": context.circumstances,
        "support": context.supports,
        "life_event": context.events or (),
        "review": context.reviews,
    }


def judge_of(sight: Sight, views: Iterable[RecordView]) -> Judge:
    """A judge who knows what a closed sight masks of these records, and the hidden reasons."""
    withheld: dict[str, dict[str, Value]] = {}
    names: dict[str, str] = {}
    for view in views:
        name = sight.name(view)
        if name != view.id:
            names[view.id] = name
        hidden = hidden_fields(sight.masks, view.entity, [view.values])
        kept = withheld[name] = {one: view.values[one] for one in hidden if one in view.values}
        reasons = view.values.get(REASONS)
        if isinstance(reasons, list):
            kept[REASONS] = sorted({*reasons} - {*sight.masks.open_reasons(view.entity, reasons)})
    return Judge(withheld, names)
