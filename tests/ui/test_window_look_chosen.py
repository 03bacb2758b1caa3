"""Language and size are chosen for the next start: what is open stays whole, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.i18n import set_language, text
from app.ui.preferences import Preferences, read_preferences
from app.ui.theme import Theme, apply_theme
from tests.ui.window_desk import Desk, prepared_home


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    yield
    set_language("vi")
    apply_theme(qapp, Theme())


def _read(page: QWidget) -> list[str]:
    """Every word on a page, what was typed and chosen as well."""
    kinds = (QLabel, QAbstractButton, QLineEdit)
    said = [one.text() for kind in kinds for one in page.findChildren(kind)]
    return [*said, *(one.currentText() for one in page.findChildren(QComboBox))]


def _choose(desk: Desk, words: str) -> None:
    menu = desk.shell.account.menu()
    assert menu is not None
    (action,) = [one for one in menu.findChildren(QAction) if one.text() == words]
    action.trigger()
    desk.settle()


def test_what_is_open_keeps_its_language_and_what_was_typed_until_the_next_start(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.text("Phạm Thị Hân")
    for name in desk.shell.navigation.names:
        desk.go_to(name)
        desk.settle()
    desk.go_to("handover")
    desk.settle()
    handover = desk.shell.handover
    assert handover is not None
    handover.sending.folder.setText("E:/bàn giao")
    handover.receiving.file.setText("E:/gói.tebundle")
    pages = [desk.shell.pages.widget(at) for at in range(desk.shell.pages.count())]
    before = [_read(one) for one in pages if one is not None]
    _choose(desk, text("window.language.en"))
    _choose(desk, "125%")
    assert [_read(one) for one in pages if one is not None] == before
    assert handover.sending.folder.text() == "E:/bàn giao"
    assert desk.shell.navigation.list.item(0).text().startswith(text("window.page.home"))
    assert "lần mở sau" in desk.shell.notices.notices[0].text
    desk.close()
    assert read_preferences(settings) == Preferences("en", 1.25)
