"""What stands where on the page of the second person; what it does is `page`."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.second_check import CheckPage, Retyped, State
from app.ui.check.sheet import SheetTable
from app.ui.check.state_words import state_words
from app.ui.help_card import HelpCard
from app.ui.household.field_edit import SuggestionList
from app.ui.labels import Elided
from app.ui.notify import Notifier
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state
from app.ui.villages.page import VillagePage

#: The width of the list of villages, at 100 %.
_SIDE = 248
_LONGEST_REASON = 500


class CheckFrame(VillagePage):
    """Villages at the left, the sheet beside, below it what was compared and the keys."""

    def __init__(
        self, tasks: Tasks, notifier: Notifier, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self.total = QLabel()
        self.total.setProperty("role", "title")
        self.total.setWordWrap(True)
        self.suggestions = SuggestionList(self, theme.pixels(30))
        above = (self.total, *self._ways())
        self._arrange(text("second_check.villages"), above, self._walk_area())
        self.suggestions.raise_()

    def _ways(self) -> tuple[QWidget, ...]:
        """How one checks: typing again first, or a sample."""
        px = self._theme.pixels
        self.blind = QCheckBox(text("retyping.blind"))
        self.blind.setToolTip(text("retyping.blind_tip"))
        title = QLabel(text("retyping.draw_title"))
        title.setProperty("role", "muted")
        title.setWordWrap(True)
        self.count = QLineEdit("20")
        self.count.setMaxLength(5)
        self.count.setFixedWidth(px(56))
        self.count.setAccessibleName(text("retyping.draw_count"))
        self.count.setToolTip(text("retyping.draw_count"))
        self.seed = QLineEdit()
        self.seed.setMaxLength(20)
        self.seed.setPlaceholderText(text("retyping.draw_seed"))
        self.seed.setAccessibleName(text("retyping.draw_seed"))
        self.seed.setToolTip(text("retyping.draw_seed_tip"))
        self.draw = Step(text("retyping.draw"))
        holder = QWidget(self._left)
        holder.setProperty("role", "plain")
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(4))
        row.addWidget(self.count)
        row.addWidget(self.seed, 1)
        row.addWidget(self.draw)
        return self.blind, title, holder

    def _walk_area(self) -> QWidget:
        px = self._theme.pixels
        area = QWidget(self.stack)
        card = QFrame(area)
        card.setProperty("role", "card")
        self.head = Elided()
        self.head.setProperty("role", "heading")
        self.state = QLabel()
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.typed_by = Elided()
        self.typed_by.setProperty("role", "muted")
        self.sheet = SheetTable(self._theme, card)
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(self.head, 1)
        top.addWidget(self.state)
        top.addWidget(self.place)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(4))
        column.addLayout(top)
        self.retyped = Elided()
        self.retyped.setProperty("role", "muted")
        column.addWidget(self.typed_by)
        column.addWidget(self.retyped)
        column.addWidget(self.sheet, 1)
        self.told = Elided()
        self.help = HelpCard(self._theme, area)
        f1 = QShortcut(QKeySequence("F1"), self.sheet)
        f1.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        f1.activated.connect(self.toggle_help)
        self.sheet.selectionModel().currentChanged.connect(self._follow_help)
        self.sheet.rows.modelReset.connect(self.help.hide)
        whole = QVBoxLayout(area)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(px(8))
        whole.addWidget(card, 1)
        whole.addWidget(self.help)
        whole.addWidget(self._reason(area))
        whole.addWidget(self.told)
        whole.addLayout(self._lists())
        whole.addWidget(self._buttons(area))
        return area

    def _lists(self) -> QBoxLayout:
        """What was compared before: said once, it holds for every household that follows."""
        self._compared = whole = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        whole.setSpacing(self._theme.pixels(16))
        row = QHBoxLayout()
        row.setSpacing(self._theme.pixels(16))
        self.poverty = QCheckBox(text("second_check.list.poverty"))
        self.allowance = QCheckBox(text("second_check.list.allowance"))
        self.other = QCheckBox(text("second_check.list.other"))
        self.compared = QLabel(text("second_check.lists"))
        self.compared.setProperty("role", "label")
        whole.addWidget(self.compared)
        for box in (self.poverty, self.allowance, self.other):
            row.addWidget(box)
        row.addStretch(1)
        whole.addLayout(row, 1)
        return whole

    def _buttons(self, area: QWidget) -> QWidget:
        self.ok = Step()
        self.ok.setProperty("role", "primary")
        self.back, self.again, self.open = Step(), Step(), Step()
        holder = QWidget(area)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.pixels(8))
        for button in (self.ok, self.back, self.again, self.open):
            row.addWidget(button)
        row.addStretch(1)
        self._row = holder
        self._checked = False
        self.show_keys()
        return holder

    def _reason(self, area: QWidget) -> QWidget:
        px = self._theme.pixels
        self.reason_card = card = QFrame(area)
        card.setProperty("role", "card")
        self.reason_label = QLabel()
        self.reason_label.setTextFormat(Qt.TextFormat.PlainText)
        self.reason_label.setWordWrap(True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST_REASON)
        self.give = Step(text("quarter.write") + "   Enter")
        self.give.setProperty("role", "primary")
        self.leave = Step(text("quarter.leave") + "   Esc")
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.reason, 1)
        row.addWidget(self.give)
        row.addWidget(self.leave)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(4))
        column.addWidget(self.reason_label)
        column.addLayout(row)
        card.hide()
        return card

    # --- showing ----------------------------------------------------------------------------

    def show_total(self, waiting: int) -> None:
        """How many wait in the whole commune."""
        self.total.setText(text("second_check.waiting", count=number(waiting)))

    def show_nothing(self, *, empty: bool) -> None:
        """No household to look at: what to do first."""
        self.what.setText(text("second_check.empty" if empty else "second_check.choose"))
        self.hint.setText(text("second_check.empty_hint" if empty else "second_check.choose_hint"))
        self.stack.setCurrentIndex(0)
        self.fit()

    def show_page(self, page: CheckPage, place: str) -> None:
        """A household; `place` says which of how many."""
        self.stack.setCurrentIndex(1)
        self.fit()
        home = page.page.household.open_values
        head = str(home.get("head_name") or "") or text("entry.no_name")
        said = str(home.get("household_no") or "")
        self.head.say(f"{said} · {head}" if said else head)
        self.place.setText(place)
        words, state = state_words(page.state)
        self.state.setText(words)
        set_state(self.state, state)
        by = text("second_check.typed_by", names=", ".join(page.typed_by))
        self.typed_by.say(text("second_check.by_me") if page.typed_by_me else by)
        self.typed_by.setVisible(bool(page.typed_by))
        self.retyped.say(_retyped_words(page.retyped))
        self.retyped.setVisible(page.retyped is not None)
        set_state(self.typed_by, "warning" if page.typed_by_me else "")
        self._checked = page.state.state is State.CHECKED
        self.sheet.show_sheet(page.sheet)

    def show_keys(self) -> None:
        """Each button with the key that does it now."""
        guarded = self.sheet.guarded
        passes = text("second_check.next" if self._checked else "second_check.ok")
        key = "Ctrl+Enter" if guarded else text("keys.space_bar")
        self.ok.setText(f"{passes}   {key}")
        for button, words, key in (
            (self.back, "second_check.return", "T"),
            (self.again, "retyping.again", "G"),
            (self.open, "quarter.open", "Enter"),
        ):
            button.setText(text(words) if guarded else f"{text(words)}   {key}")

    def toggle_help(self) -> None:
        """F1: what the book means by the line under the keyboard."""
        if not self.help.close_help():
            self._explain()

    def _follow_help(self) -> None:
        if self.help.isVisible():
            self._explain()

    def _explain(self) -> None:
        row = self.sheet.current
        if row is not None:
            self.help.say(row.label, row.help)
            QTimer.singleShot(0, self.sheet, self.sheet.show_current)

    def tell(self, words: str, state: str = "done") -> None:
        """Say what was done, or with another `state` what is to be done."""
        self.told.say(words)
        set_state(self.told, state)
        self.told.setVisible(bool(words))

    def ask_reason(self, words: str, before: str) -> None:
        """Ask for a reason, with the one given last in the field."""
        self.reason_label.setText(words)
        self.reason.setAccessibleName(words)
        self.reason.setText(before)
        self.reason.selectAll()
        self.reason_card.show()
        self._row.hide()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def hide_reason(self) -> None:
        """No reason is asked for (any more)."""
        self.reason_card.hide()
        self._row.show()

    def fit(self) -> None:
        """Large letters on a small screen: while one walks, the villages give way to the sheet."""
        px, roomy = self._theme.pixels, self._roomy
        self._fit_side(_SIDE)
        # Without its words above them nobody knows what the three ticks are about.
        ways = QBoxLayout.Direction
        self._compared.setDirection(ways.LeftToRight if roomy else ways.TopToBottom)
        self._compared.setSpacing(px(16) if roomy else 0)


def _retyped_words(retyped: Retyped | None) -> str:
    if retyped is None:
        return ""
    said = "retyping.was_retyped" if retyped.as_it_stands else "retyping.was_retyped_before"
    return text(
        said,
        day="/".join(reversed(retyped.on.split("-"))),
        by=retyped.by,
        fields=number(retyped.compared),
        differed=number(retyped.differed),
    )
