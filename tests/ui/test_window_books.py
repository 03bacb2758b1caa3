"""The paper books in the administration: supplied, chosen, taken a step further and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import number, set_language, text
from app.services.paper_books import BookStep
from app.ui.admin.books import BooksSection
from app.ui.theme import Theme, apply_theme
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.window_desk import UNIT, Desk, prepared_home
from tests.village_of_three import VILLAGE, open_round, settle_village


def _settled(desk: Desk) -> BooksSection:
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    open_round(desk.workplace)
    desk.go_to("admin")
    desk.settle()
    page = desk.shell.admin
    page.list.setCurrentRow(list(page.sections).index("books"))
    desk.settle()
    section = page.sections["books"]
    assert isinstance(section, BooksSection)
    return section


def _supply(desk: Desk, section: BooksSection, numbers: str) -> None:
    section.village.setCurrentIndex(section.village.findText(VILLAGE))
    desk.tab_to(section.numbers)
    desk.text(numbers)
    desk.tab_to(section.supply)
    desk.enter()
    desk.settle()


def _choose(section: BooksSection, *places: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    model = section.table.selectionModel()
    model.clearSelection()
    for at in places:
        model.select(section.rows.index(at, 0), flags.Select | flags.Rows)


def _shown(section: BooksSection) -> list[tuple[str, str]]:
    return [(one.number, one.step.value) for one in section.rows.lines]


def test_books_are_supplied_issued_and_taken_back_by_keys(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    assert section.count.text() == text("paper_books.none")
    _supply(desk, section, "1-3")
    assert _shown(section) == [("1", "supplied"), ("2", "supplied"), ("3", "supplied")]
    assert section.count.text() == text("paper_books.count", count=number(3))
    assert {one.village_name for one in section.rows.lines} == {VILLAGE}
    _choose(section, 0, 1)
    assert BookStep(section.what.currentData()) is BookStep.ISSUED, "what comes next is offered"
    desk.tab_to(section.do)
    desk.enter()
    desk.settle()
    assert text("paper_books.nobody") in section.message.text()
    desk.tab_to(section.who)
    desk.text("Hồ Thị Na")
    desk.tab_to(section.do)
    desk.enter()
    desk.settle()
    assert _shown(section) == [("1", "issued"), ("2", "issued"), ("3", "supplied")]
    assert section.rows.lines[0].holder == "Hồ Thị Na"
    assert [one.number for one in section._chosen()] == ["1", "2"], "both, for the next step"
    _choose(section, 1)
    desk.tab_to(section.back)
    desk.enter()
    desk.settle()
    assert _shown(section)[1] == ("2", "supplied")
    _supply(desk, section, "3-4")
    assert text("paper_books.there_already", numbers="3") in section.message.text()
    assert len(section.rows.lines) == 3
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_the_paper_books_can_be_read_in_large_letters(
    qtbot: QtBot, tmp_path: Path, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    set_language(language)
    try:
        desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
        section = _settled(desk)
        _supply(desk, section, "1-12")
        _choose(section, 0)
        for measure in (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())
