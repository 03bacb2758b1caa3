"""The second person at the window, by keyboard only."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models.work import Change
from app.services.second_check import SecondCheck, State
from app.ui.check.page import SecondCheckPage
from app.ui.register.rows import NAME, STATE
from tests.ui.test_window_quarter import wrong_with
from tests.ui.window_desk import SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, edit, home_id, settle_village


def at_the_check(
    qtbot: QtBot, folder: Path, scale: float = 1.0, typist: str = "Lê Thị Nhập"
) -> tuple[Desk, SecondCheckPage]:
    """The window on a village of three that somebody typed, at the page of the check."""
    desk = Desk(qtbot, prepared_home(folder), scale).unlock()
    with desk.workplace.store.write(typist) as work:
        settle_village(work, UNIT)
        for group in ("C05", "C04"):
            part = {"record": child_id(UNIT, "2", 1), "group": group, "episode": 1}
            work.record(Change("circumstance", part, key=f"{group}/1"))
        work.record(Change("household", {"family_problem_flags": ["1"]}, id=home_id(UNIT, "2")))
        work.record(Change("child", {"complete": False}, id=child_id(UNIT, "2", 1)))
        work.commit()
    desk.go_to("check")
    settle(desk)
    return desk, desk.shell.check


def settle(desk: Desk) -> None:
    desk.settle()
    desk.until(lambda: not desk.shell.check._writing)
    desk.settle()


def space(desk: Desk) -> None:
    desk.press(Key.Key_Space, text=" ")
    settle(desk)


def words(page: SecondCheckPage) -> str:
    """Everything that stands on the sheet."""
    rows = page.sheet.rows
    return "\n".join(
        str(rows.index(at, column).data())
        for at in range(rows.rowCount())
        for column in range(rows.columnCount())
    )


def state_of(desk: Desk, number: str) -> State:
    found = desk.shell._services.second_check.state_of(home_id(UNIT, number))
    assert found is not None
    return found.state


def test_a_village_is_checked_by_keyboard_and_what_differs_goes_back_to_its_typist(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    # One household is not finished: it is not ready for the second person.
    assert page.total.text() == "2 hộ chờ kiểm tra"
    desk.enter()
    settle(desk)
    assert page.head.whole == "1 · Phạm Văn Rơm"
    assert page.typed_by.whole == "Người nhập: Lê Thị Nhập"
    assert "14/03/2016" in words(page)
    desk.press(Key.Key_P, text="p")  # letters that mean nothing do nothing
    space(desk)
    assert state_of(desk, "1") is State.CHECKED
    assert page.head.whole == "10 · Võ Thị Lành"
    sheet = page.sheet.rows
    rows = [sheet.row(at).label for at in range(sheet.rowCount())]
    for _ in range(rows.index("Ngày, tháng, năm sinh")):
        desk.press(Key.Key_Down)
    desk.press(Key.Key_T, text="t")
    assert "Võ Văn Bông · Ngày, tháng, năm sinh" in page.reason_label.text()
    desk.enter()  # without a reason nothing goes back
    assert page.reason_card.isVisible()
    desk.text("Sổ ghi 21/01/2012")
    desk.enter()
    settle(desk)
    assert state_of(desk, "10") is State.RETURNED
    (back,) = desk.shell._services.second_check.returned_to()
    assert (back.reason, back.field, back.name) == (
        "Sổ ghi 21/01/2012",
        "birth_date",
        "Võ Văn Bông",
    )
    assert page.total.text() == "0 hộ chờ kiểm tra"
    assert "Không còn hộ nào" in page.told.whole
    assert desk.focus() is page.sheet
    # Before anything is handed over it is told there as well, beside what units above return.
    desk.go_to("handover")
    desk.settle()
    assert desk.shell.handover is not None
    told = desk.shell.handover.pending.text
    assert "Nguyễn Thị An trả lại hồ sơ Võ Văn Bông (sinh 20/01/2012, hộ 10, " in told
    assert "lý do: «Sổ ghi 21/01/2012»" in told
    desk.close()


def test_what_is_masked_is_told_as_masked_and_an_unfinished_household_is_not_passed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert page.head.whole == "2 · Đinh Thị Nga"
    assert "Chưa nhập xong" in page.state.text()
    told = words(page)
    assert "C04" in told
    assert "C05" not in told
    assert "HIV" not in told
    assert "•••" in told
    space(desk)
    assert state_of(desk, "2") is State.NEVER
    assert "chưa nhập xong" in desk.shell.notices.notices[0].text
    # Enter shows the whole page; leaving it comes back to the same household.
    desk.press(Key.Key_Escape)
    assert desk.shell.notices.notices == ()
    desk.enter()
    settle(desk)
    assert desk.shell.pages.currentWidget() is desk.page
    desk.press(Key.Key_Escape)  # the list of the first field
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.shell.pages.currentWidget() is page)
    settle(desk)
    assert page.head.whole == "2 · Đinh Thị Nga"
    desk.close()


def test_f1_explains_the_line_of_the_sheet_under_the_keyboard(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    rows = page.sheet.rows
    lines = [rows.row(at) for at in range(rows.rowCount())]
    child = desk.shell._services.entry.forms()["child"]
    meant = {one.name: str(one.help) for one in child.fields_of("child")}
    at = next(at for at, one in enumerate(lines) if one.field == "birth_date")
    for _ in range(at):
        desk.press(Key.Key_Down)
    desk.press(Key.Key_F1)
    assert page.help.isVisible()
    assert meant["birth_date"] in page.help.words.text()
    desk.press(Key.Key_Down)
    assert lines[at + 1].label in page.help.words.text(), "it follows the line"
    for _ in range(next(i for i, one in enumerate(lines) if not one.field) - at - 1):
        desk.press(Key.Key_Down)
    assert "Mỗi dòng là một hoàn cảnh" in page.help.words.text()
    desk.press(Key.Key_F12)
    assert "F1" in desk.shell.keys.shown
    desk.press(Key.Key_F12)
    desk.press(Key.Key_Escape)
    assert page.help.isHidden()
    assert page.head.whole == "2 · Đinh Thị Nga", "Escape left the explanation, not the household"
    desk.press(Key.Key_F1)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert page.help.isHidden(), "another household, another question"
    desk.close()


def test_the_line_that_is_explained_stays_in_sight_with_large_letters(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path, 1.5)
    desk.enter()
    settle(desk)
    sheet = page.sheet

    def in_sight() -> bool:
        return sheet.viewport().rect().contains(sheet.visualRect(sheet.currentIndex()))

    while sheet.verticalScrollBar().value() == 0:  # down to the last line that is in sight
        desk.press(Key.Key_Down)
    desk.press(Key.Key_F1)
    desk.until(lambda: page.help.isVisible() and in_sight())
    desk.close()


def test_a_disk_that_is_full_is_told_as_the_full_disk(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SecondCheck, "check", full)
    space(desk)
    (said,) = desk.shell.notices.notices
    assert said.text.startswith("Ổ đĩa đã đầy.")
    assert "dự kiến" not in said.text
    assert page.head.whole == "1 · Phạm Văn Rơm"
    desk.close()


def test_a_key_that_comes_before_the_household_is_shown_passes_no_other(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    first = page._steps[page._at].household
    desk.press(Key.Key_PageDown)
    desk.press(Key.Key_Space, text=" ")
    settle(desk)
    assert page._page is not None
    assert page._page.state.household == page._steps[page._at].household != first
    assert state_of(desk, "1") is State.NEVER
    desk.press(Key.Key_PageUp)
    settle(desk)
    # Passed, and away before the disk has answered: the mark stays with the one that was passed.
    desk.press(Key.Key_Space, text=" ")
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert [one.state for one in page._steps] == [State.CHECKED, State.NEVER, State.NEVER]
    assert len({one.household for one in page._steps}) == len(page._steps)
    assert state_of(desk, "1") is State.CHECKED
    # Escape right behind Space leaves neither a page without its village nor the keyboard nowhere.
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(Key.Key_Space, text=" ")
    desk.press(Key.Key_Escape)
    settle(desk)
    shown = page.stack.currentIndex()
    assert (shown == 1) == (page._village is not None)
    desk.close()


def test_who_typed_it_gives_a_reason_once_and_confirms_it_for_the_next(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path, typist="Nguyễn Thị An")
    desk.enter()
    settle(desk)
    assert "Chính bạn" in page.typed_by.whole
    space(desk)
    assert desk.focus() is page.reason
    desk.text("Xã chỉ có một cán bộ")
    desk.enter()
    settle(desk)
    assert state_of(desk, "1") is State.CHECKED
    space(desk)
    assert page.reason.text() == "Xã chỉ có một cán bộ"
    desk.enter()
    settle(desk)
    assert state_of(desk, "10") is State.CHECKED
    # What is changed afterwards is due again.
    edit(desk.workplace, "child", child_id(UNIT, "1", 1), school_name="TH Ba Tơ")
    assert state_of(desk, "1") is State.CHANGED
    desk.close()


def test_the_check_can_be_read_and_reached_with_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk, page = at_the_check(qtbot, tmp_path, large_letters)
    desk.enter()
    settle(desk)
    assert wrong_with(page) == []
    assert page.compared.isVisible(), "three ticks without a word what they are about"
    desk.press(Key.Key_T, text="t")
    settle(desk)
    assert wrong_with(page) == []
    desk.close()


def test_what_was_checked_is_told_in_the_list_in_the_book_and_on_the_page(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    space(desk)
    assert state_of(desk, "1") is State.CHECKED
    # The village was written past the window, which does not know of it.
    desk.shell._services.lists.prepare(anew=True)
    desk.go_to("register")
    desk.settle()
    table = desk.shell.register
    rows = table.rows
    told = {
        str(rows.index(at, NAME).data()): str(rows.index(at, STATE).data())
        for at in range(rows.rowCount())
    }
    assert told == {
        "Phạm Thị Hân": "✓✓ đã kiểm tra",
        "Đinh Văn Tèo": "○ chưa xong",
        "Đinh Thị Ré": "✓ xong",
        "Võ Văn Bông": "✓ xong",
    }
    # A box of the filter leaves those whose page nobody has checked as it stands.
    desk.press(Key.Key_F4)
    desk.tab_to(table.panel.boxes["not_checked"])
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    left = {str(rows.index(at, NAME).data()) for at in range(rows.rowCount())}
    assert left == told.keys() - {"Phạm Thị Hân"}
    desk.press(Key.Key_F4, SHIFT)
    desk.settle()
    # In the book the household's line says it.
    for item in table.tree.items():
        item.setExpanded(True)
    desk.settle()
    lines = [one.text(0) for one in table.tree.items() if "1 · Phạm Văn Rơm" in one.text(0)]
    assert lines == ["✓✓ 1 · Phạm Văn Rơm   1 trẻ · đã kiểm tra"]
    desk.shell.open_household(home_id(UNIT, "1"))
    sign = desk.page.checked
    desk.until(lambda: sign.isVisible() and sign.whole == "✓ Đã kiểm tra")
    assert "Nguyễn Thị An" in sign.toolTip()
    # What is changed on the page is told as soon as it is saved.
    edit(desk.workplace, "child", child_id(UNIT, "1", 1), school_name="TH Ba Tơ")
    desk.shell.keeper.reload()
    desk.until(lambda: sign.whole == "○ Có sửa sau kiểm tra")
    # Nobody checks what is not finished.
    desk.shell.open_household(home_id(UNIT, "2"))
    desk.until(lambda: sign.whole == "")
    desk.close()
