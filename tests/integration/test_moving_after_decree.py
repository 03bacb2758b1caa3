"""Where people move to after a decree: to what stands, and to nothing that was merged or split."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.forms.units import Tier
from app.history.entities import OUTSIDE
from app.services.life_events.desk import LifeEvents
from app.services.life_events.places import communes, destination
from app.services.life_events.views import Draft, Weight
from app.services.new_household import owners_of_new
from app.services.workplace import Workplace
from tests.decrees import BESIDE, NEW, ONE, OTHER, PARTS, TOP, know_merger, know_split
from tests.village_of_three import DAY, child_id, home_id, open_round, settle_village
from tests.workplaces import make_workplace

Made = Callable[[str], Workplace]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    opened: list[Workplace] = []

    def make(unit: str) -> Workplace:
        opened.append(make_workplace(tmp_path / str(len(opened)), unit))
        opened[-1].clock = lambda: DAY
        return opened[-1]

    yield make
    for workplace in opened:
        workplace.store.close()


@pytest.mark.parametrize("home", [BESIDE, TOP, ONE])
def test_who_moves_to_a_commune_made_by_decree_belongs_to_it(made: Made, home: str) -> None:
    workplace = made(home)
    before = {one.unit for one in communes(workplace)}
    know_merger(workplace)
    known = communes(workplace)
    assert {one.unit for one in known} == before - {ONE, OTHER} | {NEW}
    assert destination(known, "xã Ba Mới") == NEW
    assert destination(known, "Ba Mới, tỉnh Quảng Ngãi") == NEW
    assert destination(known, "Ba Mới") == "", "a bare name is asked about"


def test_a_commune_made_by_decree_sees_those_around_it(made: Made) -> None:
    above = made(TOP)
    know_merger(above)
    workplace = made(NEW)
    know_merger(workplace)
    assert communes(workplace) == communes(above)


@pytest.mark.parametrize("home", [BESIDE, TOP])
def test_before_the_day_of_a_decree_nobody_moves_to_what_it_makes(made: Made, home: str) -> None:
    workplace = made(home)
    before = communes(workplace)
    know_merger(workplace, since="2030-01-01")
    assert communes(workplace) == before


def test_a_split_commune_is_no_place_to_move_to(made: Made) -> None:
    workplace = made(TOP)
    know_split(workplace)
    known = communes(workplace)
    units = {one.unit for one in known}
    assert BESIDE not in units
    assert units >= set(PARTS)
    name = workplace.tree.units.unit(BESIDE).full_name()
    assert destination(known, name) == "", "nobody can know to which part"
    assert destination(known, f"{name}, tỉnh Quảng Ngãi") == ""


def test_the_name_of_a_merged_commune_never_means_that_somebody_left_the_province(
    made: Made,
) -> None:
    workplace = made(BESIDE)
    know_merger(workplace)
    known, name = communes(workplace), workplace.tree.units.unit(ONE).full_name()
    assert destination(known, f"{name}, tỉnh Quảng Ngãi") == NEW
    assert destination(known, name) == "", "no commune bears it any more: the form asks"
    assert destination(known, f"{name}, tỉnh Gia Lai") == OUTSIDE


def test_communes_of_the_own_edition_are_those_of_the_edition(made: Made) -> None:
    """Also where that edition is in force no longer: as a PC that nobody renewed has it."""
    for unit in ("21046@2024", "51@2024", BESIDE):
        workplace = made(unit)
        edition = unit.partition("@")[2]
        units = workplace.tree.units
        province = next(one for one in units.covering(unit) if one == f"51@{edition}")
        expected = [one.ref for one in units.descendants(province) if one.tier is Tier.COMMUNE]
        assert sorted(one.unit for one in communes(workplace)) == sorted(expected)


@pytest.mark.parametrize("code", ["moved_out", "moved_in"])
@pytest.mark.parametrize("home", [ONE, NEW])
def test_a_move_inside_the_new_commune_is_none(made: Made, home: str, code: str) -> None:
    """Also of a household that still lies under the commune that was merged into it."""
    workplace = made(NEW)
    know_merger(workplace)
    with workplace.write() as work:
        settle_village(work, home)
        work.commit()
    open_round(workplace)
    know_merger(workplace)
    child = child_id(home, "2", 1) if code == "moved_out" else ""
    answers = {"event_date": "2026-10-02", "event_place": "xã Ba Mới"}
    verdict = LifeEvents(workplace).judge(Draft(code, home_id(home, "2"), child, answers))
    said = [one.message_id for one in verdict.of(Weight.ERROR)]
    assert "quarter.refused.same_commune" in said


def test_a_household_is_begun_in_what_stands(made: Made) -> None:
    workplace = made(TOP)
    know_merger(workplace)
    know_split(workplace)
    owners = set(owners_of_new(workplace))
    assert owners.isdisjoint((ONE, OTHER, BESIDE))
    assert owners >= {NEW, *PARTS}
