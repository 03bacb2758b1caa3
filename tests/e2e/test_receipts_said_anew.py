"""A receipt is said anew once what was missing when it was written is let in."""

from __future__ import annotations

from typing import Any

from tests.e2e.test_copies import type_child
from tests.e2e.test_verification import DISTRICT, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures


def new_child_taken_back(three: Three) -> str:
    """A handover that the district took back: it brought a fourth child."""
    type_child(three.commune, "20", "Phạm Thị Mới")
    _sent, got = three.homes.carry(three.commune, three.district, DISTRICT)
    three.district.must("handover", "undo", got["handover"], "--reason", "Giao nhầm")
    return str(got["handover"])


def edited_and_sent(three: Three) -> str:
    """A later handover whose change of that child waits."""
    (row,) = three.commune.must("register", "search", "Phạm Thị Mới")
    three.commune.must("register", "set", row["id"], "other_name=Bé Mới")
    sent, came = three.homes.carry(three.commune, three.district, DISTRICT)
    assert came["waiting"] == 1
    return str(sent["handover"])


def receipt_of(three: Three, handover: str) -> dict[str, Any]:
    """The district's receipt, as its own register of handovers has it."""
    (view,) = [o for o in three.district.must("handover", "list") if o["id"] == handover]
    (receipt,) = view["receipts"]
    return dict(receipt)


def test_it_is_when_what_it_waited_for_is_used_again(three: Three) -> None:
    taken_back = new_child_taken_back(three)
    later = edited_and_sent(three)
    three.district.must("handover", "release", taken_back)
    assert three.district.must("waiting", "list") == []
    receipt = receipt_of(three, later)
    assert receipt["waiting"] == 0
    assert (receipt["households"], receipt["children"]) == (4, 4)


def test_one_that_was_counted_without_an_earlier_bundle_is_when_that_is_used_again(
    three: Three,
) -> None:
    taken_back = new_child_taken_back(three)
    later, _came = three.homes.carry(three.commune, three.district, DISTRICT)
    handover = str(later["handover"])
    assert receipt_of(three, handover)["differs"] is True
    three.district.must("handover", "release", taken_back)
    receipt = receipt_of(three, handover)
    assert (receipt["households"], receipt["children"], receipt["differs"]) == (4, 4, False)


def test_what_was_returned_keeps_the_receipt_it_was_returned_with(three: Three) -> None:
    taken_back = new_child_taken_back(three)
    later, _came = three.homes.carry(three.commune, three.district, DISTRICT)
    handover = str(later["handover"])
    before = receipt_of(three, handover)
    three.district.must("handover", "return", handover, "--reason", "Thiếu một trẻ")
    three.district.must("handover", "release", taken_back)
    assert receipt_of(three, handover) == before
