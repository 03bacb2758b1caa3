"""The reason of a warning: what is typed of it is kept like any text, and the question stands until
it is answered.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models.queries.register import ChildRow
from app.settings import Settings
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home

WITHOUT_ID = {**PLAIN_CHILD, "personal_id": ""}
REASON = "Đang làm thủ tục cấp"


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _asked(desk: Desk) -> None:
    """A household whose child has one warning, and the question for its reason."""
    desk.new_household()
    desk.fill(**WITHOUT_ID)
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    assert desk.focus() is desk.page.foot.reason


def _is_asked_again(desk: Desk, words: str, cursor: int) -> None:
    foot = desk.page.foot
    desk.until(lambda: foot.is_asking)
    assert desk.focus() is foot.reason
    assert "Phạm Thị Hân" in foot.question.text()
    assert (foot.reason.text(), foot.reason.cursorPosition()) == (words, cursor)


def _answered(desk: Desk) -> None:
    """Enter; what was typed is the reason, and the child is complete."""
    desk.enter()
    desk.settle()
    assert not desk.page.foot.is_asking
    (child,) = _stored(desk)
    assert child.complete


def _stored(desk: Desk) -> list[ChildRow]:
    entry = desk.shell.entry
    return entry.child_rows(entry.child_ids())


def test_a_half_typed_reason_is_there_after_a_power_cut(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _asked(desk)
    desk.text("Đang làm thủ cấp")
    for _ in range(3):
        desk.press(Key.Key_Left)
    desk.until(lambda: not desk.page._moves.isActive() and not desk.shell.drafts.waiting)
    assert desk.shell.status.kept.text().split(" ")[1:3] == ["Đã", "giữ"], "it is said to be kept"
    after = tmp_path / "after"
    after.mkdir()
    shutil.copytree(desk.settings.home, after / "home")
    desk.close()
    again = Desk(qtbot, Settings(after / "home")).unlock()
    _is_asked_again(again, "Đang làm thủ cấp", len("Đang làm thủ "))
    again.text("tục ")
    _answered(again)
    assert again.page.keeper.lines[0].values["warning_reasons"] == [
        "personal_id/required: Đang làm thủ tục cấp"
    ]
    again.close()


@pytest.mark.parametrize("gone_by", ["lock", "close"])
def test_a_half_typed_reason_is_there_after_a_lock_or_a_close(
    qtbot: QtBot, tmp_path: Path, gone_by: str
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _asked(desk)
    desk.text(REASON)
    if gone_by == "lock":
        desk.press(Key.Key_L, CTRL)
        desk.until(lambda: desk.window.shell is None)
    else:
        desk.close()
        desk = Desk(qtbot, desk.settings)
    desk.unlock()
    _is_asked_again(desk, REASON, len(REASON))
    (child,) = _stored(desk)
    assert not child.complete, "what has no reason yet was saved as not finished"
    _answered(desk)
    desk.close()
    # Answered, nothing of it waits any more.
    desk = Desk(qtbot, desk.settings).unlock(stay=True)
    assert not desk.shell.keeper.left_over
    desk.close()


def test_escape_at_a_question_saves_nothing_and_the_next_ctrl_enter_asks_again(desk: Desk) -> None:
    _asked(desk)
    desk.text(REASON)
    desk.press(Key.Key_Escape)
    desk.settle()
    assert not desk.page.foot.is_asking
    assert desk.at() == "personal_id", "in the field that the question was about"
    assert _stored(desk) == []
    desk.press(Key.Key_Return, CTRL)
    _is_asked_again(desk, REASON, len(REASON))
    _answered(desk)


def test_enter_without_a_reason_answers_nothing(desk: Desk) -> None:
    _asked(desk)
    desk.enter()
    desk.text("   ")
    desk.enter()
    desk.settle()
    assert desk.focus() is desk.page.foot.reason
    assert _stored(desk) == []
    # Nor does Ctrl+Enter, which is Enter there.
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _stored(desk) == []
    desk.text(REASON)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (child,) = _stored(desk)
    assert child.complete


def test_who_goes_on_without_a_reason_leaves_the_child_unfinished_until_there_is_one(
    desk: Desk,
) -> None:
    _asked(desk)
    desk.press(Key.Key_Escape)
    household = desk.page.keeper.household
    assert household is not None
    desk.press(Key.Key_F2)
    desk.settle()
    (child,) = _stored(desk)
    assert not child.complete
    desk.shell.open_household(household.id)
    desk.settle()
    assert not desk.page.foot.is_asking, "a question that was given up does not come by itself"
    desk.press(Key.Key_Return, CTRL)
    _is_asked_again(desk, "", 0)
    desk.text(REASON)
    _answered(desk)


def test_a_question_whose_warning_is_gone_is_not_asked_again(desk: Desk) -> None:
    _asked(desk)
    desk.text("Đang")
    household = desk.page.keeper.household
    assert household is not None
    desk.page.child_form.focus(FieldKey("", "personal_id"))  # as with the mouse
    desk.text("051314004417")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (child,) = _stored(desk)
    assert child.complete
    desk.shell.open_household(household.id)
    desk.settle()
    assert not desk.page.foot.is_asking


def test_an_error_that_a_reason_settles_says_so_and_f8_in_its_field_asks_for_it(
    desk: Desk,
) -> None:
    desk.new_household()
    # The digits say 2013, the date of birth 2014; and fields are still empty.
    desk.fill(full_name="Phạm Thị Hân", birth_date="020314", sex="2")
    desk.page.child_form.focus(FieldKey("", "personal_id"))
    desk.text("051313004417")
    desk.enter()
    desk.settle()
    key, foot = FieldKey("", "personal_id"), desk.page.foot
    (said,) = (one.text for one in desk.page.child_form.looks[key].messages)
    assert said.endswith("thì ghi lý do. Nhấn F8 ở ô này để ghi lý do.")
    desk.page.child_form.focus(key)
    desk.press(Key.Key_F8)
    assert foot.is_asking
    assert desk.focus() is foot.reason
    # Walking on without a reason leaves the error, and comes round to it.
    desk.press(Key.Key_F8)
    assert not foot.is_asking
    assert desk.at() != "personal_id"
    for _ in range(30):
        desk.press(Key.Key_F8)
        if desk.at() == "personal_id":
            break
    desk.press(Key.Key_F8)
    desk.text("Giấy khai sinh ghi như vậy")
    desk.enter()
    assert desk.at() == "personal_id", "nothing is saved and the keyboard is where it was"
    desk.settle()
    assert desk.child.unsaved
    assert desk.child.values["warning_reasons"] == [
        "personal_id/consistent_birth_year: Giấy khai sinh ghi như vậy"
    ]
    assert desk.focus().property("state") != "error"


def test_a_child_whose_id_disagrees_with_its_papers_is_completed_with_a_reason(
    desk: Desk,
) -> None:
    desk.new_household()
    desk.fill(**{**PLAIN_CHILD, "personal_id": "051313004417"})
    desk.settle()
    desk.press(Key.Key_Return, CTRL)
    assert desk.focus() is desk.page.foot.reason
    desk.text("Giấy khai sinh ghi như vậy")
    _answered(desk)
