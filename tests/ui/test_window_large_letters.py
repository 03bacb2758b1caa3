"""The handover page with letters half as large again: it scrolls downwards alone, so that nothing
that is to be done lies beyond the edge of a small screen.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.handover.desk import Pending, Returned
from app.ui.handover.page import HandoverPage
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child
from tests.ui.looks import cut_words
from tests.ui.window_desk import Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


@pytest.fixture
def large(qapp: QApplication) -> Iterator[float]:
    yield 1.5
    apply_theme(qapp, Theme())


def _beyond(page: HandoverPage) -> int:
    """How many pixels of what scrolls lie beyond the right edge."""
    return page.widget().width() - page.viewport().width()


def test_nothing_of_the_page_lies_beyond_the_right_edge(
    qtbot: QtBot, homes: Homes, large: float
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Hân")
    homes.carry(commune, district, DISTRICT)
    desk, page = sit_down(qtbot, homes, DISTRICT, large)
    desk.go_to("handover")
    desk.settle()
    assert _beyond(page) <= 0
    first, second = page.sending.geometry(), page.receiving.geometry()
    assert second.top() >= first.bottom(), "both have the whole width"
    assert first.width() == second.width()
    assert cut_words(desk.window) == []
    # What waits, what lies below, and the steps of one handover wrap as well.
    why = "Sổ thôn 3 thiếu chữ ký của trưởng thôn và thiếu bản sao giấy khai sinh của tám trẻ"
    back = tuple(Returned(DISTRICT, why, seq, "2026-11-30T01:00:00Z") for seq in range(1, 13))
    page._show_pending(Pending(returned=back, kept=2))
    page.to_stopped.setText("12.345 thay đổi đang chờ · 123 thay đổi không nhận")
    page.to_stopped.show()
    desk.settle()
    assert _beyond(page) <= 0
    assert cut_words(desk.window) == []
    page.table.setFocus()
    desk.enter()
    desk.settle()
    assert page.one.undo.isVisible()
    assert _beyond(page) <= 0
    assert cut_words(desk.window) == []
    desk.tab_to(page.one.undo)
    desk.enter()
    desk.settle()
    assert _beyond(page) <= 0
    desk.press(Key.Key_Escape)
    desk.close()


def test_with_letters_of_the_usual_size_both_stand_beside_each_other(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    assert page.receiving.geometry().top() == page.sending.geometry().top()
    assert _beyond(page) <= 0
    desk.close()
