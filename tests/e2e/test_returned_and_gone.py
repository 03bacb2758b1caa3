"""What a district sent back of a child that left the province: it waits or is answered as ever."""

from __future__ import annotations

import pytest

from tests.e2e.test_returned_and_moved import move, open_round
from tests.e2e.test_verification import (
    COMMUNE,
    DISTRICT,
    WHY,
    Three,
    child,
    prepared,
    three,
)

__all__ = ["prepared", "three"]  # fixtures


@pytest.fixture
def in_a_round(three: Three) -> Three:
    """The three homes in a round that is open this year."""
    open_round(three)
    return three


def test_a_child_sent_back_that_turns_out_to_have_left_the_province_is_answered(
    in_a_round: Three,
) -> None:
    homes, district, commune = in_a_round.homes, in_a_round.district, in_a_round.commune
    han = child(district, "pham thi han")
    why = "Không thấy trẻ ở thôn"
    district.must("handover", "return", in_a_round.handover, "--record", han, "--reason", why)
    homes.carry(district, commune, COMMUNE)
    move(commune, han, "Lâm Đồng")
    sent, got = homes.carry(commune, district, DISTRICT)
    assert (got["refused"], got["waiting"]) == (0, 0)
    returned = in_a_round.verify(handover=sent["handover"])["returned"]
    assert [(one["child"], one["answered_by"]) for one in returned] == [(han, COMMUNE)]


def test_who_left_the_province_and_is_sent_back_waits_and_is_said_once(in_a_round: Three) -> None:
    homes, district, commune = in_a_round.homes, in_a_round.district, in_a_round.commune
    han = child(commune, "pham thi han")
    move(commune, han, "Lâm Đồng")
    sent, _got = homes.carry(commune, district, DISTRICT)
    back = ("handover", "return", sent["handover"], "--record", han, "--reason", WHY)
    assert district.must(*back)["returned"] == 1
    district.must(*back)
    waits = district("handover", "verify", sent["handover"])
    assert waits.code == 4
    assert [one["child"] for one in waits.document["returned"]] == [han]
    assert sum(one["returned"] for one in waits.document["villages"]) == 1
