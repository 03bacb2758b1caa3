"""A unit above that was restored: what it says of old sticks, and of its own lost receipts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.history.door import Reason, State
from app.models.materialising import Touched
from app.sync.apply import take_back
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_three_tiers import services_of
from tests.e2e.test_two_pcs import SIBLINGS, children, write_book
from tests.e2e.test_undone_and_restored import imported


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


def test_a_receipt_says_that_something_waits_as_long_as_what_its_bundle_held_does(
    homes: Homes,
) -> None:
    """The fourth holds once more what came with the third and waits."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    empty = above.must("backup", "create")["file"]
    files = some_unheard(homes)
    above.must("backup", "restore", empty)
    for at in (2, 3):
        (got,) = above.must("handover", "receive", files[at], codes=(0, 4))
        assert got["waiting"] > 0
    told = receipts(above)
    assert (told[3][2] > 0, told[4][2] > 0) == (True, True)
    above.must("handover", "receive", files[0], files[1], codes=(0, 4))
    # What the fourth brought is in the register of the others too: they have no own numbers.
    assert receipts(above) == {**dict.fromkeys((1, 2, 3), (None, None, 0)), 4: (2, 3, 0)}
    homes.carry(above, below, COMMUNE)
    assert receipts(below)[4] == (2, 3, 0)


def some_unheard(homes: Homes) -> list[Any]:
    """Four sticks, of which the commune had heard that two arrived when it made the fourth."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    (child,) = children(below, "pham van dong")
    files = []
    for name in "ABC":
        below.must("register", "set", child, f"full_name=Phạm Văn Đồng {name}")
        files.append(homes.carry(below, above, PROVINCE)[0]["file"])
        if name != "C":
            homes.carry(above, below, COMMUNE)
    imported(below, "77", "Đinh Thị Nga")
    files.append(homes.carry(below, above, PROVINCE)[0]["file"])
    return files


def stopped(prompt: Prompt) -> dict[int, tuple[int, int]]:
    """Number → what the province says it has of it that waits and that it refused."""
    return {
        one["seq"]: (got["waiting"], got["refused"])
        for one in prompt.must("handover", "list")
        for got in one["receipts"]
        if one["giver"] == COMMUNE
    }


def drop_what_waits(above: Prompt) -> None:
    for one in above.must("waiting", "list", codes=(0, 4)):
        if one["state"] == "waiting":
            above.must("waiting", "drop", one["operation"])


def refuse_what_waits(above: Prompt) -> None:
    """As the door does when what it waited for shows that it was not the giver's to write."""
    with services_of(above) as services, services.workplace.write() as work:
        waiting = services.waiting.list((State.WAITING,))
        held, touched = [(one.id, one.operation) for one in waiting], Touched()
        take_back(work, held, State.REFUSED, Reason.NOT_OWNER, touched)
        work.bring_up_to_date(touched)
        work.commit()


def all_wait_after_the_last(homes: Homes) -> tuple[list[Any], int, int]:
    """Put back from before all four sticks, the province takes in the last alone: the files, and
    what waits and was refused of it.
    """
    above = homes.at(PROVINCE)
    empty = above.must("backup", "create")["file"]
    files = four_sticks(homes)
    above.must("backup", "restore", empty)
    above.must("handover", "receive", files[3], codes=(0, 4))
    waited, refused = stopped(above)[4]
    assert waited > 0
    return files, waited, refused


@pytest.mark.parametrize("refuse", [drop_what_waits, refuse_what_waits])
def test_what_waited_and_was_refused_since_counts_as_refused(
    homes: Homes, refuse: Callable[[Prompt], None]
) -> None:
    above = homes.at(PROVINCE)
    files, waited, refused = all_wait_after_the_last(homes)
    refuse(above)
    above.must("handover", "receive", files[0], files[1], files[2], codes=(0, 4))
    assert stopped(above)[4] == (0, refused + waited)


def test_what_a_person_drops_is_said_by_the_receipt_at_once(homes: Homes) -> None:
    """Nothing else may come for weeks, and meanwhile its giver reads that it waits."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _files, waited, refused = all_wait_after_the_last(homes)
    drop_what_waits(above)
    assert stopped(above)[4] == (0, refused + waited)
    homes.carry(above, below, COMMUNE)
    assert stopped(below)[4] == (0, refused + waited)


def test_what_came_with_two_bundles_and_was_dropped_counts_as_refused_of_both(
    homes: Homes,
) -> None:
    above = homes.at(PROVINCE)
    empty = above.must("backup", "create")["file"]
    files = some_unheard(homes)
    above.must("backup", "restore", empty)
    above.must("handover", "receive", files[2], files[3], codes=(0, 4))
    before = stopped(above)
    drop_what_waits(above)
    above.must("handover", "receive", files[0], codes=(0, 4))
    after = stopped(above)
    for number in (3, 4):
        assert after[number] == (0, sum(before[number])), number


def number_four(above: Prompt) -> str:
    told = above.must("handover", "list")
    (last,) = [one["id"] for one in told if (one["giver"], one["seq"]) == (COMMUNE, 4)]
    return str(last)


def verified(above: Prompt, handover: str) -> dict[str, int]:
    found = above.must("handover", "verify", handover, codes=(0, 4))
    names = ("households", "children", "changed", "later", "errors", "warnings")
    return {name: found[name] for name in names}


def test_what_waited_when_a_handover_came_is_verified_with_it(homes: Homes) -> None:
    above = homes.at(PROVINCE)
    empty = above.must("backup", "create")["file"]
    files = four_sticks(homes)
    good = verified(above, number_four(above))
    assert good["errors"] > good["later"] == 0
    above.must("backup", "restore", empty)
    for at in (3, 1, 2, 0):
        above.must("handover", "receive", files[at], codes=(0, 4))
    assert verified(above, number_four(above)) == good


def test_what_came_after_its_handover_was_accepted_is_looked_through_with_the_next(
    homes: Homes,
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    empty = above.must("backup", "create")["file"]
    files = four_sticks(homes)
    above.must("backup", "restore", empty)
    above.must("handover", "receive", files[3], codes=(0, 4))
    above.must("handover", "accept", number_four(above))
    for at in (0, 1, 2):
        above.must("handover", "receive", files[at], codes=(0, 4))
    sent, _got = homes.carry(below, above, PROVINCE)
    found = verified(above, sent["handover"])
    assert (found["households"], found["children"]) == (1, 2)
    assert (found["changed"], found["later"]) == (3, 0), "nobody had seen the household before"


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
    assert "nếu đã mất khi khôi phục từ bản sao lưu thì được cấp lại khi nhận gói" in told
    homes.carry(above, below, COMMUNE)
    told = "\n".join(below.told("waiting", "list", codes=(0, 4)))
    assert "đơn vị gửi ghi vào phần" not in told
    assert "nếu đơn vị đó đã mất khi khôi phục từ bản sao lưu thì sẽ cấp lại khi nhận gói" in told
