"""Code lists: what a code means, which code a person meant, and which codes are valid on a day.

The lists are data in `resources/code_lists/*.csv` (provenance in the README there). This module
reads and searches them; it never guesses: a text that fits two items fits none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from types import MappingProxyType

from app.settings import resources_dir
from app.text.fold import fold

#: The columns every list has; further ones are kept in `CodeItem.extra`.
COLUMNS = ("code", "label_vi", "label_en", "aliases", "valid_from", "valid_to", "note")
#: Files in the same folder that describe units; `app.forms.units` reads them.
_NOT_LISTS = re.compile(r"units-.*|unit_successors|unit_editions")
_LIST_NAME = re.compile(r"[a-z][a-z_0-9]*")
_APOSTROPHE = re.compile("'")
_NOT_WORD = re.compile(r"[^\w]+")


def lookup_key(text: str) -> str:
    """What two spellings of one label have in common: letters and digits without marks or case.

    "H'Mông", "hmong" and "HMÔNG" give one key; hyphens, commas and dots count as spaces.
    """
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", fold(text))).strip()


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One line of a list. `valid_from` and `valid_to` are inclusive; None means no limit known."""

    code: str
    label_vi: str
    label_en: str
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, language: str = "vi") -> str:
        """The label in `vi` or `en`."""
        return self.label_en if language == "en" else self.label_vi

    def is_valid_on(self, day: date) -> bool:
        """Whether the item could be chosen on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)  # no slots: the search indexes are kept in the instance
class CodeList:
    """A list in its official order. Raises ValueError when a code stands twice."""

    name: str
    items: tuple[CodeItem, ...]

    def __post_init__(self) -> None:
        if len(self._by_code) != len(self.items):
            raise ValueError(f"code list {self.name}: a code stands twice")

    def __hash__(self) -> int:
        # A field's type is remembered by its field and list; the items would be hashed each time.
        return self._hash

    def __iter__(self) -> Iterator[CodeItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in list order."""
        return tuple(item.code for item in self.items)

    def get(self, code: str) -> CodeItem | None:
        """The item with exactly this code."""
        return self._by_code.get(code)

    def label(self, code: str, language: str = "vi") -> str:
        """The label of a code; the code itself when this version of the list does not know it."""
        item = self._by_code.get(code)
        return code if item is None else item.label(language)

    def valid_on(self, day: date) -> tuple[CodeItem, ...]:
        """The items that could be chosen on `day`, in list order."""
        return tuple(item for item in self.items if item.is_valid_on(day))

    def named(self, text: str) -> CodeItem | None:
        """The one item whose label or alias this is, marks, case and punctuation ignored.

        The official Vietnamese label goes before the English one, both before aliases; a text that
        fits two items at the same step fits none. Codes are not looked at: numbers on old lists may
        follow another numbering (QĐ 121-TCTK of 1979 against QĐ 1019 of 2008 for ethnic groups).
        """
        key = lookup_key(text)
        if not key:
            return None
        for index in self._indexes:
            if key in index:
                return index[key]
        return None

    def find(self, text: str) -> CodeItem | None:
        """The item meant by a typed text: its code as written, else `named(text)`."""
        written = text.strip()
        return (
            self._by_code.get(written)
            or self._by_upper_code.get(written.upper())
            or (self.named(text))
        )

    def complete(self, prefix: str, day: date | None = None) -> tuple[CodeItem, ...]:
        """Suggestions while typing: labels that begin with the prefix, then codes, then labels
        with a word that begins with it, then aliases; each item once, in list order within a group.

        An empty prefix gives the whole list. With `day`, only items valid then.
        """
        items = self.items if day is None else self.valid_on(day)
        key = lookup_key(prefix)
        if not key:
            return items
        ranked = [
            (rank, position, item)
            for position, item in enumerate(items)
            if (rank := self._rank(item, key)) is not None
        ]
        return tuple(item for _, _, item in sorted(ranked, key=lambda found: found[:2]))

    def _rank(self, item: CodeItem, key: str) -> int | None:
        label, code, aliases = self._begun[item.code]
        if label.startswith(key):
            return 0
        if code.startswith(key):
            return 1
        if f" {key}" in label:
            return 2
        return 3 if f"\n{key}" in aliases else None

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.items))

    @cached_property
    def _by_code(self) -> dict[str, CodeItem]:
        return {item.code: item for item in self.items}

    @cached_property
    def _by_upper_code(self) -> dict[str, CodeItem]:
        return {item.code.upper(): item for item in self.items}

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        """Per code: the key of its label, then those of its aliases."""
        return {
            item.code: tuple(lookup_key(text) for text in (item.label_vi, *item.aliases))
            for item in self.items
        }

    @cached_property
    def _begun(self) -> dict[str, tuple[str, str, str]]:
        """Per code: the keys of its label and code, and those of its aliases, each on a line: asked
        for every item at every key somebody types.
        """
        found: dict[str, tuple[str, str, str]] = {}
        for item in self.items:
            label, *aliases = self._keys[item.code]
            lines = "".join(f"\n{alias}" for alias in aliases)
            found[item.code] = (label, lookup_key(item.code), lines)
        return found

    @cached_property
    def _indexes(self) -> tuple[dict[str, CodeItem | None], ...]:
        """Key to item, for Vietnamese labels, English labels, aliases; None marks an ambiguity."""
        return (
            _index((self._keys[item.code][0], item) for item in self.items),
            _index((lookup_key(item.label_en), item) for item in self.items),
            _index((key, item) for item in self.items for key in self._keys[item.code][1:]),
        )


