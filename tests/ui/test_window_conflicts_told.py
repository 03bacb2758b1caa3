"""The page of conflicts in the words of people: names and no ids, whose record it is, and both ways
out where one side took a record away; by keyboard alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.history.operation import Value
from app.i18n import set_language, text
from app.models.queries import register
from app.models.work import Change
from app.ui.conflicts.page import ConflictsPage
from app.ui.theme import Theme, apply_theme
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.test_window_conflicts import _cells, _diverge, _page, _settled, _value
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.village_of_three import OTHER_VILLAGE, VILLAGE, child_id, home_id, village_id

HOME, CHILD = home_id(UNIT, "2"), child_id(UNIT, "2", 1)
_WRONG = {"entered_in_error": True, "hidden_reason": "ghi hai lần"}


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return _settled(Desk(qtbot, prepared_home(tmp_path)).unlock())


def _what(page: ConflictsPage) -> str:
    line = page.line
    assert line is not None
    return line.what


def _rows(page: ConflictsPage) -> dict[str, list[str]]:
    return {label: cells for label, *cells in _cells(page)}


def _is_hidden(desk: Desk, entity: str, ent_id: str) -> bool:
    with desk.workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    assert not found.conflicts
    return found.hidden


def _circumstance(desk: Desk, group: str) -> str:
    with desk.workplace.write() as work:
        values = {"record": CHILD, "group": group, "circumstance_from": "2024-01-01"}
        made = work.record(Change("circumstance", values, key=f"{group}/1"))
        work.commit()
    return made.id


def test_a_village_is_called_by_its_name_on_every_side(desk: Desk) -> None:
    _diverge(
        desk, "household", HOME, {"household_no": "7"}, {"village": village_id(UNIT, OTHER_VILLAGE)}
    )
    page = _page(desk)
    villages = next(cells for label, cells in _rows(page).items() if label.startswith("Thôn"))
    assert villages[0] == VILLAGE
    assert sorted(villages[1:]) == sorted([VILLAGE, OTHER_VILLAGE])
    desk.press((Key.Key_1, Key.Key_2)[villages[1:].index(OTHER_VILLAGE)])
    desk.settle()
    assert _value(desk, "household", HOME, "village") == village_id(UNIT, OTHER_VILLAGE)
    desk.close()


def test_a_child_that_one_took_out_and_another_changed_is_kept_by_a_key(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, _WRONG, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    assert _what(page) == text("wording.field.hidden")
    assert _rows(page)["Ghi nhầm"][1:] == ["Có", "Không"]
    assert "Họ và tên trẻ" in page.told.whole, "what the hider had not seen"
    assert [one.text() for one in page.choices if one.isVisible()] == [
        text("conflicts.take", number=1),
        text("conflicts.keep", number=2),
    ]
    assert text("conflicts.look") in page.open.text(), "no field holds a third answer"
    desk.press(Key.Key_2)
    desk.settle()
    assert not _is_hidden(desk, "child", CHILD)
    assert page.stack.currentWidget() is page.nothing
    desk.close()


def test_a_child_is_taken_out_by_whoever_has_seen_both(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, _WRONG, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    desk.press(Key.Key_1)
    desk.settle()
    assert _is_hidden(desk, "child", CHILD)
    assert page.stack.currentWidget() is page.nothing
    desk.close()


def test_with_a_household_that_is_kept_the_children_stay_that_went_with_it(desk: Desk) -> None:
    with desk.workplace.store.read() as reading:
        loaded = register.record(reading, "household", HOME)
    assert loaded is not None
    desk.shell._services.mistakes.mark("household", HOME, "ghi hai lần")
    with desk.workplace.write() as work:
        late = {"phone": "0905111222"}
        work.record(Change("household", late, id=HOME, base=loaded.heads, loaded=loaded.values))
        work.commit()
    page = _page(desk)
    assert page.rows.rowCount() == 1
    desk.press(Key.Key_2)
    desk.settle()
    assert not _is_hidden(desk, "household", HOME)
    assert not _is_hidden(desk, "child", CHILD)
    desk.close()


def test_a_household_is_not_taken_out_over_children_that_would_be_on_no_page(desk: Desk) -> None:
    _diverge(desk, "household", HOME, _WRONG, {"phone": "0905111222"})
    page = _page(desk)
    desk.press(Key.Key_1)
    desk.settle()
    assert text("records.children_left", count=2) in desk.shell.notices.notices[0].text
    assert page.rows.rowCount() == 1
    desk.press(Key.Key_2)
    desk.settle()
    assert not _is_hidden(desk, "household", HOME)
    desk.close()


def test_what_it_was_merged_into_is_told_by_name_and_birth(desk: Desk) -> None:
    merged = {"merged_into": child_id(UNIT, "2", 2), "hidden_reason": "trùng"}
    _diverge(desk, "child", CHILD, merged, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    assert _rows(page)["Đã gộp vào"][1] == "Đinh Thị Ré · 09/09/2018"
    desk.press(Key.Key_2)
    desk.settle()
    assert _value(desk, "child", CHILD, "merged_into") is None
    desk.close()


@pytest.mark.parametrize(("group", "told"), [("C04", "C04"), ("C12", "")])
@pytest.mark.parametrize("key", [Key.Key_1, Key.Key_2])
def test_a_circumstance_that_was_taken_away_is_told_apart_and_decided_both_ways(
    desk: Desk, group: str, told: str, key: Key
) -> None:
    made = _circumstance(desk, group)
    _diverge(desk, "circumstance", made, {"_deleted": True}, {"circumstance_from": "2025-01-01"})
    page = _page(desk)
    assert ("«C" in _what(page)) == bool(told), "a protected one is not told by its group"
    assert told in _what(page)
    assert _rows(page)[text("wording.field._deleted")] == ["Không", "Có", "Không"]
    desk.press(key)
    desk.settle()
    assert _is_hidden(desk, "circumstance", made) == (key is Key.Key_1)
    desk.close()


def test_a_decision_about_two_children_names_the_other_one(desk: Desk) -> None:
    first, other = sorted([CHILD, child_id(UNIT, "10", 1)])
    values = {"record": first, "other_child": other, "verdict": "open", "basis": "names"}
    with desk.workplace.write() as work:
        made = work.record(Change("match_decision", values))
        work.commit()
    _diverge(
        desk,
        "match_decision",
        made.id,
        {"verdict": "same", "act": "1"},
        {"verdict": "different", "act": "2"},
    )
    page = _page(desk)
    names = {
        child_id(UNIT, "10", 1): "Võ Văn Bông · 20/01/2012",
        CHILD: "Đinh Văn Tèo · 01/05/2014",
    }
    assert _what(page) == text("conflicts.pair", name=names[other])
    assert set(_rows(page)) == {"Kết luận"}, "an id of the program's own tells nobody anything"
    assert text("conflicts.look") in page.open.text()
    assert len(_rows(page)["Kết luận"]) == 4, "before, the two sides, and what nobody chose"
    desk.press(Key.Key_3)
    desk.settle()
    with desk.workplace.store.read() as reading:
        decided = register.record(reading, "match_decision", made.id)
    assert decided is not None
    assert not decided.conflicts
    assert decided.values["verdict"] == "open"
    assert decided.values["decided_by"] == desk.workplace.account.full_name
    desk.close()


def test_a_verdict_without_a_name_is_no_verdict_that_nobody_chose(desk: Desk) -> None:
    """Whoever changed his program may leave his name out; his unit stands beside it."""
    first, other = sorted([CHILD, child_id(UNIT, "10", 1)])
    values: dict[str, Value] = {"record": first, "other_child": other, "verdict": "open"}
    with desk.workplace.write() as work:
        made = work.record(Change("match_decision", values))
        work.commit()
    with desk.workplace.store.read() as reading:
        seen = register.record(reading, "match_decision", made.id)
    assert seen is not None
    for author, verdict in (("", "same"), ("Đặng Bình", "different")):
        with desk.workplace.store.write(author) as work:
            change = Change("match_decision", {"verdict": verdict}, made.id, base=seen.heads)
            work.record(replace(change, loaded=seen.values))
            work.commit()
    page = _page(desk)
    headings = [
        item.text()
        for column in range(2, page.sides.columnCount())
        if (item := page.sides.horizontalHeaderItem(column)) is not None
    ]
    assert [text("conflicts.side_unsaid", number=at) in headings for at in (1, 2, 3)] == [
        *(False, False, True),
    ]
    desk.close()


def test_a_village_in_conflict_says_which_it_is_and_offers_no_page(desk: Desk) -> None:
    _diverge(desk, "village", village_id(UNIT), {"kind": "a"}, {"kind": "b"})
    page = _page(desk)
    assert VILLAGE in _what(page)
    assert page.open.isHidden()
    desk.enter()
    assert desk.shell.pages.shown == "conflicts"
    desk.close()


def test_of_a_protected_note_the_way_is_told_that_there_is(desk: Desk) -> None:
    with desk.workplace.write() as work:
        values = {"record": CHILD, "note": "Cháu hay vắng học", "protected": True}
        made = work.record(Change("note", values, key="note/1")).id
        work.commit()
    gone = {"_deleted": True, "hidden_reason": "nhầm"}
    _diverge(desk, "note", made, gone, {"protected": True, "written_on": "2026-11-02"})
    page = _page(desk)
    assert page.told.whole == text("conflicts.masked_note")
    desk.enter()
    desk.settle()
    assert desk.child.id == CHILD
    desk.press(Key.Key_F9)
    desk.settle()
    notes = desk.shell.page_notes.notes
    assert [one.contested for one in notes.list.notes] == [True]
    notes.list.setFocus()
    desk.press(Key.Key_Delete, CTRL)
    desk.text("viết nhầm trẻ")
    desk.enter()
    desk.settle()
    assert _is_hidden(desk, "note", made), "decided there"
    desk.close()


def test_the_household_page_says_in_words_that_it_was_taken_out_and_where_one_decides(
    desk: Desk,
) -> None:
    _diverge(desk, "child", CHILD, _WRONG, {"full_name": "Đinh Thị Rế"})
    made = _circumstance(desk, "C04")
    _diverge(desk, "circumstance", made, {"_deleted": True}, {"circumstance_from": "2025-01-01"})
    _diverge(desk, "household", HOME, {"household_no": "7"}, {"household_no": "8"})
    _page(desk)
    desk.enter()
    desk.settle()
    told = [f"{one.field}: {one.sentence}" for one in desk.page.foot._lines]
    assert not [one for one in told if "_" in one], told
    assert sum(text("entry.contested_hidden") in one for one in told) == 2
    desk.close()


def test_without_a_conflict_the_keyboard_is_seen_on_the_page_too(desk: Desk) -> None:
    page = _page(desk)
    assert desk.focus() is page.nothing
    assert unseen_keyboard(desk.window) == []
    page.nothing.setFocus()
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    page.load()
    desk.settle()
    assert desk.focus() is page.table
    desk.press(Key.Key_1)
    desk.settle()
    assert desk.focus() is page.nothing
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    desk.shell.search.setFocus()
    page.load()
    desk.settle()
    assert desk.focus() is desk.shell.search, "whoever went elsewhere keeps the keyboard"
    desk.close()


def test_what_comes_in_while_the_page_is_in_sight_stands_in_it(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    assert desk.shell.handover is not None
    desk.shell.handover.received.emit()
    desk.settle()
    assert page.rows.rowCount() == 2
    line = page.line
    assert line is not None
    assert line.child == CHILD, "the line under the keyboard stays"
    page.choices[0].setFocus()
    _diverge(desk, "household", HOME, {"note": "một"}, {"note": "hai"})
    desk.shell.handover.received.emit()
    desk.settle()
    assert page.rows.rowCount() == 3
    assert desk.focus() is page.choices[0], "the keyboard stays where somebody reads"
    desk.press(Key.Key_Space)
    desk.settle()
    assert page.rows.rowCount() == 2
    assert desk.focus() is page.table, "what is next is chosen from the list"
    desk.close()


@pytest.mark.parametrize("count", [2, 4, 6])
def test_with_large_letters_every_field_of_every_side_is_looked_at_by_keys(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication, count: int
) -> None:
    try:
        desk = _settled(Desk(qtbot, prepared_home(tmp_path), 1.5).unlock())
        left = {"schooling_status": "OUT", "education_level": None, "grade": None}
        left |= {"highest_grade_completed": 5, "dropout_date": "2026-01-01"}
        versions = [{**left, "dropout_reason": f"lý do {one}"} for one in range(count)]
        _diverge(desk, "child", CHILD, *versions)
        page = _page(desk)
        QApplication.processEvents()
        sides, header = page.sides, page.sides.horizontalHeader()
        font = header.font()
        font.setBold(True)
        for column in range(2, sides.columnCount()):
            item = sides.horizontalHeaderItem(column)
            assert item is not None
            for line in item.text().split("\n"):
                assert QFontMetrics(font).horizontalAdvance(line) < header.sectionSize(column), line
        assert cut_words(desk.window) == []
        assert unreachable(desk.window) == []
        bars = (sides.verticalScrollBar(), sides.horizontalScrollBar())
        assert bars[0].maximum() > 0, "not all of it is in sight"
        assert (bars[1].maximum() > 0) == (count > 2)
        desk.press(Key.Key_Tab, text="\t")
        assert desk.focus() is sides
        for bar, key in zip(bars, (Key.Key_Down, Key.Key_Right), strict=True):
            for _ in range(200):
                desk.press(key)
            assert bar.value() == bar.maximum()
        desk.press(Key.Key_1)
        desk.settle()
        assert page.stack.currentWidget() is page.nothing
        desk.close()
    finally:
        apply_theme(qapp, Theme())


def test_tab_stops_at_the_sides_only_while_a_part_of_them_is_out_of_sight(desk: Desk) -> None:
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    page = _page(desk)
    desk.press(Key.Key_Tab, text="\t")
    assert desk.focus() is page.choices[0]
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, tmp_path: Path, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    set_language(language)
    try:
        desk = _settled(Desk(qtbot, prepared_home(tmp_path), 1.5).unlock())
        _diverge(desk, "child", CHILD, _WRONG, {"full_name": "Đinh Thị Rế"})
        page = _page(desk)
        assert page.choices[1].isVisible()
        for measure in (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())
