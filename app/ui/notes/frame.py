"""The frame of the page of notes: whose they are, the list, and the field of a new one below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.ui.household.foot import ReasonEdit
from app.ui.labels import Elided, SetWords
from app.ui.notes.lines import NoteList
from app.ui.nothing_card import NothingCard
from app.ui.step import Step
from app.ui.theme import Theme


class NotesFrame(QWidget):
    """The parts of the page. What happens there is in `page`."""

    def __init__(self, theme: Theme, parent: QWidget, *, may_enter: bool) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.setSpacing(px(8))
        whole.addWidget(self._read(), 1)
        whole.addWidget(self._write())
        self.writing.setVisible(may_enter)

    def _read(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.about = Elided()
        self.about.setProperty("role", "crumb")
        self.place = QLabel(card)
        self.place.setProperty("role", "muted")
        self.back = Step(text("notes.back"), card)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.about, 1)
        head.addWidget(self.place)
        head.addWidget(self.back)
        self.list = NoteList(self._theme, card)
        self.nothing = NothingCard(self._theme, card)
        self.nothing.setProperty("role", "plain")
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.list)
        self.hint = Elided()
        self.hint.setProperty("role", "muted")
        self.take_away = Step(parent=card)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.take_away)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addWidget(self._asking(card))
        column.addLayout(foot)
        return card

    def _asking(self, card: QWidget) -> QWidget:
        """Where a reason is asked for: of taking a note away, or of looking at protected ones."""
        px = self._theme.pixels
        self.asking = QWidget(card)
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setProperty("state", "warning")
        self.reason = ReasonEdit()
        self.reason.setMaxLength(200)
        self.reason.setAccessibleName(text("entry.reason"))
        row = QHBoxLayout(self.asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.question, 1)
        row.addWidget(self.reason, 1)
        self.asking.hide()
        return self.asking

    def _write(self) -> QWidget:
        px = self._theme.pixels
        self.writing = card = QFrame(self)
        card.setProperty("role", "card")
        self.label = Elided()
        self.label.setProperty("role", "label")
        self.words = QPlainTextEdit(card)
        self.words.setTabChangesFocus(True)
        self.words.ensurePolished()  # the sheet has a least height of its own
        # Large letters on a small screen leave the list more room.
        self.words.setFixedHeight(px(112) if self._theme.scale <= 1.25 else px(56))
        self.protect = QCheckBox(text("notes.protect"), card)
        self.why = SetWords()
        self.why.setProperty("role", "muted")
        self.save = Step(text("notes.save"), card)
        self.save.setProperty("role", "primary")
        row = QHBoxLayout()
        row.setSpacing(px(16))
        row.addWidget(self.protect)
        row.addStretch(1)
        row.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(4))
        column.addWidget(self.label)
        column.addWidget(self.words)
        column.addWidget(self.why)
        column.addLayout(row)
        return card
