"""Dates as digits, with slashes, with a month or a year only; impossible ones refused in words."""

from __future__ import annotations

from datetime import date

import pytest

from app.forms.field_types.date_types import DateType, MonthType, PartialDateType
from app.i18n import error_text
from tests.unit.forms.invented import problem_of

PARTIAL = PartialDateType(2026)
DAY = DateType(2026)
MONTH = MonthType(2026)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010520", "2020-05-01"),
        ("01052020", "2020-05-01"),
        ("1/5/2020", "2020-05-01"),
        ("1.5.20", "2020-05-01"),
        ("01 - 05 - 2020", "2020-05-01"),
        ("2020-05-01", "2020-05-01"),
        ("010527", "1927-05-01"),
        ("5/2019", "2019-05"),
        ("2019-05", "2019-05"),
        ("052019", "2019-05"),
        ("121998", "1998-12"),
        ("2019", "2019"),
        ("29/02/2020", "2020-02-29"),
        ("", None),
    ],
)
def test_partial_dates_as_typed(typed: str, stored: str | None) -> None:
    assert PARTIAL.parse(typed) == stored
    assert PARTIAL.check(stored) is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("310420", "forms.problem.no_such_day"),
        ("29/2/2019", "forms.problem.no_such_day"),
        ("0/5/2020", "forms.problem.no_such_day"),
        ("5/13/2020", "forms.problem.date_swapped"),
        ("13/2020", "forms.problem.no_such_month"),
        ("45/45/2020", "forms.problem.no_such_month"),
        ("1/5/1899", "forms.problem.year_range"),
        ("1403", "forms.problem.date_partial"),
        ("132019", "forms.problem.no_such_month"),
        ("1/5", "forms.problem.date_partial"),
        ("mùa xuân", "forms.problem.date_partial"),
        ("12345", "forms.problem.date_partial"),
        ("1/5/020", "forms.problem.date_partial"),
        ("1/5/6/2020", "forms.problem.date_partial"),
        ("٠١٠٥٢٠", "forms.problem.date_partial"),
    ],
)
def test_impossible_dates_are_refused_in_words(typed: str, problem: str) -> None:
    assert problem_of(PARTIAL, typed).message_id == problem


def test_two_figures_are_a_month_and_a_year() -> None:
    assert PARTIAL.parse("1/50") == "1950-01"
    assert problem_of(PARTIAL, "31/4/2020").parameters == {
        "day": 31,
        "month": 4,
        "year": 2020,
        "last": 30,
    }


def test_what_no_date_can_be_read_from_is_told_with_what_the_field_takes() -> None:
    assert problem_of(PARTIAL, "1403").message_id == "forms.problem.date_partial"
    assert problem_of(DAY, "1403").message_id == "forms.problem.date"
    assert problem_of(MONTH, "mùa xuân").message_id == "forms.problem.month"
    assert problem_of(DAY, "052019").message_id == "forms.problem.date_needs_day"
    said = error_text(problem_of(PARTIAL, "1403"))
    assert "5/2020" in said
    assert "chỉ biết năm" in said


def test_a_full_date_is_asked_for_where_the_field_needs_one() -> None:
    for typed in ("2019", "5/2019"):
        assert problem_of(DAY, typed).message_id == "forms.problem.date_needs_day"
    assert DAY.parse("150526") == "2026-05-15"
    stored = DAY.check("2026-05")
    assert stored is not None
    assert stored.message_id == "forms.problem.date_precision"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("5/2019", "2019-05"), ("052019", "2019-05"), ("0519", "2019-05"), ("1226", "2026-12")],
)
def test_months(typed: str, stored: str) -> None:
    assert MONTH.parse(typed) == stored


def test_a_month_field_takes_neither_a_year_nor_a_day() -> None:
    assert problem_of(MONTH, "2019").message_id == "forms.problem.date_needs_month"
    assert problem_of(MONTH, "1/5/2020").message_id == "forms.problem.month"
    assert MONTH.check("2019") is not None
    assert MONTH.check("2019-05-01") is not None


@pytest.mark.parametrize("stored", ["2019-13", "2019-02-30", "2019-5", "20190501", "", "2019-05-"])
def test_a_stored_date_has_one_spelling(stored: str) -> None:
    assert PARTIAL.check(stored) is not None


def test_dates_are_shown_day_first() -> None:
    assert PARTIAL.format("2020-05-01", "vi") == "01/05/2020"
    assert PARTIAL.format("2019-05", "en") == "05/2019"
    assert PARTIAL.format("2019", "vi") == "2019"
    assert PARTIAL.format(None, "vi") == ""
    assert date.fromisoformat(str(PARTIAL.parse("01/05/2020"))) == date(2020, 5, 1)
