"""With large letters the handover page is higher than the screen: where the keyboard goes is in
sight, with what was found out for the step it is on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.handover.page import HandoverPage
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import send, type_child
from tests.ui.window_desk import Desk
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


@pytest.fixture(autouse=True)
def _letters_as_before(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, Theme())


def _whole(widget: QWidget) -> bool:
    QApplication.processEvents()
    return widget.visibleRegion().boundingRect() == widget.rect()


def _line_in_sight(page: HandoverPage) -> bool:
    QApplication.processEvents()
    table, row = page.table, page.table.currentRow()
    bottom = table.rowViewportPosition(row) + table.rowHeight(row)
    return table.viewport().visibleRegion().boundingRect().bottom() >= bottom - 1


def _at_the_handover(desk: Desk) -> None:
    desk.go_to("handover")
    desk.settle()


def test_the_counts_are_seen_beside_the_step_and_then_the_line_of_what_was_sent(
    qtbot: QtBot, homes: Homes
) -> None:
    type_child(homes.at(COMMUNE), "1", "Phạm Thị Thử")
    desk, page = sit_down(qtbot, homes, COMMUNE, 1.5)
    _at_the_handover(desk)
    page.sending.folder.setText(str(homes.stick))
    desk.tab_to(page.sending.check)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.sending.send
    assert _whole(page.sending.facts)
    assert _whole(page.sending.send)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.table
    assert _line_in_sight(page)
    desk.close()


def test_what_a_file_brings_is_seen_beside_the_step_and_then_its_line(
    qtbot: QtBot, homes: Homes
) -> None:
    commune = homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Thử")
    file = Path(str(send(commune, DISTRICT, homes)["file"]))
    desk, page = sit_down(qtbot, homes, DISTRICT, 1.5)
    _at_the_handover(desk)
    desk.tab_to(page.receiving.file)
    desk.text(str(file))
    desk.enter()
    desk.settle()
    assert desk.focus() is page.receiving.take
    assert _whole(page.receiving.facts)
    assert _whole(page.receiving.take)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.table
    assert _line_in_sight(page)
    desk.close()
