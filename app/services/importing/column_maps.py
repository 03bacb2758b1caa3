"""Column maps as JSON, in a file or in the memory of this PC:

    {"columns": {"rec_id": {"key": "child"},            the file's own key of a child
                 "hh_id": {"key": "household"},         … of a household
                 "commune": {"unit": "2024"},           unit code, of that edition of the tree
                 "village": {"village": true},          a village by its name
                 "name": "full_name",                   a field of a form
                 "head phone": "household.phone",       … with its form where both have it
                 "born in": "birth_date.year",          a part of a field
                 "[F]": "full_name.given",              a column without a title, by its letters
                 "sex": {"field": "sex", "codes": {"M": "1", "F": "2"}}},
     "ignore": ["district"]}

Titles compare without marks and case; the second column of one title is written «title (2)». What
is found nowhere is refused by name: nothing is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from app.errors import KnownError
from app.forms.code_lists import lookup_key
from app.plain_files import FileTooLarge, read_small
from app.services.importing.targets import (
    IGNORED,
    ColumnMap,
    Role,
    Target,
    Titles,
    packaged_titles,
)
from app.settings import resources_dir
from app.workbooks.cells import BadFile

MAX_MAP_FILE = 1 << 20
_LETTERS = re.compile(r"\[([A-Z]{1,3})\]")


class _MapColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str | None = None
    unit: str | None = None
    village: bool | None = None
    field: str | None = None
    codes: dict[str, str] | None = None


class _MapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: dict[str, str | _MapColumn] = {}
    ignore: list[str] = []


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
    return read_column_map(content, path.name, titles or packaged_titles())


def read_column_map(content: bytes | str, file: str, titles: Titles) -> ColumnMap:
    """The map that a text holds; `file` is what it is called in an error. Raises as
    `load_column_map`.
    """
    try:
        read = msgspec.json.decode(content, type=_MapFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise KnownError(
            "import.map_unreadable", "import.map_unreadable_hint", file=file
        ) from problem
    found: dict[str, Target] = {}
    for title, wanted in read.columns.items():
        target = _target_of(wanted, titles)
        if target is None:
            named = wanted if isinstance(wanted, str) else (wanted.field or wanted.key or "")
            raise KnownError(
                "import.map_target",
                "import.map_target_hint",
                file=file,
                column=title,
                target=named,
            )
        found[title] = target
    found.update(dict.fromkeys(read.ignore, IGNORED))
    return map_of(found)


def map_of(targets: Mapping[str, Target]) -> ColumnMap:
    """The map of titles as they are written in a map."""
    by_letters = {title: found for title in targets if (found := _LETTERS.fullmatch(title))}
    return ColumnMap(
        {lookup_key(title): one for title, one in targets.items() if title not in by_letters},
        {_place(found[1]): targets[title] for title, found in by_letters.items()},
    )


def named_column_map(name: str, titles: Titles | None = None) -> ColumnMap:
    """A map shipped with the program, e.g. `register-sample`. Raises KnownError when none."""
    path = resources_dir() / "import_maps" / f"{Path(name).stem}.json"
    return load_column_map(path, titles)


def map_document(targets: Iterable[tuple[str, Target | None]], titles: Titles) -> dict[str, object]:
    """The map file of columns (title as written in a map, target); what has no target is left out:
    whoever uses the file has to say where it goes.
    """
    columns: dict[str, object] = {}
    ignore: list[str] = []
    for title, target in targets:
        if target is None:
            continue
        if target.role is Role.IGNORED:
            ignore.append(title)
        else:
            columns[title] = _spelled(target, titles)
    return {"columns": columns, "ignore": ignore}


def _spelled(target: Target, titles: Titles) -> object:
    if target.role is Role.KEY:
        return {"key": target.entity}
    if target.role is Role.UNIT:
        return {"unit": target.edition}
    if target.role is Role.VILLAGE:
        return {"village": True}
    name = titles.name_of(target)
    return {"field": name, "codes": dict(target.codes)} if target.codes else name


def _place(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


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
        return Target(
            found.role,
            found.entity,
            found.field,
            codes=tuple(wanted.codes.items()),
            part=found.part,
        )
    return found
