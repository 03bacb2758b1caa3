"""The card of F1 is as high as its words, wherever it stands."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.help_card import HelpCard
from app.ui.theme import Theme, apply_theme


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_words_are_not_cut_in_a_page_with_margins(
    qtbot: QtBot, qapp: QApplication, scale: float
) -> None:
    theme = Theme(scale)
    try:
        apply_theme(qapp, theme)
        page = QWidget()
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(40, 0, 40, 0)
        column.addStretch(1)
        card = HelpCard(theme, page)
        column.addWidget(card)
        page.resize(600, 500)
        page.show()
        for words in range(5, 60):
            card.say("Tình trạng cha", "đang ở " * words)
            for _ in range(3):
                QApplication.processEvents()
            needed = card.words.heightForWidth(card.words.width())
            assert card.words.height() >= needed, words
    finally:
        apply_theme(qapp, Theme())
