"""What a neighbour PC carried up is no more called unsent once it comes back from above, and what
it did not carry still is.
"""

from __future__ import annotations

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_returns_of_two_pcs import Pair


@pytest.fixture
def pair(enrolled_pair: Homes) -> Pair:
    return Pair(enrolled_pair)


def outstanding(prompt: Prompt) -> tuple[int, int]:
    found = prompt.must("handover", "news", "--to", PROVINCE)["outstanding"]
    return found["unsent"], found["unconfirmed"]


def test_what_a_neighbour_carried_up_is_no_more_called_unsent(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    unsent, _ = outstanding(pair.first)
    assert unsent > 0
    pair.homes.carry(pair.first, pair.second, COMMUNE)
    handover = pair.up(pair.second)
    assert outstanding(pair.first) == (unsent, 0), "nobody has told it yet"
    pair.down()
    assert outstanding(pair.first) == (0, 0)
    pair.homes.carry(pair.second, pair.first, COMMUNE)
    listed = {one["id"]: one for one in pair.first.must("handover", "list")}
    (receipt,) = listed[handover]["receipts"]
    assert (receipt["households"], receipt["children"]) == (1, 1)
    assert outstanding(pair.first) == (0, 0)


def test_what_was_written_after_the_neighbour_got_its_file_is_still_unsent(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    pair.homes.carry(pair.first, pair.second, COMMUNE)
    pair.up(pair.second)
    pair.book(pair.first, "2", "Đinh Thị Nga")
    unsent, _ = outstanding(pair.first)
    pair.down()
    left, _ = outstanding(pair.first)
    assert 0 < left < unsent, "the second child is with nobody else"
    pair.up(pair.first)
    assert outstanding(pair.first) == (0, left)
    pair.down()
    assert outstanding(pair.first) == (0, 0)


def test_what_the_neighbour_typed_and_carried_up_itself_is_not_unsent_here(pair: Pair) -> None:
    """It comes by stick from the neighbour first, and then from above."""
    pair.book(pair.second, "1", "Phạm Thị Hân")
    pair.up(pair.second)
    pair.homes.carry(pair.second, pair.first, COMMUNE)
    assert outstanding(pair.first)[0] > 0, "nobody has told it yet"
    pair.down()
    assert outstanding(pair.first) == (0, 0)
    pair.book(pair.second, "2", "Đinh Thị Nga")
    pair.homes.carry(pair.second, pair.first, COMMUNE)
    left, _ = outstanding(pair.first)
    assert left > 0
    pair.down()
    assert outstanding(pair.first) == (left, 0), "the neighbour did not carry this up"


def test_what_the_neighbour_took_back_and_did_not_carry_up_is_unsent(pair: Pair) -> None:
    """The neighbour carries up what it kept: the second file of a line goes without the first."""
    pair.book(pair.first, "1", "Phạm Thị Hân")
    unsent, _ = outstanding(pair.first)
    sent, _ = pair.homes.carry(pair.first, pair.second, COMMUNE)
    why = ("--reason", "đọc nhầm gói")
    pair.second.must("handover", "undo", sent["handover"], *why, codes=(0, 4))
    pair.book(pair.first, "2", "Đinh Thị Nga")
    pair.homes.carry(pair.first, pair.second, COMMUNE)
    pair.up(pair.second)
    pair.down()
    assert len(pair.top.must("register", "search", "Phạm Thị Hân")) == 0
    assert len(pair.top.must("register", "search", "Đinh Thị Nga")) == 1
    assert outstanding(pair.first) == (unsent, 0), "the first child is in the commune alone"


def test_what_the_unit_above_lost_by_a_restore_is_unsent_again(pair: Pair) -> None:
    copy = pair.top.must("backup", "create")["file"]
    pair.book(pair.first, "1", "Phạm Thị Hân")
    unsent, _ = outstanding(pair.first)
    pair.homes.carry(pair.first, pair.second, COMMUNE)
    pair.up(pair.second)
    pair.down()
    assert outstanding(pair.first) == (0, 0)
    pair.top.must("backup", "restore", copy)
    pair.down()
    assert sum(outstanding(pair.second)) > 0
    assert outstanding(pair.first) == (unsent, 0)
    pair.up(pair.second)
    pair.down()
    assert outstanding(pair.first) == (0, 0), "it came up and back once more"


def test_news_and_status_agree_about_what_a_neighbour_carried_up(pair: Pair) -> None:
    pair.book(pair.first, "1", "Phạm Thị Hân")
    pair.homes.carry(pair.first, pair.second, COMMUNE)
    pair.up(pair.second)
    pair.down()
    found = pair.first.must("handover", "news", "--to", PROVINCE)
    assert found["outstanding"] == {"unsent": 0, "unconfirmed": 0}
    assert found["counts"] == {}
