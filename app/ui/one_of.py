"""One of several widgets in one place. Unlike Qt's stack it asks no room for those out of sight:
with large letters the highest of them would push the page apart.
"""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class OneOf(QWidget):
    """The place. The first widget that is added is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def add(self, widget: QWidget) -> None:
        """Add one; made with this place as its parent it was dressed already."""
        widget.setVisible(not self._widgets)
        self._widgets.append(widget)
        self._column.addWidget(widget)

    def show_one(self, widget: QWidget) -> None:
        """Show one of them in place of the other."""
        for one in self._widgets:
            if one is not widget:
                one.hide()
        widget.show()

    @property
    def shown(self) -> QWidget:
        """The one that is shown."""
        return next(one for one in self._widgets if not one.isHidden())

    @property
    def place(self) -> int:
        """Its number, in the order in which they were added."""
        return self._widgets.index(self.shown)

    def show_place(self, place: int) -> None:
        """Show the one of a number; nothing for a number that none has."""
        if 0 <= place < len(self._widgets):
            self.show_one(self._widgets[place])
