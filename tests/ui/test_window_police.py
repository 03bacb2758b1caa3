"""The page of the police: a list goes out, answers and the signed paper come back; by keyboard."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pdfplumber
import pytest
from openpyxl.styles import Font
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.police.answered_row import Verdict
from app.services.police.defects import Kind
from app.services.police.issued_list import State
from app.services.worklist import Duty
from app.ui.notify import Question
from app.ui.police.page import PolicePage
from app.ui.police.village_rows import MARK
from tests.police_register import Pen, child, edit, household, values_of, village
from tests.ui.looks import amiss
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home

GIRL, BOY, LAST = "Đinh Thị Hạ", "Hồ Văn Pá", "Phạm Văn Ré"
GIRL_ID, BOY_ID = "051319000777", "051218000888"


class Story:
    """The page, with three children in two villages, and the folder that dialogs lead to."""

    def __init__(self, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.folder = desk, folder
        self._monkeypatch = monkeypatch
        workplace = desk.workplace
        one, two = (village(workplace, name, UNIT) for name in ("Thôn 1", "Thôn 2"))
        home, other = household(workplace, one, "1", UNIT), household(workplace, two, "2", UNIT)
        self.girl = child(workplace, home, UNIT, personal_id=None)
        self.boy = child(
            workplace, home, UNIT, personal_id=None, full_name=BOY, birth_date="2018-03-04", sex="1"
        )
        self.last = child(workplace, other, UNIT, full_name=LAST, birth_date="2017")
        desk.go_to("police")
        desk.settle()
        self.page: PolicePage = desk.shell.police

    def names(self, path: Path) -> Path:
        """What the next dialog gives."""
        for dialog in ("getSaveFileName", "getOpenFileName"):
            self._monkeypatch.setattr(QFileDialog, dialog, lambda *_args: (str(path), ""))
        return path

    def issue(self) -> Pen:
        path = self.names(self.folder / "ca.xlsx")
        self.desk.tab_to(self.page.issue)
        self.desk.enter()
        self.desk.settle()
        return Pen(path)

    def read(self, path: Path) -> None:
        self.names(path)
        self.desk.tab_to(self.page.list_table)
        self.desk.enter()
        self.desk.settle()

    def row_of(self, name: str) -> None:
        rows = self.page.answers.rows
        at = next(at for at, one in enumerate(rows.lines) if one.name == name)
        self.page.answers.table.setCurrentIndex(rows.index(at, 1))

    def escape(self) -> None:
        """Esc takes the newest message away first."""
        for _ in range(1 + len(self.desk.shell.notices.notices)):
            self.desk.press(Key.Key_Escape)
        self.desk.settle()

    def said(self) -> str:
        return self.desk.shell.notices.notices[0].text

    def personal_id(self, ent_id: str) -> object:
        return values_of(self.desk.workplace, ent_id).get("personal_id")


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    return Story(Desk(qtbot, prepared_home(tmp_path)).unlock(), tmp_path, monkeypatch)


def test_a_list_goes_out_comes_back_answered_and_signed_by_keyboard_alone(story: Story) -> None:
    desk, page = story.desk, story.page
    assert desk.focus() is page.village_table
    assert [one.name for one in page.villages.lines] == ["Thôn 1", "Thôn 2"]
    assert page.chosen.whole == text("police.chosen", count="3")
    pen = story.issue()
    assert desk.focus() is page.list_table
    assert story.said() == text("police.issued_done", number=1, count="3", file="ca.xlsx")
    assert page.chosen.whole == text("police.chosen", count="0")
    assert not page.issue.isEnabled()

    paper = story.names(story.folder / "ca.pdf")
    desk.press(Key.Key_1)
    desk.settle()
    with pdfplumber.open(paper) as pdf:
        words = " ".join((one.extract_text() or "") for one in pdf.pages)
    assert pen.cell(pen.row(GIRL), "code")[6:] in words
    assert "LƯU HÀNH NỘI BỘ" in words

    story.read(pen.fill(GIRL, personal_id=GIRL_ID).fill(BOY, not_here="x").save())
    view = page.answers
    assert desk.focus() is view.table
    assert [one.verdict for one in view.rows.lines] == [
        Verdict.CHANGES,
        Verdict.NOTES,
        Verdict.BLANK,
    ]
    told = [view.sides.item(0, at).text() for at in range(view.sides.columnCount())]
    assert told == ["Số định danh", "(trống)", "(trống)", GIRL_ID]
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert story.personal_id(story.girl) == GIRL_ID
    assert amiss(desk.window) == []
    assert page.stack.currentWidget() is page.desk
    assert page.about.whole == "không có tại địa bàn 1, đã sửa 1"

    desk.tab_to(page.list_table)
    desk.press(Key.Key_3)
    desk.settle()
    assert desk.focus() is page.back.signer
    desk.text("Lê Minh")
    desk.enter()
    desk.text("Trưởng Công an xã")
    desk.enter()
    desk.text(f"{desk.workplace.today():%d%m%y}")
    desk.enter()
    desk.text("45/CAX")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (one,) = page.lists.lines
    assert one.state is State.BACK
    assert one.back is not None
    assert one.back[:2] == ("Lê Minh", "Trưởng Công an xã")
    assert "Lê Minh, Trưởng Công an xã" in page.about.whole
    assert "Nguyễn Thị An" in page.about.whole
    desk.tab_to(page.undo_back)
    desk.enter()
    desk.settle()
    assert page.lists.lines[0].state is State.ANSWERED
    desk.close()


def test_villages_and_lists_are_chosen_by_keyboard(story: Story) -> None:
    desk, page = story.desk, story.page
    desk.press(Key.Key_Space)
    assert page.chosen.whole == text("police.chosen", count="1")
    assert page.villages.index(0, MARK).data() == "\N{BALLOT BOX}"
    desk.press(Key.Key_A, CTRL)
    assert page.chosen.whole == text("police.chosen", count="3")
    desk.press(Key.Key_A, CTRL)
    assert not page.issue.isEnabled()
    desk.press(Key.Key_Space)
    desk.tab_to(page.kinds[Kind.WRONG_BASIC])
    desk.press(Key.Key_Space, text=" ")
    assert page.chosen.whole == text("police.chosen", count="2")
    pen = story.issue()
    assert {pen.cell(row, "village") for row in (2, 3)} == {"Thôn 1"}
    assert pen.sheet.max_row == 3
    assert page.lists.lines[0].by_kind == {Kind.WITHOUT_ID: 2}
    desk.tab_to(page.also_out)
    desk.press(Key.Key_Space, text=" ")
    assert page.chosen.whole == text("police.chosen", count="2")
    desk.close()


def test_doubtful_rows_are_decided_one_by_one(story: Story) -> None:
    desk, page = story.desk, story.page
    pen = story.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID)
    answered = pen.fill(LAST, birth_date="05/03/2017").save()
    edit(desk.workplace, story.girl, personal_id="051319000111")
    edit(desk.workplace, story.boy, personal_id="051218000111")
    story.read(answered)
    view = page.answers
    assert [one.verdict for one in view.rows.lines[:2]] == [Verdict.DOUBTFUL] * 2
    assert view.rows.lines[2].name == LAST, "what wants nobody comes last"
    story.row_of(GIRL)
    assert "Số định danh" in view.why.whole
    told = [view.sides.item(0, at).text() for at in range(1, 4)]
    assert told == ["(trống)", "051319000111", GIRL_ID]
    desk.press(Key.Key_1)
    assert view.row is not None
    assert view.row.name == BOY, "on to the next that is open"
    desk.press(Key.Key_0)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert story.personal_id(story.girl) == GIRL_ID
    assert story.personal_id(story.boy) == "051218000111"
    assert story.said() == "Danh sách số 1: đã sửa 2 trẻ, 1 còn cần xem."
    desk.close()


def test_what_was_decided_is_still_decided_when_the_file_is_read_again(story: Story) -> None:
    desk, page = story.desk, story.page
    pen = story.issue().fill(GIRL, personal_id=GIRL_ID).fill(BOY, personal_id=BOY_ID)
    answered = pen.save()
    edit(desk.workplace, story.girl, personal_id="051319000111")
    edit(desk.workplace, story.boy, personal_id="051218000111")
    story.read(answered)
    view = page.answers
    assert not view.apply.isEnabled(), "nothing would be written"
    story.row_of(BOY)
    desk.press(Key.Key_0)
    assert not view.apply.isEnabled()
    story.row_of(GIRL)
    desk.press(Key.Key_1)
    assert view.apply.isEnabled()
    story.escape()
    assert page.stack.currentWidget() is page.desk
    story.read(answered)
    assert set(view.rows.taken) == {one.code for one in view.rows.lines if one.name == GIRL}
    assert set(view.rows.left) == {one.code for one in view.rows.lines if one.name == BOY}
    # What somebody typed in between makes a row another one: it is to be decided again.
    story.escape()
    edit(desk.workplace, story.girl, personal_id="051319000112")
    story.read(answered)
    assert view.rows.taken == {}
    assert not view.apply.isEnabled()
    story.row_of(GIRL)
    desk.press(Key.Key_1)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert story.personal_id(story.girl) == GIRL_ID
    assert story.personal_id(story.boy) == "051218000111"
    desk.close()


def test_text_of_an_old_font_stands_beside_what_it_says(story: Story) -> None:
    desk, page = story.desk, story.page
    pen = story.issue()
    cell = pen.sheet.cell(pen.row(GIRL), pen.column("full_name"))
    cell.value, cell.font = "Nguyeãn Thò Höông", Font(name="VNI-Times")
    cell = pen.sheet.cell(pen.row(BOY), pen.column("birth_date"))
    cell.value = date(2018, 4, 3)
    story.read(pen.save())
    story.row_of(GIRL)
    assert "Nguyeãn Thò Höông → Nguyễn Thị Hương" in {
        item.text()
        for at in range(page.answers.sides.rowCount())
        if (item := page.answers.sides.item(at, 3)) is not None
    }
    assert "phông chữ cũ" in page.answers.why.whole
    story.row_of(BOY)
    assert "ngày hay tháng trước" in page.answers.why.whole
    assert amiss(desk.window) == []
    desk.close()


def test_enter_on_a_row_opens_the_household_and_the_file_is_still_there_after(
    story: Story,
) -> None:
    desk, page = story.desk, story.page
    story.read(story.issue().fill(GIRL, personal_id=GIRL_ID).save())
    story.row_of(GIRL)
    desk.enter()
    desk.settle()
    assert desk.page.household_form.isVisible()
    story.escape()
    assert desk.shell.pages.shown == "police"
    assert page.stack.currentWidget() is page.answers
    assert desk.focus() is page.answers.table
    desk.close()


def test_answers_and_lists_are_taken_back_when_somebody_says_so(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = story.desk, story.page
    story.read(story.issue().fill(GIRL, personal_id=GIRL_ID).save())
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    asked: list[Question] = []
    answer = "keep"

    def ask(question: Question) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr(page._notifier, "ask", ask)
    for button in (page.undo_answers, page.withdraw):
        desk.tab_to(button)
        desk.enter()
        desk.settle()
    assert len(asked) == 2
    assert story.personal_id(story.girl) == GIRL_ID
    answer = "undo"
    desk.tab_to(page.undo_answers)
    desk.enter()
    desk.settle()
    assert story.personal_id(story.girl) is None
    answer = "withdraw"
    desk.tab_to(page.withdraw)
    desk.enter()
    desk.settle()
    assert page.lists.lines[0].state is State.WITHDRAWN
    desk.close()


def test_what_is_wrong_is_told_and_escape_leaves_with_nothing_written(story: Story) -> None:
    desk, page = story.desk, story.page
    answered = story.issue().fill(GIRL, personal_id=GIRL_ID).save()
    wrong = story.folder / "wrong.xlsx"
    wrong.write_text("không phải Excel", encoding="utf-8")
    story.read(wrong)
    assert "wrong.xlsx" in story.said()
    assert page.stack.currentWidget() is page.desk
    story.read(answered)
    story.escape()
    assert page.stack.currentWidget() is page.desk
    assert desk.focus() is page.list_table
    assert story.personal_id(story.girl) is None
    desk.press(Key.Key_3)
    desk.settle()
    desk.text("Lê Minh")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert page.back.wrong.whole
    assert desk.focus() is page.back.day
    story.escape()
    assert page.stack.currentWidget() is page.desk
    assert page.lists.lines[0].state is State.OUT
    desk.close()


def test_the_worklist_tells_what_the_police_have_and_for_how_long_and_leads_there(
    story: Story,
) -> None:
    desk = story.desk
    story.issue()
    now = desk.workplace.clock()
    desk.workplace.clock = lambda: now + 9 * 86_400
    desk.go_to("home")
    desk.settle()
    view = desk.shell.home.view
    assert view is not None
    (task,) = (one for one in view.tasks if one.duty is Duty.POLICE_OUT)
    assert (task.count, task.days) == (1, 9)
    lines = desk.shell.home.lines
    lines.choose(Duty.POLICE_OUT)
    desk.tab_to(lines)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.shown == "police"
    desk.close()


def test_an_empty_register_says_that_there_is_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.go_to("police")
    desk.settle()
    page = desk.shell.police
    assert page.village_stack.currentWidget() is page.nothing
    assert not page.issue.isEnabled()
    assert amiss(desk.window) == []
    desk.close()


def test_everything_of_the_page_can_be_read_in_large_letters(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    story = Story(desk, tmp_path, monkeypatch)
    assert amiss(desk.window) == []
    pen = story.issue().fill(GIRL, personal_id=GIRL_ID, remark="đã cấp số").fill(BOY, sex="gì")
    assert amiss(desk.window) == []
    edit(desk.workplace, story.girl, personal_id="051319000111")
    story.read(pen.save())
    assert amiss(desk.window) == []
    story.escape()
    desk.press(Key.Key_3)
    desk.settle()
    assert amiss(desk.window) == []
    desk.close()
