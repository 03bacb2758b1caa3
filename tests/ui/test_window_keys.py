"""Every shortcut does what the list on F12 says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.proposal import Proposal
from app.ui.shortcut_list import PAGE_KEYS, WINDOW_KEYS
from app.ui.step import Step
from tests.ui.window_desk import CTRL, PLAIN_CHILD, SHIFT, UNIT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _own(name: str) -> FieldKey:
    return FieldKey("", name)


def test_f12_lists_the_keys_of_the_page_in_sight_and_escape_closes_the_list(desk: Desk) -> None:
    keys = desk.shell.keys
    desk.press(Key.Key_F12)
    assert keys.isVisible()
    assert "Shift+F4" in keys.shown
    assert "F2" not in keys.shown
    desk.press(Key.Key_Escape)
    assert not keys.isVisible()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    desk.press(Key.Key_F12)
    assert {"F2", "F5", "F12"} <= set(keys.shown)
    assert "Shift+F4" not in keys.shown, "it is a key of the register"
    assert all(one.width() >= one.sizeHint().width() for one in keys._caps)
    assert desk.shell.rect().contains(keys.geometry())


def test_every_key_that_is_bound_stands_in_the_list_once(desk: Desk) -> None:
    for listed in PAGE_KEYS.values():
        names = [key for key, _ in (*listed, *WINDOW_KEYS)]
        assert len(set(names)) == len(names)
    known = {key for listed in (*PAGE_KEYS.values(), WINDOW_KEYS) for key, _ in listed}
    bound = {one.key().toString() for one in desk.shell.findChildren(QShortcut)}
    numbered = {f"Ctrl+{place}" for place in range(1, 10)}
    numbered |= {f"Ctrl+Shift+{place}" for place in range(1, 4)}
    # The one with Shift is named in the words of the other; Return is Enter.
    unnamed = bound - numbered - {"Shift+F6", "Shift+F9", "Ctrl+Return"} - known
    assert not unnamed, "a key that no list names is a trap"


def test_enter_goes_on_and_shift_enter_goes_back(desk: Desk) -> None:
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert desk.at() == "household_no"
    desk.enter()
    assert desk.at() == "head_name"
    desk.press(Key.Key_Return, SHIFT)
    assert desk.at() == "household_no"


def test_enter_past_the_last_field_reaches_the_save_button_and_saves_there(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    assert desk.focus() is desk.page.foot.save
    desk.enter()
    desk.settle()
    assert desk.child.new
    assert len(desk.shell.entry.child_ids()) == 1


def test_f1_explains_the_field_from_the_template(desk: Desk) -> None:
    desk.new_household()
    desk.page.child_form.focus(_own("birth_date"))
    desk.press(Key.Key_F1)
    assert desk.page.help_card.isVisible()
    field = desk.page.keeper.templates["child"].field("birth_date")
    assert str(field.help) in desk.page.help.text()
    assert "F1" in desk.focus().toolTip(), "who points at the field learns the key"
    desk.press(Key.Key_F1)
    assert not desk.page.help_card.isVisible()


def test_f2_saves_and_begins_a_new_household_after_the_last(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_F2)
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.new
    assert household.values["enumerator_name"] == "Võ Thị Lành"
    assert household.values["household_no"] == "13"
    assert len(desk.shell.entry.household_ids()) == 1
    assert len(desk.shell.entry.child_ids()) == 1


def test_f2_goes_to_the_next_household_of_the_village(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_F2)
    desk.settle()
    desk.fill(head_name="Đinh Văn Rê", poverty_status="0")
    desk.press(Key.Key_F2)
    desk.settle()
    first = desk.shell.entry.household_ids()[0]
    desk.shell.open_household(first)
    desk.settle()
    desk.press(Key.Key_F2)
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.values["head_name"] == "Đinh Văn Rê"


def test_f4_opens_the_further_fields_of_the_section(desk: Desk) -> None:
    desk.new_household()
    edit = desk.page.child_form.edit(_own("birth_place"))
    assert edit is not None
    assert not edit.isVisible()
    desk.page.child_form.focus(_own("full_name"))
    desk.press(Key.Key_F4)
    assert edit.isVisible()
    assert desk.at() == "other_name"


def test_f6_walks_through_the_sections_and_opens_optional_ones(desk: Desk) -> None:
    desk.new_household()
    desk.page.child_form.focus(_own("full_name"))
    seen = []
    for _ in range(8):
        desk.press(Key.Key_F6)
        seen.append(desk.at())
    assert seen[:4] == [
        "father_name",
        "caregiver_name",
        "circumstance_answer",
        "schooling_status",
    ]
    assert "bhyt_number" in seen
    health = desk.page.child_form.edit(_own("disability_types"))
    assert health is not None
    assert health.isVisible()


def test_shift_f6_before_the_child_s_first_section_leads_into_the_households_further_fields(
    desk: Desk,
) -> None:
    desk.new_household()
    form = desk.page.household_form
    form.set_more(False)
    desk.page.child_form.focus(_own("full_name"))
    desk.settle()
    desk.press(Key.Key_F6, SHIFT)
    assert form.more_open
    assert desk.page._form_with_focus() is form
    assert desk.focus().isVisible()
    last = form.last()
    assert last is not None
    assert desk.at() == last.name


def test_an_empty_line_that_is_left_for_another_is_gone(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    lines = desk.page.keeper.lines
    assert [one.touched or not one.new for one in lines] == [True, False]
    desk.press(Key.Key_PageUp)
    desk.settle()
    assert [one.values.get("full_name") for one in desk.page.keeper.lines] == ["Phạm Thị Hân"]


def test_f6_stops_at_what_the_facts_propose_and_goes_on_from_there(desk: Desk) -> None:
    desk.new_household(poverty_status="1")
    desk.page.child_form.focus(_own("full_name"))
    desk.text("Phạm Thị Hân")
    desk.settle()
    desk.page.child_form.focus(_own("caregiver_name"))
    desk.press(Key.Key_F6)
    proposal = desk.focus()
    assert isinstance(proposal, Proposal)
    assert "R01" in proposal.accessibleName()
    desk.press(Key.Key_F6)
    assert desk.at() == "schooling_status"
    desk.press(Key.Key_F6, SHIFT)
    assert desk.focus() is proposal


def test_f7_repeats_the_value_of_the_child_before(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.page.child_form.focus(_own("schooling_status"))
    desk.press(Key.Key_F7)
    assert desk.child.values["schooling_status"] == "1"


def test_f7_counts_lines_on_and_repeats_no_personal_id(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    first = desk.page.keeper.lines[0]
    first.put("personal_id", "051314004417")
    for name in ("personal_id", "line_no"):
        desk.page.child_form.focus(_own(name))
        desk.press(Key.Key_F7)
    assert desk.child.values.get("personal_id") is None
    assert desk.child.values["line_no"] == first.values["line_no"] + 1
    label = str(desk.page.keeper.codecs["child"]["personal_id"].field.label)
    said = [one.text for one in desk.shell.notices.notices]
    assert said == [text("entry.not_repeated", field=label)]


def test_f8_goes_from_issue_to_issue_and_shift_f8_back(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.press(Key.Key_F8)
    first = desk.at()
    desk.press(Key.Key_F8)
    second = desk.at()
    assert first
    assert second
    assert first != second
    desk.press(Key.Key_F8, SHIFT)
    assert desk.at() == first


def test_page_keys_walk_through_the_children(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Key.Key_PageUp)
    assert desk.child.values.get("full_name") == "Phạm Thị Hân"
    desk.press(Key.Key_PageDown)
    assert desk.child.new


def test_ctrl_f_saves_and_goes_to_the_search_box(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    assert desk.focus() is desk.shell.search
    assert len(desk.shell.entry.child_ids()) == 1


def test_search_finds_with_and_without_marks_while_one_types(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    for words, count in (("han", 1), ("Hân", 1), ("dinh nga", 1), ("0513140", 1), ("zz", 0)):
        desk.shell.search.selectAll()
        desk.text(words)
        desk.settle()
        assert desk.shell.register.rows.rowCount() == count, words


def test_enter_in_the_empty_search_box_of_another_page_leads_to_the_list_in_sight(
    desk: Desk,
) -> None:
    desk.go_to("issues")
    desk.settle()
    desk.tab_to(desk.shell.search)
    for _ in range(2):
        desk.enter()
        desk.settle()
        assert desk.shell.pages.currentWidget() is desk.shell.register
        assert desk.focus().isVisible()
        assert desk.shell.isAncestorOf(desk.focus())


def test_enter_in_the_list_opens_the_child(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    desk.text("han")
    desk.settle()
    desk.enter()
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.values["full_name"] == "Phạm Thị Hân"


def test_two_quick_enters_open_what_was_typed_and_not_the_list_before_it(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.fill(full_name="Phạm Thị Zin")
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    desk.text("zin")
    desk.enter()
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.values["full_name"] == "Phạm Thị Zin"


def test_ctrl_del_takes_a_line_away(desk: Desk) -> None:
    desk.new_household()
    desk.page.child_form.focus(_own("full_name"))
    desk.text("Phạm Thị Hân")
    desk.page.child_form.focus(_own("circumstance_codes"))
    desk.text("R03.1")
    desk.enter()
    desk.settle()
    (part,) = desk.child.parts
    assert part.values["group"] == "R03"
    desk.page.child_form.focus(FieldKey(part.id, "circumstance_from"))
    desk.press(Key.Key_Delete, CTRL)
    desk.settle()
    assert desk.child.parts == []


def test_ctrl_l_locks_and_the_passphrase_opens_again(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.text("Đinh")
    desk.press(Key.Key_L, CTRL)
    desk.until(lambda: desk.window.unlock_page is not None)
    desk.settle()
    desk.until(lambda: desk.focus() is desk.window.unlock_page.field)
    desk.unlock()
    assert len(desk.shell.entry.child_ids()) == 1


def test_a_search_without_a_result_says_so_and_offers_the_whole_register(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    register = desk.shell.register
    desk.text("zin")
    desk.settle()
    assert register.stack.currentWidget() is register.nothing
    assert "«zin»" in register.nothing.words.text()
    desk.enter()
    assert desk.focus() is desk.shell.search, "there is nothing to go to"
    desk.shell.search.selectAll()
    desk.text("han")
    desk.shell.entry.add_village(UNIT, "Thôn khác")
    register.load()
    desk.settle()
    village = next(one for one in register.tree.items() if one.text(0).startswith("Thôn khác"))
    register.tree.setCurrentItem(village)
    desk.settle()
    register.search("han ")
    desk.settle()
    assert "Thôn khác" in register.nothing.words.text()
    desk.enter()
    assert desk.focus() is register.nothing.everywhere
    desk.enter()
    desk.settle()
    assert register.rows.rowCount() == 1


def test_all_issues_are_listed_whole_and_enter_goes_to_one(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân", birth_date="310219")
    desk.settle()
    foot = desk.page.foot
    desk.tab_to(foot.all)
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert desk.focus() is foot.list
    lines = [foot.list.item(row).text() for row in range(foot.list.count())]
    wanted = next(row for row, words in enumerate(lines) if "tháng 2/2019" in words)
    for _ in range(wanted):
        desk.press(Key.Key_Down)
    desk.enter()
    assert desk.at() == "birth_date"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_f10_opens_the_menu_of_language_size_and_lock(desk: Desk) -> None:
    menu = desk.shell.account.menu()
    assert menu is not None
    shown: list[bool] = []
    menu.aboutToShow.connect(lambda: shown.append(True))
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu, menu.close))
    desk.press(Key.Key_F10)
    desk.settle()
    assert shown == [True]


def test_every_page_is_reached_and_left_by_tab_and_the_keyboard_is_always_seen(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.go_to("handover")
    desk.settle()
    handover = desk.shell.handover
    assert handover is not None
    for widget in (
        handover.sending.check,
        handover.sending.folder,
        handover.receiving.file,
        desk.shell.navigation.list,
        desk.shell.search,
        desk.shell.account,
    ):
        desk.tab_to(widget)
        unseen = _pixels(widget)
        desk.press(Key.Key_Tab, text="\t")
        assert desk.focus() is not widget
        assert _pixels(widget) != unseen, f"no ring around {widget.accessibleName()}"


def _stops(desk: Desk, key: Key, text: str) -> list[QWidget]:
    """Where a key leads to from here, once around."""
    start, found = desk.focus(), []
    for _ in range(200):
        desk.press(key, text=text)
        if desk.focus() in found:
            break
        found.append(desk.focus())
    assert start in found, "the way does not come round"
    return found


def test_tab_reaches_every_button_and_field_both_ways_and_enter_presses_the_buttons(
    desk: Desk,
) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân", birth_date="310219")
    desk.settle()
    desk.page.child_form.focus(_own("full_name"))

    def around(key: Key, typed: str = "") -> None:
        there = _stops(desk, key, typed)
        tab = Qt.FocusPolicy.TabFocus
        waiting = [
            one
            for one in desk.shell.findChildren(QWidget)
            if one.focusPolicy() & tab and one.isVisible() and one.isEnabled()
            if one.focusProxy() is None and one not in there
        ]
        assert [(type(one).__name__, one.accessibleName()) for one in waiting] == []
        pressed = [one for one in there if isinstance(one, QPushButton)]
        assert pressed
        assert all(isinstance(one, Step | Proposal) for one in pressed)

    around(Key.Key_Tab, "\t")
    around(Key.Key_Backtab)
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    around(Key.Key_Tab, "\t")
    around(Key.Key_Backtab)
    desk.go_to("handover")
    desk.settle()
    around(Key.Key_Tab, "\t")
    around(Key.Key_Backtab)


def test_escape_closes_the_list_of_issues_first_and_goes_back_to_the_field(desk: Desk) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân", birth_date="310219")
    desk.settle()
    desk.page.child_form.focus(_own("birth_date"))
    foot = desk.page.foot
    desk.tab_to(foot.all)
    desk.enter()
    desk.settle()
    assert desk.focus() is foot.list
    desk.press(Key.Key_Escape)
    assert foot.list.isHidden()
    assert desk.shell.pages.currentWidget() is desk.page, "the page is not left"
    assert desk.at(), "back in a field"


def test_walking_through_the_sections_adds_nothing_to_the_record(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    desk.page.child_form.focus(_own("full_name"))
    for _ in range(8):
        desk.press(Key.Key_F6)
        desk.settle()
    (line,) = desk.child.parts
    assert line.entity == "life_event"
    assert desk.page.foot.counts.text() == text("entry.no_issues"), "an empty line is no mistake"
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (child,) = desk.shell.entry.child_ids()
    assert desk.shell.entry.child_rows([child])[0].complete
    desk.press(Key.Key_PageUp)
    desk.settle()
    assert not desk.child.unsaved
    desk.page.child_form.focus(FieldKey(line.id, "event"))
    desk.text("chuy")
    desk.settle()
    assert desk.child.unsaved, "what is typed counts"


def _pixels(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_a_long_list_of_suggestions_wraps_and_never_covers_the_field_it_serves(desk: Desk) -> None:
    desk.new_household()
    field = desk.page.child_form.edit(_own("circumstance_codes"))
    assert field is not None
    desk.page.child_form.focus(field.key)
    desk.text("mồ côi")
    desk.settle()
    shown = desk.page.suggestions
    assert shown.isVisible()
    assert shown.width() <= 0.61 * desk.page.width(), "the page behind stays in sight"
    place = QRect(field.mapTo(desk.page, QPoint(0, 0)), field.size())
    assert not shown.geometry().intersects(place)
    assert desk.page.rect().contains(shown.geometry())
    heights = [shown.sizeHintForRow(row) for row in range(shown.count())]
    assert max(heights) > min(heights), "a long line takes two rows"
    assert not shown.horizontalScrollBar().isVisible()


def test_a_saved_household_without_a_number_is_not_called_new(desk: Desk) -> None:
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert text("entry.new_household") in desk.page.crumb.whole
    desk.fill(head_name="Phạm Văn Rơm")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert text("entry.no_number") in desk.page.crumb.whole
    assert text("entry.new_household") not in desk.page.crumb.whole


def test_the_foot_counts_what_is_red_above_it_before_anything_was_typed(desk: Desk) -> None:
    """Who walks past an empty field is told at the field and at the foot alike, and led back."""
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    page = desk.page
    assert page.foot.counts.text() == text("entry.no_issues")
    desk.enter()
    page.child_form.focus(_own("sex"))
    desk.enter()
    desk.settle()
    red = {
        key.name
        for form in (page.household_form, page.child_form)
        for key, look in form.looks.items()
        if look.state == "error"
    }
    assert {"household_no", "sex"} <= red
    assert page.foot.counts.text() == text("entry.count_errors", count=len(red))
    assert desk.child.blank
    reached = set()
    for _ in range(12):
        desk.press(Key.Key_F8)
        desk.settle()
        reached.add(desk.at())
    assert red <= reached


def test_a_long_title_of_a_page_ends_in_an_ellipsis(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale=1.5).unlock()
    desk.new_household(head_name="Công Tằng Tôn Nữ Nguyễn Phúc Huyền Trang")
    crumb = desk.page.crumb
    assert crumb.whole.endswith("Huyền Trang")
    assert crumb.text().endswith("\N{HORIZONTAL ELLIPSIS}")
    assert crumb.fontMetrics().horizontalAdvance(crumb.text()) <= crumb.contentsRect().width()
    desk.close()


@pytest.mark.parametrize("by_mouse", [False, True])
def test_the_register_in_the_list_of_pages_leads_back_from_a_household(
    desk: Desk, by_mouse: bool
) -> None:
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    if by_mouse:
        pages = desk.shell.navigation.list
        line = desk.shell.navigation.names.index("register")
        place = pages.visualItemRect(pages.item(line)).center()
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=place)
    else:
        desk.go_to("register")
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    assert desk.focus() is desk.shell.register.table
    assert len(desk.shell.entry.child_ids()) == 1, "what was typed is saved"
