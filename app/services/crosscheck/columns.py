"""Which column of a list is what: by the correction of a person, by its title, by what it holds.

A correction is a JSON file: `{"columns": {"Tên cháu": "name"}, "ignore": ["Lớp"]}`; titles
compare without marks and case. Columns that nobody recognises are told and read over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.errors import KnownError
from app.forms.code_lists import lookup_key
from app.plain_files import FileTooLarge, read_small
from app.services.crosscheck.births import read_birth
from app.services.crosscheck.words import Role, Words, list_words
from app.workbooks.cells import BadFile

MAX_MAP_FILE = 1 << 20
#: As many rows tell what a column holds, and so much of them must say it.
LOOKED_AT = 60
_MOSTLY, _NEARLY_ALL = 0.6, 0.85
_ID = re.compile(r"0?[0-9]{11}")
#: Roles of which a list may have several columns: all of them are read.
_SEVERAL = frozenset((Role.ADULTS, Role.IGNORED))
#: Poverty may have a column of ticks for each status; a person's word names one of them all.
_SEVERAL_TITLES = _SEVERAL | {Role.POVERTY}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: its place from 0, its title, what it is (None: nobody knows), and whether that was
    found by what the column holds, and not by its title.
    """

    index: int
    title: str
    role: Role | None
    by_content: bool = False


class _MapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: dict[str, str] = {}
    ignore: list[str] = []


def load_corrections(path: Path) -> dict[str, Role]:
    """Folded title → role. Raises KnownError `crosscheck.columns_unreadable` and
    `crosscheck.no_role`, BadFile.
    """
    try:
        said = msgspec.json.decode(read_small(path, MAX_MAP_FILE), type=_MapFile)
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
    except (FileTooLarge, msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise KnownError(
            "crosscheck.columns_unreadable", "crosscheck.columns_unreadable_hint", file=path.name
        ) from problem
    known = {role.value: role for role in Role}
    strangers = sorted({role for role in said.columns.values() if role not in known})
    if strangers:
        raise KnownError(
            "crosscheck.no_role",
            "crosscheck.no_role_hint",
            file=path.name,
            names=", ".join(strangers),
            known=", ".join(known),
        )
    found = {lookup_key(title): known[role] for title, role in said.columns.items()}
    return found | {lookup_key(title): Role.IGNORED for title in said.ignore}


def recognise(
    titles: Sequence[str],
    sample: Sequence[Sequence[str]],
    corrected: Mapping[str, Role],
    year: int,
) -> tuple[ListColumn, ...]:
    """What every column is: `sample` are texts of the first rows, `corrected` the word of a person
    by folded title, `year` that of the list.
    """
    words = list_words()
    width = max((len(titles), *(len(row) for row in sample)))
    named = [titles[at].strip() if at < len(titles) else "" for at in range(width)]
    held = [[row[at].strip() for row in sample if at < len(row)] for at in range(width)]
    columns: list[ListColumn] = []
    taken: set[Role] = set()
    for at, title in enumerate(named):
        role = corrected.get(lookup_key(title)) if title else None
        if role is None and title:
            role = words.role_of(title)
            if role in taken and role not in _SEVERAL_TITLES:
                # The first column of the kind says it: `Họ và tên` stands before `Tên thường gọi`.
                role = None
        if role is not None:
            taken.add(role)
        columns.append(ListColumn(at, title, role))
    # An explicit word goes before what titles say elsewhere.
    said = {role for title, role in corrected.items() if role not in _SEVERAL}
    columns = [
        ListColumn(one.index, one.title, None)
        if one.role in said and lookup_key(one.title) not in corrected
        else one
        for one in columns
    ]
    for role, holds in _by_content(words, year):
        if any(one.role in _SAME.get(role, (role,)) for one in columns):
            continue
        for at, one in enumerate(columns):
            texts = [text for text in held[at] if text]
            if one.role is None and len(texts) > 1 and holds(texts):
                columns[at] = ListColumn(at, one.title, role, by_content=True)
                break
    return tuple(one for one in columns if one.title or one.role is not None)


#: Roles that another column has already where one of these is there.
_SAME: Mapping[Role, tuple[Role, ...]] = {
    Role.BIRTH: (Role.BIRTH, Role.BIRTH_MALE, Role.BIRTH_FEMALE, Role.AGE),
    Role.SEX: (Role.SEX, Role.SEX_MALE, Role.SEX_FEMALE, Role.BIRTH_MALE, Role.BIRTH_FEMALE),
    Role.VILLAGE: (Role.VILLAGE, Role.ADDRESS),
}


def _by_content(words: Words, year: int) -> Sequence[tuple[Role, Callable[[Sequence[str]], bool]]]:
    def share(fits: Callable[[str], bool], least: float) -> Callable[[Sequence[str]], bool]:
        return lambda texts: sum(map(fits, texts)) >= least * len(texts)

    return (
        (Role.PERSONAL_ID, share(lambda text: _ID.fullmatch(text) is not None, _MOSTLY)),
        (Role.BIRTH, share(lambda text: bool(read_birth(text, year).days), _MOSTLY)),
        (Role.SEX, share(lambda text: bool(words.sex_of(text)), _NEARLY_ALL)),
        (Role.POVERTY, share(lambda text: bool(words.poverty_of(text)), _NEARLY_ALL)),
        (Role.VILLAGE, share(words.is_village, _MOSTLY)),
        (Role.RELATION, share(lambda text: _is_relation(text, words), _NEARLY_ALL)),
        (Role.NAME, share(_is_name, _NEARLY_ALL)),
    )


def _is_relation(text: str, words: Words) -> bool:
    key = lookup_key(text)
    return key in words.heads or key in words.adults or key.split(" ")[0] in ("con", "chau")


def _is_name(text: str) -> bool:
    parts = text.split()
    return 2 <= len(parts) <= 6 and not any(one.isdigit() for one in text)
