"""Nothing that was ever revoked counts again: two key holders apart, an older image put back."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from app.crypto.check_code import check_code
from app.services import revocations
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_odd_handovers import years_away

TOP, NORTH, MINE, SIBLING, FURTHER = (
    "51@2024",
    "522@2024",
    "21208@2024",
    "21211@2024",
    "21214@2024",
)


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def _station(prompt: Prompt) -> str:
    with opened(prompt.home) as store:
        return store.setting("station")


def _next_second() -> None:
    """Lists and certificates are told apart by the second they were made in."""
    time.sleep(1.1)


def _comes_to(homes: Homes, giver: Prompt, taker: Prompt) -> tuple[str, str]:
    """What a bundle to the province comes to: its state and why."""
    stick = homes.folder / f"stick-{time.monotonic_ns()}"
    stick.mkdir()
    sent = giver.must("handover", "send", "--to", TOP, "--out", stick)
    (answer,) = taker("handover", "receive", sent["file"]).document
    return answer["status"], answer["reason"]


REVOKED = ("rejected", "sender-revoked")


def _lacks(prompt: Prompt) -> int:
    count: int = prompt.must("authority", "status")["unlisted"]
    return count


def test_two_key_holders_who_revoke_apart_both_keep_out_what_either_revoked(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = homes.init(TOP)
    root = first.must("authority", "init")["root_fingerprint"]
    second = Prompt(tmp_path / "second", monkeypatch)
    second.must("init", "--unit", TOP, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(first, second, root)
    keys = tmp_path / "keys"
    keys.mkdir()
    second.must(
        "authority", "take-keys", first.must("authority", "copy-keys", "--out", keys)["folder"]
    )
    a, b, c = homes.init(MINE), homes.init(SIBLING), homes.init(FURTHER)
    for one in (a, b, c):
        homes.enrol(first, one, root)
    homes.carry(first, second, TOP)
    homes.carry(second, first, TOP)
    first.must("authority", "revoke", _station(a))
    _next_second()
    second.must("authority", "revoke", _station(b))
    homes.carry(second, first, TOP)
    assert [_comes_to(homes, one, first) for one in (a, b)] == [REVOKED, REVOKED]
    assert _lacks(first) == 1, "its own word, in no list that it hands on"

    # Whoever hears from it alone would let the first one in: the key holder makes the list anew.
    assert len(first.must("authority", "complete-lists")["crl_numbers"]) == 1
    assert _lacks(first) == 0
    assert first.must("authority", "complete-lists")["crl_numbers"] == []
    homes.carry(first, second, TOP)
    assert [_comes_to(homes, one, second) for one in (a, b)] == [REVOKED, REVOKED]
    assert _lacks(second) == 0
    homes.carry(first, c, FURTHER)
    with opened(c.home) as store, store.read() as reading:
        assert len(revocations.revoked(reading)) == 2, "it never met either of them"


def test_an_image_put_back_revokes_another_pc_and_lets_no_earlier_one_in(
    homes: Homes, tmp_path: Path
) -> None:
    """The list made after the disk died is newer and lacks what the lost one said."""
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    a, b, c = homes.init(MINE), homes.init(SIBLING), homes.init(FURTHER)
    for one in (a, b, c):
        homes.enrol(top, one, root)
    shutil.copytree(top.home, tmp_path / "image")
    top.must("authority", "revoke", _station(a))
    homes.carry(top, b, SIBLING)
    shutil.rmtree(top.home)
    shutil.copytree(tmp_path / "image", top.home)
    _next_second()
    top.must("authority", "revoke", _station(c))
    assert _comes_to(homes, b, top)[0] == "imported"
    assert _comes_to(homes, a, top) == REVOKED
    request = a.beside("enrol.request")
    code, out = check_code(request.read_bytes()), tmp_path / "again.tebundle"
    again = top("enrol", "grant", request, "--out", out, "--check-code", code)
    assert said_plainly(again) == "enrol.revoked_key"
    held = {one["station"]: one["active"] for one in top.must("authority", "status")["stations"]}
    assert not held[_station(a)]

    # Certifying anybody opens the key: the list that holds all is made in passing.
    assert _lacks(top) == 1
    homes.enrol(top, homes.init(NORTH), root)
    assert _lacks(top) == 0


def test_a_list_made_after_a_clock_was_set_back_follows_the_one_before(homes: Homes) -> None:
    """Its number never goes down: who has the earlier list would not take the later one."""
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    a, b, c = homes.init(MINE), homes.init(SIBLING), homes.init(FURTHER)
    for one in (a, b, c):
        homes.enrol(top, one, root)
    assert years_away(top, 2, "authority", "revoke", _station(a)).code == 0
    homes.carry(top, c, FURTHER)
    numbers = [_list_number(c)]
    top.must("authority", "revoke", _station(b))
    homes.carry(top, c, FURTHER)
    numbers.append(_list_number(c))
    assert numbers[0] < numbers[1]
    with opened(c.home) as store, store.read() as reading:
        assert len(revocations.revoked(reading)) == 2
        assert revocations.unlisted(reading) == {}


def _list_number(prompt: Prompt) -> int:
    with opened(prompt.home) as store, store.read() as reading:
        (found,) = (one for one in revocations.revocation_lists(reading) if one.revoked)
        return found.number


def _asked(prompt: Prompt, out: Path) -> str:
    code: str = prompt.must("enrol", "request", "--out", out)["check_code"]
    return code


def _granted(top: Prompt, request: Path, code: str, *replies: Path) -> None:
    """The same request, answered once for each of these files."""
    for reply in replies:
        top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
        _next_second()


def test_a_reply_accepted_again_after_an_image_was_put_back_stops_no_bundle(
    homes: Homes, tmp_path: Path
) -> None:
    """The authority's second first list is another one, and newer."""
    top, desk = homes.init(TOP), homes.init(NORTH)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = tmp_path / "a.request", tmp_path / "a.tebundle"
    _granted(top, request, _asked(desk, request), reply)
    shutil.copytree(desk.home, tmp_path / "image")
    desk.must("enrol", "accept", reply, "--fingerprint", root)
    a, b = homes.init(MINE), homes.init(SIBLING)
    for one in (a, b):
        homes.enrol(desk, one, root)
    desk.must("authority", "revoke", _station(a))
    assert _comes_to(homes, desk, top)[0] == "imported"
    shutil.rmtree(desk.home)
    shutil.copytree(tmp_path / "image", desk.home)
    _next_second()
    desk.must("enrol", "accept", reply, "--fingerprint", root)
    assert _comes_to(homes, desk, top)[0] == "imported"
    assert _comes_to(homes, a, top) == REVOKED


