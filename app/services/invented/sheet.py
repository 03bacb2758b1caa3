"""The register as a plain table, the way communes keep it in Excel: one line a child.

Columns and spelling are those of the sample registers: `M`/`F`, bare codes of units, blanks where
nothing is known. Only what such tables hold is written; circumstances are not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from app.ids import parse_unit
from app.services.invented.register import InventedHousehold

COLUMNS = (
    "rec_id",
    "hh_id",
    "commune",
    "district",
    "village",
    "name",
    "sex",
    "dob",
    "father",
    "father_yob",
    "mother",
    "mother_yob",
    "head",
    "phone",
    "personal_id",
)
_FROM_CHILD = (
    ("name", "full_name"),
    ("dob", "birth_date"),
    ("father", "father_name"),
    ("father_yob", "father_birth_year"),
    ("mother", "mother_name"),
    ("mother_yob", "mother_birth_year"),
    ("personal_id", "personal_id"),
)
_SEX = {"1": "M", "2": "F"}


def rows(households: Iterable[InventedHousehold]) -> Iterator[tuple[str, ...]]:
    """One tuple of texts a child, in the order of `COLUMNS`."""
    for household in households:
        about = household.values
        shared = {
            "hh_id": household.key,
            "commune": parse_unit(household.commune).code,
            "district": household.district,
            "village": household.village,
            "head": str(about.get("head_name", "")),
            "phone": str(about.get("phone", "")),
        }
        for child in household.children:
            line = {
                **shared,
                "rec_id": child.key,
                "sex": _SEX.get(str(child.values.get("sex")), ""),
                **{column: str(child.values.get(name, "")) for column, name in _FROM_CHILD},
            }
            yield tuple(line[column] for column in COLUMNS)


def write_csv(households: Iterable[InventedHousehold], file: TextIO) -> int:
    """Write header and lines to a file opened with `newline=""`; the number of children."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(rows(households), start=1):  # noqa: B007 - the last is the count
        out.writerow(row)
    return count
