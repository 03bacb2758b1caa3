"""A page before a register is open that does its work in one card: the frame of the page that
restores a backup and of the one that asks for a register nobody can open any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.admin.section import Section
from app.ui.gate import put_in_the_middle
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class GatePart(Section):
    """What stands in the card, under its heading. `back_wanted` leaves."""

    back_wanted = Signal()

    def __init__(self, tasks: Tasks, theme: Theme, title: str, why: str, parent: QWidget) -> None:
        super().__init__(tasks, theme, title, parent, bare=True)
        self.setProperty("role", "card")
        self.column.setContentsMargins(*(theme.pixels(one) for one in (32, 24, 32, 16)))
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        self.column.addWidget(heading)
        self.words(why)
        self.back = Step(text("first.back"))
        self.back.clicked.connect(self.back_wanted)
        self.user_label = QLabel(text("unlock.user"))
        self.user_label.setProperty("role", "label")
        self.user = QComboBox()
        self.user.setAccessibleName(text("unlock.user"))
        self.user.setMaximumWidth(theme.pixels(400))
        self.user_label.setBuddy(self.user)

    def build_user(self) -> None:
        """Put the choice of a person here."""
        self.column.addWidget(self.user_label)
        self.column.addWidget(self.user)

    def set_users(self, names: Sequence[str]) -> None:
        """Offer the people of this PC; one alone need not be chosen."""
        self.user.clear()
        self.user.addItems(list(names))
        for widget in (self.user_label, self.user):
            widget.setVisible(len(names) > 1)


P = TypeVar("P", bound=GatePart)


class GatePage(QWidget, Generic[P]):
    """The card in the middle of the window; it scrolls where the screen is small."""

    back_wanted = Signal()

    def __init__(self, theme: Theme, make: Callable[[QWidget], P], least: tuple[int, int]) -> None:
        """`make` builds the part; `least` is the least height of the card, in pixels at 96 dpi, and
        the most that this may come to with large letters.
        """
        super().__init__()
        self.setProperty("role", "page")
        card = QFrame(self)
        card.setFixedWidth(theme.pixels(736))
        card.setMinimumHeight(min(theme.pixels(least[0]), least[1]))
        scroll = QScrollArea(card)
        self.part = make(scroll)
        self.part.back_wanted.connect(self.back_wanted)
        scroll.setWidget(self.part)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setProperty("role", "plain")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        # What came of a deed stands below, in sight wherever its button is.
        column.addWidget(self.part.message)
        put_in_the_middle(self, card)

    def set_users(self, names: Sequence[str]) -> None:
        """Offer the people of this PC."""
        self.part.set_users(names)

    @property
    def steps(self) -> Sequence[Step]:
        """What waits while something is being opened, the way back among it."""
        return (self.part.back,)

    def set_busy(self, busy: bool) -> None:
        """Show that something is being opened; the page stays where it is."""
        for step in self.steps:
            step.setEnabled(not busy)
        if busy:
            self.part.say(text("unlock.opening"))

    def refuse(self, words: str) -> None:
        """It could not be opened; what was typed stays."""
        self.set_busy(False)
        self.part.say(words, "error")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape and self.part.back.isEnabled():
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)
