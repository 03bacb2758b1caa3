"""What stands where on the page of the quarterly review; what it does is `page`."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.quarter import RoundProgress
from app.ui.household.field_edit import SuggestionList
from app.ui.labels import Elided, SetWords
from app.ui.last_day import before_or_after
from app.ui.notify import Notifier
from app.ui.quarter.card import HouseholdCard
from app.ui.quarter.event_form import EventForm
from app.ui.quarter.event_list import EventList
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme, set_state
from app.ui.villages.page import VillagePage

#: The widths of the two lists beside the card, at 100 %.
_SIDE, _EVENTS = 216, 200
#: What the card needs above a form: with the children, and with whose household it is only.
_WHOLE_CARD, _LEAST_CARD = 176, 72
#: Qt's own: as high as one likes.
_UNBOUNDED = (1 << 24) - 1


class QuarterFrame(VillagePage):
    """Villages at the left, the household beside, the events at the right, the keys below."""

    def __init__(
        self, tasks: Tasks, notifier: Notifier, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self.suggestions = SuggestionList(self, theme.pixels(30))
        self._arrange(text("quarter.villages"), self._progress(), self._walk_area())
        self.suggestions.raise_()

    def _progress(self) -> tuple[QWidget, ...]:
        """Which round, and how far all of it is."""
        self.round = Elided()
        self.round.setProperty("role", "title")
        self.total = QLabel()
        self.total.setProperty("role", "muted")
        self.total.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(text("quarter.progress"))
        #: Gives up what was begun and cannot go on; only there while there is any.
        self.discard = Step()
        self.discard.setToolTip(text("quarter.stranded_discard_tip"))
        self.discard.hide()
        return self.round, self.total, self.bar, self.discard

    def _walk_area(self) -> QWidget:
        px = self._theme.pixels
        area = QWidget(self.stack)
        self.card = HouseholdCard(self._theme, area)
        self.form = EventForm(self._theme, self.suggestions, area)
        self.form.hide()
        self._events_card = card = QFrame(area)
        card.setProperty("role", "card")
        self.list = EventList(self._theme, card)
        title = QLabel(text("quarter.events"))
        title.setProperty("role", "title")
        column = QVBoxLayout(card)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(4))
        #: Why some of the events are dimmed.
        self.why = SetWords()
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        set_state(self.why, "warning")
        self.why.hide()
        column.addWidget(title)
        column.addWidget(self.why)
        column.addWidget(self.list, 1)
        self.confirm = Step()
        self.confirm.setProperty("role", "primary")
        self.open = Step(text("quarter.open") + "   Enter")
        self.undo = Step(text("quarter.undo") + "   Ctrl+Z")
        #: What was done last, or which keys there are.
        self.told = Elided()
        self.told.setProperty("role", "muted")
        self._buttons = QWidget(area)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(px(8))
        for button in (self.confirm, self.open, self.undo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(px(8))
        left.addWidget(self.card, 1)
        left.addWidget(self.form, 2)
        left.addWidget(self.told)
        left.addWidget(self._buttons)
        row = QHBoxLayout(area)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addLayout(left, 1)
        row.addWidget(card)
        return area

    # --- showing ----------------------------------------------------------------------------

    def show_round(self, progress: RoundProgress) -> None:
        """Which round, and how far all of it is."""
        open_now = bool(progress.round_id)
        self.round.say(progress.round_name if open_now else text("quarter.none_open"))
        for widget in (self.total, self.bar, self.places):
            widget.setVisible(open_now)
        said = text(
            "quarter.so_far",
            confirmed=number(progress.confirmed),
            households=number(progress.households),
        )
        left = progress.days_left
        if left is not None:
            key = f"quarter.days_{before_or_after(left)}"
            said = f"{said} · {text(key, days=number(abs(left)))}"
        self.total.setText(said)
        self.bar.setRange(0, max(1, progress.households))
        self.bar.setValue(progress.confirmed)
        self.bar.setAccessibleDescription(said)

    def show_stranded(self, count: int) -> None:
        """Offer to discard what was begun and cannot go on."""
        held = self.discard.hasFocus()
        self.discard.setText(text("quarter.stranded_discard", count=count))
        self.discard.setVisible(count > 0)
        if held and not count:
            self.places.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_nothing(self, progress: RoundProgress) -> None:
        """No household to look at: what to do first."""
        if not progress.round_id:
            words, hint = "quarter.no_round", "quarter.no_round_hint"
        elif not progress.villages:
            words, hint = "quarter.empty", "quarter.empty_hint"
        else:
            words, hint = "quarter.choose", "quarter.choose_hint"
        self.what.setText(text(words))
        self.hint.setText(text(hint))
        self.stack.setCurrentIndex(0)
        self.fit()

    def tell(self, words: str) -> None:
        """Say beside the keys what was done; without words, which keys there are."""
        self.told.say(words or text("quarter.keys"))
        set_state(self.told, "done" if words else "")

    def show_possible(self, possible: Collection[str], why: str) -> None:
        """Dim the events that cannot be, and say `why` above them."""
        self.list.show_possible(possible)
        self.why.setText(why)
        self.why.fit(self._theme.pixels(_EVENTS - 2 * 8 - 2))
        self.why.setVisible(bool(why))

    def show_walk(self, *, may_enter: bool, confirmed: bool) -> None:
        """A household is shown: what can be done with it."""
        self.stack.setCurrentIndex(1)
        words = text("quarter.next" if confirmed else "quarter.no_change")
        self.confirm.setText(f"{words}   {text('keys.space_bar')}")
        self.confirm.setVisible(may_enter)
        self.undo.setVisible(may_enter)
        self._events_card.setVisible(may_enter and not self.form.isVisible())
        self.fit()

    def show_form(self) -> None:
        """The short form takes the room of the list of events and of the keys."""
        self._events_card.hide()
        self._buttons.hide()
        self.told.hide()
        self.form.show()
        self.fit()

    def hide_form(self) -> None:
        """Back to the walk."""
        self.suggestions.close_list()
        self.form.hide()
        self._buttons.show()
        self.told.show()
        self._events_card.show()
        self.fit()

    def fit(self) -> None:
        """Large letters on a small screen: the villages give way to the card while one walks, and
        of the card stands above a form what has room there.
        """
        px, roomy = self._theme.pixels, self._roomy
        self._fit_side(_SIDE)
        self._events_card.setFixedWidth(px(_EVENTS))
        room = self.width() - px(2 * 16 + 2 * 16 + 4)
        if roomy:
            room -= px(_SIDE + 8)
        if not self.form.isVisible():
            room -= px(_EVENTS + 8)
        self.card.children_table.fit(room)
        self._fit_card()

    def _fit_card(self) -> None:
        px = self._theme.pixels
        if not self.form.isVisible():
            self.card.setMaximumHeight(_UNBOUNDED)
            self.card.set_compact(False)
            self.card.show()
            return
        above = self.stack.height() - self.form.most_height() - px(8)
        compact = above < px(_WHOLE_CARD)
        self.card.set_compact(compact)
        self.card.setVisible(above >= px(_LEAST_CARD))
        most = self.card.sizeHint().height() if compact else above
        self.card.setMaximumHeight(max(most, px(_LEAST_CARD)))
