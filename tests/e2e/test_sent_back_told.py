"""Records that a unit sent back are told at both ends: at the unit itself as waiting below and not
as its own work, in the lists of handovers also while nothing is decided about the rest.
"""

from __future__ import annotations

from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import COMMUNE, DISTRICT, WHY, Three, child, prepared, three

__all__ = ["prepared", "three"]  # fixtures

BELOW = "1 hồ sơ hoặc gói mà đơn vị này đã trả lại cho cấp dưới chưa được sửa"
BACK = "huyện trả lại 1 hồ sơ, chưa quyết định phần còn lại"


def send_back(three: Three, *more: str) -> str:
    han = child(three.district, "pham thi han")
    record = ("--record", han, "--reason", WHY)
    three.district.must("handover", "return", three.handover, *record, *more)
    return han


def listed(prompt: Prompt, handover: str) -> str:
    (line,) = [one for one in prompt.told("handover", "list") if handover in one]
    return line


def test_who_sent_records_back_is_told_that_they_wait_below(three: Three) -> None:
    district, commune = three.district, three.commune
    han = send_back(three)
    none, below = district.told("handover", "returned")
    assert none == "Không có hồ sơ nào bị trả lại cho đơn vị này."
    assert BELOW in below
    three.homes.carry(district, commune, COMMUNE)
    assert not any(BELOW in one for one in commune.told("handover", "returned", codes=(0, 4)))
    commune.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    three.homes.carry(commune, district, DISTRICT)
    assert len(district.told("handover", "returned")) == 1, "it was answered"


def test_who_sent_a_whole_handover_back_is_told_that_it_waits_below(three: Three) -> None:
    three.district.must("handover", "return", three.handover, "--reason", WHY)
    assert BELOW in three.district.told("handover", "returned")[-1]


def test_the_lists_tell_what_went_back_while_the_rest_is_not_decided(three: Three) -> None:
    district, commune = three.district, three.commune
    send_back(three)
    three.homes.carry(district, commune, COMMUNE)
    for prompt in (district, commune):
        assert BACK in listed(prompt, three.handover)
        (view,) = [o for o in prompt.must("handover", "list") if o["id"] == three.handover]
        assert view["sent_back"] == [{"tier": "district", "records": 1}]
    told = "\n".join(district.told("handover", "deliveries", codes=(0, 4)))
    assert "đã trả lại 1 hồ sơ" in told
    units = district.must("handover", "deliveries", codes=(0, 4))["units"]
    assert [one["sent_back"] for one in units if one["unit"] == COMMUNE] == [1]


def test_the_lists_tell_what_went_back_once_when_the_rest_is_accepted(three: Three) -> None:
    send_back(three, "--accept-rest")
    line = listed(three.district, three.handover)
    assert BACK not in line
    assert line.count("trả lại 1 hồ sơ") == 1
    told = "\n".join(three.district.told("handover", "deliveries", codes=(0, 4)))
    assert told.count("đã trả lại 1 hồ sơ") == 1
