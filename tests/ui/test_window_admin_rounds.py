"""Đợt rà soát in the administration, by keys: opened and closed at the province, locked below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.i18n import set_language
from app.services.rounds import RoundView
from app.settings import Settings
from app.ui.admin.day_edit import DayEdit
from app.ui.admin.rounds import CLOSES, LEFT, NAME, STATE, RoundsSection
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk, Key, prepared_home

NAME_TYPED = "Quý I/2027"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A province that has made its root key."""
    province = Homes(tmp_path, monkeypatch).init("51@2025")
    province.must("authority", "init")
    return Settings(province.home)


@pytest.fixture
def desk(qtbot: QtBot, home: Settings) -> Iterator[Desk]:
    made = Desk(qtbot, home).unlock(PASSPHRASE, stay=True)
    yield made
    made.close()


def _opened(desk: Desk) -> RoundsSection:
    section = open_part(desk, "rounds")
    assert isinstance(section, RoundsSection)
    return section


def _rounds(desk: Desk) -> list[RoundView]:
    return desk.shell._services.rounds.list()


def _type(desk: Desk, section: RoundsSection, **typed: str) -> None:
    """Fill in the form as one walks through it, with Enter from field to field."""
    desk.tab_to(section.name)
    desk.text(typed.get("name", NAME_TYPED))
    desk.enter()
    assert desk.focus() is section.kind
    desk.press(Key.Key_End)
    desk.press(Key.Key_Tab, text="\t")
    given = {"opens": "010127", "closes": "31/3/2027", "reference": "010127", "born_from": ""}
    for name, words in {**given, **typed}.items():
        edit = getattr(section, name)
        if isinstance(edit, DayEdit):
            assert desk.focus() is edit, name
            desk.text(words)
            desk.enter()
    assert desk.focus() is section.quarters
    if "quarters" in typed:
        desk.press(Key.Key_Home)
    desk.press(Key.Key_Tab, text="\t")
    assert desk.focus() is section.rules.list


def _press_open(desk: Desk, section: RoundsSection) -> None:
    desk.tab_to(section.open)
    desk.enter()
    desk.settle()


def _cells(section: RoundsSection, row: int) -> dict[int, str]:
    items = {column: section.table.item(row, column) for column in (NAME, CLOSES, STATE, LEFT)}
    return {column: item.text() for column, item in items.items() if item is not None}


def test_a_round_is_opened_by_keys_with_days_as_digits_and_the_rules_that_were_chosen(
    desk: Desk,
) -> None:
    section = _opened(desk)
    assert "Chưa có đợt" in section.whole.text()
    assert not section.locked.isVisible()
    assert section.quarters.currentText() == "vẫn tính ở xã đến 2 quý sau khi chuyển"
    _type(desk, section, born_from="010111", quarters="none")
    assert section.opens.text() == "01/01/2027"
    wanted = [one for one in section._rounds.blocking_rules() if one.rule == "pid_unique"]
    desk.press(Key.Key_Home)
    while section.rules.list.currentItem().text() != wanted[0].sentences[0]:
        before = section.rules.list.currentRow()
        desk.press(Key.Key_Down)
        assert section.rules.list.currentRow() == before + 1
    assert "Số định danh cá nhân" in section.rules.whole.text(), "which fields it judges"
    named = wanted[0].sentences[0].rstrip(".")
    assert section.rules.whole.text().startswith(f"Đã chọn 0 loại lỗi. Đang xem: «{named}».")
    desk.press(Key.Key_Space, text=" ")
    assert "Đã chọn 1 loại lỗi" in section.rules.whole.text()
    _press_open(desk, section)
    assert f"Đã mở đợt «{NAME_TYPED}»" in section.message.text()
    (made,) = _rounds(desk)
    assert made.name == NAME_TYPED
    assert made.kind == "quarterly"
    assert (made.opens_on, made.closes_on) == ("2027-01-01", "2027-03-31")
    assert (made.reference_date, made.born_from) == ("2027-01-01", "2011-01-01")
    assert made.blocking_rules == ("pid_unique",)
    assert made.moved_out_quarters == 0
    assert section.quarters.currentData() == 2, "what most rounds want"
    assert "chưa có nơi nhận: không tính nữa kể từ ngày chuyển" in section.whole.text()
    left = (date(2027, 3, 31) - desk.workplace.today()).days
    assert _cells(section, 0) == {
        NAME: NAME_TYPED,
        CLOSES: "31/03/2027",
        STATE: "đang mở",
        LEFT: f"{left} ngày" if left >= 0 else f"quá {-left} ngày",
    }
    assert "01/01/2011" in section.whole.text()
    assert wanted[0].sentences[0] in section.whole.text()
    assert section.name.text() == section.opens.text() == ""
    assert section.rules.chosen == ()
    # The window goes by it at once.
    desk.settle()
    assert NAME_TYPED in desk.shell.head.round.text()


