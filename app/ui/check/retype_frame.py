"""What stands where while a household is typed again: the empty fields or what differs, what is
said of it, the keys, and on F1 what a field means. What is done with it is `retype_area`.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.forms.schema import Field
from app.i18n import text
from app.services.retyping import Decision
from app.ui.check.blank_form import BlankForm
from app.ui.check.differences import Differences, decision_words
from app.ui.help_card import HelpCard
from app.ui.household.field_edit import SuggestionList
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme, set_state


class RetypeFrame(QWidget):
    """The form and the table of differences, one of them in sight."""

    def __init__(self, theme: Theme, suggestions: SuggestionList, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._suggestions = theme, suggestions
        self._build()
        self.form.said.connect(self._say)
        self.form.entered.connect(self._follow_help)
        self.table.refused.connect(self._say)
        self.table.currentCellChanged.connect(self._follow_help)

    def _build(self) -> None:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.head = Elided()
        self.head.setProperty("role", "heading")
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(self.head, 1)
        top.addWidget(self.place)
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.stack = QStackedWidget(card)
        self.form = BlankForm(self._theme, self._suggestions, self.stack)
        self.table = Differences(self._theme, self.stack)
        self.stack.addWidget(self.form)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(4))
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addWidget(self.stack, 1)
        self.told = Elided()
        self.help = HelpCard(self._theme, self)
        f1 = QShortcut(QKeySequence("F1"), self)
        f1.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        f1.activated.connect(self.toggle_help)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(px(8))
        whole.addWidget(card, 1)
        whole.addWidget(self.help)
        whole.addWidget(self.told)
        whole.addWidget(self._typing_keys())
        whole.addWidget(self._deciding_keys())

    def _typing_keys(self) -> QWidget:
        self._typing = QWidget(self)
        self.on = Step(text("retyping.compare"))
        self.on.setProperty("role", "primary")
        keys = Elided()
        keys.setProperty("role", "muted")
        keys.say(text("retyping.keys"))
        self._row(self._typing, self.on, keys)
        return self._typing

    def _deciding_keys(self) -> QWidget:
        self._deciding = QWidget(self)
        self.done = Step(text("retyping.done") + "   Enter")
        self.done.setProperty("role", "primary")
        self.decide = {
            it: Step(f"{words}   {at}")
            for at, (it, words) in enumerate(decision_words().items(), start=1)
        }
        for it, button in self.decide.items():
            button.clicked.connect(partial(self._decide, it))
        self._row(self._deciding, *self.decide.values(), self.done)
        return self._deciding

    def _row(self, holder: QWidget, *widgets: QWidget) -> None:
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.pixels(8))
        for widget in widgets:
            row.addWidget(widget, 1 if isinstance(widget, Elided) else 0)
        row.addStretch(0 if any(isinstance(one, Elided) for one in widgets) else 1)

    def _say(self, words: str) -> None:
        self.told.say(words)
        set_state(self.told, "warning" if words else "")

    def _decide(self, decision: Decision) -> None:
        self.table.decide(decision)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- explaining -------------------------------------------------------------------------

    def toggle_help(self) -> None:
        """F1: what the book means by the field under the keyboard."""
        self.help.explain(None if self.help.isVisible() else self._field)

    def close_help(self) -> bool:
        """Take the explanation away; whether there was one."""
        return self.help.close_help()

    def _follow_help(self) -> None:
        if self.help.isVisible():
            self.help.explain(self._field)

    @property
    def _field(self) -> Field | None:
        if self.decides:
            one = self.table.current
            return None if one is None else one.field
        return self.form.field

    @property
    def decides(self) -> bool:
        """Whether what differs is shown, and not the empty fields."""
        return self.stack.currentIndex() == 1
