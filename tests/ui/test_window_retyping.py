"""Typing again without seeing, at the window, by keyboard only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.models.queries import register
from app.services.retyping import Decision
from app.services.second_check import State
from app.ui.check.page import SecondCheckPage
from tests.ui.test_window_check import at_the_check, settle, space, state_of, words
from tests.ui.test_window_quarter import TWENTY_YEARS, wrong_with
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, home_id, settle_village, stored

FIRST = child_id(UNIT, "1", 1)


def paper(desk: Desk, **differs: str) -> list[str]:
    """What the second person reads in the book of the first household."""
    values = stored(desk.workplace, "child", FIRST).values
    born = "".join(reversed(str(values["birth_date"]).split("-")))
    told = {
        "full_name": str(values["full_name"]).upper(),
        "birth_date": born,
        "sex": "nữ",
        "personal_id": str(values["personal_id"]),
        "father_name": str(values["father_name"]),
        "mother_name": str(values["mother_name"]),
        **differs,
    }
    return list(told.values())


def blind(desk: Desk, page: SecondCheckPage) -> None:
    """Begin the village with «type again first»."""
    page.blind.setFocus()
    desk.press(Key.Key_Space, text=" ")
    page.places.setFocus()
    desk.enter()
    settle(desk)


def type_all(desk: Desk, texts: list[str]) -> None:
    for one in texts:
        desk.text(one)
        desk.enter()
    settle(desk)


def seen(page: SecondCheckPage) -> str:
    """Every word that can be read on the page."""
    labels = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    fields = [one.text() for one in page.findChildren(QLineEdit) if one.isVisible()]
    return "\n".join([*labels, *fields])


def test_a_household_is_typed_again_unseen_and_what_differs_is_decided_by_one_key_each(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    assert page.area.isVisible()
    assert page.area.head.whole == "Thôn Phước Thọ · Hộ số 1"
    shown = seen(page)
    child = stored(desk.workplace, "child", FIRST).values
    for name in ("full_name", "personal_id", "father_name", "mother_name"):
        assert str(child[name]) not in shown
    assert "Phạm Văn Rơm" not in shown
    type_all(desk, paper(desk, birth_date="150316", mother_name="Đinh Thị Ngà"))
    table = page.area.table
    assert table.rowCount() == 2
    cells = [[table.item(row, at).text() for at in range(4)] for row in range(2)]
    assert cells[0] == [
        "Dòng 1 · Phạm Thị Hân",
        "Ngày, tháng, năm sinh",
        "14/03/2016",
        "15/03/2016",
    ]
    desk.enter()  # nothing is kept before all is decided
    settle(desk)
    assert page.area.isVisible()
    desk.press(Key.Key_2, text="2")
    assert table.currentRow() == 1
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    child = stored(desk.workplace, "child", FIRST).values
    assert child["birth_date"] == "2016-03-15"
    assert "6 ô: 2 ô khác, lấy bản gõ lại 1" in page.told.whole
    # The sheet follows; what was taken is the checker's own, so a reason is asked and proposed.
    assert page.sheet.isVisible()
    assert "15/03/2016" in words(page)
    assert "6 ô, 2 ô khác" in page.retyped.whole
    desk.close()


def test_a_year_of_two_digits_is_read_by_the_day_of_the_workplace(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    later = desk.workplace.clock() + TWENTY_YEARS
    desk.workplace.clock = lambda: later
    blind(desk, page)
    type_all(desk, paper(desk, birth_date=f"1403{desk.workplace.today():%y}"))
    assert page.area.table.item(0, 3).text() == f"14/03/{desk.workplace.today():%Y}"
    desk.close()


def test_where_all_agrees_the_sheet_follows_and_the_next_household_is_asked_for_unseen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    type_all(desk, paper(desk))
    assert "không ô nào khác" in page.told.whole
    assert page.sheet.isVisible()
    assert state_of(desk, "1") is State.NEVER
    space(desk)
    assert state_of(desk, "1") is State.NEVER, "somebody typed on"
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert state_of(desk, "1") is State.CHECKED
    # The unfinished one between is no household to be checked.
    assert page.area.isVisible()
    assert page.area.head.whole.endswith("Hộ số 10")
    desk.enter()
    assert page.area.isVisible()
    desk.press(Key.Key_Escape)
    settle(desk)
    assert desk.focus() is page.places
    desk.close()


def test_what_is_not_finished_is_there_again_after_the_window_was_closed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    desk.text("Phạm Thị Hân")
    desk.enter()
    desk.text("1403")
    desk.enter()
    assert "Sổ ghi như vậy thì cứ đi tiếp" in page.area.told.whole, "said, and nobody is stopped"
    # The list of the third field is what Escape leaves first.
    assert page.suggestions.is_open
    desk.press(Key.Key_Escape)
    assert not page.suggestions.is_open
    assert page.area.isVisible()
    desk.go_to("home")
    desk.settle()
    desk.close()
    again = Desk(qtbot, desk.settings).unlock(stay=True)
    settle(again)
    assert again.shell.pages.shown == "check"
    area = again.shell.check.area
    assert list(area.form.texts.values()) == ["Phạm Thị Hân", "1403"]
    assert "Gõ tiếp" in area.told.whole
    assert again.focus() is area.form.rows[2].edit
    # Nothing of it stands among what the household's page would go on with.
    assert again.shell.keeper.left_over == frozenset()
    again.close()


def test_who_saw_what_differs_types_no_more_and_finds_the_decisions_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """Else what was typed again could be made to agree, and nobody would know it had differed."""
    desk, page = at_the_check(qtbot, tmp_path)
    desk.enter()
    settle(desk)
    assert page.sheet.isVisible()
    desk.press(Key.Key_G, text="g")
    settle(desk)
    assert page.area.isVisible()
    type_all(desk, paper(desk, father_name="", birth_date="150316"))
    assert page.area.table.isVisible()
    assert page.area.table.item(1, 3).text() == "(để trống)"
    desk.press(Key.Key_1, text="1")
    desk.press(Key.Key_Escape)
    settle(desk)
    assert page.sheet.isVisible()
    assert desk.focus() is page.sheet
    desk.press(Key.Key_G, text="g")
    settle(desk)
    table = page.area.table
    assert table.isVisible()
    assert list(table.decided.values()) == [Decision.STANDS]
    assert table.currentRow() == 1
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    assert "2 ô khác" in page.retyped.whole
    # That the sheet was in sight before is kept with it.
    with desk.workplace.store.read() as reading:
        held = register.belonging_to(reading, [home_id(UNIT, "1")])[home_id(UNIT, "1")]
    (kept,) = [one.values for one in held if one.values.get("result") == "retyped"]
    assert "đã xem trang này" in str(kept["reason"])
    desk.close()


def test_a_drawn_sample_is_typed_again_child_by_child_and_says_its_seed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    page.count.setFocus()
    page.count.selectAll()
    desk.text("2")
    desk.press(Key.Key_Tab)
    desk.text("481516")
    desk.enter()
    settle(desk)
    # The children of the unfinished household are not in the draw.
    assert page.area.isVisible()
    assert "481516" in page.area.place.text()
    assert "1/2" in page.area.place.text()
    type_all(desk, paper(desk))
    assert page.area.head.whole.endswith("Hộ số 10")
    assert "không ô nào khác" in page.area.told.whole
    for _ in range(6):
        desk.text("x")
        desk.enter()
    settle(desk)
    assert page.area.table.rowCount() == 6
    for _ in range(6):
        desk.press(Key.Key_3, text="3")
    desk.enter()
    settle(desk)
    assert state_of(desk, "10") is State.NEVER or state_of(desk, "10") is State.RETURNED
    assert "481516: 12 ô, nhập sai 6 ô (50,0 %)" in page.told.whole
    (back,) = desk.shell._services.second_check.returned_to()
    assert back.child == child_id(UNIT, "10", 1)
    assert home_id(UNIT, "10") == back.household
    # The same seed goes on where it was left: all of it is done.
    sample = desk.shell._services.samples.draw(2, "481516")
    assert sample.left == {}
    assert (sample.result.retyped, sample.result.differing, sample.result.mistaken) == (12, 6, 6)
    desk.close()


def test_typing_again_can_be_read_and_reached_with_large_letters(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk, page = at_the_check(qtbot, tmp_path, large_letters)
    assert wrong_with(page) == []
    blind(desk, page)
    assert wrong_with(page) == []
    page.area.begin_typing()
    type_all(desk, [*paper(desk, birth_date="150316")[:2], "2", *paper(desk)[3:]])
    assert page.area.table.isVisible()
    assert wrong_with(page) == []
    desk.close()


def test_what_siblings_share_is_repeated_by_a_key_and_another_household_is_a_key_away(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.store.write("Lê Thị Nhập") as work:
        settle_village(work, UNIT)
        work.commit()
    desk.go_to("check")
    settle(desk)
    page = desk.shell.check
    blind(desk, page)
    desk.press(Key.Key_PageDown)
    settle(desk)
    assert page.area.head.whole.endswith("Hộ số 2")
    fathers = [row.edit for row in page.area.form.rows if row.blank.field.name == "father_name"]
    assert len(fathers) == 2
    fathers[0].setFocus()
    desk.text("Đinh Văn Ây")
    fathers[1].setFocus()
    page.area.form.repeat()
    assert fathers[1].text() == "Đinh Văn Ây"
    assert desk.focus() is page.area.form.rows[-1].edit
    desk.close()
