"""Whose a new household may be, and that a village never crosses from one commune to another."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.history.entities import OUTSIDE
from app.models.queries import register
from app.models.work import Change
from app.services.entry import Entry
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft
from app.services.records import Records
from app.services.register_import import RegisterImport
from app.services.saving import RecordSave
from app.services.villages import Villages
from app.services.workplace import Workplace
from tests.village_of_three import DAY, child_id, home_id, open_round, settle_village, stored
from tests.workplaces import COMMUNE, DISTRICT, PROVINCE, make_workplace

ISLAND = "536@2024"
OTHER = "21013@2024"
Made = Callable[[str], Workplace]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    opened: list[Workplace] = []

    def make(unit: str) -> Workplace:
        workplace = make_workplace(tmp_path / str(len(opened)), unit)
        opened.append(workplace)
        return workplace

    yield make
    for workplace in opened:
        workplace.store.close()


def owners(workplace: Workplace, unit: str = "") -> list[str]:
    return [one.unit for one in Entry(workplace).owners_of_new(unit)]


def test_a_commune_owns_what_is_begun_in_it_and_nothing_of_its_neighbours(made: Made) -> None:
    workplace = made(COMMUNE)
    assert owners(workplace) == [COMMUNE]
    assert owners(workplace, OTHER) == [COMMUNE], "outside its scope nothing is begun"
    assert owners(made("21484@2025")) == ["21484@2025"], "not the units that went into it"


def test_a_unit_above_says_which_commune_and_owns_nothing_itself(made: Made) -> None:
    district = made(DISTRICT)
    found = owners(district)
    below = [one.ref for one in district.tree.units.children(DISTRICT)]
    assert sorted(found) == sorted(below)
    assert owners(district, below[3]) == [below[3]]
    with pytest.raises(KnownError) as raised:
        Entry(district).new_page()
    assert raised.value.message_id == "entry.which_commune"
    province = made(PROVINCE)
    assert PROVINCE not in owners(province)
    assert DISTRICT not in owners(province)
    names = [one.name for one in Entry(province).owners_of_new()]
    assert len(names) == len(set(names)), "two communes of one name are told apart"


def test_in_a_province_of_today_a_former_commune_begins_no_household(made: Made) -> None:
    province = made("51@2025")
    found = owners(province)
    assert {one.partition("@")[2] for one in found} == {"2025"}
    assert len(found) > 90


def test_a_pc_certified_for_two_communes_is_asked(made: Made) -> None:
    workplace = made(COMMUNE)
    workplace.certified = (COMMUNE, OTHER)
    assert owners(workplace) == [COMMUNE, OTHER]
    assert owners(workplace, OTHER) == [OTHER]
    Villages(workplace).add(OTHER, "Thôn Hai")
    assert [one.unit for one in Entry(workplace).communes()] == [COMMUNE, OTHER]


def test_a_district_without_communes_owns_its_households(made: Made, tmp_path: Path) -> None:
    workplace = made(ISLAND)
    assert owners(workplace) == [ISLAND]
    village = Villages(workplace).add(ISLAND, "Thôn Đông")
    page = Entry(workplace).new_page("", village)
    assert (page.owner, page.elsewhere) == (ISLAND, False)
    assert page.household.values["village"] == village
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Họ tên", "Ngày sinh"], ["Mai", "2019"]])
    assert RegisterImport(workplace).run(tmp_path / "a.csv").created == 1


def test_a_village_of_another_commune_is_not_taken_over(made: Made) -> None:
    workplace = made(DISTRICT)
    first, second = (one.ref for one in workplace.tree.units.children(DISTRICT)[:2])
    villages, entry = Villages(workplace), Entry(workplace)
    here, there = villages.add(first, "Thôn Một"), villages.add(second, "Thôn Hai")
    cover = {"village": here, "household_no": "7", "owner_unit": first}
    assert entry.new_page(first, there).household.values.get("village") is None
    same = entry.new_page(first, "", cover).household.values
    assert (same["village"], same["household_no"]) == (here, "7")
    other = entry.new_page(second, here, cover).household.values
    assert (other["owner_unit"], other.get("village"), other.get("household_no")) == (
        second,
        None,
        None,
    )


def test_a_command_puts_no_household_into_a_village_of_another_commune(made: Made) -> None:
    workplace = made(DISTRICT)
    first, second = (one.ref for one in workplace.tree.units.children(DISTRICT)[:2])
    villages = Villages(workplace)
    here, there = villages.add(first, "Thôn Một"), villages.add(second, "Thôn Hai")
    with workplace.write() as work:
        values = {"owner_unit": first, "head_name": "Phạm Văn Rơm"}
        home = work.record(Change("household", values, key="household/1")).id
        work.commit()
    records = Records(workplace)
    for typed, expected in (
        ({"village": there}, "records.village_elsewhere"),
        ({"village": here, "owner_unit": second}, "records.village_elsewhere"),
        ({"owner_unit": DISTRICT}, "records.owner_above"),
    ):
        with pytest.raises(KnownError) as raised:
            records.set_fields(home, typed)
        assert raised.value.message_id == expected
    assert records.set_fields(home, {"village": here}).written
    assert records.set_fields(home, {"village": there, "owner_unit": second}).written


def test_a_village_that_is_another_communes_is_shown_by_its_name(made: Made) -> None:
    workplace = made(DISTRICT)
    first, second = (one.ref for one in workplace.tree.units.children(DISTRICT)[:2])
    there = Villages(workplace).add(second, "Thôn Hai")
    with workplace.write() as work:
        values = {"owner_unit": first, "head_name": "Phạm Văn Rơm"}
        known = work.record(Change("household", {**values, "village": there}, key="1")).id
        gone = "00000000-0000-5000-8000-000000000001"
        unknown = work.record(Change("household", {**values, "village": gone}, key="2")).id
        work.commit()
    labels = []
    for home, village in ((known, there), (unknown, gone)):
        page = Entry(workplace).page(home)
        assert page is not None
        labels += [one.label for one in page.choices["village"] if one.id == village]
    unit = workplace.tree.units.unit(second).full_name()
    assert labels == [
        f"Thôn Hai ({unit[:1].lower()}{unit[1:]})",
        "(thôn chưa có trong sổ này)",
    ]


def test_who_comes_back_at_a_district_comes_back_to_its_commune(made: Made) -> None:
    district = made(DISTRICT)
    district.clock = lambda: DAY
    commune = district.tree.units.children(DISTRICT)[0].ref
    with district.write() as work:
        settle_village(work, commune)
        work.commit()
    open_round(district)
    home, first, second = (
        home_id(commune, "2"),
        *(child_id(commune, "2", line) for line in (1, 2)),
    )
    answers = {"event_date": "2026-11-10", "event_place": "Tỉnh Bình Dương"}
    done = LifeEvents(district).write(Draft("moved_out", home, "", answers))
    assert {stored(district, "child", one).values["owner_unit"] for one in (first, second)} == {
        OUTSIDE
    }
    page = Entry(district).page(home)
    assert page is not None
    assert (page.owner, page.elsewhere) == (commune, True), "it stays with whom it was last"

    with district.store.read() as reading:
        parts = register.belonging_to(reading, [first])[first]
    (event,) = [one for one in parts if one.entity == "life_event"]
    assert event.values["act"] == done.act
    child = stored(district, "child", first)
    gone = Change("life_event", {"_deleted": True}, event.id, base=event.heads, loaded=event.values)
    change = Change("child", {}, child.id, base=child.heads, loaded=child.values)
    Records(district).save([RecordSave(change, (gone,))])
    assert stored(district, "child", first).values["owner_unit"] == commune
    assert stored(district, "household", home).values["owner_unit"] == commune
