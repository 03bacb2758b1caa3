"""Which column of a file is which field, by its title or by a column map (`column_maps`).

Titles compare without marks and case. Columns that the map does not name are looked up among the
field names, labels (Vietnamese, English) and aliases of the templates, and among the titles of
parts of a field. What is found nowhere is refused by name: nothing is dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.code_lists import lookup_key
from app.i18n import text
from app.services.importing.part_columns import parts_of_titles
from app.services.importing.targets import ColumnMap, Role, Target, Titles
from app.text.fold import fold
from app.text.normalize import clean
from app.workbooks.xlsx_reading import column_letters

#: A running number of the list, not the child's line in its household.
_RUNNING_NUMBERS = frozenset(("stt", "tt", "so tt", "no", "#"))


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """A column of the file: its place from 0, its title as people see it, and `key`, its title as a
    map names it: «title (2)» for the second of one title, `[F]` for one without a title.
    """

    index: int
    title: str
    key: str

    @property
    def is_untitled(self) -> bool:
        """Whether nothing stands over it."""
        return self.key == f"[{column_letters(self.index)}]" != self.title


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of the file, and where it goes."""

    index: int
    title: str
    target: Target


@dataclass(frozen=True, slots=True)
class Composed:
    """A field that several columns hold together; `of` is part → column."""

    title: str
    target: Target
    of: Mapping[str, PlannedColumn]


@dataclass(frozen=True, slots=True)
class Plan:
    """All columns of a file. `unknown` are titles that mean nothing here, `ignored` those that are
    read over knowingly; `untitled` the places of columns between them that have no title;
    `doubled` the titles of columns that mean the same.
    """

    columns: tuple[PlannedColumn, ...]
    composed: tuple[Composed, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    untitled: tuple[int, ...]
    doubled: tuple[str, ...]
    width: int

    @property
    def layout(self) -> str:
        """What two files of the same columns have in common, whatever their order and titles."""
        return json.dumps(sorted(column.target.name for column in self.columns))

    @property
    def titles(self) -> dict[str, str]:
        """Name of a target → title of its column."""
        titles = {column.target.name: column.title for column in self.columns}
        return {**titles, **{one.target.name: one.title for one in self.composed}}

    def has(self, role: Role, entity: str = "") -> bool:
        """Whether some column has this role."""
        return any(c.target.role is role and c.target.entity == entity for c in self.columns)

    def must_be_clear(self, file: str) -> None:
        """Raises KnownError `import.unknown_columns` or `import.doubled_columns`."""
        self.must_not_double(file)
        if self.unknown:
            raise KnownError(
                "import.unknown_columns",
                "import.unknown_columns_hint",
                file=file,
                columns=", ".join(f"«{title}»" for title in self.unknown),
            )

    def must_not_double(self, file: str) -> None:
        """Raises KnownError `import.doubled_columns`."""
        if self.doubled:
            raise KnownError(
                "import.doubled_columns",
                "import.doubled_columns_hint",
                file=file,
                columns="; ".join(self.doubled),
            )


def written_columns(written_titles: Sequence[str], width: int = 0) -> list[WrittenColumn]:
    """The columns of a row of titles, and those without a title up to `width`."""
    met: dict[str, int] = {}
    found: list[WrittenColumn] = []
    for index in range(max(len(written_titles), width)):
        title = clean(written_titles[index]) if index < len(written_titles) else ""
        if not title:
            letters = column_letters(index)
            shown = text("import.untitled_column", letters=letters)
            found.append(WrittenColumn(index, shown, f"[{letters}]"))
            continue
        key = lookup_key(title) or title
        met[key] = met.get(key, 0) + 1
        found.append(
            WrittenColumn(index, title, title if met[key] == 1 else f"{title} ({met[key]})")
        )
    return found


def layout_of(written_titles: Sequence[str]) -> str:
    """What two files of one layout have in common: their titles, folded, in their order."""
    titles = [fold(title) for title in written_titles]
    while titles and not titles[-1]:
        titles.pop()
    return json.dumps(titles, ensure_ascii=False)


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


def targets_of(
    columns: Sequence[WrittenColumn], mapped: ColumnMap | None, titles: Titles
) -> Iterator[tuple[WrittenColumn, Target | None, bool]]:
    """Where each column goes, None for one that means nothing or has no title; and whether it is
    the map that says so.
    """
    by_map: dict[int, Target] = {}
    for column in columns:
        if mapped is not None:
            found = mapped.targets.get(lookup_key(column.key))
            if column.is_untitled:
                found = mapped.letters.get(column.index)
            if found is not None:
                by_map[column.index] = found
    left = {
        one.index: one.title for one in columns if one.index not in by_map and not one.is_untitled
    }
    parts = parts_of_titles(left)
    for column in columns:
        at = column.index
        if at in by_map:
            yield column, by_map[at], True
        elif at in parts:
            yield column, titles.by_name[parts[at]], False
        elif at in left:
            yield column, target_of_title(column.title, None, titles), False
        else:
            yield column, None, False


def plan_columns(written_titles: Sequence[str], mapped: ColumnMap | None, titles: Titles) -> Plan:
    """The plan for a row of titles."""
    columns: list[PlannedColumn] = []
    unknown: list[str] = []
    ignored: list[str] = []
    untitled: list[int] = []
    by_name: dict[str, list[str]] = {}
    width = 1 + max((at for at, one in enumerate(written_titles) if clean(one)), default=-1)
    width = max(width, *(at + 1 for at in mapped.letters), 0) if mapped else width
    written = written_columns(written_titles[:width], width)
    for column, target, _by_map in targets_of(written, mapped, titles):
        if target is None:
            if column.is_untitled:
                untitled.append(column.index)
            else:
                unknown.append(column.title)
        elif target.role is Role.IGNORED:
            ignored.append(column.title)
        else:
            columns.append(PlannedColumn(column.index, column.title, target))
            by_name.setdefault(target.name, []).append(column.title)
    composed = tuple(_composed(columns, titles))
    for one in composed:
        # A field that a column holds as a whole cannot be put together from others as well. Columns
        # of boys and girls may be ticks beside it.
        if one.target.name in by_name and not one.of.keys() & {*_SEX_PARTS}:
            by_name[one.target.name].append(one.title)
    doubled = tuple(" / ".join(same) for same in by_name.values() if len(same) > 1)
    return Plan(
        tuple(columns), composed, tuple(unknown), tuple(ignored), tuple(untitled), doubled, width
    )


_SEX = "child.sex"
_DATE_PARTS = ("day", "month", "year")
_SEX_PARTS = ("male", "female")
_NAME_PARTS = ("family", "given")


def _composed(columns: Sequence[PlannedColumn], titles: Titles) -> Iterator[Composed]:
    """What is to be put together: day, month, year; family, given; and of the columns of boys and
    girls the birth date and the sex.
    """
    held: dict[str, dict[str, PlannedColumn]] = {}
    for one in columns:
        if one.target.role is Role.PART and one.target.field is not None:
            whole = f"{one.target.entity}.{one.target.field.name}"
            held.setdefault(whole, {})[one.target.part] = one
    for whole, of in held.items():
        for names in (_DATE_PARTS, _NAME_PARTS, _SEX_PARTS):
            used = {name: of[name] for name in names if name in of}
            if not used:
                continue
            title = " / ".join(one.title for one in used.values())
            yield Composed(title, titles.by_name[whole], used)
            if names is _SEX_PARTS:
                yield Composed(title, titles.by_name[_SEX], used)
