"""How the open page stands to the second person, told in its head: read beside the window's thread
whenever the page was opened or saved, or something arrived.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.errors import AppError
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
        if state is None or not (state.finished or state.state is State.RETURNED):
            self._say_nothing()
            return
        words, look = short_state_words(state)
        self._page.show_check(words, look, state_words(state)[0])

    def _failed(self, error: AppError) -> None:
        self._say_nothing()
        self._page.notifier.say(error_notice(error))
