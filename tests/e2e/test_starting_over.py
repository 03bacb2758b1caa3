"""A root that was lost with every copy: the province makes a new one, and the PCs begin anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_authority_commands import words_of


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


def test_a_stolen_authority_is_revoked_and_the_pcs_that_hung_on_it_are_certified_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, middle, below = (homes.init(unit) for unit in ("51@2024", "522@2024", "21208@2024"))
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, middle, root)
    homes.enrol(middle, below, root)
    below.must("village", "add", "Thôn 1")
    homes.carry(below, middle, "522@2024")
    homes.carry(middle, top, "51@2024")
    (listed,) = top.must("authority", "below")
    assert (listed["unit"], listed["stations"], listed["revoked"]) == ("522@2024", 1, False)
    assert middle.must("authority", "below") == []
    unknown = top("authority", "revoke-authority", "00" * 20)
    assert said_plainly(unknown) == "authority.unknown_authority"
    sheet = tmp_path / "notice.pdf"
    words = ("authority", "revoke-authority", listed["key"], "--reason", "lost")
    done = top.must(*words, "--sheet", sheet)
    assert (done["unit"], done["stations"]) == ("522@2024", 1)
    assert "Số máy đã cấp bằng khóa này: 1" in words_of(sheet)
    assert [one["revoked"] for one in top.must("authority", "below")] == [True]

    # A thief with the passphrase of its keys certifies whom he likes; nobody above believes it.
    thief = homes.at("thief")
    thief.must("init", "--unit", "21208@2024", "--user", "x")
    homes.enrol(middle, thief, root)
    sent = thief.must("handover", "send", "--to", "51@2024", "--out", homes.stick)
    assert said_plainly(top("handover", "receive", sent["file"])) == "sender-revoked"
    sent = below.must("handover", "send", "--to", "51@2024", "--out", homes.stick)
    assert said_plainly(top("handover", "receive", sent["file"])) == "sender-revoked"

    # The honest PC begins anew, straight under the province.
    below.must("enrol", "start-over", "--unit", "21208@2024")
    homes.enrol(top, below, root)
    below.must("village", "add", "Thôn 2")
    _, got = homes.carry(below, top, "51@2024")
    assert (got["continuity"], got["alarm"]) == ("normal", False)
    names = [one["name"] for one in top.must("village", "list", "--unit", "21208@2024")]
    assert sorted(names) == ["Thôn 1", "Thôn 2"]
