"""A previewed bundle is looked at record by record before it is taken in; by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language, text
from app.services.arrivals import Arrival
from app.ui.handover.page import HandoverPage
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import send, type_child
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _previewed(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, HandoverPage, Path]:
    """A child that is here is renamed below, and another one is new there."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử")
    homes.carry(commune, district, DISTRICT)
    (child,) = commune.must("register", "search", "Phạm Thị Thử")
    commune.must("register", "set", child["id"], "full_name=Phạm Thị Thứ")
    type_child(commune, "2", "Phạm Văn Mới")
    file = Path(str(send(commune, DISTRICT, homes)["file"]))
    desk, page = sit_down(qtbot, homes, DISTRICT, scale)
    desk.go_to("handover")
    desk.settle()
    page.receiving.file.setFocus()
    desk.text(str(file))
    desk.enter()
    desk.settle()
    desk.tab_to(page.receiving.see_rows)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.arrivals.table
    return desk, page, file


def test_each_record_is_told_with_what_stands_and_what_would_stand(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page, _ = _previewed(qtbot, homes)
    card = page.arrivals
    assert [one.arrival for one in card.rows.lines] == [
        Arrival.CHANGED,
        *[Arrival.NEW] * (len(card.rows.lines) - 1),
    ]
    assert "Phạm Thị Thử → Phạm Thị Thứ" in card.whole.text()
    assert {one.who for one in card.rows.lines} >= {"Phạm Thị Thứ", "Phạm Văn Mới"}
    told = text("arrivals.in_village", village="Thôn 1", households="1", children="2")
    assert told in card.villages.text()
    assert len(desk.shell.entry.child_ids()) == 1, "nothing was taken in"
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.receiving.take
    assert not card.isVisible()
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 2
    assert page.receiving.see_rows.isHidden()
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    set_language(language)
    try:
        desk, _page, _ = _previewed(qtbot, homes, 1.5)
        for measure in (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())
