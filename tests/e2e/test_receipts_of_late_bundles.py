"""What a receipt says of a handover when later work of its unit was in the register before it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE as BELOW
from tests.e2e.command_line import PROVINCE as TOP
from tests.e2e.command_line import Homes
from tests.e2e.test_both_papers import paper
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, PROVINCE, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures

CLI = "tính cùng số liệu đến sau nên không có số riêng của gói này"
PAPER = "đã có cả dữ liệu giao sau gói này nên bên nhận không tính riêng được số liệu"


def of_tier(view: dict[str, Any], tier: str) -> dict[str, Any]:
    """The receipt of a tier."""
    (found,) = [one for one in view["receipts"] if one["tier"] == tier]
    return found


def numbers(receipt: dict[str, Any]) -> tuple[object, ...]:
    """What it counts, and what it says of these numbers."""
    return tuple(receipt[name] for name in ("children", "differs", "with_later"))


@pytest.fixture
def late(enrolled_pair: Homes) -> list[Any]:
    """Two bundles of a commune, the second received before the first: what sending each said."""
    above, below = enrolled_pair.at(TOP), enrolled_pair.at(BELOW)
    sent = []
    for at in (1, 2):
        type_child(below, str(at), f"Phạm Thị Hân {at}")
        sent.append(below.must("handover", "send", "--to", TOP, "--out", enrolled_pair.stick))
    above.must("handover", "receive", sent[1]["file"], codes=(0, 4))
    return sent


def test_what_a_relay_brings_together_is_compared_with_nobodys_numbers(three: Three) -> None:
    carry = three.homes.carry
    carry(three.province, three.district, DISTRICT)
    carry(three.district, three.commune, COMMUNE)
    type_child(three.commune, "1", "Phạm Thị Hân")
    first, _ = carry(three.commune, three.district, DISTRICT)
    type_child(three.commune, "2", "Phạm Thị Hai")
    second, _ = carry(three.commune, three.district, DISTRICT)
    carry(three.commune, three.district, DISTRICT)
    carry(three.district, three.province, PROVINCE)
    carry(three.province, three.district, DISTRICT)
    carry(three.district, three.commune, COMMUNE)
    found = {one["id"]: one for one in three.commune.must("handover", "list")}
    assert numbers(of_tier(found[first["handover"]], "district")) == (1, False, False)
    assert numbers(of_tier(found[first["handover"]], "province")) == (None, False, True)
    # What agrees with its giver says so, though something came after it.
    assert numbers(of_tier(found[second["handover"]], "province")) == (2, False, False)
    (told,) = [one for one in three.commune.told("handover", "list") if CLI in one]
    assert first["handover"][:8] in told


def test_what_the_unit_between_wrote_since_is_not_laid_to_the_giver(three: Three) -> None:
    carry = three.homes.carry
    type_child(three.commune, "1", "Phạm Thị Hân")
    sent, _ = carry(three.commune, three.district, DISTRICT)
    book = three.district.home / "book.csv"
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        "Thôn 1,2,Đinh Văn Lía,1,Phạm Thị Hai,2015-03-02,2\n",
        encoding="utf-8",
    )
    three.district.must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    carry(three.district, three.province, PROVINCE)
    carry(three.province, three.district, DISTRICT)
    carry(three.district, three.commune, COMMUNE)
    found = {one["id"]: one for one in three.commune.must("handover", "list")}
    assert numbers(of_tier(found[sent["handover"]], "province")) == (None, False, True)


def test_a_stick_that_comes_late_is_told_to_be_counted_with_what_came_before(
    enrolled_pair: Homes, late: list[Any]
) -> None:
    above, below = enrolled_pair.at(TOP), enrolled_pair.at(BELOW)
    (seen,) = above.must("handover", "receive", "--preview", late[0]["file"], codes=(0, 4))
    assert (seen["counted"], seen["with_later"]) == (None, True)
    told = "\n".join(above.told("handover", "receive", late[0]["file"], codes=(0, 4)))
    assert "đã có cả số liệu giao sau gói này nên không tính riêng được" in told
    found = {one["id"]: one for one in above.must("handover", "list")}
    assert numbers(of_tier(found[late[0]["handover"]], "province")) == (None, False, True)
    assert numbers(of_tier(found[late[1]["handover"]], "province")) == (2, False, False)
    # Its giver reads the same.
    sent = above.must("handover", "send", "--to", BELOW, "--out", enrolled_pair.stick)
    (got,) = below.must("handover", "receive", sent["file"], codes=(0, 4))
    (words,) = [one["message"] for one in got["besides"] if "gói số 1:" in one["message"]]
    assert words.endswith("gói số 1: tính cùng số liệu đến sau nên không có số riêng")
    assert any(CLI in one for one in below.told("handover", "list"))


def test_the_paper_of_a_stick_that_came_late_names_no_other_numbers_and_says_why(
    enrolled_pair: Homes, late: list[Any]
) -> None:
    above = enrolled_pair.at(TOP)
    above.must("handover", "receive", late[0]["file"], codes=(0, 4))
    first, second = (paper(above, one["handover"]) for one in late)
    assert "tính được" not in first
    assert PAPER in first
    assert PAPER not in second


def test_a_stick_that_comes_late_and_agrees_is_told_to_agree(enrolled_pair: Homes) -> None:
    above, below = enrolled_pair.at(TOP), enrolled_pair.at(BELOW)
    type_child(below, "1", "Phạm Thị Hân")
    sent = [
        below.must("handover", "send", "--to", TOP, "--out", enrolled_pair.stick) for _ in range(2)
    ]
    for one in reversed(sent):
        above.must("handover", "receive", one["file"], codes=(0, 4))
    found = {one["id"]: one for one in above.must("handover", "list")}
    assert numbers(of_tier(found[sent[0]["handover"]], "province")) == (1, False, False)


def test_a_late_stick_whose_content_lies_taken_back_is_said_to_lie_so(
    enrolled_pair: Homes, late: list[Any]
) -> None:
    """The later bundle held all of it and was taken back: it was not counted with later work."""
    above = enrolled_pair.at(TOP)
    above.must("handover", "undo", late[1]["handover"], "--reason", "giao nhầm", codes=(0, 4))
    above.must("handover", "receive", late[0]["file"], codes=(0, 4))
    assert above.must("register", "search", "Phạm Thị Hân") == []
    found = {one["id"]: one for one in above.must("handover", "list")}
    receipt = of_tier(found[late[0]["handover"]], "province")
    assert (receipt["set_aside"], receipt["with_later"]) == (True, False)
    above.must("handover", "release", late[1]["handover"], codes=(0, 4))
    found = {one["id"]: one for one in above.must("handover", "list")}
    assert of_tier(found[late[0]["handover"]], "province")["set_aside"] is False
