"""Words that keep their place: never cut where they have the room they asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.labels import Elided, on_lines


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


def test_words_are_broken_behind_spaces_and_strokes_and_only_what_is_left_is_cut(
    qtbot: QtBot,
) -> None:
    label = Elided()
    qtbot.addWidget(label)
    metrics = label.fontMetrics()

    def broken(words: str, like: str, most: int) -> list[str]:
        room = metrics.horizontalAdvance(like) + 1
        return on_lines(words, metrics, room, most).split("\n")

    assert broken("Số hộ", "Số hộ", 2) == ["Số hộ"]
    assert broken("Thôn/Ấp/Khóm", "Thôn/Ấp/", 2) == ["Thôn/Ấp/", "Khóm"]
    assert broken("một hai ba", "một hai", 3) == ["một hai", "ba"]
    first, last = broken("một hai ba bốn năm", "một hai", 2)
    assert first == "một hai"
    assert last.endswith("…")
    assert broken("", "x", 2) == [""]
