"""A unit above that was restored: what it says of old sticks, and of its own lost receipts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_two_pcs import SIBLINGS, children, write_book


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def receipts(prompt: Prompt) -> dict[int, tuple[int, int, int]]:
    """Number → what the province says it has of it: households, children, waiting."""
    found: dict[int, tuple[int, int, int]] = {}
    for one in prompt.must("handover", "list"):
        for got in one["receipts"]:
            if one["giver"] == COMMUNE:
                found[one["seq"]] = (got["households"], got["children"], got["waiting"])
    return found


def four_sticks(homes: Homes) -> list[Any]:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    (child,) = children(below, "pham van dong")
    files = []
    for name in "ABCD":
        below.must("register", "set", child, f"full_name=Phạm Văn Đồng {name}")
        sent, _got = homes.carry(below, above, PROVINCE)
        files.append(sent["file"])
        homes.carry(above, below, COMMUNE)
    return files


def test_old_sticks_in_odd_order_leave_no_receipt_of_nothing(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    empty = above.must("backup", "create")["file"]
    files = four_sticks(homes)
    above.must("backup", "restore", empty)
    for at in (3, 1, 2):
        above.must("handover", "receive", files[at], codes=(0, 4))
    before = receipts(above)
    assert before[4][:2] == (0, 0)
    assert before[4][2] > 0
    above.must("handover", "receive", files[0], codes=(0, 4))
    assert receipts(above) == dict.fromkeys((1, 2, 3, 4), (1, 2, 0))
    homes.carry(above, below, COMMUNE)
    homes.carry(below, above, PROVINCE)
    homes.carry(above, below, COMMUNE)
    told = receipts(below)
    assert {number: told[number] for number in (1, 2, 3, 4)} == dict.fromkeys(
        (1, 2, 3, 4), (1, 2, 0)
    )


def test_a_receipt_is_not_said_anew_once_the_handover_was_decided(homes: Homes) -> None:
    above = homes.at(PROVINCE)
    empty = above.must("backup", "create")["file"]
    files = four_sticks(homes)
    above.must("backup", "restore", empty)
    above.must("handover", "receive", files[3], codes=(0, 4))
    (last,) = [one["id"] for one in above.must("handover", "list") if one["seq"] == 4]
    above.must("handover", "return", last, "--reason", "thiếu hộ")
    above.must("handover", "receive", files[0], codes=(0, 4))
    above.must("handover", "receive", files[1], files[2], codes=(0, 4))
    told = receipts(above)
    assert told[4][:2] == (0, 0)
    assert told[1] == told[2] == told[3] == (1, 2, 0)


def test_a_receipt_that_was_lost_by_a_restore_blames_nobody(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    empty = above.must("backup", "create")["file"]
    four_sticks(homes)
    above.must("backup", "restore", empty)
    homes.carry(below, above, PROVINCE)
    told = "\n".join(above.told("waiting", "list", codes=(0, 4)))
    assert "đơn vị gửi ghi vào phần" not in told
    assert "nếu đã mất khi phục hồi sao lưu thì được cấp lại khi nhận gói" in told
    homes.carry(above, below, COMMUNE)
    told = "\n".join(below.told("waiting", "list", codes=(0, 4)))
    assert "đơn vị gửi ghi vào phần" not in told
    assert "nếu đơn vị đó đã mất khi phục hồi sao lưu thì sẽ cấp lại khi nhận gói" in told
