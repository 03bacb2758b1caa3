"""Poverty lists whose status stands in no cell of the row, on a real store."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from app.errors import KnownError
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.views import Standing
from app.services.crosscheck.words_of import difference_words
from tests.integration.registers import table
from tests.integration.test_crosscheck import Village, of, poor_list, values
from tests.integration.test_crosscheck import village as village
from tests.workplaces import write

_PLAIN = ["STT", "Họ và tên", "Ngày sinh", "Tên cha"]


def test_the_name_of_the_sheet_gives_the_status(village: Village, tmp_path: Path) -> None:
    workplace, _homes, _children = village
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    second = book.create_sheet("Hộ cận nghèo")
    first.title = "Hộ nghèo"
    for page, name in ((first, "Khoa"), (second, "Sơn")):
        page.append(["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2026"])
        page.append(_PLAIN)
        day = "01/03/2016" if name == "Khoa" else "02/03/2016"
        page.append([1, f"Phạm Gia {name}", day, f"Phạm Văn {name}"])
    book.save(tmp_path / "a.xlsx")
    found = CrossCheck(workplace).take_in(tmp_path / "a.xlsx", ListKind.POVERTY)
    assert of(found, "Phạm Gia Khoa").proposed == "1"
    assert of(found, "Phạm Gia Sơn").proposed == "2"


def test_a_row_without_a_status_agrees_with_nothing(village: Village, tmp_path: Path) -> None:
    workplace, _homes, _children = village
    rows = [["1", "Phạm Gia Khoa", "01/03/2016", "Phạm Văn Khoa"]]
    found = CrossCheck(workplace).take_in(table(tmp_path / "a.csv", _PLAIN, rows), ListKind.POVERTY)
    assert of(found, "Phạm Gia Khoa").standing is Standing.UNSAID
    assert (found.totals.both, found.totals.unsaid) == (0, 1)


def test_a_person_says_the_year_and_the_book_gets_it(village: Village, tmp_path: Path) -> None:
    workplace, homes, _children = village
    file = poor_list(tmp_path / "a.xlsx", [(0, "Phạm Gia Khoa", "2016", "HN")])
    desk = CrossCheck(workplace)
    assert desk.preview(file, ListKind.POVERTY, year=2025).year == 2025
    found = desk.take_in(file, ListKind.POVERTY, year=2025)
    desk.apply(found.list.id)
    assert values(workplace, "household", homes[0])["poverty_year"] == 2025
    with pytest.raises(KnownError, match=r"crosscheck\.no_year"):
        desk.preview(file, ListKind.POVERTY, year=202)


def test_an_older_list_writes_nothing_over_a_newer_status(village: Village, tmp_path: Path) -> None:
    workplace, homes, _children = village
    desk = CrossCheck(workplace)
    newer = poor_list(tmp_path / "n.xlsx", [(0, "Phạm Gia Khoa", "2016", "Cận nghèo")], 2026)
    desk.apply(desk.take_in(newer, ListKind.POVERTY).list.id)
    rows = [(0, "Phạm Gia Khoa", "2016", "Nghèo"), (1, "Phạm Gia Sơn", "2016", "Nghèo")]
    old = desk.take_in(poor_list(tmp_path / "o.xlsx", rows, 2023), ListKind.POVERTY)
    assert not old.list.current
    with pytest.raises(KnownError, match=r"crosscheck\.not_current"):
        desk.proposal(old.list.id)
    with pytest.raises(KnownError, match=r"crosscheck\.not_current"):
        desk.apply(old.list.id)
    assert values(workplace, "household", homes[0])["poverty_status"] == "2"
    assert values(workplace, "household", homes[1])["poverty_status"] == "0"


def test_a_status_of_a_later_year_in_the_book_stays(village: Village, tmp_path: Path) -> None:
    workplace, homes, _children = village
    write(workplace, "household", homes[0], poverty_status="2", poverty_year=2026)
    rows = [(0, "Phạm Gia Khoa", "2016", "Nghèo"), (1, "Phạm Gia Sơn", "2016", "Nghèo")]
    desk = CrossCheck(workplace)
    found = desk.take_in(poor_list(tmp_path / "o.xlsx", rows, 2025), ListKind.POVERTY)
    held = of(found, "Phạm Gia Khoa")
    assert (held.standing, held.proposed) == (Standing.DIFFERS, "")
    assert "2026" in difference_words(ListKind.POVERTY, held)
    assert desk.proposal(found.list.id).households == 1
    desk.apply(found.list.id)
    assert values(workplace, "household", homes[0])["poverty_status"] == "2"


def test_what_was_shown_is_written_or_nothing_is(village: Village, tmp_path: Path) -> None:
    workplace, homes, _children = village
    desk = CrossCheck(workplace)
    rows = [(0, "Phạm Gia Khoa", "2016", "HN"), (1, "Phạm Gia Sơn", "2016", "HN")]
    found = desk.take_in(poor_list(tmp_path / "a.xlsx", rows), ListKind.POVERTY)
    shown = desk.proposal(found.list.id)
    write(workplace, "household", homes[1], poverty_status="1")
    with pytest.raises(KnownError, match=r"crosscheck\.changed_since"):
        desk.apply(found.list.id, expected=shown)
    assert values(workplace, "household", homes[0])["poverty_status"] == "0"
    desk.apply(found.list.id, expected=desk.proposal(found.list.id))
    assert values(workplace, "household", homes[0])["poverty_status"] == "1"