@pytest.mark.parametrize(
    ("typed", "said", "at"),
    [
        ({"opens": "310227"}, "tháng 2/2027", "opens"),
        ({"closes": ""}, "«Kết thúc»", "closes"),
        ({"reference": "thứ hai"}, "ngày", "reference"),
        ({"born_from": "1/13/2011"}, "tháng 13", "born_from"),
    ],
)
def test_a_day_that_is_none_is_told_at_its_field_and_nothing_is_opened(
    desk: Desk, typed: dict[str, str], said: str, at: str
) -> None:
    section = _opened(desk)
    _type(desk, section, **typed)
    _press_open(desk, section)
    assert said.lower() in section.message.text().lower()
    assert section.message.property("state") == "error"
    assert desk.focus() is getattr(section, at)
    assert _rounds(desk) == []


def test_what_the_service_refuses_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    section = _opened(desk)
    _type(desk, section, closes="311226")
    _press_open(desk, section)
    assert "trước khi bắt đầu" in section.message.text()
    assert section.name.text() == NAME_TYPED
    assert section.closes.text() == "31/12/2026"
    assert _rounds(desk) == []
    desk.tab_to(section.closes)
    section.closes.selectAll()
    desk.text("310327")
    _press_open(desk, section)
    assert len(_rounds(desk)) == 1
    _type(desk, section)
    _press_open(desk, section)
    assert "mục Đợt rà soát" in section.message.text(), "no command for whoever sits at the window"
    assert len(_rounds(desk)) == 1


def test_a_round_is_closed_only_after_a_question_that_says_in_numbers_what_is_not_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = _opened(desk)
    _type(desk, section)
    _press_open(desk, section)
    asked: list[str] = []
    answers = [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.tab_to(section.close_round)
    desk.enter()
    desk.settle()
    assert "0 trong 0 hộ" in asked[0]
    assert "không mở lại được" in asked[0]
    assert [one.state for one in _rounds(desk)] == ["open"], "who says no keeps it open"
    assert desk.focus() is section.close_round
    desk.enter()
    desk.settle()
    assert [one.state for one in _rounds(desk)] == ["closed"]
    assert f"Đã đóng đợt «{NAME_TYPED}»" in section.message.text()
    assert _cells(section, 0)[STATE] == "đã đóng"
    assert _cells(section, 0)[LEFT] == ""
    assert not section.close_round.isEnabled(), "it is closed once"


def test_the_first_page_of_a_province_leads_to_the_rounds_when_none_is_open_or_one_is_over(
    desk: Desk,
) -> None:
    way = desk.shell.home.rounds
    assert way.isVisible()
    assert way.text() == "Mở đợt rà soát"
    desk.tab_to(way)
    desk.enter()
    desk.settle()
    section = desk.shell.admin.sections["rounds"]
    assert isinstance(section, RoundsSection)
    assert desk.focus() is section.table
    today = desk.workplace.today()
    days = {"opens": "010120", "reference": "010120"}
    _type(desk, section, **days, name="Đợt đã qua", closes=f"{today - timedelta(days=1):%d%m%Y}")
    _press_open(desk, section)
    desk.go_to("home")
    desk.settle()
    assert way.text() == "Đóng đợt này hoặc mở đợt mới"
    _opened(desk)
    _type(desk, section, opens=f"{today:%d%m%Y}", closes=f"{today:%d%m%Y}")
    _press_open(desk, section)
    desk.go_to("home")
    desk.settle()
    assert not way.isVisible(), "the newest round that is open goes on"


def test_below_the_province_the_form_stands_locked_and_says_who_opens_rounds(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _opened(desk)
    assert section.locked.isVisible()
    assert "máy của tỉnh" in section.locked.text()
    for one in (section.name, section.opens, section.rules.list, section.open):
        assert not one.isEnabled()
    assert not section.close_round.isEnabled()
    assert "máy của tỉnh" in section.close_round.toolTip()
    assert desk.focus() is section.table
    desk.go_to("home")
    desk.settle()
    assert not desk.shell.home.rounds.isVisible()
    desk.close()


@pytest.mark.parametrize("spoken", ["vi", "en"])
def test_the_form_of_a_province_can_be_read_and_reached_in_large_letters(
    qtbot: QtBot, home: Settings, spoken: str
) -> None:
    set_language(spoken)
    desk = Desk(qtbot, home, 1.5).unlock(PASSPHRASE, stay=True)
    section = _opened(desk)
    _type(desk, section, opens="310227")
    _press_open(desk, section)
    for wrong in (section.opens, section.message):
        assert wrong.visibleRegion().boundingRect() == wrong.rect(), "what is wrong is in sight"
    section.opens.selectAll()
    desk.text("010227")
    _press_open(desk, section)
    for measure in (cut_words, nameless, poor_contrast, unreachable):
        assert measure(desk.window) == []
    desk.close()
    set_language("vi")
