"""A unit of another edition is the same unit: its rows meet the records that are here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.forms.issues import Value
from app.forms.units import Tier
from app.ids import derived_id
from app.models.queries.register import RecordView
from app.models.work import Change
from app.services.register_export import RegisterExport
from app.services.register_import import ColumnMap, ImportResult, RegisterImport, issue_text
from app.services.villages import Villages, village_key
from app.services.workplace import Workplace
from tests.integration.registers import (
    MAP,
    Made,
    by_name,
    everything,
    names,
    operations,
    part_of_sample,
    sample_rows,
    table,
    take,
)

#: A commune of since July 2025, and the two it was made of; a commune that was split between two.
NOW, OLD, FELLOW = "21100@2025", "21100@2024", "21106@2024"
SPLIT, ONE_PART, OTHER_PART = "21142@2024", "21136@2025", "21157@2025"
PROVINCE = "51@2025"
KEYED = ("rec_id", "hh_id", "commune", "village", "name")
NUMBERED = ("commune", "Thôn", "Số hộ", "STT trong hộ", "Họ và tên trẻ", "Ngày sinh")


@pytest.fixture
def made(made: Made) -> Made:
    """The same, of the commune of since July 2025 where no unit is named."""
    return lambda unit=NOW: made(unit)


@pytest.fixture
def all25(tmp_path: Path) -> Path:
    """A commune's rows of the sample under a code that both editions have."""
    rows = [{**row, "commune": "21100"} for row in sample_rows() if row["commune"] == "21064"]
    return part_of_sample(tmp_path / "all25.csv", rows)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.changed, result.unchanged, result.refused


def held(workplace: Workplace) -> dict[str, tuple[object, ...]]:
    """Every visible record with what ties it to its unit and place, and its heads."""
    return {
        one.id: (one.values["owner_unit"], one.values.get("village"), one.heads)
        for entity in ("village", "household", "child")
        for one in everything(workplace, entity)
    }


def plant(workplace: Workplace, owner: str, key: str, village: str, name: str) -> None:
    """What the PC of a unit had imported: a child with keys, its household and its village."""
    place = derived_id(owner, village_key(village))
    home: dict[str, Value] = {"owner_unit": owner, "village": place, "household_no": "12"}
    child: dict[str, Value] = {
        "owner_unit": owner,
        "household": derived_id(owner, f"src:household:h{key}"),
        "full_name": name,
        "line_no": 1,
    }
    with workplace.write() as work:
        changes = [
            Change("household", home, key=f"src:household:h{key}"),
            Change("child", child, key=f"src:child:{key}"),
        ]
        if place not in {one.id for one in everything(workplace, "village")}:
            values = {"owner_unit": owner, "name": village}
            changes.insert(0, Change("village", values, key=village_key(village)))
        work.record_many(changes)
        work.commit()


def keyed(path: Path, *rows: Sequence[str]) -> Path:
    return table(path, KEYED, rows)


def household_of(workplace: Workplace, name: str) -> RecordView:
    homes = {one.id: one for one in everything(workplace, "household")}
    return homes[str(by_name(workplace)[name].values["household"])]


@pytest.mark.parametrize(
    "order",
    [
        [(None, MAP), (OLD, MAP), (None, None)],
        [(OLD, MAP), (None, MAP), (None, None)],
        [(None, None), (OLD, MAP), (None, MAP)],
        [(NOW, None), (None, MAP), (OLD, MAP)],
    ],
)
def test_whichever_edition_a_file_is_read_by_its_children_are_created_once(
    made: Made, tmp_path: Path, all25: Path, order: list[tuple[str | None, ColumnMap | None]]
) -> None:
    workplace = made()
    service = RegisterImport(workplace)
    (unit, columns), *others = order
    assert counts(service.run(all25, unit, columns=columns)) == (329, 0, 0, 0)
    before = held(workplace)
    for again, mapped in [*others, *order]:
        assert counts(service.run(all25, again, columns=mapped)) == (0, 0, 329, 0)
    own = tmp_path / "own.csv"
    RegisterExport(workplace).export(own)
    for unit in (None, None, NOW):
        assert counts(service.run(own, unit)) == (0, 0, 329, 0)
    assert counts(service.run(all25, columns=MAP)) == (0, 0, 329, 0)
    assert held(workplace) == before
    assert {one.values["owner_unit"] for one in everything(workplace, "child")} == {NOW}


