"""Says what was begun in short forms and not written: where it waits, and what cannot go on.

The key of an event brings back what was typed about a child while that stands in the household.
When the household was merged away meanwhile, or the child went into another one, no key leads there
any more: then it is said with what was typed, and stays until somebody gives it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.i18n import number, text
from app.services.life_events.begun import Begun
from app.services.life_events.desk import LifeEvents
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.quarter.event_drafts import EventDrafts
from app.ui.quarter.event_list import event_of
from app.ui.tasks import Tasks

_WAITS, _STRANDED = "events_kept", "events_stranded"
#: Households and events that are named in one message.
_MOST_NAMES, _MOST_EVENTS = 5, 2


class BegunEvents(QObject):
    """Tells once at the start what waits, and whenever it is asked what cannot go on."""

    #: How many events cannot go on.
    counted = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        events: LifeEvents,
        kept: EventDrafts,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._events, self._kept = tasks, events, kept
        self._notifier = notifier
        self._stranded: tuple[Begun, ...] = ()

    def tell(self, *, waiting: bool = False) -> None:
        """Say what cannot go on; `waiting`: also where the rest waits."""
        ask = partial(self._events.begun, self._kept.places)
        self._tasks.run(ask, partial(self._tell, waiting), self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def _tell(self, waiting: bool, found: Sequence[Begun]) -> None:
        if waiting:
            self._tell_waiting([one.label for one in found if one.reachable])
        self._stranded = tuple(one for one in found if not one.reachable)
        said = [self._words(one) for one in self._stranded]
        self.counted.emit(len(said))
        if not said:
            self._notifier.dismiss_topic(_STRANDED)
            return
        more = "; …" if len(said) > _MOST_EVENTS else ""
        words = text("quarter.stranded", events="; ".join(said[:_MOST_EVENTS]) + more)
        self._notifier.say(Notice(Kind.WARNING, words, topic=_STRANDED))

    def _tell_waiting(self, labels: Sequence[str]) -> None:
        """Whoever was cut off in a short form is told where it waits."""
        names = list(dict.fromkeys(one for one in labels if one))
        if names:
            more = "; …" if len(names) > _MOST_NAMES else ""
            words = text("window.events_kept", households="; ".join(names[:_MOST_NAMES]) + more)
            self._notifier.say(Notice(Kind.NOTE, words, topic=_WAITS))

    def _words(self, one: Begun) -> str:
        """An event with whom it is about, what was typed, and where that person is now."""
        code = one.place.code
        event = event_of(code, whole=code == "moved_out" and not one.place.child)
        what = code if event is None else text(f"quarter.event.{event.name}")
        home = text("quarter.stranded_home", home=one.label) if one.label else ""
        typed = ", ".join(self._kept.words(one.place))
        now = text("quarter.stranded_now", home=one.now) if one.now else ""
        about = " · ".join(part for part in (what, one.name, home) if part)
        return " ".join(part for part in (about, f"«{typed}»" if typed else "", now) if part)

    def give_up(self) -> None:
        """Ask whether what cannot go on is to be discarded, and do so."""
        count = len(self._stranded)
        question = Question(
            text("quarter.stranded_ask", count=number(count)),
            text("quarter.stranded_ask_details"),
            (
                Choice("drop", text("quarter.stranded_give_up"), destroys=True),
                Choice("keep", text("quarter.stranded_keep")),
            ),
        )
        if self._notifier.ask(question) == "drop":
            for one in self._stranded:
                self._kept.forget(one.place)
        self.tell()
