"""One child written twice: decided, counted once, taken back; never against what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models import audit, doubled
from app.models.integrity import differing_tables
from app.models.queries import counting, moves, suggested
from app.models.work import Change
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.duplicates import Duplicates
from app.services.moves import Moves
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.two_books import BASIS, BINH_DONG, BINH_THANH, child
from tests.workplaces import DISTRICT, again, make_workplace, write

ELSEWHERE = "21010@2024"
NUMBER = "051319000017"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _counted(workplace: Workplace) -> dict[str, int]:
    with workplace.store.read() as reading:
        units = (BINH_THANH, BINH_DONG)
        whole = counting.counts(reading, (), BASIS)
        found = {unit: number for unit, _, number in counting.counts_by_unit(reading, units, BASIS)}
        each = {one: counting.counts(reading, (one,), BASIS) for one in units}
    assert whole.children == sum(found.values()) == sum(one.children for one in each.values())
    assert {unit: each[unit].children for unit in found} == found
    return {unit: number for unit, number in found.items() if number}


def _rebuilt_alike(workplace: Workplace) -> None:
    with workplace.store.write("An") as work:
        assert differing_tables(work) == []


def test_a_child_of_two_books_counts_once_and_in_both_when_that_is_taken_back(
    district: Workplace,
) -> None:
    one, other = child(district, BINH_THANH), child(district, BINH_DONG)
    assert _counted(district) == {BINH_THANH: 1, BINH_DONG: 1}
    desk = DuplicateDecisions(district)
    desk.decide(other, one, "same", "mẹ xác nhận")
    smaller = BINH_THANH if one < other else BINH_DONG
    assert _counted(district) == {smaller: 1}
    _rebuilt_alike(district)
    (pair,) = desk.decided()
    assert (pair.same, pair.automatic, pair.about_a_move) == (True, False, False)
    assert pair.decided_by == district.account.full_name
    assert pair.decided_on == district.today().isoformat()
    assert pair.one is not None
    assert pair.other is not None
    assert (pair.one.stands, pair.other.stands) == (True, False)
    desk.decide(one, other, "open")
    assert _counted(district) == {BINH_THANH: 1, BINH_DONG: 1}
    with district.store.read() as reading:
        assert [(row.first, row.second) for row in suggested.waiting(reading, 3)] == [
            tuple(sorted((one, other)))
        ], "it waits for somebody again"
    assert desk.decided() == []
    _rebuilt_alike(district)


def test_three_records_of_one_child_count_once_until_the_middle_is_cut(
    district: Workplace,
) -> None:
    first, second, third = sorted(child(district, BINH_THANH, str(n)) for n in range(3))
    desk = DuplicateDecisions(district)
    desk.decide(first, third, "same")
    desk.decide(third, second, "same")
    assert _counted(district) == {BINH_THANH: 1}
    with district.store.read() as reading:
        assert doubled.doubles_of(reading, {first, second, third}) == {second: first, third: first}
    desk.decide(second, third, "open")
    assert _counted(district) == {BINH_THANH: 2}


def test_who_stands_is_the_smallest_that_is_followed(district: Workplace) -> None:
    first, second = sorted(child(district, BINH_THANH, str(n)) for n in range(2))
    DuplicateDecisions(district).decide(first, second, "same")
    for gone in ({"life_status": "DECEASED"}, {"entered_in_error": True, "hidden_reason": "trùng"}):
        write(district, "child", first, **gone)
        with district.store.read() as reading:
            assert doubled.doubles_of(reading, {first, second}) == {first: second}, gone
        assert _counted(district) == {BINH_THANH: 1}, gone
        back: dict[str, Value] = dict.fromkeys(gone)
        if "life_status" in gone:
            back = {"life_status": "ACTIVE"}
        write(district, "child", first, **back)
        with district.store.read() as reading:
            assert doubled.doubles_of(reading, {first, second}) == {second: first}
    _rebuilt_alike(district)


def test_of_a_household_that_stays_for_a_short_time_nobody_stands(district: Workplace) -> None:
    pair = sorted((child(district, BINH_THANH), child(district, BINH_DONG)))
    DuplicateDecisions(district).decide(pair[0], pair[1], "same")
    with district.store.read() as reading:
        (row,) = moves.movers(reading, [pair[0]], "moved_in")
    write(district, "household", row.household, residence_status="3")
    with district.store.read() as reading:
        assert doubled.doubles_of(reading, pair) == {pair[0]: pair[1]}
    assert sum(_counted(district).values()) == 1


def test_what_was_decided_about_others_is_not_contradicted(district: Workplace) -> None:
    one, other, third = (child(district, BINH_THANH, str(n)) for n in range(3))
    desk = DuplicateDecisions(district)
    desk.decide(one, third, "different")
    desk.decide(one, other, "same")
    with pytest.raises(KnownError, match=r"duplicates\.contradicts"):
        desk.decide(other, third, "same")
    desk.decide(one, third, "same")
    desk.decide(other, third, "same")
    with pytest.raises(KnownError, match=r"duplicates\.same_by_others"):
        desk.decide(one, other, "different")
    assert _counted(district) == {BINH_THANH: 1}


def test_only_pairs_of_this_units_books_and_of_followed_children_are_decided(
    district: Workplace,
) -> None:
    here = child(district, BINH_THANH)
    desk = DuplicateDecisions(district)
    elsewhere = child(district, "21415@2024")
    for other, verdict, told in (
        (here, "same", "one_record"),
        ("nobody", "same", "unknown"),
        (elsewhere, "same", "not_of_this_unit"),
        (child(district, BINH_DONG, life_status="DECEASED"), "same", "not_followed"),
        (child(district, BINH_DONG), "open", "not_decided"),
    ):
        with pytest.raises(KnownError, match=rf"duplicates\.{told}"):
            desk.decide(here, other, verdict)
    for only, told in ((Right.READ, "same"), (Right.HANDOVER, "open")):
        with pytest.raises(KnownError, match=r"rights\.denied"):
            DuplicateDecisions(again(district, frozenset({only}))).decide(here, elsewhere, told)
    assert desk.decided() == []


def test_a_pair_of_a_move_is_left_to_the_moves(district: Workplace) -> None:
    left = child(district, BINH_THANH)
    write(district, "child", left, life_status="MOVED_OUT", owner_unit="outside")
    came = child(district, BINH_DONG)
    desk = DuplicateDecisions(district)
    with pytest.raises(KnownError, match=r"duplicates\.(has_left|not_of_this_unit)"):
        desk.decide(left, came, "same")
    Moves(district).pair(left, came)
    before = desk.decided()
    for verdict in ("same", "different", "open"):
        with pytest.raises(KnownError, match=r"duplicates\.about_a_move"):
            desk.decide(left, came, verdict)
    assert desk.decided() == before
    assert before[0].about_a_move


def test_a_search_records_what_is_certain_and_keeps_the_rest(district: Workplace) -> None:
    sure = [child(district, unit, personal_id=NUMBER) for unit in (BINH_THANH, BINH_DONG)]
    for middle, given, day in (("Văn", "Khoa", "3"), ("Duy", "Sơn", "4"), ("Gia", "Huy", "5")):
        child(
            district,
            BINH_THANH,
            full_name=f"Phạm {middle} {given}",
            birth_date=f"2015-05-0{day}",
            mother_name="Lê Thị Hoa",
            sex="1",
        )
    alike = [
        child(
            district,
            BINH_THANH,
            number,
            full_name="Hồ Thị Rế",
            birth_date="2016-03-06",
            mother_name="Hồ Thị Bích",
            father_name="Hồ Văn Rơm",
        )
        for number in ("7", "8")
    ]
    found = Duplicates(district).search()
    assert found.recorded == 1
    assert [{one.first, one.second} for one in found.pairs] == [set(alike)]
    desk = DuplicateDecisions(district)
    (done,) = desk.decided()
    assert (done.automatic, done.same, {done.first, done.second}) == (True, True, set(sure))
    assert done.decided_by == ""
    with district.store.read() as reading:
        events = [row.event for row in audit.recent(reading, 10)]
    assert "duplicate.automatic" in events
    assert Duplicates(district).search().recorded == 0
    for verdict in ("open", "different"):
        desk.decide(sure[0], sure[1], verdict)
        assert Duplicates(district).search().recorded == 0, "a person's word is not overridden"
        assert all(one.same is False for one in desk.decided())


@pytest.mark.parametrize("number", ["051219000017", "051318000017", "0513190000", "051319-00017"])
def test_a_number_that_is_not_this_childs_proves_nothing(district: Workplace, number: str) -> None:
    for unit in (BINH_THANH, BINH_DONG):
        child(district, unit, personal_id=number)
    assert Duplicates(district).search().recorded == 0


def test_children_without_a_name_are_never_called_the_same_by_the_program(
    district: Workplace,
) -> None:
    for unit in (BINH_THANH, BINH_DONG):
        child(district, unit, full_name="Chưa đặt tên", personal_id=NUMBER)
    assert Duplicates(district).search().recorded == 0
    assert DuplicateDecisions(district).decided() == []


def test_who_is_written_while_the_register_is_weighed_is_not_taken_for_who_was_weighed(
    district: Workplace,
) -> None:
    one, other = (child(district, unit, personal_id=NUMBER) for unit in (BINH_THANH, BINH_DONG))

    desk = Duplicates(district)
    looked = desk.look()
    with district.write() as work:
        renamed: dict[str, Value] = {"full_name": "Đinh Thị Hiền", "birth_date": "2019-08-01"}
        work.record(Change("child", renamed, other))
        work.commit()
    assert desk.keep(looked).recorded == 0
    assert DuplicateDecisions(district).decided() == []
    with district.store.read() as reading:
        (row,) = suggested.waiting(reading, 3)
    assert {row.first, row.second} == {one, other}
    assert row.changed
