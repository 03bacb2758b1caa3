"""A commune that two went into has two villages of one name: the command tells which is which, and
takes back what it told.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_merged_by_decree import decreed
from tests.e2e.test_two_pcs import write_book

PLACES = {"Thôn 1, xã Cà Đam", "Thôn 1, xã Tây Trà Bồng"}


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Prompt, str]:
    """The province, and the handover of the new commune with the books of both old ones."""
    homes = Homes(tmp_path, monkeypatch)
    top, root, units = decreed(homes)
    for number, unit in enumerate((ONE, OTHER)):
        old = homes.init(unit)
        homes.enrol(top, old, root)
        homes.carry(top, old, unit)
        rows = (f"Thôn 1,1,Chủ {number},1,Trẻ {number},2015-03-02,2",)
        book = write_book(homes.folder, f"{number}.csv", *rows)
        old.must("register", "import", book, codes=(0, 4))
        homes.carry(old, top, TOP)
    new = homes.at(NEW)
    new.must("init", "--unit", NEW, "--user", "an", "--units", units)
    homes.enrol(top, new, root)
    homes.carry(top, new, NEW)
    sent, _got = homes.carry(new, top, TOP)
    return top, str(sent["handover"])


def places(top: Prompt, *words: str) -> set[str]:
    """The villages that the first column of a table names."""
    lines = top.told("handover", *words, codes=(0, 4))
    return {one for one in (line.split("  ")[0] for line in lines) if one.startswith("Thôn 1")}


def test_two_villages_of_one_name_are_told_with_their_units(merged: tuple[Prompt, str]) -> None:
    top, handover = merged
    drawn = top.must("handover", "sample", handover, "--count", "2")
    assert len({one["unit"] for one in drawn["households"]}) == 2
    assert places(top, "verify", handover) == places(top, "surveyed", handover) == PLACES
    rule = top.must("handover", "verify", handover, codes=(0, 4))["rules"][0]["rule"]
    lines = top.told("handover", "verify", handover, "--rule", rule, codes=(0, 4))
    assert all(any(f"{place}, hộ 1" in line for line in lines) for place in PLACES)


def test_a_village_is_named_as_it_was_told(merged: tuple[Prompt, str]) -> None:
    top, handover = merged
    for words in (
        ("sample", handover, "--count", "1"),
        ("verify", handover),
        ("return", handover, "--rule", "required", "--reason", "Còn thiếu"),
    ):
        answer = top("handover", *words, "--village", "Thôn 1")
        assert (answer.code, answer.document["error"]) == (1, "verification.several_villages")
        assert all(f"«{place}»" in answer.notes for place in PLACES)
    units = set()
    for place in PLACES:
        drawn = top.must("handover", "sample", handover, "--count", "1", "--village", place)
        (one,) = drawn["households"]
        units.add(one["unit"])
        found = top.must("handover", "verify", handover, "--village", place, codes=(0, 4))
        homes = {each["household"] for each in found["records"]}
        assert homes == {one["id"]}
    assert len(units) == 2
