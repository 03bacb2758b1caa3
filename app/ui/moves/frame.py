"""The frame of the page of moves: what stands where. What happens there is in `page`."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from app.i18n import text
from app.services.table_export import Holds
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.moves.rows import BORN, DAY, HOW, NAME, NEW_BOOK, OLD_BOOK, MoveRows, Which
from app.ui.moves.sides import MoveSides
from app.ui.nothing_card import NothingCard
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.theme import Theme

#: Where room is short the day goes first, then how sure it is: the card below says both.
_WIDTHS = {BORN: 104, OLD_BOOK: 200, NEW_BOOK: 224, HOW: 120, DAY: 128}
_LEAST_NAME = 200


class MovesFrame(Widget):
    """Which list, the list, and the two books of the line under the keyboard below it."""

    def __init__(self, theme: Theme, parent: Widget) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        self.rows = MoveRows(theme)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.setSpacing(px(8))
        whole.addWidget(self._list(), 1)
        self.detail = self._detail()
        whole.addWidget(self.detail)

    def _list(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        title = QLabel(text("moves.title"), card)
        title.setProperty("role", "crumb")
        self.which = QComboBox(card)
        self.which.setAccessibleName(text("moves.which"))
        for one in Which:
            self.which.addItem(text(f"moves.list.{one.value}", count="0"), one)
        self.hint = Elided()
        self.hint.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.which)
        head.addWidget(self.hint, 1)
        self.table = LineTable(
            self.rows, text("moves.title"), self._theme, _WIDTHS, NAME, _LEAST_NAME, card
        )
        offer(self.table, "moves", Holds.PERSONS)
        # Large letters leave the list two lines when news stand above the page.
        self.table.setMinimumHeight(px(72))
        self.nothing = NothingCard(self._theme, card)
        self.nothing.setProperty("role", "plain")
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        return card

    def _detail(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.about = Elided()
        self.about.setProperty("role", "muted")
        self.sides = MoveSides(self._theme, card)
        self.told = Elided()
        self.told.setProperty("state", "warning")
        self.told.hide()
        self.same = Step(f"{text('moves.same')}   1", card)
        self.same.setProperty("role", "primary")
        self.apart = Step(f"{text('moves.apart')}   2", card)
        self.back = Step(parent=card)
        self.open_left = Step(f"{text('moves.open_left')}   Enter", card)
        self.open_came = Step(parent=card)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for one in (self.same, self.apart, self.back, self.open_left, self.open_came):
            buttons.addWidget(one)
        buttons.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.about)
        column.addWidget(self.sides, 1)
        column.addWidget(self.told)
        column.addLayout(buttons)
        return card
