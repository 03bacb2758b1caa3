"""F3 in a list with masked words: the question why somebody has to read them. What is asked is told
by `asked`; whoever shows the list reads it anew with that reason, which is on record.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from app.i18n import text
from app.ui.step import Step

_LONGEST = 500


class RevealAsk(QObject):
    """The step and the line for the reason, both hidden until something is masked. `words`: the id
    of what the step says, with `_ask` behind it that of the question.
    """

    #: The reason, which is not empty.
    asked = Signal(str)

    def __init__(self, words: str, within: QWidget) -> None:
        super().__init__(within)
        self.step = Step(f"{text(words)}   F3", within)
        self.step.clicked.connect(self.ask)
        self.step.hide()
        self.why = QLineEdit(within)
        self.why.setMaxLength(_LONGEST)
        self.why.setAccessibleName(text(f"{words}_ask"))
        self.why.setPlaceholderText(text(f"{words}_ask"))
        self.why.returnPressed.connect(self._give)
        self.why.hide()
        shortcut = QShortcut(QKeySequence("F3"), within)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.ask)

    def offer(self, *, masked: bool) -> None:
        """Show the step while something is masked that may be read for a reason."""
        self.step.setVisible(masked)
        if not masked:
            self.why.hide()

    def ask(self) -> None:
        """Ask for the reason; Enter there gives it."""
        if not self.step.isHidden():
            self.why.clear()
            self.why.show()
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)

    def give_up(self) -> bool:
        """Take the question back; False when there is none."""
        if self.why.isHidden():
            return False
        self.why.hide()
        return True

    def _give(self) -> None:
        if reason := self.why.text().strip():
            self.why.hide()
            self.asked.emit(reason)
