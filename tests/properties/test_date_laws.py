"""Laws of days of birth, however a list writes them: the day that is meant, or a named problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.forms.field_types.base import FieldProblem
from app.forms.field_types.date_types import PartialDateType
from app.workbooks.reading import open_workbook
from tests.unit.workbooks.files import formats, workbook

YEAR = 2026
READER = PartialDateType(YEAR)
days = st.dates(date(1920, 1, 1), date(2099, 12, 31))
#: Ways of writing a whole day whose year has four digits.
WHOLE: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d:%d-%m-%Y}",
    lambda d: f"{d.day} {d.month} {d.year}",
    lambda d: f" {d.day} / {d.month} / {d.year} ",
    lambda d: f"{d:%d%m%Y}",
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
)
#: Ways in which two digits are the year.
SHORT: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.day}/{d.month}/{d:%y}",
    lambda d: f"{d.day}.{d.month}.{d:%y}",
    lambda d: f"{d:%d-%m-%y}",
)


@given(days)
def test_a_whole_day_is_read_however_it_is_written(day: date) -> None:
    for write in WHOLE:
        assert READER.parse(write(day)) == day.isoformat(), write(day)


@given(st.dates(date(YEAR - 60, 1, 1), date(YEAR, 12, 31)))
def test_two_digits_are_a_year_of_this_or_the_last_century_and_never_another_day(
    day: date,
) -> None:
    for write in SHORT:
        read = READER.parse(write(day))
        assert isinstance(read, str)
        assert read[2:] == day.isoformat()[2:]
        assert int(read[:4]) <= YEAR + 20


@given(days)
def test_a_month_or_a_year_alone_stays_a_month_or_a_year(day: date) -> None:
    for text in (f"{day.month}/{day.year}", f"{day:%m/%Y}", f"{day:%m.%Y}", f"{day:%Y-%m}"):
        assert READER.parse(text) == f"{day:%Y-%m}"
    for text in (f"{day.year}", f" {day.year} "):
        assert READER.parse(text) == f"{day.year}"


@given(days.filter(lambda day: day.day > 12))
def test_a_month_before_its_day_is_a_problem_that_says_so(day: date) -> None:
    for text in (f"{day:%m/%d/%Y}", f"{day.month}.{day.day}.{day.year}", f"{day:%m%d%Y}"):
        with pytest.raises(FieldProblem) as caught:
            READER.parse(text)
        assert caught.value.message_id == "forms.problem.date_swapped"


pieces = st.one_of(
    st.integers(0, 40).map(str),
    st.integers(0, 99).map("{:02}".format),
    st.integers(1900, 2100).map(str),
    st.integers(0, 10**8).map(str),
    st.sampled_from(["?", "..", "__", "ngày", "tháng", "năm", "khoảng", "ÂL", "x"]),
)


@given(st.lists(pieces, min_size=1, max_size=4), st.sampled_from(["/", ".", "-", " ", " / ", ""]))
def test_any_other_writing_is_a_day_of_its_own_numbers_or_a_problem(
    written: list[str], separator: str
) -> None:
    """Day, month and year of what is read stand in the text, in the one order or the other."""
    text = separator.join(written)
    read = None
    with suppress(FieldProblem):
        read = READER.parse(text)
    if read is None:
        return
    assert isinstance(read, str)
    year, *rest = (int(one) for one in read.split("-"))
    date(year, *[*rest, 1, 1][:2])
    assert not re.search("[^0-9/.\\- ]", text), "a word or a blank to fill in is no day"
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    numbers = [int(one) for one in re.findall("[0-9]+", text)]
    if len(numbers) > 1:
        two = [year, year % 100]
        assert numbers in (
            *([*reversed(rest), one] for one in two),
            *([one, *rest] for one in two),
        )
    else:
        joined = [f"{one:02}" for one in reversed(rest)]
        assert digits in (
            *("".join([*joined, one]).lstrip("0") for one in (str(year), f"{year % 100:02}")),
        )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "?/5/2019",
            "../05/2019",
            "00/05/2019",
            "0/0/2019",
            "31/4/2019",
            "29/2/2019",
            "32/1/2019",
        ),
        *("khoảng 2019", "2019?", "5/2019-6/2019", "2018-2019", "12/13/14", "1/1/19/2", "43586"),
        *("15/5/201", "15/5/20199", "1403", "150519 8", "29/02/1900", "1/13/2019", "ÂL 5/6/2019"),
    ],
)
def test_what_is_no_day_is_never_made_one(text: str) -> None:
    with pytest.raises(FieldProblem):
        READER.parse(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.dates(date(1904, 1, 2), date(2099, 12, 31)), min_size=1, max_size=60))
def test_a_day_that_a_sheet_counts_is_the_day_it_shows(tmp_path: Path, held: list[date]) -> None:
    styles = formats("dd/mm/yyyy", "m/yyyy", "yyyy")
    for epoch, properties in (
        (date(1899, 12, 30), ""),
        (date(1904, 1, 1), '<workbookPr date1904="1"/>'),
    ):
        rows = ""
        for day in held:
            count = (day - epoch) // timedelta(1)
            rows += "<row>" + "".join(f'<c s="{s}"><v>{count}.25</v></c>' for s in (1, 2, 3, 0))
            rows += "</row>"
        path = workbook(tmp_path / "a.xlsx", rows, styles=styles, properties=properties)
        with open_workbook(path) as book:
            read = [row.cells for row in book.rows("DS")]
        for day, (whole, month, year, number) in zip(held, read, strict=True):
            assert (whole, month, year) == (day, f"{day:%Y-%m}", f"{day.year}")
            assert number == (day - epoch).days + 0.25