@pytest.mark.parametrize("taken", ["first", "second", "both"])
def test_revoking_an_authority_that_was_granted_twice_revokes_whichever_reply_was_taken(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    top, desk = homes.init(TOP), homes.init(NORTH)
    root = top.must("authority", "init")["root_fingerprint"]
    request = tmp_path / "a.request"
    replies = {"first": tmp_path / "one.tebundle", "second": tmp_path / "two.tebundle"}
    _granted(top, request, _asked(desk, request), *replies.values())
    shutil.copytree(desk.home, tmp_path / "thief")
    if taken == "both":  # heard with the first one; whoever stole the PC takes the second
        desk.must("enrol", "accept", replies["first"], "--fingerprint", root)
        assert _comes_to(homes, desk, top)[0] == "imported"
        desk = Prompt(tmp_path / "thief", monkeypatch)
    desk.must("enrol", "accept", replies.get(taken, replies["second"]), "--fingerprint", root)
    commune = homes.init(MINE)
    homes.enrol(desk, commune, root)
    (row,) = top.must("authority", "below")
    top.must("authority", "revoke-authority", row["key"])
    (row,) = top.must("authority", "below")
    assert row["revoked"]
    assert _comes_to(homes, commune, top) == REVOKED


def test_a_backup_put_back_in_place_takes_over_what_the_newest_list_lacks(
    homes: Homes, tmp_path: Path
) -> None:
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    a, b, c = homes.init(MINE), homes.init(SIBLING), homes.init(FURTHER)
    for one in (a, b, c):
        homes.enrol(top, one, root)
    backup = top.must("backup", "create")["file"]
    shutil.copytree(top.home, tmp_path / "image")
    top.must("authority", "revoke", _station(a))
    homes.carry(top, b, SIBLING)
    shutil.rmtree(top.home)
    shutil.copytree(tmp_path / "image", top.home)
    _next_second()
    top.must("authority", "revoke", _station(c))
    assert _comes_to(homes, b, top)[0] == "imported"
    restored: dict[str, Any] = top.must("backup", "restore", backup)
    assert restored
    assert _lacks(top) == 1
    assert _comes_to(homes, a, top) == REVOKED
