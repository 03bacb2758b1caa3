"""Rà soát quý: a village is walked household by household, as one walks the paper book.

Space confirms that nothing has changed and goes to the next household that is open; a digit begins
the short form of a life event; Enter opens the whole page and comes back to the same household.
Everything runs beside the window's thread; a step is shown when the disk has answered.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.errors import AppError, KnownError
from app.i18n import text
from app.services.entry import ChildRow
from app.services.household_card import CardChild
from app.services.life_events.begun import ARRIVAL
from app.services.life_events.desk import LifeEvents
from app.services.life_events.short_forms import SHORT_FORMS, About
from app.services.life_events.views import BoundForm, Draft, Verdict, Written
from app.services.quarter import Card, Confirmation, Quarter
from app.ui.notify import Kind, Notifier, error_notice
from app.ui.quarter.event_drafts import EventDrafts
from app.ui.quarter.event_list import EVENTS, Event, event_of, event_of_key, of_child
from app.ui.quarter.undoing import QuarterUndo, event_words
from app.ui.quarter.walking import TOPIC
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_SEPARATOR = " · "


class QuarterPage(QuarterUndo):
    """The page, with what one does on it."""

    def __init__(
        self,
        tasks: Tasks,
        quarter: Quarter,
        events: LifeEvents,
        notifier: Notifier,
        theme: Theme,
        kept: EventDrafts,
        parent: QWidget | None = None,
        *,
        may_enter: bool = True,
    ) -> None:
        super().__init__(tasks, quarter, events, notifier, theme, parent, may_enter=may_enter)
        self._kept = kept
        self._label = self._who = ""
        #: Who came here with a move and stands in no household yet.
        self._arrivals: list[ChildRow] = []
        self.card.children_table.on_key = self._key
        self.card.children_table.currentCellChanged.connect(lambda *_: self._show_possible())
        self.card.children_table.opened.connect(self.open_page)
        self.confirm.clicked.connect(self.confirm_household)
        self.open.clicked.connect(self.open_page)
        self.undo.clicked.connect(self.take_back)
        self.list.picked.connect(self.begin_event)
        self.form.judged.connect(self._judge)
        self.form.wanted.connect(self._write_event)
        self.form.left.connect(self._leave_form)
        self.form.changed.connect(self._keep)
        self.form.given_up.connect(self._give_up)
        self.form.arrived.connect(self._begin_arrival)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.take_back)

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
        self._note_done(done.household, done)
        if self._walk is not None:
            self._walk.mark(done.household, confirmed=True)
        if done.incomplete:
            self._say(Kind.WARNING, text("quarter.confirmed_unfinished"))
        else:
            self._say(Kind.DONE, text("quarter.confirmed_now", head=head))
        self.changed.emit()
        self._read_villages()
        self._go_on()

    # --- life events ------------------------------------------------------------------------

    def begin_event(self, event: Event) -> None:
        """Begin the short form of an event, of the child under the keyboard where it is one's."""
        if self._card is None or not self._in_sight or self.form.isVisible():
            return
        if not self._may_enter or self._writing:
            return
        code = event.code
        child = ""
        if of_child(event):
            child = self.card.children_table.child
            if not child:
                self._say(Kind.WARNING, text("quarter.no_child"))
                return
            if self._why_not():
                self._say(Kind.WARNING, self._why_not())
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

    def _why_not(self) -> str:
        """Why nothing can happen to the child under the keyboard any more; "" where it can."""
        at, card = self.card.children_table.child, self._card
        gone = [one for one in card.children if one.id == at and one.status] if card else []
        return "".join(text(_gone_key(one), name=one.name, state=one.label.lower()) for one in gone)

    def _show_possible(self) -> None:
        """Dim what cannot happen, before anybody types it."""
        why = self._why_not()
        self.show_possible([one.name for one in EVENTS if not (why and of_child(one))], why)

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
        self._label, self._who = label, who
        self._notifier.dismiss_topic(TOPIC)  # what was said of another event
        self.show_form()
        self.form.begin(
            form,
            draft,
            f"{label} · {who}" if who else label,
            form.today.year,
            [(one.id, one.name) for one in self._card.children if not one.status],
            [(one.id, _arrival_words(one)) for one in self._arrivals],
            self._kept.of(draft),
        )
        self._show_waiting()
        self.fit()

    @property
    def is_typing(self) -> bool:
        """Whether a short form stands open with something that is not written."""
        return self.form.isVisible() and not self.form.typed.empty

    def _keep(self) -> None:
        """What is typed so far is kept, and comes back with the form."""
        self._kept.keep(self.form.draft, self.form.typed)

    def _give_up(self) -> None:
        self._kept.drop(self.form.draft)
        self._leave_form()

    def _show_card(self, asked: int, card: Card | None) -> None:
        super()._show_card(asked, card)
        self._show_possible()
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Name the events of the household that were begun and not written."""
        card = self._card
        if card is None or not self._may_enter or self.form.isVisible():
            self.card.show_waiting([])
            return
        names = {one.id: one.name for one in card.children}
        said = []
        for code, child in self._kept.waiting(card.household):
            event = event_of(code, whole=code == "moved_out" and not child)
            # Of a child who went elsewhere `BegunEvents` tells: no key of this card leads there.
            if event is not None and (not child or child in names or code == ARRIVAL):
                who = names.get(child, "")
                words = text(f"quarter.event.{event.name}")
                said.append(f"{words} · {who} ({event.key})" if who else f"{words} ({event.key})")
        self.card.show_waiting(said)

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
        what = self._event_words(draft)
        self._note_done(draft.household, done, what)
        words = text("quarter.event_written", event=what)
        if done.unfinished:
            words = f"{words} {text('quarter.event_unfinished', count=done.unfinished)}"
        self._say(Kind.WARNING if done.unfinished else Kind.DONE, words)
        self._kept.drop(draft)
        self._leave_form()
        self.changed.emit()
        self._read_villages()
        if self._walk is not None:
            self._read_walk(self._walk.village, draft.household)

    def _event_words(self, draft: Draft) -> str:
        """What was written, of whom: of a new child by the name that was typed."""
        card = self._card
        if card is None:
            return self._label
        home = _SEPARATOR.join(filter(None, (card.number, card.head)))
        names = {one.id: one.name for one in card.children}
        who = names.get(draft.child, "") or self._who
        if SHORT_FORMS[draft.code].about is About.NEW_CHILD and not draft.child:
            who = str(draft.answers.get("full_name") or "")
        return event_words(self._label, who, home)

    def _leave_form(self) -> None:
        self.hide_form()
        self._show_waiting()
        self.card.children_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Escape: out of the form, out of the walk; whether there was something to leave."""
        if self.form.isVisible():
            if not self.form.help.close_help():
                self._leave_form()
            return True
        if self._walk is not None and not self.places.hasFocus():
            self._walk = self._card = None
            self.show_nothing(self._round)
            self.places.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False


def _gone_key(child: CardChild) -> str:
    return "quarter.gone_away" if child.status == "MOVED_OUT" else "quarter.gone_child"


def _arrival_words(one: ChildRow) -> str:
    """Name and birth date: two children of one name may have come."""
    born = "/".join(reversed(one.birth_date.split("-")))
    return _SEPARATOR.join(filter(None, (one.full_name, born)))
