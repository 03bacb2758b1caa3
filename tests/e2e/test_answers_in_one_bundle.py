"""A return and its answer that one bundle brings are told as they are where both were made: on a PC
enrolled later, on a second one that missed a bundle, from PC to PC, after a restore.
"""

from __future__ import annotations

import pytest

from app.models.queries import register
from app.services.second_check import SecondCheck
from tests.e2e.command_line import Prompt
from tests.e2e.test_returned_and_moved import asked, move, open_round
from tests.e2e.test_verification import (
    COMMUNE,
    DISTRICT,
    WHY,
    Three,
    child,
    prepared,
    services_of,
    three,
)

__all__ = ["prepared", "three"]  # fixtures

#: A ward beside, of the same district.
BESIDE = "21016@2024"


@pytest.fixture
def root(three: Three) -> str:
    return str(three.province.must("authority", "status")["root_fingerprint"])


def second_pc(three: Three, monkeypatch: pytest.MonkeyPatch, root: str) -> Prompt:
    second = Prompt(three.homes.folder / "second", monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "bình", "--full-name", "Lê Bình")
    three.homes.enrol(three.district, second, root)
    return second


def send_back(three: Three, why: str = WHY) -> str:
    han = child(three.district, "pham thi han")
    three.district.must("handover", "return", three.handover, "--record", han, "--reason", why)
    return han


def answer(three: Three, han: str, birth: str) -> None:
    """The commune hears what the district has to say, mends it and sends it up."""
    three.homes.carry(three.district, three.commune, COMMUNE)
    assert asked(three.commune) == [han]
    three.commune.must("register", "set", han, f"birth_date={birth}", codes=(0, 4))
    assert asked(three.commune) == []
    three.homes.carry(three.commune, three.district, DISTRICT)


def returned_and_answered(three: Three) -> str:
    han = send_back(three)
    answer(three, han, "2015-03-03")
    return han


def take(prompt: Prompt, file: str) -> None:
    prompt.must("handover", "receive", file, codes=(0, 4))


def test_a_pc_enrolled_later_is_not_asked_for_what_was_answered(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    returned_and_answered(three)
    (told,) = three.verify()["returned"]
    assert told["answered_by"] == COMMUNE
    assert asked(second_pc(three, monkeypatch, root)) == []


def test_what_was_answered_and_sent_back_again_waits_on_a_pc_enrolled_later(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    han = returned_and_answered(three)
    send_back(three, "Vẫn sai tháng sinh")
    assert asked(second_pc(three, monkeypatch, root)) == [han]
    answer(three, han, "2015-04-03")
    third = Prompt(three.homes.folder / "third", monkeypatch)
    third.must("init", "--unit", COMMUNE, "--user", "lan", "--full-name", "Hồ Lan")
    three.homes.enrol(three.district, third, root)
    assert asked(third) == []


def test_a_second_pc_that_missed_a_bundle_is_not_asked_for_what_was_answered(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    second = second_pc(three, monkeypatch, root)
    returned_and_answered(three)  # the bundle with the return never reaches the second PC
    sent = three.district.must("handover", "send", "--to", COMMUNE, "--out", three.homes.stick)
    for prompt in (three.commune, second):
        take(prompt, sent["file"])
    assert asked(three.commune) == []
    assert asked(second) == []


def test_pc_to_pc_an_answered_return_comes_as_answered(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    second = second_pc(three, monkeypatch, root)
    three.homes.carry(three.district, three.commune, COMMUNE)
    returned_and_answered(three)
    three.homes.carry(three.commune, second, COMMUNE)
    assert asked(second) == []


def test_pc_to_pc_what_a_second_person_sent_back_comes_as_answered(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    second = second_pc(three, monkeypatch, root)
    three.homes.carry(three.district, three.commune, COMMUNE)
    han = child(three.commune, "pham thi han")
    with services_of(three.commune) as services:
        check = SecondCheck(services.workplace, services.entry)
        with services.workplace.store.read() as reading:
            found = register.record(reading, "child", han)
        assert found is not None
        check.return_(str(found.values["household"]), WHY, child=han)
    three.commune.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    three.homes.carry(three.commune, second, COMMUNE)
    for prompt in (three.commune, second):
        assert prompt.must("handover", "returned") == []


def test_pc_to_pc_work_that_was_under_way_is_no_answer(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    """Both come in one bundle, and the record alone does not tell which was first."""
    second = second_pc(three, monkeypatch, root)
    three.homes.carry(three.district, three.commune, COMMUNE)
    han = child(three.commune, "pham thi han")
    three.commune.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    send_back(three)
    three.homes.carry(three.district, three.commune, COMMUNE)
    assert asked(three.commune) == [han]
    three.homes.carry(three.commune, second, COMMUNE)
    assert asked(second) == [han]


def test_a_restored_pc_is_not_asked_for_what_it_answered(three: Three) -> None:
    copy = three.commune.must("backup", "create")["file"]
    returned_and_answered(three)
    three.homes.carry(three.district, three.commune, COMMUNE)
    three.commune.must("backup", "restore", copy)
    for _ in range(2):
        three.homes.carry(three.commune, three.district, DISTRICT)
        three.homes.carry(three.district, three.commune, COMMUNE)
        (told,) = three.verify()["returned"]
        assert told["answered_by"] == COMMUNE
        assert asked(three.commune) == []


def test_an_answered_return_stays_answered_when_its_bundle_is_taken_back_and_used_again(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    second = second_pc(three, monkeypatch, root)
    three.homes.carry(three.district, three.commune, COMMUNE)
    returned_and_answered(three)
    sent, _got = three.homes.carry(three.commune, second, COMMUNE)
    assert asked(second) == []
    second.must("handover", "undo", sent["handover"], "--reason", "Nhầm gói")
    second.must("handover", "release", sent["handover"], codes=(0, 4))
    assert asked(second) == []


def test_the_new_commune_is_not_asked_for_what_the_old_one_answered_before_the_child_moved(
    three: Three, root: str
) -> None:
    beside = three.homes.init(BESIDE)
    three.homes.enrol(three.district, beside, root)
    open_round(three)
    han = returned_and_answered(three)
    move(three.commune, han, "Phường Quảng Phú")
    three.homes.carry(three.commune, three.district, DISTRICT)
    three.homes.carry(three.district, beside, BESIDE)
    assert asked(beside) == []
    assert beside.must("register", "show", han)["id"] == han


def test_what_was_sent_back_as_it_stands_waits_though_it_was_taken_back_and_used_again_since(
    three: Three, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    """The work lies after the return then, and whoever returned it had looked at it."""
    homes, district, commune = three.homes, three.district, three.commune
    han = child(commune, "pham thi han")
    commune.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    sent, _got = homes.carry(commune, district, DISTRICT)
    send_back(three)
    district.must("handover", "undo", sent["handover"], "--reason", "Nhầm gói")
    district.must("handover", "release", sent["handover"], codes=(0, 4))
    assert asked(second_pc(three, monkeypatch, root)) == [han]
