"""The frame of the page of lists: what stands where. What happens there is in `page`."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)
from PySide6.QtWidgets import QWidget as Widget

from app.i18n import text
from app.ui.crosscheck.rows import (
    ADULT,
    BOOK,
    BORN,
    HOW,
    NAME,
    ROW,
    VILLAGE,
    Part,
    ResultRows,
)
from app.ui.crosscheck.sides import ListSides
from app.ui.flow import Flow
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.nothing_card import NothingCard
from app.ui.one_of import OneOf
from app.ui.step import Step
from app.ui.theme import Theme

#: Where room is short the place goes first: the card below says it.
_WIDTHS = {NAME: 190, BORN: 112, BOOK: 190, ADULT: 190, ROW: 68, VILLAGE: 110}
_LEAST_WORDS = 200


class CrossCheckFrame(Widget):
    """Which list, which part of its result, its lines, and below them both sides of one line; in
    place of all that a file that is being read, or what is about to be written.
    """

    def __init__(self, theme: Theme, parent: Widget) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        self.rows = ResultRows(theme)
        self.result = Widget(self)
        column = QVBoxLayout(self.result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self._list(), 1)
        self.detail = self._detail()
        column.addWidget(self.detail)
        self.places = OneOf(self)
        self.places.add(self.result)
        self.whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.setSpacing(px(8))
        whole.addWidget(self.places, 1)

    def _head(self, card: QFrame) -> QHBoxLayout:
        title = QLabel(text("window.page.crosscheck"), card)
        title.setProperty("role", "crumb")
        self.which = QComboBox(card)
        self.which.setAccessibleName(text("crosscheck.which"))
        self.which.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.fresh = Step(text("crosscheck.new"), card)
        self.fresh.setProperty("role", "primary")
        self.printed = Step(text("crosscheck.print"), card)
        self.exported = Step(text("crosscheck.export"), card)
        self.removed = Step(text("crosscheck.remove"), card)
        row = QHBoxLayout()
        row.setSpacing(self._theme.pixels(8))
        row.addWidget(title)
        row.addWidget(self.which, 1)
        row.addStretch(0)
        for one in (self.fresh, self.printed, self.exported, self.removed):
            one.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.addWidget(one)
        return row

    def _list(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.part = QComboBox(card)
        self.part.setAccessibleName(text("crosscheck.part"))
        self.part.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for one in Part:
            self.part.addItem("", one)
        self.hint = Elided()
        self.hint.setProperty("role", "muted")
        self.apply = Step(text("crosscheck.apply"), card)
        self.take_back = Step(text("crosscheck.take_back"), card)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.part)
        row.addWidget(self.hint, 1)
        row.addWidget(self.take_back)
        row.addWidget(self.apply)
        self.table = LineTable(
            self.rows, text("window.page.crosscheck"), self._theme, _WIDTHS, HOW, _LEAST_WORDS, card
        )
        self.table.setMinimumHeight(px(72))
        self.nothing = NothingCard(self._theme, card)
        self.nothing.setProperty("role", "plain")
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(self._head(card))
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        return card

    def _detail(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.about = Elided()
        self.about.setProperty("role", "muted")
        self.sides = ListSides(self._theme, card)
        self.told = Elided()
        self.told.setProperty("state", "warning")
        self.told.hide()
        buttons = Flow(px(8), card)
        self.deeds: dict[str, Step] = {}
        for name in ("same", "nobody", "another", "found", "not_here", "entered", "again", "open"):
            self.deeds[name] = Step(text(f"crosscheck.deed.{name}"), card)
            buttons.add(self.deeds[name])
        self.deeds["same"].setProperty("role", "primary")
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.about)
        column.addWidget(self.sides, 1)
        column.addWidget(self.told)
        column.addWidget(buttons)
        return card
