"""Whether an event can be written as it is answered, and what to say about it.

Three voices, in this order: what cannot have happened, what is odd, and the one validator over the
records as they would stand (`app.services.judging`, so that nothing masked is told). Of the
validator's word only what stands at the fields that were asked counts: the rest of the page has its
own issues and its own day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from app.forms.context import Context
from app.forms.issues import Issue, Value
from app.forms.schema import Severity
from app.forms.validator import may_be_accepted
from app.history.entities import OUTSIDE, UNKNOWN
from app.i18n import language
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.judging import Judge, Judgement, judge_of
from app.services.life_events.consequences import Outcome, Scene, Write
from app.services.life_events.refusals import Window, doubts, refusals
from app.services.life_events.short_forms import Asked
from app.services.life_events.views import Draft, Remark, Weight
from app.services.masking import Sight, closed
from app.services.surroundings import (
    Frame,
    child_context,
    holders_of_number,
    household_context,
    other_holders,
)
from app.services.workplace import Workplace

EVENT = "life_event"
#: Said of a day outside of the period by the short form itself, with the day it means.
_OF_THE_DAY = "event_in_period"
#: Fields that an event fills in from its day: what is said of them is said at the day.
_BY_THE_DAY = {"birth_date": "event_date", "dropout_date": "event_date"}
#: That an answer is missing is said by the short form itself.
_EMPTY = frozenset(("required", "required_when"))
#: What everybody should know who writes such an event.
_TOLD = {
    "born": "quarter.told.new_child",
    "moved_in": "quarter.told.new_child",
    "split_household": "quarter.told.split",
    "merged_household": "quarter.told.merged",
    "head_changed": "quarter.told.head",
}
_DESTINATIONS = {OUTSIDE: "quarter.told.outside", UNKNOWN: "quarter.told.unknown"}


@dataclass(frozen=True, slots=True)
class Doubted:
    """An issue that is written with a reason only, and the record that keeps the reason."""

    record: str
    issue: Issue


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything to be said of an event, each sentence once, and what a reason is kept for."""

    remarks: tuple[Remark, ...]
    doubted: tuple[Doubted, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What an event is weighed on: the page as stored, and who may see how much of it."""

    workplace: Workplace
    reading: Reading
    frame: Frame
    home: RecordView
    children: Sequence[RecordView]

    @property
    def sight(self) -> Sight:
        """The sight of whoever gives no reason."""
        return closed(self.workplace)


def weighed(
    ground: Ground,
    draft: Draft,
    asked: Sequence[Asked],
    scene: Scene,
    outcome: Outcome,
    window: Window,
) -> Weighed:
    """What is to be said of an event. A warning wants a reason here as on the household page."""
    found: list[Remark] = [
        Remark(one.field, Weight.MISSING, "quarter.refused.empty")
        for one in asked
        if one.required and one.applies(draft.answers) and draft.answers.get(one.field) is None
    ]
    found += [
        Remark(one.field or "", Weight.ERROR, one.message_id, one.parameters)
        for one in refusals(draft.code, draft.answers, scene, window.today)
    ]
    days = doubts(draft.code, draft.answers, scene, window)
    found += [Remark(one.field or "", Weight.DOUBT, one.message_id, one.parameters) for one in days]
    doubted: list[Doubted] = []
    if not any(one.weight is Weight.ERROR for one in found):
        for remark, doubt in _validated(ground, draft, asked, outcome):
            if doubt is not None:
                doubted.append(doubt)
            if doubt is None or doubt.issue.rule != _OF_THE_DAY or not days:
                found.append(remark)
    found += _told(ground, draft, scene)
    return Weighed(_once(found), tuple(doubted))


def _once(found: Sequence[Remark]) -> tuple[Remark, ...]:
    kept: list[Remark] = []
    for one in found:
        if one not in kept:
            kept.append(one)
    return tuple(kept)


def _told(ground: Ground, draft: Draft, scene: Scene) -> Iterator[Remark]:
    """What follows, in words, where the page would not show it at once."""
    if draft.code in _TOLD and not (draft.code == "moved_in" and draft.child):
        yield Remark("", Weight.NOTE, _TOLD[draft.code])
    if scene.ticked and {*scene.followed} <= {*scene.ticked}:
        yield Remark("", Weight.NOTE, "quarter.told.split_all")
    if draft.code == "moved_out" and draft.answers.get("event_place") is not None:
        said = _DESTINATIONS.get(scene.destination)
        if said is not None:
            yield Remark("event_place", Weight.NOTE, said)
        elif scene.destination:
            unit = ground.workplace.tree.units.unit(scene.destination).full_name()
            yield Remark("event_place", Weight.NOTE, "quarter.told.goes_to", {"unit": unit})


# --- the validator's word ----------------------------------------------------------------------


def _validated(
    ground: Ground, draft: Draft, asked: Sequence[Asked], outcome: Outcome
) -> Iterator[tuple[Remark, Doubted | None]]:
    page = _Page(ground, draft, outcome)
    for write in outcome.writes:
        if write.entity == "household":
            yield from _at_the_fields(write.id, asked, page.household(write).issues)
            continue
        after = page.child(write.id, write)
        yield from _at_the_fields(write.id, asked, after.issues)
        before = frozenset[str]() if write.new else _proposed(page.child(write.id))
        for group in sorted(_proposed(after) - before):
            label = ground.frame.catalogue.code_list("circumstances").label(group, language())
            said = {"group": group, "label": label}
            yield Remark("", Weight.NOTE, "quarter.told.proposed", said), None


class _Page:
    """The page as it stands and as it would stand, as far as it is shown."""

    def __init__(self, ground: Ground, draft: Draft, outcome: Outcome) -> None:
        self._ground, self._draft, self._outcome = ground, draft, outcome
        self._parts = register.belonging_to(ground.reading, [one.id for one in ground.children])
        known = [ground.home, *ground.children]
        parts = [one for held in self._parts.values() for one in held]
        sight = ground.sight
        self._judge: Judge = judge_of(sight, [*known, *parts])
        self._shown = {one.id: sight.record(one).open_values for one in known}
        self._writes = {one.id: one for one in outcome.writes}

    def child(self, ent_id: str, write: Write | None = None) -> Judgement:
        """A child with what is written on it and the event; without a write, as it stands."""
        ground = self._ground
        values = self._values(ent_id, write)
        home = self._shown[ground.home.id]
        siblings = [self._shown[one.id] for one in ground.children if one.id != ent_id]
        owner = str(home.get("owner_unit") or ground.frame.unit)
        context = child_context(
            ground.frame,
            ent_id,
            home,
            siblings,
            self._belongings(ent_id),
            owner,
            other_holders(ground.frame, ground.reading, ent_id, owner),
        )
        if write is not None:
            context = self._with_event(context, ent_id)
        template = ground.frame.template_for("child", values)
        return self._judge.child(template, ent_id, ground.home.id, values, context)

    def household(self, write: Write) -> Judgement:
        """A household with what is written on it."""
        ground = self._ground
        values = self._values(write.id, write)
        owner = str(values.get("owner_unit") or ground.frame.unit)
        context = household_context(
            ground.frame,
            write.id,
            owner,
            len(ground.children),
            holders_of_number(ground.frame, ground.reading, owner),
        )
        template = ground.frame.template_for("household", values)
        return self._judge.household(template, write.id, values, context)

    def _values(self, ent_id: str, write: Write | None) -> dict[str, Value]:
        written = {} if write is None else write.values
        return {**self._shown.get(ent_id, {}), **written}

    def _belongings(self, ent_id: str) -> list[RecordView]:
        sight = self._ground.sight
        return [
            replace(one, id=sight.name(one), values=sight.record(one).open_values)
            for one in self._parts.get(ent_id, [])
        ]

    def _with_event(self, context: Context, ent_id: str) -> Context:
        """With the event, on the day of the visit: what happened lately lies after the last one."""
        if ent_id not in self._outcome.events:
            return structs.replace(context, survey_date=self._ground.frame.today)
        event = event_values(self._draft, self._outcome, ent_id)
        return structs.replace(
            context,
            survey_date=self._ground.frame.today,
            events=(*(context.events or ()), {**event, "id": EVENT}),
        )


def event_values(draft: Draft, outcome: Outcome, record: str, act: str = "") -> dict[str, Value]:
    """What the event says on one record."""
    return {
        "record": record,
        "event": draft.code,
        "event_date": draft.answers.get("event_date"),
        **outcome.said,
        "note": draft.reason or None,
        "act": act or None,
    }


def _at_the_fields(
    record: str, asked: Sequence[Asked], issues: Sequence[Issue]
) -> Iterator[tuple[Remark, Doubted | None]]:
    """Of the issues of a record those at fields that were asked, or that follow from the day."""
    names = {one.field for one in asked if one.entity != EVENT}
    of_event = {one.field for one in asked if one.entity == EVENT}
    for issue in issues:
        if issue.entity == EVENT:
            name = issue.field if issue.record == EVENT and issue.field in of_event else ""
        elif issue.entity:
            name = ""
        else:
            name = issue.field if issue.field in names else _BY_THE_DAY.get(issue.field, "")
        if name and issue.rule not in _EMPTY:
            doubt = Doubted(record, issue) if may_be_accepted(issue) else None
            weight = Weight.ERROR if issue.severity is Severity.ERROR else Weight.NOTE
            weight = weight if doubt is None else Weight.DOUBT
            yield Remark(name, weight, issue.message_id, issue.parameters), doubt


def _proposed(judgement: Judgement) -> frozenset[str]:
    found = judgement.comparison
    return frozenset() if found is None else frozenset(one.group for one in found.to_confirm)
