"""Confirmations, events and checks travel up, meet what is done there, and come back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.models.queries import quarter, register
from app.models.work import Change
from app.services.installation import unlock
from app.services.life_events.views import Draft
from app.services.second_check import Lists, State
from app.services.services import Services
from app.settings import Settings
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.village_of_three import child_id, edit, home_id, settle_village, stored

#: Another commune of the province.
THERE, THERE_NAME = "21100@2025", "Xã Bình Chương"
HOME, CHILD, SISTER = home_id(COMMUNE, "2"), child_id(COMMUNE, "2", 1), child_id(COMMUNE, "2", 2)


def services_of(prompt: Prompt) -> Services:
    return open_services(Settings(prompt.home), lambda settings: unlock(settings, PASSPHRASE))


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    """A village of three, known at both ends, in an open round."""
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year}-12-31", "--opens", f"{year}-01-01")
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    top.must("round", "new", "Quý này", *days, "--closes", f"{year}-12-31")
    enrolled_pair.carry(top, below, COMMUNE)
    with services_of(below) as services, services.workplace.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    enrolled_pair.carry(below, top, PROVINCE)
    return enrolled_pair


def _draft(services: Services, code: str, child: str, **answers: str | int) -> Draft:
    day = services.workplace.today().isoformat()
    return Draft(code, HOME, child, {"event_date": day, **answers})


def _died(services: Services) -> str:
    written = services.life_events.write(_draft(services, "died", SISTER, death_cause="disease"))
    return written.act


def test_what_a_village_tells_meets_a_correction_from_above_without_loss(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    with services_of(below) as services:
        act = _died(services)
        services.quarter.confirm(HOME)
    with services_of(top) as services:
        # Meanwhile, and not knowing of it: other fields of the same household and child.
        edit(services.workplace, "household", HOME, phone="0912345678")
        edit(services.workplace, "child", SISTER, school_name="TH Ba Vinh")
    _, got = homes.carry(below, top, PROVINCE)
    assert (got["refused"], got["waiting"], got["conflicts"]) == (0, 0, 0)
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        with services_of(prompt) as services:
            workplace = services.workplace
            home = stored(workplace, "household", HOME).values
            child = stored(workplace, "child", SISTER).values
            assert home["phone"] == "0912345678"
            assert (child["life_status"], child["school_name"]) == ("DECEASED", "TH Ba Vinh")
            with workplace.store.read() as reading:
                (event,) = quarter.events_since(reading, [SISTER], "")
            assert (event.values["event"], event.values["act"]) == ("died", act)
            (place,) = services.quarter.progress(COMMUNE).villages
            assert (place.confirmed, place.households) == (1, 3)


def test_a_check_and_a_return_pass_the_door_and_each_is_told_where_it_belongs(
    homes: Homes,
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    lists = Lists(poverty=True, allowance=True)
    with services_of(below) as services:
        check = services.second_check
        check.check(HOME, check.page(HOME).heads, lists, "Xã chỉ có một cán bộ")
        check.return_(home_id(COMMUNE, "1"), "Thiếu một trẻ")
        (own,) = check.returned_to()
        assert own.mine
    _, got = homes.carry(below, top, PROVINCE)
    assert (got["refused"], got["waiting"]) == (0, 0)
    with services_of(top) as services:
        check = services.second_check
        found = check.state_of(HOME)
        assert found is not None
        assert (found.state, found.by) == (State.CHECKED, "Nguyễn Thị An")
        assert check.returned_to() == [], "a return inside a commune asks nobody above"
        # The province sends a child back: it waits at the commune, and is none of its own.
        check.return_(HOME, "Ngày sinh khác giấy khai sinh", child=CHILD, field="birth_date")
        assert check.returned_to() == []
    homes.carry(top, below, COMMUNE)
    with services_of(below) as services:
        told = {one.reason: one for one in services.second_check.returned_to()}
        above = told["Ngày sinh khác giấy khai sinh"]
        assert (above.from_above, above.child, above.name) == (True, CHILD, "Đinh Văn Tèo")
        assert told["Thiếu một trẻ"].from_above is False
        edit(services.workplace, "child", CHILD, birth_date="2014-05-02")
        assert [one.reason for one in services.second_check.returned_to()] == ["Thiếu một trẻ"]


def test_who_moves_to_another_commune_is_its_own_from_then_on(homes: Homes) -> None:
    """The old commune keeps the act of moving and nothing after (4-sync.md, "Owner changes")."""
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    with services_of(below) as services:
        services.life_events.write(_draft(services, "moved_out", CHILD, event_place=THERE_NAME))
    _, got = homes.carry(below, top, PROVINCE)
    assert (got["refused"], got["waiting"]) == (0, 0)
    with services_of(top) as services:
        assert stored(services.workplace, "child", CHILD).values["owner_unit"] == THERE
        edit(services.workplace, "child", CHILD, school_name="THCS nơi mới")
    with services_of(below) as services:
        edit(services.workplace, "child", CHILD, birth_place="nơi cũ")
    _, got = homes.carry(below, top, PROVINCE)
    assert got["refused"] == 1, "what the old commune writes afterwards stops at the door"
    homes.carry(top, below, COMMUNE)
    with services_of(below) as services:
        child = stored(services.workplace, "child", CHILD).values
        assert (child["owner_unit"], child["life_status"]) == (THERE, "MOVED_OUT")
        assert child.get("school_name") is None
        # With the household as it is there, nothing of the walk is lost.
        with services.workplace.store.read() as reading:
            assert len(register.children_of(reading, HOME)) == 2


def test_events_taken_back_before_they_were_sent_travel_nowhere(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    with services_of(below) as services:
        services.life_events.take_back(_died(services))
        with services.workplace.write() as work:
            work.record(Change("household", {"phone": "0912345678"}, id=HOME))
            work.commit()
    homes.carry(below, top, PROVINCE)
    with services_of(top) as services:
        assert stored(services.workplace, "child", SISTER).values["life_status"] == "ACTIVE"
        assert stored(services.workplace, "household", HOME).values["phone"] == "0912345678"
        with services.workplace.store.read() as reading:
            assert quarter.events_since(reading, [SISTER], "") == []
