"""What to do first with a register that holds nothing yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import SetWords
from app.ui.step import Step
from app.ui.theme import Theme


class BeginCard(QWidget):
    """Three ways to begin: type, import a file, try with invented people first.

    Who may not enter records can only try: the others are told who begins.
    """

    def __init__(self, theme: Theme, parent: QWidget, *, may_enter: bool) -> None:
        super().__init__(parent)
        px = theme.pixels
        heading = SetWords()
        heading.setText(text("register.empty"))
        heading.setProperty("role", "heading")
        self.first = Step(f"{text('register.begin')}   Ctrl+N")
        self.first.setProperty("role", "primary")
        self.trial = Step(text("worklist.begin.trial"))
        self._words: list[SetWords] = [heading]
        column = QVBoxLayout(self)
        # Large letters on a small screen need the room between the ways for their words.
        roomy = theme.scale <= 1.25
        column.setContentsMargins(px(16), px(16) if roomy else 0, px(16), px(16) if roomy else 0)
        column.setSpacing(px(8) if roomy else px(4))
        column.addStretch(1)
        column.addWidget(heading)
        column.addSpacing(px(8) if roomy else 0)
        parts: tuple[tuple[str, Step | None], ...] = (
            ("register.empty_steps", self.first),
            ("worklist.begin.import", None),
        )
        if not may_enter:
            parts = (("register.empty_for_others", None),)
            self.first.hide()
        parts += (("worklist.begin.trial_why", self.trial),)
        for message_id, button in parts:
            words = SetWords()
            words.setText(text(message_id))
            self._words.append(words)
            column.addWidget(words)
            if button is not None:
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            column.addSpacing(px(16) if roomy else px(4))
        column.addStretch(2)
        self._room = px(2 * 16)
        #: Where the keyboard begins.
        self.start = self.first if may_enter else self.trial

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        for one in self._words:
            one.fit(max(200, self.width() - self._room))
