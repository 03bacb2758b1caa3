"""A new edition of a code list from a file, checked line by line and against the list in force.

The checks are those of a list that came (`app.forms.list_checks`). Besides, an edition that is
loaded leaves no code out and begins after those that are there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.forms.catalogue import Catalogue
from app.forms.code_lists import COLUMNS, CodeList
from app.forms.list_checks import dropped_faults, head_faults, kept_faults, line_faults
from app.forms.tables import Line
from app.history.operation import Value
from app.models.queries.references import references
from app.models.store import Reading
from app.models.work import Change
from app.services.reference_data.files import Refused, read_lines, refused


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
    for found in head_faults(name, edition):
        raise refused(found, path.name)
    _must_be_later(name, edition, valid_from, reading, path.name)
    titles, lines = read_lines(path, COLUMNS)
    try:
        before = catalogue.code_list(name)
    except KeyError:
        before = CodeList(name, ())
    for look in (line_faults(lines), kept_faults(before, titles, lines)):
        for found in look:
            raise refused(found, path.name)
    for found in dropped_faults(before, lines):
        raise refused(found, path.name)
    return NewList(name, edition, valid_from, _written(titles, lines), len(lines))


def change_of(new: NewList) -> Change:
    """The reference record of a list; the id says name and edition."""
    values: dict[str, Value] = {
        "name": new.name,
        "edition": new.edition,
        "valid_from": new.valid_from.isoformat(),
        "content": new.content,
    }
    return Change("code_list", values, key=f"{new.name}/{new.edition}")


def _must_be_later(name: str, edition: str, valid_from: date, reading: Reading, file: str) -> None:
    for one in references(reading, "code_list"):
        if one.text("name") != name:
            continue
        if one.text("edition") == edition:
            raise Refused("list_taken", file, name=name, edition=edition)
        if one.text("valid_from") >= valid_from.isoformat():
            raise Refused("list_before", file, name=name, day=one.text("valid_from"))


def _written(titles: Sequence[str], lines: Sequence[Line]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([line[title] for title in titles] for line in lines)
    return out.getvalue()
