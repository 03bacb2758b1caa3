"""A decree from the province to a commune and its answer back: a form, a list, a unit; and what a
modified client makes of that.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.ids import derived_id
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient, opened
from tests.faults.ground import MAP, sheet_of
from tests.unit.forms.test_catalogue import COLUMNS, template

PROVINCE, DISTRICT, COMMUNE = "51@2024", "524@2024", "21064@2024"
NEW_UNIT = "29999@2024b"
UNITS = (
    "edition,code,name,kind,parent,valid_from,valid_to\n"
    "2024b,29999,Ba Mới,commune,524@2024,2025-01-01,\n"
)


@dataclass(frozen=True)
class Story:
    """Three homes after the decree went down, was answered and came back up."""

    homes: Homes
    child: str
    loaded: dict[str, Any]
    #: What the commune's `receive` said came besides records.
    besides: list[dict[str, str]]

    @property
    def top(self) -> Prompt:
        return self.homes.at(PROVINCE)

    @property
    def middle(self) -> Prompt:
        return self.homes.at(DISTRICT)

    @property
    def below(self) -> Prompt:
        return self.homes.at(COMMUNE)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("decree")
    homes = Homes(folder, patch)
    top, middle, below = (homes.init(unit) for unit in (PROVINCE, DISTRICT, COMMUNE))
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, middle, root)
    homes.enrol(middle, below, root)
    sheet = sheet_of(folder / "sheet.csv", (COMMUNE,), 8, 5)
    below.must("register", "import", sheet, "--columns", MAP, codes=(0, 4))
    kinds = folder / "internet_kinds.csv"
    kinds.write_text(f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\nM,Di động,Mobile,,,,\n", encoding="utf-8")
    form = folder / "child.v2.json"
    form.write_text(json.dumps(template(valid_from="2026-01-01")), encoding="utf-8")
    units = folder / "units.csv"
    units.write_text(UNITS, encoding="utf-8")
    loaded = {
        "list": top.must("codelist", "load", kinds, "--edition", "2026.1", "--from", "1/1/2026"),
        "form": top.must("template", "load", form),
        "units": top.must("unit", "load", units),
    }
    homes.carry(top, middle, DISTRICT)
    _sent, got = homes.carry(middle, below, COMMUNE)
    child = min(_exported(below), key=lambda row: row["child_uid"])["child_uid"]
    below.must("register", "set", child, "internet_at_home=cap quang")
    homes.carry(below, middle, DISTRICT)
    homes.carry(middle, top, PROVINCE)
    yield Story(homes, child, loaded, got["besides"])
    patch.undo()


def _exported(prompt: Prompt) -> list[dict[str, str]]:
    out = prompt.home.parent / "register.csv"
    out.unlink(missing_ok=True)
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_province_is_told_what_it_loaded(story: Story) -> None:
    assert [one["what"] for one in story.loaded.values()] == [
        "internet_kinds 2026.1",
        "child.v2",
        "2024b",
    ]
    assert all(one["count"] == 1 for one in story.loaded.values())


def test_whoever_receives_it_is_told_of_each_form_and_list_and_how_many_units(story: Story) -> None:
    told = {one["what"]: one["message"] for one in story.besides}
    assert told["form_template"] == "Mẫu biểu: Trẻ em, bản 2027.1"
    assert told["code_list"] == "Danh mục: internet_kinds, bản 2026.1"
    assert told["org_unit"] == "1 đơn vị hành chính mới hoặc có thay đổi"


@pytest.mark.parametrize("unit", [PROVINCE, DISTRICT, COMMUNE])
def test_every_tier_types_into_the_new_form_and_knows_the_new_list_and_unit(
    story: Story, unit: str
) -> None:
    prompt = story.homes.at(unit)
    forms = prompt.must("template", "list")
    assert [(one["form"], one["version"], one["in_use"], one["needs_newer"]) for one in forms] == [
        ("child", 1, False, False),
        ("child", 2, True, False),
        ("household", 1, True, False),
    ]
    lists = {one["name"]: one for one in prompt.must("codelist", "list")}
    assert (lists["internet_kinds"]["edition"], lists["internet_kinds"]["codes"]) == ("2026.1", 2)
    (found,) = prompt.must("unit", "find", "xã", "ba", "mới", "--edition", "2024b")
    assert found["ref"] == NEW_UNIT
    assert found["parent"] == DISTRICT


def test_the_new_unit_lies_in_the_scope_of_those_above_and_of_nobody_beside(story: Story) -> None:
    for prompt in (story.top, story.middle):
        assert NEW_UNIT in {one["ref"] for one in prompt.must("unit", "list", "--deep")}
    assert {one["ref"] for one in story.below.must("unit", "list", "--deep")} == {COMMUNE}
    assert story.middle.must("village", "add", "Thôn Mới", "--unit", NEW_UNIT)["id"]
    refused = story.below("village", "add", "Thôn Mới", "--unit", NEW_UNIT)
    assert (refused.code, refused.document["error"]) == (1, "units.outside_scope")


@pytest.mark.parametrize("unit", [PROVINCE, DISTRICT, COMMUNE])
def test_the_value_typed_in_the_commune_is_shown_and_exported_at_every_tier(
    story: Story, unit: str
) -> None:
    prompt = story.homes.at(unit)
    shown = prompt.must("register", "show", story.child)
    assert shown["values"]["internet_at_home"] == "F"
    assert shown["values"]["template"] == "child.v2"
    rows = {row["child_uid"]: row for row in _exported(prompt)}
    assert rows[story.child]["internet_at_home"] == "F"
    assert {row["internet_at_home"] for one, row in rows.items() if one != story.child} == {""}


def test_a_record_is_checked_by_the_form_of_its_last_save(story: Story) -> None:
    other = max(row["child_uid"] for row in _exported(story.below))
    asked = {one["field"] for one in _issues(story.below, other)}
    assert "internet_at_home" not in asked
    story.below.must("register", "set", other, "birth_place=Trạm y tế")
    assert ("internet_at_home", "required") in {
        (one["field"], one["rule"]) for one in _issues(story.below, other)
    }
    assert "internet_at_home" not in {one["field"] for one in _issues(story.below, story.child)}


def _issues(prompt: Prompt, child: str) -> list[dict[str, Any]]:
    found = prompt.must("check", codes=(0, 1, 4))
    return [one for one in found if one["id"] == child]


def test_a_value_that_is_not_in_the_new_list_is_refused_in_words(story: Story) -> None:
    refused = story.below("register", "set", story.child, "internet_at_home=vệ tinh")
    assert (refused.code, refused.document["error"]) == (1, "records.bad_value")
    assert "Có Internet ở nhà" in refused.document["message"]


def test_only_the_province_loads_and_a_bad_file_changes_nothing(
    story: Story, tmp_path: Path
) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS, encoding="utf-8")
    for prompt in (story.middle, story.below):
        refused = prompt("unit", "load", path)
        assert (refused.code, refused.document["error"]) == (1, "rights.not_reference")
    before = dump_home(story.top.home, PASSPHRASE)
    again = story.top("unit", "load", path)
    assert (again.code, again.document["error"]) == (1, "reference.unit_taken")
    assert "units.csv" in again.document["message"]
    assert dump_home(story.top.home, PASSPHRASE) == before


def test_a_form_from_a_modified_client_is_refused_by_name_and_changes_no_form(
    story: Story,
) -> None:
    client = ModifiedClient(story.below.home, COMMUNE)
    form = json.dumps(template(3))
    body = {"_key": "child.v3", "form": "child", "version": 3, "edition": "x", "content": form}
    unsigned = client.forge("form_template", derived_id("form_template", "child.v3"), body)
    unit = client.signed(
        client.forge(
            "org_unit",
            derived_id("org_unit", "29998@2024b"),
            {
                "_key": "29998@2024b",
                "code": "29998",
                "edition": "2024b",
                "name": "Xã Riêng",
                "kind": "commune",
                "tier": "commune",
                "parent": DISTRICT,
                "valid_from": "2025-01-01",
            },
        )
    )
    # What a newer program of the commune writes is kept, passed on, and read after the update.
    later = client.forge(
        "vaccination", derived_id(story.child, "1"), {"_key": "1", "record": story.child}
    )
    client.slip_in(unsigned, unit, later)
    before = story.middle.must("template", "list")
    sent, got = story.homes.carry(story.below, story.middle, DISTRICT)
    assert sent["file"]
    stopped = {one["operation"]: one for one in story.middle.must("waiting", "list")}
    assert stopped[unsigned.op_id.hex()]["reason"] == "reference-unsigned"
    assert stopped[unit.op_id.hex()]["reason"] == "reference-unsigned"
    assert stopped[later.op_id.hex()]["reason"] == "newer-program"
    assert (got["refused"], got["waiting"]) == (2, 1)
    assert story.middle.must("template", "list") == before
    assert story.middle("unit", "find", "29998@2024b").code == 1
    story.homes.carry(story.middle, story.top, PROVINCE)
    above = {one["operation"]: one for one in story.top.must("waiting", "list")}
    assert above[later.op_id.hex()]["reason"] == "newer-program"
    assert unsigned.op_id.hex() not in above
    with opened(story.top.home) as store:
        assert store.unit == PROVINCE
