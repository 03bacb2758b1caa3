"""The frame of the page of conflicts: what stands where. What happens there is in `page`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.services.table_export import Holds
from app.ui.conflicts.lines import HOUSEHOLD, VILLAGE, WHAT, WHO, ConflictRows
from app.ui.conflicts.sides import MOST_SIDES, Sides, Words
from app.ui.flow import Flow
from app.ui.help_card import HelpCard
from app.ui.labels import Elided
from app.ui.nothing_card import NothingCard
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.theme import Theme

_WIDTHS = {WHO: 208, HOUSEHOLD: 72, VILLAGE: 176}
_LEAST_WHAT = 240
_LINE = 32


class ConflictsFrame(QWidget):
    """The list on top, the sides of the line under the keyboard below it."""

    def __init__(
        self, theme: Theme, words: Words, unit_name: Callable[[str], str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        self.rows = ConflictRows(theme)
        self.stack = QStackedWidget(self)
        self.nothing = NothingCard(theme, self.stack)
        self.nothing.what.setText(text("conflicts.nothing"))
        self.nothing.hint.setText(text("conflicts.nothing_hint"))
        # With no list there is nowhere else on the page for the keyboard to be seen.
        self.nothing.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.nothing.setAccessibleName(text("conflicts.nothing"))
        both = QWidget(self.stack)
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self._list_card = self._list(both)
        column.addWidget(self._list_card, 4)
        column.addWidget(self._detail(both, words, unit_name), 5)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(both)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.addWidget(self.stack)
        self.help = HelpCard(theme, self)
        whole.addWidget(self.help)

    def _list(self, parent: QWidget) -> QWidget:
        px = self._theme.pixels
        card = QFrame(parent)
        card.setProperty("role", "card")
        title = QLabel(text("conflicts.title"), card)
        title.setProperty("role", "crumb")
        self.count = QLabel(card)
        self.count.setProperty("role", "muted")
        hint = Elided()
        hint.say(text("conflicts.hint"))
        hint.setProperty("role", "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.count)
        head.addWidget(hint, 1)
        self.table = QTableView(card)
        self.table.setModel(self.rows)
        self.table.setProperty("role", "plain")
        self.table.setAccessibleName(text("conflicts.title"))
        offer(self.table, "conflicts", Holds.PERSONS, fetch=self.rows.lines_of)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(px(_LINE))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.table, 1)
        return card

    def _detail(self, parent: QWidget, words: Words, unit_name: Callable[[str], str]) -> QWidget:
        px = self._theme.pixels
        card = QFrame(parent)
        card.setProperty("role", "card")
        self.about = Elided()
        self.about.setProperty("role", "title")
        self.sides = Sides(self._theme, words, unit_name, card)
        self.told = Elided()
        self.told.setProperty("state", "warning")
        self.told.hide()
        self.choices = [Step(parent=card) for _ in range(MOST_SIDES)]
        self.open = Step(f"{text('conflicts.open')}   Enter", card)
        buttons = Flow(px(8), card)
        for one in self.choices:
            one.hide()
            buttons.add(one)
        buttons.add(self.open)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.about)
        column.addWidget(self.sides, 1)
        column.addWidget(self.told)
        column.addWidget(buttons)
        return card

    def fit_list(self, count: int) -> None:
        """Give the list no more room than its lines need: the sides have the rest."""
        px, header = self._theme.pixels, self.table.horizontalHeader()
        around = self._list_card.sizeHint().height() - self.table.sizeHint().height()
        lines = header.sizeHint().height() + px(_LINE) * max(count, 1) + px(8)
        self._list_card.setMaximumHeight(around + lines)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Where room is short the village goes first, then the number of the household."""
        super().resizeEvent(event)
        px = self._theme.pixels
        room = self.width() - px(64 + _LEAST_WHAT)
        for column in (WHO, HOUSEHOLD, VILLAGE):
            room -= px(_WIDTHS[column])
            self.table.setColumnHidden(column, room < 0)
            self.table.horizontalHeader().resizeSection(column, px(_WIDTHS[column]))
