"""What stands in the place of a list that is empty: what to do first, or the way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.ui.labels import SetWords
from app.ui.step import Step
from app.ui.theme import Theme


class EmptyPage(QWidget):
    """What to do first."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.words = QLabel()
        self.words.setProperty("role", "heading")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self._steps = steps = SetWords()
        self._width = px(448)
        steps.setProperty("role", "muted")
        steps.setFixedWidth(self._width)
        steps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.begin = Step(f"{text('register.begin')}   Ctrl+N")
        self.begin.setProperty("role", "primary")
        self.import_list = Step(text("import_page.open"))
        column = QVBoxLayout(self)
        column.setSpacing(px(16))
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(steps, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.import_list, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.offer(may_begin=True, gathers=False)

    def offer(self, *, may_begin: bool, gathers: bool) -> None:
        """Say the first steps to whoever may take them, and to others who does. Who `gathers` from
        units below receives: nobody takes a page of the paper book there.
        """
        steps = "register.empty_gathered" if gathers else "register.empty_steps"
        self._steps.setText(text(steps if may_begin else "register.empty_for_others"))
        self._steps.fit(self._width)
        self.begin.setVisible(may_begin and not gathers)
        self.import_list.setVisible(may_begin and not gathers)

    def show_for(self, *, in_village: bool) -> None:
        """Say whether the whole register is empty or one village."""
        key = "register.empty_village" if in_village else "register.empty"
        self.words.setText(text(key))


class NothingFound(QWidget):
    """What was looked for is not there: say so, and offer the ways out."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.words = QLabel()
        self.words.setProperty("role", "crumb")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        for label in (self.words, self.hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.everywhere = Step(text("register.search_everywhere"))
        self.unfiltered = Step(f"{text('lists.clear')}   Shift+F4")
        ways = QHBoxLayout()
        ways.setSpacing(px(8))
        ways.addStretch(1)
        ways.addWidget(self.everywhere)
        ways.addWidget(self.unfiltered)
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(px(16))
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(self.hint)
        column.addLayout(ways)
        column.addStretch(3)

    def show_for(self, words: str, village: str, conditions: str, why: str = "") -> None:
        """Say what was looked for and where; `conditions` are the filters in words, `why` says
        that they can fit nobody.
        """
        if not words:
            self.words.setText(text("lists.nothing", conditions=conditions))
        elif village:
            self.words.setText(text("register.nothing_here", words=words, village=village))
        else:
            self.words.setText(text("register.nothing", words=words))
        self.hint.setText(why or text("register.nothing_hint"))
        self.hint.setVisible(bool(words or why))
        self.everywhere.setVisible(bool(village))
        self.unfiltered.setVisible(bool(conditions))

    def way_out(self) -> QWidget | None:
        """Where the keyboard may go; None where there is nowhere."""
        for one in (self.everywhere, self.unfiltered):
            if not one.isHidden():
                return one
        return None
