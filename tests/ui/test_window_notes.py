"""F9: what people wrote about a child or household is read and written by keys, and survives."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.work import Change
from app.services.masking import MASKED
from app.services.rights import Role
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.test_window_check_half_done import as_killed
from tests.ui.test_window_rights import notices, offered, signed_in
from tests.ui.window_desk import CTRL, SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, home_id


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    if made.window._opened is not None:
        made.close()


def _family(desk: Desk) -> tuple[str, str, str]:
    """A household with two children."""
    owner = {"owner_unit": UNIT}
    with desk.workplace.write() as work:
        home = work.record(
            Change("household", {**owner, "household_no": "7", "head_name": "Phạm Văn Lía"})
        ).id
        children = []
        for line, name in enumerate(("Phạm Thị Hân", "Phạm Văn Tín"), start=1):
            said = {**owner, "household": home, "line_no": line, "full_name": name}
            children.append(work.record(Change("child", {**said, "birth_date": "2014-03-02"})).id)
        work.commit()
    return home, children[0], children[1]


def _open(desk: Desk, home: str, child: str = "") -> None:
    desk.shell.open_household(home, child)
    desk.settle()


def _page(desk: Desk):  # type: ignore[no-untyped-def]
    return desk.shell.page_notes.notes


def _words(desk: Desk) -> list[object]:
    return [one.words for one in _page(desk).list.notes]


def test_a_note_about_the_open_child_is_written_and_read_by_keys(desk: Desk) -> None:
    home, child, _ = _family(desk)
    _open(desk, home, child)
    desk.until(lambda: desk.page.notes.text() == "Ghi chú 0   F9")
    desk.page.child_form.focus(FieldKey("", "sex"))
    desk.press(Key.Key_F9)
    desk.settle()
    page = _page(desk)
    assert desk.shell.page_notes.shown
    assert page.about.whole == "Ghi chú của trẻ Phạm Thị Hân"
    assert desk.focus() is page.words
    assert page.stack.currentWidget() is page.nothing
    desk.text(unicodedata.normalize("NFD", "Hỏi lại trạm y tế"))
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.text("Đã hỏi")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _words(desk) == ["Đã hỏi", "Hỏi lại trạm y tế"], "the newest first"
    assert page.words.toPlainText() == ""
    told = page.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Nguyễn Thị An" in told
    assert desk.workplace.tree.units.unit(UNIT).full_name() in told
    desk.press(Key.Key_Escape)  # the message
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.at() == "sex", "back where the keyboard was"
    desk.until(lambda: desk.page.notes.text() == "Ghi chú 2   F9")


def test_pages_go_through_the_household_and_its_children(desk: Desk) -> None:
    home, first, second = _family(desk)
    _open(desk, home, first)
    desk.press(Key.Key_F9, SHIFT)
    desk.settle()
    page = _page(desk)
    seen = [page.subject.id]
    for key in (Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageUp):
        desk.press(key)
        desk.settle()
        seen.append(page.subject.id)
    assert seen == [home, first, second, home, second]
    assert page.place.text() == "3/3"
    desk.press(Key.Key_F9)
    desk.settle()
    desk.page.household_form.focus(FieldKey("", "head_name"))
    desk.press(Key.Key_F9)
    desk.settle()
    assert page.subject.id == home, "in the head of the page it is the household"


def test_what_was_typed_of_the_child_is_saved_before_its_notes_are_opened(desk: Desk) -> None:
    home, child, _ = _family(desk)
    _open(desk, home, child)
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị Hận")
    desk.press(Key.Key_F9)
    desk.settle()
    assert desk.page.keeper.not_saved_names() == []
    assert _page(desk).about.whole == "Ghi chú của trẻ Phạm Thị Hận"


def test_a_line_nobody_wrote_on_has_no_notes(desk: Desk) -> None:
    home, _, _ = _family(desk)
    _open(desk, home)
    desk.page.new_line()
    desk.settle()
    desk.press(Key.Key_F9)
    desk.settle()
    assert not desk.shell.page_notes.shown
    assert text("notes.nothing_saved") in notices(desk)


def test_a_begun_note_survives_leaving_and_a_kill(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    home, child, _ = _family(desk)
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    desk.text("Mẹ cháu đang làm ăn xa, chưa")
    desk.press(Key.Key_PageDown)
    desk.settle()
    assert _page(desk).words.toPlainText() == "", "the other child has none"
    desk.press(Key.Key_PageUp)
    desk.settle()
    assert _page(desk).words.toPlainText() == "Mẹ cháu đang làm ăn xa, chưa"
    desk.press(Key.Key_Escape)
    desk.settle()
    desk.until(lambda: "đang viết dở" in desk.page.notes.text())
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.currentWidget() is not desk.page
    killed = as_killed(desk, tmp_path)
    desk.close()
    again = Desk(qtbot, killed).unlock(stay=True)
    assert text("notes.waiting") in notices(again)
    again.press(Key.Key_F11)
    again.settle()
    assert again.child.id == child
    again.press(Key.Key_F9)
    again.settle()
    page = _page(again)
    assert page.words.toPlainText() == "Mẹ cháu đang làm ăn xa, chưa"
    again.text(" gửi giấy")
    again.press(Key.Key_Return, CTRL)
    again.settle()
    assert _words(again) == ["Mẹ cháu đang làm ăn xa, chưa gửi giấy"]
    assert again.shell.page_notes.drafts.begun == {}
    again.close()


def test_a_note_is_taken_away_for_a_reason_and_comes_back(desk: Desk) -> None:
    home, child, _ = _family(desk)
    desk.shell._services.notes.write(child, "Viết nhầm trẻ")
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    page = _page(desk)
    desk.tab_to(page.list)
    desk.press(Key.Key_Delete, CTRL)
    assert desk.focus() is page.reason
    desk.enter()
    assert desk.focus() is page.reason, "without a reason it stays"
    desk.press(Key.Key_Escape)
    assert not page.asking.isVisible()
    assert not page.list.notes[0].removed
    desk.press(Key.Key_Delete, CTRL)
    desk.text("nhầm trẻ")
    desk.enter()
    desk.settle()
    assert page.list.notes[0].removed
    assert "đã gỡ: nhầm trẻ" in page.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert page.take_away.text() == "Lấy lại"
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert not page.list.notes[0].removed


def test_the_note_of_another_unit_is_shown_with_its_unit_and_stays(desk: Desk) -> None:
    home, child, _ = _family(desk)
    with desk.workplace.write() as work:
        work.identity = replace(work.identity, unit="51@2025", author="Lê Thị Bảo")
        work.record(Change("note", {"record": child, "note": "Xem lại ngày sinh"}))
        work.commit()
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    page = _page(desk)
    told = page.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Lê Thị Bảo · UBND tỉnh" in told or "Lê Thị Bảo · Tỉnh" in told
    assert not page.take_away.isVisible()
    desk.tab_to(page.list)
    desk.press(Key.Key_Delete)
    desk.settle()
    assert not page.list.notes[0].removed
    assert text("notes.of_another_unit") in notices(desk)


def test_words_of_illness_protect_a_note_and_f3_shows_it_for_a_reason(desk: Desk) -> None:
    home, child, _ = _family(desk)
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    page = _page(desk)
    assert page.why.text() == text("notes.protect_hint")
    desk.text("Mẹ nhiễm H")
    assert page.why.text() == text("notes.private")
    assert page.protect.isChecked()
    assert not page.protect.isEnabled()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _words(desk) == [MASKED]
    desk.press(Key.Key_F3)
    assert desk.focus() is page.reason
    desk.text("Thăm gia đình")
    desk.enter()
    desk.settle()
    assert _words(desk) == ["Mẹ nhiễm H"]
    desk.tab_to(page.words)
    desk.text("Bà giữ giấy tờ")
    desk.tab_to(page.protect)
    desk.press(Key.Key_Space, text=" ")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert _words(desk) == [MASKED, MASKED], "the next reading asks again"


def test_whoever_leaves_for_another_page_is_not_led_back(desk: Desk) -> None:
    home, child, _ = _family(desk)
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    desk.text("Chưa xong")
    desk.go_to("home")
    desk.settle()
    assert desk.shell.pages.shown == "home"
    desk.go_to("register")
    desk.settle()
    assert desk.shell.pages.shown == "register"
    _open(desk, home, child)
    desk.press(Key.Key_F9)
    desk.settle()
    assert _page(desk).words.toPlainText() == "Chưa xong"
    desk.press(Key.Key_F12)
    assert "F3" in desk.shell.keys.shown
    assert "F7" not in desk.shell.keys.shown, "the keys of the notes, not of the household"
    desk.press(Key.Key_Escape)
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    assert desk.shell.pages.shown == "register"


@pytest.mark.parametrize("role", [Role.CHECKER, Role.CLERK])
def test_a_role_is_offered_what_it_may_do_with_notes(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = signed_in(qtbot, tmp_path, role)
    child = child_id(UNIT, "10", 1)
    with desk.workplace.write() as work:
        for words, guarded in (("Hỏi lại trạm y tế", None), ("Bà giữ giấy", True)):
            work.record(Change("note", {"record": child, "note": words, "protected": guarded}))
        work.commit()
    _open(desk, home_id(UNIT, "10"), child)
    desk.press(Key.Key_F9)
    desk.settle()
    page = _page(desk)
    may = role is Role.CLERK
    assert page.writing.isVisible() is may
    assert desk.focus() is (page.words if may else page.list)
    assert any("Gỡ ghi chú" in one for one in offered(desk)) is may
    assert {MASKED, "Hỏi lại trạm y tế"} == set(_words(desk))
    desk.press(Key.Key_F3)
    desk.settle()
    assert "quyền" in notices(desk)
    assert not page.asking.isVisible()
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert len(page.list.notes) == 2
    desk.close()
