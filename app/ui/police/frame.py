"""The frame of the page of the police: what is to be verified, and the lists that were issued.
What happens there is in `page`.
"""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from app.i18n import text
from app.services.police.defects import Kind
from app.services.table_export import Holds
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.long_work import LongWork
from app.ui.nothing_card import NothingCard
from app.ui.notify import Notifier
from app.ui.police.answers_view import AnswersView
from app.ui.police.hand_back import HandBackForm
from app.ui.police.list_rows import (
    ANSWERED,
    CHILDREN,
    CODE,
    DAY,
    NUMBER,
    STATE,
    WHERE,
    ListRows,
)
from app.ui.police.village_rows import (
    MARK,
    OUT,
    VILLAGE,
    WITHOUT_ID,
    WRONG_BASIC,
    WRONG_ID,
    VillageRows,
)
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_VILLAGE_WIDTHS = {MARK: 56, WITHOUT_ID: 120, WRONG_ID: 96, WRONG_BASIC: 160, OUT: 112}
_LIST_WIDTHS = {NUMBER: 48, STATE: 312, CODE: 128, DAY: 112, CHILDREN: 72, ANSWERED: 96}
_LEAST = 160


class PoliceFrame(Widget):
    """Villages to choose from above, lists that were issued below; instead of both an answered
    file, or the form of a list that came back.
    """

    def __init__(self, tasks: Tasks, notifier: Notifier, theme: Theme, parent: Widget) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        self.villages = VillageRows(theme)
        self.lists = ListRows(theme)
        self.work = LongWork(tasks, notifier, theme, "police")
        self.desk = Widget(self)
        desk = QVBoxLayout(self.desk)
        desk.setContentsMargins(0, 0, 0, 0)
        desk.setSpacing(px(8))
        desk.addWidget(self._to_verify(), 1)
        desk.addWidget(self._issued(), 1)
        self.answers = AnswersView(theme, self)
        self.back = HandBackForm(theme, self)
        self.stack = QStackedWidget(self)
        for one in (self.desk, self.answers, self.back):
            self.stack.addWidget(one)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(px(16), px(16), px(16), px(8))
        whole.addWidget(self.stack)

    def _to_verify(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        title = QLabel(text("police.title"), card)
        title.setProperty("role", "crumb")
        self.hint = Elided()
        self.hint.setProperty("role", "muted")
        self.hint.say(text("police.hint"))
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.hint, 1)
        self.village_table = LineTable(
            self.villages, text("police.title"), self._theme, _VILLAGE_WIDTHS, VILLAGE, _LEAST, card
        )
        self.village_table.setMinimumHeight(px(72))
        offer(self.village_table, "police_villages", Holds.FIGURES)
        self.nothing = NothingCard(self._theme, card)
        self.nothing.setProperty("role", "plain")
        self.nothing.what.setText(text("police.nothing"))
        self.nothing.hint.setText(text("police.nothing_hint"))
        self.village_stack = QStackedWidget(card)
        self.village_stack.addWidget(self.nothing)
        self.village_stack.addWidget(self.village_table)
        self.kinds = {kind: QCheckBox(text(f"police.column.{kind.value}"), card) for kind in Kind}
        choice = QHBoxLayout()
        choice.setSpacing(px(16))
        for kind, box in self.kinds.items():
            box.setChecked(True)
            box.setToolTip(text(f"police.kind.{kind.value}"))
            choice.addWidget(box)
        self.also_out = QCheckBox(text("police.also_out"), card)
        choice.addWidget(self.also_out)
        choice.addStretch(1)
        self.issue = Step(parent=card)
        self.issue.setProperty("role", "primary")
        self.chosen = Elided()
        self.chosen.setProperty("role", "muted")
        foot = QHBoxLayout()
        foot.setSpacing(px(16))
        foot.addWidget(self.issue)
        foot.addWidget(self.chosen, 1)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.village_stack, 1)
        column.addLayout(choice)
        column.addLayout(foot)
        column.addWidget(self.work)
        return card

    def _issued(self) -> Widget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        title = QLabel(text("police.issued_title"), card)
        title.setProperty("role", "crumb")
        self.about = Elided()
        self.about.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.about, 1)
        self.list_table = LineTable(
            self.lists, text("police.issued_title"), self._theme, _LIST_WIDTHS, WHERE, _LEAST, card
        )
        self.list_table.setMinimumHeight(px(72))
        offer(self.list_table, "police_lists", Holds.INTERNAL)
        self.no_lists = Elided()
        self.no_lists.setProperty("role", "muted")
        self.no_lists.say(text("police.no_lists"))
        self.list_stack = QStackedWidget(card)
        self.list_stack.addWidget(self.no_lists)
        self.list_stack.addWidget(self.list_table)
        self.read_answers = Step(f"{text('police.read_answers')}   Enter", card)
        self.print_list = Step(f"{text('police.print')}   1", card)
        self.write_list = Step(f"{text('police.write')}   2", card)
        self.hand_back = Step(f"{text('police.hand_back')}   3", card)
        self.undo_back = Step(text("police.undo_back"), card)
        self.undo_answers = Step(text("police.undo_answers"), card)
        self.withdraw = Step(text("police.withdraw"), card)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for one in (
            self.read_answers,
            self.print_list,
            self.write_list,
            self.hand_back,
            self.undo_back,
            self.undo_answers,
            self.withdraw,
        ):
            buttons.addWidget(one)
        buttons.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.list_stack, 1)
        column.addLayout(buttons)
        return card
