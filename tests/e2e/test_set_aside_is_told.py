"""What was taken back is told as that wherever its numbers are told: to its giver with the receipt
and on the first page, and to who took it back without asking himself why.
"""

from __future__ import annotations

from app.services.worklist import Duty
from tests.e2e.test_copies import send, type_child
from tests.e2e.test_three_tiers import services_of
from tests.e2e.test_verification import COMMUNE, DISTRICT, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures

ASIDE = "để riêng, chưa dùng"
TAKEN_BACK = ("--reason", "Giao nhầm")


def received(three: Three) -> list[str]:
    """What the commune is told when it takes in the next bundle of the district."""
    sent = send(three.district, COMMUNE, three.homes)
    return three.commune.told("handover", "receive", sent["file"], codes=(0, 4))


def set_aside_above(three: Three) -> int:
    """How many of its handovers the commune's first page says are set aside above."""
    with services_of(three.commune) as services:
        tasks = {one.duty: one.count for one in services.worklist.read().tasks}
        found = services.handovers.register.set_aside_above()
    assert (found is None) == (Duty.SET_ASIDE_ABOVE not in tasks)
    return tasks.get(Duty.SET_ASIDE_ABOVE, 0)


def test_a_receipt_of_what_was_taken_back_says_so_where_it_arrives(three: Three) -> None:
    three.district.must("handover", "undo", three.handover, *TAKEN_BACK)
    (line,) = [one for one in received(three) if "cho gói số 1" in one]
    assert line == (
        "Biên nhận của huyện cho gói số 1: 3 hộ, 3 trẻ; sau đó bị để riêng, chưa dùng,"
        " hãy hỏi lý do"
    )


def test_one_that_is_taken_back_after_its_receipt_is_told_and_so_is_that_it_is_used_again(
    three: Three,
) -> None:
    assert not any(ASIDE in one for one in received(three))
    three.district.must("handover", "undo", three.handover, *TAKEN_BACK)
    assert "Gói số 1 bị huyện để riêng, chưa dùng; hãy hỏi lý do" in received(three)
    three.district.must("handover", "release", three.handover)
    said = received(three)
    assert "Gói số 1 được huyện dùng lại" in said
    assert not any(ASIDE in one for one in said)


def test_the_giver_s_first_page_counts_it_until_it_is_used_again_or_returned(
    three: Three,
) -> None:
    received(three)
    assert set_aside_above(three) == 0
    three.district.must("handover", "undo", three.handover, *TAKEN_BACK)
    received(three)
    assert set_aside_above(three) == 1
    three.district.must("handover", "release", three.handover)
    received(three)
    assert set_aside_above(three) == 0
    three.district.must("handover", "undo", three.handover, *TAKEN_BACK)
    three.district.must("handover", "return", three.handover, "--reason", "Gói của xã khác")
    received(three)
    assert set_aside_above(three) == 0, "a returned handover has a line of its own"


def test_who_took_a_handover_back_is_not_told_to_ask_why(three: Three) -> None:
    three.district.must("handover", "undo", three.handover, *TAKEN_BACK)
    (line,) = [one for one in three.district.told("handover", "list") if three.handover in one]
    assert "Giao nhầm" in line
    assert ASIDE in line
    assert "hãy hỏi lý do" not in line
    received(three)
    (line,) = [one for one in three.commune.told("handover", "list") if three.handover in one]
    assert "hãy hỏi lý do" in line


def test_what_builds_on_it_is_said_to_wait_for_what_came_and_lies_set_aside(three: Three) -> None:
    type_child(three.commune, "20", "Phạm Thị Mới")
    _sent, got = three.homes.carry(three.commune, three.district, DISTRICT)
    three.district.must("handover", "undo", got["handover"], *TAKEN_BACK)
    (row,) = three.commune.must("register", "search", "Phạm Thị Mới")
    three.commune.must("register", "set", row["id"], "other_name=Bé Mới")
    three.homes.carry(three.commune, three.district, DISTRICT)
    lines = three.district.told("waiting", "list")
    (line,) = [one for one in lines if "chờ:" in one]
    assert "đang để riêng; dùng lại phần đó" in line
    assert "chưa được nhận" not in line
