"""Ctrl+Z in the review: the last step is undone, and looked at.

What was done since the window was opened is undone at once, step by step. What was done before is
found in the log, for the household under the keyboard, named and asked about first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import text
from app.services.life_events.desk import LifeEvents
from app.services.life_events.last_act import LastAct, Obstacle
from app.services.life_events.views import Written
from app.services.quarter import Confirmation, Quarter
from app.text.moments import day_words
from app.ui.notify import Choice, Kind, Notifier, Question, error_notice
from app.ui.quarter.event_list import event_of
from app.ui.quarter.walk import Done
from app.ui.quarter.walking import TOPIC, QuarterWalk
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_SEPARATOR = " · "
#: Why the last act stands, where it is not that somebody worked on its records since.
_STANDS = {
    Obstacle.SENT: "quarter.last_sent",
    Obstacle.PERHAPS_SENT: "quarter.last_perhaps_sent",
}


class QuarterUndo(QuarterWalk):
    """The walk, with the way back."""

    def __init__(
        self,
        tasks: Tasks,
        quarter: Quarter,
        events: LifeEvents,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(tasks, quarter, notifier, theme, parent, may_enter=may_enter)
        self._events = events
        self.done: list[Done] = []

    def _note_done(self, household: str, what: Confirmation | Written, label: str = "") -> None:
        village = "" if self._walk is None else self._walk.village
        self.done.append(Done(self._unit, village, household, what, label))

    def take_back(self) -> None:
        """Ctrl+Z: the last step of the walk is undone, and looked at."""
        if self._writing or self.form.isVisible() or not self._may_enter:
            return
        if not self.done:
            self._look_for_last()
            return
        last = self.done[-1]
        undo: Callable[[], object]
        if isinstance(last.what, Confirmation):
            undo = partial(self._quarter.take_back, last.what)
        else:
            undo = partial(self._events.take_back, last.what.act)
        self._undo(undo, last)

    def _undo(self, undo: Callable[[], object], last: Done) -> None:
        self._writing = True
        self._tasks.run(
            undo,
            lambda _done: self._undone(last),
            partial(self._not_undone, last),
            lane=Lane.WRITE,
            owner=self,
        )

    # --- what an earlier window did -----------------------------------------------------------

    def _look_for_last(self) -> None:
        events = self._events
        household = "" if self._card is None else self._card.household

        def read() -> LastAct | None:
            found = events.last_act(household) if household else None
            # Who moved away as a whole is in no village any more: the last step of all leads back.
            return found or events.last_act()

        self._run(read, self._ask_about)

    def _ask_about(self, found: LastAct | None) -> None:
        if found is None or self._writing or self.form.isVisible():
            if found is None:
                self._say(Kind.NOTE, text("quarter.nothing_to_undo"))
            return
        said = {"what": _named(found), "day": day_words(found.written_on)}
        if found.obstacle is not None:
            why = text(_STANDS.get(found.obstacle, "quarter.last_built_on"), **said)
            hint = text("quarter.last_hint" if found.code else "quarter.changed_since_hint")
            self._say(Kind.WARNING, f"{why} {hint}")
            return
        question = Question(
            text("quarter.undo_ask", **said),
            text("quarter.undo_ask_details"),
            (
                Choice("undo", text("quarter.undo")),
                Choice("keep", text("quarter.undo_keep")),
            ),
        )
        if self._notifier.ask(question) != "undo":
            return
        what = Written(found.act, found.code)
        last = Done(self._unit, found.village, found.household, what, _named(found))
        self._undo(partial(self._events.take_back, found.act), last)

    # --- afterwards ---------------------------------------------------------------------------

    def _undone(self, last: Done) -> None:
        self._writing = False
        if last in self.done:
            self.done.remove(last)
        # What was said of it is no longer so.
        self._notifier.dismiss_topic(TOPIC)
        said = text("quarter.undone", what=last.label) if last.label else ""
        self._say(Kind.DONE, said or text("quarter.undone_confirmed"))
        self.changed.emit()
        self._go_back_to(last)

    def _go_back_to(self, last: Done) -> None:
        """Show the household that was undone, in whichever village one has gone on since."""
        if last.unit != self._unit:
            self._unit = last.unit
            self.communes.setCurrentIndex(max(0, self.communes.findData(last.unit)))
            self._forget_walk()
        self._begun = True
        self._read_walk(last.village, last.household)
        self._read_villages()

    def _not_undone(self, last: Done, error: AppError) -> None:
        """What cannot be undone any more is not offered again."""
        self._writing = False
        if last in self.done:
            self.done.remove(last)
        self._notifier.say(error_notice(error))


def _named(found: LastAct) -> str:
    """An act in words: the event, the children or the household, and whose household that is."""
    home = _SEPARATOR.join(filter(None, (found.number, found.head)))
    event = event_of(found.code, whole=found.whole)
    if not found.code or event is None:
        return text("quarter.last_confirmed", head=home)
    who = "" if found.whole else ", ".join(filter(None, found.who))
    return event_words(text(f"quarter.event.{event.name}"), who, home)


def event_words(event: str, who: str, home: str) -> str:
    """An event with whom it is about, and in which household."""
    told = text("quarter.in_household", household=home) if home else ""
    return ", ".join(filter(None, (event, who, told)))
