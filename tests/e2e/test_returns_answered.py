"""What answers a return: what was made with the return in hand, whatever numbers and days say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE as BELOW
from tests.e2e.test_three_tiers import DISTRICT, Three, prepared, three
from tests.e2e.test_two_pcs import SIBLINGS, children, second_pc, write_book

__all__ = ["prepared", "three"]  # fixtures

WHY = "thiếu thôn Hai"


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def two_pcs(homes: Homes) -> tuple[Prompt, Prompt, Prompt]:
    """The province and both PCs of the commune, which know of each other."""
    above, first, second = homes.at(PROVINCE), homes.at(COMMUNE), second_pc(homes)
    (root,) = above.must("authority", "status")["roots"]
    homes.enrol(above, second, root["fingerprint"])
    down = send(above, homes, COMMUNE)
    for one in (first, second):
        take(one, down)
    return above, first, second


def send(giver: Prompt, homes: Homes, to: str) -> Any:
    return giver.must("handover", "send", "--to", to, "--out", homes.stick)


def take(receiver: Prompt, sent: Any) -> None:
    receiver.must("handover", "receive", sent["file"], codes=(0, 4))


def returned(prompt: Prompt) -> list[str]:
    told = prompt.must("waiting", "list", codes=(0, 4))
    return [one["id"] for one in told if one["message"] == WHY]


def waits(prompt: Prompt, handover: str) -> list[bool]:
    found = prompt.must("handover", "verify", handover, codes=(0, 4))["returned"]
    return [one["answered_by"] is None for one in found]


def test_a_returned_handover_waits_whatever_the_other_pc_of_the_unit_has_sent(
    homes: Homes,
) -> None:
    above, first, second = two_pcs(homes)
    for _ in range(3):
        homes.carry(second, above, PROVINCE)
    sent, _got = homes.carry(first, above, PROVINCE)
    assert sent["seq"] == 1
    under_way = send(second, homes, PROVINCE)
    above.must("handover", "return", sent["handover"], "--reason", WHY)
    down = send(above, homes, COMMUNE)
    for one in (first, second):
        take(one, down)
    assert returned(first) == [sent["handover"]]
    # What the other PC had sent before it knew of the return is no answer, when it comes to be
    # known here either.
    take(above, under_way)
    take(first, send(second, homes, COMMUNE))
    assert returned(first) == [sent["handover"]]
    # What it sends now is one, on both.
    homes.carry(second, above, PROVINCE)
    take(first, send(second, homes, COMMUNE))
    assert returned(second) == []
    assert returned(first) == []


def test_a_returned_handover_waits_after_a_restore_began_the_numbers_again(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    for _ in range(3):
        homes.carry(below, above, PROVINCE)
    below.must("backup", "restore", below.must("backup", "create")["file"])
    sent, _got = homes.carry(below, above, PROVINCE)
    assert sent["seq"] == 1
    above.must("handover", "return", sent["handover"], "--reason", WHY)
    homes.carry(above, below, COMMUNE)
    assert returned(below) == [sent["handover"]]
    homes.carry(below, above, PROVINCE)
    assert returned(below) == []


def test_a_later_handover_that_was_accepted_meanwhile_settles_the_return(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    first, _got = homes.carry(below, above, PROVINCE)
    later = send(below, homes, PROVINCE)
    above.must("handover", "return", first["handover"], "--reason", WHY)
    take(above, later)
    homes.carry(above, below, COMMUNE)
    assert returned(below) == [first["handover"]]
    above.must("handover", "accept", later["handover"])
    homes.carry(above, below, COMMUNE)
    assert returned(below) == []


def test_work_that_was_under_way_when_the_record_was_returned_is_no_answer(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    (child,) = children(below, "pham van dong")
    below.must("register", "set", child, "full_name=Phạm Văn Đồng")
    under_way = send(below, homes, PROVINCE)
    above.must("handover", "return", sent["handover"], "--record", child, "--reason", WHY)
    down = send(above, homes, COMMUNE)
    take(above, under_way)
    assert waits(above, sent["handover"]) == [True]
    take(below, down)
    assert returned(below) == [child]
    # One more bundle brings nothing of the record: it waits here as it does there.
    take(above, send(below, homes, PROVINCE))
    assert waits(above, sent["handover"]) == [True]
    below.must("register", "set", child, "full_name=Phạm Văn Đông")
    take(above, send(below, homes, PROVINCE))
    assert waits(above, sent["handover"]) == [False]
    assert returned(below) == []


def test_the_unit_that_returned_a_record_does_not_answer_itself(homes: Homes) -> None:
    """Its own later work on the record is no answer of whoever typed it."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    (child,) = children(above, "pham van dong")
    above.must("handover", "return", sent["handover"], "--record", child, "--reason", WHY)
    above.must("register", "set", child, "full_name=Phạm Văn Đồng", codes=(0, 4))
    assert waits(above, sent["handover"]) == [True]
    homes.carry(above, below, COMMUNE)
    assert returned(below) == [child]


def test_the_other_pc_of_the_unit_that_returned_it_knows_when_it_was_answered(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    beside = Prompt(homes.folder / "beside", homes._monkeypatch)
    beside.must("init", "--unit", DISTRICT, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(three.province, beside, three.root)
    homes.carry(three.province, district, DISTRICT)
    homes.carry(district, beside, DISTRICT)
    homes.carry(beside, district, DISTRICT)
    homes.carry(district, commune, BELOW)
    type_child(commune, "1", "Phạm Thị Hân")
    sent = send(commune, homes, DISTRICT)
    for one in (district, beside):
        take(one, sent)
    (child,) = children(commune, "pham thi han")
    district.must("handover", "return", sent["handover"], "--record", child, "--reason", WHY)
    commune.must("register", "set", child, "full_name=Phạm Thị Hạn")
    under_way = send(commune, homes, DISTRICT)
    homes.carry(district, beside, DISTRICT)
    for one in (district, beside):
        take(one, under_way)
        assert waits(one, sent["handover"]) == [True]
    homes.carry(district, commune, BELOW)
    commune.must("register", "set", child, "full_name=Phạm Thị Hân")
    answer = send(commune, homes, DISTRICT)
    for one in (district, beside):
        take(one, answer)
        assert waits(one, sent["handover"]) == [False]


def test_work_of_the_other_pc_of_the_unit_answers_once_it_had_the_return(homes: Homes) -> None:
    above, first, second = two_pcs(homes)
    sent, _got = homes.carry(first, above, PROVINCE)
    take(second, send(first, homes, COMMUNE))
    (child,) = children(first, "pham van dong")
    second.must("register", "set", child, "full_name=Phạm Văn Đồng")
    under_way = send(second, homes, COMMUNE)
    above.must("handover", "return", sent["handover"], "--record", child, "--reason", WHY)
    down = send(above, homes, COMMUNE)
    take(first, down)
    take(first, under_way)
    assert returned(first) == [child]
    take(second, down)
    second.must("register", "set", child, "full_name=Phạm Văn Đông")
    assert returned(second) == []
    take(first, send(second, homes, COMMUNE))
    assert returned(first) == []
