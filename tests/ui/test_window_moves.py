"""The page of moves: pairs side by side, decided by one key, taken back; by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.forms.issues import Value
from app.i18n import in_sentence, text
from app.models.queries import register
from app.models.work import Change
from app.services.mistakes import Mistakes
from app.services.moves import Moves
from app.services.rights import Right
from app.services.worklist import Duty
from app.ui.moves.page import MovesPage
from app.ui.moves.rows import Which
from tests.ui.looks import amiss
from tests.ui.window_desk import SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import home_id, settle_village

OLD_HOME, NEW_HOME = home_id(UNIT, "1"), home_id(UNIT, "10")


def _child(desk: Desk, home: str, event: str, **values: Value) -> str:
    told: dict[str, Value] = {"event": event, "event_date": "2026-08-01", "event_place": "Ba Tơ"}
    with desk.workplace.write() as work:
        made = work.record(
            Change("child", {"owner_unit": UNIT, "household": home, "sex": "2", **values})
        )
        work.record(Change("life_event", {"record": made.id, **told}))
        work.commit()
    return made.id


def _settled(desk: Desk, **kept: Value) -> tuple[str, str, str]:
    """Two who left and one who came: she is one of them. `kept` is what the book that they left
    says otherwise."""
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    gone: dict[str, Value] = {"life_status": "MOVED_OUT", "owner_unit": "unknown", **kept}
    named: dict[str, Value] = {"full_name": "Đinh Thị Hạ", "birth_date": "2019-05-01"}
    left = _child(desk, OLD_HOME, "moved_out", **named, mother_name="Đinh Thị Bông")
    other = _child(desk, OLD_HOME, "moved_out", full_name="Hồ Văn Pá", birth_date="2016")
    came = _child(
        desk,
        NEW_HOME,
        "moved_in",
        full_name="Đinh Thị Hà",
        birth_date="2019-05-01",
        mother_name="Đinh Thị Bông",
        father_name="Phạm Văn Ré",
    )
    for one in (left, other):
        with desk.workplace.write() as work:
            work.record(Change("child", gone, one))
            work.commit()
    return left, other, came


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, prepared_home(tmp_path)).unlock()


def _page(desk: Desk) -> MovesPage:
    desk.go_to("moves")
    desk.settle()
    return desk.shell.moves


def _choose(desk: Desk, page: MovesPage, which: Which) -> None:
    desk.tab_to(page.which)
    page.which.setCurrentIndex(list(Which).index(which))
    desk.settle()


def _said(desk: Desk) -> str:
    return desk.shell.notices.notices[0].text


def _names(page: MovesPage) -> list[str]:
    return [str(page.rows.index(at, 0).data()) for at in range(page.rows.rowCount())]


def test_a_pair_is_shown_side_by_side_decided_by_a_key_and_taken_back(desk: Desk) -> None:
    left, _other, came = _settled(desk)
    page = _page(desk)
    assert desk.focus() is page.table
    assert [one.key for one in page.rows.lines] == [(left, came)]
    told = {
        name: (one.whole, sign.text(), two.whole)
        for name, (one, sign, two) in page.sides.told.items()
    }
    assert told["name"] == ("Đinh Thị Hạ", "\N{NOT EQUAL TO}", "Đinh Thị Hà")
    assert told["born"] == ("01/05/2019 · Nữ", "", "01/05/2019 · Nữ")
    assert told["father"] == (text("moves.empty"), "\N{NOT EQUAL TO}", "Phạm Văn Ré")
    assert text("moves.sign.name_without_marks") in page.about.whole
    desk.press(Key.Key_1)
    desk.settle()
    assert _names(page) == []
    _choose(desk, page, Which.PAIRED)
    assert [one.key for one in page.rows.lines] == [(left, came)]
    assert desk.workplace.account.full_name in page.about.whole
    desk.tab_to(page.table)
    desk.press(Key.Key_1)
    desk.press(Key.Key_2)
    desk.settle()
    assert _names(page) == ["Đinh Thị Hạ"], "only 0 means anything here"
    desk.press(Key.Key_0)
    desk.settle()
    assert _names(page) == []
    _choose(desk, page, Which.PAIRS)
    assert [one.key for one in page.rows.lines] == [(left, came)]
    desk.close()


def test_who_goes_elsewhere_while_it_is_decided_keeps_the_keyboard(desk: Desk) -> None:
    _settled(desk)
    page = _page(desk)
    desk.press(Key.Key_1)
    desk.go_to("home")
    desk.settle()
    assert page.rows.rowCount() == 0
    assert desk.shell.home.isAncestorOf(desk.focus())
    desk.close()


def test_a_pair_with_a_record_that_was_an_error_is_taken_back_at_the_window(desk: Desk) -> None:
    left, _other, came = _settled(desk)
    page = _page(desk)
    desk.press(Key.Key_1)
    desk.settle()
    Mistakes(desk.workplace).mark("child", came, "nhập nhầm")
    _choose(desk, page, Which.PAIRED)
    page.load()
    desk.settle()
    assert [one.key for one in page.rows.lines] == [(left, came)]
    desk.tab_to(page.table)
    desk.press(Key.Key_0)
    desk.settle()
    assert _names(page) == []
    desk.close()


def test_two_children_are_kept_apart_and_both_stay_in_their_lists(desk: Desk) -> None:
    _settled(desk)
    page = _page(desk)
    desk.press(Key.Key_2)
    desk.settle()
    assert _names(page) == []
    _choose(desk, page, Which.LEFT)
    assert _names(page) == ["Đinh Thị Hạ", "Hồ Văn Pá"]
    _choose(desk, page, Which.CAME)
    assert _names(page) == ["Đinh Thị Hà"]
    desk.close()


def test_two_that_were_kept_apart_are_looked_at_again(desk: Desk) -> None:
    """Whoever presses 2 by mistake takes it back at the window, as whoever pressed 1 does."""
    left, _other, came = _settled(desk)
    page = _page(desk)
    assert page.which.itemText(list(Which).index(Which.APART)) == "Đã ghi là hai trẻ (0)"
    desk.press(Key.Key_2)
    desk.settle()
    assert _said(desk) == text("moves.done.apart")
    assert "Đinh Thị Hạ" not in _said(desk), "of two children, none is named as both"
    _choose(desk, page, Which.PAIRED)
    assert _names(page) == []
    _choose(desk, page, Which.APART)
    assert page.which.currentText() == "Đã ghi là hai trẻ (1)"
    assert [one.key for one in page.rows.lines] == [(left, came)]
    assert page.hint.whole.startswith("0 bỏ quyết định")
    who = desk.workplace.account.full_name
    assert f"{who} ghi là hai trẻ" in page.about.whole
    assert page.back.isVisible()
    assert page.back.text() == "Bỏ quyết định   0"
    desk.tab_to(page.table)
    desk.press(Key.Key_1)
    desk.settle()
    assert [one.key for one in page.rows.lines] == [(left, came)], "only 0 means anything here"
    desk.press(Key.Key_0)
    desk.settle()
    assert _said(desk) == text("moves.done.open_apart", who="Đinh Thị Hạ")
    assert _names(page) == []
    _choose(desk, page, Which.PAIRS)
    assert [one.key for one in page.rows.lines] == [(left, came)]
    desk.close()


def test_what_was_called_one_child_is_said_of_both_records(desk: Desk) -> None:
    _settled(desk)
    _page(desk)
    desk.press(Key.Key_1)
    desk.settle()
    unit = desk.workplace.tree.units.unit(UNIT).full_name()
    assert _said(desk) == text("moves.done.same", who="Đinh Thị Hạ", unit=in_sentence(unit))
    assert f"thuộc {in_sentence(unit)}." in _said(desk), "no capital inside a sentence"
    desk.close()


def test_where_the_old_record_stays_nobody_is_told_that_it_goes(desk: Desk) -> None:
    left, _other, _came = _settled(desk, owner_unit=UNIT)
    page = _page(desk)
    assert left in {one.key[0] for one in page.rows.lines}
    desk.press(Key.Key_1)
    desk.settle()
    assert _said(desk) == text("moves.done.same_stays", who="Đinh Thị Hạ")
    desk.close()


def test_an_empty_list_shows_no_labels_and_no_keys_for_nothing(desk: Desk) -> None:
    page = _page(desk)
    for which in Which:
        _choose(desk, page, which)
        assert page.stack.currentWidget() is page.nothing
        assert page.detail.isHidden()
        assert page.hint.whole == ""
    _settled(desk)
    page.load()
    desk.settle()
    _choose(desk, page, Which.LEFT)
    assert page.detail.isVisible()
    assert page.hint.whole == text("moves.hint.left")
    desk.close()


def test_where_there_is_but_one_record_enter_alone_opens_it_and_its_button_says_so(
    desk: Desk,
) -> None:
    _settled(desk)
    page = _page(desk)
    assert page.open_came.text().endswith("   Shift+Enter")
    desk.press(Key.Key_2)
    desk.settle()
    _choose(desk, page, Which.CAME)
    assert page.hint.whole.startswith("Enter ")
    assert page.open_came.text().endswith("   Enter")
    assert page.open_left.isHidden()
    desk.tab_to(page.table)
    desk.press(Key.Key_Return)
    desk.settle()
    assert desk.page.keeper.household.id == NEW_HOME
    desk.close()


def test_enter_opens_the_old_record_and_with_shift_the_new_one(desk: Desk) -> None:
    _settled(desk)
    _page(desk)
    desk.press(Key.Key_Return)
    desk.settle()
    assert desk.page.keeper.household.id == OLD_HOME
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.shown == "moves"
    desk.press(Key.Key_Return, SHIFT)
    desk.settle()
    assert desk.page.keeper.household.id == NEW_HOME
    desk.close()


def test_the_worklist_counts_the_pairs_and_leads_there(desk: Desk) -> None:
    _settled(desk)
    desk.go_to("home")
    desk.settle()
    view = desk.shell.home.view
    assert view is not None
    assert {one.duty: one.count for one in view.tasks}[Duty.MOVES] == 1
    lines = desk.shell.home.lines
    lines.choose(Duty.MOVES)
    desk.tab_to(lines)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.shown == "moves"
    desk.close()


def test_who_only_reads_sees_the_pair_and_decides_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    left, _other, came = _settled(desk)
    page = _page(desk)
    page._may_enter = False
    page.load()
    desk.settle()
    assert page.told.whole == text("moves.only_read")
    assert not page.same.isEnabled()
    desk.press(Key.Key_1)
    desk.settle()
    assert [one.key for one in page.rows.lines] == [(left, came)]
    assert Right.ENTER in desk.workplace.account.rights, "the service would have let it"
    desk.close()


def test_with_large_letters_all_of_the_page_of_moves_can_be_read(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    _settled(desk)
    page = _page(desk)
    for which in Which:
        _choose(desk, page, which)
        assert amiss(desk.window) == [], which
    desk.close()


def test_two_who_decided_otherwise_are_a_line_of_the_page_of_conflicts(desk: Desk) -> None:
    left, _other, came = _settled(desk)
    moves = Moves(desk.workplace)
    decision = moves.pair(left, came).decision
    with desk.workplace.store.read() as reading:
        loaded = register.record(reading, "match_decision", decision)
    assert loaded is not None
    for verdict in ("different", "open"):
        with desk.workplace.write() as work:
            said = {"verdict": verdict}
            work.record(
                Change("match_decision", said, decision, base=loaded.heads, loaded=loaded.values)
            )
            work.commit()
    desk.go_to("conflicts")
    desk.settle()
    page = desk.shell.conflicts
    line = page.line
    assert line is not None
    assert line.entity == "match_decision"
    assert line.full_name in ("Đinh Thị Hạ", "Đinh Thị Hà")
    shown = {page.sides.item(0, at).text() for at in range(page.sides.columnCount())}
    assert {"Kết luận", "Là hai trẻ khác nhau", "Chưa quyết định"} <= shown
    desk.press(Key.Key_1)
    desk.settle()
    assert page.rows.rowCount() == 0
    desk.close()
