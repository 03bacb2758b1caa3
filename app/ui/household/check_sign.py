"""How the open page stands to the second person, told in its head: read beside the window's thread
whenever the page was opened or saved, or something arrived.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from app.errors import AppError
from app.i18n import text
from app.services.returns import ReturnedRecord
from app.services.second_check import PageState, SecondCheck, State
from app.ui.check.state_words import short_state_words, state_words
from app.ui.household.page import HouseholdPage
from app.ui.notify import error_notice
from app.ui.tasks import Tasks


class CheckSign(QObject):
    """The sign of one page. Of a page that is not finished nothing is said but that it came back:
    nobody checks it yet.
    """

    def __init__(self, tasks: Tasks, check: SecondCheck, page: HouseholdPage) -> None:
        super().__init__(page)
        self._tasks, self._check, self._page = tasks, check, page
        page.keeper.page_opened.connect(self._say_nothing)
        page.keeper.page_stands.connect(self.read)
        page.keeper.page_changed.connect(self.read)
        page.changed.connect(self.read)

    def read(self) -> None:
        """Ask how the page stands now."""
        household = self._page.keeper.household
        if household is None or household.new or not household.id:
            self._say_nothing()
            return
        ask = partial(self._check.state_of, household.id)
        self._tasks.run(ask, partial(self._show, household.id), self._failed, owner=self)

    def _say_nothing(self) -> None:
        self._page.show_check("", "")

    def _show(self, asked: str, state: PageState | None) -> None:
        household = self._page.keeper.household
        if household is None or household.id != asked:
            return
        self._page.show_sent_back(() if state is None else state.returned)
        if state is not None and state.returned:
            # A unit above may have sent it back, which is no state of the check here.
            state = replace(state, state=State.RETURNED)
        if state is None or not (state.finished or state.state is State.RETURNED):
            self._say_nothing()
            return
        words, look = short_state_words(state)
        said = [state_words(state)[0], *map(self._told, state.returned)]
        self._page.show_check(words, look, "\n".join(said))

    def _told(self, one: ReturnedRecord) -> str:
        """Who sent back which field of whom, on which day, and why."""
        forms = self._page.keeper.codecs["child" if one.child else "household"]
        field = str(forms[one.field].field.label) if one.field in forms else one.field
        what = " · ".join(filter(None, (one.name or text("entry.no_name"), field)))
        said = text("second_check.sent_back", by=one.by, reason=one.reason)
        day = "/".join(reversed(one.on.split("-")))
        return f"{what}: {said} ({day})" if day else f"{what}: {said}"

    def _failed(self, error: AppError) -> None:
        self._say_nothing()
        self._page.notifier.say(error_notice(error))
