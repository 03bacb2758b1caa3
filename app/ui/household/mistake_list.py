"""What was entered in error, told on the household page: a line with the number under the lines of
the children, and the list that it opens, from which a record is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QVBoxLayout, QWidget

from app.i18n import text
from app.services.mistakes import Mistake
from app.ui.labels import SetWords
from app.ui.theme import Theme

#: Lines that are seen at a time.
_LINES = 4


class MistakeList(QFrame):
    """The list. `wanted` gives the record that is to be taken back: by Enter or a double click,
    for a click alone might be a slip.
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget, *, may_enter: bool) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.setProperty("role", "card")
        self._theme = theme
        self._found: Sequence[Mistake] = ()
        title = QLabel(text("mistakes.title"))
        title.setProperty("role", "title")
        self.hint = SetWords()
        self.hint.setProperty("role", "muted")
        self.hint.setText(text("mistakes.hint" if may_enter else "mistakes.look_hint"))
        self.list = _Lines(self)
        self.list.setAccessibleName(text("mistakes.title"))
        self.list.wanted.connect(lambda row: self.wanted.emit(self._found[row]))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(4))
        column.addWidget(title)
        column.addWidget(self.list)
        column.addWidget(self.hint)
        self.hide()

    def show_found(self, found: Sequence[Mistake]) -> None:
        """Show these; without any the list goes away."""
        self._found = tuple(found)
        self.list.clear()
        self.list.addItems([in_words(one) for one in found])
        self.list.setCurrentRow(0)
        rows = min(max(1, len(found)), _LINES)
        self.list.setFixedHeight(rows * self._theme.pixels(32) + self._theme.pixels(8))
        if not found:
            self.hide()

    def open(self, width: int) -> None:
        """Show the list in so many pixels, with the keyboard in it."""
        self.hint.fit(width)
        self.show()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)


class _Lines(QListWidget):
    wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda item: self.wanted.emit(self.row(item)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


def in_words(one: Mistake) -> str:
    """A line of the list: who, which number, when born, why."""
    name = one.name or text("entry.no_name")
    if one.entity == "household":
        return text("mistakes.household", number=one.number, name=name, reason=one.reason)
    born = "/".join(reversed(one.born.split("-")))
    who = " · ".join(filter(None, (name, born)))
    return text("mistakes.child", who=who, reason=one.reason)
