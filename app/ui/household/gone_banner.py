"""Above the form of whoever is followed no longer: what happened, when, by which event."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.services.entry import Gone
from app.ui.gone import gone_child, gone_household
from app.ui.labels import SetWords
from app.ui.theme import Theme


class GoneBanner(QFrame):
    """The sentence, and no room where there is none to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "notice")
        self.setProperty("state", "warning")
        self.words = SetWords()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(
            theme.pixels(12), theme.pixels(4), theme.pixels(12), theme.pixels(4)
        )
        column.addWidget(self.words)
        self.hide()

    def show_state(self, household: Gone | None, child: Gone | None, width: int) -> None:
        """Say it of a child, or of its household where that has moved away as a whole. `width` is
        what the words have, in pixels.
        """
        words = self._said(household, child)
        if words != self.words.text():
            self.words.setText(words)
            self.words.setAccessibleName(words)
        if words:
            self.words.fit(width)
        self.setVisible(bool(words))

    @staticmethod
    def _said(household: Gone | None, child: Gone | None) -> str:
        # Who died before the others moved away is told apart.
        if household is not None and (child is None or child.status == household.status):
            return gone_household(household.status, household.day)
        return "" if child is None else gone_child(child.status, child.day)
