"""A row of widgets that goes on in a line below where it has no room: large letters on a small
screen push nothing out of sight.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.tab_order import PlacesItself


class Flow(QWidget, PlacesItself):
    """The row. Hidden widgets take no room; each has the size of its hint.

    It puts them into their places itself: a layout written in Python hands out items that end the
    program when they are freed (PySide6 6.11).
    """

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._widgets: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the row."""
        hidden = widget.isHidden()
        widget.setParent(self)
        widget.setVisible(not hidden)
        self._widgets.append(widget)

    def tab_stops(self) -> Sequence[QWidget]:
        """As `PlacesItself` says."""
        return self._widgets

    def heightForWidth(self, width: int) -> int:  # noqa: N802 -- Qt's name
        return self._lay(width, move=False)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 -- Qt's name
        return True

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        """All in one line."""
        hints = self._hints()
        wide = sum(one.width() for one in hints) + self._spacing * max(0, len(hints) - 1)
        return QSize(wide, max((one.height() for one in hints), default=0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        """The widest alone in a line."""
        hints = self._hints()
        return QSize(
            max((one.width() for one in hints), default=0),
            max((one.height() for one in hints), default=0),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._lay(self.width(), move=True)

    def event(self, event: QEvent) -> bool:
        """What is in it changed its words, or was shown or hidden."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._lay(self.width(), move=True)
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [one for one in self._widgets if not one.isHidden()]

    def _hints(self) -> list[QSize]:
        return [one.sizeHint() for one in self._shown()]

    def _lay(self, width: int, *, move: bool) -> int:
        """Put them into lines of this width; how high the lines are together."""
        left = top = high = 0
        for one in self._shown():
            hint = one.sizeHint()
            if left and left + hint.width() > width:
                left, top, high = 0, top + high + self._spacing, 0
            if move:
                one.setGeometry(left, top, hint.width(), hint.height())
            left += hint.width() + self._spacing
            high = max(high, hint.height())
        return top + high
