"""Who moved out is counted where it was: until the unit it went to has it, or for two quarters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from app.errors import KnownError
from app.forms.issues import Value
from app.models.materialising import rebuild
from app.models.queries import counting, counting_groups, quarter, verifying
from app.models.queries.covering import Covered, Span
from app.models.queries.rounds import RoundView
from app.models.schema import departed
from app.models.work import Change
from app.services import saving
from app.services.entry import Entry
from app.services.handover_scope import count, total
from app.services.moves import Moves
from app.services.saving import RecordSave
from app.services.villages import Villages
from app.services.workplace import Workplace
from tests.workplaces import DISTRICT, make_workplace, write

OLD, NEW, THIRD = "21046@2024", "21049@2024", "21052@2024"
DAY = date(2026, 8, 31)
BASIS = counting.Basis(DAY)
WHOLE = {"full_name": "Đinh Thị Hạ", "birth_date": "2019-05-01", "sex": "2"}


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _child(workplace: Workplace, unit: str = OLD, **values: Value) -> str:
    home = write(workplace, "household", owner_unit=unit, household_no="12")
    return write(workplace, "child", **{"owner_unit": unit, "household": home, **WHOLE, **values})


def _leaves(workplace: Workplace, child: str, to: str = NEW, day: Value = "2026-08-01") -> None:
    write(workplace, "life_event", record=child, event="moved_out", event_date=day)
    write(workplace, "child", child, life_status="MOVED_OUT", owner_unit=to)


def _taken_in(workplace: Workplace, child: str, unit: str, **values: Value) -> None:
    """As the review of the new commune does it: an ordinary save."""
    change = Change("child", {"life_status": "ACTIVE", **values}, child)
    saving.save(workplace, [RecordSave(change)])
    assert _owner(workplace, child) == unit


def _owner(workplace: Workplace, child: str) -> object:
    with workplace.store.read() as reading:
        return reading.execute(
            sql("SELECT owner_unit FROM child WHERE id = :id"), {"id": child}
        ).scalar_one()


def _counted(workplace: Workplace, basis: counting.Basis = BASIS) -> tuple[int, int, int]:
    """The children of the old commune, of the new one, and of all."""
    with workplace.store.read() as reading:
        return (
            counting.counts(reading, [OLD], basis).children,
            counting.counts(reading, [NEW], basis).children,
            counting.counts(reading, (), basis).children,
        )


@pytest.mark.parametrize("to", [NEW, "outside", "unknown", OLD])
def test_who_moved_out_is_counted_where_it_was(district: Workplace, to: str) -> None:
    child = _child(district)
    assert _counted(district) == (1, 0, 1)
    _leaves(district, child, to)
    assert _counted(district) == (1, 0, 1)


@pytest.mark.parametrize("to", ["outside", "unknown"])
def test_who_belongs_to_no_unit_is_counted_where_it_was_though_nobody_told_the_move(
    district: Workplace, to: str
) -> None:
    write(district, "child", _child(district), owner_unit=to)
    assert _counted(district) == (1, 0, 1)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ("2026-02-28", 1),  # two quarters to the day: February has no 31st
        ("2026-02-27", 0),
        ("2026-03-01", 1),
        ("2026-02", 1),  # may be the 28th
        ("2026-01", 0),
        ("2026", 1),
        ("2025", 0),
        ("2026-09-15", 1),  # after the day of the count
        (None, 1),  # nobody can say that it is long ago
        ("không rõ", 1),
    ],
)
def test_for_two_quarters_by_the_latest_day_the_move_allows(
    district: Workplace, moved: Value, expected: int
) -> None:
    _leaves(district, _child(district), day=moved)
    assert _counted(district) == (expected, 0, expected)


def test_a_move_of_which_no_event_is_told_has_no_day(district: Workplace) -> None:
    write(district, "child", _child(district), life_status="MOVED_OUT", owner_unit="outside")
    assert _counted(district, counting.Basis(date(2032, 1, 1))) == (1, 0, 1)


def test_the_newest_move_counts_and_one_taken_away_does_not(district: Workplace) -> None:
    child = _child(district)
    _leaves(district, child, day="2024-01-01")
    assert _counted(district) == (0, 0, 0)
    event = write(district, "life_event", record=child, event="moved_out", event_date="2026-08-01")
    assert _counted(district) == (1, 0, 1)
    write(district, "life_event", event, _deleted=True)
    assert _counted(district) == (0, 0, 0)


@pytest.mark.parametrize(
    ("quarters", "moved", "expected"),
    [(0, "2026-08-30", 0), (0, "2026-08-31", 1), (4, "2025-08-31", 1), (4, "2025-08-30", 0)],
)
def test_the_round_says_for_how_many_quarters(
    district: Workplace, quarters: int, moved: str, expected: int
) -> None:
    _leaves(district, _child(district), day=moved)
    one = RoundView("r", "Đợt", "quarterly", DAY.isoformat(), "", "", "", "open", ())
    basis = counting.basis_for(replace(one, moved_out_quarters=quarters), DAY)
    assert _counted(district, basis)[0] == expected
    assert counting.basis_for(one, DAY).moved_out_quarters == 2


@pytest.mark.parametrize(
    "values",
    [
        {"life_status": "DECEASED", "owner_unit": "outside"},
        {"life_status": "MOVED_OUT", "owner_unit": "outside", "entered_in_error": True},
        {"life_status": "MOVED_OUT", "owner_unit": "outside", "residence_status": "4"},
        {"life_status": "MOVED_OUT", "owner_unit": "outside", "birth_date": "2009-01-01"},
    ],
)
def test_who_would_not_be_counted_there_is_not(
    district: Workplace, values: dict[str, Value]
) -> None:
    write(district, "child", _child(district), **values)
    assert _counted(district) == (0, 0, 0)


def test_a_household_of_a_short_stay_is_not_counted_when_it_is_gone(district: Workplace) -> None:
    home = write(district, "household", owner_unit=OLD, residence_status="3")
    child = write(district, "child", owner_unit=OLD, household=home, **WHOLE)
    _leaves(district, child, "outside")
    assert _counted(district) == (0, 0, 0)


def test_ages_are_told_of_those_who_left_too(district: Workplace) -> None:
    _leaves(district, _child(district, birth_date="2009-01-01"))
    _leaves(district, _child(district, birth_date="2012-01-01"))
    with district.store.read() as reading:
        found = counting.counts(reading, [OLD], counting.Basis(DAY, "2013-01-01"))
    assert (found.children, found.moved_away, found.of_age, found.left_out) == (0, 0, 1, 1)


def test_taken_in_by_the_new_commune_it_counts_there_and_once(district: Workplace) -> None:
    child = _child(district)
    _leaves(district, child)
    home = write(district, "household", owner_unit=NEW, household_no="3")
    _taken_in(district, child, NEW, household=home)
    assert _counted(district) == (0, 1, 1)
    write(district, "child", child, life_status="MOVED_OUT", owner_unit="unknown")
    assert _counted(district) == (0, 1, 1), "and there it stays when it leaves again"


@pytest.mark.parametrize("to", [NEW, "outside", "unknown"])
def test_paired_it_counts_once_and_taken_back_where_it_was(district: Workplace, to: str) -> None:
    left = _child(district)
    _leaves(district, left, to)
    came = _child(district, NEW)
    assert _counted(district) == (1, 1, 2), "two records, and nobody has said that they are one"
    moves = Moves(district)
    moves.pair(left, came)
    assert _counted(district) == (0, 1, 1)
    moves.take_back(left, came)
    assert _counted(district) == (1, 1, 2), "also where only the old commune had named the new one"


def test_kept_apart_both_are_counted(district: Workplace) -> None:
    left = _child(district)
    _leaves(district, left, "unknown")
    came = _child(district, NEW)
    Moves(district).apart(left, came)
    assert _counted(district) == (1, 1, 2)


def test_a_chain_of_pairs_counts_one_child_wherever_it_stands(district: Workplace) -> None:
    first, second = _child(district), _child(district, NEW)
    moves = Moves(district)
    _leaves(district, first, "unknown")
    moves.pair(first, second)
    _leaves(district, second, "unknown", "2026-08-20")
    assert _counted(district) == (0, 1, 1), "who left last stands for both"
    third = _child(district, THIRD)
    moves.pair(second, third)
    assert _counted(district) == (0, 0, 1)
    write(district, "child", third, life_status="DECEASED")
    assert _counted(district) == (0, 0, 0), "the child is dead, whatever the older records say"


def test_who_was_found_and_left_again_is_looked_for_again(district: Workplace) -> None:
    first, second = _child(district), _child(district, NEW)
    moves = Moves(district)
    _leaves(district, first, "unknown")
    moves.pair(first, second)
    _leaves(district, second, THIRD, "2026-08-20")
    with district.store.read() as reading:
        assert quarter.arrivals(reading, THIRD) == [second]
        assert quarter.arrivals(reading, NEW) == [], "it stood in that book as who came"
    third = _child(district, THIRD)
    found = moves.read()
    assert [(one.left.id, one.came.id) for one in found.pairs] == [(second, third)]
    assert [one.id for one in found.left] == [second]
    assert [(one.left.id, one.came.id) for one in found.paired] == [(first, second)]
    moves.pair(second, third)
    with pytest.raises(KnownError, match=r"moves\.paired_already"):
        moves.pair(second, third)
    found = moves.read()
    assert (found.pairs, found.left) == ((), ())
    assert {(one.left.id, one.came.id) for one in found.paired} == {
        (first, second),
        (second, third),
    }


def test_every_number_of_a_unit_counts_it_and_its_villages_do_not(district: Workplace) -> None:
    village = write(district, "village", owner_unit=OLD, name="Thôn Một")
    home = write(district, "household", owner_unit=OLD, village=village, household_no="1")
    stays = write(district, "child", owner_unit=OLD, household=home, **WHOLE)
    goes = write(district, "child", owner_unit=OLD, household=home, **WHOLE)
    asked = write(district, "child", owner_unit=OLD, household=home, **WHOLE)
    write(district, "circumstance", record=goes, group="C04", episode=1)
    write(district, "child", asked, circumstance_answer="none")
    _leaves(district, goes)
    _leaves(district, asked, "outside")
    today = district.today()
    for event in (goes, asked):
        write(district, "life_event", record=event, event="moved_out", event_date=today.isoformat())
    basis = counting.Basis(today)
    with district.store.read() as reading:
        found = counting.counts(reading, [OLD], basis)
        assert (found.children, found.girls, found.moved_away) == (3, 3, 2)
        assert found.incomplete == 2, "the household and the child who lives there"
        assert total(count(district.tree, reading, [DISTRICT], basis)).children == 3
        assert counting.counts_by_unit(reading, [OLD, NEW], basis) == [(OLD, 1, 3)]
        assert counting_groups.children_by_group(reading, [OLD], basis) == {"C04": {goes}}
        assert counting_groups.children_by_group(reading, [NEW], basis) == {}
        assert counting_groups.children_unanswered(reading, [OLD], basis) == 1, stays
        assert counting.counts_by_village(reading, OLD, basis) == [(village, "Thôn Một", 1, 1)]
        assert counting.moved_away_by_unit(reading, [OLD, NEW], basis) == {OLD: 2}
        places = verifying.places(reading, [OLD], basis, Span(Covered(0, 0)))
    assert [(one.village, one.children, one.departed) for one in places] == [
        (village, 1, False),
        ("", 2, True),
    ]
    for lines in (Entry(district).villages(OLD), Villages(district).list(OLD)):
        assert [(one.id, one.children, one.departed) for one in lines] == [
            (village, 1, False),
            ("", 2, True),
        ]
    assert Entry(district).standing().children == 3


def test_a_commune_counts_as_its_own_neither_what_went_nor_what_has_not_come(
    tmp_path: Path,
) -> None:
    """Both communes hold the record: one its move, the other its history."""
    for unit, expected in ((OLD, 1), (NEW, 0)):
        here = make_workplace(tmp_path / unit, unit=unit)
        _leaves(here, _child(here), day=here.today().isoformat())
        assert Entry(here).standing().children == expected
        here.store.close()


def test_who_left_stands_in_a_table_of_its_own_and_is_found_by_its_index(
    district: Workplace,
) -> None:
    child = _child(district)
    _child(district)
    _leaves(district, child)
    with district.store.read() as reading:
        assert reading.execute(departed.select()).all() == [(child, OLD)]
    with district.write() as work:
        before = work.connection.execute(departed.select()).all()
        rebuild(work.connection)
        assert work.connection.execute(departed.select()).all() == before
    _taken_in(district, child, NEW)
    with district.store.read() as reading:
        assert reading.execute(departed.select()).all() == []
