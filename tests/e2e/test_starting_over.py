"""A root that was lost with every copy: the province makes a new one, and the PCs begin anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly


def test_after_a_lost_root_everybody_is_certified_anew_and_nothing_is_lost_or_counted_twice(
    enrolled_pair: Homes,
) -> None:
    homes = enrolled_pair
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    below.must("village", "add", "Thôn 1")
    homes.carry(below, top, PROVINCE)
    (top.home / "authority" / "root.age").unlink()
    assert said_plainly(top("authority", "rotate-root")) == "authority.root_lost"

    before = dump_home(below.home, PASSPHRASE)
    wrong = below("enrol", "start-over", "--unit", PROVINCE)
    assert said_plainly(wrong) == "starting_over.other_unit"
    assert dump_home(below.home, PASSPHRASE) == before

    top.must("enrol", "start-over", "--unit", PROVINCE)
    old = next(top.home.glob("authority-*"))
    assert sorted(one.name for one in old.iterdir()) == ["authority.age", "escrow.age"]
    root = top.must("authority", "init")["root_fingerprint"]
    below.must("enrol", "start-over", "--unit", COMMUNE)
    assert not below.must("authority", "status")["enrolled"]
    again = below("enrol", "start-over", "--unit", COMMUNE)
    assert said_plainly(again) == "starting_over.nothing"
    assert said_plainly(below("handover", "send", "--to", PROVINCE, "--out", homes.stick)) == (
        "enrol.not_enrolled"
    )
    homes.enrol(top, below, root)
    below.must("village", "add", "Thôn 2")
    _, got = homes.carry(below, top, PROVINCE)
    assert (got["continuity"], got["alarm"]) == ("normal", False)
    assert _villages(top) == _villages(below) == ["Thôn 1", "Thôn 2"]
    top.must("village", "rename", "--unit", COMMUNE, "Thôn 1", "Thôn Một")
    _, got = homes.carry(top, below, COMMUNE)
    assert got["continuity"] == "normal"
    assert _villages(below) == ["Thôn 2", "Thôn Một"]


def _villages(prompt: Prompt) -> list[str]:
    return sorted(one["name"] for one in prompt.must("village", "list", "--unit", COMMUNE))


@pytest.mark.parametrize("unit", [PROVINCE, COMMUNE])
def test_a_pc_that_asked_for_nothing_yet_has_nothing_to_forget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    prompt = Homes(tmp_path, monkeypatch).init(unit)
    prompt.must("user", "list")  # what an opening writes by itself is written
    before = dump_home(prompt.home, PASSPHRASE)
    assert said_plainly(prompt("enrol", "start-over", "--unit", unit)) == "starting_over.nothing"
    assert dump_home(prompt.home, PASSPHRASE) == before
