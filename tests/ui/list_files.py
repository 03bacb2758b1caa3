"""Lists for the window tests, as a commune keeps them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.styles import Font

from app.text.old_text import OldEncoding, encode

#: Titles of which two mean nothing by themselves.
TITLES = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Cháu ở", "Sở thích")


def messy_list(path: Path) -> Path:
    """A list with a section, a total, hidden rows, signatures, an old font, and dates that are
    written in other ways.
    """
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = "Tháng 12"
    rows: list[tuple[object, ...]] = [
        ("UBND XÃ", None, None, None, None, None, None),
        ("DANH SÁCH TRẺ EM", None, None, None, None, None, None),
        TITLES,
        ("I", "Thôn 2", None, None, None, None, None),
        (1, "Đinh Thị Mai", "01/05/2019", "Nữ", "051319004417", "Thôn 2", "hát"),
        (2, "Phạm Văn Ré", "05/13/2018", "Nam", 51218004418, "Thôn 2", None),
        (3, encode("Đinh Thị Mười", OldEncoding.TCVN3), "2020", "Nữ", None, "Thôn 3", None),
        (4, "Hồ Thị Bông", "31/02/2017", "Nữ", None, "Thôn 3", None),
        (5, "Hồ Văn Nơ", "01/06/17", "Nam", None, "Thôn 3", None),
        (6, "Đinh Văn Bỉ", "2016", "Nam", None, "Thôn 3", None),
        (None, "Tổng cộng: 6 trẻ", None, None, None, None, None),
        (None, "NGƯỜI LẬP BIỂU", None, None, None, None, None),
        (None, "Nguyễn Thị An", None, None, None, None, None),
    ]
    for row in rows:
        page.append(row)
    page.cell(7, 2).font = Font(name=".VnTime")  # type: ignore[arg-type]
    page.row_dimensions[10].hidden = True
    made.save(path)
    return path


def plain_list(path: Path, names: tuple[str, ...] = ("Đinh Thị Mai", "Phạm Văn Ré")) -> Path:
    """A list in which every title is known."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(("Họ và tên", "Ngày sinh", "Thôn"))
    for name in names:
        page.append((name, "2019", "Thôn 1"))
    made.save(path)
    return path
