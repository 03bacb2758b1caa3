"""The page of conflicts: two versions side by side, decided by one key; by keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.forms.issues import Value
from app.i18n import set_language, text
from app.ids import derived_id
from app.models.queries import register
from app.models.work import Change
from app.ui.conflicts.page import ConflictsPage
from app.ui.conflicts.sides import MASK
from app.ui.theme import Theme, apply_theme
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.window_desk import UNIT, Desk, Key, prepared_home
from tests.village_of_three import home_id, settle_village, village_id

_KEYS = (Key.Key_1, Key.Key_2, Key.Key_3)
HOME, CHILD = home_id(UNIT, "2"), derived_id(UNIT, "child/2/1")


def _settled(desk: Desk) -> Desk:
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    return desk


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return _settled(Desk(qtbot, prepared_home(tmp_path)).unlock())


def _diverge(desk: Desk, entity: str, ent_id: str, *versions: Mapping[str, Value]) -> None:
    """Saves from forms that were all loaded with the same values."""
    with desk.workplace.store.read() as reading:
        loaded = register.record(reading, entity, ent_id)
    assert loaded is not None
    for values in versions:
        with desk.workplace.write() as work:
            work.record(Change(entity, values, id=ent_id, base=loaded.heads, loaded=loaded.values))
            work.commit()


def _value(desk: Desk, entity: str, ent_id: str, name: str) -> object:
    with desk.workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    return None if found is None else found.values.get(name)


def _page(desk: Desk) -> ConflictsPage:
    desk.go_to("conflicts")
    desk.settle()
    return desk.shell.conflicts


def _cells(page: ConflictsPage) -> list[list[str]]:
    sides = page.sides
    return [
        [sides.item(row, column).text() for column in range(sides.columnCount())]
        for row in range(sides.rowCount())
    ]


def test_two_versions_stand_side_by_side_and_a_number_takes_one(desk: Desk) -> None:
    _diverge(
        desk,
        "child",
        CHILD,
        {"full_name": "Đinh Thị Rê", "birth_place": "Ba Tơ"},
        {"full_name": "Đinh Thị Rế"},
    )
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    page = _page(desk)
    assert desk.focus() is page.table
    assert page.rows.rowCount() == 2
    assert page.count.text() == text("conflicts.count", count="2")
    # The household's own line stands before those of its children; only what differs is shown.
    line = page.line
    assert line is not None
    assert (line.entity, line.group) == ("household", "phone")
    ((label, _before, *sides),) = _cells(page)
    assert label == "Số điện thoại liên hệ"
    assert sorted(sides) == ["0905 111 222", "0905 333 444"]
    assert page.choices[1].isVisible()
    assert not page.choices[2].isVisible()
    desk.press(_KEYS[sides.index("0905 333 444")])
    desk.settle()
    assert _value(desk, "household", HOME, "phone") == "0905333444"
    # What follows is under the keyboard; a group is taken as a whole.
    line = page.line
    assert line is not None
    assert (line.entity, line.child) == ("child", CHILD)
    ((_label, _before, *sides),) = _cells(page)
    assert sorted(sides) == ["Đinh Thị Rê", "Đinh Thị Rế"]
    desk.press(_KEYS[sides.index("Đinh Thị Rê")])
    desk.settle()
    assert _value(desk, "child", CHILD, "full_name") == "Đinh Thị Rê"
    assert page.stack.currentWidget() is page.nothing
    desk.close()


def test_enter_leads_to_the_field_where_something_third_is_typed(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert (desk.child.id, desk.at()) == (CHILD, "full_name")
    desk.page.child_form.edits[desk.focus().key].selectAll()
    desk.text("Đinh Thị Rệ")
    desk.press(Key.Key_Escape)
    desk.settle()
    assert _value(desk, "child", CHILD, "full_name") == "Đinh Thị Rệ"
    assert desk.shell.pages.currentWidget() is page
    assert page.stack.currentWidget() is page.nothing
    desk.close()


def test_a_version_that_came_meanwhile_is_shown_before_anything_is_decided(desk: Desk) -> None:
    with desk.workplace.store.read() as reading:
        loaded = register.record(reading, "child", CHILD)
    assert loaded is not None
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    with desk.workplace.write() as work:
        late = {"full_name": "Đinh Thị Rể"}
        work.record(Change("child", late, id=CHILD, base=loaded.heads, loaded=loaded.values))
        work.commit()
    desk.press(Key.Key_1)
    desk.settle()
    assert text("conflicts.changed_meanwhile") in desk.shell.notices.notices[0].text
    ((_label, _before, *sides),) = _cells(page)
    assert sorted(sides) == sorted(["Đinh Thị Rê", "Đinh Thị Rế", "Đinh Thị Rể"])
    desk.press(_KEYS[sides.index("Đinh Thị Rể")])
    desk.settle()
    assert _value(desk, "child", CHILD, "full_name") == "Đinh Thị Rể"
    desk.close()


def test_a_number_means_the_line_whose_versions_are_in_sight(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    page = _page(desk)
    # Quicker than the versions of the next line are read: nobody has seen them yet.
    desk.press(Key.Key_Down)
    desk.press(Key.Key_1)
    desk.settle()
    assert page.rows.rowCount() == 2
    line = page.line
    assert line is not None
    assert line.entity == "child"
    # A second press is not for a line that was decided by the first.
    desk.press(Key.Key_1)
    desk.until(lambda: not page._deciding)
    desk.press(Key.Key_2)
    desk.settle()
    assert [(one.entity, one.group) for one in page.rows._lines] == [("household", "phone")]
    desk.close()


def test_who_goes_elsewhere_while_a_side_is_taken_keeps_the_keyboard(desk: Desk) -> None:
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    page = _page(desk)
    desk.press(Key.Key_1)
    desk.go_to("home")
    desk.settle()
    assert page.rows.rowCount() == 1
    assert desk.focus().isVisible()
    assert desk.shell.home.isAncestorOf(desk.focus())
    desk.close()


def test_what_is_protected_is_not_chosen_unseen(desk: Desk) -> None:
    flags = ({"family_problem_flags": ["1"]}, {"family_problem_flags": ["2"]})
    _diverge(desk, "household", HOME, *flags)
    page = _page(desk)
    ((_label, _before, *sides),) = _cells(page)
    assert sides == [f"{MASK} {text('entry.mask')}"] * 2
    before = _value(desk, "household", HOME, "family_problem_flags")
    desk.press(Key.Key_2)
    desk.settle()
    assert page.told.whole == text("conflicts.masked")
    assert desk.shell.notices.notices[0].text == page.told.whole
    assert page.rows.rowCount() == 1
    assert _value(desk, "household", HOME, "family_problem_flags") == before
    desk.close()


def test_f1_explains_the_fields_of_the_line_and_follows_it(desk: Desk) -> None:
    _diverge(desk, "household", HOME, {"phone": "0905111222"}, {"phone": "0905333444"})
    _diverge(
        desk,
        "child",
        CHILD,
        {"father_name": "Đinh Văn Lía", "father_status": "1"},
        {"father_name": "Đinh Văn Lia", "father_status": "2"},
    )
    page = _page(desk)
    forms = desk.shell._services.entry.forms()
    phone = next(one for one in forms["household"].fields_of("household") if one.name == "phone")
    fathers = [
        one
        for one in forms["child"].fields_of("child")
        if one.name in ("father_name", "father_status")
    ]
    desk.press(Key.Key_F1)
    assert page.help.isVisible()
    assert str(phone.help) in page.help.words.text()
    desk.press(Key.Key_Down)
    desk.settle()
    for field in fathers:
        assert f"<b>{field.label}</b> · {field.help}" in page.help.words.text(), "it follows"
        more = text("conflicts.next_help")
        assert (more in page.help.words.text()) == (field is not fathers[-1])
        desk.press(Key.Key_F1)
    assert page.help.isHidden(), "after the last it goes"
    desk.press(Key.Key_F1)
    assert str(fathers[0].help) in page.help.words.text()
    desk.press(Key.Key_Escape)
    assert page.help.isHidden()
    assert desk.shell.pages.shown == "conflicts"
    assert desk.focus() is page.table
    desk.press(Key.Key_F12)
    assert "F1" in desk.shell.keys.shown
    desk.press(Key.Key_F12)
    desk.close()


def test_f1_on_what_no_form_has_says_what_the_line_is_about(desk: Desk) -> None:
    _diverge(desk, "village", village_id(UNIT), {"name": "Thôn Gò Dép"}, {"name": "Thôn Gò Đép"})
    page = _page(desk)
    line = page.line
    assert line is not None
    desk.press(Key.Key_F1)
    assert line.what in page.help.words.text()
    assert text("conflicts.meaning") in page.help.words.text()
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, tmp_path: Path, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    set_language(language)
    try:
        desk = _settled(Desk(qtbot, prepared_home(tmp_path), 1.5).unlock())
        fathers = (
            {"father_name": "Đinh Văn Lía", "father_status": "1"},
            {"father_name": "Đinh Văn Lia", "father_status": "2"},
        )
        _diverge(desk, "child", CHILD, *fathers)
        page = _page(desk)
        assert len(_cells(page)) == 2
        desk.press(Key.Key_F1)
        QApplication.processEvents()
        for measure in (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())


def test_what_was_decided_elsewhere_meanwhile_is_said_so_and_asks_for_no_further_choice(
    desk: Desk,
) -> None:
    _diverge(desk, "child", CHILD, {"full_name": "Đinh Thị Rê"}, {"full_name": "Đinh Thị Rế"})
    page = _page(desk)
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "child", CHILD)
    assert found is not None
    with desk.workplace.write() as work:
        settled = {"full_name": "Đinh Thị Rể"}
        work.record(Change("child", settled, id=CHILD, base=found.heads, loaded=found.values))
        work.commit()
    desk.press(Key.Key_1)
    desk.settle()
    assert text("conflicts.settled_meanwhile") in desk.shell.notices.notices[0].text
    assert page.stack.currentWidget() is page.nothing
    assert _value(desk, "child", CHILD, "full_name") == "Đinh Thị Rể"
    desk.close()
