"""The quarterly review at the window, by keyboard only: a village of three households."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.models.work import Change
from app.services.life_events.views import Remark, Weight
from app.settings import Settings
from app.ui.notify import Question
from app.ui.quarter.card import STATE
from app.ui.quarter.event_list import event_of
from app.ui.quarter.page import QuarterPage
from app.ui.quarter.remarks import Remarks
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.village_of_three import (
    HEADS,
    child_id,
    edit,
    home_id,
    open_round,
    settle_village,
    stored,
    village_id,
)

TWENTY_YEARS = 20 * 365.25 * 24 * 3600


def at_the_walk(
    qtbot: QtBot, folder: Path, scale: float = 1.0, *, with_round: bool = True
) -> tuple[Desk, QuarterPage]:
    """The window on a village of three, at the page of the review."""
    desk = Desk(qtbot, prepared_home(folder), scale).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    if with_round:
        begin_round(desk)
    desk.go_to("quarter")
    settle(desk)
    page = desk.shell.quarter
    return desk, page


def begin_round(desk: Desk) -> None:
    today = desk.workplace.today()
    open_round(
        desk.workplace,
        opens_on=f"{today.year}-01-01",
        closes_on=f"{today.year + 1}-12-31",
        reference_date=today.isoformat(),
    )


def settle(desk: Desk) -> None:
    desk.settle()
    desk.until(lambda: not desk.shell.quarter.form.busy and not desk.shell.quarter._writing)
    desk.settle()


def head(page: QuarterPage) -> str:
    return page.card.head.whole


def space(desk: Desk) -> None:
    desk.press(Key.Key_Space, text=" ")
    settle(desk)


def answer(desk: Desk, *answers: str) -> None:
    """Type into the fields of a short form, one after the other."""
    for one in answers:
        desk.text(one)
        desk.enter()
    settle(desk)


def test_a_village_is_walked_by_keyboard_no_change_a_death_a_birth_and_undone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    (line,) = page.places.lines()
    assert (line.name, line.done, line.total) == ("Thôn Phước Thọ", 0, 3)
    assert desk.focus() is page.places
    desk.enter()
    settle(desk)
    assert head(page) == "1 · Phạm Văn Rơm"
    # Nothing has changed in the first.
    space(desk)
    assert head(page) == "2 · Đinh Thị Nga"
    assert stored(desk.workplace, "household", home_id(UNIT, "1")).values["survey_date"] == (
        desk.workplace.today().isoformat()
    )
    # In the second a child has died: the second line, event 5, three answers, written.
    desk.press(Key.Key_Down)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    assert page.form.title.whole == "Chết · Đinh Thị Ré"
    answer(desk, f"{desk.workplace.today():%d%m%y}", "bệnh")
    assert desk.focus() is page.form.write
    desk.enter()
    settle(desk)
    dead = stored(desk.workplace, "child", child_id(UNIT, "2", 2)).values
    assert dead["life_status"] == "DECEASED"
    assert desk.focus() is page.card.children_table
    assert page.card.children_table.item(1, STATE).text() == "■ Đã chết"
    assert "Chết" in page.card.events.text()
    space(desk)
    # In the third a child was born.
    assert head(page) == "10 · Võ Thị Lành"
    desk.press(Key.Key_1, text="1")
    settle(desk)
    answer(desk, "Gái", "2", f"{desk.workplace.today():%d%m%y}", "2")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert page.card.children_table.rowCount() == 2
    assert page.card.children_table.item(1, STATE).text() == "○ Chưa xong"
    space(desk)
    (line,) = page.places.lines()
    assert (line.done, line.total) == (3, 3)
    assert "Cả thôn đã rà soát xong" in page.told.whole
    # Step by step back: the confirmation, then the birth.
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert page.places.lines()[0].done == 2
    assert head(page) == "10 · Võ Thị Lành"
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert page.card.children_table.rowCount() == 1
    desk.close()


def test_without_a_round_the_page_says_what_to_do_and_with_one_no_key_confirms_by_the_way(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path, with_round=False)
    assert page.what.text() == "Chưa có đợt rà soát nào đang mở."
    assert "Bàn giao" in page.hint.text()
    assert not page.places.isVisible()
    begin_round(desk)
    desk.go_to("register")
    settle(desk)
    desk.go_to("quarter")
    settle(desk)
    # Enter opens the whole page, at the child under the keyboard, and comes back to it.
    desk.tab_to(page.places)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(Key.Key_Down)
    desk.enter()
    settle(desk)
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.id == child_id(UNIT, "2", 2)
    desk.press(Key.Key_Escape)
    desk.until(lambda: desk.shell.pages.currentWidget() is page)
    settle(desk)
    assert head(page) == "2 · Đinh Thị Nga"
    assert desk.focus() is page.card.children_table
    # A key that is held down confirms nothing: a village would be confirmed unseen.
    table = page.card.children_table
    for _ in range(5):
        held = QKeyEvent(
            QEvent.Type.KeyPress, Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True
        )
        QCoreApplication.sendEvent(table, held)
    settle(desk)
    assert page.places.lines()[0].done == 0
    # Pressed again before the disk has answered: once.
    for _ in range(3):
        desk.press(Key.Key_Space, text=" ")
    settle(desk)
    assert page.places.lines()[0].done == 1
    desk.close()


def test_a_key_that_comes_before_the_household_is_shown_is_no_word_about_another(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    # On to the second, and at once the key that says «no change»: the first was passed over.
    desk.press(Key.Key_PageDown)
    desk.press(Key.Key_Space, text=" ")
    settle(desk)
    assert head(page) == "2 · Đinh Thị Nga"
    assert page.places.lines()[0].done == 0
    # An event that is asked for and passed over is not written below another household.
    desk.press(Key.Key_9, text="9")
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert head(page) == "10 · Võ Thị Lành"
    assert not page.form.isVisible()
    # Nor does the card go on to another while a form is open.
    desk.press(Key.Key_9, text="9")
    settle(desk)
    assert page.form.isVisible()
    page.card.children_table.setFocus()
    for key, words in ((Key.Key_PageUp, ""), (Key.Key_Space, " ")):
        desk.press(key, text=words)
    settle(desk)
    assert head(page) == "10 · Võ Thị Lành"
    assert page.places.lines()[0].done == 0
    desk.press(Key.Key_Escape)
    # What is told names who was confirmed.
    space(desk)
    assert "Võ Thị Lành" in page.told.whole
    desk.close()


def test_what_is_wrong_is_said_at_the_field_and_a_doubtful_day_wants_a_reason(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    desk.text("010110")  # before the child was born
    desk.enter()
    settle(desk)
    assert "trước ngày sinh" in page.form.rows["event_date"].said.text()
    assert page.form.rows["event_date"].edit.property("state") == "error"
    desk.press(Key.Key_Return, CTRL)  # the cause is missing
    settle(desk)
    assert "Chưa ghi" in page.form.rows["death_cause"].said.text()
    assert page.form.rows["death_cause"].edit.hasFocus()
    desk.text("1")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert page.form.isVisible()
    assert page.form.rows["event_date"].edit.hasFocus()
    assert stored(desk.workplace, "child", child_id(UNIT, "1", 1)).values["life_status"] == "ACTIVE"
    # An injury asks which; Escape leaves everything as it was.
    edit_of = page.form.rows["death_cause"].edit
    edit_of.setFocus()
    edit_of.selectAll()
    desk.text("tai nạn")
    settle(desk)
    desk.enter()
    settle(desk)
    assert page.form.rows["injury_type"].edit.isVisible()
    desk.press(Key.Key_Escape)
    settle(desk)
    assert not page.form.isVisible()
    assert desk.focus() is page.card.children_table
    # What is possible but odd is written with a reason only.
    year = desk.workplace.today().year
    for number in HEADS:
        edit(desk.workplace, "household", home_id(UNIT, number), survey_date=f"{year - 1}-12-01")
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    answer(desk, f"0111{year - 1}", "1")
    assert page.form.reason.isVisible()
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert page.form.isVisible()
    assert desk.focus() is page.form.reason
    desk.text("Gia đình báo muộn")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert not page.form.isVisible()
    desk.close()


def test_a_household_splits_and_a_family_moves_away(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(Key.Key_7, text="7")
    settle(desk)
    assert desk.focus() is page.form.ticks
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    # However much is said, no field stands over another; the card gives way.
    assert page.form.height() >= page.form.layout().totalHeightForWidth(page.form.width())
    page.form.ticks.setFocus()
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Space, text=" ")
    desk.enter()
    answer(desk, f"{desk.workplace.today():%d%m%y}", "31", "Đinh Văn Lía", "")
    desk.enter()
    settle(desk)
    assert page.places.lines()[0].total == 4
    assert page.card.children_table.rowCount() == 1
    # Who came here with a move is chosen, and not typed a second time.
    came = stored(desk.workplace, "child", child_id(UNIT, "1", 1)).values
    with desk.workplace.write() as work:
        moved = {**came, "household": "elsewhere", "life_status": "MOVED_OUT", "personal_id": None}
        work.record(Change("child", {**moved, "full_name": "Trần Văn Đến"}, key="child/came"))
        work.commit()
    desk.press(Key.Key_2, text="2")
    settle(desk)
    assert desk.focus() is page.form.who
    desk.press(Key.Key_Down)
    desk.enter()
    settle(desk)
    assert page.form.title.whole == "Chuyển đến · Trần Văn Đến"
    answer(desk, f"{desk.workplace.today():%d%m%y}", "Xã Ba Vinh")
    desk.enter()
    settle(desk)
    assert page.card.children_table.rowCount() == 2
    desk.press(Key.Key_4, text="4")
    settle(desk)
    answer(desk, f"{desk.workplace.today():%d%m%y}", "tỉnh Bình Dương")
    assert "hồ sơ do xã mình giữ" in page.form.rows["event_place"].said.text()
    desk.enter()
    settle(desk)
    assert page.places.lines()[0].total == 3
    desk.close()


def test_the_walk_and_its_forms_can_be_read_and_reached_with_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path, large_letters)
    desk.enter()
    settle(desk)
    assert wrong_with(page) == []
    for key in ("2", "T"):
        page.card.children_table.setFocus()
        desk.press(0, text=key)
        settle(desk)
        assert page.form.isVisible(), key
        desk.text("32/13")
        desk.press(Key.Key_Return, CTRL)
        settle(desk)
        assert wrong_with(page) == [], key
        desk.press(Key.Key_Escape)
        settle(desk)
    desk.close()


def wrong_with(page: QWidget) -> list[str]:
    """What is cut, out of reach, nameless or pale on a page as it stands, the keyboard unseen."""
    for _ in range(3):
        QCoreApplication.processEvents()
    measures = (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard)
    return [one for measure in measures for one in measure(page)]


def test_ctrl_z_goes_to_the_household_that_it_undid_in_another_village(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    with desk.workplace.write() as work:
        other = village_id(UNIT, "other")
        work.record(
            Change("village", {"name": "Thôn Ngọc Trì", "owner_unit": UNIT}, key="village/other")
        )
        household = {"head_name": "Lê Văn Sáu", "household_no": "1", "owner_unit": UNIT}
        work.record(Change("household", {**household, "village": other}, key="household/6"))
        work.commit()
    page.load()
    settle(desk)
    assert len(page.places.lines()) == 2
    page.begin_walk(village_id(UNIT))
    settle(desk)
    space(desk)
    page.begin_walk(other)
    settle(desk)
    assert head(page) == "1 · Lê Văn Sáu"
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert head(page) == "1 · Phạm Văn Rơm"
    assert "Chưa rà soát" in page.card.confirmed.text()
    assert page.places.currentRow() == [one.id for one in page.places.lines()].index(
        village_id(UNIT)
    )
    # From no village at all it leads back, too.
    space(desk)
    desk.press(Key.Key_Escape)
    settle(desk)
    assert page.stack.currentIndex() == 0
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert page.stack.currentIndex() == 1
    assert head(page) == "1 · Phạm Văn Rơm"
    assert desk.focus() is page.card.children_table
    desk.close()


def test_what_was_typed_into_a_short_form_is_there_again_after_escape_and_after_a_kill(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert not page.card.waiting.isVisible()
    desk.press(Key.Key_Down)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    day = f"{desk.workplace.today():%d/%m/%Y}"
    answer(desk, f"{desk.workplace.today():%d%m%y}")
    desk.text("bện")
    desk.until(lambda: not desk.shell.drafts.waiting)
    assert "bản nháp" in desk.shell.status.kept.text(), "kept is not written"
    # The power goes: what is on the disk now is all there is.
    after = tmp_path / "after"
    after.mkdir()
    shutil.copytree(desk.settings.home, after / "home")
    # Escape leaves without a loss, and the household says what waits.
    desk.press(Key.Key_Escape)
    if page.form.isVisible():
        desk.press(Key.Key_Escape)
    settle(desk)
    assert not page.form.isVisible()
    assert "Chết · Đinh Thị Ré (5)" in page.card.waiting.text()
    assert page.card.waiting.isVisible()
    # Another child's form of the same event is its own.
    desk.press(Key.Key_Up)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    assert page.form.rows["event_date"].edit.text() == ""
    assert not page.form.give_up.isVisible()
    desk.press(Key.Key_Escape)
    settle(desk)
    desk.press(Key.Key_Down)
    desk.press(Key.Key_5, text="5")
    settle(desk)
    assert page.form.went_on.isVisible()
    assert page.form.rows["event_date"].edit.text() == day
    assert page.form.rows["death_cause"].edit.text() == "bện"
    assert page.form.draft.answers["event_date"] == desk.workplace.today().isoformat()
    # Written, it waits no longer.
    page.form.rows["death_cause"].edit.setFocus()
    page.form.rows["death_cause"].edit.selectAll()
    answer(desk, "bệnh")
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert not page.card.waiting.isVisible()
    assert desk.shell.status.kept.text().startswith("✓ Đã lưu")
    assert list(page._kept.waiting(home_id(UNIT, "2"))) == []
    desk.close()

    again = Desk(qtbot, Settings(after / "home")).unlock()
    (told,) = [one.text for one in again.shell.notices.notices]
    assert "2 · Đinh Thị Nga" in told
    again.press(Key.Key_Escape)
    again.go_to("quarter")
    settle(again)
    page = again.shell.quarter
    again.enter()
    settle(again)
    again.press(Key.Key_PageDown)
    settle(again)
    assert "Chết · Đinh Thị Ré (5)" in page.card.waiting.text()
    again.press(Key.Key_Down)
    again.press(Key.Key_5, text="5")
    settle(again)
    assert page.form.rows["event_date"].edit.text() == day
    assert page.form.rows["death_cause"].edit.text() == "bện"
    # Given up, it is gone.
    again.tab_to(page.form.give_up)
    again.press(Key.Key_Return)
    settle(again)
    assert not page.form.isVisible()
    assert not page.card.waiting.isVisible()
    again.close()


def test_what_was_begun_of_a_household_that_was_merged_away_is_told_until_it_is_given_up(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    desk.press(Key.Key_Down)
    for key in ("5", "9"):
        desk.press(getattr(Key, f"Key_{key}"), text=key)
        settle(desk)
        answer(desk, f"{desk.workplace.today():%d%m%y}")
        desk.press(Key.Key_Escape)
        if page.form.isVisible():
            desk.press(Key.Key_Escape)
        settle(desk)
    assert "Chết · Đinh Thị Ré (5)" in page.card.waiting.text()
    # Meanwhile a bundle brings that the child moved, and then that its household was merged away.
    edit(desk.workplace, "child", child_id(UNIT, "2", 2), household=home_id(UNIT, "1"))
    desk.go_to("home")
    settle(desk)
    desk.go_to("quarter")
    settle(desk)
    (told,) = [one for one in desk.shell.notices.notices if one.topic == "events_stranded"]
    day = f"{desk.workplace.today():%d%m%y}"
    assert f"Chết · Đinh Thị Ré · hộ 2 · Đinh Thị Nga «{day}»" in told.text
    assert "→ hộ 1 · Phạm Văn Rơm" in told.text
    assert "Chết" not in page.card.waiting.text(), "its key would not bring it back"
    edit(desk.workplace, "child", child_id(UNIT, "2", 1), household=home_id(UNIT, "1"))
    edit(desk.workplace, "household", home_id(UNIT, "2"), merged_into=home_id(UNIT, "1"))
    desk.close()

    again = Desk(qtbot, desk.settings).unlock()
    (told,) = again.shell.notices.notices
    assert told.text.count(f"«{day}»") == 2, "also what was begun of the household as such"
    asked: list[str] = []
    answers = ["keep", "drop"]

    def answered(question: Question) -> str:
        asked.append(question.text)
        return answers[len(asked) - 1]

    monkeypatch.setattr(again.shell.notices, "ask", answered)
    again.go_to("quarter")
    settle(again)
    discard = again.shell.quarter.discard
    again.tab_to(discard)
    assert discard.text() == "Bỏ 2 bản nháp"
    again.enter()
    settle(again)
    assert asked == ["Bỏ 2 biến động nhập dở?"]
    assert discard.isVisible(), "whoever keeps them keeps them"
    again.enter()
    settle(again)
    assert again.shell.notices.notices == ()
    assert not discard.isVisible()
    assert again.focus() is again.shell.quarter.places
    again.close()
    once_more = Desk(qtbot, desk.settings).unlock()
    assert once_more.shell.notices.notices == ()
    once_more.close()


def test_days_are_those_of_the_workplace(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_walk(qtbot, tmp_path)
    later = desk.workplace.clock() + TWENTY_YEARS
    desk.workplace.clock = lambda: later
    desk.enter()
    settle(desk)
    desk.press(Key.Key_PageDown)
    settle(desk)
    table = page.card.children_table
    turned = table.item(0, STATE).text()
    assert turned == i18n.text("quarter.sixteen.turned", day="01/05/2030")
    desk.press(Key.Key_5, text="5")
    settle(desk)
    answer(desk, f"{desk.workplace.today():%d%m%y}")
    assert page.form.draft.answers["event_date"] == desk.workplace.today().isoformat()
    desk.close()


def test_a_note_does_not_take_the_colour_of_the_error_beside_it(qtbot: QtBot) -> None:
    remarks = Remarks()
    qtbot.addWidget(remarks)
    remarks.show_remarks(
        [
            Remark("", Weight.NOTE, "quarter.told.split"),
            Remark("", Weight.ERROR, "quarter.refused.nobody_ticked"),
        ]
    )
    shown = {one.text(): one.property("state") for one in remarks.labels.values() if one.text()}
    assert [*shown.values()] == ["error", ""]
    assert [words[0] for words in shown] == ["\N{MULTIPLICATION X}", "\N{INFORMATION SOURCE}"]


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_who_has_no_name_yet_is_led_to_the_form_that_names(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(i18n, "_current", language)
    event = event_of("name_corrected", whole=False)
    assert event is not None
    for said in (
        i18n.text("worklist.hint.placeholder"),
        i18n.text("forms.rule.placeholder_late", days=60),
    ):
        for words in (i18n.text(f"quarter.event.{event.name}"), f" {event.key}"):
            assert words in said
        assert i18n.text("window.page.quarter") in said
