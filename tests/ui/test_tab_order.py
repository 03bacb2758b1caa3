"""Tab goes through a page as one reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.looks import out_of_order
from tests.ui.window_desk import CTRL, PLAIN_CHILD, SHIFT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _chain(page: QWidget) -> list[QWidget]:
    """What Tab comes to on a page, hidden or not, in Qt's order."""
    found, now = [], page.nextInFocusChain()
    while now is not None and now is not page:
        if page.isAncestorOf(now) and now.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(now)
        now = now.nextInFocusChain()
    return found


def _goes(page: QWidget, *wanted: QWidget) -> None:
    chain = _chain(page)
    assert [one for one in chain if one in wanted] == list(wanted)


def test_tab_goes_through_every_page_as_one_reads_it(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    shell = desk.shell
    for name in shell.navigation.names:
        desk.go_to(name)
        desk.settle()
    one = shell.handover
    send, take = one.sending, one.receiving
    _goes(
        one,
        *(send.to, send.check, send.round, send.folder, send.choose, send.cancel, send.send),
        *(take.file, take.choose, take.look, take.cancel, take.take),
        one.table,
    )
    card = one.one
    one._show_card(card)
    _goes(
        one,
        *(*card._in_the_way, card.reason, card.give, card.leave),
        *(card.print, card.accept, card.send_back, card.undo, card.release, card.close_card),
    )
    one.close_card()
    issues = shell.issues
    _goes(issues, issues.again, issues.rules, issues.severity, issues.village, issues.table)
    check = shell.check
    _goes(
        check,
        *(check.blind, check.count, check.seed, check.draw, check.communes, check.places),
        *(check.sheet, check.reason, check.give, check.leave),
        *(check.poverty, check.allowance, check.other),
        *(check.ok, check.back, check.again, check.open),
        *(check.area.table, check.area.on, *check.area.decide.values(), check.area.done),
    )
    quarter = shell.quarter
    form = quarter.form
    _goes(
        quarter,
        *(quarter.communes, quarter.places, quarter.card.children_table),
        *(form.ticks, form.who, form.reason, form.write, form.leave, form.give_up),
        *(quarter.confirm, quarter.open, quarter.undo, quarter.list),
    )
    register = shell.register
    panel = register.panel
    _goes(
        register,
        *(register.tree, register.new, register.sorting, register.filters),
        *(register.exporting.button, register.unfilter),
        *(panel.low, panel.high, panel.group, panel.reason, register.table),
    )
    people = shell.admin.sections["people"]
    _goes(shell.admin, shell.admin.list, people.table, people.role, people.change, people.remove)  # type: ignore[attr-defined]
    desk.close()


def _tabbed(desk: Desk, until: QWidget) -> list[QWidget]:
    """Where Tab leads from where the keyboard is, as far as `until`."""
    found = [desk.focus()]
    while desk.focus() is not until:
        desk.press(Key.Key_Tab, text="\t")
        found.append(desk.focus())
        assert len(found) < 150, "Tab never comes to the end of the page"
    return found


def test_tab_goes_through_a_household_the_way_that_enter_goes(desk: Desk) -> None:
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    page = desk.page
    head, child = page.household_form, page.child_form
    assert desk.at() == "household_no"
    tabbed = _tabbed(desk, page.foot.save)
    fields = [one.key for one in tabbed if isinstance(one, FieldEdit)]
    assert (
        tabbed.index(page.grid)
        == max(at for at, one in enumerate(tabbed[: len(tabbed) // 2]) if head.isAncestorOf(one))
        + 1
    ), "the lines of the children follow the head"
    assert not out_of_order(desk.window)
    back = [desk.focus()]
    while desk.at() != "household_no":
        desk.press(Key.Key_Backtab, SHIFT, text="\t")
        back.append(desk.focus())
    # The head has closed behind whoever left it.
    assert [one for one in tabbed if one in back] == back[::-1], "Shift+Tab is the way back"
    assert {key.name for key in child.edits} & {
        one.key.name for one in back if isinstance(one, FieldEdit)
    }
    # Enter passes what is no field; what it visits Tab visits in the same order.
    walked = [FieldKey("", "household_no")]
    while desk.focus() is not page.foot.save:
        desk.enter()
        if isinstance(desk.focus(), FieldEdit):
            walked.append(desk.focus().key)  # type: ignore[attr-defined]
    assert [one for one in fields if one in walked] == walked
    # The line that opens further fields stands where it is seen, before them.
    fold = child.sections["child"].fold if "child" in child.sections else None
    assert fold is None or tabbed.index(fold) > tabbed.index(child.edits[FieldKey("", "sex")])


def test_what_opens_later_is_tabbed_where_it_stands(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    page = desk.page
    page.child_form.focus(FieldKey("", "schooling_status"))
    while not any(key.part for key in page.child_form.edits):
        desk.press(Key.Key_F6)  # on to the first section that has lines of its own
        assert desk.at() != "full_name", "none has any"
    desk.settle()
    page.child_form.focus(FieldKey("", "monthly_allowance"))
    tabbed = _tabbed(desk, page.foot.save)
    assert [one.key for one in tabbed if isinstance(one, FieldEdit) and one.key.part]
    assert not out_of_order(desk.window)
