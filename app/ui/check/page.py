"""Kiểm tra: the second person lays the paper beside the screen, household by household.

Space passes a household, T sends it back with a reason to whoever typed it; both go on to the next
one that waits. G types it again without seeing it; right after that only Ctrl+Enter passes, for
whoever looks at the paper types on. What is done is shown when the disk has answered.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.errors import AppError, KnownError
from app.i18n import text
from app.services.retyping import Retyping
from app.services.samples import Samples
from app.services.second_check import (
    Lists,
    PageState,
    SecondCheck,
    State,
)
from app.ui.check.half_done import CheckPlace
from app.ui.check.walking import CheckWalk
from app.ui.drafts import DraftDesk
from app.ui.notify import Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: The reason is given by whoever typed it himself, or for sending it back.
_SAME, _RETURN = "same", "return"


class SecondCheckPage(CheckWalk):
    """The page, with what one does on it."""

    def __init__(
        self,
        tasks: Tasks,
        check: SecondCheck,
        retyping: Retyping,
        samples: Samples,
        drafts: DraftDesk,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tasks, check, retyping, samples, drafts, notifier, theme, parent)
        #: What a given reason is for, and where it leads.
        self._for = ""
        self._place = ("", "", "")
        self.sheet.taken = frozenset(
            int(one)
            for one in (
                Qt.Key.Key_Space,
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
                Qt.Key.Key_T,
                Qt.Key.Key_G,
                Qt.Key.Key_PageUp,
                Qt.Key.Key_PageDown,
            )
        )
        self.sheet.pressed_key.connect(self._key)
        self.sheet.passed.connect(self.pass_page)
        self.sheet.typed_on.connect(self._typed_on)
        self.sheet.looked.connect(self.show_keys)
        self.ok.clicked.connect(self.pass_page)
        self.back.clicked.connect(self.begin_return)
        self.again.clicked.connect(self.retype)
        self.open.clicked.connect(self.open_page)
        self.reason.returnPressed.connect(self._reason_given)
        self.reason.textEdited.connect(self._reason_typed)
        self.give.clicked.connect(self._reason_given)
        self.leave.clicked.connect(self.escape)

    def open_page(self) -> None:
        """Enter: the household's page."""
        if self._page is not None and self._in_sight:
            self.open_household.emit(self._page.state.household, self.sheet.place[0])

    @property
    def keys_in_sight(self) -> str:
        """Which list of keys F12 shows."""
        if self._retypes:
            return "differences" if self.area.decides else "retyping"
        return "check_after" if self._walks and self.sheet.guarded else "check"

    def _key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space:
            # A key that is held down would pass a whole village unseen.
            if not event.isAutoRepeat():
                self.pass_page()
        elif key == Qt.Key.Key_T:
            self.begin_return()
        elif key == Qt.Key.Key_G:
            self.retype()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_page()
        else:
            self.step(1 if key == Qt.Key.Key_PageDown else -1)

    def _typed_on(self) -> None:
        """Somebody types on who looks at the paper: nothing is done, and how to go on is said."""
        QApplication.beep()
        how = text("retyping.typed_on")
        if how not in self.told.whole:
            self.tell(f"{how} {self.told.whole}".strip(), "warning")

    def retype(self) -> None:
        """G: type this household again, also one that was checked."""
        if self._in_sight and not self._writing and not self.reason_card.isVisible():
            self.begin_retyping(seen_first=True)

    # --- passing and sending back -----------------------------------------------------------

    def pass_page(self) -> None:
        """All agrees with the paper."""
        page = self._page
        if page is None or not self._in_sight or self._writing or self.reason_card.isVisible():
            return
        if page.state.state is State.CHECKED:
            self._go_on()
        elif page.typed_by_me and page.state.finished:
            self._for = _SAME
            self.ask_reason(text("second_check.reason_same"), self._last_reason)
        else:
            self._pass("")

    def _pass(self, reason: str) -> None:
        page = self._page
        if page is None:
            return
        self._writing = True
        if self.sheet.guarded:
            # Straight from the paper to the next household: what is typed on is meant for it.
            self.area.hold_keys()
        lists = Lists(
            poverty=self.poverty.isChecked(),
            allowance=self.allowance.isChecked(),
            other=self.other.isChecked(),
        )
        deed = partial(self._check.check, page.state.household, page.heads, lists, reason)
        self._tasks.run(deed, self._passed, self._not_done, lane=Lane.WRITE, owner=self)

    def _passed(self, state: PageState) -> None:
        self._writing = False
        self.half_done.drop_reasons(state.household)
        self._stands(state)
        page = self._page
        head = "" if page is None else str(page.page.household.open_values.get("head_name") or "")
        self._done(text("second_check.done", head=head))

    def begin_return(self) -> None:
        """T: the household, or the child and field under the keyboard, does not agree."""
        if not self._in_sight or self._writing or self.reason_card.isVisible():
            return
        self._return(*self.sheet.place)

    def _return(self, child: str, field: str, what: str) -> None:
        """Ask why this goes back; what was typed of it before stands there again."""
        self._for, self._place = _RETURN, (child, field, what)
        before = self.half_done.reason(self._steps[self._at].household, child, field)
        self.ask_reason(text("second_check.reason_return", what=what), before)
        self.reason.end(False)

    def _go_on_returning(self, place: CheckPlace) -> None:
        self.sheet.go_to(place.child, place.field)
        self._return(place.child, place.field, place.what)

    def _reason_typed(self, reason: str) -> None:
        if self._for == _RETURN and self._steps:
            child, field, what = self._place
            place = replace(self._here(), returning=True, child=child, field=field, what=what)
            self.half_done.keep_reason(place, reason)

    def _reason_given(self) -> None:
        reason = self.reason.text().strip()
        if not reason or self._page is None or self._writing:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._for == _SAME:
            self._last_reason = reason
            self._pass(reason)
            return
        child, field, _ = self._place
        self._writing = True
        household = self._page.state.household
        deed = partial(self._check.return_, household, reason, child=child, field=field)
        self._tasks.run(deed, self._returned, self._not_done, lane=Lane.WRITE, owner=self)

    def _returned(self, _nothing: None) -> None:
        self._writing = False
        if self._page is not None:
            self.half_done.drop_reasons(self._page.state.household)
            self._stands(replace(self._page.state, state=State.RETURNED))
        self._done(text("second_check.returned"))

    def _stands(self, state: PageState) -> None:
        """What a household comes to now, in the walk and on the sheet that still shows it."""
        self._steps = [state if one.household == state.household else one for one in self._steps]
        if self._page is not None and self._page.state.household == state.household:
            self._page = replace(self._page, state=state)

    def _done(self, words: str) -> None:
        self.hide_reason()
        self.tell(words)
        self.changed.emit()
        self._count_again()
        self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go_on()

    def _not_done(self, error: AppError) -> None:
        """It was refused: say why; what was changed meanwhile is shown as it stands now."""
        self._writing = False
        self.area.drop_keys()
        self._notifier.say(error_notice(error))
        self.hide_reason()
        self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(error, KnownError):
            self._read_page()

    def _leave_reason(self) -> None:
        """Nothing goes back for now; what was typed of it waits."""
        self.hide_reason()
        if self._for == _RETURN and self._steps:
            home, (child, field, what) = self._steps[self._at].household, self._place
            self.half_done.leave(home)
            if self.half_done.reason(home, child, field).strip():
                self.tell(text("second_check.reason_waits", what=what), "")

    def escape(self) -> bool:
        """Escape: out of the reason, out of the walk; whether there was something to leave."""
        if self.suggestions.is_open:
            self.suggestions.close_list()
            return True
        if self._retypes and self.area.close_help():
            return True
        if self.help.close_help():
            return True
        if self.reason_card.isVisible():
            self._leave_reason()
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if self._writing:
            return True  # what is on its way to the disk is told where it was done
        if self._retypes and self.area.busy:
            return True
        if self._retypes and self._sample is None and self.area.seen_first:
            self._show_sheet()
            return True
        if self._walks and not self.places.hasFocus():
            self._forget_walk()
            self.show_nothing(empty=False)
            self.places.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False
