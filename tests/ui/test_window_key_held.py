"""A key that is held, or pressed once more: it stops nothing, takes in nothing unseen, and the
keyboard does not go astray; by keyboard alone.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services import handover_receiving
from app.ui.handover.page import HandoverPage
from app.ui.tasks import Lane
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import send, type_child
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _hold(desk: Desk, times: int = 3) -> None:
    """What a keyboard sends while Enter stays down."""
    for _ in range(times):
        pressed = QKeyEvent(
            QEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
        )
        QCoreApplication.sendEvent(desk.focus(), pressed)


def _at_a_preview(qtbot: QtBot, homes: Homes) -> tuple[Desk, HandoverPage]:
    """The district has typed the file of a commune and pressed Enter: it is being looked at."""
    commune = homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Thử")
    file = send(commune, DISTRICT, homes)["file"]
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.text(str(file))
    desk.enter()
    return desk, page


def test_enter_held_on_a_file_shows_it_and_takes_nothing_in_unseen(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page = _at_a_preview(qtbot, homes)
    assert desk.focus() is page.receiving.cancel
    _hold(desk)
    desk.settle()
    assert not desk.shell.notices.notices, "nobody asked to stop"
    assert desk.focus() is page.receiving.take
    _hold(desk)
    desk.settle()
    assert desk.shell.entry.child_ids() == []
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 1
    desk.close()


def test_enter_held_on_the_check_seals_nothing(qtbot: QtBot, homes: Homes) -> None:
    type_child(homes.at(COMMUNE), "1", "Phạm Thị Thử")
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    page.sending.folder.setText(str(homes.stick))
    desk.tab_to(page.sending.check)
    desk.enter()
    _hold(desk)
    desk.settle()
    assert desk.focus() is page.sending.send
    _hold(desk)
    desk.settle()
    assert not list(homes.stick.rglob("*.tebundle"))
    desk.enter()
    desk.settle()
    assert len(list(homes.stick.rglob("*.tebundle"))) == 1
    desk.close()


def test_who_stops_by_a_key_has_the_keyboard_back_where_one_begins_again(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed, read = threading.Event(), handover_receiving.private_copy

    def slow(*given: Any) -> Any:
        """A fast machine has read the file before the key that stops it comes."""
        assert pressed.wait(10)
        return read(*given)

    monkeypatch.setattr(handover_receiving, "private_copy", slow)
    desk, page = _at_a_preview(qtbot, homes)
    desk.enter()
    pressed.set()
    assert desk.focus() is page.receiving.cancel, "the next key is not for its neighbour"
    assert page.receiving.doing.text() == text("handovers.stopping")
    desk.settle()
    QApplication.processEvents()
    assert desk.focus() is page.receiving.file
    desk.enter()
    desk.settle()
    assert desk.focus() is page.receiving.take, "it begins again"
    desk.close()


def test_what_is_stopped_before_it_has_begun_is_stopped_and_can_be_begun_again(
    qtbot: QtBot, homes: Homes
) -> None:
    """Something else is being written: the file is not even looked at yet."""
    commune = homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Thử")
    file = send(commune, DISTRICT, homes)["file"]
    desk, page = sit_down(qtbot, homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    free = threading.Event()
    desk.window.tasks.run(lambda: free.wait(10), lambda _: None, lambda _: None, lane=Lane.WRITE)
    desk.tab_to(page.receiving.file)
    desk.text(str(file))
    desk.enter()
    desk.enter()
    free.set()
    desk.settle()
    assert not page.receiving.running
    assert desk.focus() is page.receiving.file
    desk.enter()
    desk.settle()
    assert desk.focus() is page.receiving.take
    desk.close()
