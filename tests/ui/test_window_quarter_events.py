"""Every event of the review that others do not try is begun by its key, typed and written."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.forms.issues import Value
from tests.ui.test_window_quarter import answer, at_the_walk, head, settle
from tests.ui.window_desk import CTRL, UNIT, Desk, Key
from tests.village_of_three import child_id, home_id, stored


def _typed(desk: Desk, key: str, *answers: str) -> None:
    desk.press(getattr(Key, f"Key_{key}"), text=key)
    settle(desk)
    page = desk.shell.quarter
    assert page.form.isVisible(), f"{key} begins a form"
    answer(desk, *answers)
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert not page.form.isVisible()


def _child(desk: Desk, line: int) -> dict[str, Value]:
    return dict(stored(desk.workplace, "child", child_id(UNIT, "2", line)).values)


def test_events_of_a_child_and_of_a_household_are_written_by_keys(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert head(page) == "2 · Đinh Thị Nga"
    _typed(desk, "6", today, "Phạm Thị Mai", "ông", "")
    assert _child(desk, 1)["caregiver_name"] == "Phạm Thị Mai"
    _typed(desk, "0", today, "6", "Kinh tế")
    assert _child(desk, 1)["schooling_status"] == "2"
    _typed(desk, "H", today, "thcs", "7")
    assert _child(desk, 1)["grade"] == 7
    desk.press(Key.Key_Down)
    _typed(desk, "T", today, "Đinh Thị Rế", "", "")
    assert _child(desk, 2)["full_name"] == "Đinh Thị Rế"
    _typed(desk, "N", today, "Giao thông")
    assert _child(desk, 2)["injury_type"]
    _typed(desk, "9", today, "Đinh Văn Khế", "", "")
    home = stored(desk.workplace, "household", home_id(UNIT, "2")).values
    assert home["head_name"] == "Đinh Văn Khế"
    _typed(desk, "8", today, "1 ")
    assert {_child(desk, line)["household"] for line in (1, 2)} == {home_id(UNIT, "1")}
    desk.close()