@pytest.mark.parametrize("named", [NOW, OLD, "21100"])
@pytest.mark.parametrize("again", [None, OLD])
@pytest.mark.parametrize("namesake", [False, True])
def test_what_the_former_commune_had_is_met_and_stays_in_its_village(
    made: Made, tmp_path: Path, named: str, again: str | None, namesake: bool
) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Đinh Mai")
    if namesake:
        Villages(workplace).add(NOW, "Thôn 1")
    before, log = held(workplace), operations(workplace)
    path = keyed(tmp_path / "a.csv", ["1", "h1", named, "thôn 1", "Đinh Mai"])
    own = tmp_path / "own.csv"
    RegisterExport(workplace).export(own)
    for file, unit in [(path, None), (own, None), (path, None), (own, again)]:
        assert counts(take(workplace, file, unit)) == (0, 0, 1, 0)
    assert (held(workplace), operations(workplace)) == (before, log)


def test_a_file_still_moves_a_household_to_another_village_of_its_own_unit(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Đinh Mai")
    plant(workplace, OLD, "2", "Thôn 2", "Đinh Rơm")
    Villages(workplace).add(NOW, "Thôn 2")
    path = keyed(tmp_path / "a.csv", ["1", "h1", NOW, "Thôn 2", "Đinh Mai"])
    assert counts(take(workplace, path)) == (0, 1, 0, 0)
    assert household_of(workplace, "Đinh Mai").values["village"] == derived_id(
        OLD, village_key("Thôn 2")
    )
    assert counts(take(workplace, path)) == (0, 0, 1, 0)


def test_a_new_child_of_a_known_household_joins_it_whatever_the_edition(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Đinh Mai")
    path = keyed(tmp_path / "a.csv", ["2", "h1", NOW, "Thôn 1", "Đinh Rơm"])
    assert counts(take(workplace, path)) == (1, 0, 0, 0)
    assert household_of(workplace, "Đinh Rơm") == household_of(workplace, "Đinh Mai")
    assert len(everything(workplace, "village")) == 1


@pytest.mark.parametrize("apart", [False, True])
def test_equal_keys_numbers_and_villages_of_two_old_communes_stay_apart(
    made: Made, tmp_path: Path, apart: bool
) -> None:
    workplace = made()
    keys = [["1", "h1", unit, "Thôn 1", name] for unit, name in ((OLD, "Mai"), (FELLOW, "Rơm"))]
    numbers = [
        [unit, "Thôn 1", "12", "1", name, "2019"] for unit, name in ((OLD, "Lan"), (FELLOW, "Huệ"))
    ]
    files = []
    for titles, rows in ((KEYED, keys), (NUMBERED, numbers)):
        for part in [[row] for row in rows] if apart else [rows]:
            files.append(table(tmp_path / f"{len(files)}.csv", titles, part))
    assert sum(take(workplace, file).created for file in files) == 4
    assert {one.values["owner_unit"] for one in everything(workplace, "child")} == {NOW}
    homes = {one: household_of(workplace, one) for one in ("Mai", "Rơm", "Lan", "Huệ")}
    assert len({one.id for one in homes.values()}) == 4
    assert homes["Mai"].values["village"] == homes["Lan"].values["village"]
    assert homes["Rơm"].values["village"] == homes["Huệ"].values["village"]
    assert homes["Mai"].values["village"] != homes["Rơm"].values["village"]
    before = held(workplace)
    own = tmp_path / "own.csv"
    RegisterExport(workplace).export(own)
    for file in [*files, own, *reversed(files), own]:
        result = take(workplace, file)
        assert (counts(result), names(result)) == ((0, 0, result.rows, 0), [])
    assert held(workplace) == before


def test_identical_rows_of_two_old_communes_are_two_children_from_one_file_or_two(
    made: Made, tmp_path: Path
) -> None:
    rows = [[unit, "Thôn 1", "", "", "Trai", "2024-05-01"] for unit in (OLD, FELLOW)]
    both = table(tmp_path / "both.csv", NUMBERED, rows)
    single = table(tmp_path / "single.csv", NUMBERED, rows[1:])
    workplace = made()
    assert counts(take(workplace, both)) == (2, 0, 0, 0)
    assert counts(take(workplace, single)) == (0, 0, 1, 0)
    assert counts(take(workplace, both)) == (0, 0, 2, 0)


def test_a_key_that_two_former_communes_know_is_asked_about(made: Made, tmp_path: Path) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Mai")
    plant(workplace, FELLOW, "1", "Thôn 2", "Rơm")
    before, log = held(workplace), operations(workplace)
    result = take(workplace, keyed(tmp_path / "a.csv", ["1", "h1", NOW, "Thôn 1", "Mai"]))
    assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "kin_several")])
    assert OLD in issue_text(result.issues[0])
    assert FELLOW in issue_text(result.issues[0])
    # A household alone that cannot be told: neither a third one nor a child in a wrong one.
    result = take(workplace, keyed(tmp_path / "a.csv", ["9", "h1", NOW, "Thôn 1", "Lan"]))
    assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "kin_several")])
    assert (held(workplace), operations(workplace)) == (before, log)
    sure = keyed(tmp_path / "a.csv", ["1", "h1", FELLOW, "Thôn 2", "Rơm"])
    assert counts(take(workplace, sure)) == (0, 0, 1, 0)


