"""A commune that was split: the province divides its records by village, and what stays is told.

Trà Bùi (21142) went in two parts to Cà Đam (21136) and another commune of 2025 (21157).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.history.operation import Value
from app.ids import derived_id
from app.models import backup, log
from app.models.queries import counting, register
from app.models.queries.counting import Basis
from app.models.schema import ENTITY_TABLES, op
from app.models.work import Change
from app.services.dividing import Dividing, VillagePart
from app.services.division_undo import DivisionUndo
from app.services.reference_data.files import Refused
from app.services.rights import Right
from app.services.surroundings import reference_day
from app.services.workplace import Workplace
from tests.dumps import dump_read
from tests.integration.registers import Made
from tests.workplaces import again, settle

PROVINCE, OLD = "51@2025", "21142@2024"
ONE, OTHER, STRANGER = "21136@2025", "21157@2025", "21484@2025"


@pytest.fixture
def province(made: Made) -> Workplace:
    """The province with a register of the old commune: its villages, and two pages without one."""
    workplace = made(PROVINCE)
    workplace.settings.keyslots_path.write_bytes(b"{}")  # what goes with a backup
    with workplace.write() as work:
        settle(work, 40, (OLD,))
        work.record(Change("household", {"owner_unit": OLD, "head_name": "Hồ A"}, key="lost"))
        home = {"owner_unit": OLD, "full_name": "Hồ B", "household": derived_id(OLD, "lost")}
        work.record(Change("child", dict(home), key="lost child"))
        work.commit()
    return workplace


def villages_of(workplace: Workplace) -> list[VillagePart]:
    return Dividing(workplace).villages(OLD)


def owners(workplace: Workplace, entity: str) -> Counter[str]:
    table = ENTITY_TABLES[entity]
    with workplace.store.read() as reading:
        return Counter(reading.execute(select(table.c.owner_unit)).scalars())


def children_counted(workplace: Workplace) -> dict[str, int]:
    with workplace.store.read() as reading:
        basis = Basis(reference_day(workplace, reading))
        return {
            unit: counting.counts(reading, workplace.tree.below(unit), basis).children
            for unit in (OLD, ONE, OTHER, PROVINCE)
        }


def halved(workplace: Workplace) -> dict[str, str]:
    """Every second village goes to the one new unit, the others to the other."""
    named = [part for part in villages_of(workplace) if part.id]
    assert len(named) > 1
    return {part.id: (ONE, OTHER)[place % 2] for place, part in enumerate(named)}


def test_what_is_to_be_divided_is_told_with_its_villages(province: Workplace) -> None:
    (split,) = Dividing(province).standing()
    parts = villages_of(province)
    assert (split.unit, split.became) == (OLD, (ONE, OTHER))
    assert split.households == sum(part.households for part in parts)
    assert split.children == sum(part.children for part in parts) == 41
    assert [part.goes_to for part in parts] == [""] * len(parts)
    assert (parts[-1].id, parts[-1].households, parts[-1].children) == ("", 1, 1)


def test_every_page_goes_with_its_village_and_none_is_counted_twice_or_lost(
    province: Workplace,
) -> None:
    before, total = children_counted(province), villages_of(province)
    done = Dividing(province).divide(OLD, halved(province))
    assert (done.left_households, done.left_children) == (1, 1)
    assert done.children == 40
    assert done.households == sum(part.households for part in total) - 1
    with province.store.read() as reading:
        for home in register.records(
            reading, "household", _ids(province, "household") - {derived_id(OLD, "lost")}
        ).values():
            village = register.record(reading, "village", str(home.values["village"]))
            assert village is not None
            assert village.values["owner_unit"] == home.values["owner_unit"] != OLD
            for child in register.children_of(reading, home.id):
                assert child.values["owner_unit"] == home.values["owner_unit"]
    after = children_counted(province)
    assert after[PROVINCE] == before[PROVINCE]
    assert after[ONE] + after[OTHER] + after[OLD] == before[OLD]
    assert min(after[ONE], after[OTHER]) > 0


def _ids(workplace: Workplace, entity: str) -> set[str]:
    with workplace.store.read() as reading:
        return set(reading.execute(select(ENTITY_TABLES[entity].c.id)).scalars())


def test_a_villages_paper_books_go_with_it(province: Workplace) -> None:
    said = halved(province)
    village, target = next(iter(said.items()))
    with province.write() as work:
        values = {"owner_unit": OLD, "village": village, "book_number": "1"}
        book = work.record(Change("book", dict(values), key="book/1")).id
        work.record(Change("book", {"owner_unit": OLD, "book_number": "2"}, key="book/2"))
        work.commit()
    Dividing(province).divide(OLD, said)
    assert owners(province, "book") == {target: 1, OLD: 1}
    with province.store.read() as reading:
        found = register.record(reading, "book", book)
    assert found is not None
    assert found.values["owner_unit"] == target


def test_what_turns_up_later_joins_without_naming_its_village_again(province: Workplace) -> None:
    said = halved(province)
    Dividing(province).divide(OLD, said)
    village, target = next(iter(said.items()))
    late: dict[str, Value] = {"owner_unit": OLD, "head_name": "Hồ Muộn", "village": village}
    with province.write() as work:
        work.record(Change("household", late, key="late"))
        work.record(
            Change(
                "child",
                {"owner_unit": OLD, "full_name": "Hồ Út", "household": derived_id(OLD, "late")},
                key="late child",
            )
        )
        work.commit()
    assert [(p.id, p.households, p.children, p.goes_to) for p in villages_of(province)] == [
        (village, 1, 1, target),
        ("", 1, 1, ""),
    ]
    done = Dividing(province).divide(OLD, {})
    assert (done.households, done.children, done.to) == (1, 1, {target: 2})
    assert owners(province, "household")[OLD] == 1
    assert Dividing(province).divide(OLD, {}).to == {}, "the act given once more writes nothing"


def test_a_child_that_turns_up_after_its_household_went_follows_it(province: Workplace) -> None:
    Dividing(province).divide(OLD, halved(province))
    with province.store.read() as reading:
        table = ENTITY_TABLES["household"]
        home = (
            reading.execute(select(table.c.id).where(table.c.owner_unit == ONE)).scalars().first()
        )
    with province.write() as work:
        values = {"owner_unit": OLD, "full_name": "Hồ Sót", "household": home}
        child = work.record(Change("child", dict(values), key="left behind")).id
        work.commit()
    assert Dividing(province).divide(OLD, {}).to == {ONE: 1}
    with province.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    assert found.values["owner_unit"] == ONE


def test_a_hidden_page_goes_along_and_a_disputed_one_is_left_to_a_person(
    province: Workplace,
) -> None:
    with province.store.read() as reading:
        hidden, disputed = sorted(register.records(reading, "child", _ids(province, "child")))[:2]
        child = register.record(reading, "child", disputed)
    assert child is not None
    with province.write() as work:
        work.record(Change("child", {"entered_in_error": True, "hidden_reason": "x"}, hidden))
        for unit in (STRANGER, OLD):  # two people saw the same page and wrote two owners
            work.record(
                Change("child", {"owner_unit": unit}, disputed, base=child.heads, loaded={"x": "y"})
            )
        work.commit()
    Dividing(province).divide(OLD, halved(province))
    with province.store.read() as reading:
        assert register.record(reading, "child", hidden).values["owner_unit"] in (ONE, OTHER)
        found = register.record(reading, "child", disputed)
    assert found.conflicts == 1
    assert found.values["owner_unit"] in (STRANGER, OLD)


def said_twice(workplace: Workplace, entity: str, ent_id: str, *said: dict[str, Value]) -> None:
    """Two people had the same page before them and wrote two things of it."""
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    with workplace.write() as work:
        for values in said:
            loaded = {k: v for k, v in found.values.items() if k not in values}
            work.record(Change(entity, values, ent_id, base=found.heads, loaded=loaded))
        work.commit()


@pytest.mark.parametrize("what", ["number", "village"])
def test_a_household_that_two_people_place_otherwise_stays_with_its_children_and_is_told(
    province: Workplace, what: str
) -> None:
    """The act writes unit, village and number as one: it would decide between the two."""
    said = halved(province)
    one, other = (next(v for v in said if said[v] == unit) for unit in (ONE, OTHER))
    with province.store.read() as reading:
        home = next(
            ent_id
            for ent_id, view in register.records(
                reading, "household", _ids(province, "household")
            ).items()
            if view.values.get("village") == one and register.children_of(reading, ent_id)
        )
        children = [child.id for child in register.children_of(reading, home)]
    said_twice(
        province,
        "household",
        home,
        {"household_no": "701"},
        {"household_no": "702"} if what == "number" else {"village": other},
    )
    seen = Dividing(province).preview(OLD, said)
    done = Dividing(province).divide(OLD, said)
    assert done == seen
    assert (done.disputed_households, done.disputed_children) == (1, len(children))
    assert (done.homeless_households, done.homeless_children) == (1, 1)
    assert (done.left_households, done.left_children) == (2, 1 + len(children))
    with province.store.read() as reading:
        found = register.record(reading, "household", home)
        assert found is not None
        assert (found.conflicts, found.values["owner_unit"]) == (1, OLD)
        for child in register.records(reading, "child", children).values():
            assert child.values["owner_unit"] == OLD
    # Decided by a person it goes by the village that was chosen.
    kept = {k: v for k, v in found.values.items() if k not in ("household_no", "village")}
    with province.write() as work:
        chosen: dict[str, Value] = {"household_no": "701", "village": other}
        work.record(Change("household", chosen, home, base=found.heads, loaded=kept))
        work.commit()
    again_ = Dividing(province).divide(OLD, {})
    assert again_.to == {OTHER: 1 + len(children)}
    assert (again_.disputed_households, again_.disputed_children) == (0, 0)


def test_a_page_that_several_units_claim_is_told_among_the_disputed(province: Workplace) -> None:
    for child in sorted(_ids(province, "child"))[:8]:
        said_twice(province, "child", child, {"owner_unit": STRANGER}, {"owner_unit": OLD})
    table = ENTITY_TABLES["child"]
    shown = select(table.c.id).where(table.c.owner_unit == OLD, table.c["_conflicts"] == 1)
    with province.store.read() as reading:
        under_the_old = len(reading.execute(shown).all())
    assert 0 < under_the_old < 8, "which of the two is shown goes by their ids"
    done = Dividing(province).divide(OLD, halved(province))
    assert (done.disputed_households, done.disputed_children) == (0, under_the_old)


def test_what_a_rule_writes_decides_nothing_between_people(province: Workplace) -> None:
    """Whatever act forgets to ask: the writing itself refuses it, and writes nothing."""
    home = derived_id(OLD, "lost")
    said_twice(province, "household", home, {"household_no": "1"}, {"household_no": "2"})
    with province.store.read() as reading:
        found = register.record(reading, "household", home)
    assert found is not None
    moved = Change("household", {"owner_unit": ONE}, home, base=found.heads, by_rule=True)
    for loaded in (None, dict(found.values)):
        with pytest.raises(KnownError) as problem, province.write() as work:
            work.record(replace(moved, base=found.heads, loaded=loaded))
        assert problem.value.message_id == "conflicts.undecided"
    with province.write() as work:
        note = Change("household", {"note": "x"}, home, base=found.heads, by_rule=True)
        assert work.record(replace(note, loaded=dict(found.values))).op_id is not None
        moved = replace(moved, base=found.heads, loaded=dict(found.values), by_rule=False)
        assert work.record(moved).op_id is not None


def test_a_village_that_is_not_named_or_goes_elsewhere_stops_the_act(province: Workplace) -> None:
    said = halved(province)
    before = owners(province, "household")
    one = next(iter(said))
    with pytest.raises(KnownError) as problem:
        Dividing(province).divide(OLD, {k: v for k, v in said.items() if k != one})
    assert problem.value.message_id == "dividing.not_named"
    with pytest.raises(KnownError) as problem:
        Dividing(province).divide(OLD, said | {one: STRANGER})
    assert problem.value.message_id == "dividing.not_successor"
    assert owners(province, "household") == before
    done = Dividing(province).divide(OLD, said | {one: ""})
    assert done.left_households > 1, "nobody could say where that village went"


def test_a_file_of_villages_is_read_by_name_or_id(province: Workplace, tmp_path: Path) -> None:
    said = halved(province)
    names = {part.id: part.name for part in villages_of(province) if part.id}
    path = tmp_path / "villages.csv"
    lines = [
        f'"{names[one] if place % 2 else one}",{unit}'
        for place, (one, unit) in enumerate(said.items())
    ]
    path.write_text("\n".join(["village,unit", *lines]), encoding="utf-8")
    done = Dividing(province).divide_by(OLD, path)
    assert set(done.to) == {ONE, OTHER}
    assert done.villages == len(said)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Thôn Không Có,21136@2025", "village_unknown"),
        ("{first},21136@2025\n{first},21157@2025", "village_twice"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_written(
    province: Workplace, tmp_path: Path, line: str, rule: str
) -> None:
    path = tmp_path / "villages.csv"
    first = villages_of(province)[0].id
    path.write_text("village,unit\n" + line.format(first=first), encoding="utf-8")
    before = owners(province, "household")
    with pytest.raises(Refused) as problem:
        Dividing(province).divide_by(OLD, path)
    assert problem.value.rule == rule
    assert owners(province, "household") == before


def test_only_the_province_divides_and_only_what_was_split(province: Workplace, made: Made) -> None:
    for unit in ("533@2024", OLD):
        below = made(unit)
        with pytest.raises(KnownError) as problem:
            Dividing(below).divide(OLD, {})
        assert problem.value.message_id == "dividing.not_province"
    with pytest.raises(KnownError) as problem:
        Dividing(province).divide("21010@2024", {})
    assert problem.value.message_id == "dividing.not_split"
    with pytest.raises(KnownError) as problem:
        Dividing(province).divide("00007@2024", {})
    assert problem.value.message_id == "units.outside_scope"
    clerk = again(province, frozenset({Right.READ, Right.ENTER}))
    with pytest.raises(KnownError) as problem:
        Dividing(clerk).standing()
    assert problem.value.message_id == "rights.denied"


def test_a_preview_is_what_the_act_comes_to_and_says_why_the_rest_stays(
    province: Workplace,
) -> None:
    parts = [part for part in villages_of(province) if part.id]
    with province.store.read() as reading:
        mistaken = min(_ids(province, "child"))
        was = register.record(reading, "child", mistaken)
    assert was is not None
    with province.write() as work:
        values = {"entered_in_error": True, "hidden_reason": "x"}
        work.record(Change("child", values, mistaken, base=was.heads, loaded=was.values))
        work.commit()
    said = {part.id: ONE for part in parts} | {parts[0].id: ""}
    with province.store.read() as reading:
        before = dump_read(reading)
    seen = Dividing(province).preview(OLD, said)
    with province.store.read() as reading:
        assert dump_read(reading) == before
    first = next(part for part in villages_of(province) if part.id == parts[0].id)
    assert (seen.left_households, seen.left_children) == (
        first.households + 1,
        first.children + 1,
    )
    assert (seen.homeless_households, seen.homeless_children, seen.later_villages) == (1, 1, 1)
    assert [(part.unit, part.villages) for part in seen.parts] == [
        (ONE, len(parts) - 1),
        (OTHER, 0),
    ]
    done = Dividing(province).divide(OLD, said)
    assert done == seen
    table = ENTITY_TABLES["child"]
    seen_there = select(table.c.id).where(table.c.owner_unit == ONE, ~table.c["_hidden"])
    with province.store.read() as reading:
        assert done.parts[0].children == len(reading.execute(seen_there).all()) > 0
    with pytest.raises(KnownError) as problem:
        Dividing(province).preview(OLD, {parts[0].id: STRANGER})
    assert problem.value.message_id == "dividing.not_successor"


def test_a_backup_is_made_before_and_the_act_has_a_name_of_its_own(province: Workplace) -> None:
    assert backup.copies(province.settings) == []
    Dividing(province).divide(OLD, halved(province))
    assert len(backup.copies(province.settings)) == 1
    with province.store.read() as reading:
        acts = Counter(
            reading.execute(
                select(op.c.act).where(op.c.writes_owner, op.c.parents != b"")
            ).scalars()
        )
    assert len(acts) == 1
    assert None not in acts


def test_the_province_of_the_old_map_is_not_asked_to_give_away_what_it_would_lose_sight_of(
    made: Made,
) -> None:
    old = made("51@2024")
    old.settings.keyslots_path.write_bytes(b"{}")
    with old.write() as work:
        settle(work, 6, (OLD,))
        work.commit()
    assert Dividing(old).standing() == []
    village = next(part.id for part in Dividing(old).villages(OLD) if part.id)
    with pytest.raises(KnownError) as problem:
        Dividing(old).divide(OLD, {village: ONE})
    assert problem.value.message_id == "dividing.not_successor"


def test_a_page_that_somebody_filled_with_changes_keeps_no_village_from_being_divided(
    province: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a modified client writes so many; the act leaves out no record, and is taken back."""
    before = owners(province, "child")
    monkeypatch.setattr(log, "MAX_OPERATIONS", 1)
    said = halved(province)
    done = Dividing(province).divide(OLD, said)
    assert done.children > 1
    assert owners(province, "child")[OLD] == 1, "who has no village stays"
    DivisionUndo(province).take_back(OLD)
    assert owners(province, "child") == before
