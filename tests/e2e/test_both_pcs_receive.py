"""One bundle opens on both PCs of the unit it is addressed to: what each says of it is one word."""

from __future__ import annotations

import time

import pytest

from tests.e2e.command_line import Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, Three, prepared, services_of, three

__all__ = ["prepared", "three"]  # fixtures


class Two:
    """A district with two PCs, and a commune that has handed over once: not received yet."""

    def __init__(self, three: Three) -> None:
        self.homes: Homes = three.homes
        self.province, self.first, self.commune = three.province, three.district, three.commune
        self.second = Prompt(self.homes.folder / "second", self.homes._monkeypatch)
        self.second.must("init", "--unit", DISTRICT, "--user", "bình", "--full-name", "Lê Bình")
        self.homes.enrol(self.province, self.second, three.root)
        self.homes.carry(self.province, self.first, DISTRICT)
        self.homes.carry(self.first, self.second, DISTRICT)
        self.homes.carry(self.second, self.first, DISTRICT)
        self.homes.carry(self.first, self.commune, COMMUNE)
        type_child(self.commune, "1", "Phạm Thị Hân")
        to = ("handover", "send", "--to", DISTRICT, "--out", self.homes.stick)
        self.sent = self.commune.must(*to)

    @property
    def handover(self) -> str:
        return str(self.sent["handover"])

    def take(self, *who: Prompt) -> None:
        for one in who:
            one.must("handover", "receive", self.sent["file"], codes=(0, 4))
            time.sleep(1.1)  # a receipt names its second

    def exchange(self) -> None:
        self.homes.carry(self.first, self.second, DISTRICT)
        self.homes.carry(self.second, self.first, DISTRICT)

    def everywhere(self) -> tuple[Prompt, Prompt, Prompt, Prompt]:
        """All PCs, after everything went up and down."""
        self.exchange()
        self.homes.carry(self.first, self.province, "51@2024")
        self.homes.carry(self.first, self.commune, COMMUNE)
        return self.first, self.second, self.commune, self.province


@pytest.fixture
def two(three: Three) -> Two:
    return Two(three)


def conflicts(prompt: Prompt) -> list[str]:
    return [one["group"] for one in prompt.must("conflict", "list", codes=(0, 4))]


def receipts(prompt: Prompt, handover: str) -> list[str]:
    (found,) = [one for one in prompt.must("handover", "list") if one["id"] == handover]
    return [one["tier"] for one in found["receipts"]]


def test_what_both_pcs_received_apart_is_one_receipt_and_nobodys_conflict(two: Two) -> None:
    two.take(two.first, two.second)
    for one in two.everywhere():
        assert conflicts(one) == []
        assert "district" in receipts(one, two.handover)
    told = [one.must("handover", "list") for one in (two.first, two.second)]
    shown = [[it["receipts"] for it in them if it["id"] == two.handover] for them in told]
    assert shown[0] == shown[1], "both show the same of the two"


def test_what_the_other_pc_said_before_is_not_said_again(two: Two) -> None:
    two.take(two.first)
    two.homes.carry(two.first, two.second, DISTRICT)
    before = len(two.second.must("register", "history", two.handover))
    two.take(two.second)
    assert len(two.second.must("register", "history", two.handover)) == before
    assert conflicts(two.second) == []


def test_accepted_on_both_is_no_conflict(two: Two) -> None:
    two.take(two.first, two.second)
    for one in (two.first, two.second):
        one.must("handover", "accept", two.handover)
        time.sleep(1.1)
    for one in two.everywhere():
        assert conflicts(one) == []


def test_accepted_on_one_pc_and_returned_on_the_other_is_settled_by_that_unit_alone(
    two: Two,
) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "accept", two.handover)
    two.second.must("handover", "return", two.handover, "--reason", "thiếu thôn Hai")
    first, second, commune, province = two.everywhere()
    for one in (first, second):
        assert conflicts(one) == ["verdict_district"]
        told = "\n".join(one.told("conflict", "list", codes=(0, 4)))
        assert "chấp nhận" in told
        assert "trả lại" in told
        with services_of(one) as services:
            (line,) = services.conflict_lines.list()
        assert line.what == (
            "Bàn giao gói số 1 của xã Tịnh Châu: Kết luận của huyện về lần bàn giao"
        )
    decide = ("conflict", "resolve", "handover", two.handover, "verdict_district=accepted")
    for one in (commune, province):
        assert conflicts(one) == []
        assert said_plainly(one(*decide)) == "conflicts.not_here"
    first.must(*decide)
    for one in two.everywhere():
        assert conflicts(one) == []
        (found,) = [it for it in one.must("handover", "list") if it["id"] == two.handover]
        assert [it["verdict"] for it in found["verdicts"] if it["tier"] == "district"] == [
            "accepted"
        ]