def test_a_household_number_is_met_in_the_same_village_of_the_former_commune(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Đinh Mai")
    before = held(workplace)
    row = [NOW, "Thôn 1", "12", "1", "Đinh Mai", ""]
    path = table(tmp_path / "a.csv", NUMBERED, [row])
    for _ in range(3):
        assert counts(take(workplace, path)) == (0, 0, 1, 0)
    assert held(workplace) == before


def test_a_split_commune_keeps_its_children_until_they_are_divided(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(PROVINCE)
    plant(workplace, SPLIT, "1", "Thôn 1", "Mai")
    before, log = held(workplace), operations(workplace)
    part = keyed(tmp_path / "a.csv", ["1", "h1", ONE_PART, "Thôn 1", "Mai"])
    assert counts(take(workplace, part)) == (0, 0, 1, 0)
    for row in (["1", "h1"], ["9", "h1"]):
        path = keyed(tmp_path / "b.csv", [*row, ONE_PART, "Thôn 1", "Lan"])
        result = take(workplace, path, ONE_PART)
        assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "kin_elsewhere")])
        said = issue_text(result.issues[0])
        assert ONE_PART in said
        assert SPLIT in said
    assert (held(workplace), operations(workplace)) == (before, log)


def test_rows_of_a_split_commune_meet_whichever_part_has_them_now(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(PROVINCE)
    plant(workplace, SPLIT, "1", "Thôn 1", "Mai")
    plant(workplace, OTHER_PART, "2", "Thôn 2", "Rơm")
    child = by_name(workplace)["Mai"]
    home = household_of(workplace, "Mai")
    with workplace.write() as work:
        for one in (home, child):
            work.record(Change(one.entity, {"owner_unit": ONE_PART}, id=one.id, base=one.heads))
        work.commit()
    before = held(workplace)
    rows = [["1", "h1", SPLIT, "Thôn 1", "Mai"], ["2", "h2", SPLIT, "Thôn 2", "Rơm"]]
    assert counts(take(workplace, keyed(tmp_path / "a.csv", *rows))) == (0, 0, 2, 0)
    mine = keyed(tmp_path / "b.csv", ["1", "h1", ONE_PART, "Thôn 1", "Mai"])
    assert counts(take(workplace, mine, ONE_PART)) == (0, 0, 1, 0)
    # The other part's own row under that key: it was given to the first part.
    other = keyed(tmp_path / "c.csv", ["1", "h1", OTHER_PART, "Thôn 1", "Mai"])
    result = take(workplace, other)
    assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "kin_elsewhere")])
    assert held(workplace) == before


