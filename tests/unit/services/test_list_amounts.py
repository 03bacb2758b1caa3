"""Sums of money in lists: read whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.crosscheck.amounts import read_amount
from app.services.crosscheck.listed import ListKind
from tests.unit.services.test_list_reading import only, read


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("540.000", 540_000),
        ("540,000", 540_000),
        ("540 000 đ", 540_000),
        ("540.000đ", 540_000),
        ("540.000,00", 540_000),
        ("540,000.00", 540_000),
        ("540000.5", 540_000),
        ("1.500.000 đồng/tháng", 1_500_000),
        ("1.500.000 VNĐ", 1_500_000),
        ("540 nghìn", 540_000),
        ("540k", 540_000),
        ("1,5 triệu", 1_500_000),
        ("1,25 triệu đồng", 1_250_000),
        ("2 triệu", 2_000_000),
        ("1", 1),
        (540000, 540_000),
        (540000.0, 540_000),
    ],
)
def test_a_sum_is_read_whole(cell: str | float, amount: int) -> None:
    assert read_amount(cell) == (amount, False)


@pytest.mark.parametrize(
    "cell",
    [
        "270.000 x 2 = 540.000",
        "540.000đ/tháng x 3",
        "2,5",
        "1.5000",
        "540.00.000",
        "1.250 triệu",
        "5400000000000",
        "10 quyển vở",
        2.5,
        -1,
    ],
)
def test_what_may_be_another_sum_is_none_and_doubtful(cell: str | float) -> None:
    assert read_amount(cell) == (None, True)


def test_no_sum_is_no_doubt() -> None:
    assert read_amount(None) == read_amount("") == read_amount("Vở") == (None, False)


def test_a_row_with_an_unsure_sum_says_so(tmp_path: Path) -> None:
    rows = [["STT", "Họ và tên", "Ngày sinh", "Số tiền"], ["1", "Đinh Tí", "02/03/2016", "2,5"]]
    found = only(read(tmp_path, rows, ListKind.SUPPORT))
    assert found.amount is None
    assert found.doubts
