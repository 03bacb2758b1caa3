"""What stands where there is nothing to show yet: what that is, and what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.ui.theme import Theme


class NothingCard(QFrame):
    """A heading and a hint in the middle of an empty card."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.setProperty("role", "card")
        self.what = QLabel()
        self.what.setProperty("role", "heading")
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(32), px(32), px(32), px(32))
        column.setSpacing(px(16))
        column.addStretch(2)
        for label in (self.what, self.hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(3)
