"""Rà soát quý: a village is walked household by household, as one walks the paper book.

Space confirms that nothing has changed and goes to the next household that is open; a digit begins
the short form of a life event; Enter opens the whole page and comes back to the same household.
Everything runs beside the window's thread; a step is shown when the disk has answered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut

from app.errors import AppError, KnownError
from app.i18n import number, text
from app.services.entry import ChildRow
from app.services.life_events.desk import LifeEvents
from app.services.life_events.short_forms import SHORT_FORMS, About
from app.services.life_events.views import BoundForm, Draft, Verdict, Written
from app.services.quarter import (
    Card,
    Confirmation,
    Quarter,
    RoundProgress,
    UnitProgress,
    WalkStep,
)
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.quarter.event_list import Event, event_of_key
from app.ui.quarter.frame import QuarterFrame
from app.ui.quarter.places import PlaceLine
from app.ui.quarter.walk import Done, Walk
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_TOPIC = "quarter"
_SEPARATOR = " · "


class QuarterPage(QuarterFrame):
    """The page. `open_household` gives a household and a child to begin at."""

    open_household = Signal(str, str)
    #: Something was saved.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        quarter: Quarter,
        events: LifeEvents,
        notifier: Notifier,
        theme: Theme,
        *,
        may_enter: bool = True,
    ) -> None:
        super().__init__(theme)
        self._tasks, self._quarter, self._events = tasks, quarter, events
        self._notifier = notifier
        self._may_enter = may_enter
        self._unit = ""
        self._round = RoundProgress("", "", None, ())
        self._walk: Walk | None = None
        self._card: Card | None = None
        self._label = ""
        self._asked = 0
        #: A village was chosen: the keyboard goes into it as soon as it is there.
        self._begun = False
        #: Steps that wait for the disk: a key that comes meanwhile is not a second step.
        self._writing = False
        self.done: list[Done] = []
        #: Who came here with a move and stands in no household yet.
        self._arrivals: list[ChildRow] = []
        self.places.wanted.connect(self.begin_walk)
        self.communes.activated.connect(self._commune_chosen)
        self.card.children_table.on_key = self._key
        self.card.children_table.opened.connect(self.open_page)
        self.confirm.clicked.connect(self.confirm_household)
        self.open.clicked.connect(self.open_page)
        self.undo.clicked.connect(self.take_back)
        self.list.picked.connect(self.begin_event)
        self.form.judged.connect(self._judge)
        self.form.wanted.connect(self._write_event)
        self.form.left.connect(self._leave_form)
        self.form.arrived.connect(self._begin_arrival)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.take_back)

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

    def _run(
        self, op: Callable[[], T], on_done: Callable[[T], None], lane: Lane = Lane.READ
    ) -> None:
        self._tasks.run(op, on_done, self._failed, lane=lane, owner=self)

    def _failed(self, error: AppError) -> None:
        self._writing = False
        self._notifier.say(error_notice(error))

    def _show_communes(self, found: list[UnitProgress]) -> None:
        units = [one.unit for one in found]
        if units and self._unit not in units:
            self._unit = units[0]
        self.show_communes(found, self._unit)
        self._run(partial(self._quarter.progress, self._unit), self._show_progress)

    def _commune_chosen(self, row: int) -> None:
        self._unit = str(self.communes.itemData(row))
        self._walk = self._card = None
        self._run(partial(self._quarter.progress, self._unit), self._show_progress)

    def _show_progress(self, progress: RoundProgress) -> None:
        self._round = progress
        lines = [
            PlaceLine(
                one.id,
                one.name or text("register.no_village"),
                text(
                    "quarter.so_far",
                    confirmed=number(one.confirmed),
                    households=number(one.households),
                ),
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

    def begin_walk(self, village: str) -> None:
        """Walk a village, from the first household that is not confirmed."""
        self.tell("")
        self._begun = True
        self._read_walk(village, "")

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

    # --- keys -------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        """A key in the walk; whether it was one of the page's own."""
        key, plain = (
            event.key(),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        if not plain:
            return False
        if key == Qt.Key.Key_Space:
            # A key that is held down would confirm a whole village unseen.
            if not event.isAutoRepeat():
                self.confirm_household()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_page()
            return True
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_Right):
            self.step(1)
            return True
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_Left):
            self.step(-1)
            return True
        chosen = event_of_key(event.text())
        if chosen is not None:
            self.begin_event(chosen)
        return chosen is not None

    # --- confirming -------------------------------------------------------------------------

    def confirm_household(self) -> None:
        """Nothing (more) has changed: the household is confirmed for the round."""
        if self._card is None or self._walk is None or not self._in_sight:
            return
        if self._writing or not self._may_enter or self.form.isVisible():
            return
        if self._card.confirmed_on or self._walk.steps[self._walk.at].confirmed:
            self._go_on()
            return
        self._writing = True
        confirm = partial(self._quarter.confirm, self._card.household)
        self._run(confirm, partial(self._confirmed, self._card.head), Lane.WRITE)

    def _confirmed(self, head: str, done: Confirmation) -> None:
        self._writing = False
        self.done.append(Done(done.household, done))
        if self._walk is not None:
            self._walk.mark(done.household, confirmed=True)
        if done.incomplete:
            self._say(Kind.WARNING, text("quarter.confirmed_unfinished"))
        else:
            self._say(Kind.DONE, text("quarter.confirmed_now", head=head))
        self.changed.emit()
        self._read_progress()
        self._go_on()

    def _read_progress(self) -> None:
        self._run(partial(self._quarter.progress, self._unit), self._show_progress)

    def take_back(self) -> None:
        """Ctrl+Z: the last step of the walk is undone, and looked at."""
        if not self.done or self._writing or self.form.isVisible():
            if not self.done:
                self._say(Kind.NOTE, text("quarter.nothing_to_undo"))
            return
        last = self.done[-1]
        self._writing = True
        undo: Callable[[], object]
        if isinstance(last.what, Confirmation):
            undo = partial(self._quarter.take_back, last.what)
        else:
            undo = partial(self._events.take_back, last.what.act)
        self._tasks.run(
            undo, lambda _done: self._undone(last), self._not_undone, lane=Lane.WRITE, owner=self
        )

    def _undone(self, last: Done) -> None:
        self._writing = False
        self.done.remove(last)
        confirmed = isinstance(last.what, Confirmation)
        self._say(
            Kind.DONE, text("quarter.undone.confirmed" if confirmed else "quarter.undone.event")
        )
        self.changed.emit()
        self._read_progress()
        if self._walk is not None:
            self._read_walk(self._walk.village, last.household)

    def _not_undone(self, error: AppError) -> None:
        """What cannot be undone any more is not offered again."""
        self._writing = False
        self.done.pop()
        self._notifier.say(error_notice(error))

    # --- life events ------------------------------------------------------------------------

    def begin_event(self, event: Event) -> None:
        """Begin the short form of an event, of the child under the keyboard where it is one's."""
        if self._card is None or not self._in_sight or self.form.isVisible():
            return
        if not self._may_enter or self._writing:
            return
        code = event.code
        about = SHORT_FORMS[code].about
        child = ""
        if about in (About.CHILD, About.CHILD_OR_ALL) and not event.whole:
            child = self.card.children_table.child
            if not child:
                self._say(Kind.WARNING, text("quarter.no_child"))
                return
        elif code == "moved_in":
            # Who had gone and is back is no new child.
            at = self.card.children_table.child
            gone = any(one.id == at and one.status == "MOVED_OUT" for one in self._card.children)
            child = at if gone else ""
        draft = Draft(code, self._card.household, child)
        events, unit = self._events, self._unit
        asks_who = code == "moved_in" and not child

        def read() -> tuple[BoundForm, list[ChildRow]]:
            form = events.form(code, draft.household, child)
            return form, events.arrivals(unit) if asks_who else []

        self._run(read, partial(self._show_form, draft, text(f"quarter.event.{event.name}")))

    def _begin_arrival(self, child: str) -> None:
        """Whoever came here with a move is put into this household, and not typed a second time."""
        if self._card is None:
            return
        draft = Draft("moved_in", self._card.household, child)
        name = next((one.full_name for one in self._arrivals if one.id == child), "")
        events = self._events

        def read() -> tuple[BoundForm, list[ChildRow]]:
            return events.form(draft.code, draft.household, child), []

        self._run(read, partial(self._show_form, draft, self._label, who=name))

    def _show_form(
        self,
        draft: Draft,
        label: str,
        found: tuple[BoundForm, list[ChildRow]],
        who: str = "",
    ) -> None:
        if not self._in_sight or self._card is None or self._card.household != draft.household:
            return
        form, self._arrivals = found
        names = {one.id: one.name for one in self._card.children}
        who = who or names.get(draft.child, "")
        self._label = label
        self.show_form()
        self.form.begin(
            form,
            draft,
            f"{label} · {who}" if who else label,
            date.today().year,  # noqa: DTZ011 -- the clerk's own year
            [(one.id, one.name) for one in self._card.children if not one.status],
            [(one.id, _arrival_words(one)) for one in self._arrivals],
        )

    def _judge(self, draft: Draft) -> None:
        self._run(partial(self._events.judge, draft), partial(self._judged, draft))

    def _judged(self, draft: Draft, verdict: Verdict) -> None:
        if self.form.isVisible() and draft == self.form.draft:
            self.form.show_verdict(verdict)

    def _write_event(self, draft: Draft) -> None:
        if self._writing:
            return
        self._writing = True
        self._tasks.run(
            partial(self._events.write, draft),
            partial(self._written, draft),
            partial(self._not_written, draft),
            lane=Lane.WRITE,
            owner=self,
        )

    def _not_written(self, draft: Draft, error: AppError) -> None:
        """Show at the fields why; what has no field is said as a message."""
        self._writing = False

        def judged(verdict: Verdict) -> None:
            if not (verdict.stopped or (verdict.wants_reason and not draft.reason)):
                self._notifier.say(error_notice(error))
            self.form.go_to_trouble(verdict)

        if isinstance(error, KnownError):
            self._run(partial(self._events.judge, draft), judged)
        else:
            self._notifier.say(error_notice(error))

    def _written(self, draft: Draft, done: Written) -> None:
        self._writing = False
        self.done.append(Done(draft.household, done))
        words = text("quarter.event_written", event=self._label)
        if done.unfinished:
            words = f"{words} {text('quarter.event_unfinished', count=done.unfinished)}"
        self._say(Kind.WARNING if done.unfinished else Kind.DONE, words)
        self._leave_form()
        self.changed.emit()
        self._read_progress()
        if self._walk is not None:
            self._read_walk(self._walk.village, draft.household)

    def _leave_form(self) -> None:
        self.hide_form()
        self.card.children_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Escape: out of the form, out of the walk; whether there was something to leave."""
        if self.form.isVisible():
            self._leave_form()
            return True
        if self._walk is not None and not self.places.hasFocus():
            self._walk = self._card = None
            self.show_nothing(self._round)
            self.places.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def _say(self, kind: Kind, words: str) -> None:
        """What was done is said beside the keys; what wants attention is a message."""
        if kind is Kind.DONE:
            self.tell(words)
        else:
            self.tell("")
            self._notifier.say(Notice(kind, words, topic=_TOPIC))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.fit()


def _arrival_words(one: ChildRow) -> str:
    """Name and birth date: two children of one name may have come."""
    born = "/".join(reversed(one.birth_date.split("-")))
    return _SEPARATOR.join(filter(None, (one.full_name, born)))
