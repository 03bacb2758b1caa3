"""A handover of one PC that went back is still out when the other PC of the commune sends its own
without knowing of it, and both PCs say so.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_two_pcs import second_pc, write_book

WHY = "Thiếu cả thôn 2"


class Pair:
    """A province, and two PCs of one commune in an open round."""

    def __init__(self, homes: Homes) -> None:
        self.homes = homes
        self.top, self.first = homes.at(PROVINCE), homes.at(COMMUNE)
        root = self.top.must("authority", "status")["root_fingerprint"]
        self.second = second_pc(homes)
        homes.enrol(self.top, self.second, root)
        days = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")
        self.top.must("round", "new", "Quý IV/2026", *days)
        self.down()

    def down(self) -> None:
        """One file from the province, taken in on both PCs."""
        sent = self.top.must("handover", "send", "--to", COMMUNE, "--out", self.homes.stick)
        for one in (self.first, self.second):
            one.must("handover", "receive", sent["file"], codes=(0, 4))

    def beside(self) -> None:
        """Each PC hands what it has to the other."""
        self.homes.carry(self.first, self.second, COMMUNE)
        self.homes.carry(self.second, self.first, COMMUNE)

    def up(self, prompt: Prompt) -> str:
        sent, _got = self.homes.carry(prompt, self.top, PROVINCE)
        return str(sent["handover"])

    def book(self, prompt: Prompt, number: str, name: str) -> None:
        row = f"Thôn 1,{number},Phạm Văn Rơm,1,{name},2015-03-02,2"
        file = write_book(self.homes.folder, f"{number}.csv", row)
        prompt.must("register", "import", file, codes=(0, 4))

    def stage(self) -> str:
        units = self.top.must("handover", "deliveries", codes=(0, 4))["units"]
        return next(str(one["stage"]) for one in units if one["unit"] == COMMUNE)

    def waiting(self) -> list[list[Any]]:
        """The reasons that wait, on the one PC and on the other."""
        return [
            [one["reason"] for one in prompt.must("handover", "returned", codes=(0, 4))]
            for prompt in (self.first, self.second)
        ]


@pytest.fixture
def pair(enrolled_pair: Homes) -> Pair:
    return Pair(enrolled_pair)


def test_what_went_back_is_still_out_when_the_other_pc_sends(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    pair.top.must("handover", "return", pair.up(pair.first), "--reason", WHY)
    assert pair.stage() == "returned"
    pair.book(pair.second, "2", "Đinh Thị Nga")
    other = pair.up(pair.second)
    pair.down()
    assert pair.waiting()[0] == [WHY], "the commune knows"
    assert pair.stage() == "returned"
    pair.top.must("handover", "accept", other)
    assert pair.stage() == "returned", "it does not hold what the reason asks for"


def test_both_pcs_agree_whether_a_return_waits(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    back = pair.up(pair.first)
    pair.book(pair.second, "2", "Đinh Thị Nga")
    other = pair.up(pair.second)
    pair.top.must("handover", "return", back, "--reason", WHY)
    pair.top.must("handover", "accept", other)
    pair.down()
    pair.beside()
    assert pair.waiting() == [[WHY], [WHY]]


def test_the_other_pc_answers_once_it_knows_of_the_return(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    pair.top.must("handover", "return", pair.up(pair.first), "--reason", WHY)
    pair.down()
    pair.beside()
    assert pair.waiting() == [[WHY], [WHY]]
    pair.book(pair.second, "2", "Đinh Thị Nga")
    answer = pair.up(pair.second)
    assert pair.stage() == "received", "who sent it had the reason before him"
    pair.beside()
    assert pair.waiting() == [[], []]
    pair.top.must("handover", "accept", answer)
    assert pair.stage() == "accepted"
    pair.down()
    assert pair.waiting() == [[], []]


def test_a_later_handover_of_its_own_line_settles_a_return_that_crossed_it(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    back = pair.up(pair.first)
    pair.book(pair.first, "2", "Đinh Thị Nga")
    later = pair.up(pair.first)
    pair.top.must("handover", "return", back, "--reason", WHY)
    pair.top.must("handover", "accept", later)
    pair.down()
    pair.beside()
    assert pair.waiting() == [[], []]


def test_who_hears_of_both_from_above_alone_sees_a_return_settled_too(pair: Pair) -> None:
    """The second PC has no file of either: the receipts say that both stand in one line."""
    pair.book(pair.first, "1", "Phạm Thị Hân")
    back = pair.up(pair.first)
    pair.book(pair.first, "2", "Phạm Thị Hai")
    other = pair.up(pair.first)
    pair.top.must("handover", "return", back, "--reason", WHY)
    pair.top.must("handover", "accept", other)
    pair.down()
    assert pair.waiting() == [[], []]
