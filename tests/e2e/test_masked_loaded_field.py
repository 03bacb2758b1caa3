"""A field of level A that a loaded form brings is guarded like one that ships with the program.

From the province's form down to a commune, through what is typed, shown, checked and exported
there, and up again, by the commands that people use.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.forms.issues import MASKED_RULE
from tests.e2e.command_line import Homes, Prompt
from tests.faults.ground import MAP, sheet_of
from tests.unit.forms.test_catalogue import template

PROVINCE, COMMUNE = "51@2025", "21484@2025"
FIELD, DAY = "protection_order_date", "1997-02-03"
MASK = {"masked": True}
WHY = "xác minh theo đơn"


def guarded_form() -> dict[str, Any]:
    """The child's form with one new date of level A, which may not lie before the birth."""
    content = template(valid_from="2026-01-01")
    words = {"vi": "Ngày có quyết định bảo vệ", "en": "Day of the protection order"}
    content["sections"][-1]["fields"] = [
        {
            "name": FIELD,
            "type": "date",
            "label": words,
            "help": words,
            "sensitivity": "A",
            "since": 2,
            "rules": [{"rule": "not_before", "other": "birth_date", "severity": "error"}],
        }
    ]
    return content


@dataclass(frozen=True)
class Story:
    """A province and a commune; `child` has the new field, with an error in it, `other` has not.

    `issues` are those of the commune before and after it was typed, `sent` what the commune said
    of its handover.
    """

    homes: Homes
    child: str
    other: str
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    sent: Mapping[str, Any]

    @property
    def top(self) -> Prompt:
        return self.homes.at(PROVINCE)

    @property
    def below(self) -> Prompt:
        return self.homes.at(COMMUNE)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("guarded")
    homes = Homes(folder, patch)
    top, below = homes.init(PROVINCE), homes.init(COMMUNE)
    homes.enrol(top, below, top.must("authority", "init")["root_fingerprint"])
    sheet = sheet_of(folder / "sheet.csv", (COMMUNE,), 8, 5)
    below.must("register", "import", sheet, "--columns", MAP, codes=(0, 4))
    form = folder / "child.v2.json"
    form.write_text(json.dumps(guarded_form(), ensure_ascii=False), encoding="utf-8")
    top.must("template", "load", form)
    homes.carry(top, below, COMMUNE)
    child, other = sorted(row["child_uid"] for row in exported(below))[:2]
    for one in (child, other):
        below.must("register", "set", one, "birth_place=Trạm y tế")
    before = below.must("check", codes=(0, 1, 4))
    below.must("register", "set", child, f"{FIELD}={DAY}")
    after = below.must("check", codes=(0, 1, 4))
    sent, _ = homes.carry(below, top, PROVINCE)
    yield Story(homes, child, other, before, after, sent)
    patch.undo()


def exported(prompt: Prompt, *more: str) -> list[dict[str, str]]:
    out = prompt.home.parent / "register.csv"
    out.unlink(missing_ok=True)
    prompt.must("register", "export", out, "--headers", "names", *more)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("unit", [PROVINCE, COMMUNE])
def test_it_is_masked_on_the_record_and_in_its_history_at_every_tier(
    story: Story, unit: str
) -> None:
    prompt = story.homes.at(unit)
    assert prompt.must("register", "show", story.child)["values"][FIELD] == MASK
    assert FIELD not in prompt.must("register", "show", story.other)["values"]
    for words in (("register", "show"), ("register", "history")):
        assert DAY not in json.dumps(prompt.must(*words, story.child))


@pytest.mark.parametrize("unit", [PROVINCE, COMMUNE])
def test_a_look_behind_the_mask_is_on_record(story: Story, unit: str) -> None:
    prompt = story.homes.at(unit)
    seen = prompt.must("register", "show", story.child, "--reveal", WHY)
    assert seen["values"][FIELD] == DAY
    looks = [one for one in prompt.must("audit", "list") if one["event"] == "reveal"]
    assert looks[0]["details"] == {"entity": "child", "record": story.child, "reason": WHY}


def test_an_export_leaves_it_out_without_a_reason(story: Story) -> None:
    assert all(FIELD not in row for row in exported(story.below))
    rows = {row["child_uid"]: row for row in exported(story.below, "--reveal", WHY)}
    assert rows[story.child][FIELD] == DAY
    assert rows[story.other][FIELD] == ""


def test_an_issue_that_depends_on_it_counts_and_says_nothing(story: Story) -> None:
    assert FIELD not in json.dumps(story.after)
    told = [one for one in story.after if one not in story.before]
    assert [(one["id"], one["rule"], one["severity"]) for one in told] == [
        (story.child, MASKED_RULE, "error")
    ]


def test_the_handover_counts_the_error_and_does_not_name_the_field(story: Story) -> None:
    errors = [one for one in story.after if one["severity"] == "error"]
    assert story.sent["errors"] == len(errors)
    said = story.top.must("handover", "list")
    assert len(said) == 2
    assert FIELD not in json.dumps([story.sent, said])


def test_it_stands_in_no_file_of_either_home(story: Story) -> None:
    looked = 0
    for prompt in (story.top, story.below):
        for path in prompt.home.rglob("*"):
            if path.is_file():
                looked += 1
                content = path.read_bytes()
                assert FIELD.encode() not in content, path.name
                assert DAY.encode() not in content, path.name
    assert looked > 4
