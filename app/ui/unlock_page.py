"""The first page of an installed program: who is there, and the passphrase.

It is painted and takes keys before the database, the services and the forms are imported; it
imports only Qt, the theme, sentences and settings, and says by signals what is wanted. It never
judges a passphrase itself.
"""

from __future__ import annotations

from collections.abc import Sequence

# Not the namespace Qt: its hundred enumerations alone cost half of an empty window's start.
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.ui.gate import offer_people, put_in_the_middle
from app.ui.step import Step
from app.ui.theme import Theme, set_state


class UnlockPage(QWidget):
    """Asks for the passphrase. `unlock` gives it with the user ("" for any)."""

    unlock = Signal(str, str)
    #: The passphrase is forgotten: the printed code is wanted instead (`recovery_page`).
    code_wanted = Signal()
    #: The register is damaged or lost: a backup is wanted in its place (`restore_page`).
    restore_wanted = Signal()
    #: The page is on the screen: now is the time to load everything else.
    painted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._painted = False
        px = theme.pixels
        self.name = QLabel(text("window.name"))
        self.name.setProperty("role", "heading")
        self.purpose = QLabel(text("window.purpose"))
        self.purpose.setProperty("role", "muted")
        self.purpose.setWordWrap(True)
        self.user_label = QLabel(text("unlock.user"))
        self.user_label.setProperty("role", "label")
        self.user = QComboBox()
        self.user.setAccessibleName(text("unlock.user"))
        self.label = QLabel(text("unlock.passphrase"))
        self.label.setProperty("role", "label")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(text("unlock.passphrase"))
        self.field.setMaxLength(200)
        self.field.returnPressed.connect(self._go)
        self.label.setBuddy(self.field)
        self.show_text = QPushButton(text("unlock.show"))
        self.show_text.setCheckable(True)
        self.show_text.setProperty("role", "link")
        self.show_text.toggled.connect(self._echo)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(px(48))
        self.button = QPushButton(text("unlock.open"))
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._go)
        self.forgotten = Step(text("unlock.forgotten"))
        self.forgotten.setProperty("role", "link")
        self.forgotten.clicked.connect(self.code_wanted)
        self.restoring = Step(text("restore.link"))
        self.restoring.setProperty("role", "link")
        self.restoring.clicked.connect(self.restore_wanted)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(px(480))
        column = QVBoxLayout(card)
        column.setContentsMargins(px(40), px(32), px(40), px(24))
        column.setSpacing(px(8))
        column.addWidget(self.name)
        column.addWidget(self.purpose)
        column.addSpacing(px(16))
        column.addWidget(self.user_label)
        column.addWidget(self.user)
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(self.show_text)
        column.addLayout(row)
        column.addWidget(self.field)
        column.addWidget(self.message)
        column.addWidget(self.button)
        self.trial = Step(text("demonstration.open"))
        self.trial.setProperty("role", "link")
        below = QHBoxLayout()
        below.addWidget(self.forgotten)
        below.addStretch(1)
        below.addWidget(self.trial)
        column.addLayout(below)
        further = QHBoxLayout()
        further.addWidget(self.restoring)
        further.addStretch(1)
        column.addLayout(further)
        put_in_the_middle(self, card)
        self.set_users(())
        self.setFocusProxy(self.field)

    def set_users(self, names: Sequence[str]) -> None:
        """Offer the people of this PC; one alone need not be chosen."""
        offer_people(self.user_label, self.user, names)

    def say(self, words: str, state: str = "") -> None:
        """Say something under the field; `state` is error, or "" for news."""
        self.message.setText(words)
        set_state(self.message, state)
        set_state(self.field, state if state == "error" else "")

    def set_busy(self, busy: bool) -> None:
        """Show that the passphrase is being tried; the page stays where it is."""
        self.button.setEnabled(not busy)
        self.forgotten.setEnabled(not busy)
        self.trial.setEnabled(not busy)
        self.restoring.setEnabled(not busy)
        self.field.setReadOnly(busy)
        if busy:
            self.say(text("unlock.opening"))

    def refuse(self, words: str) -> None:
        """The passphrase was not right, or the store could not be opened."""
        self.set_busy(False)
        self.say("\N{MULTIPLICATION X} " + words, "error")
        self.field.selectAll()
        self.field.setFocus()

    def _echo(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)

    def _go(self) -> None:
        typed = self.field.text()
        if not typed or not self.button.isEnabled():
            return
        self.unlock.emit(typed, self.user.currentText() if self.user.count() > 1 else "")

    def paintEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()
