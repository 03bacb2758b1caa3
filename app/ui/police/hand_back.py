"""The signed list came back: who signed, as what, when, the number of the paper."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import error_text, text
from app.ui.admin.day_edit import DayEdit
from app.ui.admin.section import go_past
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme


class HandBackForm(QWidget):
    """The form. `kept` when it is filled, `left` to go back without."""

    kept = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        px = theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(px(16), px(16), px(16), px(16))
        self._column.setSpacing(px(8))
        self.title = QLabel(card)
        self.title.setProperty("role", "crumb")
        self._column.addWidget(self.title)
        self.signer = self._field("police.signer", QLineEdit(card))
        self.office = self._field("police.signer_title", QLineEdit(card))
        self.day = DayEdit(text("police.signed_day"), card)
        self.day.setPlaceholderText(text("administration.day_how"))
        self._field("police.signed_day", self.day)
        self.paper = self._field("police.paper", QLineEdit(card))
        self.receiver = Elided()
        self.receiver.setProperty("role", "muted")
        self._column.addWidget(self.receiver)
        self.wrong = Elided()
        self.wrong.setProperty("state", "error")
        self._column.addWidget(self.wrong)
        self.keep = Step(f"{text('police.keep_back')}   Ctrl+Enter", card)
        self.keep.setProperty("role", "primary")
        self.keep.clicked.connect(self.kept)
        back = Step(f"{text('police.back')}   Esc", card)
        back.clicked.connect(self.left)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.keep)
        buttons.addWidget(back)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)

    def _field(self, label_id: str, edit: QLineEdit) -> QLineEdit:
        label = QLabel(text(label_id))
        label.setProperty("role", "label")
        label.setBuddy(edit)
        edit.setAccessibleName(label.text())
        edit.setFixedWidth(self._theme.pixels(400))
        if not isinstance(edit, DayEdit):
            edit.setMaxLength(200)
            edit.returnPressed.connect(lambda: go_past(edit))
        self._column.addWidget(label)
        self._column.addWidget(edit)
        return edit

    def show_list(self, number: int, receiver: str) -> None:
        """Begin for a list."""
        self.title.setText(text("police.back_of", number=number))
        self.receiver.say(text("police.received_here", who=receiver))
        for edit in (self.signer, self.office, self.day, self.paper):
            edit.clear()
        self.refuse("")

    def begin(self) -> None:
        """Put the keyboard into the first field."""
        self.signer.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, words: str) -> None:
        """Say what is wrong."""
        self.wrong.say(words)
        self.wrong.setVisible(bool(words))

    def signed_on(self) -> date | None:
        """The day that was typed; None, and what is wrong is said, where it is none."""
        try:
            self.day.judge(self.day.text())
        except AppError as problem:  # what a field cannot hold is one
            self.refuse(error_text(problem).partition("\n")[0])
            self.day.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return self.day.day
