"""A button that Enter presses, as Space does: once, however long the key is held."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton


class Step(QPushButton):
    """Nobody who works by keyboard has to know which of the two a button wants."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # A key still held when the keyboard came here was meant for what was before: nobody
            # stops, takes in or seals anything so.
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)
