"""Walking the villages of a round: what is read and shown, and where one stands."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.i18n import number, text
from app.services.quarter import Card, Quarter, RoundProgress, UnitProgress, WalkStep
from app.ui.notify import Kind, Notice, Notifier
from app.ui.quarter.frame import QuarterFrame
from app.ui.quarter.walk import Walk
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.villages.places import PlaceLine

TOPIC = "quarter"


class QuarterWalk(QuarterFrame):
    """The villages of the round, and the household one stands at."""

    def __init__(
        self,
        tasks: Tasks,
        quarter: Quarter,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self._quarter, self._may_enter = quarter, may_enter
        self._round = RoundProgress("", "", None, ())
        self._walk: Walk | None = None
        self._card: Card | None = None

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read how far the round is, and the household one stood at, again."""
        self._run(self._quarter.progress_by_commune, self._show_communes)
        if self._walk is not None:
            self._read_walk(self._walk.village, self._walk.household)

    def begin(self) -> None:
        """Put the keyboard where work goes on: into the walk, else on the villages."""
        if self.form.isVisible():
            return
        target = self.card.children_table if self._walk is not None else self.places
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_communes(self, found: list[UnitProgress]) -> None:
        self._take_communes(
            [(one.unit, f"{one.name}: {_so_far(one.confirmed, one.households)}") for one in found]
        )

    def _read_villages(self) -> None:
        self._run(partial(self._quarter.progress, self._unit), self._show_progress)

    def _forget_walk(self) -> None:
        self._walk = self._card = None

    def _show_progress(self, progress: RoundProgress) -> None:
        self._round = progress
        lines = [
            PlaceLine(
                one.id,
                one.name or text("register.no_village"),
                _so_far(one.confirmed, one.households),
                one.confirmed,
                one.households,
            )
            for one in progress.villages
        ]
        self.places.show_lines(lines, None if self._walk is None else self._walk.village)
        self.show_round(progress)
        if self._walk is None:
            self.show_nothing(progress)

    # --- walking ----------------------------------------------------------------------------

    def _read_walk(self, village: str, at: str) -> None:
        read = partial(self._quarter.walk, village, self._unit)
        self._run(read, partial(self._take_walk, village, at))

    def _take_walk(self, village: str, at: str, steps: list[WalkStep]) -> None:
        if self._walk is None or self._walk.village != village:
            self._walk = Walk(village, [])
        self._walk.take(steps, at)
        if not steps:
            self._walk = self._card = None
            self.show_nothing(self._round)
            return
        # Whichever of the two is read first: the list shows where one is.
        self.places.mark(village)
        self._read_card()

    def _read_card(self) -> None:
        if self._walk is None:
            return
        self._asked += 1
        read = partial(self._quarter.card, self._walk.household)
        self._run(read, partial(self._show_card, self._asked))

    def _show_card(self, asked: int, card: Card | None) -> None:
        if asked != self._asked or self._walk is None:
            return
        at = self.card.children_table.child if self._card_is(card) else ""
        self._card = card
        if card is None:
            self._read_walk(self._walk.village, "")  # it has left the village meanwhile
            return
        if self.form.isVisible() and self.form.draft.household != card.household:
            self.hide_form()  # a form never stands below the card of another household
        held = not self.stack.isAncestorOf(self.window().focusWidget() or self)
        self.card.show_card(card, self._walk.at + 1, len(self._walk.steps), at)
        self.show_walk(may_enter=self._may_enter, confirmed=bool(card.confirmed_on))
        begun, self._begun = self._begun, False
        if begun or not (held or self.form.isVisible()):
            self.card.children_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card_is(self, card: Card | None) -> bool:
        return (
            card is not None and self._card is not None and card.household == self._card.household
        )

    def step(self, by: int) -> None:
        """Go to the next or previous household, confirmed or not."""
        if self._walk is None or not self._walk.steps or self.form.isVisible():
            return
        self._walk.at = max(0, min(len(self._walk.steps) - 1, self._walk.at + by))
        self._read_card()

    def _go_on(self) -> None:
        """To the next household that is open; in the end say so."""
        if self._walk is None:
            return
        at = self._walk.next_open()
        if at is None:
            self._say(Kind.DONE, text("quarter.village_done"))
        else:
            self._walk.at = at
        self._read_card()

    def open_page(self) -> None:
        """Enter: the whole page of the household, at the child under the keyboard."""
        if self._card is not None and self._in_sight:
            self.open_household.emit(self._card.household, self.card.children_table.child)

    @property
    def _in_sight(self) -> bool:
        """Whether the card shows the household that one stands at: a key that comes before it is
        shown was meant for one that nobody has seen yet, and does nothing.
        """
        card, walk = self._card, self._walk
        return card is not None and walk is not None and card.household == walk.household

    def _say(self, kind: Kind, words: str) -> None:
        """What was done is said beside the keys; what wants attention is a message."""
        if kind is Kind.DONE:
            self.tell(words)
        else:
            self.tell("")
            self._notifier.say(Notice(kind, words, topic=TOPIC))


def _so_far(confirmed: int, households: int) -> str:
    return text("quarter.so_far", confirmed=number(confirmed), households=number(households))
