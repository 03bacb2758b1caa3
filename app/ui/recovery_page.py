"""Forgotten passphrase: the printed recovery code, and a new passphrase typed twice.

It never judges a code; it says by a signal what is wanted. The code is typed in sight, because it
is copied from paper, sign by sign; it is not kept anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.errors import KnownError
from app.i18n import error_text, text
from app.services.sign_in import check_passphrase
from app.ui.gate import offer_people, put_in_the_middle
from app.ui.step import Step
from app.ui.theme import Theme, set_state


class RecoveryPage(QWidget):
    """Asks for code and passphrase. `recover` gives (code, user or "" for the only one, new)."""

    recover = Signal(str, str, str)
    back_wanted = Signal()
    #: The code is lost as well: the unit above is asked (`reopening_page`).
    reopening_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._theme = theme
        self.user = QComboBox()
        self.user_label = self._label("unlock.user", self.user)
        self.code = self._field(100)
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPointSizeF(theme.font().pointSizeF())
        self.code.setFont(font)
        self.code.setPlaceholderText(text("forgotten.code_like"))
        self.new, self.again = self._field(200), self._field(200)
        self.show_text = Step(text("unlock.show"))
        self.show_text.setCheckable(True)
        self.show_text.setProperty("role", "link")
        self.show_text.toggled.connect(self._echo)
        self._echo(shown=False)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(theme.pixels(44))
        self.button = Step(text("forgotten.set"))
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._go)
        self.lost = Step(text("reopening.link"))
        self.lost.setProperty("role", "link")
        self.lost.clicked.connect(self.reopening_wanted)
        self.back = Step(text("first.back"))
        self.back.clicked.connect(self.back_wanted)
        self._lay_out()
        self.set_users(())
        self.setFocusProxy(self.code)

    def _field(self, most: int) -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(most)
        field.returnPressed.connect(self._enter)
        return field

    def _label(self, message_id: str, field: QWidget) -> QLabel:
        label = QLabel(text(message_id))
        label.setProperty("role", "label")
        label.setBuddy(field)
        field.setAccessibleName(text(message_id))
        return label

    def _lay_out(self) -> None:
        px = self._theme.pixels
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(px(560))
        column = QVBoxLayout(card)
        column.setContentsMargins(px(40), px(24), px(40), px(24))
        column.setSpacing(px(4))
        heading = QLabel(text("forgotten.heading"))
        heading.setProperty("role", "heading")
        why = QLabel(text("forgotten.why"))
        why.setProperty("role", "muted")
        why.setWordWrap(True)
        column.addWidget(heading)
        column.addWidget(why)
        column.addSpacing(px(8))
        column.addWidget(self.user_label)
        column.addWidget(self.user)
        column.addWidget(self._label("unlock.code", self.code))
        column.addWidget(self.code)
        row = QHBoxLayout()
        row.addWidget(self._label("forgotten.new", self.new), 1)
        row.addWidget(self.show_text)
        column.addLayout(row)
        column.addWidget(self.new)
        column.addWidget(self._label("first.again", self.again))
        column.addWidget(self.again)
        column.addWidget(self.message)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addWidget(self.lost)
        row.addStretch(1)
        row.addWidget(self.button)
        column.addLayout(row)
        # Tab goes down the fields; showing what is typed and the other ways come after.
        fields = (self.user, self.code, self.new, self.again)
        order = (*fields, self.button, self.back, self.lost, self.show_text)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        put_in_the_middle(self, card)

    def set_users(self, names: Sequence[str]) -> None:
        """Offer the people of this PC; one alone need not be chosen."""
        offer_people(self.user_label, self.user, names)

    def say(self, words: str, state: str = "") -> None:
        """Say something under the fields; `state` is error, or "" for news."""
        self.message.setText(words)
        set_state(self.message, state)

    def set_busy(self, busy: bool) -> None:
        """Show that the code is being tried; the page stays where it is."""
        self.button.setEnabled(not busy)
        self.back.setEnabled(not busy)
        self.lost.setEnabled(not busy)
        for field in (self.code, self.new, self.again):
            field.setReadOnly(busy)
        if busy:
            self.say(text("unlock.opening"))

    def refuse(self, words: str) -> None:
        """The code was not right, or the store could not be opened; what was typed stays."""
        self.set_busy(False)
        self._refuse_at(self.code, words)

    def _refuse_at(self, field: QLineEdit, words: str) -> None:
        self.say("\N{MULTIPLICATION X} " + words, "error")
        field.selectAll()
        field.setFocus()

    def _echo(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for field in (self.new, self.again):
            field.setEchoMode(mode)

    def _enter(self) -> None:
        """Enter goes to the next field, and on from the last."""
        fields = (self.code, self.new, self.again)
        here = next((place for place, one in enumerate(fields) if one.hasFocus()), 0)
        if here + 1 < len(fields):
            fields[here + 1].setFocus()
            fields[here + 1].selectAll()
        else:
            self._go()

    def _go(self) -> None:
        new = self.new.text()
        if not self.button.isEnabled():
            return
        if not self.code.text().strip():
            self._refuse_at(self.code, text("forgotten.code_needed"))
        elif self._too_easy(new):
            return
        elif self.again.text() != new:
            self._refuse_at(self.again, text("first.not_alike"))
        else:
            user = self.user.currentText() if self.user.count() > 1 else ""
            self.recover.emit(self.code.text(), user, new)

    def _too_easy(self, new: str) -> bool:
        try:
            check_passphrase(new, self.user.currentText())
        except KnownError as error:
            self._refuse_at(self.new, error_text(error))
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() == Qt.Key.Key_Escape and self.back.isEnabled():
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)
