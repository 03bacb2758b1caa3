"""Typing a household again: the empty fields, then what differs, then what becomes of it.

What is typed again is kept as a draft at every change, like everything that is typed here, and is
there again when somebody comes back to the household. It is forgotten when the result is on disk.
Who has once seen what differs does not type any more: what was typed again could then be made to
agree. A slip of one's own is said by letting the first text stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError, KnownError
from app.forms.issues import Value
from app.i18n import number, text
from app.services.retyping import Comparison, Decision, Outcome, Place, RetypeForm, Retyping
from app.ui.check.kept import DRAFTS, Kept
from app.ui.check.retype_frame import RetypeFrame
from app.ui.drafts import DraftDesk
from app.ui.held_keys import HeldKeys
from app.ui.household.field_edit import SuggestionList
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme, set_state

_TOPIC = "retyping"


class RetypeArea(RetypeFrame):
    """The area. `settled` gives the household and what came of it."""

    settled = Signal(str, object)
    #: There is nothing to type again on the page of this household.
    nothing = Signal(str)
    skipped = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        retyping: Retyping,
        drafts: DraftDesk,
        notifier: Notifier,
        theme: Theme,
        suggestions: SuggestionList,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, suggestions, parent)
        self._tasks, self._retyping, self._drafts = tasks, retyping, drafts
        self._notifier = notifier
        self._household, self._sample = "", ""
        self._children: tuple[str, ...] = ()
        self._form: RetypeForm | None = None
        self._asked = 0
        self._busy = False
        #: What came of the household before.
        self._before = ""
        self._kept = Kept()
        self._seen_first = False
        #: What was compared: exactly that is kept, whatever comes to stand in the fields meanwhile.
        self._values: dict[Place, Value] = {}
        #: How many fields were seen to differ and do not any more: the page was changed meanwhile.
        self._mended = 0
        #: Whoever types on at once after the last Enter means the fields that come.
        self._keys = HeldKeys(self)
        self.on.clicked.connect(self.compare)
        self.done.clicked.connect(self.finish)
        self._drafts.failed.connect(self._keys.drop)
        self.form.changed.connect(self._keep)
        self.form.entered.connect(self._moved)
        self.form.finished.connect(self.compare)
        self.form.skipped.connect(self.skipped)
        self.table.finished.connect(self.finish)
        self.table.changed.connect(self._decided)

    # --- beginning --------------------------------------------------------------------------

    def begin(
        self,
        household: str,
        place: str,
        children: tuple[str, ...] = (),
        sample: str = "",
        *,
        seen_first: bool = False,
    ) -> None:
        """Ask for a household's fields; `place` says which of how many it is, `seen_first` that its
        sheet was in sight right before.
        """
        self._seen_first = seen_first
        self._household, self._children, self._sample = household, children, sample
        self._form = None
        self._asked += 1
        self._keys.hold()
        self.help.hide()
        self.place.setText(place)
        read = partial(self._retyping.form, household, children)
        self._tasks.run(read, partial(self._read_draft, self._asked), self._failed, owner=self)

    def _read_draft(self, asked: int, form: RetypeForm) -> None:
        if asked == self._asked:
            self._drafts.read(partial(self._show, asked, form))

    def _show(
        self, asked: int, form: RetypeForm, drafts: Mapping[str, Mapping[str, object]]
    ) -> None:
        if asked != self._asked:
            return
        if not form.blanks:
            self.nothing.emit(form.household)
            return
        self._form = form
        self._kept = kept = Kept.of(drafts.get(DRAFTS + form.household, {}))
        kept.seen_first = kept.seen_first or self._seen_first
        found = {one.place: kept.texts.get(one.place, "") for one in form.blanks}
        locked = kept.compared.intersection(found)
        self.head.say(text("retyping.head", village=form.village, number=form.number))
        before, self._before = self._before, ""
        self._say(text("retyping.went_on") if any(found.values()) else "")
        if before and not any(found.values()):
            self.told.say(before)
            set_state(self.told, "done")
        self._show_typing()
        self.form.show_blanks(form.blanks, found, form.today.year, locked, kept.at)
        if len(locked) == len(found):
            self.compare()
        else:
            self._keys.release()

    def _show_typing(self) -> None:
        self.stack.setCurrentIndex(0)
        form = self._form
        if form is not None:
            words = text("retyping.hint", fields=number(len(form.blanks)))
            if form.masked:
                words = f"{words} {text('retyping.masked', fields=number(form.masked))}"
            locked = self._kept.compared.intersection(one.place for one in form.blanks)
            if locked:
                words = f"{words} {text('retyping.locked', fields=number(len(locked)))}"
            if form.mine:
                words = f"{words} {text('retyping.mine')}"
            self.hint.setText(words)
            set_state(self.hint, "warning" if form.mine else "")
        self._typing.show()
        self._deciding.hide()

    def _keep(self) -> None:
        """Keep what is typed again so far."""
        if self._form is None:
            return
        self._kept.take(self.form.texts, self._form.blanks)
        self._kept.at = self.form.at
        self._put()

    def _moved(self) -> None:
        """Keep which field the keyboard is in, once something was typed."""
        if self._form is not None and self._kept.texts and self._kept.at != self.form.at:
            self._kept.at = self.form.at
            self._drafts.put(DRAFTS + self._household, self._kept.draft, quietly=True)

    def _put(self) -> None:
        self._drafts.put(DRAFTS + self._household, self._kept.draft)

    def _decided(self) -> None:
        self._kept.decided |= self.table.decided
        self._put()
        self._show_left()

    def tell(self, words: str) -> None:
        """Say what came of the household before; it stands until the next thing is to be said."""
        self._before = words

    # --- comparing and deciding -------------------------------------------------------------

    def compare(self) -> None:
        """Lay both texts side by side."""
        form = self._form
        if form is None or self._busy:
            return
        if self.form.untouched:
            self._say(text("retyping.untouched"))
            return
        self._busy = True
        self._keys.hold()
        self._values = self.form.values
        ask = partial(
            self._retyping.compare, form.household, form.heads, self._values, self._children
        )
        self._tasks.run(ask, self._compared, self._failed, owner=self)

    def _compared(self, found: Comparison) -> None:
        self._busy = False
        differ = {one.place for one in found.differences}
        self._mended = len(self._kept.differed.intersection(self._values) - differ)
        if not found.differences:
            self.table.show_differences(())
            self.finish()
            return
        # What was typed on was meant for the next household: here it would decide unseen.
        self._keys.drop()
        self.stack.setCurrentIndex(1)
        self.hint.setText(text("retyping.decide_hint", count=number(len(found.differences))))
        set_state(self.hint, "")
        self._typing.hide()
        self._deciding.show()
        self.table.show_differences(found.differences, self._kept.decided)
        self._kept.compared.update(self._values)
        self._kept.differed.update(one.place for one in found.differences)
        self._put()
        self.decide[Decision.TAKE].setEnabled(any(one.may_take for one in found.differences))
        self._show_left()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_left(self) -> None:
        left = self.table.rowCount() - len(self.table.decided)
        self.done.setEnabled(not left)
        words = text("retyping.left", count=number(left)) if left else ""
        self._say(words)

    def finish(self) -> None:
        """Keep what came of it."""
        form = self._form
        if form is None or self._busy:
            return
        if not self.table.is_decided:
            self._show_left()
            return
        self._busy = True
        self._keys.hold()
        deed = partial(
            self._retyping.settle,
            form.household,
            form.heads,
            self._values,
            dict(self.table.decided),
            self._children,
            self._sample,
            seen_first=self._kept.seen_first,
            mended=self._mended,
        )
        done = partial(self._settled, form.household)
        self._tasks.run(deed, done, self._failed, lane=Lane.WRITE, owner=self)

    def _settled(self, household: str, done: Outcome) -> None:
        self._busy = False
        self._form = None
        if self._kept.forget(self._values):
            self._drafts.put(DRAFTS + household, self._kept.draft, quietly=True)
        else:
            self._drafts.drop(DRAFTS + household, quietly=True)
        if done.errors:
            words = text("retyping.errors", count=number(done.errors))
            self._notifier.say(Notice(Kind.WARNING, words, topic=_TOPIC))
        if done.elsewhere:
            words = text("retyping.elsewhere", unit=done.elsewhere)
            self._notifier.say(Notice(Kind.WARNING, words, topic=_TOPIC))
        self.settled.emit(household, done)

    def _failed(self, error: AppError) -> None:
        """It was refused: say why; what was typed again is kept and asked for anew."""
        self._busy = False
        self._keys.drop()
        self._notifier.say(error_notice(error))
        if self._form is not None and isinstance(error, KnownError):
            self.begin(
                self._household,
                self.place.text(),
                self._children,
                self._sample,
                seen_first=self._kept.seen_first,
            )

    # --- leaving ----------------------------------------------------------------------------

    @property
    def household(self) -> str:
        """Whose fields are shown."""
        return self._household

    def asks_for(self, household: str, children: tuple[str, ...], sample: str) -> bool:
        """Whether just these fields are shown, for just this."""
        asked = self._household, self._children, self._sample
        return self._form is not None and asked == (household, children, sample)

    @property
    def seen_first(self) -> bool:
        """Whether the sheet of this household was in sight before it is typed again."""
        return self._seen_first or (self._form is not None and self._kept.seen_first)

    @property
    def busy(self) -> bool:
        """Whether something is on its way to the disk or being compared."""
        return self._busy

    def leave(self) -> None:
        """Somebody goes on elsewhere: what was typed again is kept, and nothing comes of it yet."""
        self._asked += 1
        self._form = None
        self._keys.drop()

    def hold_keys(self) -> None:
        """From now on keys wait for the fields that come."""
        self._keys.hold()

    def drop_keys(self) -> None:
        """No fields come: what was typed on was meant for nothing that is in sight."""
        self._keys.drop()

    def begin_typing(self) -> None:
        """Put the keyboard where it was."""
        if self.decides:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.form.begin()
