"""Taking back what was written in the review: after the window was closed, too, and by the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.history.entities import OUTSIDE
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft, Written
from app.ui.household.field_edit import Key as FieldKey
from app.ui.notify import Question
from tests.ui.test_window_quarter import answer, at_the_walk, head, settle
from tests.ui.window_desk import CTRL, UNIT, Desk, Key
from tests.village_of_three import child_id, edit, home_id, stored

HOME, CHILD = home_id(UNIT, "2"), child_id(UNIT, "2", 2)


def _status(desk: Desk, child: str = CHILD) -> object:
    return stored(desk.workplace, "child", child).values["life_status"]


def _event(desk: Desk, code: str, child: str, home: str = HOME, **answers: str) -> Written:
    day = desk.workplace.today().isoformat()
    return LifeEvents(desk.workplace).write(
        Draft(code, home, child, {"event_date": day, **answers})
    )


def _reopened(qtbot: QtBot, desk: Desk) -> Desk:
    """The window closed and opened again, at the second household of the walk."""
    settings = desk.settings
    desk.close()
    again = Desk(qtbot, settings).unlock()
    again.go_to("quarter")
    settle(again)
    again.enter()
    settle(again)
    again.press(Key.Key_PageDown)
    settle(again)
    assert head(again.shell.quarter) == "2 · Đinh Thị Nga"
    return again


def _answering(desk: Desk, monkeypatch: pytest.MonkeyPatch, reply: str) -> list[str]:
    """What is asked from now on, each answered so."""
    asked: list[str] = []

    def answered(question: Question) -> str:
        asked.append(question.text)
        return reply

    monkeypatch.setattr(desk.shell.notices, "ask", answered)
    return asked


def test_an_event_is_undone_after_the_window_was_closed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    desk.settle()
    desk.press(Key.Key_Down)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    answer(desk, f"{desk.workplace.today():%d%m%y}", "bệnh")
    desk.enter()
    settle(desk)
    # Who died is told, not only that somebody did.
    assert page.told.whole == "Đã ghi: Chết, Đinh Thị Ré, hộ 2 · Đinh Thị Nga."
    assert _status(desk) == "DECEASED"
    desk = _reopened(qtbot, desk)
    today = f"{desk.workplace.today():%d/%m/%Y}"
    asked = _answering(desk, monkeypatch, "keep")
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert asked == [f"Hoàn lại: Chết, Đinh Thị Ré, hộ 2 · Đinh Thị Nga, ghi ngày {today}?"]
    assert _status(desk) == "DECEASED"
    _answering(desk, monkeypatch, "undo")
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert _status(desk) == "ACTIVE"
    page = desk.shell.quarter
    assert page.told.whole == "Đã hoàn lại: Chết, Đinh Thị Ré, hộ 2 · Đinh Thị Nga."
    assert head(page) == "2 · Đinh Thị Nga"
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert any("Không có gì để hoàn lại" in one.text for one in desk.shell.notices.notices)
    desk.close()


def test_what_can_no_longer_be_undone_says_why_and_what_to_do(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path)
    _event(desk, "died", CHILD, death_cause="disease")
    edit(desk.workplace, "child", CHILD, school_name="Trường Ba Vinh")
    desk = _reopened(qtbot, desk)
    asked = _answering(desk, monkeypatch, "undo")
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert asked == []
    (said,) = [one.text for one in desk.shell.notices.notices if "hoàn lại" in one.text]
    assert "đã được sửa tiếp: Chết, Đinh Thị Ré" in said
    assert "Ctrl+Del" in said
    assert _status(desk) == "DECEASED"
    desk.close()


def test_a_household_that_moved_away_comes_back_after_the_window_was_closed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path)
    home = home_id(UNIT, "1")
    _event(desk, "moved_out", "", home, event_place="tỉnh Bình Dương")
    assert stored(desk.workplace, "household", home).values["owner_unit"] == OUTSIDE
    settings = desk.settings
    desk.close()
    desk = Desk(qtbot, settings).unlock()
    desk.go_to("quarter")
    settle(desk)
    desk.enter()
    settle(desk)
    asked = _answering(desk, monkeypatch, "undo")
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert asked[0].startswith("Hoàn lại: Cả hộ chuyển đi, hộ 1 · Phạm Văn Rơm")
    assert stored(desk.workplace, "household", home).values["owner_unit"] == UNIT
    assert head(desk.shell.quarter) == "1 · Phạm Văn Rơm"
    desk.close()


def _remove_event(desk: Desk, home: str, child: str) -> None:
    """The line of the child's only event is taken away on the page, and the page is saved."""
    desk.shell.open_household(home, child)
    desk.settle()
    (part,) = [one for one in desk.child.parts if one.entity == "life_event"]
    desk.page.child_form.focus(FieldKey(part.id, "event_date"))
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert not any(
        one.issue.rule == "status_by_event" for one in desk.page._judged[desk.child.id].found
    )
    desk.press(Key.Key_Return, CTRL)
    desk.settle()


def test_a_death_taken_away_on_the_page_takes_the_status_with_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path)
    _event(desk, "died", CHILD, death_cause="disease")
    # Once it has been worked on, the page is the only way.
    edit(desk.workplace, "child", CHILD, school_name="Trường Ba Vinh")
    _remove_event(desk, HOME, CHILD)
    assert _status(desk) == "ACTIVE"
    assert stored(desk.workplace, "child", CHILD).values["complete"] is True
    assert not desk.page.gone.isVisible()
    assert not any(line.note for line in desk.page.grid.lines)
    desk.close()


def test_a_move_taken_away_on_the_page_brings_the_household_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path)
    home, child = home_id(UNIT, "1"), child_id(UNIT, "1", 1)
    _event(desk, "moved_out", "", home, event_place="tỉnh Bình Dương")
    _remove_event(desk, home, child)
    assert _status(desk, child) == "ACTIVE"
    assert stored(desk.workplace, "child", child).values["owner_unit"] == UNIT
    assert stored(desk.workplace, "household", home).values["owner_unit"] == UNIT
    assert not desk.page.gone.isVisible()
    desk.go_to("quarter")
    settle(desk)
    assert desk.shell.quarter.places.lines()[0].total == 3
    desk.close()


def test_what_became_unfinished_is_said_of_whom_until_it_is_undone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path)
    edit(desk.workplace, "child", child_id(UNIT, "1", 1), personal_id="123")
    desk.enter()
    settle(desk)
    desk.press(Key.Key_N, text="n")
    settle(desk)
    answer(desk, f"{desk.workplace.today():%d%m%y}", "Giao thông")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    (said,) = [one.text for one in desk.shell.notices.notices if "chưa xong" in one.text]
    assert "Bị tai nạn, Phạm Thị Hân, hộ 1 · Phạm Văn Rơm" in said
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert not any("chưa xong" in one.text for one in desk.shell.notices.notices)
    desk.close()
