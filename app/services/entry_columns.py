"""The columns of the empty entry workbook: what the form asks, in the order of the book.

Only what the import takes from a file has a column, under a title that the import reads without
help; what the program fills in itself has none. What is offered to choose from are texts that the
field reads back as the very code they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.forms.code_lists import CodeItem, CodeList
from app.forms.field_types import field_type
from app.forms.field_types.base import FieldProblem
from app.forms.schema import Field, Section, Template, codes_of
from app.services.importing.columns import target_of_title
from app.services.importing.groups_of_cell import read_groups
from app.services.importing.targets import Role, Target, Titles, titles_of

#: What tells the lines of the workbook apart.
NAME = "full_name"
_WHOLE = frozenset(("int", "year", "money"))
_NUMBERS = _WHOLE | {"decimal"}
_ASKED = frozenset((Role.FIELD, Role.VILLAGE, Role.UNIT, Role.CIRCUMSTANCES))
_NOT_NAME = re.compile(r"[^a-z0-9_]")
#: The lowest and highest year that a form takes as one of birth, survey or poverty.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Choices:
    """Texts that a column offers. `name` tells lists apart, `title` is what people call it; in a
    column that takes only one of them they are `closed`.
    """

    name: str
    title: str
    texts: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """One column: its title, the field, the heading it stands under, whether every child must have
    it, and what may stand in it.

    `whole` are the bounds of a whole number, None where anything else may be written.
    """

    title: str
    field: Field
    section: str
    required: bool
    choices: Choices | None
    whole: tuple[int, int] | None
    is_number: bool


@dataclass(frozen=True, slots=True)
class OfPlace:
    """What an installation knows and no form says: its communes where a file needs to name one, the
    villages, and the rounds.
    """

    units: Choices | None
    villages: Choices | None
    rounds: Choices | None


def entry_columns(
    household: Template, child: Template, place: OfPlace, today: date
) -> tuple[EntryColumn, ...]:
    """The columns for the two forms: the child's name, which stays in sight, then the others."""
    titles = titles_of(child, household)
    found: list[EntryColumn] = []
    for template in (household, child):
        for section in template.sections:
            for field in section.fields:
                target = _target(titles, field.entity or section.entity, field.name)
                if target is None or _is_the_programs_own(target, field, place):
                    continue
                found.append(_column(field, section, target, titles, place, today))
    found.sort(key=lambda one: one.field.name != NAME)  # stable: the others as in the book
    return tuple(found)


def _target(titles: Titles, entity: str, name: str) -> Target | None:
    found = titles.by_name.get(f"{entity}.{name}") or titles.by_name.get(name)
    if found is None or found.role not in _ASKED:
        return None
    # A field of the other form may bear the same name.
    return found if found.role is not Role.FIELD or found.entity == entity else None


def _is_the_programs_own(target: Target, field: Field, place: OfPlace) -> bool:
    if target.role is Role.UNIT:
        return place.units is None
    return target.role is Role.FIELD and (field.auto or not field.stored)


def _column(
    field: Field, section: Section, target: Target, titles: Titles, place: OfPlace, today: date
) -> EntryColumn:
    label = field.label.vi
    # A label that two fields bear decides nothing: the field's own name does.
    title = label if target_of_title(label, None, titles) == target else target.name
    whole = _bounds(field) if field.type in _WHOLE else None
    choices = _choices(field, target, place, today)
    # What only a child in a group must have is asked for where there is one.
    of_all = (field.entity or section.entity) in ("household", "child")
    return EntryColumn(
        title,
        field,
        section.label.vi,
        field.required and of_all,
        choices,
        whole,
        is_number=field.type in _NUMBERS,
    )


def _bounds(field: Field) -> tuple[int, int]:
    if field.type == "year":
        return _FIRST_YEAR, _LAST_YEAR
    said = next((one for one in field.rules if one.rule == "in_range"), None)
    low = 0 if said is None or said.low is None else said.low
    high = 999_999_999 if said is None or said.high is None else said.high
    return low, high


def _choices(field: Field, target: Target, place: OfPlace, today: date) -> Choices | None:
    if target.role is Role.UNIT:
        return place.units
    if target.role is Role.VILLAGE:
        return place.villages
    if field.name == "survey_round":
        return place.rounds
    if field.type in ("bool", "event"):
        kind = field_type(field)
        texts = tuple(kind.format(value, "vi") for value in (True, False))
        return Choices("yes_no_answer", field.label.vi, texts, closed=True)
    codes = codes_of(field)
    if codes is None:
        return None
    several = field.type == "multi"
    texts = _texts(field, target, codes, several, today)
    name = _NOT_NAME.sub("_", f"{field.code_list}_{field.type}".lower())
    return Choices(name, field.label.vi, texts, closed=not several) if texts else None


def _texts(
    field: Field, target: Target, codes: CodeList, several: bool, today: date
) -> tuple[str, ...]:
    found = []
    for item in codes.valid_on(today):
        if target.role is Role.CIRCUMSTANCES:
            text = _group_text(item, codes)
        else:
            text = _code_text(field, item, several=several)
        if text:
            found.append(text)
    return tuple(found)


def code_texts(field: Field, today: date) -> tuple[str, ...]:
    """What a field that holds one code offers; nothing for a field of another kind."""
    codes = None if field.type == "multi" else codes_of(field)
    found = () if codes is None else codes.valid_on(today)
    return tuple(filter(None, (_code_text(field, item, several=False) for item in found)))


def _group_text(item: CodeItem, codes: CodeList) -> str:
    candidates = (f"{item.code} {item.label_vi}", item.label_vi, item.code)
    return next((one for one in candidates if read_groups(one, codes) == ((item.code,), ())), "")


def _code_text(field: Field, item: CodeItem, *, several: bool) -> str:
    kind = field_type(field)
    stored = [item.code] if several else item.code
    for text in (kind.format(stored, "vi"), item.code):
        try:
            if kind.parse(text) == stored:
                return text
        except FieldProblem:
            continue
    return ""


def lists_of(columns: Sequence[EntryColumn]) -> tuple[Choices, ...]:
    """Every list that some column offers, once."""
    found: dict[str, Choices] = {}
    for one in columns:
        if one.choices is not None:
            found.setdefault(one.choices.name, one.choices)
    return tuple(found.values())
