"""The frame of the page of duplicates: what stands where. What happens there is in `page`."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.matching.pair import Level
from app.services.table_export import Holds
from app.ui.duplicates import rows
from app.ui.duplicates.rows import FactRows, PairRows, Which
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.long_work import LongWork
from app.ui.nothing_card import NothingCard
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.theme import Theme

#: Where room is short the days of birth go first, then how alike the two are: the card below says
#: both, and without the households nobody knows which child of that name is meant.
_WIDTHS = {
    rows.OTHER_NAME: 160,
    rows.HOME: 190,
    rows.OTHER_HOME: 190,
    rows.HOW: 112,
    rows.BORN: 104,
    rows.OTHER_BORN: 104,
}
_LEAST_NAME = 160
_WHAT, _SIGN = 216, 32
#: With large letters the two records need the room more than what is told of them.
_WHAT_LARGE = 176
#: From this size of letters on the buttons have no room for the names of their keys.
_LARGE = 1.25


class DuplicatesFrame(QWidget):
    """Which pairs, the list, and below it the two records of the line under the keyboard."""

    def __init__(self, theme: Theme, work: LongWork, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        #: Whether the letters are so large that the names of keys and of children give way.
        self.is_large = theme.scale > _LARGE
        self._what = _WHAT_LARGE if self.is_large else _WHAT
        self.work = work
        px = theme.pixels
        self.rows = PairRows(theme)
        self.facts = FactRows(theme)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.setSpacing(px(8))
        whole.addWidget(self._list(), 2)
        self.detail = self._detail()
        whole.addWidget(self.detail, 3)

    def _list(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        title = QLabel(text("duplicates.title"), card)
        title.setProperty("role", "crumb")
        self.which = QComboBox(card)
        self.which.setAccessibleName(text("duplicates.which"))
        for one in Which:
            self.which.addItem(text(f"duplicates.list.{one.value}", count="0"), one)
        self.level = QComboBox(card)
        self.level.setAccessibleName(text("duplicates.up_to"))
        for level in (Level.MEDIUM, Level.HIGH, Level.LOW):
            self.level.addItem(text(f"duplicates.up_to.{level.name.lower()}"), level)
        self.search = Step(f"{text('duplicates.search')}   F5", card)
        self.searched = Elided()
        self.searched.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.which)
        head.addWidget(self.level)
        head.addWidget(self.searched, 1)
        head.addWidget(self.search)
        self.table = LineTable(
            self.rows,
            text("duplicates.title"),
            self._theme,
            _WIDTHS,
            rows.NAME,
            _LEAST_NAME,
            card,
        )
        offer(self.table, "duplicates", Holds.PERSONS)
        # Large letters leave the list two lines when news stand above the page.
        self.table.setMinimumHeight(px(72))
        self.nothing = NothingCard(self._theme, card)
        self.nothing.setProperty("role", "plain")
        # Shown only where no pair is: it asks for no room while one is looked at.
        self.nothing.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.work)
        column.addWidget(self.stack, 1)
        return card

    def _detail(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.about = Elided()
        self.changed_since = Elided()
        self.changed_since.setProperty("state", "warning")
        self.changed_since.hide()
        self.told = Elided()
        self.told.setProperty("state", "warning")
        self.told.hide()
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(4))
        column.addWidget(self.about)
        column.addWidget(self.changed_since)
        column.addLayout(self._heads(card))
        column.addWidget(self._facts(card), 1)
        column.addWidget(self.told)
        column.addLayout(self._buttons(card))
        return card

    def _heads(self, card: QWidget) -> QGridLayout:
        """Which record stands in which column, who entered it, and which of them is counted."""
        px = self._theme.pixels
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, px(self._what) - px(8))
        grid.setColumnMinimumWidth(2, px(_SIGN) - px(8))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.books = (Elided(), Elided())
        self.entered = (Elided(), Elided())
        self.whole = Step(parent=card)
        self.whole.setProperty("role", "fold")
        self.alike = Elided()
        self.alike.setProperty("role", "muted")
        grid.addWidget(self.alike, 0, 0)
        grid.addWidget(self.whole, 1, 0)
        for at in (0, 1):
            self.books[at].setProperty("role", "title")
            self.entered[at].setProperty("role", "muted")
            grid.addWidget(self.books[at], 0, 1 + 2 * at)
            grid.addWidget(self.entered[at], 1, 1 + 2 * at)
        return grid

    def _facts(self, card: QWidget) -> QWidget:
        table = LineTable(
            self.facts,
            text("duplicates.facts"),
            self._theme,
            {rows.WHAT: self._what, rows.SIGN: _SIGN},
            rows.ONE,
            0,
            card,
        )
        offer(table, "duplicate", Holds.PERSONS)
        header = table.horizontalHeader()
        header.setSectionResizeMode(rows.OTHER, QHeaderView.ResizeMode.Stretch)
        header.hide()
        table.verticalHeader().setDefaultSectionSize(self._theme.pixels(26))
        table.setMinimumHeight(self._theme.pixels(56))
        self.sides = table
        return table

    def _buttons(self, card: QWidget) -> QHBoxLayout:
        px = self._theme.pixels
        self.same = Step(f"{text('duplicates.same')}   1", card)
        self.same.setProperty("role", "primary")
        self.apart = Step(f"{text('duplicates.apart')}   2", card)
        self.later = Step(f"{text('duplicates.later')}   3", card)
        self.back = Step(f"{text('duplicates.take_back')}   0", card)
        self.open_one = self._opens("one", "Enter", card)
        self.open_other = self._opens("other", "Shift+Enter", card)
        self.take = Step(parent=card)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for one in (self.same, self.apart, self.later, self.back, self.take):
            buttons.addWidget(one)
        buttons.addStretch(1)
        for one in (self.open_one, self.open_other):
            buttons.addWidget(one)
        return buttons

    def _opens(self, which: str, key: str, card: QWidget) -> Step:
        words = text(f"duplicates.open_{which}")
        step = Step(words if self.is_large else f"{words}   {key}", card)
        step.setToolTip(f"{words} ({key})")
        return step
