"""Mappings of the register to another program's workbook: read, checked, refused by name.

A mapping is a JSON file:

    {"format": "sotreem-export-map", "version": 1,
     "name": "…", "about": "…",                        people read both, on the sheet of notes
     "sheets": [{"name": "Children", "rows": "children",   children | households | circumstances
       "where": [{"source": "child.sex", "in": ["1"]}],    or "not_in"; or "filled": true
       "columns": [
         {"title": "Name", "source": "child.full_name"},   in the words of the form
         {"title": "Sex", "source": "child.sex", "codes": {"1": "M", "2": "F"}, "other": "?"},
         {"title": "Born", "source": "child.birth_date", "as": "day"},
         {"title": "Address", "source": ["household.address_detail", "village.name"], "join": ", "},
         {"title": "Divorced", "source": "child.parents_divorced", "yes_no": ["x", ""]},
         {"title": "System", "fixed": "A"}]}]}

`as`: `words` (as people read it; the rule), `code` (as stored), `day` (a real day, a text where it
is not known whole), `iso` (2019-05-01), `year`. `codes` name every code of the list, or `other`
says what stands for those they do not name ("" for nothing), and how many there were is told;
`yes_no` is for questions of yes and no. What is not in this list is refused with its place:
a misspelt key must not become an empty column.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

import msgspec

from app.errors import KnownError
from app.forms.catalogue import Catalogue
from app.forms.code_lists import lookup_key
from app.forms.schema import Field, Label, codes_of
from app.plain_files import FileTooLarge, read_small
from app.settings import resources_dir
from app.workbooks.cells import BadFile

FORMAT, VERSION = "sotreem-export-map", 1
MAX_FILE = 1 << 20
_SHIPPED = "national.v1.json"
_MOST_SHEETS, _MOST_COLUMNS = 20, 500
#: How many codes a sentence names.
_FEW = 8
_YES_NO = "yes_no"
#: Where msgspec says it stopped, and the key it did not know.
_AT = re.compile(r"at `([^`]*)`")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_UNIT_PARTS = tuple(
    f"unit.{tier}_{part}"
    for tier in ("commune", "district", "province")
    for part in ("code", "name")
)
#: Sources that are no field of a form.
_OTHERS = frozenset((*_UNIT_PARTS, "village.name", "record.child_id", "record.household_id"))
_OF_ROWS: Mapping[str, frozenset[str]] = {
    "children": frozenset(("child", "household", "village", "unit", "record", "circumstances")),
    "households": frozenset(("household", "village", "unit", "record")),
    "circumstances": frozenset(("circumstance", "child", "household", "village", "unit", "record")),
}
_WORDED = Label(vi="", en="")
#: What a circumstance is of, which no form has a field for.
_GROUP = Field("group", "code", _WORDED, _WORDED, code_list="circumstances")
_SUBGROUPS = Field("subgroups", "multi", _WORDED, _WORDED, code_list="circumstances")
#: All open groups of a child, in one cell.
_CODES = Field("codes", "multi", _WORDED, _WORDED, code_list="circumstances")


class Form(Enum):
    """How a value is written."""

    WORDS = "words"
    CODE = "code"
    DAY = "day"
    ISO = "iso"
    YEAR = "year"


class _Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    among: list[str] | None = msgspec.field(default=None, name="in")
    not_in: list[str] | None = None
    filled: bool | None = None


class _Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    source: str | list[str] | None = None
    fixed: str | None = None
    form: str = msgspec.field(default="words", name="as")
    codes: dict[str, str] | None = None
    other: str | None = None
    yes_no: tuple[str, str] | None = None
    join: str = " "
    width: int = 16


class _Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    rows: Literal["children", "households", "circumstances"]
    columns: list[_Column]
    where: list[_Filter] = []


class _Map(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    version: int
    name: str
    about: str
    sheets: list[_Sheet]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: `of` is `child`, `household`, `circumstance`, `circumstances`,
    `village`, `unit` or `record`; `field` is that of the form where there is one.
    """

    of: str
    name: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class MapColumn:
    """A column: what it is made of (nothing: `fixed`), and how it is written."""

    title: str
    sources: tuple[Source, ...]
    fixed: str
    form: Form
    codes: Mapping[str, str] | None
    other: str
    yes_no: tuple[str, str] | None
    join: str
    width: int


