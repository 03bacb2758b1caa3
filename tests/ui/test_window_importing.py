"""The page of imports: from the file to the register and back, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from app.forms.issues import Value
from app.i18n import text
from app.models.queries import register
from app.printing.pdf import write_pdf
from app.reports.document import Table
from app.services.register_import import Correction, How, Kind
from app.ui.importing.frame import COLUMNS, FILE, PREVIEW, RESULT
from app.ui.importing.page import ImportPage
from app.ui.notify import Question
from tests.integration.test_list_layouts import book
from tests.ui.list_files import messy_list, plain_list
from tests.ui.looks import amiss
from tests.ui.window_desk import CTRL, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, prepared_home(tmp_path)).unlock()


def _page(desk: Desk) -> ImportPage:
    desk.go_to("register")
    desk.settle()
    desk.press(Key.Key_I, CTRL)
    desk.settle()
    return desk.shell.importing


def _open(desk: Desk, path: Path) -> ImportPage:
    page = _page(desk)
    assert desk.focus() is page.file.file
    desk.text(str(path))
    desk.press(Key.Key_Return)
    desk.settle()
    return page


def _on(desk: Desk) -> None:
    desk.press(Key.Key_Return, CTRL)
    desk.settle()


def _children(desk: Desk) -> dict[str, dict[str, Value]]:
    with desk.workplace.store.read() as reading:
        return {
            str(one.values.get("full_name")): dict(one.values)
            for page in register.stream(reading, "child")
            for one in page
        }


def _said(desk: Desk) -> list[str]:
    return [one.text for one in desk.shell.notices.notices]


def test_a_messy_list_comes_into_the_register_and_is_taken_back_by_keyboard(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _open(desk, messy_list(tmp_path / "a.xlsx"))
    assert (page.step, desk.focus()) == (COLUMNS, page.columns.sheet)
    known = {one.view.title: (one.view.field, one.how) for one in page.columns.choices}
    assert known["Ngày sinh"] == ("birth_date", How.TITLE)
    assert known["Cháu ở"] == ("village", How.CONTENT)
    assert known["Sở thích"] == ("", How.UNKNOWN)
    assert not page.on.isEnabled(), "a column that nobody knows stops the way"
    assert "Sở thích" in page.told.whole
    desk.press(Key.Key_Delete)
    assert page.on.isEnabled()
    assert text("import_page.on.columns_guessed", count="1") in page.on.text()
    _on(desk)
    assert page.step == PREVIEW
    assert _children(desk) == {}, "a preview writes nothing"
    assert "6" in page.preview.facts.text
    assert desk.focus() is page.preview.hidden_rows
    assert page.told.whole == text("import_page.hidden_undecided")
    desk.press(Key.Key_Down)
    assert page.told.whole == ""
    kinds = page.preview.proposals.kinds
    desk.tab_to(kinds)
    proposed = {kinds.item(at).text(): at for at in range(kinds.count())}
    assert set(proposed) == {
        text(f"import_page.proposal.{kind}", count="1")
        for kind in ("swapped", "zeros", "years", "fonts")
    }
    for at in range(kinds.count()):
        assert page.preview.proposals.samples.rowCount() == 1
        if kinds.currentRow() != proposed[text("import_page.proposal.years", count="1")]:
            desk.press(Key.Key_Space, text=" ")
        if at + 1 < kinds.count():
            desk.press(Key.Key_Down)
    _on(desk)
    assert page.step == RESULT
    held = _children(desk)
    assert {name: one.get("birth_date") for name, one in held.items()} == {
        "Đinh Thị Mai": "2019-05-01",
        "Phạm Văn Ré": "2018-05-13",
        "Đinh Thị Mười": "2020",
        "Hồ Thị Bông": "31/02/2017",
        "Hồ Văn Nơ": "01/06/17",
        "Đinh Văn Bỉ": "2016",
    }
    assert held["Phạm Văn Ré"]["personal_id"] == "051218004418"
    asked: list[Question] = []

    def answer(question: Question) -> str:
        asked.append(question)
        return "back"

    monkeypatch.setattr(desk.shell.notices, "ask", answer)
    desk.tab_to(page.result.take_back)
    desk.press(Key.Key_Return)
    desk.settle()
    assert len(asked) == 1
    assert _children(desk) == {}
    desk.press(Key.Key_Return)
    desk.settle()
    assert (page.step, desk.focus()) == (FILE, page.file.file)
    desk.close()


def test_what_is_not_ticked_keeps_its_text(desk: Desk, tmp_path: Path) -> None:
    page = _open(desk, messy_list(tmp_path / "a.xlsx"))
    desk.press(Key.Key_Delete)
    _on(desk)
    desk.tab_to(page.preview.hidden_rows)
    assert page.preview.hidden is None, "nobody has decided"
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Down)
    assert page.preview.hidden is False
    _on(desk)
    held = _children(desk)
    assert held["Phạm Văn Ré"]["birth_date"] == "05/13/2018"
    assert "Đinh Văn Bỉ" not in held, "a hidden row was left out"
    assert text("import_page.not_accepted", count="4") in page.result.facts.text
    desk.close()


def test_the_same_file_again_changes_nothing_and_its_columns_are_remembered(
    desk: Desk, tmp_path: Path
) -> None:
    path = messy_list(tmp_path / "a.xlsx")
    page = _open(desk, path)
    desk.press(Key.Key_Delete)
    _on(desk)
    desk.press(Key.Key_Down)
    _on(desk)
    count = len(_children(desk))
    desk.tab_to(page.result.another)
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.step == FILE
    desk.text(str(path))
    desk.press(Key.Key_Return)
    desk.settle()
    hows = {one.how for one in page.columns.choices}
    assert hows == {How.REMEMBERED}
    assert page.columns.obstacle == ""
    _on(desk)
    desk.press(Key.Key_Down)
    _on(desk)
    assert text("import_page.nothing_new") in page.result.facts.text
    assert not page.result.take_back.isVisible(), "there is nothing to take back"
    assert len(_children(desk)) == count
    desk.close()


def test_what_was_remembered_can_be_forgotten(desk: Desk, tmp_path: Path) -> None:
    path = plain_list(tmp_path / "a.xlsx")
    desk.shell._services.import_look.keep_layout(path)
    page = _open(desk, path)
    assert page.columns.forget.isVisible()
    desk.tab_to(page.columns.forget)
    desk.press(Key.Key_Return)
    desk.settle()
    assert not page.columns.forget.isVisible()
    assert {one.how for one in page.columns.choices} == {How.TITLE}
    desk.close()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # of what pops up
def test_a_column_is_corrected_by_hand(desk: Desk, tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        DS=[("Họ và tên", "Ngày sinh", "Ghi thêm"), ("Đinh Thị Mai", "2019", "Đinh Thị Hoa")],
    )
    page = _open(desk, path)
    assert page.columns.sheet.currentIndex().column() == 2, "at the column that nobody knows"
    desk.press(Key.Key_Return)
    field = page.columns.field
    assert field.view().isVisible()
    place = next(at for at in range(field.count()) if field.itemText(at).startswith("Họ và tên mẹ"))
    for key in (*[Key.Key_Down] * place, Key.Key_Return):  # the keys go to what popped up
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, int(key), Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(field.view(), event)
    desk.window.activateWindow()  # without a screen nobody gives the keyboard back
    desk.until(desk.window.isActiveWindow)
    assert page.columns.choices[2].label == field.itemText(place)
    assert desk.focus() is page.columns.sheet
    _on(desk)
    assert page.step == PREVIEW
    _on(desk)
    assert _children(desk)["Đinh Thị Mai"]["mother_name"] == "Đinh Thị Hoa"
    desk.close()


def test_two_columns_of_one_meaning_stop_the_way(desk: Desk, tmp_path: Path) -> None:
    rows = [("Họ và tên", "Họ tên trẻ", "Ngày sinh"), ("Đinh Thị Mai", "Mai", "2019")]
    page = _open(desk, book(tmp_path / "a.xlsx", DS=rows))
    assert page.step == COLUMNS
    assert not page.on.isEnabled()
    desk.tab_to(page.columns.sheet)
    desk.press(Key.Key_Right)
    desk.press(Key.Key_Delete)
    assert page.on.isEnabled()
    desk.close()


def test_a_row_whose_cells_were_shifted_is_refused_here_too(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "name,address_detail\nMai,Xóm 1\nMây,Xóm 2, Thôn 3\nMơ,Xóm 4\n"
    path.write_text(rows, encoding="utf-8")
    page = _open(desk, path)
    _on(desk)
    _on(desk)
    assert page.step == RESULT
    assert set(_children(desk)) == {"Mai", "Mơ"}
    assert text("import_page.count.refused", count="1") in page.result.facts.text
    desk.close()


def test_sheets_of_one_layout_are_imported_together(desk: Desk, tmp_path: Path) -> None:
    titles = ("Họ và tên", "Ngày sinh")
    path = book(
        tmp_path / "a.xlsx",
        Thôn_1=[titles, ("Mai", "2019")],
        Bìa=[("UBND XÃ",)],
        Thôn_2=[titles, ("Mây", "2020")],
    )
    page = _open(desk, path)
    assert (page.step, desk.focus()) == (FILE, page.file.sheets)
    assert page.file.chosen_sheets == ("Thôn 1",)
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Space, text=" ")
    assert page.file.chosen_sheets == ("Thôn 1", "Thôn 2")
    _on(desk)
    _on(desk)
    _on(desk)
    assert set(_children(desk)) == {"Mai", "Mây"}
    desk.close()


def test_an_import_that_is_stopped_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    path = plain_list(tmp_path / "a.xlsx", tuple(f"Đinh Thị {at}" for at in range(300)))
    page = _open(desk, path)
    _on(desk)
    assert page.step == PREVIEW
    desk.press(Key.Key_Return, CTRL)
    assert desk.focus() is page.work.stop
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.step == PREVIEW
    assert _said(desk) == [text("work.cancelled")]
    assert _children(desk) == {}
    _on(desk)
    assert (page.step, len(_children(desk))) == (RESULT, 300)
    desk.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [("rác.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook"), ("trống.csv", b"")],
)
def test_a_file_that_is_no_list_is_told_with_what_to_do(
    desk: Desk, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    page = _open(desk, path)
    assert page.step == FILE
    (said,) = _said(desk)
    assert name in said
    assert desk.focus() is page.file.file
    page.file.file.clear()
    desk.text(str(plain_list(tmp_path / "b.xlsx")))
    desk.press(Key.Key_Return)
    desk.settle()
    assert page.step == COLUMNS
    assert _said(desk) == [], "what failed is settled"
    desk.close()


def test_escape_goes_back_step_by_step(desk: Desk, tmp_path: Path) -> None:
    page = _open(desk, plain_list(tmp_path / "a.xlsx"))
    _on(desk)
    steps = []
    for _ in range(3):
        steps.append(page.step)
        desk.press(Key.Key_Escape)
        desk.settle()
    assert steps == [PREVIEW, COLUMNS, FILE]
    assert desk.shell.pages.currentWidget() is desk.shell.register
    desk.press(Key.Key_I, CTRL)
    desk.settle()
    assert page.file.path == tmp_path / "a.xlsx", "what was chosen is still there"
    desk.go_to("register")
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    desk.close()


def test_an_empty_register_leads_here_and_the_list_shows_what_came(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock(stay=True)
    desk.tab_to(desk.shell.home.begin_card.import_list)
    desk.press(Key.Key_Return)
    desk.settle()
    page = desk.shell.importing
    assert desk.focus() is page.file.file
    desk.text(str(plain_list(tmp_path / "a.xlsx")))
    for _ in range(4):
        _on(desk)
    assert (page.step, desk.focus()) == (RESULT, page.result.to_list)
    desk.press(Key.Key_Return)
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    assert desk.shell.register.rows.rowCount() == 2
    desk.close()


def test_issues_are_written_to_a_file_without_what_stands_in_the_cells(
    desk: Desk, tmp_path: Path
) -> None:
    page = _open(desk, messy_list(tmp_path / "a.xlsx"))
    desk.press(Key.Key_Delete)
    _on(desk)
    desk.press(Key.Key_Down)
    _on(desk)
    assert page._done is not None
    out = tmp_path / "out.xlsx"
    count = desk.shell._services.import_issues.write(out, "a.xlsx", page._done)
    written = openpyxl.load_workbook(out).worksheets[0]
    rows = [[str(cell or "") for cell in row] for row in written.iter_rows(values_only=True)]
    assert len(rows) == count + 1
    assert "C8" in {row[1] for row in rows}
    assert "Ré" not in str(rows)
    paper = desk.shell._services.import_issues.paper("a.xlsx", page._done)
    table = next(one for one in paper.sections[0].blocks if isinstance(one, Table))
    assert {row[0] for row in table.rows} == {row[1] for row in rows[1:]}
    write_pdf(paper, tmp_path / "out.pdf")
    with pdfplumber.open(tmp_path / "out.pdf") as read:
        assert "C8" in (read.pages[0].extract_text() or "")
    desk.close()


def test_every_step_can_be_read_and_reached_with_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    page = _page(desk)
    assert amiss(desk.window) == []
    desk.tab_to(page.file.file)
    desk.text(str(messy_list(tmp_path / "a.xlsx")))
    desk.press(Key.Key_Return)
    desk.settle()
    for _ in range(3):
        assert amiss(desk.window) == [], page.step
        if page.step == COLUMNS:
            desk.tab_to(page.columns.sheet)
            desk.press(Key.Key_Delete)
        if page.step == PREVIEW:
            desk.tab_to(page.preview.hidden_rows)
            desk.press(Key.Key_Down)
        _on(desk)
        if page.step == RESULT:
            break
    assert page.step == RESULT
    assert amiss(desk.window) == []
    desk.close()


@pytest.mark.parametrize("kind", [*Correction])
def test_every_kind_of_proposal_and_row_has_its_words(kind: Correction) -> None:
    assert "3" in text(f"import_page.proposal.{kind.value}", count="3")
    for row in Kind:
        if row is not Kind.CHILD:
            assert "7" in text(f"import_page.left.{row.value}", count="3", rows="7")
            assert "7" in text(f"cli.register.left_{row.value}", count="3", rows="7")


def test_rows_like_children_of_the_register_are_told_first(desk: Desk, tmp_path: Path) -> None:
    rows = [("Họ và tên", "Ngày sinh", "Họ và tên mẹ"), ("Đinh Thị Mai", "01/05/2019", "Đinh Hoa")]
    page = _open(desk, book(tmp_path / "a.xlsx", A=rows))
    for _ in range(2):
        _on(desk)
    other = [rows[0], (*rows[1][:2], "Đinh Thị Hoa"), ("Mây", "32/01/2019", None)]
    desk.tab_to(page.result.another)
    desk.press(Key.Key_Return)
    desk.text(str(book(tmp_path / "b.xlsx", B=other)))
    for _ in range(2):
        _on(desk)
    assert text("import_page.count.similar", count="1") in page.preview.facts.text
    assert page.preview.issues.lines.lines[0].cell == text("import_page.row", row="2")
    desk.close()


def test_f12_lists_the_keys_of_this_page(desk: Desk) -> None:
    _page(desk)
    desk.press(Key.Key_F12)
    assert "Ctrl+Enter" in desk.shell.keys.shown
    desk.press(Key.Key_F12)
    desk.close()
