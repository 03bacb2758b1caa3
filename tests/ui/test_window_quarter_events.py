"""Every event of the review that others do not try is begun by its key, typed and written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.forms.issues import Value
from app.ui.quarter.event_list import EVENTS
from app.ui.quarter.page import QuarterPage
from tests.ui.looks import cut_words
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
    _typed(desk, "6", today, "Phạm Thị Mai", "mẹ nuôi", "")
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


def _begun(desk: Desk, key: str, *answers: str) -> None:
    """The short form of an event, filled in and sent."""
    desk.press(getattr(Key, f"Key_{key}"), text=key)
    settle(desk)
    assert desk.shell.quarter.form.isVisible()
    answer(desk, *answers)
    desk.press(Key.Key_Return, CTRL)
    settle(desk)


def _said(desk: Desk, field: str) -> str:
    return desk.shell.quarter.form.rows[field].said.text()


def test_a_warning_wants_a_reason_that_the_record_keeps(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)
    _typed(desk, "1", "Gái", "2", today, "2")
    page.card.children_table.setCurrentCell(1, 1)
    newborn = page.card.children_table.child
    # A child of no months has left school, in class 6.
    _begun(desk, "0", today, "6", "Kinh tế")
    assert page.form.isVisible()
    assert desk.focus() is page.form.reason
    assert _said(desk, "highest_grade_completed").startswith("▲")
    assert stored(desk.workplace, "child", newborn).values["schooling_status"] == "0"
    desk.text("Ghi theo sổ cũ")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert not page.form.isVisible()
    values = stored(desk.workplace, "child", newborn).values
    assert values["schooling_status"] == "2"
    kept = values["warning_reasons"]
    assert isinstance(kept, list)
    assert [one.partition(": ")[2] for one in kept] == ["Ghi theo sổ cũ"] * len(kept)
    assert [one.partition("/")[0] for one in kept] == ["highest_grade_completed"]
    # On the page it is asked for no more: it has become a note there.
    desk.enter()
    desk.settle()
    found = desk.page._judged[newborn].found
    reasons = {one.issue.field: one.issue.reason for one in found if one.issue.accepted}
    assert reasons == {"highest_grade_completed": "Ghi theo sổ cũ"}
    desk.close()


def test_a_second_newborn_without_a_name_is_asked_about(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)
    _typed(desk, "1", "Gái", "2", today, "2")
    _begun(desk, "1", "Gái", "2", today, "2")
    assert page.form.isVisible()
    assert "sinh đôi" in _said(desk, "full_name")
    desk.text("Sinh đôi")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert page.card.children_table.rowCount() == 3
    desk.close()


def test_what_was_written_already_is_refused_or_asked_about(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)

    def refused(field: str) -> str:
        assert page.form.isVisible()
        said = _said(desk, field)
        page.form.give_up.click()
        settle(desk)
        return said

    _typed(desk, "6", today, "Phạm Thị Mai", "mẹ nuôi", "")
    _begun(desk, "6", today, "Phạm Thị Mai", "mẹ nuôi", "")
    assert "đã được ghi là con nuôi" in refused("caregiver_name")
    _typed(desk, "N", today, "Giao thông")
    _begun(desk, "N", today, "Giao thông")
    assert "đã được ghi tai nạn này" in refused("event_date")
    _begun(desk, "9", today, "phạm văn rơm", "", "")
    assert "đang là chủ hộ" in refused("head_name")
    _begun(desk, "2", "Phạm Văn Lo", "140320", "1", today, "Xã Bình Chương")
    assert "xã mình" in refused("event_place")
    # A child of the household, once more: not a note that one passes.
    _begun(desk, "2", "Phạm Thị Hân", "140316", "2", today, "Xã Ba Vinh")
    assert refused("full_name").startswith("▲")
    assert page.card.children_table.rowCount() == 1
    desk.close()


def test_a_household_is_not_merged_into_itself_or_into_none(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    for typed, said in (("2", "chính là hộ này"), ("999", "Không có hộ này trong sổ")):
        _begun(desk, "8", today, typed)
        assert page.form.isVisible()
        assert said in _said(desk, "household")
        page.form.give_up.click()
        settle(desk)
    _typed(desk, "8", today, "1 ")
    assert stored(desk.workplace, "household", home_id(UNIT, "2")).hidden
    desk.close()


def test_nothing_is_begun_of_a_child_who_died(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    today = f"{desk.workplace.today():%d%m%y}"
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert _dimmed(page) == []
    _typed(desk, "5", today, "bệnh")
    assert _dimmed(page) == ["3", "5", "6", "0", "H", "T", "N"]
    assert page.why.isVisible()
    assert "Đinh Văn Tèo đã chết" in page.why.text()
    desk.press(Key.Key_6, text="6")
    settle(desk)
    assert not page.form.isVisible()
    assert any("Đinh Văn Tèo đã chết" in one.text for one in desk.shell.notices.notices)
    # What is about the household, or about another child, goes on.
    desk.press(Key.Key_Down)
    settle(desk)
    assert _dimmed(page) == []
    assert not page.why.isVisible()
    desk.close()


def _dimmed(page: QuarterPage) -> list[str]:
    rows = range(page.list.count())
    enabled = Qt.ItemFlag.ItemIsEnabled
    return [EVENTS[row].key for row in rows if not page.list.item(row).flags() & enabled]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_f1_explains_a_field_of_a_short_form(qtbot: QtBot, tmp_path: Path, scale: float) -> None:
    desk, page = at_the_walk(qtbot, tmp_path, scale)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    desk.press(Key.Key_F1)
    desk.settle()
    row = page.form.rows["event_date"]
    assert page.form.help.isVisible()
    assert str(row.answer.field.help) in page.form.help.words.text()
    # That of another field, longer than the first, is not cut off either.
    desk.press(Key.Key_Escape)
    page.form.rows["death_cause"].edit.setFocus()
    desk.press(Key.Key_F1)
    desk.settle()
    words = page.form.help.words
    assert words.height() >= words.heightForWidth(words.width())
    assert page.form.help.contentsRect().contains(words.geometry())
    # Escape takes the explanation away first, then the form.
    desk.press(Key.Key_Escape)
    desk.settle()
    assert not page.form.help.isVisible()
    assert page.form.isVisible()
    desk.press(Key.Key_Escape)
    settle(desk)
    assert not page.form.isVisible()
    desk.close()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_f12_lists_the_keys_of_the_events(qtbot: QtBot, tmp_path: Path, scale: float) -> None:
    desk, _ = at_the_walk(qtbot, tmp_path, scale)
    desk.press(Key.Key_F12)
    desk.settle()
    keys = desk.shell.keys
    assert {one.key for one in EVENTS} <= set(keys.shown)
    assert "F1" in keys.shown
    assert keys.height() <= desk.window.height()
    assert keys.width() <= desk.window.width()
    assert cut_words(keys) == []
    desk.close()


@pytest.mark.parametrize("key", ["6", "0", "T", "N", "9", "8"])
def test_tab_goes_through_a_short_form_to_its_buttons(
    qtbot: QtBot, tmp_path: Path, key: str
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(getattr(Key, f"Key_{key}"), text=key)
    settle(desk)
    form = page.form
    assert form.isVisible()
    expected = [row.edit for row in form.rows.values() if row.edit.isVisible()]
    expected[:] = [one for one in expected if one.isEnabled()]
    tabbed = [desk.focus()]
    while desk.focus() is not form.leave and len(tabbed) < 20:
        desk.press(Key.Key_Tab, text="\t")
        tabbed.append(desk.focus())
    assert all(form.isAncestorOf(one) for one in tabbed), "it does not leave the form"
    assert [one for one in tabbed if one in expected] == expected
    desk.close()
