"""One bundle opens on both PCs of the unit it is addressed to: what each says of it is one word."""

from __future__ import annotations

import time

import pytest

from app.models.queries import register
from app.services.delivery_values import Stage
from app.services.masking import open_values
from app.services.worklist import Duty
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, Three, prepared, services_of, three

__all__ = ["prepared", "three"]  # fixtures


class Two:
    """A district with two PCs, and a commune that has handed over once: not received yet."""

    def __init__(self, three: Three) -> None:
        self.homes: Homes = three.homes
        self.province, self.first, self.commune = three.province, three.district, three.commune
        self.second = Prompt(self.homes.folder / "second", self.homes._monkeypatch)
        self.second.must("init", "--unit", DISTRICT, "--user", "bình", "--full-name", "Lê Bình")
        self.homes.enrol(self.province, self.second, three.root)
        self.homes.carry(self.province, self.first, DISTRICT)
        self.homes.carry(self.first, self.second, DISTRICT)
        self.homes.carry(self.second, self.first, DISTRICT)
        self.homes.carry(self.first, self.commune, COMMUNE)
        type_child(self.commune, "1", "Phạm Thị Hân")
        to = ("handover", "send", "--to", DISTRICT, "--out", self.homes.stick)
        self.sent = self.commune.must(*to)

    @property
    def handover(self) -> str:
        return str(self.sent["handover"])

    def take(self, *who: Prompt) -> None:
        for one in who:
            one.must("handover", "receive", self.sent["file"], codes=(0, 4))
            time.sleep(1.1)  # a receipt names its second

    def exchange(self) -> None:
        self.homes.carry(self.first, self.second, DISTRICT)
        self.homes.carry(self.second, self.first, DISTRICT)

    def everywhere(self) -> tuple[Prompt, Prompt, Prompt, Prompt]:
        """All PCs, after everything went up and down."""
        self.exchange()
        self.homes.carry(self.first, self.province, "51@2024")
        self.homes.carry(self.first, self.commune, COMMUNE)
        return self.first, self.second, self.commune, self.province


@pytest.fixture
def two(three: Three) -> Two:
    return Two(three)


def conflicts(prompt: Prompt) -> list[str]:
    return [one["group"] for one in prompt.must("conflict", "list", codes=(0, 4))]


def receipts(prompt: Prompt, handover: str) -> list[str]:
    (found,) = [one for one in prompt.must("handover", "list") if one["id"] == handover]
    return [one["tier"] for one in found["receipts"]]


def test_what_both_pcs_received_apart_is_one_receipt_and_nobodys_conflict(two: Two) -> None:
    two.take(two.first, two.second)
    for one in two.everywhere():
        assert conflicts(one) == []
        assert "district" in receipts(one, two.handover)
    told = [one.must("handover", "list") for one in (two.first, two.second)]
    shown = [[it["receipts"] for it in them if it["id"] == two.handover] for them in told]
    assert shown[0] == shown[1], "both show the same of the two"


def test_what_the_other_pc_said_before_is_not_said_again(two: Two) -> None:
    two.take(two.first)
    two.homes.carry(two.first, two.second, DISTRICT)
    before = len(two.second.must("register", "history", two.handover))
    two.take(two.second)
    assert len(two.second.must("register", "history", two.handover)) == before
    assert conflicts(two.second) == []


def test_accepted_on_both_is_no_conflict(two: Two) -> None:
    two.take(two.first, two.second)
    for one in (two.first, two.second):
        one.must("handover", "accept", two.handover)
        time.sleep(1.1)
    for one in two.everywhere():
        assert conflicts(one) == []


