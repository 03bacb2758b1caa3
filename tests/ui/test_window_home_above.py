"""The first page of a unit that gathers: what waits is told though nothing is in the register, and
the first step is to receive, not to type a page of paper.
"""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import text
from app.services.worklist import Duty
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words
from tests.ui.window_desk import Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _words(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def test_what_waits_is_told_though_the_register_is_empty(qtbot: QtBot, homes: Homes) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", "Phạm Thị Hân")
    _, first = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", "Giao nhầm")
    (child,) = commune.must("register", "search", "Phạm Thị Hân")
    commune.must("register", "set", child["id"], "other_name=Bé Hân")
    receive(district, str(send(commune, DISTRICT, homes)["file"]))
    desk, page = sit_down(qtbot, homes, DISTRICT)
    home = desk.shell.home
    desk.go_to("home")
    desk.settle()
    assert home.view is not None
    assert home.view.empty
    assert home.stack.currentWidget() is home.lines
    assert Duty.WAITING in [one.duty for one in home.lines.tasks]
    desk.tab_to(home.lines)
    desk.press(Key.Key_Home)
    while home.lines.tasks[home.lines.currentRow()].duty is not Duty.WAITING:
        desk.press(Key.Key_Down)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is page
    assert desk.focus() is page.stopped.table, "what waits is there, not somewhere on the page"
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["vi"], ["vi", "en"]))
def test_an_empty_register_of_a_district_begins_with_receiving(
    qtbot: QtBot, homes: Homes, language: str
) -> None:
    i18n.set_language(language)
    try:
        desk, page = sit_down(qtbot, homes, DISTRICT)
        card = desk.shell.home.begin_card
        desk.go_to("home")
        desk.until(card.isVisible)
        assert text("register.empty_gathered") in _words(card)
        assert text("register.empty_steps") not in _words(card)
        assert cut_words(desk.window) == []
        desk.go_to("register")
        empty = desk.shell.register.empty
        desk.until(empty.isVisible)
        assert text("register.empty_gathered") in _words(empty)
        assert empty.begin.isHidden()
        assert cut_words(desk.window) == []
        desk.go_to("home")
        desk.until(card.isVisible)
        desk.tab_to(card.first)
        desk.enter()
        desk.settle()
        assert desk.shell.pages.currentWidget() is page
        assert desk.focus() is page.receiving.file
        desk.close()
    finally:
        i18n.set_language("vi")


def test_a_commune_still_begins_with_a_page_of_paper(qtbot: QtBot, homes: Homes) -> None:
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    card = desk.shell.home.begin_card
    desk.go_to("home")
    desk.until(card.isVisible)
    assert text("register.empty_steps") in _words(card)
    desk.close()


def test_a_district_that_once_helped_is_not_asked_for_what_it_sent_back_to_its_commune(
    qtbot: QtBot, homes: Homes
) -> None:
    district, commune = homes.at(DISTRICT), homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Hân")
    sent, _got = homes.carry(commune, district, DISTRICT)
    (row,) = district.must("register", "search", "Phạm Thị Hân")
    district.must("register", "set", row["id"], "other_name=Bé Hân")
    back = ("--record", row["id"], "--reason", "Sai năm sinh")
    district.must("handover", "return", sent["handover"], *back)
    assert district.must("handover", "returned") == []
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("home")
    desk.settle()
    view = desk.shell.home.view
    assert view is not None
    assert Duty.SENT_BACK not in [one.duty for one in view.tasks]
    desk.close()
