"""Which column of a file is which field, by its title or by a column map.

A column map is a JSON file:

    {"columns": {"rec_id": {"key": "child"},            the file's own key of a child
                 "hh_id": {"key": "household"},         … of a household
                 "commune": {"unit": "2024"},           unit code, of that edition of the tree
                 "village": {"village": true},          a village by its name
                 "name": "full_name",                   a field of a form
                 "head phone": "household.phone",       … with its form where both have it
                 "sex": {"field": "sex", "codes": {"M": "1", "F": "2"}}},
     "ignore": ["district"]}

Titles compare without marks and case. Columns that the map does not name are looked up among the
field names, labels (Vietnamese, English) and aliases of the templates. What is found nowhere is
refused by name: nothing is dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import msgspec

from app.errors import KnownError
from app.forms.catalogue import packaged
from app.forms.code_lists import lookup_key
from app.forms.schema import Field, Template
from app.plain_files import FileTooLarge, read_small
from app.settings import resources_dir
from app.text.normalize import clean
from app.workbooks.cells import BadFile

MAX_MAP_FILE = 1 << 20

#: Computed by the program: read over when a file carries them.
_COMPUTED = frozenset(
    ("province_code", "district_code", "birth_date_precision", "children_count", "record_state")
)
#: A running number of the list, not the child's line in its household.
_RUNNING_NUMBERS = frozenset(("stt", "tt", "so tt", "no", "#"))
_CIRCUMSTANCE_FIELDS = frozenset(
    ("circumstance_from", "circumstance_to", "evidence_ref", "verification_status")
)


class Role(Enum):
    """What a column is for."""

    FIELD = "field"
    KEY = "key"
    UNIT = "unit"
    VILLAGE = "village"
    CIRCUMSTANCES = "circumstances"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes. `entity` and `field` for fields and keys; `edition` for a unit column;
    `codes` are the file's own codes → text that the field can read.
    """

    role: Role
    entity: str = ""
    field: Field | None = None
    edition: str = ""
    codes: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """One name for a target; two columns with one name mean the same."""
        if self.field is not None:
            return f"{self.entity}.{self.field.name}"
        return f"{self.role.value}.{self.entity}".rstrip(".")


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of the file: its place from 0, its title as written, and where it goes."""

    index: int
    title: str
    target: Target


@dataclass(frozen=True, slots=True)
class Plan:
    """All columns of a file. `unknown` are titles that mean nothing here, `ignored` those that are
    read over knowingly; `untitled` the places of columns between them that have no title.
    """

    columns: tuple[PlannedColumn, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    untitled: tuple[int, ...]
    width: int

    @property
    def layout(self) -> str:
        """What two files of the same columns have in common, whatever their order and titles."""
        return json.dumps(sorted(column.target.name for column in self.columns))

    def has(self, role: Role, entity: str = "") -> bool:
        """Whether some column has this role."""
        return any(c.target.role is role and c.target.entity == entity for c in self.columns)


class _MapColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str | None = None
    unit: str | None = None
    village: bool | None = None
    field: str | None = None
    codes: dict[str, str] | None = None


class _MapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: dict[str, str | _MapColumn] = {}
    ignore: list[str] = []


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A column map that was read: folded title → target."""

    targets: Mapping[str, Target]


def load_column_map(path: Path, titles: Titles | None = None) -> ColumnMap:
    """Read a map. Raises KnownError `import.file_unreachable`, `import.map_unreadable` or
    `import.map_target`.
    """
    try:
        content = read_small(path, MAX_MAP_FILE)
    except FileTooLarge as problem:
        raise KnownError(
            "import.map_unreadable", "import.map_unreadable_hint", file=path.name
        ) from problem
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
    try:
        read = msgspec.json.decode(content, type=_MapFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise KnownError(
            "import.map_unreadable", "import.map_unreadable_hint", file=path.name
        ) from problem
    targets: dict[str, Target] = {}
    for title, wanted in read.columns.items():
        target = _target_of(wanted, titles or packaged_titles())
        if target is None:
            named = wanted if isinstance(wanted, str) else (wanted.field or wanted.key or "")
            raise KnownError(
                "import.map_target",
                "import.map_target_hint",
                file=path.name,
                column=title,
                target=named,
            )
        targets[lookup_key(title)] = target
    targets.update({lookup_key(title): Target(Role.IGNORED) for title in read.ignore})
    return ColumnMap(targets)


def named_column_map(name: str, titles: Titles | None = None) -> ColumnMap:
    """A map shipped with the program, e.g. `register-sample`. Raises KnownError when none."""
    path = resources_dir() / "import_maps" / f"{Path(name).stem}.json"
    return load_column_map(path, titles)


def _target_of(wanted: str | _MapColumn, titles: Titles) -> Target | None:
    if isinstance(wanted, str):
        return titles.by_name.get(wanted)
    if wanted.key in ("child", "household"):
        return Target(Role.KEY, wanted.key)
    if wanted.unit is not None:
        return Target(Role.UNIT, edition=wanted.unit)
    if wanted.village:
        return Target(Role.VILLAGE)
    found = titles.by_name.get(wanted.field or "")
    if found is not None and wanted.codes:
        return Target(found.role, found.entity, found.field, codes=tuple(wanted.codes.items()))
    return found


@dataclass(frozen=True, slots=True)
class Titles:
    """What titles mean: field names as they are, labels and aliases folded."""

    by_name: Mapping[str, Target]
    by_label: Mapping[str, Target]


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
        return Target(Role.IGNORED)
    if not field.stored or (entity == "circumstance" and field.name not in _CIRCUMSTANCE_FIELDS):
        return None
    return Target(Role.FIELD, entity, field)


def target_of_title(title: str, mapped: ColumnMap | None, titles: Titles) -> Target | None:
    """Where a column of this title goes, None when the title means nothing here."""
    key = lookup_key(title)
    if mapped is not None and key in mapped.targets:
        return mapped.targets[key]
    name = clean(title).lower()
    if name in titles.by_name:
        return titles.by_name[name]
    if key in _RUNNING_NUMBERS or name in _RUNNING_NUMBERS:
        return Target(Role.IGNORED)
    return titles.by_label.get(key)


def plan_columns(
    written_titles: Sequence[str], mapped: ColumnMap | None, file: str, titles: Titles
) -> Plan:
    """The plan for a row of titles. Raises KnownError `import.doubled_columns`."""
    columns: list[PlannedColumn] = []
    unknown: list[str] = []
    ignored: list[str] = []
    by_name: dict[str, list[str]] = {}
    width = 0
    for index, written in enumerate(written_titles):
        title = clean(written)
        if not title:
            continue
        width = index + 1
        target = target_of_title(title, mapped, titles)
        if target is None:
            unknown.append(title)
        elif target.role is Role.IGNORED:
            ignored.append(title)
        else:
            columns.append(PlannedColumn(index, title, target))
            by_name.setdefault(target.name, []).append(title)
    doubled = [" / ".join(same) for same in by_name.values() if len(same) > 1]
    if doubled:
        raise KnownError(
            "import.doubled_columns",
            "import.doubled_columns_hint",
            file=file,
            columns="; ".join(doubled),
        )
    untitled = tuple(at for at in range(width) if not clean(written_titles[at]))
    return Plan(tuple(columns), tuple(unknown), tuple(ignored), untitled, width)
