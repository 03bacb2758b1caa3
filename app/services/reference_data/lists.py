"""A new edition of a code list, checked line by line and against the list in force.

A code that was given means the same for ever: an edition may add codes, correct labels and end a
code by a date; it leaves none out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.forms.catalogue import BUILT_IN, Catalogue, misplaced_levels
from app.forms.code_lists import COLUMNS, CodeList, parse_code_list
from app.history.operation import Value
from app.models.queries.references import references
from app.models.store import Reading
from app.models.work import Change
from app.services.reference_data.files import Line, Refused, read_lines

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RESERVED = re.compile(r"units.*|unit_.*")
_EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}")


@dataclass(frozen=True, slots=True)
class NewList:
    """A list to load: its name, edition, the day it counts from, and its lines as CSV."""

    name: str
    edition: str
    valid_from: date
    content: str
    codes: int


def read_list(
    path: Path, name: str, edition: str, valid_from: date, catalogue: Catalogue, reading: Reading
) -> NewList:
    """The list of a file that may be loaded now; an empty `name` is that of the file.

    Raises Refused.
    """
    name = name or path.name.partition(".")[0]
    for problem in _head_problems(name, edition, valid_from, reading, path.name):
        raise problem
    titles, lines = read_lines(path, COLUMNS)
    for problem in _line_problems(lines, path.name):
        raise problem
    try:
        before = catalogue.code_list(name)
    except KeyError:
        before = CodeList(name, ())
    for problem in _kept_problems(before, titles, lines, path.name):
        raise problem
    content = _written(titles, lines)
    for code in misplaced_levels(parse_code_list(name, content.splitlines())):
        raise Refused("code_level", path.name, line=_line_of(code, lines), code=code)
    return NewList(name, edition, valid_from, content, len(lines))


def change_of(new: NewList) -> Change:
    """The reference record of a list; the id says name and edition."""
    values: dict[str, Value] = {
        "name": new.name,
        "edition": new.edition,
        "valid_from": new.valid_from.isoformat(),
        "content": new.content,
    }
    return Change("code_list", values, key=f"{new.name}/{new.edition}")


def _head_problems(
    name: str, edition: str, valid_from: date, reading: Reading, file: str
) -> Iterator[Refused]:
    if not _NAME.fullmatch(name):
        yield Refused("list_name", file, name=name)
    if name in BUILT_IN or _RESERVED.fullmatch(name):
        yield Refused("list_built_in", file, name=name)
    if not _EDITION.fullmatch(edition):
        yield Refused("edition", file, edition=edition)
    for one in references(reading, "code_list"):
        if one.text("name") != name:
            continue
        if one.text("edition") == edition:
            yield Refused("list_taken", file, name=name, edition=edition)
        if one.text("valid_from") >= valid_from.isoformat():
            yield Refused("list_before", file, name=name, day=one.text("valid_from"))


def _line_problems(lines: Sequence[Line], file: str) -> Iterator[Refused]:
    seen: dict[str, int] = {}
    for line in lines:
        code = line["code"]
        if not _CODE.fullmatch(code):
            yield Refused("code", file, line=line.number, code=code)
        if code in seen:
            yield Refused("code_twice", file, line=line.number, code=code, first=seen[code])
        seen[code] = line.number
        if not line["label_vi"] or not line["label_en"]:
            yield Refused("label", file, line=line.number, code=code)
        for column in ("valid_from", "valid_to"):
            if line[column] and not is_day(line[column]):
                yield Refused("day", file, line=line.number, day=line[column])
        if line["valid_to"] and line["valid_to"] < line["valid_from"]:
            yield Refused("validity", file, line=line.number)


def _kept_problems(
    before: CodeList, titles: Sequence[str], lines: Sequence[Line], file: str
) -> Iterator[Refused]:
    given = {line["code"]: line for line in lines}
    for item in before:
        for column in item.extra:
            if column not in titles:
                yield Refused("list_column", file, name=before.name, column=column)
        if item.code not in given:
            yield Refused("code_dropped", file, name=before.name, code=item.code)
            continue
        line = given[item.code]
        if item.extra.get("parent") and line["parent"] != item.extra["parent"]:
            # What it belongs to is its meaning.
            yield Refused("code_meaning", file, line=line.number, code=item.code, column="parent")


def _line_of(code: str, lines: Sequence[Line]) -> int:
    return next(line.number for line in lines if line["code"] == code)


def is_day(text: str) -> bool:
    """Whether a text is a day in the form YEAR-MONTH-DAY."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _written(titles: Sequence[str], lines: Sequence[Line]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([line[title] for title in titles] for line in lines)
    return out.getvalue()
