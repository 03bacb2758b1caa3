"""Numbers, sizes, dates and hours as official documents write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.reports.document_texts import document_texts
from app.reports.official_writing import (
    counted,
    file_size,
    grouped_number,
    written_date,
    written_hour,
)

TEXTS = document_texts("handover_record")


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0"), (5, "05"), (10, "10"), (999, "999"), (271_707, "271.707")]
)
def test_counts_in_a_sentence_lead_one_digit_by_zero(number: int, written: str) -> None:
    assert counted(number) == written


def test_numbers_in_a_table_are_not_led_by_zero() -> None:
    assert [grouped_number(n) for n in (5, 1_000, 1_000_000)] == ["5", "1.000", "1.000.000"]


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 byte"),
        (1023, "1023 byte"),
        (1024, "1,0 KB"),
        (1_234_567, "1,2 MB"),
        (5 * 1024**3, "5,0 GB"),
        (5 * 1024**4, "5120,0 GB"),
    ],
)
def test_sizes_take_the_largest_unit_and_a_comma(size: int, written: str) -> None:
    assert file_size(size) == written


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2027, 1, 5), "ngày 05 tháng 01 năm 2027"),
        (date(2027, 2, 10), "ngày 10 tháng 02 năm 2027"),
        (date(2027, 3, 9), "ngày 09 tháng 3 năm 2027"),
        (date(2027, 12, 31), "ngày 31 tháng 12 năm 2027"),
    ],
)
def test_zero_leads_days_below_ten_and_months_one_and_two_only(day: date, written: str) -> None:
    assert written_date(day, TEXTS) == written


def test_an_unknown_date_or_hour_becomes_dots() -> None:
    assert written_date(None, TEXTS).count(".") > 10
    assert written_hour(None, TEXTS).count(".") > 10
    assert written_hour(datetime(2027, 1, 5, 8, 5), TEXTS) == "08 giờ 05 phút"  # noqa: DTZ001
