"""The lines that belong to a child: circumstances, supports, life events.

A circumstance is a group with its sub-groups and an episode; two clerks who add the same group meet
in one record, because its id is derived from child, group and episode (3-data.md). A new episode
begins only after the last one known was closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from app import i18n
from app.forms.circumstances import Ended, Proposal
from app.forms.code_lists import CodeList
from app.forms.derived import defaults
from app.forms.issues import Value
from app.forms.schema import Field, Label, Template
from app.ids import derived_id
from app.services.entry import Choice
from app.ui.household.codec import Codec
from app.ui.household.plan import PartsPlan
from app.ui.household.session import OpenRecord, begun

#: The stored field that the tick fields of a section are written into, and their prefix.
KIND = "event"
_PREFIX = "event_"
#: The question whether the child belongs to any group, and its two answers.
ANSWER = "circumstance_answer"
NONE = "none"
_SOME = "some"


@cache
def kind_codec(plan: PartsPlan) -> Codec:
    """The field that says which kind a line is, with the labels of the template's tick fields."""
    choices = tuple(Choice(one.name.removeprefix(_PREFIX), str(one.label)) for one in plan.kinds)
    words = Label(*(i18n.catalogue(one)["entry.kind"] for one in ("vi", "en")))
    return Codec(Field(name=KIND, type="ref", label=words, help=words, required=True), choices)


def new_part(record: OpenRecord, plan: PartsPlan, form: Template) -> OpenRecord:
    """A new line of a repeatable section. Until something is typed into it, it is blank."""
    values: dict[str, Value] = {"record": record.id, **defaults(form, plan.entity)}
    part = begun(plan.entity, record.id, values)
    record.parts.append(part)
    return part


class Beginning(NamedTuple):
    """What a circumstance that is added now goes by: `source` is how it came about, `name_of` what
    the page calls a record of this id (`app.services.judging.Judge.name_of`).
    """

    form: Template
    groups: CodeList
    day: date
    source: str
    name_of: Callable[[str], str]


def circumstance_from(record: OpenRecord, proposal: Proposal, begin: Beginning) -> OpenRecord:
    """Confirm what the facts propose."""
    part = _circumstance(record, proposal.group, proposal.subgroups, begin)
    record.put(ANSWER, _SOME)
    return part


def with_groups(record: OpenRecord, codes: Sequence[str], begin: Beginning) -> None:
    """Declare groups by their codes; a sub-group brings its group."""
    by_group: dict[str, list[str]] = {}
    for code in codes:
        item = begin.groups.get(code)
        parent = item.extra.get("parent", "") if item is not None else ""
        held = by_group.setdefault(parent or code, [])
        if parent:
            held.append(code)
    for group, subgroups in by_group.items():
        _circumstance(record, group, subgroups, begin)
    if by_group:
        record.put(ANSWER, _SOME)


def _circumstance(
    record: OpenRecord, group: str, subgroups: Sequence[str], begin: Beginning
) -> OpenRecord:
    known = [
        part
        for part in record.parts
        if part.entity == "circumstance" and part.values.get("group") == group
    ]
    current = next((part for part in known if _is_open(part)), None)
    if current is not None:
        held = current.values.get("subgroups")
        codes = sorted({*(held if isinstance(held, list) else []), *subgroups})
        if begin.source == "derived" and subgroups:
            codes = sorted(subgroups) if _exclusive(group, begin.groups) else codes
        current.put("subgroups", codes or None)
        current.put("_deleted", None)
        return current
    episodes = [part.values.get("episode") for part in known]
    episode = max((one for one in episodes if isinstance(one, int)), default=0) + 1
    held_names = {begin.name_of(part.id) for part in record.parts}
    while begin.name_of(derived_id(record.id, f"{group}/{episode}")) in held_names:
        episode += 1  # a masked line: what is declared again is neither lost nor mixed with it
    values: dict[str, Value] = {
        **defaults(begin.form, "circumstance"),
        "record": record.id,
        "group": group,
        "episode": episode,
        "circumstance_from": begin.day.isoformat(),
        "source": begin.source,
    }
    if subgroups:
        values["subgroups"] = sorted(subgroups)
    part = begun("circumstance", record.id, values, f"{group}/{episode}")
    part.touched = True
    record.parts.append(part)
    return part


def _is_open(part: OpenRecord) -> bool:
    return part.values.get("circumstance_to") is None


def _exclusive(group: str, groups: CodeList) -> bool:
    item = groups.get(group)
    return item is not None and item.extra.get("subgroups") == "one"


def ended(record: OpenRecord, gone: Ended) -> None:
    """Close a circumstance whose facts no longer hold, or take away the sub-groups that do not."""
    for part in record.parts:
        if part.id != gone.circumstance.record:
            continue
        held = part.values.get("subgroups")
        left = [one for one in held if one not in gone.subgroups] if isinstance(held, list) else []
        if left:
            part.put("subgroups", left)
        else:
            part.put("circumstance_to", gone.proposed_end)
