"""Tab goes through a page as one reads it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.window_desk import Desk, prepared_home


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
