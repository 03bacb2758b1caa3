"""On which of the three lists a child stands, and what is to be asked of the police about it.

What is badly formed or missing says the one validator; `resources/lists/police.json` says which of
its rules belongs to which list (CV 2513/LĐTBXH-TTTT: children without a personal id; with a badly
formed one; with a missing or wrong basic field: name, birth date, sex, ethnicity, father, mother,
guardian). A child stands on one list only, the first that fits, so that the counts add up and
nobody is asked twice; its row names everything that is to be verified, of whichever list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from functools import cache

import msgspec

from app.forms.field_types import field_type
from app.forms.issues import Issue, Value
from app.forms.schema import Field, Template
from app.settings import resources_dir

PERSONAL_ID = "personal_id"
#: What is asked where the validator has no rule because nothing is there to be judged.
MISSING, NO_WHOLE_DAY = "missing", "whole_day"
_WHOLE_DAY_LENGTH = len("2019-05-01")


class Kind(Enum):
    """The three lists, in the order in which a child is looked for on them."""

    WITHOUT_ID = "without_id"
    WRONG_ID = "wrong_id"
    WRONG_BASIC = "wrong_basic"


class ListRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`resources/lists/police.json`.

    `answered` are the fields that the police answer, in the order of the columns; `wrong_id` and
    `wrong_basic` give for a field the rules of the validator that put a child on that list;
    `whole_day` the dates of which day and month must be known. By a rule of `never` an answer is
    refused even where a clerk could settle it with a reason; what a rule of `settles` finds in a
    value that the police wrote is settled by their word.
    """

    answered: tuple[str, ...]
    wrong_id: dict[str, tuple[str, ...]]
    wrong_basic: dict[str, tuple[str, ...]]
    whole_day: tuple[str, ...]
    never: tuple[str, ...]
    settles: tuple[str, ...]

    def asks(self, issue: Issue) -> bool:
        """Whether an issue of a child itself is one that the police are asked about."""
        rules = (*self.wrong_id.get(issue.field, ()), *self.wrong_basic.get(issue.field, ()))
        return not issue.entity and not issue.accepted and issue.rule in rules


@cache
def list_rules() -> ListRules:
    """The rules in force."""
    path = resources_dir() / "lists" / "police.json"
    return msgspec.json.decode(path.read_bytes(), type=ListRules)


def answered_fields(template: Template) -> dict[str, Field]:
    """The fields of the form of a child that the police answer, by name, in the order of the
    columns; one that a replaced form has no more is left out.
    """
    there = {one.name: one for one in template.fields_of("child")}
    return {name: there[name] for name in list_rules().answered if name in there}


def asked_of(values: Mapping[str, Value], issues: Collection[Issue]) -> tuple[str, ...]:
    """What is to be verified of a child, as `field/what` in the order of the columns; empty where
    nothing is. `issues` are all of the child's own.
    """
    rules = list_rules()
    asked = {issue.key for issue in issues if rules.asks(issue)}
    if not values.get(PERSONAL_ID):
        asked.add(f"{PERSONAL_ID}/{MISSING}")
    for field in rules.whole_day:
        born = values.get(field)
        known = isinstance(born, str) and len(born) < _WHOLE_DAY_LENGTH
        if known and f"{field}/type" not in asked:
            asked.add(f"{field}/{NO_WHOLE_DAY}")
    order = {name: at for at, name in enumerate(rules.answered)}
    return tuple(sorted(asked, key=lambda key: (order[key.partition("/")[0]], key)))


def kind_of(asked: Collection[str]) -> Kind | None:
    """The list of a child of whom this is to be verified; None where nothing is."""
    if not asked:
        return None
    if f"{PERSONAL_ID}/{MISSING}" in asked:
        return Kind.WITHOUT_ID
    if any(one.startswith(f"{PERSONAL_ID}/") for one in asked):
        return Kind.WRONG_ID
    return Kind.WRONG_BASIC


def shown(field: Field, value: Value) -> str:
    """A value as it stands on paper and in the file: in Vietnamese, as every list is."""
    return field_type(field).format(value, "vi")