def _index(pairs: Iterable[tuple[str, CodeItem]]) -> dict[str, CodeItem | None]:
    index: dict[str, CodeItem | None] = {}
    for key, item in pairs:
        if key and index.setdefault(key, item) is not item:
            index[key] = None
    return index


def parse_code_list(name: str, lines: Iterable[str]) -> CodeList:
    """Read a list from the lines of its CSV form.

    Raises ValueError for missing columns, an empty code or label, a date that is not ISO, or
    a validity that ends before it begins.
    """
    reader = csv.DictReader(lines, strict=True)
    if tuple(reader.fieldnames or ())[: len(COLUMNS)] != COLUMNS:
        raise ValueError(f"code list {name}: columns must begin with {','.join(COLUMNS)}")
    return code_list_of(name, reader)


def code_list_of(name: str, rows: Iterable[Mapping[str, str]]) -> CodeList:
    """A list from its lines by column. Raises ValueError as `parse_code_list`."""
    return CodeList(name, tuple(_item(name, row) for row in rows))


def _item(name: str, row: Mapping[str, str]) -> CodeItem:
    if None in row or None in row.values() or not row["code"] or not row["label_vi"]:
        raise ValueError(f"code list {name}: incomplete line at code {row['code']!r}")
    begins, ends = (
        date.fromisoformat(row[column]) if row[column] else None
        for column in ("valid_from", "valid_to")
    )
    if begins is not None and ends is not None and ends < begins:
        raise ValueError(f"code list {name}: {row['code']} ends before it begins")
    aliases = tuple(part for alias in row["aliases"].split(";") if (part := alias.strip()))
    extra = {column: text for column, text in row.items() if column not in COLUMNS}
    return CodeItem(
        code=row["code"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        aliases=aliases,
        valid_from=begins,
        valid_to=ends,
        note=row["note"],
        extra=MappingProxyType(extra),
    )


@cache
def load_code_list(name: str) -> CodeList:
    """The list shipped with the program under this name, e.g. `ethnic_groups`.

    Raises KeyError for a name that no list has and ValueError for a list that is not well formed.
    """
    path = resources_dir() / "code_lists" / f"{name}.csv"
    if not _LIST_NAME.fullmatch(name) or _NOT_LISTS.fullmatch(name) or not path.is_file():
        raise KeyError(f"no code list named {name}")
    with path.open(encoding="utf-8", newline="") as file:
        return parse_code_list(name, file)


@cache
def code_list_names() -> tuple[str, ...]:
    """The names of all lists shipped with the program, sorted."""
    folder = resources_dir() / "code_lists"
    return tuple(
        sorted(path.stem for path in folder.glob("*.csv") if not _NOT_LISTS.fullmatch(path.stem))
    )
