"""Who is erased by law stands on no list that was held against the register, either."""

from __future__ import annotations

import csv

import pytest

from tests.e2e.command_line import Homes
from tests.e2e.test_copies import PROVINCE
from tests.e2e.test_erasure import OTHER, PLANTED, child_of, erase, holds
from tests.e2e.test_erasure import homes as homes
from tests.e2e.test_erasure import prepared as prepared

_CALLED = "Phạm Thị  NGỪNG (bé)"


@pytest.fixture
def listed(homes: Homes) -> tuple[Homes, str]:
    province = homes.at(PROVINCE)
    path = homes.folder / "qua.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["TT", "Họ và tên trẻ", "Năm sinh"], ["1", _CALLED, "2016"], ["2", OTHER, "2016"]]
        )
    found = province.must("list", "support", path, "--occasion", "Quà Tết", codes=(0, 4))
    child = child_of(province, PLANTED)
    (row,) = [one["row"] for one in found["rows"] if one["name"].startswith("Phạm Thị")]
    province.must("list", "decide", found["list"], row, child, codes=(0, 4))
    return homes, str(found["list"])


def test_the_row_that_was_the_child_is_gone_from_the_store(listed: tuple[Homes, str]) -> None:
    homes, list_id = listed
    province = homes.at(PROVINCE)
    assert holds(province, "NGỪNG")
    erase(province, PLANTED)
    assert not holds(province, "NGỪNG")
    rows = province.must("list", "show", list_id, codes=(0, 4))["rows"]
    assert [one["name"] for one in rows] == [OTHER]
