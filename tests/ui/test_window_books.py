"""The paper books in the administration: supplied, chosen, taken a step further and back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from app.i18n import number, text
from app.models.queries import register
from app.services.paper_books import BookStep
from app.ui.admin.books import ROUND, BooksSection
from tests.ui.looks import amiss
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


def _step(desk: Desk, section: BooksSection) -> None:
    desk.tab_to(section.do)
    desk.enter()
    desk.settle()


def test_whom_a_step_names_is_asked_for_each_step(qtbot: QtBot, tmp_path: Path) -> None:
    """An enumerator does not check her own book."""
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    _supply(desk, section, "1")
    _choose(section, 0)
    desk.tab_to(section.who)
    desk.text("Hồ Thị Na")
    for _each in ("issued", "collected", "checked"):
        _step(desk, section)
    (book,) = section.rows.lines
    assert book.step is BookStep.CHECKED
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "book", book.id)
    assert found is not None
    said = [found.values.get(f"{one}_by") for one in ("collected", "checked")]
    assert (said, found.values["issued_to"]) == ([None, None], "Hồ Thị Na")
    desk.close()


def test_households_and_children_are_asked_when_one_book_is_entered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    _supply(desk, section, "1-2")
    _choose(section, 0, 1)
    desk.tab_to(section.who)
    desk.text("Hồ Thị Na")
    for _each in ("issued", "collected", "checked"):
        assert section.entered.isHidden()
        _step(desk, section)
    assert section.entered.isHidden(), "of two books nobody could tell which the numbers are of"
    _choose(section, 0)
    assert not section.entered.isHidden()
    for field, typed in ((section.households, "40"), (section.children_in, "71")):
        desk.tab_to(field)
        desk.text(typed)
    _step(desk, section)
    entered = section.rows.lines[0]
    assert (entered.step, entered.households, entered.children) == (BookStep.ENTERED, 40, 71)
    assert section.entered.isHidden()
    desk.close()


def test_who_carries_books_is_noted_with_villages_and_taken_off(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    part = section.carriers
    assert not part.release.isEnabled()
    desk.tab_to(part.name)
    desk.text("Hồ Thị Na")
    desk.tab_to(part.phone)
    desk.text("0905111222")
    desk.tab_to(part.places)
    qtbot.keyClick(part.places, Qt.Key.Key_Space)
    desk.tab_to(part.assign)
    desk.enter()
    desk.settle()
    (line,) = part.rows.lines
    assert (line.one.full_name, line.one.phone, line.places) == ("Hồ Thị Na", "0905111222", VILLAGE)
    assert [section.who.itemText(at) for at in range(section.who.count())] == ["Hồ Thị Na"]
    assert section.who.currentText() == "", "nothing is chosen for the next step by that"
    desk.tab_to(part.assign)
    desk.enter()
    desk.settle()
    assert text("people.no_name") in part.message.text()
    part.table.selectRow(0)
    desk.tab_to(part.release)
    desk.enter()
    desk.settle()
    assert part.rows.lines == []
    desk.close()


def test_the_day_of_supply_is_put_right_and_who_stopped_with_a_book_stays_listed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    _supply(desk, section, "1")
    _choose(section, 0)
    section.what.setCurrentIndex(section.what.findData(BookStep.SUPPLIED))
    assert section.what.currentText() == "Sửa ngày cấp"
    desk.tab_to(section.on)
    desk.text("01/10/2026")
    _step(desk, section)
    (book,) = section.rows.lines
    assert (book.step, book.day) == (BookStep.SUPPLIED, "2026-10-01")
    desk.tab_to(section.who)
    desk.text("hồ thị na")
    _step(desk, section)
    part = section.carriers
    part.table.selectRow(0)
    desk.tab_to(part.release)
    desk.enter()
    desk.settle()
    shown = part.rows.words(part.rows.lines[0], 0)
    assert shown == "Hồ Thị Na (đã thôi, còn giữ sổ)"
    part.table.selectRow(0)
    assert not part.release.isEnabled(), "he stopped already"
    desk.close()


def test_what_is_still_out_of_an_earlier_round_is_shown_and_its_round_can_be_chosen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    section = _settled(desk)
    _supply(desk, section, "1")
    assert section.table.isColumnHidden(ROUND), "all of one round"
    dates = {"reference_date": "2027-03-31", "opens_on": "2027-01-01", "closes_on": "2027-03-31"}
    open_round(desk.workplace, "Quý I/2027", **dates)
    section.load()
    desk.settle()
    _supply(desk, section, "1")
    assert [one.round_name for one in section.rows.lines] == ["Quý I/2027", "Quý IV/2026"]
    assert not section.table.isColumnHidden(ROUND)
    section.of_round.setCurrentIndex(section.of_round.findText("Quý I/2027"))
    desk.settle()
    assert [one.round_name for one in section.rows.lines] == ["Quý I/2027"]
    desk.close()


def test_the_paper_books_can_be_read_in_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    section = _settled(desk)
    _supply(desk, section, "1-12")
    _choose(section, 0)
    assert amiss(desk.window) == []
    desk.close()
