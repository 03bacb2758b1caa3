"""Two accounts of one PC that bear one written name: two people, in the check as at the door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.forms.issues import Value
from app.models.schema import audit_event
from app.models.work import Change
from app.services.entry import Entry
from app.services.installation import install, open_workplace, unlock
from app.services.people_here import PeopleHere
from app.services.retyping import Decision, Retyping
from app.services.rights import RIGHTS_OF, Role
from app.services.second_check import Lists, SecondCheck, State
from app.services.work_statistics import WorkStatisticsDesk
from app.services.workplace import Workplace
from app.settings import Settings
from tests.village_of_three import DAY, home_id, settle_village

FIRST, SECOND = "một câu dễ nhớ", "mật khẩu lần đầu"


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    settings = Settings(tmp_path / "home")
    asked = {"user": "an", "full_name": "Nguyễn Thị An", "title": "", "passphrase": FIRST}
    install(settings, unit="21100@2025", **asked)
    made = open_workplace(settings, unlock(settings, FIRST))
    PeopleHere(made).add("an2", "Nguyễn Thị An", "Công chức", Role.HEAD, SECOND)
    return made


def test_two_people_of_one_name_are_two_in_the_second_check(workplace: Workplace) -> None:
    unit = workplace.unit
    settings = workplace.settings
    workplace.store.close()
    seen = {}
    for user, passphrase in (("an", FIRST), ("an2", SECOND), ("an", FIRST)):
        here = open_workplace(settings, unlock(settings, passphrase, user))
        here.clock = lambda: DAY
        second = SecondCheck(here, Entry(here))
        if not seen:
            assert here.account.full_name == "Nguyễn Thị An", "one written name"
            with here.write() as work:
                settle_village(work, unit)
                work.commit()
        found = second.page(home_id(unit, "2"))
        seen[user] = (found.typed_by_me, found.typed_by)
        if user == "an2":
            done = second.check(
                home_id(unit, "2"), found.heads, Lists(poverty=True, allowance=True)
            )
            assert done.state is State.CHECKED, "no reason is asked of a second person"
            second.return_(home_id(unit, "1"), "Sai số nhà")
        (back,) = second.returned_to() or (None,)
        if back is not None:
            assert back.mine is (user == "an")
        here.store.close()
    assert seen["an2"] == (False, ("Nguyễn Thị An (an)",))
    assert seen["an"] == (False, ()), "nobody typed since the check"


def test_who_typed_before_sign_ins_were_noted_is_told_by_the_written_name(
    workplace: Workplace,
) -> None:
    unit = workplace.unit
    with workplace.write() as work:
        settle_village(work, unit)
        work.commit()
    with workplace.store.write("an") as work:
        work.connection.execute(audit_event.update().values(details='{"account":"an"}'))
        work.commit()
    workplace.store.close()
    other = open_workplace(workplace.settings, unlock(workplace.settings, SECOND, "an2"))
    found = SecondCheck(other, Entry(other)).page(home_id(unit, "2"))
    assert found.typed_by == ("Nguyễn Thị An",)
    assert found.typed_by_me, "in doubt a reason is asked"
    other.store.close()


def test_each_of_two_people_of_one_name_sees_the_own_work_and_has_the_own_mistakes(
    workplace: Workplace,
) -> None:
    settings, unit = workplace.settings, workplace.unit
    with workplace.write() as work:
        settle_village(work, unit)
        work.commit()
    workplace.store.close()
    other = open_workplace(settings, unlock(settings, SECOND, "an2"))
    with other.write() as work:
        values: dict[str, Value] = {"owner_unit": unit, "full_name": "Đinh Thị Ré"}
        work.record(Change("child", {**values, "complete": True}, key="child/new"))
        work.commit()
    retyping = Retyping(other)
    form = retyping.form(home_id(unit, "1"))
    assert form.mine is False
    retyped: dict[tuple[str, str], Value] = {one.place: "x" for one in form.blanks}
    decided = {one.place: Decision.STANDS for one in form.blanks}
    retyping.settle(form.household, form.heads, retyped, decided)
    people = WorkStatisticsDesk(other).read().people
    assert people["Nguyễn Thị An (an)"].children_completed == 4
    assert people["Nguyễn Thị An (an)"].differing_fields == len(form.blanks)
    assert people["Nguyễn Thị An (an)"].mistaken_fields == 0, "the first text stood"
    assert people["Nguyễn Thị An (an2)"].children_completed == 1
    other.account = replace(other.account, rights=RIGHTS_OF[Role.CLERK])
    assert list(WorkStatisticsDesk(other).read().people) == ["Nguyễn Thị An (an2)"]
    other.store.close()
