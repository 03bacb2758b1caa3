"""What was done at the keyboard, against a second, naive count of the same days."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.ids import derived_id
from app.models.work import Change
from app.services.acts import put_aside
from app.services.rights import RIGHTS_OF, Role
from app.services.work_statistics import Work, WorkStatistics, WorkStatisticsDesk
from app.services.work_time import BREAK, SECONDS_A_CHILD, worked
from app.services.workplace import Workplace
from tests.village_of_three import DAY, child_id, home_id, open_round, settle_village, village_id
from tests.workplaces import COMMUNE, again, make_workplace

AN, BINH = "Đặng An", "Trần Bình"
NOON = int(DAY)


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    yield made
    made.store.close()


def _day(wall: int) -> date:
    return datetime.fromtimestamp(wall, tz=UTC).astimezone().date()


def _save(
    workplace: Workplace, at: int, *changes: Change, by: str = AN, act: str | None = None
) -> list[str]:
    """One save by somebody at a moment."""
    with workplace.store.write(by) as work:
        work.clock = lambda: float(at)
        done = work.record_many(changes, act=act)
        work.commit()
    return [one.id for one in done]


def _child(number: int, **more: Value) -> Change:
    values: dict[str, Value] = {"owner_unit": COMMUNE, "full_name": f"Đinh Thị {number}", **more}
    return Change("child", values, key=f"child/{number}")


def _id(number: int) -> str:
    return derived_id(COMMUNE, f"child/{number}")


def _of(found: WorkStatistics, who: str = AN) -> Work:
    return found.people.get(who, Work())


def test_time_is_what_lies_between_saves_and_a_clock_that_jumps_adds_nothing() -> None:
    assert list(worked([])) == []
    assert list(worked([100])) == [SECONDS_A_CHILD]
    assert list(worked([0, 60, 60 + BREAK])) == [SECONDS_A_CHILD, 60, BREAK]
    assert list(worked([0, BREAK + 1])) == [SECONDS_A_CHILD, SECONDS_A_CHILD]
    # Put back by an hour, and forward by a year: each begins a new stretch.
    assert list(worked([5000, 1400, 1460])) == [SECONDS_A_CHILD, SECONDS_A_CHILD, 60]
    assert list(worked([0, 31_536_000])) == [SECONDS_A_CHILD, SECONDS_A_CHILD]


def test_a_child_is_completed_once_by_whoever_first_declared_it(commune: Workplace) -> None:
    _save(commune, NOON, _child(1, complete=True), _child(2))
    _save(commune, NOON + 100, Change("child", {"complete": True}, id=_id(2)), by=BINH)
    # Opened again and closed again is no second child.
    _save(commune, NOON + 200, Change("child", {"complete": False}, id=_id(1)))
    _save(commune, NOON + 250, Change("child", {"complete": True}, id=_id(1)))
    found = WorkStatisticsDesk(commune).read()
    assert (_of(found).children_completed, _of(found, BINH).children_completed) == (1, 1)
    # The second child was begun and not completed by the first person.
    assert _of(found).children_changed == 1
    assert _of(found, BINH).children_changed == 0
    assert _of(found).entering_seconds == SECONDS_A_CHILD + 200 + 50
    assert _of(found, BINH).seconds_a_child == SECONDS_A_CHILD


def test_words_in_a_note_declare_nothing(commune: Workplace) -> None:
    _save(commune, NOON, _child(1, birth_place='"complete":true'))
    assert _of(WorkStatisticsDesk(commune).read()).children_completed == 0


def test_what_an_import_brought_counts_for_nobody_and_is_told(commune: Workplace) -> None:
    _save(commune, NOON, _child(1, complete=True), _child(2, complete=True), act="import-1")
    _save(commune, NOON + 50, Change("child", {"birth_place": "Ba Tơ"}, id=_id(1)))
    found = WorkStatisticsDesk(commune).read()
    assert found.imported == 2
    (one,) = found.days
    assert (one.work.children_completed, one.work.children_changed) == (0, 1)
    # The import is no moment of work either.
    assert one.work.changing_seconds == SECONDS_A_CHILD
    assert one.work.entering_seconds == 0


def test_what_was_set_aside_or_written_elsewhere_is_not_counted(commune: Workplace) -> None:
    _save(commune, NOON, _child(1, complete=True))
    _save(commune, NOON, _child(3, complete=True), act="review-1")
    with commune.write() as work:
        assert put_aside(work, "review-1") == 1
        work.commit()
    with commune.store.write(AN) as work:
        work.identity = replace(work.identity, unit="524@2024")
        work.clock = lambda: float(NOON)
        work.record(_child(2, complete=True))
        work.commit()
    assert _of(WorkStatisticsDesk(commune).read()).children_completed == 1


def test_returns_and_differences_are_told_to_whoever_typed(commune: Workplace) -> None:
    with commune.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    child, home = child_id(COMMUNE, "2", 1), home_id(COMMUNE, "2")
    _save(commune, NOON, Change("child", {"birth_place": "Ba Tơ"}, id=child), by=BINH)
    back: dict[str, Value] = {"record": child, "result": "returned", "reason": "khác sổ"}
    _save(commune, NOON + 60, Change("review", back), by="Lê Cúc")
    again_: dict[str, Value] = {"record": home, "result": "retyped", "typist": BINH}
    again_ |= {"retyped_fields": 12, "differing_fields": 3, "taken_fields": 1}
    again_["returned_fields"] = 1
    file: dict[str, Value] = {**again_, "typed_by_import": True, "retyped_fields": 99}
    _save(commune, NOON + 120, Change("review", again_), Change("review", file), by="Lê Cúc")
    seen: dict[str, Value] = {"record": home, "result": "checked", "reviewed_heads": []}
    _save(commune, NOON + 180, Change("review", seen), by="Lê Cúc")
    # Who works on it afterwards is not who got it back.
    _save(commune, NOON + 240, Change("child", {"birth_place": "Ba Vì"}, id=child))
    found = WorkStatisticsDesk(commune).read()
    work_of = _of(found, BINH)
    assert (work_of.returned, work_of.retyped_fields, work_of.differing_fields) == (1, 12, 3)
    # One of the three was a slip of whoever typed again.
    assert (work_of.mistaken_fields, work_of.mistaken_percent) == (2, 16.7)
    checker = _of(found, "Lê Cúc")
    assert (checker.households_checked, checker.returned) == (1, 0)
    assert checker.checking_seconds == SECONDS_A_CHILD + 60 + 60
    assert checker.entering_seconds == checker.changing_seconds == 0


def test_days_are_those_of_the_local_calendar_and_a_period_holds_both_its_ends(
    commune: Workplace,
) -> None:
    for back in range(20):
        _save(commune, NOON - back * 86_400, _child(back, complete=True))
    desk = WorkStatisticsDesk(commune)
    assert _of(desk.read()).children_completed == 14
    today = _day(NOON)
    one = desk.read(today, today)
    assert [(day.day, day.work.children_completed) for day in one.days] == [(today, 1)]
    with pytest.raises(KnownError) as failed:
        desk.read(today, date(2020, 1, 1))
    assert failed.value.message_id == "statistics.days"


def test_a_clerk_sees_the_own_numbers_and_who_administers_sees_all(commune: Workplace) -> None:
    _save(commune, NOON, _child(1, complete=True))
    _save(commune, NOON, _child(2, complete=True), by=BINH)
    clerk = again(commune, RIGHTS_OF[Role.CLERK])
    clerk.clock = commune.clock
    found = WorkStatisticsDesk(clerk).read()
    assert (set(found.people), found.everybody) == ({AN}, False)
    assert set(WorkStatisticsDesk(commune).read().people) == {AN, BINH}
    administrator = again(commune, RIGHTS_OF[Role.ADMIN])
    administrator.clock = commune.clock
    assert WorkStatisticsDesk(administrator).read().everybody is True
    with pytest.raises(KnownError):
        WorkStatisticsDesk(again(commune, RIGHTS_OF[Role.KEYS])).read()


def test_what_is_left_is_told_in_days_beside_the_days_of_the_round(commune: Workplace) -> None:
    open_round(commune)
    place: dict[str, Value] = {"owner_unit": COMMUNE, "name": "Thôn Phước Thọ"}
    place["expected_children"] = 10
    home: dict[str, Value] = {"owner_unit": COMMUNE, "village": village_id(COMMUNE)}
    _save(
        commune,
        NOON - 90 * 86_400,
        Change("village", place, key="village/Thôn Phước Thọ"),
        Change("household", home, key="household/1"),
    )
    inside: dict[str, Value] = {"household": home_id(COMMUNE, "1")}
    ahead = WorkStatisticsDesk(commune).read().ahead
    assert ahead is not None
    assert (ahead.unfinished, ahead.missing, ahead.days_needed) == (0, 10, None)
    for number in range(6):
        day = NOON - (number % 2) * 86_400
        _save(commune, day, _child(number, complete=number < 4, **inside))
    ahead = WorkStatisticsDesk(commune).read().ahead
    assert ahead is not None
    assert (ahead.unfinished, ahead.missing, ahead.remaining) == (2, 4, 6)
    assert (ahead.a_day, ahead.days_needed, ahead.days_left) == (2.0, 3, 43)


def test_a_naive_recount_of_a_random_fortnight_agrees(commune: Workplace) -> None:
    """Every save is noted as it is made; what is counted from the log agrees with the notes."""
    chance = random.Random(1936)
    done, changed, seconds = Counter[str](), set[tuple[str, date, str]](), Counter[str]()
    complete: dict[int, bool] = {}
    fresh: set[tuple[str, date, int]] = set()
    notes: list[tuple[str, int, int]] = []
    completed: set[tuple[str, date, int]] = set()
    at = NOON - 10 * 86_400
    for _ in range(160):
        at += chance.choice([7, 40, 90, 300, 599, 600, 601, 3600, 40_000, -1800])
        if at >= NOON:
            break
        who, number = chance.choice([AN, BINH]), chance.randrange(40)
        finish = chance.random() < 0.5
        if number not in complete:
            _save(commune, at, _child(number, complete=finish or None), by=who)
            fresh.add((who, _day(at), number))
        else:
            values: dict[str, Value] = {"birth_place": f"Thôn {at}"}
            if finish and not complete[number]:
                values["complete"] = True
            _save(commune, at, Change("child", values, id=_id(number)), by=who)
        if finish and not complete.get(number):
            done[who] += 1
            completed.add((who, _day(at), number))
        complete[number] = complete.get(number, False) or finish
        notes.append((who, at, number))
    for who, wall, number in notes:
        if (who, _day(wall), number) not in completed:
            changed.add((who, _day(wall), str(number)))
    last: dict[str, int] = {}
    for who, wall, number in notes:
        gap = wall - last[who] if who in last else -1
        last[who] = wall
        kind = (who, _day(wall), number) in fresh | completed
        seconds[f"{who}/{kind}"] += gap if 0 <= gap <= 600 else 92
    since = _day(min(wall for _, wall, _ in notes))
    found = WorkStatisticsDesk(commune).read(since)
    assert len(notes) > 60
    for who in (AN, BINH):
        work = _of(found, who)
        assert work.children_completed == done[who] > 3
        assert work.children_changed == sum(one[0] == who for one in changed) > 3
        assert work.entering_seconds == seconds[f"{who}/True"]
        assert work.changing_seconds == seconds[f"{who}/False"]
        assert work.minutes == round((work.entering_seconds + work.changing_seconds) / 60)
        days = [one.work.children_completed for one in found.days if one.author == who]
        assert sum(days) == done[who]


def test_a_register_that_was_written_at_once_tells_nothing_of_anybodys_pace(
    commune: Workplace,
) -> None:
    for number in range(60):
        _save(commune, NOON, _child(number, complete=True))
    _save(commune, NOON, _child(99))
    found = WorkStatisticsDesk(commune).read()
    work = _of(found)
    assert work.children_completed == 60
    assert (work.seconds_a_child, work.children_an_hour) == (None, None)
    assert found.ahead is not None
    assert (found.ahead.a_day, found.ahead.days_needed) == (None, None)
