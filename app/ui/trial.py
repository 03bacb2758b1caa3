"""The trial: a strip that marks every page of a register in which nobody exists, and the way out.

Only what marks it is here; making and removing it is `app.services.demonstration`.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme


class Marked(QWidget):
    """A page below the strip. `leave_wanted` comes when the trial is to end, where it can."""

    leave_wanted = Signal()

    def __init__(self, page: QWidget, theme: Theme, *, can_leave: bool) -> None:
        super().__init__()
        px = theme.pixels
        self.strip = QFrame()
        self.strip.setProperty("role", "trial_strip")
        mark = QLabel(text("demonstration.mark"))
        mark.setProperty("role", "trial")
        self.strip.setAccessibleName(mark.text())
        why = Elided()
        why.say(text("demonstration.mark_why"))
        why.setProperty("role", "trial_why")
        self.leave = Step(text("demonstration.leave"))
        self.leave.clicked.connect(self.leave_wanted)
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(px(16), px(4), px(16), px(4))
        row.setSpacing(px(16))
        row.addWidget(mark)
        row.addWidget(why, 1)
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(page, 1)
        if not can_leave:
            self.leave.hide()
        self.setFocusProxy(page)
