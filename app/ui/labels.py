"""Words that keep their place: cut with an ellipsis, or wrapped."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)


def on_lines(words: str, metrics: QFontMetrics, room: int, most: int) -> str:
    """The words on up to `most` lines of `room` pixels, broken behind spaces and strokes; what they
    do not hold ends in an ellipsis.
    """
    pieces = re.findall(r"[^ /]+(?:[ /]+|$)|[ /]+", words)
    lines: list[str] = []
    while pieces and len(lines) < most - 1:
        line = pieces.pop(0)
        while pieces and metrics.horizontalAdvance((line + pieces[0]).rstrip()) <= room:
            line += pieces.pop(0)
        lines.append(line.rstrip())
    if pieces:
        rest = "".join(pieces)
        lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room))
    return "\n".join(lines)


class Elided(QLabel):
    """One line that ends in an ellipsis where it would be cut; the tip has the whole.

    With `natural` it takes the width of its words when there is room.
    """

    def __init__(self, *, natural: bool = False) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        across = QSizePolicy.Policy.Maximum if natural else QSizePolicy.Policy.Ignored
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """The words, cut or not."""
        return self._whole

    def say(self, words: str) -> None:
        """Show words."""
        if words == self._whole:
            return
        self._whole = words
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        hint = super().sizeHint()
        # What the sheet adds around the words is the same for cut words as for whole ones.
        around = hint.width() - self.fontMetrics().horizontalAdvance(self.text())
        # The advance is rounded to a whole pixel, the cutting is not: words that fit to a fraction
        # would lose their end.
        wide = self.fontMetrics().horizontalAdvance(self._whole) + 1
        return QSize(wide + around, hint.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        room = self.contentsRect().width()
        words = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if words != self.text():
            self.setText(words)


class SetWords(QLabel):
    """Wrapped words with a height of their own. One ordinary word-wrapped label makes Qt lay out
    the whole page by its widths, and then the head is squeezed below what its fields need.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 -- Qt's name
        return False

    def fit(self, width: int) -> None:
        """Take the height that the words need at this width."""
        self.setMinimumHeight(0)  # Qt counts what was set before as needed
        self.setFixedHeight(max(0, self.heightForWidth(width)))


class ElidedChoice(QComboBox):
    """A choice whose chosen words end in an ellipsis where they would be cut. Qt cuts them."""

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, field, self).width()
        words = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room - 2
        )
        option.currentText = words
        painter = QStylePainter(self)
        painter.drawComplexControl(control, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
