"""What to do first with a register that holds nothing yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import SetWords
from app.ui.step import Step
from app.ui.theme import Theme


class BeginCard(QScrollArea):
    """Three ways to begin: type, import a file, try with invented people first. Who `gathers` from
    units below begins by receiving what they hand over.

    Who may do neither can only try: they are told who begins. It scrolls where a message above it
    takes the room.
    """

    def __init__(self, theme: Theme, parent: QWidget, *, may_begin: bool, gathers: bool) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ways = _Ways(theme, self, may_begin=may_begin, gathers=gathers)
        self.setWidget(self.ways)
        self.first, self.trial = self.ways.first, self.ways.trial
        self.import_list = self.ways.import_list
        #: Where the keyboard begins.
        self.start = self.first if may_begin else self.trial

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Qt would leave the bar there once it came: beside it the words need more room."""
        fits = self.ways.needed(self.width()) <= self.height()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAlwaysOn
        )
        super().resizeEvent(event)
        self.ways.fit(self.ways.width())


class _Ways(QWidget):
    """The ways one below the other, as high as their words are."""

    def __init__(self, theme: Theme, parent: QWidget, *, may_begin: bool, gathers: bool) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        px = theme.pixels
        heading = SetWords()
        heading.setText(text("register.empty"))
        heading.setProperty("role", "heading")
        begin = text("worklist.begin.receive") if gathers else f"{text('register.begin')}   Ctrl+N"
        self.first = Step(begin)
        self.first.setProperty("role", "primary")
        self.trial = Step(text("worklist.begin.trial"))
        self.import_list = Step(text("import_page.open"), self)
        self._words: list[SetWords] = [heading]
        self._column = column = QVBoxLayout(self)
        # Large letters on a small screen need the room between the ways for their words.
        roomy = theme.scale <= 1.25
        column.setContentsMargins(px(16), px(16) if roomy else 0, px(16), px(16) if roomy else 0)
        column.setSpacing(px(8) if roomy else px(4))
        column.addStretch(1)
        column.addWidget(heading)
        column.addSpacing(px(8) if roomy else 0)
        parts: tuple[tuple[str, tuple[Step, ...]], ...]
        if not may_begin or gathers:
            self.import_list.hide()
        if not may_begin:
            parts = ((f"register.empty_{'gathered_' if gathers else ''}for_others", ()),)
            self.first.hide()
        elif gathers:
            parts = (("register.empty_gathered", (self.first,)),)
        else:
            # Large letters on a small screen: both ways stand below the words for both.
            apart = ((self.first,), (self.import_list,))
            above, below = apart if roomy else ((), (self.first, self.import_list))
            parts = (("register.empty_steps", above), ("worklist.begin.import", below))
        parts += (("worklist.begin.trial_why", (self.trial,)),)
        for message_id, buttons in parts:
            words = SetWords()
            words.setText(text(message_id))
            self._words.append(words)
            column.addWidget(words)
            if buttons:
                beside = QHBoxLayout()
                beside.setSpacing(px(8))
                for button in buttons:
                    beside.addWidget(button)
                beside.addStretch(1)
                column.addLayout(beside)
            column.addSpacing(px(16) if roomy else 0)
        column.addStretch(2)
        self._room = px(2 * 16)

    def needed(self, width: int) -> int:
        """How high everything is at a width."""
        self.fit(width)
        self._column.invalidate()
        return self._column.minimumSize().height()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.fit(self.width())

    def fit(self, width: int) -> None:
        """Give the words the height that they need at a width."""
        for one in self._words:
            one.fit(max(200, width - self._room))
