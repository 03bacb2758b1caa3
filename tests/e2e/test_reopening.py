"""Passphrase and recovery code are lost: the unit above opens the register again, by two files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_authority_commands import words_of

PROVINCE, DISTRICT, COMMUNE, SIBLING = "51@2024", "522@2024", "21208@2024", "21211@2024"
NEW = "một câu chưa ai nghĩ ra"


@pytest.fixture(scope="module")
def _province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province, a district and two of its communes."""
    folder = tmp_path_factory.mktemp("reopening")
    with pytest.MonkeyPatch.context() as patch:
        homes = Homes(folder, patch)
        top, middle = homes.init(PROVINCE), homes.init(DISTRICT)
        root = top.must("authority", "init")["root_fingerprint"]
        homes.enrol(top, middle, root)
        for unit in (COMMUNE, SIBLING):
            homes.enrol(middle, homes.init(unit), root)
    return folder


@pytest.fixture
def homes(_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(_province, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", NEW)
    return Homes(tmp_path, monkeypatch)


def _ask(locked: Prompt, request: Path) -> str:
    done = locked.must("reopen", "request", "--out", request)
    assert (done["unit"], done["user"]) == (COMMUNE, "an")
    return str(done["check_code"])


def _opens(prompt: Prompt, monkeypatch: pytest.MonkeyPatch, passphrase: str) -> bool:
    with monkeypatch.context() as patch:
        patch.setenv("SOTREEM_PASSPHRASE", passphrase)
        return prompt("user", "list").code == 0


@pytest.mark.parametrize("above", [DISTRICT, PROVINCE])
def test_a_unit_above_opens_it_again_and_the_old_passphrase_is_gone(
    homes: Homes, monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    locked, holder = homes.at(COMMUNE), homes.at(above)
    assert locked.must("authority", "status")["escrow"] == [PROVINCE, DISTRICT]
    locked.must("village", "add", "Thôn 1")
    request, reply = homes.stick / "c.reopen", homes.stick / "c.reopened"
    sheets = homes.folder / "request.pdf", homes.folder / "reply.pdf"
    asked = locked.must("reopen", "request", "--out", request, "--sheet", sheets[0])
    words = words_of(sheets[0])
    assert all(group in words for group in asked["check_code"].split("-"))
    assert asked["station"][:8].upper() in words
    content = request.read_bytes()
    assert all(one not in content for one in (b"21208", b'"an"', asked["station"].encode()))

    grant = ("reopen", "grant", request, "--out", reply)
    before = dump_home(holder.home, PASSPHRASE)
    assert said_plainly(holder(*grant)) == "reopening.no_code"
    wrong = holder(*grant, "--check-code", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    assert said_plainly(wrong) == "reopening.code_differs"
    assert not reply.exists()
    assert dump_home(holder.home, PASSPHRASE) == before
    code = asked["check_code"].lower().replace("-", " ")
    done = holder.must(*grant, "--check-code", code, "--sheet", sheets[1])
    assert (done["unit"], done["station"], done["user"]) == (COMMUNE, asked["station"], "an")
    assert "Quyết định" in (told := words_of(sheets[1])) or "quyết định" in told
    assert events_of(holder.home, PASSPHRASE).count("reopening.granted") == 1

    # Whoever finds the stick needs the passphrase that was chosen, and this PC.
    with monkeypatch.context() as patch:
        patch.setenv("SOTREEM_NEW_PASSPHRASE", "một câu đoán mò")
        assert said_plainly(locked("reopen", "accept", reply)) == "crypto.wrong_secret"
    assert (locked.home / "wrong-tries").exists(), "guessing gets slower"
    assert said_plainly(homes.at(SIBLING)("reopen", "accept", reply)) == "reopening.not_asked"
    assert _opens(locked, monkeypatch, PASSPHRASE)

    locked.must("reopen", "accept", reply)
    assert not _opens(locked, monkeypatch, PASSPHRASE)
    assert _opens(locked, monkeypatch, NEW)
    events = events_of(locked.home, NEW)
    assert events.count("passphrase.set") == 1
    monkeypatch.setenv("SOTREEM_PASSPHRASE", NEW)
    (row,) = [one for one in locked.must("audit", "list") if one["event"] == "passphrase.set"]
    assert row["details"]["by"] == "escrow"
    assert [one["name"] for one in locked.must("village", "list")] == ["Thôn 1"]
    assert said_plainly(locked("reopen", "accept", reply)) == "reopening.not_asked"


def test_an_answer_to_an_older_request_opens_nothing(homes: Homes) -> None:
    locked, holder = homes.at(COMMUNE), homes.at(DISTRICT)
    first, second = homes.stick / "1.reopen", homes.stick / "2.reopen"
    reply = homes.stick / "1.reopened"
    code = _ask(locked, first)
    holder.must("reopen", "grant", first, "--out", reply, "--check-code", code)
    assert _ask(locked, second) != code
    assert said_plainly(locked("reopen", "accept", reply)) == "reopening.bad_reply"
    swapped = holder("reopen", "grant", second, "--out", reply, "--check-code", code)
    assert said_plainly(swapped) == "reopening.code_differs"
    assert said_plainly(locked("reopen", "accept", second)) == "reopening.bad_reply"


def test_who_holds_no_key_for_it_opens_nothing(homes: Homes) -> None:
    request, reply = homes.stick / "c.reopen", homes.stick / "c.reopened"
    code = _ask(homes.at(COMMUNE), request)
    grant = ("reopen", "grant", request, "--out", reply, "--check-code", code)
    assert said_plainly(homes.at(SIBLING)(*grant)) == "authority.no_escrow"
    bundle = homes.at(SIBLING).must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    no_request = ("reopen", "grant", bundle["file"], "--out", reply, "--check-code", code)
    assert said_plainly(homes.at(DISTRICT)(*no_request)) == "reopening.bad_request"
    assert not reply.exists()


def test_a_pc_that_was_reported_lost_is_not_opened_again(homes: Homes) -> None:
    locked, holder = homes.at(COMMUNE), homes.at(DISTRICT)
    request, reply = homes.stick / "c.reopen", homes.stick / "c.reopened"
    code = _ask(locked, request)
    (station,) = [
        one["station"] for one in holder.must("authority", "stations") if one["unit"] == COMMUNE
    ]
    holder.must("authority", "revoke", station, "--reason", "lost")
    refused = holder("reopen", "grant", request, "--out", reply, "--check-code", code)
    assert said_plainly(refused) == "reopening.revoked"
    assert not reply.exists()


def test_before_enrolment_nobody_else_can_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", NEW)
    alone = Homes(tmp_path, monkeypatch).init(COMMUNE)
    request = tmp_path / "usb" / "c.reopen"
    assert alone.must("authority", "status")["escrow"] == []
    assert said_plainly(alone("reopen", "request", "--out", request)) == "reopening.no_escrow"
    assert not request.exists()
    assert sorted(one.name for one in alone.home.glob("reopening*")) == []
