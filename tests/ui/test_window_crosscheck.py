"""The page of lists: a file is read and corrected, rows are decided by one key, what differs is
written and taken back; by keyboard alone.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.queries import register
from app.models.work import Change
from app.services.crosscheck.words import Role
from app.services.rights import Right
from app.services.worklist import Duty
from app.ui.crosscheck.page import CrossCheckPage
from app.ui.crosscheck.rows import Part
from tests.ui.looks import amiss
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home

_GIVEN = ("Khoa", "Sơn", "Trí", "Huy", "Phúc", "Quyên", "Giang", "Mỹ")
_LIST = [
    ["DANH SÁCH HỘ NGHÈO, CẬN NGHÈO NĂM 2026", "", "", "", "", ""],
    ["TT", "Chủ hộ", "Tên em", "Năm sinh", "Diện", "Thôn"],
    ["1", "Phạm Khoa", "PHAM GIA KHOA", "2018", "HN", "Thôn 1"],
    ["2", "Phạm Sơn", "Phạm Gia Sin", "2018", "HCN", "Thôn 1"],
    ["3", "Trần Văn Lạ", "Trần Thị Mơ", "2019", "HN", "Thôn 1"],
    ["4", "Phạm Trí", "Phạm Gia Trí", "2018", "Nghèo", "Thôn 1"],
]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, prepared_home(tmp_path)).unlock()


def _settle_village(desk: Desk) -> list[str]:
    """Eight households with a child each; returns the households."""
    homes = []
    with desk.workplace.write() as work:
        village = work.record(Change("village", {"owner_unit": UNIT, "name": "Thôn 1"}))
        for number, given in enumerate(_GIVEN, 1):
            home = work.record(
                Change(
                    "household",
                    {
                        "owner_unit": UNIT,
                        "household_no": str(number),
                        "head_name": f"Phạm {given}",
                        "village": village.id,
                        "poverty_status": "1" if given == "Mỹ" else "0",
                    },
                )
            )
            values = {
                "owner_unit": UNIT,
                "household": home.id,
                "full_name": f"Phạm Gia {given}",
                "birth_date": f"2018-05-0{number}",
                "sex": "1",
                "father_name": f"Phạm {given}",
            }
            work.record(Change("child", values))
            homes.append(home.id)
        work.commit()
    return homes


def _file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CrossCheckPage:
    path = tmp_path / "ngheo.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_LIST)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    desk.go_to("crosscheck")
    desk.settle()
    page = desk.shell.crosscheck
    assert desk.focus() is page.fresh
    desk.press(Key.Key_Return)
    assert page.places.shown is page.reading
    desk.tab_to(page.reading.choose)
    desk.press(Key.Key_Return)
    desk.settle()
    return page


def _taken_in(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CrossCheckPage:
    _settle_village(desk)
    page = _file(desk, tmp_path, monkeypatch)
    assert desk.focus() is page.reading.go
    desk.press(Key.Key_Return)
    desk.settle()
    return page


def _choose(desk: Desk, page: CrossCheckPage, part: Part) -> None:
    desk.tab_to(page.part)
    page.part.setCurrentIndex(list(Part).index(part))
    desk.settle()
    if page.rows.lines:
        desk.tab_to(page.table)


def _names(page: CrossCheckPage) -> list[str]:
    return [one.row.row.name for one in page.rows.lines if one.row is not None]


def _status(desk: Desk, home: str) -> object:
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "household", home)
    assert found is not None
    return found.values["poverty_status"]


def test_an_empty_page_says_what_to_do_first(desk: Desk) -> None:
    desk.go_to("crosscheck")
    desk.settle()
    page = desk.shell.crosscheck
    assert page.nothing.what.text() == text("crosscheck.nothing.none")
    assert desk.focus() is page.fresh
    assert amiss(desk.window) == []
    desk.close()


def test_a_column_is_corrected_before_the_list_is_taken_in(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settle_village(desk)
    page = _file(desk, tmp_path, monkeypatch)
    panel = page.reading
    roles = [one.role for one, _how in panel.columns.lines]
    assert roles[:5] == [Role.NUMBER, Role.HEAD, Role.NAME, Role.BIRTH, Role.POVERTY]
    assert amiss(desk.window) == []
    desk.tab_to(panel.table)
    for _ in range(4):
        desk.press(Key.Key_Down)
    desk.tab_to(panel.role)
    panel.role.setCurrentIndex(panel.role.findData(Role.CATEGORY))
    panel.role.activated.emit(panel.role.currentIndex())
    desk.settle()
    assert [one.role for one, _how in panel.columns.lines][4] is Role.CATEGORY
    desk.tab_to(panel.go)
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.places.shown is page.result
    _choose(desk, page, Part.DIFFERS)
    assert _names(page) == [], "without the column of poverty the list says nothing of it"
    desk.close()


def test_rows_are_decided_by_one_key_and_asked_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _taken_in(desk, tmp_path, monkeypatch)
    assert page.chosen_part is Part.REVIEW
    assert _names(page) == ["Phạm Gia Sin"]
    assert desk.focus() is page.table
    left, sign, right = page.sides.told["name"]
    assert (left.whole, sign.text(), right.whole) == (
        "Phạm Gia Sin",
        "\N{NOT EQUAL TO}",
        "Phạm Gia Sơn",
    )
    assert page.sides.told["born"][1].text() == "", "a year agrees with a day in it"
    assert text("duplicates.against.given") in page.about.whole
    assert amiss(desk.window) == []
    desk.tab_to(page.table)
    desk.press(Key.Key_1)
    desk.settle()
    assert _names(page) == []
    _choose(desk, page, Part.DIFFERS)
    assert _names(page) == ["PHAM GIA KHOA", "Phạm Gia Sin", "Phạm Gia Trí"]
    desk.press(Key.Key_Down)
    desk.press(Key.Key_0)
    desk.settle()
    _choose(desk, page, Part.REVIEW)
    desk.press(Key.Key_2)
    desk.settle()
    _choose(desk, page, Part.ONLY_LIST)
    assert _names(page) == ["Phạm Gia Sin", "Trần Thị Mơ"]
    desk.press(Key.Key_Down)
    desk.press(Key.Key_2)
    desk.settle()
    assert _names(page) == ["Phạm Gia Sin"]
    _choose(desk, page, Part.SETTLED)
    assert _names(page) == ["Trần Thị Mơ"]
    _choose(desk, page, Part.ONLY_BOOK)
    assert [one.key for one in page.rows.lines if one.missing is None] == []
    assert page.rows.lines[0].children[0].name == "Phạm Gia Mỹ"
    desk.close()


def test_what_differs_is_written_after_saying_how_much_and_taken_back(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _taken_in(desk, tmp_path, monkeypatch)
    _choose(desk, page, Part.DIFFERS)
    homes = [line.children[0].household for line in page.rows.lines]
    assert [_status(desk, home) for home in homes] == ["0", "0"]
    desk.press(Key.Key_F9)
    desk.settle()
    assert page.places.shown is page.applying
    assert "2" in page.applying.about.text()
    assert desk.focus() is page.applying.go
    assert amiss(desk.window) == []
    desk.tab_to(page.applying.go)
    desk.press(Key.Key_Return)
    desk.settle()
    assert [_status(desk, home) for home in homes] == ["1", "1"]
    assert _names(page) == []
    desk.tab_to(page.take_back)
    desk.press(Key.Key_Return)
    desk.settle()
    assert [_status(desk, home) for home in homes] == ["0", "0"]
    desk.close()


def test_the_result_is_printed_and_written_as_a_workbook(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _taken_in(desk, tmp_path, monkeypatch)
    for button, name in ((page.printed, "a.pdf"), (page.exported, "a.xlsx")):
        where = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=where: (str(path), ""))
        desk.tab_to(button)
        desk.press(Key.Key_Return)
        desk.settle()
        assert where.stat().st_size > 1000
    again = tmp_path / "b.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(again), ""))
    desk.tab_to(page.table)
    desk.press(Key.Key_E, CTRL)
    desk.settle()
    sheet = openpyxl.load_workbook(again).worksheets[0]
    said = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"Trần Thị Mơ", "Phạm Gia Mỹ", text("crosscheck.standing.only_book")} <= said
    desk.close()


def test_a_list_is_removed_by_a_second_press(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _taken_in(desk, tmp_path, monkeypatch)
    desk.tab_to(page.removed)
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.list_id
    desk.press(Key.Key_Return)
    desk.settle()
    assert not page.list_id
    assert page.nothing.what.text() == text("crosscheck.nothing.none")
    desk.close()


def test_who_only_reads_decides_nothing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _taken_in(desk, tmp_path, monkeypatch)
    desk.workplace.account = replace(desk.workplace.account, rights=frozenset((Right.READ,)))
    desk.shell.__dict__.pop("crosscheck")
    page = desk.shell.crosscheck
    page.show()
    page.load()
    desk.settle()
    page.table.setFocus()
    page.say_same()
    desk.settle()
    assert _names(page) == ["Phạm Gia Sin"]
    assert not page.deeds["same"].isEnabled()
    assert page.told.whole == text("crosscheck.only_read")
    assert page.fresh.isHidden()
    assert page.removed.isHidden()
    desk.close()


def test_the_worklist_counts_rows_and_visits_and_leads_there(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken_in(desk, tmp_path, monkeypatch)
    desk.go_to("home")
    desk.settle()
    view = desk.shell.home.view
    assert view is not None
    counts = {one.duty: one.count for one in view.tasks}
    assert (counts[Duty.LIST_ROWS], counts[Duty.TO_VISIT]) == (1, 1)
    lines = desk.shell.home.lines
    lines.choose(Duty.LIST_ROWS)
    desk.tab_to(lines)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.shown == "crosscheck"
    desk.close()


def test_enter_opens_the_page_of_the_child(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _taken_in(desk, tmp_path, monkeypatch)
    assert page.line is not None
    home = page.line.children[0].household
    desk.press(Key.Key_Return)
    desk.settle()
    assert desk.page.keeper.household.id == home
    desk.press(Key.Key_Escape)  # the news that stands above the page
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.shown == "crosscheck"
    desk.tab_to(page.fresh)
    desk.press(Key.Key_Return)
    assert page.places.shown is page.reading
    desk.press(Key.Key_Escape)
    assert page.places.shown is page.result
    desk.settle()
    desk.close()


def test_with_large_letters_all_of_the_page_can_be_read(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    _settle_village(desk)
    page = _file(desk, tmp_path, monkeypatch)
    assert amiss(desk.window) == []
    desk.tab_to(page.reading.go)
    desk.press(Key.Key_Return)
    desk.settle()
    assert amiss(desk.window) == []
    desk.close()


def test_the_year_is_shown_and_corrected_and_a_gift_is_asked_its_occasion(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = _settle_village(desk)
    page = _file(desk, tmp_path, monkeypatch)
    panel = page.reading
    assert (panel.year.value(), panel.occasion.isHidden()) == (2026, True)
    desk.tab_to(panel.year)
    desk.press(Key.Key_Down)
    desk.tab_to(panel.choose)
    desk.settle()
    assert panel.year.value() == 2025
    desk.tab_to(panel.go)
    desk.press(Key.Key_Return)
    desk.settle()
    _choose(desk, page, Part.DIFFERS)
    desk.press(Key.Key_F9)
    desk.settle()
    desk.press(Key.Key_Return)
    desk.settle()
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "household", homes[0])
    assert found is not None
    assert found.values["poverty_year"] == 2025
    page.begin_new()
    panel.kind.setCurrentIndex(2)
    untitled = tmp_path / "qua.csv"
    with untitled.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["TT", "Họ và tên trẻ", "Năm sinh"], ["1", "Phạm Gia Khoa", "2018"]]
        )
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(untitled), ""))
    panel.ask_file()
    desk.settle()
    assert not panel.occasion.isHidden()
    assert amiss(desk.window) == []
    desk.tab_to(panel.go)
    desk.press(Key.Key_Return)
    desk.settle()
    assert desk.focus() is panel.occasion, "an untitled gift needs its occasion"
    desk.text("Quà Tết")
    desk.tab_to(panel.go)
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.places.shown is page.result
    desk.close()
