"""How a template becomes a page: sections in desk order, and in each the fields asked of everyone
first. Everything is read from the template; a field or section that the ministry adds finds its
place by the same rules. Knows no widget.

A field belongs to the walk when the validator minds that it is empty. The other fields of a section
lie behind one line that names them, opened by a key and kept open. Of an optional section only what
is required of everyone is in the walk; the section itself opens on demand. Runs of fields that
differ in one word only (father, mother) become rows of one table with the same columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.forms.rules import RULES, When
from app.forms.schema import Field, Label, Section, Template

#: Characters that the columns of a table may take beside each other at 1366 pixels.
TABLE_CHARACTERS = 84
#: A run of fields is a table only from this many columns on.
_LEAST_COLUMNS = 3
#: Entities that another person writes (the second check): shown elsewhere, never typed here.
_NOT_TYPED = frozenset(("review",))


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Parallel runs of fields: one row each, the same columns, the words they have in common."""

    rows: tuple[Label, ...]
    headers: tuple[Label, ...]
    cells: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class PartsPlan:
    """The repeatable lines of a section: sub-records of `entity` with their columns.

    `kinds` are the tick fields that name a line's kind (life events); `chooser` is the field by
    which a line is added (the groups of circumstances).
    """

    entity: str
    columns: tuple[Field, ...]
    kinds: tuple[Field, ...] = ()
    chooser: Field | None = None


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section: `walk` is asked of everyone, `rest` lies behind a line."""

    section: Section
    number: int
    walk: tuple[Field, ...]
    rest: tuple[Field, ...]
    table: TablePlan | None = None
    parts: PartsPlan | None = None

    @property
    def name(self) -> str:
        """The section's own name."""
        return self.section.name


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A whole form. `asked` are the required fields of the optional sections, asked of everyone."""

    template: Template
    sections: tuple[SectionPlan, ...]
    asked: tuple[Field, ...]

    @property
    def opened(self) -> tuple[SectionPlan, ...]:
        """The sections every record walks through."""
        return tuple(one for one in self.sections if not one.section.optional)

    @property
    def optional(self) -> tuple[SectionPlan, ...]:
        """The sections that open on demand."""
        return tuple(one for one in self.sections if one.section.optional)


def minded(field: Field) -> bool:
    """Whether the validator has something to say when the field is empty."""
    return field.required or any(
        use.rule in RULES and RULES[use.rule].when in (When.MISSING, When.ALWAYS)
        for use in field.rules
    )


def plan_of(template: Template) -> FormPlan:
    """The page of a template."""
    plans: list[SectionPlan] = []
    asked: list[Field] = []
    for name in template.desk:
        section = template.section(name)
        if section.entity in _NOT_TYPED:
            continue
        own = [
            one
            for one in section.fields
            if (one.entity or section.entity) == template.form and one.type != "event"
        ]
        parts = _parts_of(template, section)
        if parts is not None and parts.chooser is not None:
            own = [one for one in own if one is not parts.chooser]
        table = _table_of(own)
        inside = {cell.name for row in table.cells for cell in row} if table else set()
        if section.optional:
            asked += [one for one in own if one.required]
            walk: list[Field] = []
        else:
            walk = [one for one in own if minded(one) and not one.auto and one.name not in inside]
        taken = {one.name for one in walk} | {one.name for one in asked} | inside
        rest = [one for one in own if one.name not in taken]
        plans.append(SectionPlan(section, len(plans) + 1, tuple(walk), tuple(rest), table, parts))
    return FormPlan(template, tuple(plans), tuple(asked))


def _parts_of(template: Template, section: Section) -> PartsPlan | None:
    if section.entity == template.form:
        return None
    columns = [
        one
        for one in section.fields
        if (one.entity or section.entity) == section.entity and one.stored
    ]
    kinds = [one for one in section.fields if one.type == "event"]
    chooser = next(
        (
            one
            for one in section.fields
            if not one.stored and one.type == "multi" and one.entity == template.form
        ),
        None,
    )
    return PartsPlan(section.entity, tuple(columns), tuple(kinds), chooser)


def _table_of(fields: Sequence[Field]) -> TablePlan | None:
    """Runs of fields whose names differ in the first word only, alike in order and types."""
    runs: dict[str, list[Field]] = {}
    for one in fields:
        prefix, _, rest = one.name.partition("_")
        if rest:
            runs.setdefault(prefix, []).append(one)
    groups: dict[tuple[tuple[str, str], ...], list[list[Field]]] = {}
    for run in runs.values():
        if len(run) >= _LEAST_COLUMNS:
            shape = tuple((one.name.partition("_")[2], one.type) for one in run)
            groups.setdefault(shape, []).append(run)
    found = next((rows for rows in groups.values() if len(rows) > 1), None)
    if found is None:
        return None
    kept = _columns_that_fit(found[0])
    rows = [[row[index] for index in kept] for row in found]
    headers = tuple(_in_common([row[place].label for row in rows]) for place in range(len(kept)))
    names = tuple(
        _own_words(row[0].label, rows[0 if row is not rows[0] else 1][0].label) for row in rows
    )
    return TablePlan(names, headers, tuple(tuple(row) for row in rows))


def _columns_that_fit(run: Sequence[Field]) -> list[int]:
    """The columns the validator minds, then the narrow ones as far as they fit, in book order."""
    kept = [index for index, one in enumerate(run) if minded(one)]
    room = TABLE_CHARACTERS - sum(run[index].width or 12 for index in kept)
    others = sorted(
        (index for index in range(len(run)) if index not in kept),
        key=lambda index: (run[index].width or 12, index),
    )
    for index in others:
        room -= run[index].width or 12
        if room < 0:
            break
        kept.append(index)
    return sorted(kept)


def _in_common(labels: Sequence[Label]) -> Label:
    return Label(
        _shared([one.vi for one in labels]) or labels[0].vi,
        _shared([one.en for one in labels]) or labels[0].en,
    )


def _shared(texts: Sequence[str]) -> str:
    """The words that all texts begin and end with, the first letter large."""
    lists = [text.split() for text in texts]
    shortest = min(map(len, lists))
    head = 0
    while head < shortest and len({words[head].casefold() for words in lists}) == 1:
        head += 1
    tail = 0
    while tail < shortest - head and len({words[-1 - tail].casefold() for words in lists}) == 1:
        tail += 1
    words = [*lists[0][:head], *lists[0][len(lists[0]) - tail :]]
    joined = " ".join(words)
    return joined[:1].upper() + joined[1:]


def _own_words(label: Label, other: Label) -> Label:
    return Label(_differing(label.vi, other.vi), _differing(label.en, other.en))


def _differing(text: str, other: str) -> str:
    mine, theirs = text.split(), other.split()
    while mine and theirs and mine[0].casefold() == theirs[0].casefold():
        mine, theirs = mine[1:], theirs[1:]
    while mine and theirs and mine[-1].casefold() == theirs[-1].casefold():
        mine, theirs = mine[:-1], theirs[:-1]
    joined = " ".join(mine).removesuffix("'s")
    return joined[:1].upper() + joined[1:]


def table_fields(plan: SectionPlan) -> tuple[Field, ...]:
    """The fields that stand in the table of a section."""
    if plan.table is None:
        return ()
    return tuple(cell for row in plan.table.cells for cell in row)
