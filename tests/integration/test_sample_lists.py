"""Sample lists of poor households and of allowances beside the sample register: every row is read
as what it is, and its child is found. Titles above merged cells, sections, text for old fonts,
dates as days, as numbers of days and as text.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.matching.lists import place
from app.matching.person import Person
from app.matching.placed import Placed
from app.services.crosscheck.listed import ListKind, ListRow, RowKind
from app.services.crosscheck.listing import read_list
from app.services.crosscheck.placing import is_placeholder, listed
from app.services.crosscheck.villages import village_key
from app.workbooks.reading import open_workbook
from tests.integration.registers import SAMPLE, sample_rows

LISTS = SAMPLE.parent / "lists"
#: The year that the sample is of.
_YEAR = 2020
_SEXES = {"M": "1", "F": "2"}
_READ_AS = {
    "child": RowKind.CHILD,
    "child_not_in_register": RowKind.CHILD,
    "head": RowKind.HEAD,
    "section": RowKind.SECTION,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What a row of a list is, and the records that are its child: some are written twice."""

    kind: str
    records: frozenset[str]


@cache
def truth() -> dict[tuple[str, int], Truth]:
    with (LISTS / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["file"], int(row["row"])): Truth(row["kind"], frozenset(row["records"].split()))
            for row in csv.DictReader(file)
        }


@cache
def register() -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = defaultdict(list)
    for row in sample_rows():
        person = Person(
            row["rec_id"],
            row["name"],
            row["dob"],
            _SEXES.get(row["sex"], ""),
            row["personal_id"],
            row["mother"],
            row["mother_yob"],
            row["father"],
            row["father_yob"],
            row["head"],
            row["phone"],
            row["hh_id"],
            village_key(row["village"]),
            row["commune"],
        )
        found[row["commune"]].append(person)
    return found


@cache
def rows(path: Path) -> tuple[ListRow, ...]:
    kind = ListKind.POVERTY if path.name.startswith("ho_ngheo") else ListKind.ALLOWANCE
    with open_workbook(path) as book:
        return read_list(book, kind, {}, _YEAR).rows


def placed() -> Iterator[tuple[Placed, Truth]]:
    for path in sorted(LISTS.glob("*.xlsx")):
        children = [one for one in rows(path) if one.kind is RowKind.CHILD]
        people = register()[path.stem.rpartition("_")[2]]
        found = place([listed(one.number, one) for one in children], people, is_placeholder)
        for row, one in zip(children, found, strict=True):
            yield one, truth()[path.name, row.number]


def test_every_row_is_read_as_what_it_is() -> None:
    for path in sorted(LISTS.glob("*.xlsx")):
        read = {one.number: one.kind for one in rows(path)}
        wanted = {
            row: _READ_AS[one.kind] for (file, row), one in truth().items() if file == path.name
        }
        assert {row: read.get(row) for row in wanted} == wanted, path.name
        children = {row for row, kind in read.items() if kind is RowKind.CHILD}
        assert children <= wanted.keys(), "and nothing else is a child"


def test_the_children_are_found_and_nobody_else_is() -> None:
    count = Counter[str]()
    for found, one in placed():
        first = found.candidates[0] if found.candidates else None
        likely = first is not None and first.chance > 0.5 and not found.taken
        matched = first.child if first is not None and (found.child or likely) else ""
        count["known"] += bool(one.records)
        count["matched"] += bool(matched)
        count["right"] += bool(matched) and matched in one.records
        count["sure_wrong"] += bool(found.child) and found.child not in one.records
    assert count["known"] == 269
    assert count["sure_wrong"] == 0
    assert count["right"] >= 0.995 * count["matched"]
    assert count["right"] >= 0.99 * count["known"]
