"""What the overview of handovers says on each of two PCs of the unit that receives."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.e2e.command_line import Prompt
from tests.e2e.test_both_pcs_receive import Two
from tests.e2e.test_copies import type_child
from tests.e2e.test_delivery_rounds import told
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, PROVINCE, Three, prepared, three
from tests.e2e.test_two_pcs import write_book

__all__ = ["prepared", "three"]  # fixtures


@pytest.fixture
def two(three: Three) -> Two:
    return Two(three)


def line(prompt: Prompt) -> dict[str, Any]:
    """What the overview says of the commune."""
    found = prompt.must("handover", "deliveries", codes=(0, 4))
    (one,) = [it for it in found["units"] if it["unit"] == COMMUNE]
    return dict(one, round=found["round"])


def sent_again(two: Two) -> dict[str, Any]:
    """The commune's next handover, which holds another child."""
    type_child(two.commune, "2", "Phạm Thị Hai")
    return two.commune.must("handover", "send", "--to", DISTRICT, "--out", two.homes.stick)


def test_both_tell_one_stage_whichever_heard_of_the_round_first(two: Two) -> None:
    days = ("--reference", "2026-12-31", "--opens", "2026-03-01", "--closes", "2026-04-15")
    two.province.must("round", "new", "Quý IV/2026", *days)
    time.sleep(1.1)  # clocks count seconds
    two.take(two.second)
    two.homes.carry(two.province, two.first, DISTRICT)
    two.take(two.first)
    two.exchange()
    two.exchange()
    for one in (two.first, two.second):
        assert (line(one)["round"], line(one)["stage"]) == ("Quý IV/2026", "outside"), one.home


def test_what_came_before_the_round_was_made_is_outstanding_on_both(two: Two) -> None:
    two.take(two.first)
    time.sleep(1.1)  # clocks count seconds
    days = ("--reference", "2026-12-31", "--opens", "2026-03-01", "--closes", "2026-04-15")
    two.province.must("round", "new", "Quý IV/2026", *days)
    two.homes.carry(two.province, two.first, DISTRICT)
    two.homes.carry(two.province, two.second, DISTRICT)
    two.exchange()
    two.take(two.second)
    for one in (two.first, two.second):
        assert (line(one)["round"], line(one)["stage"]) == ("Quý IV/2026", "none"), one.home


def test_no_zeros_are_told_for_a_receipt_without_numbers(two: Two) -> None:
    """The province could not count: the district had written meanwhile."""
    two.take(two.first)
    row = "Thôn 1,2,Đinh Văn Lía,1,Phạm Thị Hai,2015-03-02,2"
    file = write_book(two.homes.folder, "x.csv", row)
    two.first.must("register", "import", file, "--unit", COMMUNE, codes=(0, 4))
    two.homes.carry(two.first, two.province, PROVINCE)
    two.homes.carry(two.province, two.first, DISTRICT)
    two.homes.carry(two.first, two.second, DISTRICT)
    said = told(two.second, unit=COMMUNE)
    assert "đã nhận 1 hộ · 1 trẻ" in said, said


def test_what_the_other_pc_received_is_not_called_missing(two: Two) -> None:
    two.take(two.first)
    two.exchange()
    later = sent_again(two)
    two.second.must("handover", "receive", later["file"], codes=(0, 4))
    assert line(two.second)["missing"] == []
    two.exchange()
    for one in (two.first, two.second):
        assert (line(one)["handovers"], line(one)["missing"]) == (2, []), one.home


def test_what_neither_received_is_called_missing(two: Two) -> None:
    later = sent_again(two)
    two.second.must("handover", "receive", later["file"], codes=(0, 4))
    assert line(two.second)["missing"] == [{"first": 1, "last": 1}]
    two.take(two.first)
    two.exchange()
    assert line(two.second)["missing"] == []


def test_a_return_that_a_later_one_of_its_line_settled_is_settled_on_both(two: Two) -> None:
    """The second PC received neither file: the receipt says whose line they stand in."""
    later = sent_again(two)
    two.take(two.first)
    two.first.must("handover", "receive", later["file"], codes=(0, 4))
    two.first.must("handover", "return", two.handover, "--reason", "thiếu thôn Hai")
    two.exchange()
    assert [line(one)["stage"] for one in (two.first, two.second)] == ["returned"] * 2
    two.first.must("handover", "accept", later["handover"])
    two.exchange()
    assert [line(one)["stage"] for one in (two.first, two.second)] == ["accepted"] * 2
