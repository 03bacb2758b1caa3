"""Kiểm tra: the second person lays the paper beside the screen, household by household.

Space passes a household, T sends it back with a reason to whoever typed it; both go on to the next
one that waits. What is done is shown when the disk has answered.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.errors import AppError, KnownError
from app.i18n import number, text
from app.services.entry import UnitLine
from app.services.second_check import (
    CheckPage,
    Lists,
    PageState,
    SecondCheck,
    State,
    VillageChecks,
    counted,
)
from app.ui.check.frame import CheckFrame
from app.ui.notify import Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme
from app.ui.villages.places import PlaceLine

T = TypeVar("T")
#: The reason is given by whoever typed it himself, or for sending it back.
_SAME, _RETURN = "same", "return"


class SecondCheckPage(CheckFrame):
    """The page, with what one does on it."""

    def __init__(self, tasks: Tasks, check: SecondCheck, notifier: Notifier, theme: Theme) -> None:
        super().__init__(tasks, notifier, theme)
        self._check = check
        self._villages: list[VillageChecks] = []
        self._village: str | None = None
        self._steps: list[PageState] = []
        self._at = 0
        self._page: CheckPage | None = None
        #: What a given reason is for, and where it leads.
        self._for = ""
        self._place = ("", "", "")
        #: A commune with one officer gives the same reason for every household.
        self._last_reason = ""
        self.sheet.taken = frozenset(
            int(one)
            for one in (
                Qt.Key.Key_Space,
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
                Qt.Key.Key_T,
                Qt.Key.Key_PageUp,
                Qt.Key.Key_PageDown,
            )
        )
        self.sheet.pressed_key.connect(self._key)
        self.ok.clicked.connect(self.pass_page)
        self.back.clicked.connect(self.begin_return)
        self.open.clicked.connect(self.open_page)
        self.reason.returnPressed.connect(self._reason_given)
        self.give.clicked.connect(self._reason_given)
        self.leave.clicked.connect(self.escape)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what waits again, and the household one stood at."""
        self._run(self._check.communes, self._show_communes)
        if self._village is not None:
            at = self._steps[self._at].household if self._steps else ""
            self._read_walk(self._village, at)

    def begin(self) -> None:
        """Put the keyboard where work goes on."""
        target = self.sheet if self._village is not None else self.places
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_communes(self, found: list[UnitLine]) -> None:
        self._take_communes([(one.unit, one.name) for one in found])

    def _read_villages(self) -> None:
        self._run(partial(self._check.villages, self._unit), self._show_villages)

    def _forget_walk(self) -> None:
        self._village, self._page = None, None

    def _show_villages(self, found: list[VillageChecks]) -> None:
        self._villages = found
        lines = [
            PlaceLine(
                one.id,
                one.name or text("register.no_village"),
                text(
                    "second_check.so_far",
                    waiting=number(one.waiting),
                    checked=number(one.checked),
                    households=number(one.households),
                ),
                one.checked,
                one.households,
            )
            for one in found
        ]
        self.places.show_lines(lines, self._village)
        self.show_total(sum(one.waiting for one in found))
        if self._village is None:
            self.show_nothing(empty=not found)

    def _count_again(self) -> None:
        """The numbers of the village one walks, from what was done: a commune is not read again for
        every household.
        """
        self._show_villages(
            [
                counted(one.id, one.name, self._steps) if one.id == self._village else one
                for one in self._villages
            ]
        )

    # --- walking ----------------------------------------------------------------------------

    def _read_walk(self, village: str, at: str) -> None:
        self._run(
            partial(self._check.walk, village, self._unit), partial(self._take_walk, village, at)
        )

    def _take_walk(self, village: str, at: str, steps: list[PageState]) -> None:
        self._village, self._steps = village, steps
        if not steps:
            self._village = None
            self.show_nothing(empty=False)
            return
        places = [place for place, one in enumerate(steps) if one.household == at]
        waiting = [place for place, one in enumerate(steps) if _waits(one)]
        self._at = (places or waiting or [0])[0]
        self._read_page()

    def _read_page(self) -> None:
        self._asked += 1
        read = partial(self._check.page, self._steps[self._at].household)
        self._run(read, partial(self._show_page, self._asked))

    def _show_page(self, asked: int, page: CheckPage) -> None:
        if asked != self._asked or not self._steps:
            return
        self._page = page
        self._steps[self._at] = page.state
        self.hide_reason()
        self.show_page(page, self._at + 1, len(self._steps))
        inside = self.stack.isAncestorOf(self.window().focusWidget() or self)
        if self._begun or inside:
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        self._begun = False

    def step(self, by: int) -> None:
        """Go to the next or previous household, waiting or not."""
        if self._steps and not self._writing:
            self._at = max(0, min(len(self._steps) - 1, self._at + by))
            self._read_page()

    def _go_on(self) -> None:
        order = [*range(self._at + 1, len(self._steps)), *range(self._at)]
        found = next((at for at in order if _waits(self._steps[at])), None)
        if found is None:
            self.tell(text("second_check.village_done"))
        else:
            self._at = found
        self._read_page()

    def open_page(self) -> None:
        """Enter: the household's page."""
        if self._page is not None and self._in_sight:
            self.open_household.emit(self._page.state.household, self.sheet.place[0])

    @property
    def _in_sight(self) -> bool:
        """Whether the sheet shows the household that one stands at: a key that comes before it is
        shown was meant for one that nobody has seen yet, and does nothing.
        """
        page, steps = self._page, self._steps
        return (
            page is not None and bool(steps) and page.state.household == steps[self._at].household
        )

    def _key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space:
            # A key that is held down would pass a whole village unseen.
            if not event.isAutoRepeat():
                self.pass_page()
        elif key == Qt.Key.Key_T:
            self.begin_return()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_page()
        else:
            self.step(1 if key == Qt.Key.Key_PageDown else -1)

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
        lists = Lists(
            poverty=self.poverty.isChecked(),
            allowance=self.allowance.isChecked(),
            other=self.other.isChecked(),
        )
        deed = partial(self._check.check, page.state.household, page.heads, lists, reason)
        self._tasks.run(deed, self._passed, self._not_done, lane=Lane.WRITE, owner=self)

    def _passed(self, state: PageState) -> None:
        self._writing = False
        self._stands(state)
        page = self._page
        head = "" if page is None else str(page.page.household.open_values.get("head_name") or "")
        self._done(text("second_check.done", head=head))

    def begin_return(self) -> None:
        """T: the household, or the child and field under the keyboard, does not agree."""
        if not self._in_sight or self._writing or self.reason_card.isVisible():
            return
        self._for, self._place = _RETURN, self.sheet.place
        self.ask_reason(text("second_check.reason_return", what=self._place[2]), "")

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
        self._notifier.say(error_notice(error))
        self.hide_reason()
        self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(error, KnownError):
            self._read_page()

    def escape(self) -> bool:
        """Escape: out of the reason, out of the walk; whether there was something to leave."""
        if self.reason_card.isVisible():
            self.hide_reason()
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if self._writing:
            return True  # what is on its way to the disk is told where it was done
        if self._village is not None and not self.places.hasFocus():
            self._forget_walk()
            self.show_nothing(empty=False)
            self.places.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False


def _waits(one: PageState) -> bool:
    return one.finished and one.state in (State.NEVER, State.CHANGED)
