"""Words that keep their place: never cut where they have the room they asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.labels import Elided


def test_words_that_get_the_width_they_ask_for_are_not_cut(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    label = Elided(natural=True)
    row.addWidget(label)
    row.addStretch(1)
    window.resize(900, 60)
    window.show()
    for count in range(0, 2000, 37):
        label.say(f"{count} thay đổi chưa bàn giao")
        for _ in range(2):
            QApplication.processEvents()
        assert label.text() == label.whole
