"""What a unit above took out of its register again: who handed it over is told so, and no unit
further up says that it has it. What a unit above brought itself is not taken out below it.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.history.entities import REFERENCES
from app.models import bundles
from app.models.schema import op
from app.services import answering
from tests.e2e.command_line import Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    Three,
    prepared,
    services_of,
    three,
)

__all__ = ["prepared", "three"]
WHY = "Gói của xã khác"


def receipts(prompt: Prompt, handover: str) -> dict[str, Any]:
    """Tier → its receipt of a handover."""
    (view,) = [one for one in prompt.must("handover", "list") if one["id"] == handover]
    return {one["tier"]: one for one in view["receipts"]}


def down(three: Three) -> None:
    three.homes.carry(three.province, three.district, DISTRICT)
    three.homes.carry(three.district, three.commune, COMMUNE)


def test_the_giver_reads_that_the_district_set_it_aside_and_not_that_the_province_has_it(
    three: Three,
) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", WHY)
    type_child(commune, "2", "Đinh Thị Nga")
    second, _ = homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert list(told) == ["district"], "the province has not got it"
    assert told["district"]["set_aside"] is True
    said = "\n".join(line for line in commune.told("handover", "list"))
    assert "đã để riêng, chưa dùng" in said
    assert WHY not in said
    assert [one["set_aside"] for one in receipts(commune, second["handover"]).values()] == [
        False,
        False,
    ]

    district.must("handover", "release", first["handover"])
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert {tier: one["set_aside"] for tier, one in told.items()} == {
        "district": False,
        "province": False,
    }
    # With the second one's child: no number of the first.
    assert (told["province"]["children"], told["province"]["with_later"]) == (None, True)
    assert "để riêng" not in "\n".join(commune.told("handover", "list"))


def test_of_the_handover_before_it_nothing_is_said(three: Three) -> None:
    """A bundle brings the giver's half of the one before: that one is in use and can be accepted,
    though what came next is taken back.
    """
    homes, commune, district = three.homes, three.commune, three.district
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Đinh Thị Nga")
    second, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", second["handover"], "--reason", WHY)
    said = [receipts(district, one["handover"])["district"] for one in (first, second)]
    assert [one["set_aside"] for one in said] == [False, True]
    district.must("handover", "accept", first["handover"])
    district.must("handover", "release", second["handover"])
    said = [receipts(district, one["handover"])["district"] for one in (first, second)]
    assert [one["set_aside"] for one in said] == [False, False]


def test_what_the_province_sets_aside_is_told_to_those_whose_work_came_with_it(
    three: Three,
) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    passed_on, _ = homes.carry(district, province, PROVINCE)
    province.must("handover", "undo", passed_on["handover"], "--reason", WHY)
    type_child(commune, "2", "Đinh Thị Nga")
    second, _ = homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert {tier: one["set_aside"] for tier, one in told.items()} == {
        "district": False,
        "province": True,
    }
    assert receipts(district, passed_on["handover"])["province"]["set_aside"] is True
    assert receipts(commune, second["handover"])["province"]["set_aside"] is False


def marked(prompt: Prompt) -> int:
    """How many operations of people are known there to have come from above."""
    with services_of(prompt) as services, services.workplace.store.read() as reading:
        of_people = op.c.ent_type.not_in(("handover", *REFERENCES))
        from_above = op.c.judged_for.contains("above:")
        wanted = select(func.count()).select_from(op).where(of_people, from_above)
        return int(reading.execute(wanted).scalar_one())


def test_what_the_province_brought_itself_is_not_taken_back_at_the_district(three: Three) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    homes.carry(district, province, PROVINCE)
    type_child(commune, "1", "Phạm Thị Hân")
    straight = commune.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    province.must("handover", "receive", straight["file"], codes=(0, 4))
    sent, _ = homes.carry(commune, district, DISTRICT)
    homes.carry(province, district, DISTRICT)
    undo = ("handover", "undo", sent["handover"], "--reason", WHY)
    assert said_plainly(district(*undo)) == "undo.above_too"
    stands = district(*undo[:-2], "--preview").document["in_the_way"]
    assert (stands["what"], stands["unit"]) == ("above_too", PROVINCE)
    for _ in range(2):
        homes.carry(district, province, PROVINCE)
        homes.carry(province, district, DISTRICT)
    assert len(district.must("register", "search", "han")) == 1
    assert len(province.must("register", "search", "han")) == 1


def test_what_only_returns_from_above_costs_no_mark(three: Three) -> None:
    homes, district = three.homes, three.district
    type_child(three.commune, "1", "Phạm Thị Hân")
    homes.carry(three.commune, district, DISTRICT)
    homes.carry(district, three.province, PROVINCE)
    before = marked(district)
    homes.carry(three.province, district, DISTRICT)
    with services_of(district) as services, services.workplace.store.read() as reading:
        known = bundles.incoming(reading)[0].intake.known
    assert known > 0, "what was sent up came down again"
    assert (before, marked(district)) == (0, 0)


def test_what_the_district_used_again_belongs_to_the_bundle_that_brought_it_up(
    three: Three,
) -> None:
    """The bundle before it had told of the handover, and held nothing of it."""
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", WHY)
    told_of, _ = homes.carry(district, province, PROVINCE)
    district.must("handover", "release", first["handover"])
    passed_on, _ = homes.carry(district, province, PROVINCE)
    seen = province.must("handover", "verify", first["handover"], codes=(0, 4))
    assert (seen["children"], seen["changed"]) == (1, 2)

    province.must("handover", "undo", passed_on["handover"], "--reason", WHY)
    assert province.must("register", "search", "pham thi han") == []
    down(three)
    told = receipts(commune, first["handover"])
    assert {tier: one["set_aside"] for tier, one in told.items()} == {
        "district": False,
        "province": True,
    }
    assert receipts(province, told_of["handover"])["province"]["set_aside"] is False

    province.must("handover", "release", passed_on["handover"])
    down(three)
    assert receipts(commune, first["handover"])["province"]["set_aside"] is False
    district.must("handover", "accept", first["handover"])
    homes.carry(district, province, PROVINCE)
    province.must("handover", "accept", first["handover"])
    undo = ("handover", "undo", passed_on["handover"], "--reason", WHY)
    assert said_plainly(province(*undo)) == "undo.accepted"


def test_nothing_of_a_bundle_that_was_taken_back_is_let_in_by_name(three: Three) -> None:
    """Its giver would read for ever that it is not in use, and nobody could accept it."""
    homes, commune, district = three.homes, three.commune, three.district
    type_child(commune, "1", "Phạm Thị Hân")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    (child,) = [one["id"] for one in commune.must("register", "search", "han")]
    commune.must("register", "set", child, "full_name=Phạm Thị Hân Hân")
    sent, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", sent["handover"], "--reason", WHY)
    (line,) = district.must("waiting", "list")
    for name in (line["operation"], child):
        answer = district("waiting", "accept", name)
        assert said_plainly(answer) == "waiting.set_aside"
        assert f"sotreem handover release {sent['handover']}" in answer.document["message"]
    assert called(district, child) == "Phạm Thị Hân"

    district.must("handover", "release", sent["handover"])
    assert district.must("waiting", "list") == []
    assert called(district, child) == "Phạm Thị Hân Hân"
    homes.carry(district, commune, COMMUNE)
    assert receipts(commune, sent["handover"])["district"]["set_aside"] is False
    district.must("handover", "accept", sent["handover"])


def called(prompt: Prompt, child: str) -> str:
    return str(prompt.must("register", "show", child)["values"]["full_name"])


class Sticks:
    """A district that was restored from before two handovers of its commune. `heard` says whether
    the commune knew of the first having arrived when it made the second; if not, the second holds
    the first once more.
    """

    def __init__(self, three: Three, *, heard: bool, handovers: int = 2) -> None:
        homes, commune, self.district = three.homes, three.commune, three.district
        type_child(commune, "9", "Lê Thị Mai")
        homes.carry(commune, self.district, DISTRICT)
        homes.carry(self.district, commune, COMMUNE)
        homes.carry(commune, self.district, DISTRICT)
        backup = self.district.must("backup", "create")["file"]
        self.sent = []
        for at, name in enumerate(("Phạm Thị Hân", "Đinh Thị Nga", "Vũ Thị Lan")[:handovers]):
            type_child(commune, str(at + 1), name)
            self.sent.append(homes.carry(commune, self.district, DISTRICT)[0])
            if heard:
                homes.carry(self.district, commune, COMMUNE)
        self.district.must("backup", "restore", backup)

    def arrive(self, *which: int) -> None:
        for at in which:
            file = self.sent[at]["file"]
            (got,) = self.district.must("handover", "receive", file, codes=(0, 4))
            assert got["status"] == "imported"

    def undo(self, at: int) -> None:
        self.district.must("handover", "undo", self.sent[at]["handover"], "--reason", WHY)

    def release(self, at: int) -> None:
        self.district.must("handover", "release", self.sent[at]["handover"])

    def aside(self) -> list[bool]:
        of_each = [receipts(self.district, one["handover"])["district"] for one in self.sent]
        return [one["set_aside"] for one in of_each]

    def here(self, words: str) -> bool:
        return self.district.must("register", "search", words) != []


def test_a_handover_in_use_is_not_told_aside_with_a_later_one_that_came_before_it(
    three: Three,
) -> None:
    sticks = Sticks(three, heard=True)
    sticks.arrive(1, 0)
    sticks.undo(1)
    assert (sticks.here("pham thi han"), sticks.here("dinh thi nga")) == (True, False)
    assert sticks.aside() == [False, True]
    sticks.undo(0)
    assert sticks.aside() == [True, True]
    sticks.release(1)
    assert sticks.aside() == [True, False]
    sticks.release(0)
    assert sticks.aside() == [False, False]


def test_a_handover_is_told_aside_with_the_later_one_that_had_brought_its_children(
    three: Three,
) -> None:
    sticks = Sticks(three, heard=False)
    sticks.arrive(1, 0)
    sticks.undo(1)
    assert (sticks.here("pham thi han"), sticks.here("dinh thi nga")) == (False, False)
    assert sticks.aside() == [True, True]
    sticks.release(1)
    assert sticks.here("pham thi han")
    assert sticks.aside() == [False, False]


def test_a_handover_is_told_aside_with_that_of_the_other_pc_which_had_brought_its_children(
    three: Three,
) -> None:
    homes, commune, district = three.homes, three.commune, three.district
    second = Prompt(homes.folder / "second", homes._monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(district, second, three.root)
    homes.carry(district, commune, COMMUNE)
    to = ("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    type_child(commune, "1", "Phạm Thị Hân")
    sent = [commune.must(*to)]
    homes.carry(commune, second, COMMUNE)
    type_child(second, "2", "Đinh Thị Nga")
    sent.append(second.must(*to))
    for one in reversed(sent):
        district.must("handover", "receive", one["file"], codes=(0, 4))
    later = sent[1]["handover"]
    district.must("handover", "undo", later, "--reason", WHY)
    assert district.must("register", "search", "pham thi han") == []
    said = [receipts(district, one["handover"])["district"] for one in sent]
    assert [one["set_aside"] for one in said] == [True, True]
    district.must("handover", "release", later)
    said = [receipts(district, one["handover"])["district"] for one in sent]
    assert [one["set_aside"] for one in said] == [False, False]


def test_a_handover_that_comes_when_its_children_lie_aside_is_told_aside_at_once(
    three: Three,
) -> None:
    sticks = Sticks(three, heard=False)
    sticks.arrive(1)
    sticks.undo(1)
    sticks.arrive(0)
    assert not sticks.here("pham thi han")
    assert sticks.aside() == [True, True]
    sticks.release(1)
    assert sticks.aside() == [False, False]


def test_what_another_bundle_had_brought_before_is_not_gone_with_a_third(three: Three) -> None:
    sticks = Sticks(three, heard=False, handovers=3)
    sticks.arrive(1, 2, 0)
    sticks.undo(2)
    assert (sticks.here("pham thi han"), sticks.here("vu thi lan")) == (True, False)
    assert sticks.aside() == [False, False, True]


def test_an_undo_that_outlives_a_restore_says_nothing_of_the_handover_before(
    three: Three,
) -> None:
    """Its own bundle comes again and counts, after the one that stays out."""
    homes, commune, district = three.homes, three.commune, three.district
    empty = district.must("backup", "create")["file"]
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Đinh Thị Nga")
    second, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", second["handover"], "--reason", WHY)
    district.must("backup", "restore", empty)
    district.must("handover", "receive", first["file"], codes=(0, 4))
    assert len(district.must("register", "search", "pham thi han")) == 1
    assert receipts(district, first["handover"])["district"]["set_aside"] is False


@pytest.mark.parametrize("heard", [True, False])
def test_after_a_restore_the_giver_still_reads_that_it_was_set_aside(
    three: Three, heard: bool
) -> None:
    """The copy that takes the district's place is from before the undo, and may not have `heard` of
    the handover at all.
    """
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    empty = district.must("backup", "create")["file"]
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    copy = district.must("backup", "create")["file"] if heard else empty
    district.must("handover", "undo", first["handover"], "--reason", WHY)
    before = receipts(district, first["handover"])
    district.must("backup", "restore", copy)
    assert receipts(district, first["handover"]) == before, "the receipt is the same one"
    type_child(commune, "2", "Đinh Thị Nga")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert list(told) == ["district"], "the province has not got it"
    assert told["district"]["set_aside"] is True

    district.must("handover", "release", first["handover"])
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert {tier: one["set_aside"] for tier, one in told.items()} == {
        "district": False,
        "province": False,
    }


def test_after_a_restore_of_the_province_what_came_with_the_bundle_is_still_told_aside(
    three: Three,
) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    type_child(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    copy = province.must("backup", "create")["file"]
    passed_on, _ = homes.carry(district, province, PROVINCE)
    province.must("handover", "undo", passed_on["handover"], "--reason", WHY)
    province.must("backup", "restore", copy)
    homes.carry(district, province, PROVINCE)
    down(three)
    told = receipts(commune, first["handover"])
    assert {tier: one["set_aside"] for tier, one in told.items()} == {
        "district": False,
        "province": True,
    }
    assert receipts(district, passed_on["handover"])["province"]["set_aside"] is True


def test_a_later_handover_still_waits_for_a_verdict_when_an_older_stick_was_returned(
    three: Three,
) -> None:
    sticks = Sticks(three, heard=True)
    sticks.arrive(1, 0)
    first, second = (one["handover"] for one in sticks.sent)
    sticks.district.must("handover", "return", first, "--reason", "Thiếu trang")
    assert second in waiting(sticks.district)
    assert first not in waiting(sticks.district)


def test_what_was_returned_while_it_lay_aside_says_nothing_of_the_handover_before_it(
    three: Three,
) -> None:
    sticks = Sticks(three, heard=True)
    sticks.arrive(0, 1)
    first, second = (one["handover"] for one in sticks.sent)
    sticks.undo(1)
    sticks.district.must("handover", "return", second, "--reason", WHY)
    assert first in waiting(sticks.district)
    assert sticks.here("pham thi han")
    sticks.release(1)
    assert first not in waiting(sticks.district), "a register is handed over as a whole"


def waiting(prompt: Prompt) -> list[str]:
    """The handovers from below that wait there for a verdict."""
    with services_of(prompt) as services, services.workplace.store.read() as reading:
        return answering.unverified(services.workplace, reading)
