"""The frame of the page of issues: what stands where. What happens there is in `page`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.forms.schema import Severity
from app.i18n import text
from app.ui.help_card import HelpCard
from app.ui.issues.rows import HOUSEHOLD, SENTENCE, SEVERITY, SIGNS, VILLAGE, WHO, IssueRows
from app.ui.labels import Elided, ElidedChoice, on_lines
from app.ui.long_work import LongWork
from app.ui.paged_cells import PagedCells
from app.ui.step import Step
from app.ui.theme import Theme

#: From this width on, at 100 %, the page names itself and its key.
_ROOMY = 900
_WIDTHS = {SEVERITY: 96, WHO: 152, HOUSEHOLD: 64, VILLAGE: 104}
#: Of the column of severities, where no other column gives way for it.
_WHOLE_SEVERITY = 112
_MOST_VILLAGE = 248
_LEAST_SENTENCE = 240
#: What a line of the rules is made of: which rule, and what is wrong.
WORDS = int(Qt.ItemDataRole.UserRole) + 1
_RULE_LINES = 3
#: Lines of the whole of the chosen issue.
_LINES = 3


class IssuesFrame(QWidget):
    """The head with the last check, the rules at the left, the issues beside them."""

    def __init__(
        self, rows: IssueRows, work: LongWork, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self.rows, self.work = rows, work
        self._village_width = 0
        self._build()

    def _build(self) -> None:
        px = self._theme.pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(16), px(16), px(8))
        column.setSpacing(px(8))
        column.addWidget(self._head())
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self._rules())
        row.addWidget(self._list(), 1)
        column.addLayout(row, 1)
        self.help = HelpCard(self._theme, self)
        column.addWidget(self.help)

    def _head(self) -> QWidget:
        px = self._theme.pixels
        head = QFrame(self)
        head.setProperty("role", "card")
        self._title = title = QLabel(text("issues.title"))
        title.setProperty("role", "crumb")
        self.said = Elided()
        self.said.setProperty("role", "muted")
        self.stale = Elided()
        self.stale.setProperty("state", "warning")
        self.stale.hide()
        self.again = Step(f"{text('issues.check')}   F5")
        self.again.setProperty("role", "primary")
        first = QHBoxLayout()
        first.setSpacing(px(16))
        first.addWidget(title)
        first.addWidget(self.said, 1)
        first.addWidget(self.again)
        lines = QVBoxLayout(head)
        lines.setContentsMargins(px(16), px(8), px(8), px(8))
        lines.setSpacing(px(4))
        lines.addLayout(first)
        lines.addWidget(self.stale)
        lines.addWidget(self.work)
        return head

    def _rules(self) -> QWidget:
        px = self._theme.pixels
        self._left = card = QFrame(self)
        card.setProperty("role", "card")
        title = QLabel(text("issues.rules"))
        title.setProperty("role", "title")
        self.rules = QListWidget()
        self.rules.setProperty("role", "plain")
        self.rules.setAccessibleName(text("issues.rules"))
        self.rules.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.rules.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(title)
        column.addWidget(self.rules, 1)
        return card

    def _list(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.severity = QComboBox()
        self.severity.setAccessibleName(text("issues.column.severity"))
        self.severity.addItem(text("issues.every_severity"), "")
        for one in Severity:
            self.severity.addItem(f"{SIGNS[one]} {text(f'check.severity.{one.value}')}", one.value)
        self.village = ElidedChoice()
        self.village.setAccessibleName(text("issues.column.village"))
        self.village.setMinimumContentsLength(12)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self._hint = hint = Elided()
        hint.say(text("issues.hint"))
        hint.setProperty("role", "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.severity)
        head.addWidget(self.village)
        head.addWidget(self.count)
        head.addWidget(hint, 1)
        self.table = QTableView(card)
        self.table.setModel(self.rows)
        self.table.setItemDelegate(PagedCells(self.rows, self._theme, self.table))
        self.table.setProperty("role", "plain")
        self.table.setAccessibleName(text("issues.title"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(px(32))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(SENTENCE, QHeaderView.ResizeMode.Stretch)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "crumb")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.stack = QStackedWidget(card)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        self.whole = QLabel()
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.whole.setFixedHeight(self.whole.fontMetrics().lineSpacing() * _LINES + px(4))
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addWidget(self.whole)
        return card

    def break_rules(self) -> None:
        """The lines of the rules, each with what is wrong on lines of its own."""
        metrics, px = self.rules.fontMetrics(), self._theme.pixels
        beside = self.rules.verticalScrollBar().sizeHint().width() + px(48)
        room = self._left.maximumWidth() - beside
        for at in range(self.rules.count()):
            item = self.rules.item(at)
            head, said = item.data(WORDS) or (item.text(), "")
            wrapped = [on_lines(one, metrics, room, _RULE_LINES) for one in (head, said) if one]
            item.setText("\n".join(wrapped))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self, villages: Sequence[str] = ()) -> None:
        """Give every column its room; that of villages what the longest of `villages` needs, within
        limits and where the sentences leave it: numbered ones differ in their last letter.
        """
        px = self._theme.pixels
        if villages:
            longest = max(map(self.fontMetrics().horizontalAdvance, villages)) + px(24)
            self._village_width = min(longest, px(_MOST_VILLAGE))
        roomy = self.width() >= px(_ROOMY)
        # What the navigation and the keys say already gives way to what was found.
        for one in (self._title, self._hint):
            one.setVisible(roomy)
        side = px(288 if roomy else 200)
        if self._left.maximumWidth() != side:
            self._left.setFixedWidth(side)
            self.break_rules()
        room = self.width() - side - px(64 + _LEAST_SENTENCE)
        for column in (SEVERITY, WHO, HOUSEHOLD, VILLAGE):
            width = px(_WIDTHS[column])
            if column == SEVERITY and roomy:
                width = px(_WHOLE_SEVERITY)
            if column == VILLAGE:
                width = max(width, min(self._village_width, room))
            room -= width
            self.table.setColumnHidden(column, room < 0)
            self.table.horizontalHeader().resizeSection(column, width)