@dataclass(frozen=True, slots=True)
class MapFilter:
    """Which rows a sheet holds: those of which a source has one of these values, has none of them,
    or, where neither is named, is `filled` or not.
    """

    source: Source
    among: frozenset[str] | None
    not_in: frozenset[str] | None
    filled: bool


@dataclass(frozen=True, slots=True)
class MapSheet:
    """A sheet: one row for each child, household or circumstance that fits all filters."""

    name: str
    rows: str
    columns: tuple[MapColumn, ...]
    where: tuple[MapFilter, ...]


@dataclass(frozen=True, slots=True)
class ExportMap:
    """A mapping that was read and checked. `shipped`: it came with the program."""

    name: str
    about: str
    sheets: tuple[MapSheet, ...]
    sha256: str
    shipped: bool


def shipped_file() -> Path:
    """The mapping that ships with the program."""
    return resources_dir() / "exports" / _SHIPPED


def load_map(path: Path | None, catalogue: Catalogue) -> ExportMap:
    """Read and check a mapping; None: the one that ships.

    Raises KnownError `import.file_unreachable`, `export.map_…`.
    """
    file = shipped_file() if path is None else path
    try:
        content = read_small(file, MAX_FILE)
    except FileTooLarge as problem:
        raise _refused("unreadable", file.name, place="\N{EM DASH}") from problem
    except OSError as problem:
        raise BadFile("unreachable", file.name) from problem
    try:
        read = msgspec.json.decode(content, type=_Map)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _not_of_the_schema(file.name, str(problem)) from problem
    if (read.format, read.version) != (FORMAT, VERSION):
        raise _refused("version", file.name, format=FORMAT, version=VERSION)
    digest = hashlib.sha256(content).hexdigest()
    sheets = tuple(_Checking(file.name, catalogue).sheets(read))
    return ExportMap(read.name, read.about, sheets, digest, path is None)


def _refused(why: str, file: str, **parameters: object) -> KnownError:
    return KnownError(f"export.map_{why}", f"export.map_{why}_hint", file=file, **parameters)


def _not_of_the_schema(file: str, said: str) -> KnownError:
    """What the reader said, in our words: the place, and the key that nobody knows."""
    at = _AT.search(said)
    place = at[1] if at else "$"
    unknown = _UNKNOWN.search(said)
    if unknown is not None:
        return _refused("unknown_key", file, key=unknown[1], place=place)
    return _refused("unreadable", file, place=place)


