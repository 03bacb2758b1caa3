"""The unit that a PC is set up for: only what the last name means, and in sight to the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.ui.first_run.page import FirstRun, Stage
from tests.ui.window_desk import PASSPHRASE, Desk, Key


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, Settings(tmp_path / "new"))


def _page(desk: Desk) -> FirstRun:
    assert desk.window.first_run is not None
    return desk.window.first_run


def _name(desk: Desk, name: str) -> None:
    """Type another name; the list has not answered it yet."""
    _page(desk).unit.name.selectAll()
    desk.text(name)


def _to_secret(desk: Desk) -> FirstRun:
    """From the unit to the page of the passphrase."""
    page = _page(desk)
    _name(desk, "binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    desk.enter()
    desk.text("Nguyễn Thị An")
    for _ in range(3):
        desk.enter()
    assert page.stage is Stage.SECRET
    return page


def test_enter_straight_after_typing_waits_for_the_list_of_that_name(desk: Desk) -> None:
    page = _page(desk)
    _name(desk, "binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    _name(desk, "tinh khe")
    desk.enter()
    assert page.stage is Stage.UNIT
    assert "Đang tìm" in page.message.text()
    desk.until(lambda: not page.unit.searching)
    assert page.unit.chosen is not None
    assert "Tịnh Khê" in page.unit.chosen.name
    assert "Tìm thấy" in page.message.text()
    desk.enter()
    assert page.stage is Stage.PERSON


def test_a_name_that_finds_nothing_goes_no_further(desk: Desk) -> None:
    page = _page(desk)
    _name(desk, "binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    _name(desk, "zzzz")
    desk.enter()
    desk.until(lambda: not page.unit.searching)
    assert "Không có đơn vị nào" in page.message.text()
    desk.enter()
    assert page.stage is Stage.UNIT
    assert page.message.property("state") == "error"


def test_a_name_that_is_taken_out_takes_its_units_and_its_count_with_it(desk: Desk) -> None:
    page = _page(desk)
    _name(desk, "binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    page.unit.name.selectAll()
    desk.press(Key.Key_Backspace, text="\b")
    desk.until(lambda: page.unit.units.count() == 0)
    assert page.message.text() == ""


def test_a_second_answer_to_the_same_name_leaves_what_was_chosen(desk: Desk) -> None:
    page = _page(desk)
    _name(desk, "binh")
    desk.until(lambda: page.unit.units.count() > 1)
    rows = [page.unit.units.item(at) for at in range(page.unit.units.count())]
    listed = [one.data(Qt.ItemDataRole.UserRole) for one in rows]
    page.unit.units.setCurrentRow(1)
    page.show_units("binh", listed)
    assert page.unit.chosen == listed[1]


def test_without_a_unit_the_passphrase_leads_back_to_the_question(desk: Desk) -> None:
    page = _to_secret(desk)
    page.unit.units.clear()
    for _ in range(2):
        desk.text(PASSPHRASE)
        desk.enter()
    assert page.stage is Stage.UNIT
    assert "chọn một đơn vị" in page.message.text()
    assert not desk.settings.installed


def test_the_unit_stands_on_every_page_after_its_own(desk: Desk) -> None:
    page = _page(desk)
    assert not page.whose.isVisible()
    page = _to_secret(desk)
    assert page.whose.isVisible()
    assert "Xã Bình Chương" in page.whose.text()
    assert "21100@2025" in page.whose.text()
    desk.tab_to(page.back)
    desk.enter()
    assert page.stage is Stage.PERSON
    assert page.whose.isVisible()
    for _ in range(3):
        desk.enter()
    for _ in range(2):
        desk.text(PASSPHRASE)
        desk.enter()
    desk.until(lambda: page.stage is Stage.CODE)
    assert page.whose.isVisible()
    desk.text(page.code_page.whole.rpartition("-")[2])
    desk.enter()
    desk.until(lambda: page.stage is Stage.CERTIFICATE)
    assert page.whose.isVisible()
    desk.settle()
    desk.close()
