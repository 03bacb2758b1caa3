"""Ctrl+Del: what was entered by mistake leaves the register with its reason, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.work import Change
from app.services.rights import Role
from app.ui.household.field_edit import Key as FieldKey
from app.ui.notify import Question
from tests.ui.test_window_rights import signed_in
from tests.ui.window_desk import CTRL, PLAIN_CHILD, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, home_id


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _family(desk: Desk) -> tuple[str, str, str]:
    """A household with a child that was typed twice: its id, and those of the two."""
    owner = {"owner_unit": UNIT}
    with desk.workplace.write() as work:
        home = work.record(
            Change("household", {**owner, "household_no": "7", "head_name": "Phạm Văn Lía"})
        ).id
        twins = []
        for line in (1, 2):
            said = {**owner, "household": home, "line_no": line, "full_name": "Phạm Thị Hân"}
            twins.append(work.record(Change("child", {**said, "birth_date": "2014-03-02"})).id)
        work.record(Change("circumstance", {"record": twins[1], "group": "C04"}, key="C04/1"))
        work.commit()
    return home, twins[0], twins[1]


def _open(desk: Desk, home: str, child: str = "") -> None:
    desk.shell.open_household(home, child)
    desk.settle()


def _lines(desk: Desk) -> list[str]:
    return [one.id for one in desk.page.keeper.lines]


def test_a_child_typed_twice_is_marked_with_a_reason_and_taken_back_from_the_message(
    desk: Desk,
) -> None:
    home, first, twice = _family(desk)
    _open(desk, home, twice)
    assert desk.child.id == twice
    assert not desk.page.mistaken.isVisible()
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    foot = desk.page.foot
    assert desk.focus() is foot.reason
    assert "Phạm Thị Hân" in foot.question.text()
    assert "1 hoàn cảnh" in foot.question.text(), "what goes with it is told in numbers"
    desk.enter()
    desk.settle()
    assert desk.focus() is foot.reason, "without a reason nothing is marked"
    assert _lines(desk) == [first, twice]
    desk.text("Ghi hai lần")
    desk.enter()
    desk.settle()
    assert _lines(desk) == [first]
    assert desk.shell.entry.child_ids() == [first]
    desk.until(desk.page.mistaken.isVisible)
    assert "1 hồ sơ ghi nhầm" in desk.page.mistaken.text()
    (said, *_) = desk.shell.notices.notices
    assert said.text == text("mistakes.marked_child", who="Phạm Thị Hân")
    desk.press(Key.Key_F11)
    desk.settle()
    assert _lines(desk) == [first, twice]
    assert desk.child.id == twice
    desk.until(lambda: not desk.page.mistaken.isVisible())


def test_escape_marks_nothing(desk: Desk) -> None:
    home, first, twice = _family(desk)
    _open(desk, home, twice)
    desk.page.child_form.focus(FieldKey("", "sex"))
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    desk.text("Ghi hai lần")
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.at() == "sex"
    assert _lines(desk) == [first, twice]
    # A later reason is that of its own question again.
    assert desk.page._mistaken is None


def test_who_goes_on_before_the_question_has_come_is_not_asked_where_nobody_sees_it(
    desk: Desk,
) -> None:
    home, first, twice = _family(desk)
    _open(desk, home, twice)
    desk.press(Key.Key_Delete, CTRL)
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.currentWidget() is not desk.page
    assert desk.focus().isVisible()
    assert not desk.page.foot.is_asking
    _open(desk, home, first)
    assert _lines(desk) == [first, twice]


def test_what_was_typed_is_saved_before_the_child_goes(desk: Desk) -> None:
    home, _, twice = _family(desk)
    _open(desk, home, twice)
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị Hận")
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    desk.text("Ghi hai lần")
    desk.enter()
    desk.settle()
    (told,) = desk.shell._services.mistakes.of_page(home)
    assert (told.name, told.reason) == ("Phạm Thị Hận", "Ghi hai lần")
    assert desk.page.keeper.not_saved_names() == []


def test_a_household_that_does_not_exist_goes_with_its_children_and_comes_back_from_its_village(
    desk: Desk,
) -> None:
    home, _, _ = _family(desk)
    with desk.workplace.write() as work:
        values = {"owner_unit": UNIT, "household_no": "8", "head_name": "Hồ Văn Rê"}
        other = work.record(Change("household", values)).id
        work.commit()
    _open(desk, home)
    desk.page.household_form.focus(FieldKey("", "head_name"))
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert "2 trẻ, 1 hoàn cảnh" in desk.page.foot.question.text()
    desk.text("Không có hộ này")
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    assert desk.shell.entry.household_ids() == [other]
    assert desk.shell.entry.child_ids() == []
    # The day after, from the page of a neighbour.
    desk.shell.notices.dismiss_newest()
    _open(desk, other)
    desk.page.household_form.focus(FieldKey("", "household_no"))
    desk.until(desk.page.mistaken.isVisible)  # asked beside the window, once the page stands
    desk.tab_to(desk.page.mistaken)
    desk.enter()
    listed = desk.page.mistakes.list
    assert desk.focus() is listed
    assert "Phạm Văn Lía" in listed.item(0).text()
    assert "Không có hộ này" in listed.item(0).text()
    desk.press(Key.Key_Escape)
    assert not desk.page.mistakes.isVisible()
    assert desk.page.isAncestorOf(desk.focus())
    desk.tab_to(desk.page.mistaken)
    desk.enter()
    desk.enter()
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.id == home, "the page of the household stands"
    assert len(_lines(desk)) == 2
    assert len(desk.shell.entry.household_ids()) == 2


def test_a_child_that_is_in_no_register_yet_is_dropped_after_a_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Question] = []
    answers = ["keep", "discard"]

    def answer(question: Question) -> str:
        asked.append(question)
        return answers[len(asked) - 1]

    monkeypatch.setattr(desk.shell.notices, "ask", answer)
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    desk.press(Key.Key_Delete, CTRL)
    assert len(_lines(desk)) == 1
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert [one.choices[-1].id for one in asked] == ["keep", "keep"], "the safe one comes last"
    assert desk.child.blank
    assert desk.page.keeper.unsaved() == [desk.page.keeper.household]
    # On a line that nobody typed into there is nothing to drop, and it says so.
    desk.press(Key.Key_Delete, CTRL)
    assert desk.shell.notices.notices[0].text == text("mistakes.nothing")


def test_who_may_only_look_marks_and_takes_back_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    desk = signed_in(qtbot, tmp_path, Role.CHECKER)
    home, one, two = (home_id(UNIT, "2"), child_id(UNIT, "2", 1), child_id(UNIT, "2", 2))
    with desk.workplace.write() as work:
        gone = {"entered_in_error": True, "hidden_reason": "Ghi hai lần"}
        work.record(Change("child", gone, id=two))
        work.commit()
    _open(desk, home, one)
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert not desk.page.foot.is_asking
    assert text("rights.denied") in desk.shell.notices.notices[0].text
    desk.shell.notices.dismiss_newest()
    desk.until(desk.page.mistaken.isVisible)
    desk.tab_to(desk.page.mistaken)
    desk.enter()
    assert desk.page.mistakes.hint.text() == text("mistakes.look_hint")
    desk.enter()
    desk.settle()
    assert two not in _lines(desk)
    desk.close()
