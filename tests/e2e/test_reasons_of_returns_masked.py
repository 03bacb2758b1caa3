"""Who may read why something was sent back: nobody without the right to read records, and of
illness or abuse nobody without a reveal; in no list, on no page and on no paper.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_copies import type_child

NAME = "Quách Thị Lạ"
MASK = "(được che)"
LISTS = (
    ("handover", "news", "--to", PROVINCE),
    ("handover", "deliveries"),
    ("handover", "list"),
    ("handover", "returned"),
    ("move", "list"),
    ("conflict", "list"),
    ("waiting", "list"),
    ("handover", "pcs"),
    ("handover", "kept"),
    ("handover", "unfinished"),
    ("authority", "stations"),
)
BLIND = ("signer", "auditor", "keys", "admin")


class Returned:
    """A commune whose child came back for a reason, with an account of each role."""

    def __init__(self, homes: Homes, folder: Path) -> None:
        self.below, self.above = homes.at(COMMUNE), homes.at(PROVINCE)
        self._homes, self._secret = homes, folder / "secret"
        self._secret.write_text("một câu khác dài lắm", encoding="utf-8")
        type_child(self.below, "1", NAME)
        self.sent, _ = homes.carry(self.below, self.above, PROVINCE)
        (child,) = self.above.must("register", "search", NAME)
        self.child = str(child["id"])

    def send_back(self, reason: str, *words: str) -> None:
        """The province sends it back, the commune hears of it."""
        self.above.must("handover", "return", self.sent["handover"], *words, "--reason", reason)

    def down(self) -> Any:
        """The commune takes in what comes down."""
        return self._homes.carry(self.above, self.below, COMMUNE)[1]

    def said_to(self, role: str, *words: object, prompt: Prompt | None = None) -> str:
        """Everything that a command says to an account of a role."""
        at = prompt or self.below
        user = f"u{role}"
        make = ("user", "add", user, "--role", role, "--full-name", "Lê Thị Ký")
        at(*make, "--new-passphrase-file", self._secret)
        answer = at(*words, "--user", user, "--passphrase-file", self._secret)
        return str(answer.document) + answer.notes


@pytest.fixture
def returned(enrolled_pair: Homes, tmp_path: Path) -> Returned:
    return Returned(enrolled_pair, tmp_path)


def test_who_may_not_read_sees_no_name_and_no_reason_in_any_list(returned: Returned) -> None:
    returned.send_back(f"thiếu thôn của {NAME}")
    returned.send_back(f"Xem {NAME}", "--record", returned.child)
    returned.down()
    for role in BLIND:
        for words in LISTS:
            said = returned.said_to(role, *words)
            for secret in (NAME, "Lía", "Thôn 1", "thiếu thôn", returned.child):
                assert secret not in said, (role, words)
    assert MASK in returned.said_to("signer", "waiting", "list")
    # Whoever reads records reads them.
    told = returned.said_to("clerk", "waiting", "list")
    assert f"Xem {NAME}" in told
    assert f"thiếu thôn của {NAME}" in told


def test_a_reason_of_illness_is_masked_wherever_it_is_told(
    returned: Returned, tmp_path: Path
) -> None:
    returned.send_back("Trẻ nhiễm HIV, xem lại", "--record", returned.child)
    assert "HIV" not in str(returned.down())
    for role in ("clerk", "signer", "checker"):
        paper = tmp_path / f"{role}.pdf"
        for words in (
            *LISTS,
            ("register", "show", returned.child),
            ("register", "history", returned.child),
            ("check",),
            ("handover", "returned", "--out", paper),
        ):
            assert "HIV" not in returned.said_to(role, *words), (role, words)
        if paper.exists():
            done = subprocess.run(
                ["pdftotext", "-layout", str(paper), "-"],
                capture_output=True,
                text=True,
                check=True,
            )
            assert "HIV" not in done.stdout
            assert "xem trên máy" in " ".join(done.stdout.split())
    assert (tmp_path / "clerk.pdf").exists()
    # Nor is it told to who sent it back.
    view = ("handover", "verify", returned.sent["handover"])
    assert "HIV" not in returned.said_to("clerk", *view, prompt=returned.above)


def test_who_may_look_behind_the_mask_reads_it_for_a_reason_and_the_look_is_on_record(
    returned: Returned,
) -> None:
    returned.send_back("Trẻ nhiễm HIV, xem lại", "--record", returned.child)
    returned.down()
    told = returned.said_to("protection", "handover", "returned")
    assert "HIV" not in told
    listed = returned.below.must("handover", "returned", codes=(0, 4))
    assert [one["reason"] for one in listed] == [{"masked": True}]
    assert "--reveal" in "\n".join(returned.below.told("handover", "returned", codes=(0, 4)))
    words = ("handover", "returned", "--reveal", "Sửa theo yêu cầu của tỉnh")
    assert "HIV" not in returned.said_to("clerk", *words)
    assert "Trẻ nhiễm HIV, xem lại" in returned.said_to("protection", *words)
    returned.send_back("Nhiều trẻ nhiễm HIV ghi nhầm")
    returned.down()
    assert "HIV" not in returned.said_to("protection", "handover", "list")
    assert "Nhiều trẻ nhiễm HIV ghi nhầm" in returned.said_to("protection", *words)
    looked = [one for one in returned.below.must("audit", "list") if "Sửa theo yêu cầu" in str(one)]
    # Once the record, then the record and the handover.
    assert [one["event"] for one in looked] == ["reveal"] * 3


def test_the_masked_reason_of_a_whole_handover_is_open_on_no_other_face(
    returned: Returned,
) -> None:
    returned.send_back("Nhiều trẻ nhiễm HIV ghi nhầm")
    returned.down()
    handover = returned.sent["handover"]
    for role in ("clerk", "checker", "protection"):
        for words in ("show", "history"):
            told = returned.said_to(role, "register", words, handover)
            assert "HIV" not in told, (role, words)
    assert MASK in "\n".join(returned.below.told("register", "show", handover))
    (view,) = [one for one in returned.below.must("handover", "list") if one["id"] == handover]
    (verdict,) = view["verdicts"]
    assert verdict["reason"] == {"masked": True}, "no word that somebody could have typed"


def test_an_open_reason_of_a_whole_handover_stays_open(returned: Returned) -> None:
    returned.send_back("thiếu thôn Hai")
    returned.down()
    handover = returned.sent["handover"]
    assert "thiếu thôn Hai" in returned.said_to("clerk", "register", "show", handover)
    (view,) = [one for one in returned.below.must("handover", "list") if one["id"] == handover]
    assert [one["reason"] for one in view["verdicts"]] == ["thiếu thôn Hai"]
