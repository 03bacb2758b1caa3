"""Reference data that the province signed and should not have: a mistake, or a changed program.

It is taken into the log and passed on, it is not used, and who receives it is told which one it is
and what to do. A corrected one follows in the ordinary way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.bootstrap import open_services
from app.forms.issues import Value
from app.models.work import Change
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import opened
from tests.unit.forms.test_catalogue import COLUMNS, fields_of, template

PROVINCE, COMMUNE = "51@2025", "21484@2025"
TURNED = "Ba \u202etới"
#: What is wrong with each, by how it is named to people.
FAULTS = {
    "sexes 2027": "control",
    "relations 2027": "columns",
    "child.v2": "field_reserved",
    "29999@2027": "control",
    "29998@2027": "unit_tier",
    f"{COMMUNE} → 29997@2027": "new_unknown",
    "Đợt ngược": "round_dates",
    "Đợt lạ": "round_day",
}


@dataclass(frozen=True)
class Story:
    """A province that issued everything wrongly, a commune that received it: what it was told."""

    homes: Homes
    told: Any
    code: int
    bad: tuple[str, ...]

    @property
    def top(self) -> Prompt:
        return self.homes.at(PROVINCE)

    @property
    def below(self) -> Prompt:
        return self.homes.at(COMMUNE)


def _unit(code: str, parent: str, name: str) -> Change:
    values: dict[str, Value] = {
        "code": code,
        "edition": "2027",
        "name": name,
        "kind": "commune",
        "tier": "commune",
        "parent": parent,
        "valid_from": "2027-01-01",
    }
    return Change("org_unit", values, key=f"{code}@2027")


def _list(name: str, content: str) -> Change:
    values: dict[str, Value] = {
        "name": name,
        "edition": "2027",
        "valid_from": "2027-01-01",
        "content": content,
    }
    return Change("code_list", values, key=f"{name}/2027")


def _round(name: str, opens: str, closes: str) -> Change:
    values: dict[str, Value] = {
        "name": name,
        "kind": "survey",
        "reference_date": "31/12/2026",
        "opens_on": opens,
        "closes_on": closes or None,
        "state": "open",
    }
    if closes:
        values["reference_date"] = opens
    return Change("round", values, key=name)


def _wrong() -> list[Change]:
    form = template(valid_from="2026-01-01")
    field = fields_of(form)["internet_at_home"]
    field.update(name="owner_unit", type="text")
    del field["code_list"]
    held: dict[str, Value] = {
        "form": "child",
        "version": 2,
        "edition": "2027.1",
        "valid_from": "2026-01-01",
        "content": json.dumps(form),
    }
    moved: dict[str, Value] = {"old_unit": COMMUNE, "new_unit": "29997@2027", "split": False}
    return [
        _list("sexes", f"{COLUMNS}\n1,\u202eNam,Male,,,,\n"),
        _list("relations", "code,label\n1,Con\n"),
        Change("form_template", held, key="child.v2"),
        _unit("29999", PROVINCE, TURNED),
        _unit("29998", "29998@2027", "Ba Vòng"),
        Change("org_unit_successor", moved, key=f"{COMMUNE}>29997@2027"),
        _round("Đợt ngược", "2026-10-01", "2026-09-30"),
        _round("Đợt lạ", "ngày mai", ""),
    ]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    patch = pytest.MonkeyPatch()
    homes = Homes(tmp_path_factory.mktemp("faulty"), patch)
    top, below = homes.init(PROVINCE), homes.init(COMMUNE)
    homes.enrol(top, below, top.must("authority", "init")["root_fingerprint"])
    with (
        open_services(Settings(top.home), lambda s: unlock(s, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        made = work.record_many(_wrong())
        work.commit()
    sent = top.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    answer = below("handover", "receive", sent["file"])
    bad = tuple(one.id for one in made)
    yield Story(homes, answer.document[0], answer.code, bad)
    patch.undo()


def test_who_receives_it_is_told_which_one_and_what_to_do(story: Story) -> None:
    assert (story.code, story.told["status"]) == (4, "imported")
    assert (story.told["refused"], story.told["waiting"]) == (0, 0)
    assert {one["what"]: one["reason"] for one in story.told["unused"]} == FAULTS
    for one in story.told["unused"]:
        assert one["what"].partition(" ")[0] in one["message"]
        assert "tỉnh nạp bản đã sửa" in one["message"]
        assert "\u202e" not in one["message"]


def test_nothing_of_it_is_used(story: Story) -> None:
    below = story.below
    forms = below.must("template", "list")
    faulty = [(one["form"], one["version"]) for one in forms if one["faulty"]]
    assert (faulty, any(one["needs_newer"] for one in forms)) == ([("child", 2)], False)
    lists = {(one["name"], one["edition"]): one for one in below.must("codelist", "list")}
    assert lists["sexes", "2027"]["faulty"]
    assert not lists["sexes", ""]["faulty"]
    assert below("unit", "find", "29998@2027").code == 1
    # Of a unit that is called wrongly it is the name that is not used.
    assert below.must("unit", "find", "29999@2027")[0]["full_name"].startswith("Xã 29999")
    assert below.must("round", "list") == []
    assert below("check").code == 0
    assert TURNED not in json.dumps(below.must("unit", "find", "ba"), ensure_ascii=False)


@pytest.mark.parametrize(
    "words", [("waiting", "list"), ("template", "list"), ("codelist", "list"), ("unit", "list")]
)
def test_it_goes_on_being_told_until_it_is_mended(story: Story, words: tuple[str, str]) -> None:
    notes = story.below(*words).notes
    for what in FAULTS:
        assert what in notes


def test_nothing_of_it_is_lost(story: Story) -> None:
    with opened(story.below.home) as store, store.read() as reading:
        kept = reading.execute(text("SELECT ent_id, state FROM op"))
        states = {row.ent_id: row.state for row in kept}
    assert {one: states.get(one) for one in story.bad} == dict.fromkeys(story.bad, "accepted")


def test_a_corrected_one_follows_in_the_ordinary_way(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "sexes.csv"
    rows = "1,Nam,Male,,,,\n2,Nữ,Female,,,,\n9,Chưa rõ,Unknown,,,,\n"
    path.write_text(f"{COLUMNS}\n{rows}", encoding="utf-8")
    story.top.must("codelist", "load", path, "--edition", "2027.2", "--from", "2/1/2027")
    kinds = tmp_path / "internet_kinds.csv"
    kinds.write_text(f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\n", encoding="utf-8")
    story.top.must("codelist", "load", kinds, "--edition", "2027.1", "--from", "1/1/2027")
    form = tmp_path / "child.v3.json"
    form.write_text(json.dumps(template(3, valid_from="2026-01-01")), encoding="utf-8")
    story.top.must("template", "load", form)
    _, got = story.homes.carry(story.top, story.below, COMMUNE)
    assert got["unused"] == []
    used = {one["version"]: one for one in story.below.must("template", "list")}
    assert used[3]["in_use"]
    lists = {(one["name"], one["edition"]): one for one in story.below.must("codelist", "list")}
    assert not lists["sexes", "2027.2"]["faulty"]
