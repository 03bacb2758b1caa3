"""The frame of a verification: what stands where. What happens there is in `verify`."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.services.table_export import Holds
from app.ui.handover.resurvey import ResurveyView
from app.ui.handover.verify_rows import (
    BACK_WIDTHS,
    REASON,
    RULE_WIDTHS,
    SENTENCE,
    VILLAGE,
    VILLAGE_WIDTHS,
    BackRows,
    MarkedIssues,
    RuleRows,
    VillageRows,
)
from app.ui.issues import rows as issues
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.long_work import LongWork
from app.ui.one_of import OneOf
from app.ui.paged_cells import PagedCells
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.theme import Theme

VILLAGES, RULES, RECORDS, BACK, RESURVEY = range(5)
VIEWS = ("villages", "rules", "records", "back", "resurvey")
#: Where room is short the village goes first, the record last: its mark stands beside it.
_ISSUE_WIDTHS = {issues.WHO: 176, issues.SEVERITY: 96, issues.HOUSEHOLD: 64, issues.VILLAGE: 128}
_LEAST_WORDS = 160
#: Lines of the whole of the line under the keyboard: whose it is, and the longest sentence of a
#: rule, which takes one line more with every quarter that the letters are larger.
_LINES = 3


class VerifyFrame(QFrame):
    """The title with the numbers, the views at the left, the list that is shown, the decision."""

    def __init__(
        self,
        work: LongWork,
        theme: Theme,
        unit_name: Callable[[str], str],
        labels: Mapping[tuple[str, str], str],
        marked: Container[str],
        resurvey: Callable[[QWidget], ResurveyView],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme, self._labels = theme, labels
        self.work = work
        #: Errors and warnings of what changed since the last accepted handover alone.
        self.only_changed = QCheckBox(text("verification.only_changed"), self)
        self.only_changed.setToolTip(text("verification.only_changed_tip"))
        self.villages = VillageRows(theme)
        self.rules = RuleRows(theme, self.label)
        self.records = MarkedIssues(theme, self.label, marked)
        self.back = BackRows(theme, unit_name)
        self.resurvey = resurvey(self)
        self._build(theme)

    def label(self, form: str, name: str) -> str:
        """What a form calls a field."""
        return self._labels.get((form, name), name)

    def _build(self, theme: Theme) -> None:
        px = theme.pixels
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.later = QLabel(self)
        self.later.setWordWrap(True)
        self.later.setProperty("role", "muted")
        self.views = QListWidget(self)
        self.views.setProperty("role", "plain")
        self.views.setAccessibleName(text("verification.views"))
        self.views.setFixedWidth(px(184))
        self.stack = OneOf(self)
        self.tables: list[LineTable] = [
            self._table(self.villages, VILLAGES, VILLAGE_WIDTHS, VILLAGE),
            self._table(self.rules, RULES, RULE_WIDTHS, SENTENCE),
            self._table(self.records, RECORDS, _ISSUE_WIDTHS, issues.SENTENCE),
            self._table(self.back, BACK, BACK_WIDTHS, REASON),
        ]
        self.tables[RECORDS].setItemDelegate(PagedCells(self.records, theme, self.tables[RECORDS]))
        for one in self.tables:
            self.stack.add(one)
        self.stack.add(self.resurvey)
        self.filter = Elided()
        self.filter.setProperty("role", "muted")
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        lines = _LINES + round((theme.scale - 1) * 4)
        self.whole.setFixedHeight(self.whole.fontMetrics().lineSpacing() * lines + px(4))
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.give = Step(parent=self)
        self.give.setProperty("role", "primary")
        self.not_now = Step(text("handovers.one.not_now"), self)
        self.send_back = Step(parent=self)
        self.accept = Step(parent=self)
        self.return_all = Step(text("verification.return_all"), self)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self._lay_out(px)

    def _table(
        self,
        rows: VillageRows | RuleRows | MarkedIssues | BackRows,
        view: int,
        widths: dict[int, int],
        words: int,
    ) -> LineTable:
        name = text(f"verification.view.{VIEWS[view]}")
        table = LineTable(rows, name, self._theme, widths, words, _LEAST_WORDS, self)
        if view in (VILLAGES, RULES):
            numbers = range(1, rows.columnCount()) if view == VILLAGES else (1,)
            offer(table, f"verify_{VIEWS[view]}", Holds.FIGURES, numbers=numbers)
        elif view == BACK:
            offer(table, "verify_back", Holds.PERSONS)
        return table

    def _lay_out(self, px: Callable[[int], int]) -> None:
        lists = QVBoxLayout()
        lists.setSpacing(px(4))
        lists.addWidget(self.filter)
        lists.addWidget(self.stack, 1)
        lists.addWidget(self.whole)
        middle = QHBoxLayout()
        middle.setSpacing(px(8))
        left = QVBoxLayout()
        left.setSpacing(px(8))
        left.addWidget(self.views, 1)
        left.addWidget(self.only_changed)
        middle.addLayout(left)
        middle.addLayout(lists, 1)
        asking = QHBoxLayout()
        asking.setSpacing(px(8))
        asking.addWidget(self.reason, 1)
        asking.addWidget(self.give)
        asking.addWidget(self.not_now)
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        for one in (self.send_back, self.accept, self.return_all):
            deeds.addWidget(one)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.said)
        column.addWidget(self.later)
        column.addWidget(self.work)
        column.addLayout(middle, 1)
        column.addLayout(asking)
        column.addLayout(deeds)
