"""A proposal one can stand on: Space confirms it, Enter only passes by (5-interface.md)."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.household.field_edit import Key
from app.ui.theme import Theme


class Proposal(QPushButton):
    """One proposed circumstance: what, why, by which law, and the key that confirms it."""

    stepped = Signal(object, int)
    entered = Signal(object)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.key = Key("", "")
        self.title: tuple[str, ...] = ()
        self.reason: tuple[str, ...] = ()
        self.action = ""
        self._theme = theme
        self.setProperty("role", "proposal")
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.stepped.emit(self.key, -1 if back else 1)
        elif key == Qt.Key.Key_Up:
            self.stepped.emit(self.key, -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 -- Qt's name
        super().focusInEvent(event)
        self.entered.emit(self.key)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        px, line = self._theme.pixels, self.fontMetrics().height()
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        top = px(6)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for lines, font, colour in (
            (self.title, bold, "text"),
            (self.reason, self.font(), "muted"),
        ):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            for words in lines:
                painter.drawText(QRect(px(12), top, self.width(), line), left, words)
                top += line
        painter.setFont(bold)
        painter.setPen(self._theme.colour("accent"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect().adjusted(0, 0, -px(12), 0), right, self.action)
        painter.end()