class _Checking:
    """Holds a mapping against the forms in force."""

    def __init__(self, file: str, catalogue: Catalogue) -> None:
        self._file = file
        self._forms = {name: catalogue.newest(name) for name in ("child", "household")}
        self._codes = catalogue.code_list("circumstances")

    def sheets(self, read: _Map) -> Iterator[MapSheet]:
        """The sheets. Raises KnownError."""
        if not read.sheets or len(read.sheets) > _MOST_SHEETS:
            raise _refused("sheets", self._file, most=_MOST_SHEETS)
        names = [lookup_key(one.name) for one in read.sheets]
        for one in read.sheets:
            if not one.name.strip() or names.count(lookup_key(one.name)) > 1:
                raise _refused("twice", self._file, sheet=one.name, column=one.name)
            if not one.columns or len(one.columns) > _MOST_COLUMNS:
                raise _refused("columns", self._file, sheet=one.name, most=_MOST_COLUMNS)
            titles = [lookup_key(column.title) for column in one.columns]
            for column in one.columns:
                if not column.title.strip() or titles.count(lookup_key(column.title)) > 1:
                    raise _refused("twice", self._file, sheet=one.name, column=column.title)
            columns = tuple(self._column(one, column) for column in one.columns)
            where = tuple(self._filter(one, each) for each in one.where)
            yield MapSheet(one.name, one.rows, columns, where)

    def _column(self, sheet: _Sheet, read: _Column) -> MapColumn:
        place = {"sheet": sheet.name, "column": read.title}
        if (read.source is None) == (read.fixed is None) or read.source == []:
            raise _refused("source_or_fixed", self._file, **place)
        if read.form not in (known := [one.value for one in Form]):
            raise _refused("form", self._file, form=read.form, known=", ".join(known), **place)
        named = [read.source] if isinstance(read.source, str) else read.source or []
        sources = tuple(self._source(sheet, one, read.title) for one in named)
        if read.codes is not None:
            self._known_codes(sources, read.codes, place)
            if read.other is None:
                self._must_cover(sources, read.codes, place)
        if read.yes_no is not None and not all(_asks_yes_or_no(one.field) for one in sources):
            raise _refused("no_question", self._file, **place)
        return MapColumn(
            read.title,
            sources,
            read.fixed or "",
            Form(read.form),
            read.codes,
            read.other or "",
            read.yes_no,
            read.join,
            read.width,
        )

    def _filter(self, sheet: _Sheet, read: _Filter) -> MapFilter:
        said = [one for one in (read.among, read.not_in, read.filled) if one is not None]
        if len(said) != 1 or said == [[]]:
            raise _refused("filter", self._file, sheet=sheet.name, source=read.source)
        source = self._source(sheet, read.source, read.source)
        wanted = read.among or read.not_in or []
        place = {"sheet": sheet.name, "column": read.source}
        self._known_codes((source,), wanted, place)
        return MapFilter(
            source,
            None if read.among is None else frozenset(read.among),
            None if read.not_in is None else frozenset(read.not_in),
            read.filled is not False,
        )

    def _source(self, sheet: _Sheet, named: str, column: str) -> Source:
        of, _, name = named.partition(".")
        found = self._found(of, name) if of in _OF_ROWS[sheet.rows] else None
        if found is None:
            raise _refused(
                "unknown_field", self._file, sheet=sheet.name, column=column, source=named
            )
        return found

    def _found(self, of: str, name: str) -> Source | None:
        if f"{of}.{name}" in _OTHERS:
            return Source(of, name, None)
        if (of, name) == ("circumstances", _CODES.name):
            return Source(of, name, _CODES)
        if of == "circumstance" and name in (_GROUP.name, _SUBGROUPS.name):
            return Source(of, name, _GROUP if name == _GROUP.name else _SUBGROUPS)
        form = self._forms["household" if of == "household" else "child"]
        fields = {one.name: one for one in form.fields_of(of) if one.stored}
        return Source(of, name, fields[name]) if name in fields else None

    def _must_cover(
        self, sources: Sequence[Source], codes: Mapping[str, str], place: dict[str, str]
    ) -> None:
        """A value that nothing is said about would go out as an empty cell, and nobody would know.

        A field without a list may hold anything.
        """
        for one in sources:
            known = None if one.field is None else codes_of(one.field)
            left = ["\N{HORIZONTAL ELLIPSIS}"]
            if known is not None:
                left = [item.code for item in known.items if item.code not in codes]
            if left:
                few = ", ".join(left[:_FEW]) + (" \N{HORIZONTAL ELLIPSIS}" if left[_FEW:] else "")
                raise _refused("uncovered", self._file, codes=few, **place)

    def _known_codes(
        self,
        sources: Sequence[Source],
        wanted: Sequence[str] | Mapping[str, str],
        place: dict[str, str],
    ) -> None:
        lists = [codes_of(one.field) for one in sources if one.field is not None]
        if not lists or None in lists:
            if wanted and any(one.field is None or not _has_words(one.field) for one in sources):
                raise _refused("no_codes", self._file, **place)
            return
        for code in wanted:
            if not any(known is not None and code in known for known in lists):
                raise _refused("unknown_code", self._file, code=code, **place)


def _asks_yes_or_no(field: Field | None) -> bool:
    if field is None:
        return False
    return field.type in ("bool", "event") or field.code_list == _YES_NO


def _has_words(field: Field) -> bool:
    """Whether a field without a list holds texts that a filter or a translation may name."""
    return field.type not in ("bool", "event")
