"""Who counts: what is kept in the register and what numbers are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.forms.age import is_under_16
from app.forms.issues import Value
from app.models.queries import counting, counting_groups
from app.models.work import Change
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, PROVINCE, make_workplace

DAY = date(2026, 5, 17)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _write(workplace: Workplace, entity: str, **values: Value) -> str:
    with workplace.write() as work:
        done = work.record(Change(entity, {"owner_unit": COMMUNE, **values}))
        work.commit()
    return done.id


def _circumstance(workplace: Workplace, child: str) -> None:
    with workplace.write() as work:
        values: dict[str, Value] = {"record": child, "group": "C01", "episode": 1}
        work.record(Change("circumstance", values))
        work.commit()


def _children(
    workplace: Workplace, reference: date = DAY, born_from: str = ""
) -> tuple[int, int, int, int]:
    """Children by each of the four counts."""
    basis = counting.Basis(reference, born_from)
    with workplace.store.read() as reading:
        return (
            counting.counts(reading, [COMMUNE], basis).children,
            sum(line[3] for line in counting.counts_by_village(reading, COMMUNE, basis)),
            sum(line[2] for line in counting.counts_by_unit(reading, [COMMUNE], basis)),
            len(counting_groups.children_by_group(reading, [COMMUNE], basis).get("C01", ())),
        )


@pytest.mark.parametrize(
    ("answer", "in_a_group", "unanswered"),
    [
        (None, False, 1),
        ("not_asked", False, 1),
        ("some", False, 1),  # of which groups nobody wrote down
        ("none", False, 0),
        ("some", True, 0),
        (None, True, 0),
    ],
)
def test_who_was_not_asked_is_neither_in_a_group_nor_in_none(
    workplace: Workplace, answer: str | None, in_a_group: bool, unanswered: int
) -> None:
    child = _write(workplace, "child", circumstance_answer=answer)
    _write(workplace, "child", circumstance_answer=answer, life_status="DECEASED")
    if in_a_group:
        _circumstance(workplace, child)
    basis = counting.Basis(DAY)
    with workplace.store.read() as reading:
        assert counting_groups.children_unanswered(reading, [COMMUNE], basis) == unanswered
        assert counting_groups.children_unanswered(reading, [PROVINCE], basis) == 0


def test_a_circumstance_that_ended_answers_nothing(workplace: Workplace) -> None:
    child = _write(workplace, "child")
    with workplace.write() as work:
        ended: dict[str, Value] = {
            "record": child,
            "group": "C01",
            "episode": 1,
            "circumstance_to": "2026-01-01",
        }
        work.record(Change("circumstance", ended))
        work.commit()
    with workplace.store.read() as reading:
        assert counting_groups.children_unanswered(reading, [COMMUNE], counting.Basis(DAY)) == 1


@pytest.mark.parametrize(
    ("of_child", "of_household", "expected"),
    [
        ({}, {}, 1),
        ({"life_status": "ACTIVE", "residence_status": "1"}, {"residence_status": "1"}, 1),
        ({"residence_status": "2"}, {"residence_status": "2"}, 1),
        ({"residence_status": "3"}, {}, 1),
        ({"residence_status": "4"}, {}, 0),
        ({"residence_status": "1"}, {"residence_status": "3"}, 0),
        ({"life_status": "DECEASED"}, {}, 0),
        ({"life_status": "MERGED"}, {}, 0),
        ({"birth_date": "2009"}, {}, 0),
    ],
)
def test_all_counts_leave_out_the_same_children(
    workplace: Workplace,
    of_child: dict[str, Value],
    of_household: dict[str, Value],
    expected: int,
) -> None:
    home = _write(workplace, "household", household_no="1", **of_household)
    _circumstance(workplace, _write(workplace, "child", household=home, **of_child))
    assert _children(workplace) == (expected,) * 4


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2010-05-17", 0),  # sixteen on the day itself
        ("2010-05-18", 1),
        ("2010-05", 1),  # may be the 31st
        ("2010-04", 0),
        ("2010", 1),  # may be the last day of the year
        ("2009", 0),
        (None, 1),
    ],
)
def test_the_latest_possible_birth_date_decides_who_is_a_child(
    workplace: Workplace, born: str | None, expected: int
) -> None:
    _circumstance(workplace, _write(workplace, "child", birth_date=born))
    overall, _village, unit, group = _children(workplace)
    assert (overall, unit, group) == (expected,) * 3


@pytest.mark.parametrize(
    "reference", [date(2026, 12, 31), date(2026, 6, 30), date(2024, 2, 29), date(2025, 2, 28), DAY]
)
def test_the_query_and_the_rule_of_age_agree_around_every_edge(
    workplace: Workplace, reference: date
) -> None:
    texts = {str(year) for year in range(2007, 2012)}
    texts |= {f"{year}-{month:02d}" for year in (2008, 2009, 2010) for month in range(1, 13)}
    texts |= {
        f"{year}-{end}"
        for year in (2008, 2009, 2010)
        for end in ("01-01", "02-28", "03-01", "05-17", "05-18", "06-30", "07-01", "12-31")
    } | {"2008-02-29"}
    with workplace.write() as work:
        for text in sorted(texts):
            work.record(Change("child", {"owner_unit": COMMUNE, "birth_date": text}))
        work.commit()
    expected = sum(is_under_16(text, reference) for text in texts)
    assert 0 < expected < len(texts)
    assert _children(workplace, reference)[0] == expected


def test_a_household_of_a_short_stay_is_shown_with_zeros_and_not_counted(
    workplace: Workplace,
) -> None:
    village = _write(workplace, "village", name="Thôn Một")
    home = _write(workplace, "household", village=village, residence_status="3")
    _write(workplace, "child", household=home, complete=False)
    _write(workplace, "household", residence_status="3")
    with workplace.store.read() as reading:
        assert counting.counts(reading, [COMMUNE], counting.Basis(DAY)) == counting.Counts(
            0, 0, 0, 0
        )
        assert counting.counts_by_village(reading, COMMUNE, counting.Basis(DAY)) == [
            (village, "Thôn Một", 0, 0),
            ("", "", 0, 0),
        ]
        assert counting.counts_by_unit(reading, [COMMUNE], counting.Basis(DAY)) == []


def test_a_child_who_belongs_to_another_commune_is_not_in_the_villages_of_this_one(
    workplace: Workplace,
) -> None:
    home = _write(workplace, "household", household_no="1")
    with workplace.write() as work:
        work.record(Change("child", {"owner_unit": "21025@2024", "household": home}))
        work.commit()
    assert _children(workplace) == (0, 0, 0, 0)


def test_who_died_of_an_accident_is_not_counted_but_stays_among_the_injured(
    workplace: Workplace,
) -> None:
    child = _write(workplace, "child", life_status="DECEASED")
    with workplace.write() as work:
        values: dict[str, Value] = {
            "record": child,
            "event": "died",
            "death_cause": "injury",
            "event_date": "2026-05-01",
        }
        work.record(Change("life_event", values))
        work.commit()
    assert _children(workplace)[0] == 0
    with workplace.store.read() as reading:
        assert counting_groups.children_injured(reading, [COMMUNE]) == {child}


@pytest.mark.parametrize("written", ["01/13/2019", "31-02-2019", "không rõ", "0000", "3"])
def test_a_birth_date_that_nobody_can_read_takes_no_child_out(
    workplace: Workplace, written: str
) -> None:
    _write(workplace, "child", birth_date=written, life_status="?")
    assert _children(workplace)[0] == 1


@pytest.mark.parametrize(
    ("born", "counts", "left_out"),
    [
        (f"{DAY.year - 15}-07-01", 1, 0),
        (f"{DAY.year - 15}-06-30", 0, 1),
        (f"{DAY.year - 15}-07", 1, 0),
        (f"{DAY.year - 15}-06", 0, 1),
        (f"{DAY.year - 15}", 1, 0),  # by the latest day it allows
        (None, 1, 0),
        ("không rõ", 1, 0),
        (f"{DAY.year - 17}-01-01", 0, 0),  # left out by the law, not by the cut-off
    ],
)
def test_the_cut_off_of_a_round_counts_and_says_whom_it_leaves_out_under_16(
    workplace: Workplace, born: str | None, counts: int, left_out: int
) -> None:
    home = _write(workplace, "household", household_no="1")
    child = _write(workplace, "child", household=home, birth_date=born)
    _circumstance(workplace, child)
    cut_off = f"{DAY.year - 15}-07-01"
    assert set(_children(workplace, DAY, cut_off)) == {counts}
    with workplace.store.read() as reading:
        found = counting.counts(reading, [COMMUNE], counting.Basis(DAY, cut_off))
    assert (found.children, found.left_out) == (counts, left_out)


def test_a_child_entered_in_error_counts_nowhere(workplace: Workplace) -> None:
    home = _write(workplace, "household", household_no="1")
    _write(workplace, "child", household=home, entered_in_error=True)
    assert _children(workplace) == (0, 0, 0, 0)


def test_the_open_round_says_the_day_and_without_one_it_is_today(tmp_path: Path) -> None:
    province = make_workplace(tmp_path / "province", PROVINCE)
    with province.write() as work:
        assert counting.basis_of(work.connection, DAY) == counting.Basis(DAY)
        work.sign_reference = lambda operation: operation
        values: dict[str, Value] = {
            "name": "Đợt thử",
            "reference_date": "2026-12-31",
            "born_from": "2011-07-01",
            "opens_on": "2026-10-01",
            "closes_on": "2026-12-31",
            "state": "open",
        }
        made = work.record(Change("round", values))
        assert counting.basis_of(work.connection, DAY) == counting.Basis(
            date(2026, 12, 31), "2011-07-01"
        )
        work.record(Change("round", {"state": "closed"}, id=made.id))
        assert counting.basis_of(work.connection, DAY) == counting.Basis(DAY)
        work.commit()
    province.store.close()


def test_books_are_counted_only_where_a_number_is_recorded(workplace: Workplace) -> None:
    one, two = (_write(workplace, "village", name=name) for name in ("Thôn Một", "Thôn Hai"))
    for village, book in ((one, "1"), (one, "1"), (one, "2A"), (two, "1"), (two, None)):
        _write(workplace, "household", village=village, book_number=book)
    _write(workplace, "household", village=None, book_number=None)
    with workplace.store.read() as reading:
        assert counting.books_by_place(reading, [COMMUNE]) == {COMMUNE: {one: 2, two: 1}}
        assert counting.books_by_place(reading, ["21025@2024"]) == {}
