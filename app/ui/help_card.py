"""F1 outside the household page: what the book means by a field, in a card below what is shown."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.forms.schema import Field
from app.ui.labels import SetWords
from app.ui.theme import Theme


class HelpCard(QFrame):
    """The card; hidden until it is asked for."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = theme.pixels(12)
        self.setProperty("role", "notice")
        self.setProperty("state", "note")
        self.words = SetWords()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(self._around, theme.pixels(8), self._around, theme.pixels(8))
        inside.addWidget(self.words)
        self.hide()

    def explain(self, field: Field | None) -> None:
        """Explain a field; None for none, which takes the card away."""
        if field is None:
            self.hide()
        else:
            self.say(str(field.label), str(field.help))

    def say(self, label: str, meaning: str) -> None:
        """Say what something called `label` means."""
        self.words.setText(f"<b>{escape(label)}</b> · {escape(meaning)}")
        self._fit()
        self.show()

    def close_help(self) -> bool:
        """Take the explanation away; whether there was one."""
        seen = self.isVisible()
        self.hide()
        return seen

    def _fit(self) -> None:
        room = self.contentsRect().width()
        holder = self.parentWidget()
        if self.isHidden() and holder is not None:
            # It has no width of its own yet, and gets that of what it stands in, at the most; one
            # that was shown before keeps its size, and would not be asked again.
            room = holder.width()
            layout = holder.layout()
            if layout is not None:
                margins = layout.contentsMargins()
                room -= margins.left() + margins.right()
            room -= self.width() - self.contentsRect().width()
        self.words.fit(room - 2 * self._around)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()
