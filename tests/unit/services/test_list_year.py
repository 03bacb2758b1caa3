"""The year of a list, among the days and numbers of the papers that stand above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.services.test_list_reading import read

_ROWS = [["STT", "Họ và tên", "Tuổi", "Tên cha"], ["1", "Đinh Văn Tí", "10", "Đinh Văn Rơm"]]


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (
            [
                "DANH SÁCH HỘ NGHÈO NĂM 2026",
                "(Kèm theo Quyết định số 125/QĐ-UBND ngày 15/12/2025 của UBND xã)",
            ],
            2026,
        ),
        (["DANH SÁCH HƯỞNG QUÀ NĂM 2024", "(Theo Nghị định số 20/2021/NĐ-CP)"], 2024),
        (["DANH SÁCH HỘ NGHÈO", "Căn cứ Nghị định 20/2021/NĐ-CP"], 2026),
        (["DANH SÁCH HỘ NGHÈO THEO QUYẾT ĐỊNH SỐ 12/QĐ-UBND NGÀY 15/12/2025"], 2026),
        (["DANH SÁCH HỘ NGHÈO", "Ea Tul, ngày 15 tháng 12 năm 2025"], 2026),
        (["DANH SÁCH HỘ NGHÈO", "Năm 2025"], 2025),
        (["DANH SÁCH CHI TRẢ THÁNG 3/2025"], 2025),
        (["DANH SÁCH HỌC SINH NĂM HỌC 2024-2025"], 2025),
        (["DANH SÁCH HỘ NGHÈO NĂM 2099"], 2026),
        (["Năm 2025", "DANH SÁCH HỘ NGHÈO"], 2025),
    ],
)
def test_the_title_names_the_year_and_papers_do_not(
    tmp_path: Path, lines: list[str], year: int
) -> None:
    found = read(tmp_path, [*([line] for line in lines), *_ROWS])
    assert found.year == year
    assert {one[:4] for row in found.children for one in row.births} <= {
        str(year - 10),
        str(year - 11),
    }
