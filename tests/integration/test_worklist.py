"""The worklist counts what waits, and leads to the first of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from app.errors import KnownError
from app.forms.issues import Value
from app.history.entities import OUTSIDE, UNKNOWN
from app.models.work import Change
from app.services.backups import Backups
from app.services.checks import Checks
from app.services.enrolment_state import Standing
from app.services.entry import Entry
from app.services.installation import CODE_ON_PAPER, NOT_YET
from app.services.issue_book import IssueBook
from app.services.lists import ChildLists, ListFilter
from app.services.moves import Moves
from app.services.people_here import PeopleHere
from app.services.rights import RIGHTS_OF, Right, Role
from app.services.second_check import SecondCheck
from app.services.worklist import Duty, Worklist, WorkView
from app.services.workplace import Progress, Workplace
from tests.village_of_three import home_id, settle_village
from tests.workplaces import COMMUNE, DISTRICT, again, make_workplace, settle

NOW = datetime(2026, 11, 29, 9, 0).astimezone()


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    made = make_workplace(tmp_path / "home")
    made.clock = NOW.timestamp
    return made


def _record(workplace: Workplace, entity: str, **values: Value) -> str:
    # Not through the judge of declarations: what counts here is what is declared.
    with workplace.store.write("an") as work:
        work.sign_reference = lambda operation: operation
        done = work.record(Change(entity, values))
        work.commit()
    return done.id


def _household(workplace: Workplace, number: str = "1", **values: Value) -> str:
    named: dict[str, Value] = {"owner_unit": COMMUNE, "household_no": number, "head_name": "A"}
    return _record(workplace, "household", **{**named, **values})


def _child(workplace: Workplace, household: str, **values: Value) -> str:
    named: dict[str, Value] = {
        "owner_unit": COMMUNE,
        "household": household,
        "full_name": "Phạm Thị Hân",
        "birth_date": "2014-03-02",
        "personal_id": "051314004417",
        "name_status": "OFFICIAL",
        "complete": True,
    }
    return _record(workplace, "child", **{**named, **values})


def _round(workplace: Workplace, closes: str = "2026-12-15") -> str:
    days = {"reference_date": "2026-11-01", "opens_on": "2026-10-01", "closes_on": closes}
    return _record(workplace, "round", name="Quý IV/2026", kind="quarterly", state="open", **days)


def _worklist(workplace: Workplace) -> Worklist:
    return Worklist(
        workplace,
        IssueBook(workplace, Checks(workplace)),
        SecondCheck(workplace, Entry(workplace)),
        Moves(workplace),
    )


def _counts(view: WorkView) -> dict[Duty, int]:
    return {one.duty: one.count for one in view.tasks}


def test_an_empty_register_says_so_and_names_only_what_is_about_the_pc(
    workplace: Workplace,
) -> None:
    view = _worklist(workplace).read()
    assert view.empty
    assert _counts(view) == {Duty.NOT_ENROLLED: 1}
    assert view.enrolment.standing is Standing.NOT_ASKED
    assert view.places == ()


def test_every_kind_of_child_is_counted_and_the_first_in_the_books_is_led_to(
    workplace: Workplace,
) -> None:
    _round(workplace)
    second, first = _household(workplace, "2"), _household(workplace, "1")
    _child(workplace, second, personal_id=None)
    no_number = _child(workplace, first, personal_id=None)
    nameless = {"full_name": "Gái", "name_status": "PLACEHOLDER_GAI", "complete": False}
    late = _child(workplace, first, birth_date="2026-09-29", **nameless)
    _child(workplace, first, birth_date="2026-10-15", **nameless)
    soon = _child(workplace, second, birth_date="2010-12-15")
    _child(workplace, second, birth_date="2010-12-16")
    gone = {"birth_date": "2010-12-01", "life_status": "MOVED_OUT", "personal_id": None}
    _child(workplace, second, **gone)
    worklist = _worklist(workplace)
    found = _counts(worklist.read())
    assert found[Duty.NO_NUMBER] == 2
    assert found[Duty.PLACEHOLDER] == 1
    assert found[Duty.TURNING_16] == 1
    assert found[Duty.UNFINISHED] == 2
    assert worklist.first(Duty.NO_NUMBER) == (first, no_number)
    assert worklist.first(Duty.PLACEHOLDER) == (first, late)
    assert worklist.first(Duty.TURNING_16) == (second, soon)


def test_a_child_whose_household_was_taken_out_of_the_register_is_told_and_led_to(
    workplace: Workplace,
) -> None:
    """Typed on one PC while the other took the household out: no page of a village shows it."""
    _round(workplace)
    home, other = _household(workplace, "1"), _household(workplace, "2")
    left = _child(workplace, home)
    _child(workplace, home, life_status="DECEASED")
    _child(workplace, other)
    worklist = _worklist(workplace)
    assert Duty.HOME_GONE not in _counts(worklist.read())
    with workplace.store.write("an") as work:
        gone: dict[str, Value] = {"merged_into": other, "hidden_reason": "trùng"}
        work.record(Change("household", gone, home))
        work.commit()
    assert _counts(worklist.read())[Duty.HOME_GONE] == 1
    assert worklist.first(Duty.HOME_GONE) == (home, left)
    page = Entry(workplace).page(home, left)
    assert page is not None
    assert left in [one.id for one in page.children]
    with workplace.store.write("an") as work:
        work.record(Change("child", {"household": other}, left))
        work.commit()
    assert Duty.HOME_GONE not in _counts(worklist.read())
    assert worklist.first(Duty.HOME_GONE) is None


@pytest.mark.parametrize(
    "gone",
    [
        {"life_status": "DECEASED"},
        {"life_status": "MOVED_OUT"},
        {"residence_status": "4"},
        "household",
    ],
)
def test_nobody_waits_for_a_child_that_is_not_followed_here(
    workplace: Workplace, gone: dict[str, Value] | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = _round(workplace)
    home = _household(workplace, survey_round=current, complete=True)
    open_one: dict[str, Value] = {"personal_id": None, "complete": False}
    waits = _child(workplace, _household(workplace, "2"), **open_one)
    if gone == "household":
        with workplace.store.write("an") as work:
            work.record(Change("household", {"residence_status": "3"}, id=home))
            work.commit()
        _child(workplace, home, **open_one)
    else:
        assert isinstance(gone, dict)
        _child(workplace, home, **open_one, **gone)
    worklist = _worklist(workplace)
    view = worklist.read()
    found = _counts(view)
    assert (found[Duty.UNFINISHED], found[Duty.NO_NUMBER]) == (1, 1)
    assert worklist.first(Duty.UNFINISHED) == worklist.first(Duty.NO_NUMBER)
    assert sum(one.done for one in view.places) == 1, "the household is not held up by it"
    lists = ChildLists(workplace, lambda _which: set())
    assert list(lists.find(ListFilter(missing_id=True))) == [waits]
    assert list(lists.find(ListFilter(unfinished=True))) == [waits]
    assert len(lists.find(ListFilter())) == 2, "it is not gone from the register"
    monkeypatch.setattr("app.services.lists._SMALL", 0)
    by_rows = ChildLists(workplace, lambda _which: set())
    assert list(by_rows.find(ListFilter(unfinished=True))) == [waits]
    assert not by_rows.is_ready


def test_who_comes_back_is_waited_for_again(workplace: Workplace) -> None:
    gone = _child(workplace, _household(workplace), personal_id=None, life_status="MOVED_OUT")
    lists = ChildLists(workplace, lambda _which: set())
    assert list(lists.find(ListFilter(missing_id=True))) == []
    with workplace.write() as work:
        work.record(Change("child", {"life_status": "ACTIVE"}, id=gone))
        work.commit()
    assert list(lists.find(ListFilter(missing_id=True))) == [gone]


def test_what_this_unit_sent_back_to_one_below_waits_there_and_not_here(tmp_path: Path) -> None:
    district = make_workplace(tmp_path / "district", DISTRICT)
    with district.write() as work:
        work.identity = replace(work.identity, unit=COMMUNE)
        settle_village(work, COMMUNE)
        work.commit()
    second = SecondCheck(district, Entry(district))
    second.return_(home_id(COMMUNE, "2"), "Sai số hộ")
    assert second.returned_to() == []
    assert Duty.SENT_BACK not in _counts(_worklist(district).read())
    commune = make_workplace(tmp_path / "commune")
    with commune.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    SecondCheck(commune, Entry(commune)).return_(home_id(COMMUNE, "2"), "Sai số hộ")
    worklist = _worklist(commune)
    assert _counts(worklist.read())[Duty.SENT_BACK] == 1
    assert worklist.first(Duty.SENT_BACK) == (home_id(COMMUNE, "2"), "")


@pytest.mark.parametrize(("born", "late"), [("2026-09", True), ("2026-10", False), ("2025", True)])
def test_a_partial_birth_date_counts_by_the_latest_day_it_allows(
    workplace: Workplace, born: str, late: bool
) -> None:
    workplace.clock = (NOW + timedelta(days=2)).timestamp
    _child(workplace, _household(workplace), birth_date=born, name_status="PLACEHOLDER_TRAI")
    assert (Duty.PLACEHOLDER in _counts(_worklist(workplace).read())) is late


def test_progress_is_told_by_village_with_what_is_visited_and_what_is_finished(
    workplace: Workplace,
) -> None:
    current = _round(workplace)
    village = _record(workplace, "village", owner_unit=COMMUNE, name="Thôn B", list_order=2)
    named = _record(workplace, "village", owner_unit=COMMUNE, name="Thôn A", list_order=1)
    done = _household(workplace, "1", village=village, survey_round=current, complete=True)
    _child(workplace, done)
    held_up = _household(workplace, "2", village=village, survey_round=current, complete=True)
    _child(workplace, held_up, complete=False)
    left = _household(workplace, "3", village=village)
    view = _worklist(workplace).read()
    assert view.round is not None
    assert (view.round.name, view.round.days_left) == ("Quý IV/2026", 16)
    assert [(one.place, one.households, one.seen, one.done) for one in view.places] == [
        (named, 0, 0, 0),
        (village, 3, 2, 1),
    ]
    assert _counts(view)[Duty.NOT_SEEN] == 1
    assert _worklist(workplace).first(Duty.NOT_SEEN) == (left, "")


@pytest.mark.parametrize("now", [OUTSIDE, UNKNOWN, "21142@2024"])
def test_a_household_that_moved_away_is_on_no_list_of_visits(
    workplace: Workplace, now: str
) -> None:
    current = _round(workplace)
    village = _record(workplace, "village", owner_unit=COMMUNE, name="Thôn Một")
    left = {"village": village, "complete": False}
    moved = _household(workplace, "1", **left)
    with workplace.store.write("an") as work:
        work.record(Change("household", {"owner_unit": now}, id=moved))
        work.commit()
    stayed = _household(workplace, "2", **left)
    worklist = _worklist(workplace)
    view = worklist.read()
    assert _counts(view)[Duty.NOT_SEEN] == 1
    assert _counts(view)[Duty.UNFINISHED_HOUSEHOLDS] == 1
    assert [(one.name, one.households) for one in view.places] == [("Thôn Một", 1)]
    assert worklist.first(Duty.NOT_SEEN) == (stayed, "")
    assert worklist.first(Duty.UNFINISHED_HOUSEHOLDS) == (stayed, "")
    _household(workplace, "3", survey_round=current, complete=True, village=village)
    assert _counts(worklist.read())[Duty.NOT_SEEN] == 1


def test_errors_are_those_of_the_last_check_which_says_whether_it_is_still_true(
    workplace: Workplace,
) -> None:
    household = _household(workplace)
    wrong = _child(workplace, household, sex="9", complete=False)
    worklist = _worklist(workplace)
    view = worklist.read()
    assert view.check is None
    assert Duty.ERRORS not in _counts(view)
    worklist.check(Progress())
    view = worklist.read()
    assert view.check is not None
    assert not view.check.stale
    assert _counts(view)[Duty.ERRORS] == view.check.errors > 0
    assert worklist.first(Duty.ERRORS) in ((household, ""), (household, wrong))
    _child(workplace, household)
    again_read = worklist.read()
    assert again_read.check is not None
    assert again_read.check.stale


def test_a_missed_backup_waits_and_one_of_today_does_not(workplace: Workplace) -> None:
    _household(workplace)
    assert Duty.BACKUP_LATE in _counts(_worklist(workplace).read())
    workplace.settings.keyslots_path.write_text("{}", encoding="ascii")
    Backups(workplace).create()
    workplace.clock = datetime.now(tz=UTC).timestamp
    assert Duty.BACKUP_LATE not in _counts(_worklist(workplace).read())
    workplace.clock = (datetime.now(tz=UTC) + timedelta(days=3)).timestamp
    (task,) = [one for one in _worklist(workplace).read().tasks if one.duty is Duty.BACKUP_LATE]
    assert isinstance(task.day, date)


def test_who_may_not_read_sees_no_line_that_names_a_record(workplace: Workplace) -> None:
    _child(workplace, _household(workplace), personal_id=None)
    assert Duty.NO_NUMBER in _counts(_worklist(workplace).read())
    keeper = _worklist(again(workplace, frozenset((Right.KEYS,))))
    assert set(_counts(keeper.read())) == {Duty.NOT_ENROLLED, Duty.BACKUP_LATE}
    with pytest.raises(KnownError, match=r"rights\.denied"):
        keeper.first(Duty.NO_NUMBER)


def test_a_code_on_no_paper_is_told_to_who_keeps_the_keys_until_somebody_says_it_is(
    workplace: Workplace,
) -> None:
    def told(of: Workplace) -> bool:
        return Duty.CODE_ON_NO_PAPER in _counts(_worklist(of).read())

    assert not told(workplace), "a home of an older program says nothing about it"
    with workplace.write() as work:
        workplace.store.put_settings(work, {CODE_ON_PAPER: NOT_YET})
        work.commit()
    assert told(workplace)
    assert not told(again(workplace, RIGHTS_OF[Role.CLERK]))
    PeopleHere(workplace).code_is_on_paper()
    assert not told(workplace)


def test_a_second_visit_walks_over_nothing_until_something_is_saved(workplace: Workplace) -> None:
    with workplace.write() as work:
        settle(work, 60)
        work.commit()
    worklist = _worklist(workplace)
    before = worklist.read()
    walked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "FROM child" in statement and "sum(" in statement:
            walked.append(statement)

    event.listen(workplace.store._engine, "before_cursor_execute", note)
    assert worklist.read() == before
    assert walked == []
    _child(workplace, _household(workplace), personal_id=None)
    after = worklist.read()
    assert walked
    assert _counts(after)[Duty.NO_NUMBER] == _counts(before)[Duty.NO_NUMBER] + 1