def test_a_refused_row_leaves_no_household_behind(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [["1", "h1", NOW, "Thôn 1", "Mai"], ["1", "h2", NOW, "Thôn 2", "Mai"]]
    result = take(workplace, keyed(tmp_path / "a.csv", *rows))
    assert (counts(result), names(result)) == ((1, 0, 0, 1), [(3, "doubled_key")])
    assert len(everything(workplace, "household")) == result.households_created == 1
    assert [one.values["name"] for one in everything(workplace, "village")] == ["Thôn 1"]


def test_a_row_of_a_child_put_aside_leaves_no_household_behind(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, keyed(tmp_path / "a.csv", ["1", "h1", NOW, "Thôn 1", "Mai"]))
    child = by_name(workplace)["Mai"]
    with workplace.write() as work:
        aside: dict[str, Value] = {"entered_in_error": True, "hidden_reason": "trùng"}
        work.record(Change("child", aside, id=child.id, base=child.heads))
        work.commit()
    before = held(workplace)
    result = take(workplace, keyed(tmp_path / "b.csv", ["1", "h2", NOW, "Thôn 2", "Mai"]))
    assert (names(result), result.operations) == ([(2, "set_aside")], 0)
    assert held(workplace) == before


def test_a_register_that_holds_a_child_under_both_editions_gets_no_worse(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    for unit in (OLD, NOW):
        plant(workplace, unit, "1", "Thôn 1", f"Mai {unit}")
    before, log = held(workplace), operations(workplace)
    own = tmp_path / "own.csv"
    RegisterExport(workplace).export(own)
    assert counts(take(workplace, own)) == (0, 0, 2, 0)
    for unit in (OLD, NOW):
        path = keyed(tmp_path / "a.csv", ["1", "h1", unit, "Thôn 1", f"Mai {unit}"])
        assert counts(take(workplace, path)) == (0, 0, 1, 0)
    assert (held(workplace), operations(workplace)) == (before, log)


def test_a_commune_that_changed_alone_has_one_id_whichever_edition_a_file_names(
    made: Made, tmp_path: Path
) -> None:
    tree = made().tree.units
    now = next(
        unit
        for unit in tree.units_of("2025", Tier.COMMUNE)
        if len(before := tree.predecessors(unit.ref)) == 1
        and tree.whole_successor(before[0].old) == unit
    )
    found = []
    for unit in (now.ref, tree.predecessors(now.ref)[0].old):
        workplace = made(now.ref)
        row = ["1", "h1", unit, "Thôn 1", "Mai"]
        assert counts(take(workplace, keyed(tmp_path / "a.csv", row))) == (1, 0, 0, 0)
        found.append(held(workplace).keys())
    assert found[0] == found[1]


def test_a_child_of_the_former_commune_that_moved_away_is_left_alone(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    plant(workplace, OLD, "1", "Thôn 1", "Mai")
    child = by_name(workplace)["Mai"]
    with workplace.write() as work:
        work.record(Change("child", {"owner_unit": "21010@2024"}, id=child.id, base=child.heads))
        work.commit()
    before = held(workplace)
    result = take(workplace, keyed(tmp_path / "a.csv", ["1", "h1", NOW, "Thôn 1", "Mai"]))
    assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "elsewhere")])
    assert held(workplace) == before


def test_heads_of_one_name_in_two_old_communes_are_two_households(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    titles = ("commune", "Thôn", "Chủ hộ", "Họ và tên trẻ", "Ngày sinh")
    rows = [
        [unit, "Thôn 1", "Đinh Rơm", name, "2019"]
        for unit, name in ((OLD, "Mai"), (FELLOW, "Lan"), (NOW, "Huệ"))
    ]
    files = [table(tmp_path / f"{row[3]}.csv", titles, [row]) for row in rows]
    for file in files[:2]:
        assert counts(take(workplace, file)) == (1, 0, 0, 0)
    # Nobody can tell which of the two the new commune's row means: its household is a third.
    result = take(workplace, files[2])
    assert (counts(result), names(result)) == ((1, 0, 0, 0), [(2, "village")])
    assert len({household_of(workplace, one).id for one in ("Mai", "Lan", "Huệ")}) == 3
    before = held(workplace)
    for file in files:
        assert counts(take(workplace, file)) == (0, 0, 1, 0)
    assert held(workplace) == before


def test_a_household_number_in_a_village_of_two_old_communes_is_asked_about(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()

    def file(unit: str, number: str, name: str) -> Path:
        row = [unit, "Thôn 1", number, "1", name, "2019"]
        return table(tmp_path / f"{unit}-{number}.csv", NUMBERED, [row])

    for one in (file(OLD, "12", "Mai"), file(FELLOW, "12", "Lan"), file(FELLOW, "13", "Huệ")):
        assert counts(take(workplace, one)) == (1, 0, 0, 0)
    before, log = held(workplace), operations(workplace)
    # Only one of the two villages has a household 13; both have a 12.
    assert counts(take(workplace, file(NOW, "13", "Huệ"))) == (0, 0, 1, 0)
    result = take(workplace, file(NOW, "12", "Mai"))
    assert (counts(result), names(result)) == ((0, 0, 0, 1), [(2, "kin_several")])
    for unit in (OLD, FELLOW):
        assert unit in issue_text(result.issues[0])
    assert (held(workplace), operations(workplace)) == (before, log)
