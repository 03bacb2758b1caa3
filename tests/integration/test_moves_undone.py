"""Pairs that turn out wrong: taken back, kept apart after all, or one of the two was no child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.errors import KnownError
from app.models.queries import counting, quarter
from app.models.queries import moves as queries
from app.services.mistakes import Mistakes
from app.services.moves import Moves
from app.services.workplace import Workplace
from tests.workplaces import DISTRICT, make_workplace, write

OLD, NEW, THIRD = "21046@2024", "21049@2024", "21052@2024"
BASIS = counting.Basis(date(2026, 8, 31))


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _child(workplace: Workplace, unit: str) -> str:
    home = write(workplace, "household", owner_unit=unit, household_no="12")
    whole = {"full_name": "Đinh Thị Hạ", "birth_date": "2019-05-01", "sex": "2"}
    return write(workplace, "child", owner_unit=unit, household=home, **whole)


def _leaves(workplace: Workplace, child: str, to: str, day: str = "2026-08-01") -> None:
    write(workplace, "life_event", record=child, event="moved_out", event_date=day)
    write(workplace, "child", child, life_status="MOVED_OUT", owner_unit=to)


def _pair(workplace: Workplace, to: str = "outside") -> tuple[str, str]:
    """A child who left the old commune, and the one it was paired with in the new one."""
    left, came = _child(workplace, OLD), _child(workplace, NEW)
    _leaves(workplace, left, to)
    Moves(workplace).pair(left, came)
    return left, came


def _held(workplace: Workplace, child: str) -> tuple[str, frozenset[str]]:
    with workplace.store.read() as reading:
        (found,) = queries.movers(reading, [child], "moved_out")
    return found.owner, found.held


def _counted(workplace: Workplace) -> list[int]:
    with workplace.store.read() as reading:
        return [
            counting.counts(reading, units, BASIS).children for units in ([OLD], [NEW], [THIRD], ())
        ]


@pytest.mark.parametrize("to", ["outside", "unknown"])
def test_taken_back_the_child_is_with_the_unit_that_had_it_last(
    district: Workplace, to: str
) -> None:
    left, came = _pair(district, to)
    assert _held(district, left) == (NEW, frozenset({NEW}))
    moves = Moves(district)
    moves.take_back(left, came)
    assert _held(district, left) == (to, frozenset({OLD}))
    other = _child(district, THIRD)
    moves.pair(left, other)
    assert _held(district, left) == (THIRD, frozenset({THIRD}))
    moves.take_back(left, other)
    assert _held(district, left) == (to, frozenset({OLD})), "and so the second time"
    assert _counted(district) == [1, 1, 1, 3]


def test_taken_back_the_child_is_with_the_unit_that_it_was_given_to(district: Workplace) -> None:
    left, came = _pair(district, THIRD)
    Moves(district).take_back(left, came)
    assert _held(district, left) == (THIRD, frozenset({THIRD}))


def test_who_was_given_to_a_unit_that_only_the_old_one_named_counts_where_it_was_again(
    district: Workplace,
) -> None:
    """And as often as the pair is made and taken back; the lists name the book that was left."""
    left, came = _child(district, OLD), _child(district, NEW)
    _leaves(district, left, NEW)
    before = _counted(district)
    assert before == [1, 1, 0, 2]
    moves = Moves(district)
    for _ in range(2):
        moves.pair(left, came)
        assert _counted(district) == [0, 1, 0, 1]
        (pair,) = moves.read().paired
        assert pair.left.unit == OLD
        assert moves.take_back(left, came).moved_to == NEW
        assert _counted(district) == before
        assert _held(district, left) == (NEW, frozenset({NEW}))


def test_who_was_given_to_one_unit_and_found_in_another_left_neither_of_these(
    district: Workplace,
) -> None:
    left, came = _child(district, OLD), _child(district, NEW)
    _leaves(district, left, THIRD)
    moves = Moves(district)
    moves.pair(left, came)
    (pair,) = moves.read().paired
    assert pair.left.unit == OLD, "THIRD is the greater code, and had only been named"


def test_two_who_are_called_one_are_not_kept_apart_before_that_is_taken_back(
    district: Workplace,
) -> None:
    left, came = _pair(district)
    moves = Moves(district)
    with pytest.raises(KnownError, match=r"moves\.paired_already"):
        moves.apart(left, came)
    assert [(one.left.id, one.came.id) for one in moves.read().paired] == [(left, came)]
    assert moves.take_back(left, came).moved_to == "outside"
    moves.apart(left, came)
    assert _held(district, left) == ("outside", frozenset({OLD}))
    assert moves.read().paired == ()


def test_paired_with_a_record_that_was_an_error_the_child_still_counts(
    district: Workplace,
) -> None:
    left, came = _pair(district)
    moves = Moves(district)
    assert _counted(district) == [0, 1, 0, 1]
    Mistakes(district).mark("child", came, "nhập nhầm")
    assert _counted(district) == [0, 1, 0, 1], "in the book of the unit that has taken it on"
    found = moves.read()
    assert [one.id for one in found.left] == [left], "nobody else is that child: it is looked for"
    assert [(one.left.id, one.came.id) for one in found.paired] == [(left, came)]
    with district.store.read() as reading:
        assert quarter.arrivals(reading, NEW) == [left], "it has yet to be put into a household"
    moves.take_back(left, came)
    assert _counted(district) == [1, 0, 0, 1]
    assert _held(district, left) == ("outside", frozenset({OLD}))
    assert moves.read().paired == ()


def test_the_error_was_none_and_the_pair_counts_once_again(district: Workplace) -> None:
    _left, came = _pair(district)
    mistakes = Mistakes(district)
    mistakes.mark("child", came, "nhập nhầm")
    mistakes.take_back("child", came)
    assert _counted(district) == [0, 1, 0, 1]
    assert Moves(district).read().left == ()


def test_a_child_that_is_no_child_after_all_is_paired_with_another_record(
    district: Workplace,
) -> None:
    left, came = _pair(district)
    Mistakes(district).mark("child", came, "nhập nhầm")
    other = _child(district, THIRD)
    moves = Moves(district)
    assert [(one.left.id, one.came.id) for one in moves.read().pairs] == [(left, other)]
    moves.pair(left, other)
    assert _counted(district) == [0, 0, 1, 1]


def test_who_was_entered_in_error_is_the_one_who_left(district: Workplace) -> None:
    """The other one counts as it is; that the two were called one is still told."""
    left, came = _pair(district)
    Mistakes(district).mark("child", left, "nhập nhầm")
    assert _counted(district) == [0, 1, 0, 1]
    moves = Moves(district)
    assert [(one.left.id, one.came.id) for one in moves.read().paired] == [(left, came)]
    moves.take_back(left, came)
    assert moves.read().paired == ()
    assert _counted(district) == [0, 1, 0, 1]


def test_what_was_merged_into_another_record_counts_as_that_one(district: Workplace) -> None:
    left, came = _pair(district)
    double = _child(district, NEW)
    assert _counted(district) == [0, 2, 0, 2]
    write(district, "child", came, merged_into=double, hidden_reason="trùng")
    assert _counted(district) == [0, 1, 0, 1], "the child who left is that one, too"
    assert Moves(district).read().left == ()
    _leaves(district, double, "unknown", "2026-08-20")
    assert _counted(district) == [0, 1, 0, 1], "who left last stands for all"
    with district.store.read() as reading:
        kept = [counting.still_counted(reading, units, BASIS) for units in ([NEW], ())]
    assert [[one.id for one in found] for found in kept] == [[double], [double]]
    write(district, "child", double, entered_in_error=True, hidden_reason="nhầm")
    assert _counted(district) == [0, 1, 0, 1]
    assert [one.id for one in Moves(district).read().left] == [left]
