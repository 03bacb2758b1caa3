"""What the second person had half typed is there again: after Escape, after another page, and after
the process was killed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.second_check import State
from app.settings import Settings
from app.ui.check.page import SecondCheckPage
from tests.ui.test_window_check import at_the_check, settle, space, state_of
from tests.ui.test_window_retyping import blind, paper
from tests.ui.window_desk import UNIT, Desk, Key
from tests.village_of_three import edit, home_id

WHY = "Sổ ghi khác họ"


@pytest.fixture
def began(qtbot: QtBot, tmp_path: Path) -> tuple[Desk, SecondCheckPage]:
    """At the sheet of the first household, with a reason half typed for the line below the top."""
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_Down)
    begin_return(desk)
    desk.text(WHY)
    settle(desk)
    return desk, page


def begin_return(desk: Desk) -> None:
    desk.press(Key.Key_T, text="t")


def as_killed(desk: Desk, folder: Path) -> Settings:
    """A copy of what the disk held, with the first window still open."""
    shutil.copytree(desk.settings.home, folder / "killed")
    return Settings(folder / "killed")


def test_a_half_typed_reason_outlives_escape_and_another_page(
    began: tuple[Desk, SecondCheckPage],
) -> None:
    desk, page = began
    what = page.reason_label.text()
    desk.press(Key.Key_Escape)
    settle(desk)
    assert page.reason_card.isHidden()
    assert "Lý do đã gõ vẫn còn" in page.told.whole
    begin_return(desk)
    assert (page.reason_label.text(), page.reason.text()) == (what, WHY)
    desk.text(" Nguyễn")
    assert page.reason.text() == f"{WHY} Nguyễn", "it is typed on, not over"
    desk.go_to("register")
    desk.settle()
    desk.go_to("check")
    settle(desk)
    assert (page.reason_label.text(), page.reason.text()) == (what, f"{WHY} Nguyễn")
    assert desk.focus() is page.reason
    # Another line has a reason of its own.
    desk.press(Key.Key_Escape)
    desk.press(Key.Key_Down)
    begin_return(desk)
    assert page.reason.text() == ""
    desk.close()


def test_after_a_kill_the_reason_stands_in_the_same_household_and_is_given(
    qtbot: QtBot, tmp_path: Path, began: tuple[Desk, SecondCheckPage]
) -> None:
    desk, page = began
    what = page.reason_label.text()
    killed = as_killed(desk, tmp_path)
    desk.close()
    desk = Desk(qtbot, killed).unlock(stay=True)
    settle(desk)
    page = desk.shell.check
    assert desk.shell.pages.currentWidget() is page
    assert [one.text for one in desk.shell.notices.notices] == [
        "Mở lại đúng chỗ đang nhập dở lần trước; chưa mất chữ nào."
    ]
    assert page.head.whole == "1 · Phạm Văn Rơm"
    assert (page.reason_label.text(), page.reason.text()) == (what, WHY)
    assert desk.focus() is page.reason
    assert page.sheet.currentIndex().row() == 1
    desk.enter()
    settle(desk)
    assert state_of(desk, "1") is State.RETURNED
    (back,) = desk.shell._services.second_check.returned_to()
    assert back.reason == WHY
    # Done is done: neither the reason nor the place comes back.
    assert page.half_done.reason(home_id(UNIT, "1"), "", "head_name") == ""
    desk.close()
    desk = Desk(qtbot, killed).unlock(stay=True)
    assert desk.shell.pages.shown == "home"
    desk.close()


def test_a_reason_is_forgotten_with_the_household_that_was_passed(
    began: tuple[Desk, SecondCheckPage],
) -> None:
    desk, page = began
    desk.press(Key.Key_Escape)
    space(desk)
    assert state_of(desk, "1") is State.CHECKED
    edit(desk.workplace, "household", home_id(UNIT, "1"), head_birth_year=1971)
    for _ in range(2):
        desk.press(Key.Key_PageUp)
        settle(desk)
    assert page.head.whole == "1 · Phạm Văn Rơm"
    desk.press(Key.Key_Down)
    begin_return(desk)
    assert page.reason.text() == ""
    desk.close()


def test_typing_again_goes_on_in_the_half_typed_field_after_another_page_and_after_a_kill(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    desk.text(paper(desk)[0])
    desk.enter()
    desk.text("1403")
    settle(desk)
    killed = as_killed(desk, tmp_path)
    desk.go_to("home")
    desk.settle()
    desk.go_to("check")
    settle(desk)
    assert desk.at() == "birth_date"
    desk.text("2016")
    # On the way out of the window the text was shown as a date; in the field it goes on.
    desk.close()
    desk = Desk(qtbot, killed).unlock(stay=True)
    settle(desk)
    page = desk.shell.check
    assert desk.shell.pages.currentWidget() is page
    assert page.area.household == home_id(UNIT, "1")
    assert desk.at() == "birth_date"
    assert desk.focus() is page.area.form.rows[1].edit
    desk.text("2016")
    assert page.area.form.rows[1].edit.text() == "14032016"
    assert desk.shell.notices.notices[0].text.startswith("Mở lại đúng chỗ")
    desk.close()


def test_a_sample_is_gone_on_with_after_a_kill(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    page.count.setFocus()
    page.count.selectAll()
    desk.text("2")
    page.seed.setFocus()
    desk.text("481516")
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.text("Võ Văn")
    settle(desk)
    where, household = page.area.place.text(), page.area.household
    killed = as_killed(desk, tmp_path)
    desk.close()
    desk = Desk(qtbot, killed).unlock(stay=True)
    settle(desk)
    page = desk.shell.check
    assert (page.area.place.text(), page.area.household) == (where, household)
    assert desk.at() == "full_name"
    desk.text(" Bông")
    assert page.area.form.rows[0].edit.text() == "Võ Văn Bông"
    desk.close()
