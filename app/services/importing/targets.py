"""What a column of a file can be: a field of a form, a part of one, a key, a unit, a village, the
groups of circumstances, or nothing; and which titles mean which of them by themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from app.forms.catalogue import packaged
from app.forms.code_lists import lookup_key
from app.forms.schema import Field, Template
from app.services.importing.words import parts

#: Computed by the program: read over when a file carries them.
_COMPUTED = frozenset(
    ("province_code", "district_code", "birth_date_precision", "children_count", "record_state")
)
_CIRCUMSTANCE_FIELDS = frozenset(
    ("circumstance_from", "circumstance_to", "evidence_ref", "verification_status")
)


class Role(Enum):
    """What a column is for."""

    FIELD = "field"
    PART = "part"  # of a field: `app.services.importing.part_columns`
    KEY = "key"
    UNIT = "unit"
    VILLAGE = "village"
    CIRCUMSTANCES = "circumstances"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes. `entity` and `field` for fields, parts and keys; `part` names which part
    (`day`, `given`, …); `edition` for a unit column; `codes` are the file's own codes → text that
    the field can read.
    """

    role: Role
    entity: str = ""
    field: Field | None = None
    edition: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    part: str = ""

    @property
    def name(self) -> str:
        """One name for a target; two columns with one name mean the same."""
        if self.field is not None:
            return f"{self.entity}.{self.field.name}" + (f".{self.part}" if self.part else "")
        return f"{self.role.value}.{self.entity}".rstrip(".")


IGNORED = Target(Role.IGNORED)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A column map that was read: folded title → target. `letters` are columns that have no title,
    by their place from 0.
    """

    targets: Mapping[str, Target]
    letters: Mapping[int, Target] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Titles:
    """What titles mean: field names as they are, labels and aliases folded."""

    by_name: Mapping[str, Target]
    by_label: Mapping[str, Target]

    def name_of(self, target: Target) -> str:
        """The shortest name by which `by_name` has a field or a part; "" for none."""
        if target.field is None:
            return next((name for name, one in self.by_name.items() if one == target), "")
        short = target.name.partition(".")[2]
        held = self.by_name.get(short)
        same = held is not None and held.name == target.name
        return short if same else target.name


@cache
def packaged_titles() -> Titles:
    """The titles of the forms shipped with the program."""
    return titles_of(packaged().newest("child"), packaged().newest("household"))


def titles_of(child: Template, household: Template) -> Titles:
    """Field names, and folded labels and aliases, of the two forms."""
    names: dict[str, Target] = {}
    labels: dict[str, Target | None] = {}
    targets = [
        *_fields_of(child, ("child", "circumstance")),
        *_fields_of(household, ("household",)),
    ]
    for field, target in targets:
        # A field that both forms have is the child's unless the household is named before it.
        names.setdefault(field.name, target)
        names[f"{target.entity or 'household'}.{field.name}"] = target
    for part in parts():
        whole, _, piece = part.partition(".")
        held = names.get(whole)
        if held is not None and held.field is not None:
            names[part] = Target(Role.PART, held.entity, held.field, part=piece)
    for words in (
        lambda field: (field.label.vi,),
        lambda field: (field.label.en,),
        lambda field: field.aliases,
    ):
        taken = dict(labels)
        for field, target in targets:
            for word in words(field):
                key = lookup_key(word)
                if key in taken:
                    continue
                if labels.setdefault(key, target) is not target:
                    labels[key] = None  # two fields: the title decides nothing
    return Titles(names, {key: target for key, target in labels.items() if target is not None})


def _fields_of(template: Template, entities: Sequence[str]) -> Iterable[tuple[Field, Target]]:
    for entity in entities:
        for field in template.fields_of(entity):
            target = _target_of_field(field, entity)
            if target is not None:
                yield field, target


_BY_NAME = {
    "child_uid": Target(Role.KEY, "child"),
    "household_uid": Target(Role.KEY, "household"),
    "commune_code": Target(Role.UNIT),
    "village": Target(Role.VILLAGE),
    "circumstance_codes": Target(Role.CIRCUMSTANCES),
}


def _target_of_field(field: Field, entity: str) -> Target | None:
    if field.name in _BY_NAME:
        return _BY_NAME[field.name]
    if field.name in _COMPUTED:
        return IGNORED
    if not field.stored or (entity == "circumstance" and field.name not in _CIRCUMSTANCE_FIELDS):
        return None
    return Target(Role.FIELD, entity, field)