def test_accepted_on_one_pc_and_returned_on_the_other_is_settled_by_that_unit_alone(
    two: Two,
) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "accept", two.handover)
    two.second.must("handover", "return", two.handover, "--reason", "thiếu thôn Hai")
    first, second, commune, province = two.everywhere()
    for one in (first, second):
        assert conflicts(one) == ["verdict_district"]
        told = "\n".join(one.told("conflict", "list", codes=(0, 4)))
        assert "chấp nhận" in told
        assert "trả lại" in told
        with services_of(one) as services:
            (line,) = services.conflict_lines.list()
        assert line.what == (
            "Bàn giao gói số 1 của xã Tịnh Châu: Kết luận của huyện về lần bàn giao"
        )
    decide = ("conflict", "resolve", "handover", two.handover, "verdict_district=accepted")
    for one in (commune, province):
        assert conflicts(one) == []
        assert said_plainly(one(*decide)) == "conflicts.not_here"
    first.must(*decide)
    for one in two.everywhere():
        assert conflicts(one) == []
        (found,) = [it for it in one.must("handover", "list") if it["id"] == two.handover]
        assert [it["verdict"] for it in found["verdicts"] if it["tier"] == "district"] == [
            "accepted"
        ]


def tasks(prompt: Prompt) -> dict[Duty, int]:
    with services_of(prompt) as services:
        return {one.duty: one.count for one in services.worklist.read().tasks}


def counting_in(*who: Prompt) -> list[int]:
    return [len(one.must("register", "search", "han")) for one in who]


def test_undone_on_one_pc_and_accepted_on_the_other_is_settled_by_a_person(two: Two) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "undo", two.handover, "--reason", "nhầm")
    assert Duty.UNDONE_BUT_ACCEPTED not in tasks(two.first)
    two.second.must("handover", "accept", two.handover)
    two.exchange()
    assert counting_in(two.first, two.second) == [0, 1]
    assert tasks(two.first)[Duty.UNDONE_BUT_ACCEPTED] == 1
    with services_of(two.first) as services:
        found = services.handovers.register.undone_but_accepted()
    assert found is not None
    assert found.id == two.handover
    # The other PC reads that it was set aside beside it.
    (view,) = [one for one in two.second.must("handover", "list") if one["id"] == two.handover]
    assert [one["set_aside"] for one in view["receipts"]] == [True]
    two.first.must("handover", "release", two.handover)
    assert Duty.UNDONE_BUT_ACCEPTED not in tasks(two.first)
    first, second, _commune, province = two.everywhere()
    assert counting_in(first, second, province) == [1, 1, 1]
    (view,) = [one for one in second.must("handover", "list") if one["id"] == two.handover]
    assert {one["tier"]: one["set_aside"] for one in view["receipts"]}["district"] is False


def test_what_the_other_pc_set_aside_is_not_accepted_until_somebody_uses_it_again(
    two: Two,
) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "undo", two.handover, "--reason", "nhầm")
    two.exchange()
    accept = ("handover", "accept", two.handover)
    assert said_plainly(two.second(*accept)) == "handover.undone_beside"
    # The other PC may be lost: whoever has it here says so for the unit.
    two.second.must("handover", "release", two.handover)
    two.second.must(*accept)
    two.exchange()
    assert tasks(two.first)[Duty.UNDONE_BUT_ACCEPTED] == 1


def test_what_lies_aside_on_the_pc_that_receives_it_second_is_said_though_the_first_receipted_it(
    two: Two,
) -> None:
    """The second PC took back a later bundle, which holds all of this one once more."""
    two.take(two.second)
    to = ("handover", "send", "--to", DISTRICT, "--out", two.homes.stick)
    type_child(two.commune, "2", "Đinh Thị Nga")
    this, later = two.commune.must(*to), two.commune.must(*to)
    two.second.must("handover", "receive", later["file"], codes=(0, 4))
    two.second.must("handover", "undo", later["handover"], "--reason", "Gói của xã khác")
    two.first.must("handover", "receive", this["file"], codes=(0, 4))
    two.homes.carry(two.first, two.second, DISTRICT)
    assert receipts(two.second, this["handover"]) == ["district"]
    two.second.must("handover", "receive", this["file"], codes=(0, 4))
    assert two.second.must("register", "search", "nga") == []
    told = two.second.must("handover", "list")
    (view,) = [one for one in told if one["id"] == this["handover"]]
    assert [one["set_aside"] for one in view["receipts"]] == [True]


