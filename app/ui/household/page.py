"""The household page: head and address on top, the lines of the children, the open child's form.

It joins the parts: forms report, the keeper keeps, the validator judges, the foot lists. Everything
a clerk does here has a key; Enter never saves by accident, Space alone confirms a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal

from app.forms.status_events import FOLLOWED
from app.i18n import text
from app.services.entry import Entry, UnitLine
from app.services.masking import Revealing
from app.services.refusals import RefusedValue
from app.services.returns import ReturnedRecord
from app.services.rights import Right
from app.ui.held_keys import HeldKeys
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.judging import is_missing
from app.ui.household.keeper import NOT_HERE, Keeper
from app.ui.household.page_reasons import PageReasons
from app.ui.household.session import OpenRecord
from app.ui.notify import Kind, Notice, Notifier
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class HouseholdPage(PageReasons):
    """One household. `left` comes when the person wants back to the list, `opened` when the page
    that was asked for stands, `refused` when there is none. In between keys wait: they are never
    typed into another household's page.
    """

    opened = Signal()
    refused = Signal()
    #: A new household may become that of several units: these (a sequence of UnitLine).
    commune_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        entry: Entry,
        keeper: Keeper,
        notifier: Notifier,
        theme: Theme,
        rights: frozenset[Right],
        revealing: Revealing,
    ) -> None:
        super().__init__(tasks, entry, keeper, notifier, theme, rights, revealing)
        self._timer.timeout.connect(self._rested)
        self._moves.timeout.connect(self._keep_move)
        self._turn.timeout.connect(self._take_turn)
        self._others.timeout.connect(self._judge_another)
        self._keys = HeldKeys(self)
        self._connect()

    def _connect(self) -> None:
        self.village.clicked.connect(self.leave)
        self.next.clicked.connect(self.next_household)
        self._connect_forms()
        self.suggestions.picked.connect(self._picked)
        self.suggestions.added.connect(self._add_village)
        self.grid.wanted.connect(self._line_wanted)
        self.foot.save_wanted.connect(self.save_and_next)
        self.foot.line_wanted.connect(self._go_to_line)
        self.foot.reason_kept.connect(self._reason_kept)
        self.to_children.clicked.connect(lambda: self._stepped_out(self.household_form, 1))
        self.mistaken.clicked.connect(
            lambda: self.mistakes.open(self.width() - self._theme.pixels(64))
        )
        self.foot.reason.textEdited.connect(self._reason_typed)
        self.foot.reason.cursorPositionChanged.connect(self._moved)
        self.foot.reason_given_up.connect(self._reason_given_up)
        self.keeper.page_opened.connect(self._page_opened)
        self.keeper.page_changed.connect(self.judge)
        self.keeper.saved.connect(self._saved)
        self.keeper.not_saved.connect(self._keys.drop)
        self.keeper.failed.connect(self._failed)
        self.keeper.numbers.found.connect(self.judge_in_turns)

    def _connect_forms(self) -> None:
        for form in (self.household_form, self.child_form):
            form.typed.connect(partial(self._typed, form))
            form.going_on.connect(partial(self._going_on, form))
            form.left_field.connect(partial(self._left_field, form))
            form.entered.connect(partial(self._entered, form))
            form.moved.connect(self._moved)
            form.stepped_out.connect(partial(self._stepped_out, form))
            form.asked_list.connect(partial(self._open_list, form))
            form.closed_list.connect(self.suggestions.close_list)
            form.space_on_empty.connect(self._space)
            form.resized.connect(self._fit)
        self.child_form.reached.connect(self._give_room_to_children)
        self.child_form.confirmed.connect(self._confirm)
        self.child_form.added.connect(self._add_line)

    @property
    def holds_keys(self) -> bool:
        """Whether what is typed now waits for the page that comes."""
        return self._keys.holding

    def _rested(self) -> None:
        """Judge after a rest, but not a field that lacks the very word being composed in it."""
        widget = self._focused()
        if not (isinstance(widget, FieldEdit) and widget.composing):
            self.judge_in_turns()

    def open(self, household_id: str, place: Mapping[str, object] | None = None) -> None:
        """Open a household, or the page of a child whose household is not here; `place` is where
        to go on it, with the child as its `record`.
        """
        said = place or {}
        self._keys.hold()
        self.keeper.open(
            household_id, str(said.get("record", "")), partial(self._arrived, said), self._refused
        )

    def begin(self, unit: str = "", village: str = "") -> None:
        """Save what is open and begin a household."""
        if self._only_reads():
            return
        self._keys.hold()
        self.save_all(partial(self._begin, unit, village))

    def _begin(self, unit: str, village: str) -> None:
        self._keys.hold()
        self.keeper.remember()
        self.keeper.open_new(
            unit, village, partial(self._arrived, {}), self._refused, self._which_commune
        )

    def _which_commune(self, units: Sequence[UnitLine]) -> None:
        """Nothing is typed before it is settled whose it becomes; the keys go on to the answer."""
        self.commune_wanted.emit(units)
        self._keys.release()

    def _arrived(self, place: Mapping[str, object]) -> None:
        self.opened.emit()
        place = self._sent_back_place(place)
        self._go_to_place(place)
        self._put_cursor(place)
        cursor = place.get("reason")
        self._ask_again(cursor if isinstance(cursor, int) else -1)
        self._keys.release()

    def _sent_back_place(self, place: Mapping[str, object]) -> Mapping[str, object]:
        """Whoever comes to no field in particular comes to what was sent back or refused above: of
        the record that is named, else of the page.
        """
        page = self.keeper.page
        if page is None or place.get("field") or place.get("blank"):
            return place
        asked: list[ReturnedRecord | RefusedValue] = [*page.returned, *page.refused]
        named = [one for one in asked if one.record == place.get("record")]
        found = next(iter(named or (() if place.get("record") else asked)), None)
        if found is None:
            return place
        part = found.part if isinstance(found, RefusedValue) else ""
        return {"record": found.record, "part": part, "field": found.field}

    def _put_cursor(self, place: Mapping[str, object]) -> None:
        """Where it stood in the text of the field, if it stands in that field again."""
        widget, cursor = self._focused(), place.get("cursor")
        if not isinstance(widget, FieldEdit) or not isinstance(cursor, int):
            return
        if cursor >= 0 and widget.key.name == place.get("field"):
            widget.setCursorPosition(cursor)

    def _refused(self) -> None:
        self._keys.drop()
        self.refused.emit()

    def _page_opened(self) -> None:
        self._judged.clear()
        self._stale.clear()
        self._current = None
        self._place = None
        self._forget_question()
        if self.follow_templates():
            self._connect_forms()
        self.household_form.set_codecs(self.keeper.codecs["household"])
        self.child_form.set_codecs(self.keeper.codecs["child"])
        self.household_form.set_more(False)
        self.household_form.set_in_use(False)
        household = self.keeper.household
        if household is not None and not household.new and self.keeper.lines:
            self._show_child(self._first_line())
        elif not self.keeper.lines:
            self._show_child(self.keeper.new_child())
        else:
            self._show_child(self.keeper.lines[0])
        self.judge()

    def _first_line(self) -> OpenRecord:
        for line in self.keeper.lines:
            if not line.values.get("complete"):
                return line
        return self.keeper.lines[0]

    def _go_to_place(self, place: Mapping[str, object]) -> None:
        record = str(place.get("record", ""))
        key = Key(str(place.get("part", "")), str(place.get("field", "")))
        household = self.keeper.household
        if household is None:
            return
        for line in self.keeper.lines:
            if line.id == record:
                self._show_child(line)
                self.judge()
                if self.child_form.focus(key) or self.child_form.focus(Key("", key.name)):
                    return
        if record == household.id and self.household_form.focus(key):
            return
        if place.get("blank") and self._may_enter:
            self.new_line()
            self.child_form.focus(key)
            return
        known = {household.id, *(line.id for line in self.keeper.lines)}
        if record and record not in known and not household.new:
            self._notifier.say(Notice(Kind.NOTE, text("entry.child_gone"), topic=NOT_HERE))
        self._focus_start(household)

    def _focus_start(self, household: OpenRecord) -> None:
        if household.new:
            missing = self._judged[household.id].found if household.id in self._judged else ()
            shown = {one.name for one in map(self._key, self.household_form.focusable())}
            if any(one.key.name not in shown and is_missing(one.issue) for one in missing):
                self.household_form.set_more(True)
            start = self.household_form.first_empty() or self.household_form.first()
            if start is not None:
                self.household_form.focus(start)
            return
        start = self.child_form.first_empty() or self.child_form.first()
        if self._current is not None and not self._current.new:
            start = self.child_form.first()
        if start is not None:
            self.child_form.focus(start)

    def _commit_focus(self) -> None:
        form, widget = self._form_with_focus(), self._focused()
        if form is not None and isinstance(widget, FieldEdit):
            self._commit(form, widget.key)
            self._left_field(form, widget.key)

    def save_and_next(self) -> None:
        """Ctrl+Enter: save what is open, then the next line. A warning asks for a reason first; in
        the reason it is Enter.
        """
        if self.foot.is_asking and self.foot.reason.hasFocus():
            self.foot.keep_reason()
            return
        in_household = self._form_with_focus() is self.household_form
        self._commit_focus()
        self.judge()
        if self._asks_reason():
            return
        if not self.keeper.unsaved():
            if self._is_last_of_absent:
                self.leave()
            elif in_household or self._current is None or self._current.new:
                self._stepped_out(self.household_form, 1)
            else:
                self.step_line(1)
            return
        current = self._current
        self.keeper.save(self._declarations())
        if self._is_last_of_absent:
            self.leave()
        elif in_household or current is None:
            self._stepped_out(self.household_form, 1)
        else:
            self.step_line(1)

    @property
    def _is_last_of_absent(self) -> bool:
        """Whether no child follows, nor can one be begun: their household is not here."""
        lines = self.keeper.lines
        return self.keeper.is_absent and (not lines or self._current is lines[-1])

    def _declarations(self) -> dict[str, bool | None]:
        """Everything saved now is declared complete unless the validator finds an error, or
        something odd that nobody gave a reason for.
        """
        self._judge_waiting()
        return {
            one.id: self._is_settled(self._judged[one.id])
            for one in self.keeper.unsaved()
            if one.id in self._judged
        }

    def next_household(self) -> None:
        """F2: save this page, open the next household; after the last one a new one begins."""
        page, household = self.keeper.page, self.keeper.household
        if page is None or household is None:
            return
        self._commit_focus()
        self.judge()
        self._keys.hold()
        self.keeper.save(self._declarations(), self._open_next)

    def _open_next(self) -> None:
        page, household = self.keeper.page, self.keeper.household
        self.keeper.remember()
        if page is None or household is None or household.new:
            self._arrived({})
        elif page.absent:
            self._keys.drop()
            self.leave()
        elif page.following:
            self.open(page.following)
        elif not self._may_enter:
            self._keys.drop()
            self.leave()
        else:
            village = household.values.get("village")
            self._begin(page.owner, village if isinstance(village, str) else "")

    def save_all(self, on_done: object = None) -> None:
        """Save everything without declaring it complete: leaving, closing, before sending."""
        self._commit_focus()
        self.judge()
        done = on_done if callable(on_done) else (lambda: None)
        self.keeper.save({}, done)

    def open_notes(self, *, of_household: bool = False) -> None:
        """F9: the notes of the open child, in the head those of the household; Shift+F9: always of
        the household. What was typed is saved first, for a note belongs to a record.
        """
        head = of_household or self._form_with_focus() is self.household_form
        record = self.keeper.household if head and not self.keeper.is_absent else self._current
        if record is not None:
            self.save_all(partial(self.notes_meant.emit, record))

    def resume(self) -> None:
        """The page is looked at again: the keyboard goes back to where it was."""
        self._focus_place()

    def leave(self) -> None:
        """Back to the list; what was typed is saved first."""
        self.save_all(self.go_back)

    def go_back(self) -> None:
        """Back to the list; nothing waits to be saved. Only now is the page no place to come back
        to, for whoever presses keys while it is being saved has kept it again.
        """
        self._moves.stop()
        self.keeper.forget_place()
        self.left.emit()

    def _saved(self) -> None:
        page = self.keeper.page
        if page is not None and any(
            one.id in page.gone and one.values.get("life_status") == FOLLOWED
            for one in self.keeper.lines
        ):
            self.keeper.reload()  # its household came back with it
        self._judge_later(line.id for line in self.keeper.lines)
        self.judge()
        self.changed.emit()
