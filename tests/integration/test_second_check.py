"""The second person's check on a real store: what waits, what covers, what goes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import KnownError
from app.models.declarations import are_finished
from app.models.queries import register, worklist
from app.models.work import Change
from app.services.entry import Entry
from app.services.quarter import Quarter
from app.services.rights import RIGHTS_OF, Right, Role
from app.services.second_check import Lists, SecondCheck, State
from app.services.workplace import Workplace
from tests.village_of_three import (
    DAY,
    TODAY,
    child_id,
    edit,
    home_id,
    open_round,
    settle_village,
    stored,
    village_id,
)
from tests.workplaces import COMMUNE, again, make_workplace

HOME, CHILD = home_id(COMMUNE, "2"), child_id(COMMUNE, "2", 1)
BOTH = Lists(poverty=True, allowance=True)


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    yield made
    made.store.close()


def _desk(workplace: Workplace) -> SecondCheck:
    return SecondCheck(workplace, Entry(workplace))


def _checker(workplace: Workplace) -> Workplace:
    other = again(workplace, RIGHTS_OF[Role.CHECKER])
    other.account = replace(other.account, name="binh", full_name="Trần Bình")
    other.clock = workplace.clock
    return other


def _pass(desk: SecondCheck, home: str = HOME, reason: str = "") -> None:
    desk.check(home, desk.page(home).heads, BOTH, reason)


def _state(workplace: Workplace, home: str = HOME) -> State:
    found = _desk(workplace).state_of(home)
    assert found is not None
    return found.state


def test_what_was_typed_waits_and_a_check_of_it_is_kept_with_all_it_saw(
    commune: Workplace,
) -> None:
    desk = _desk(_checker(commune))
    (village,) = desk.villages()
    assert (village.households, village.waiting, village.checked) == (3, 3, 0)
    assert desk.waiting_for_check() == 3
    page = desk.page(HOME)
    assert page.typed_by == ("Đặng An",)
    assert page.typed_by_me is False
    done = desk.check(HOME, page.heads, BOTH)
    assert (done.state, done.by, done.on) == (State.CHECKED, "Trần Bình", TODAY)
    assert [one.state for one in desk.walk(village_id(COMMUNE))] == [
        State.NEVER,
        State.CHECKED,
        State.NEVER,
    ]
    heads = {one.hex() for one in stored(commune, "child", CHILD).heads}
    assert heads < set(page.heads)
    assert len(page.heads) == 3  # the household and two children


@pytest.mark.parametrize("what", ["household", "child", "circumstance", "hidden child"])
def test_an_edit_of_anything_on_the_page_makes_it_due_again(commune: Workplace, what: str) -> None:
    checker = _checker(commune)
    _pass(_desk(checker))
    if what == "household":
        edit(commune, "household", HOME, phone="0912345678")
    elif what == "child":
        edit(commune, "child", CHILD, school_name="THCS Ba Tơ")
    elif what == "hidden child":
        edit(commune, "child", CHILD, entered_in_error=True, hidden_reason="nhầm")
    else:
        with commune.write() as work:
            part = {"record": CHILD, "group": "C04", "episode": 1, "subgroups": ["C04.1"]}
            work.record(Change("circumstance", part, key="C04/1"))
            work.commit()
    assert _state(commune) is State.CHANGED
    assert _state(commune, home_id(COMMUNE, "1")) is State.NEVER


def test_confirming_in_a_round_asks_for_a_new_check(commune: Workplace) -> None:
    open_round(commune)
    _pass(_desk(_checker(commune)))
    Quarter(commune).confirm(HOME)
    assert _state(commune) is State.CHANGED


def test_two_halves_that_were_each_checked_are_not_one_whole(commune: Workplace) -> None:
    """Two PCs: each check saw one of two edits that were made beside each other."""
    base = stored(commune, "child", CHILD)
    sides = []
    for name in ("school_name", "birth_place"):
        with commune.write() as work:
            values = {name: "Ba Tơ"}
            change = Change("child", values, CHILD, base=base.heads, loaded=base.values)
            sides.append(work.record(change).op_id)
            work.commit()
    whole = set(_desk(_checker(commune)).page(HOME).heads)
    for side in sides:
        assert side is not None
        with commune.write() as work:
            seen = sorted(whole - {one.hex() for one in sides if one and one != side})
            review = {"record": HOME, "result": "checked", "reviewed_heads": seen}
            work.record(Change("review", review))
            work.commit()
    assert _state(commune) is State.CHANGED


def test_the_typist_checks_only_with_a_reason_that_is_kept(commune: Workplace) -> None:
    desk = _desk(commune)
    assert desk.page(HOME).typed_by_me is True
    with pytest.raises(KnownError) as failed:
        _pass(desk)
    assert failed.value.message_id == "second_check.same_person"
    _pass(desk, reason="  Xã chỉ có một cán bộ ")
    assert _state(commune) is State.CHECKED
    (review,) = _reviews(commune, HOME)
    assert review["reason"] == "Xã chỉ có một cán bộ"
    assert review["checked_poverty_list"] is True
    # Somebody else typed since: the reason is asked of whoever did.
    edit(commune, "child", CHILD, school_name="THCS Ba Tơ")
    assert desk.page(HOME).typed_by == ("Đặng An",)


def _reviews(workplace: Workplace, record: str) -> list[dict[str, object]]:
    with workplace.store.read() as reading:
        found = register.belonging_to(reading, [record]).get(record, [])
    return [dict(one.values) for one in found if one.entity == "review"]


def test_an_unfinished_page_is_not_passed_and_what_changed_meanwhile_is_looked_at_again(
    commune: Workplace,
) -> None:
    desk = _desk(_checker(commune))
    seen = desk.page(HOME).heads
    edit(commune, "child", CHILD, complete=False)
    with pytest.raises(KnownError) as failed:
        desk.check(HOME, seen, BOTH)
    assert failed.value.message_id == "second_check.changed_since"
    with pytest.raises(KnownError) as failed:
        _pass(desk)
    assert failed.value.message_id == "second_check.unfinished"
    (village,) = desk.villages()
    assert (village.waiting, village.unfinished) == (2, 1)


@pytest.mark.parametrize(
    "gone", [{"life_status": "DECEASED"}, {"life_status": "MOVED_OUT"}, {"residence_status": "4"}]
)
def test_the_open_record_of_a_child_who_died_or_left_leaves_the_page_ready_for_its_check(
    commune: Workplace, gone: dict[str, str]
) -> None:
    edit(commune, "child", CHILD, complete=False)
    desk = _desk(_checker(commune))
    assert desk.villages()[0].unfinished == 1
    edit(commune, "child", CHILD, complete=False, **gone)
    (village,) = desk.villages()
    assert (village.waiting, village.unfinished) == (3, 0)
    _pass(desk)
    assert _state(commune) is State.CHECKED
    # The worklist counts the same household as done.
    with commune.store.read() as reading:
        (place,) = worklist.progress(reading, [COMMUNE], "", by_village=False)
    assert (place.households, place.done) == (3, 3)
    # Nor does an error on that record stand in the way of either.
    edit(commune, "child", CHILD, complete=True, birth_date="2091-01-01")
    with commune.store.read() as reading:
        assert not are_finished(reading, [CHILD]), "there is an error"
        (place,) = worklist.progress(reading, [COMMUNE], "", by_village=False)
    assert (place.households, place.done) == (3, 3)
    assert desk.villages()[0].unfinished == 0
    # It is a part of the page all the same: an edit of it asks for another look.
    edit(commune, "child", CHILD, other_name="Bi")
    assert _state(commune) is State.CHANGED


def test_what_is_sent_back_waits_for_its_typist_until_it_is_worked_on(commune: Workplace) -> None:
    desk = _desk(_checker(commune))
    with pytest.raises(KnownError) as failed:
        desk.return_(HOME, " ")
    assert failed.value.message_id == "second_check.no_reason"
    desk.return_(HOME, "Sổ ghi 02/05/2014", child=CHILD, field="birth_date")
    assert _state(commune) is State.RETURNED
    (back,) = _desk(commune).returned_to()
    assert (back.household, back.child, back.name) == (HOME, CHILD, "Đinh Văn Tèo")
    assert (back.reason, back.field, back.by) == ("Sổ ghi 02/05/2014", "birth_date", "Trần Bình")
    assert (back.mine, back.from_above, back.on) == (True, False, TODAY)
    (of_others,) = desk.returned_to()
    assert of_others.mine is False
    edit(commune, "child", child_id(COMMUNE, "2", 2), school_name="TH Ba Tơ")
    assert len(_desk(commune).returned_to()) == 1, "another child was worked on, not this one"
    edit(commune, "child", CHILD, birth_date="2014-05-02")
    assert _desk(commune).returned_to() == []
    assert _state(commune) is State.NEVER


def test_a_page_sent_back_as_a_whole_is_answered_by_work_on_any_child_or_by_passing_it(
    commune: Workplace,
) -> None:
    desk = _desk(_checker(commune))
    desk.return_(HOME, "Thiếu một trẻ")
    edit(commune, "child", CHILD, school_name="THCS Ba Tơ")
    assert _desk(commune).returned_to() == []
    desk.return_(HOME, "Vẫn thiếu")
    _pass(desk)
    assert _desk(commune).returned_to() == []
    assert _state(commune) is State.CHECKED


def test_who_may_not_check_neither_passes_nor_returns(commune: Workplace) -> None:
    clerk = again(commune, RIGHTS_OF[Role.CLERK])
    desk = _desk(clerk)
    assert desk.may_check is False
    assert desk.waiting_for_check() == 3  # numbers name nobody
    for deed in (
        lambda: desk.page(HOME),
        lambda: desk.check(HOME, (), BOTH),
        lambda: desk.return_(HOME, "x"),
    ):
        with pytest.raises(KnownError) as failed:
            deed()
        assert failed.value.message_id == "rights.denied"
    signer = _desk(again(commune, frozenset({Right.HANDOVER})))
    with pytest.raises(KnownError):
        signer.returned_to()


def test_a_page_shows_nothing_of_level_a(commune: Workplace) -> None:
    with commune.write() as work:
        work.record(Change("household", {"family_problem_flags": ["1"]}, id=HOME))
        part = {"record": CHILD, "group": "C05", "episode": 1}
        work.record(Change("circumstance", part, key="C05/1"))
        work.commit()
    page = _desk(_checker(commune)).page(HOME).page
    assert "family_problem_flags" in page.household.masked
    (part,) = page.belongings[CHILD]
    assert "group" in part.masked
    assert part.id.startswith("h-")


def test_an_office_above_checks_the_households_of_its_communes(tmp_path: Path) -> None:
    district = make_workplace(tmp_path, "522@2024")
    with district.store.write("Lê Thị Nhập") as work:
        settle_village(work, COMMUNE)
        work.commit()
    desk = _desk(district)
    (line,) = desk.communes()
    assert line.unit == COMMUNE
    assert desk.villages() == []
    (village,) = desk.villages(COMMUNE)
    assert village.waiting == 3
    assert len(desk.walk(village.id, COMMUNE)) == 3
    _pass(desk)
    assert desk.waiting_for_check(COMMUNE) == 2
    district.store.close()