def test_the_chart_counts_what_the_units_other_pc_received(three: Three) -> None:
    two = Two(three)
    two.take(two.second)
    two.exchange()
    with services_of(two.first) as services:
        found = services.handovers.deliveries.read()
    assert found.count(Stage.RECEIVED, Stage.ACCEPTED) == 1
    assert len([one for one in found.units if one.first is not None]) == 1


def test_nobody_concludes_a_handover_by_writing_into_it(two: Two) -> None:
    """Who only types has no right to hand over; and any word at all would stand there."""
    two.take(two.first)
    for words in (("verdict_district=accepted",), ("verdict_district=x", "sent_seq=9")):
        refused = two.first("register", "set", two.handover, *words)
        assert said_plainly(refused) == "records.own_way"
    (found,) = [it for it in two.first.must("handover", "list") if it["id"] == two.handover]
    assert found["verdicts"] == []


def test_a_reason_of_illness_is_masked_in_the_conflict_of_two_verdicts(two: Two) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "accept", two.handover)
    why = "Nhiều trẻ nhiễm HIV ghi nhầm"
    two.second.must("handover", "return", two.handover, "--reason", why)
    for one in two.everywhere()[:2]:
        answer = one("conflict", "list")
        assert conflicts(one) == ["verdict_district"]
        assert "HIV" not in str(answer.document) + answer.notes
        assert "HIV" not in "\n".join(one.told("conflict", "list", codes=(0, 4)))
    decide = ("conflict", "resolve", "handover", two.handover, "verdict_district=chấp nhận")
    two.first.must(*decide)
    for one in two.everywhere():
        assert conflicts(one) == [], "what is masked keeps nobody from deciding"
        (found,) = [it for it in one.must("handover", "list") if it["id"] == two.handover]
        said = [it["verdict"] for it in found["verdicts"] if it["tier"] == "district"]
        assert said == ["accepted"], "typed as it is shown"


def test_a_side_with_a_masked_reason_is_taken_whole_by_who_may_not_read_it(two: Two) -> None:
    two.take(two.first, two.second)
    two.first.must("handover", "accept", two.handover)
    why = "Nhiều trẻ nhiễm HIV ghi nhầm"
    two.second.must("handover", "return", two.handover, "--reason", why)
    two.exchange()
    with services_of(two.first) as services:
        (view,) = services.conflicts.open()
        (side,) = [it for it in view.heads if it.values["verdict_district"] == "returned"]
        taken = open_values(side.values)
        assert "verdict_district_reason" not in taken
        services.conflicts.decide(view.entity, view.id, taken, view.base_heads, side.operation)
        with services.workplace.store.read() as reading:
            found = register.record(reading, "handover", two.handover)
    assert found is not None
    assert (found.values["verdict_district"], found.conflicts) == ("returned", 0)
    assert found.values["verdict_district_reason"] == why


@pytest.mark.parametrize("numbers_last", [True, False])
def test_numbers_that_one_pc_counted_stand_though_the_other_could_not_count(
    two: Two, numbers_last: bool
) -> None:
    """The one had the first bundle by itself, the other had what came later with it."""
    type_child(two.commune, "2", "Phạm Thị Hai")
    later = two.commune.must("handover", "send", "--to", DISTRICT, "--out", two.homes.stick)

    def in_order() -> None:
        two.take(two.first)
        two.first.must("handover", "receive", later["file"], codes=(0, 4))

    def against() -> None:
        two.second.must("handover", "receive", later["file"], codes=(0, 4))
        two.take(two.second)

    for step in (against, in_order) if numbers_last else (in_order, against):
        step()
    for one in two.everywhere():
        assert conflicts(one) == []
        (found,) = [it for it in one.must("handover", "list") if it["id"] == two.handover]
        said = [(it["children"], it["with_later"]) for it in found["receipts"]]
        assert said[0] == (1, False), one.home
