"""What stands where on the page of the quarterly review; what it does is `page`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.quarter import RoundProgress, UnitProgress
from app.ui.household.field_edit import SuggestionList
from app.ui.labels import Elided
from app.ui.nothing_card import NothingCard
from app.ui.quarter.card import HouseholdCard
from app.ui.quarter.event_form import EventForm
from app.ui.quarter.event_list import EventList
from app.ui.quarter.places import PlaceList
from app.ui.step import Step
from app.ui.theme import Theme, set_state

#: From this width on, at 100 %, the lists beside the card have their full width.
_ROOMY = 1000


class QuarterFrame(QWidget):
    """Villages at the left, the household beside, the events at the right, the keys below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._theme = theme
        px = theme.pixels
        self.suggestions = SuggestionList(self, px(30))
        self.card = HouseholdCard(theme)
        self.form = EventForm(theme, self.suggestions)
        self.form.hide()
        self.list = EventList(theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._nothing())
        self.stack.addWidget(self._walk_area())
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self._side())
        row.addWidget(self.stack, 1)
        self.suggestions.raise_()

    def _side(self) -> QWidget:
        px = self._theme.pixels
        self._left = left = QFrame()
        left.setProperty("role", "card")
        self.round = Elided()
        self.round.setProperty("role", "title")
        self.total = QLabel()
        self.total.setProperty("role", "muted")
        self.total.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(text("quarter.progress"))
        self.communes = QComboBox()
        self.communes.setAccessibleName(text("quarter.communes"))
        self.communes.hide()
        self.places = PlaceList(self._theme, text("quarter.villages"))
        column = QVBoxLayout(left)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        for widget in (self.round, self.total, self.bar, self.communes):
            column.addWidget(widget)
        column.addWidget(self.places, 1)
        return left

    def _nothing(self) -> QWidget:
        """What to do first, where no village is chosen or no round is open."""
        card = NothingCard(self._theme)
        self.what, self.hint = card.what, card.hint
        return card

    def _walk_area(self) -> QWidget:
        px = self._theme.pixels
        area = QWidget()
        self._events_card = card = QFrame()
        card.setProperty("role", "card")
        title = QLabel(text("quarter.events"))
        title.setProperty("role", "title")
        column = QVBoxLayout(card)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(4))
        column.addWidget(title)
        column.addWidget(self.list, 1)
        self.confirm = Step()
        self.confirm.setProperty("role", "primary")
        self.open = Step(text("quarter.open") + "   Enter")
        self.undo = Step(text("quarter.undo") + "   Ctrl+Z")
        #: What was done last, or which keys there are.
        self.told = Elided()
        self.told.setProperty("role", "muted")
        self._buttons = QWidget()
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

    def show_communes(self, found: Sequence[UnitProgress], chosen: str) -> None:
        """Offer the communes where there is more than one."""
        self.communes.setVisible(len(found) > 1)
        self.communes.clear()
        for one in found:
            said = text(
                "quarter.so_far",
                confirmed=number(one.confirmed),
                households=number(one.households),
            )
            self.communes.addItem(f"{one.name}: {said}", one.unit)
        self.communes.setCurrentIndex(max(0, self.communes.findData(chosen)))

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
            key = "quarter.days_left" if left >= 0 else "quarter.days_over"
            said = f"{said} · {text(key, days=number(abs(left)))}"
        self.total.setText(said)
        self.bar.setRange(0, max(1, progress.households))
        self.bar.setValue(progress.confirmed)
        self.bar.setAccessibleDescription(said)

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
        the card to the form, whose title names the child.
        """
        px = self._theme.pixels
        roomy = self.width() >= px(_ROOMY)
        side, events = px(216), px(200)
        self._left.setFixedWidth(side)
        self._left.setVisible(roomy or self.stack.currentIndex() == 0)
        self._events_card.setFixedWidth(events)
        self.card.setVisible(roomy or not self.form.isVisible())
        room = self.width() - px(2 * 16 + 2 * 16 + 4)
        if roomy:
            room -= side + px(8)
        if not self.form.isVisible():
            room -= events + px(8)
        self.card.children_table.fit(room)
