"""What a form shows of one record: the validator's word, field by field.

Runs on every pause in typing, on the window's thread: one record takes well under a millisecond.
What needs the store (who else holds a personal id) is handed in. What is merely not filled in yet
is said aloud only once the field has been left or the record has been saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from app.forms.circumstances import Comparison
from app.forms.code_lists import CodeList
from app.forms.context import Context, Holders
from app.forms.derived import birth_date_precision, name_status
from app.forms.field_types import FieldProblem
from app.forms.issues import MASKED_RULE, Issue, Value, issue_text
from app.forms.rules import RULES, When
from app.forms.schema import Field, Severity, Template
from app.forms.status_events import FOLLOWED, lost_its_event
from app.forms.validator import may_be_accepted
from app.i18n import text
from app.services.entry import EntryPage
from app.services.surroundings import child_context, household_context
from app.ui.household.codec import Codec, language
from app.ui.household.field_edit import Key
from app.ui.household.hints import proposed_for
from app.ui.household.looks import (
    DASH,
    Look,
    Message,
    PartLine,
    ProposalLine,
)
from app.ui.household.parts import ANSWER, KIND, NONE
from app.ui.household.plan import PartsPlan
from app.ui.household.session import OpenRecord

MASK = "\N{BULLET}" * 3
_EMPTY = frozenset((When.MISSING,))
_ANSWER_RULE = "circumstance_answer_given"
_CHOOSER = "circumstance_codes"
_UNREADABLE = "type"
#: What the proposals on the page say already; the list at the foot says it too.
_SAID_BY_PROPOSALS = frozenset(("derived_not_confirmed",))


@dataclass(frozen=True, slots=True)
class Found:
    """One issue with the place it is shown at and whether it is said aloud yet."""

    key: Key
    issue: Issue
    sentence: str
    aloud: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What the validator says about one record as it stands on the screen."""

    found: tuple[Found, ...]
    applies: frozenset[str]
    comparison: Comparison | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many issues of a severity, said aloud or not."""
        return sum(1 for one in self.found if one.issue.severity is severity)

    @property
    def has_errors(self) -> bool:
        """Whether the record can be declared complete."""
        return self.count(Severity.ERROR) > 0


def judge_household(
    page: EntryPage,
    record: OpenRecord,
    template: Template,
    count: int,
    number_holders: Callable[[str, str], Sequence[str]],
) -> Judged:
    """The household with `count` children. `number_holders(village, number)` names who else
    carries its number.
    """
    context = household_context(page.frame, record.id, page.owner, count, number_holders)
    villages = page.choices.get("village", ())
    context = structs.replace(context, villages=frozenset(one.id for one in villages))
    said = page.judge.household(template, record.id, record.values, context)
    return Judged(_places(record, said.issues), said.applies | record.masked)


def judge_child(
    page: EntryPage,
    household: OpenRecord,
    record: OpenRecord,
    siblings: Sequence[OpenRecord],
    template: Template,
    holders: Callable[[str, str], Holders],
) -> Judged:
    """A child among its siblings. `holders(child, personal id)` names who else carries the id."""
    context = context_of(page, household, record, siblings, holders)
    values = record.values
    if lost_status(record):
        values = {**values, "life_status": FOLLOWED}  # as the save will write it
    said = page.judge.child(template, record.id, household.id, values, context)
    blank = {part.id for part in record.parts if part.blank}
    return Judged(
        _places(record, [one for one in said.issues if one.record not in blank]),
        said.applies | record.masked,
        said.comparison,
        {part.id: said.parts.get(part.id, frozenset()) | part.masked for part in record.parts},
    )


def lost_status(record: OpenRecord) -> bool:
    """Whether a child is followed again once it is saved: the event that said otherwise was taken
    away on the page.
    """
    events = [part for part in record.parts if part.entity == "life_event"]
    before = [part.loaded for part in events]
    return lost_its_event(
        record.values.get("life_status"), before, [part.values for part in events]
    )


def context_of(
    page: EntryPage,
    household: OpenRecord,
    record: OpenRecord,
    siblings: Sequence[OpenRecord],
    holders: Callable[[str, str], Holders],
) -> Context:
    """The surroundings of a child as it stands on the screen."""

    def others(personal_id: str) -> Holders:
        here = [one.id for one in siblings if one.values.get("personal_id") == personal_id]
        known = holders(record.id, personal_id)
        return Holders([*here, *(one for one in known.here if one not in here)], known.elsewhere)

    context = child_context(
        page.frame,
        record.id,
        household.values,
        [one.values for one in siblings],
        (),
        page.owner,
        others,
    )
    held: dict[str, list[Mapping[str, Value]]] = {}
    for part in record.parts:
        held.setdefault(part.entity, []).append({**part.values, "id": part.id})
    return structs.replace(
        context,
        circumstances=tuple(held.get("circumstance", ())),
        supports=tuple(held.get("support", ())),
        events=tuple(held.get("life_event", ())),
        reviews=tuple(held.get("review", ())),
    )


def _places(record: OpenRecord, issues: Sequence[Issue]) -> tuple[Found, ...]:
    found: list[Found] = []
    unreadable = {("", name) for name in record.problems}
    for part in record.parts:
        unreadable |= {(part.id, name) for name in part.problems}
    hushed: set[Severity] = set()
    for issue in issues:
        if (issue.record, issue.field) in unreadable:
            continue
        if issue.rule == MASKED_RULE:
            if issue.severity in hushed:
                continue  # once said is enough where it cannot be said what it is about
            hushed.add(issue.severity)
        key = Key(issue.record, issue.field)
        found.append(
            Found(key, issue, _with_reason(issue_text(issue), issue), _aloud(record, issue, key))
        )
    for one in (record, *record.parts):
        place = "" if one is record else one.id
        for name, problem in one.problems.items():
            found.append(_unreadable(Key(place, name), problem))
    return tuple(found)


def _with_reason(said: str, issue: Issue) -> str:
    """What is said of an issue, and the reason that somebody gave for it."""
    if issue.reason is None:
        # A warning is asked about when the record is saved; what blocks it says where to answer.
        settles = issue.severity is Severity.ERROR and may_be_accepted(issue)
        return f"{said} {text('entry.f8_reason')}" if settles else said
    kept = f"{text('entry.kept', reason=issue.reason)} {text('entry.f8_correct')}"
    return f"{said.rstrip('.')}. {kept}"


def _unreadable(key: Key, problem: FieldProblem) -> Found:
    parameters = {
        name: value for name, value in problem.parameters.items() if isinstance(value, str | int)
    }
    issue = Issue(key.name, _UNREADABLE, Severity.ERROR, problem.message_id, parameters)
    return Found(key, issue, issue_text(issue), aloud=True)


def _aloud(record: OpenRecord, issue: Issue, key: Key) -> bool:
    if key.name == _CHOOSER and record.new:
        # What the facts propose waits further down: it is no error until somebody came by it.
        return not record.visited.isdisjoint((_CHOOSER, ANSWER))
    if not is_missing(issue):
        return True
    if not record.new:
        return True
    owner = next((part for part in record.parts if part.id == key.part), record)
    return key.name in owner.visited


def is_missing(issue: Issue) -> bool:
    """Whether the issue only says that a field is still empty."""
    rule = RULES.get(issue.rule)
    return issue.rule == _ANSWER_RULE or (rule is not None and rule.when in _EMPTY)


def looks_of(
    record: OpenRecord,
    fields: Sequence[Field],
    codecs: Mapping[str, Codec],
    judged: Judged,
    part: str = "",
    *,
    may_reveal: bool = True,
    may_enter: bool = True,
) -> dict[Key, Look]:
    """How the fields of a record (or of one of its parts) look now."""
    said: dict[str, list[Found]] = {}
    for one in judged.found:
        if one.key.part == part and one.aloud:
            said.setdefault(one.key.name, []).append(one)
    looks: dict[Key, Look] = {}
    hidden = Message(Severity.NOTE, text("entry.masked" if may_reveal else "entry.masked_no_right"))
    decide = Message(Severity.WARNING, text("entry.contested"))
    applies = judged.parts.get(part, frozenset()) if part else judged.applies
    # Most fields of a page have nothing said about them.
    told = {
        *said,
        *record.contested,
        *record.sent_back,
        *record.refused,
        *record.changed_under,
    }
    for one_field in fields:
        name = one_field.name
        if name not in told and not record.hides(name):
            state = "inherited" if name in record.inherited else ""
            alive = name in applies or name == KIND or _chooser_applies(record, one_field)
            looks[Key(part, name)] = Look(
                text=text_of(record, name, codecs[name]),
                state=state,
                applies=alive,
                locked=not may_enter or (one_field.auto and one_field.stored),
                placeholder="" if alive else DASH,
                tip=_tip(state, alive=alive),
            )
            continue
        messages = said.get(name, [])
        worst = _worst(messages)
        masked = record.hides(name)
        contested = name in record.contested
        asked = [one[name] for one in (record.sent_back, record.refused) if name in one]
        if (contested or asked) and worst != "error":
            worst = "warning"
        state = worst or ("inherited" if name in record.inherited else "")
        alive = name in applies or name == KIND or _chooser_applies(record, one_field)
        looks[Key(part, name)] = Look(
            text="" if masked else text_of(record, name, codecs[name]),
            state=state,
            applies=alive,
            locked=not may_enter
            or (masked and not may_reveal)
            or (one_field.auto and one_field.stored),
            messages=tuple(
                Message(
                    one.issue.severity,
                    _with_reason(text("entry.missing"), one.issue)
                    if is_missing(one.issue)
                    else one.sentence,
                )
                for one in messages
                if one.issue.rule not in _SAID_BY_PROPOSALS
            )
            + (_proposed(record, name, codecs[name]) if worst == "error" else ())
            + _changed_under(record, name, codecs[name])
            + (decide,) * contested
            + tuple(Message(Severity.WARNING, one) for one in asked)
            + (hidden,) * masked,
            placeholder=f"{MASK} {text('entry.mask')}" if masked else "" if alive else DASH,
            masked=masked,
            tip=_tip(state, alive=alive),
        )
    return looks


def _tip(state: str, *, alive: bool) -> str:
    if not alive:
        return text("entry.not_applicable_tip")
    return text("entry.inherited_tip") if state == "inherited" else ""


def _proposed(record: OpenRecord, name: str, codec: Codec) -> tuple[Message, ...]:
    value = proposed_for(record, name, codec)
    if value is None:
        return ()
    return (Message(Severity.NOTE, text("entry.proposed", value=codec.show(value))),)


def _chooser_applies(record: OpenRecord, chooser: Field) -> bool:
    """A line can be added unless the question was answered with «none of them»."""
    return not chooser.stored and record.values.get(ANSWER) != NONE


def text_of(record: OpenRecord, name: str, codec: Codec) -> str:
    """The text of a field: as typed while it is not saved, else its value as people read it."""
    typed = record.texts.get(name)
    return typed if typed is not None else codec.show(record.values.get(name))


def _worst(messages: Sequence[Found]) -> str:
    severities = {one.issue.severity for one in messages}
    if Severity.ERROR in severities:
        return "error"
    return "warning" if Severity.WARNING in severities else ""


def _changed_under(record: OpenRecord, name: str, codec: Codec) -> tuple[Message, ...]:
    """What somebody else wrote into the field while it was open here, in words: a sign alone
    would have to be known.
    """
    if name not in record.changed_under:
        return ()
    other = codec.show(record.changed_under[name])
    return (Message(Severity.NOTE, text("entry.changed_under", value=other)),)


def painted_of(
    record: OpenRecord, template: Template, codecs: Mapping[str, Codec], shown: Mapping[str, str]
) -> dict[str, str]:
    """The texts of the fields that the program fills in."""
    found = dict(shown)
    for one in template.fields:
        value = record.values.get(one.name)
        if one.auto and one.stored and value is not None:
            found[one.name] = codecs[one.name].show(value)
    if template.form == "child":
        for name, value in (
            ("name_status", name_status(record.values)),
            ("birth_date_precision", birth_date_precision(record.values)),
        ):
            if value is not None and name in codecs:
                found[name] = codecs[name].show(value)
    return found


def proposal_lines(judged: Judged, groups: CodeList) -> list[ProposalLine]:
    """What the facts propose, in words."""
    if judged.comparison is None:
        return []
    lines: list[ProposalLine] = []
    for one in judged.comparison.to_confirm:
        code = one.subgroups[0] if len(one.subgroups) == 1 else one.group
        reason = text(one.reason_message_id, **one.parameters)
        lines.append(
            ProposalLine(
                f"+{one.group}",
                f"{', '.join(one.subgroups) or one.group} {groups.label(code, language())}",
                f"{reason} · {one.legal_basis}" if one.legal_basis else reason,
            )
        )
    for gone in judged.comparison.to_end:
        group = gone.circumstance.group
        reason = text(gone.reason_message_id, group=groups.label(group, language()))
        codes = ", ".join(gone.subgroups) or group
        day = "/".join(reversed(gone.proposed_end.split("-")))
        title = text("entry.propose_end", codes=codes, day=day)
        lines.append(ProposalLine(f"-{group}", title, reason))
    return lines


def part_lines(record: OpenRecord, plan: PartsPlan, groups: CodeList) -> list[PartLine]:
    """The lines of a repeatable section."""
    lines: list[PartLine] = []
    for place, part in enumerate(parts_of(record, plan.entity), start=1):
        group = part.values.get("group")
        if part.is_secret:
            title = f"{MASK} {text('entry.secret_group')}"
            lines.append(PartLine(part.id, title, title))
        elif isinstance(group, str):
            subgroups = part.values.get("subgroups")
            codes = subgroups if isinstance(subgroups, list) and subgroups else [group]
            title = f"{', '.join(codes)} {groups.label(codes[0], language())}"
            lines.append(PartLine(part.id, title, title))
        else:
            lines.append(PartLine(part.id, str(place)))
    return lines


def parts_of(record: OpenRecord, entity: str) -> list[OpenRecord]:
    """The lines of one kind that were not removed."""
    return [
        part for part in record.parts if part.entity == entity and not part.values.get("_deleted")
    ]
