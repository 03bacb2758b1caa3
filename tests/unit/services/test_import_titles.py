"""Titles that the program prints itself mean the same when they come back above a column."""

from __future__ import annotations

import json

import pytest

from app.services.importing.columns import target_of_title
from app.services.importing.targets import packaged_titles
from app.settings import resources_dir

#: Catalogue, message → what the column is (`Target.name`). Columns of counts and of the program's
#: own bookkeeping are none of a register.
PRINTED = {
    "documents/handover_record.vi.json": {
        "column.order": "ignored",
        "column.villages": "village",
        "column.communes": "unit",
        "column.note": "household.note",
        "column.code": "circumstances",
        "column.group": "circumstances",
    },
    "translations/vi/ui.json": {
        "entry.column.number": "ignored",
        "entry.column.name": "child.full_name",
        "entry.column.birth": "child.birth_date",
        "register.column.birth": "child.birth_date",
        "register.column.head": "household.head_name",
        "register.column.household": "household.household_no",
        "register.column.name": "child.full_name",
        "register.column.sex": "child.sex",
        "register.column.village": "village",
    },
    "translations/vi/cli.json": {
        "cli.column.born": "child.birth_date",
        "cli.column.head": "household.head_name",
        "cli.column.village": "village",
    },
}


@pytest.mark.parametrize("catalogue", PRINTED)
def test_a_printed_title_names_its_column(catalogue: str) -> None:
    told = json.loads((resources_dir() / catalogue).read_text(encoding="utf-8"))
    titles = packaged_titles()
    for message, wanted in PRINTED[catalogue].items():
        target = target_of_title(told[message], None, titles)
        assert target is not None, told[message]
        assert target.name == wanted
