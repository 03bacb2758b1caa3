"""The pages of the opened program: which of them an account has, and how each is built.

A page is built when somebody first comes to it; what it asks of the window is connected here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.services.entry import Entry
from app.services.rights import Right
from app.services.services import Services
from app.ui.admin.page import AdminPage
from app.ui.check.page import SecondCheckPage
from app.ui.conflicts.page import ConflictsPage
from app.ui.crosscheck.page import CrossCheckPage
from app.ui.drafts import DraftDesk
from app.ui.duplicates.page import DuplicatesPage
from app.ui.handover.page import HandoverPage
from app.ui.handover.services_desk import ServicesDesk
from app.ui.home.page import HomePage
from app.ui.importing.page import ImportPage
from app.ui.issues.page import IssuesPage
from app.ui.moves.page import MovesPage
from app.ui.notify import NoticeBar
from app.ui.pages import NamedPage, Navigation, PageStack
from app.ui.police.page import PolicePage
from app.ui.quarter.begun_events import BegunEvents
from app.ui.quarter.event_drafts import EventDrafts
from app.ui.quarter.page import QuarterPage
from app.ui.register.page import RegisterPage
from app.ui.tab_order import set_tab_order
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class ShellPages(QWidget):
    """The window's pages. What holds them together and leads from one to the other lies above."""

    #: A backup that is to take the place of the register: it has to be closed first.
    restore_wanted = Signal(object)

    _services: Services
    _tasks: Tasks
    _theme: Theme
    _timer: QTimer
    _may_read: bool
    _events_kept: EventDrafts
    _events_begun: BegunEvents
    entry: Entry
    drafts: DraftDesk
    notices: NoticeBar
    pages: PageStack
    navigation: Navigation
    home: HomePage
    register: RegisterPage

    def _makers(self) -> dict[str, Callable[[], NamedPage]]:
        """What builds the pages that this account has the right to."""
        rights = self._services.workplace.account.rights
        makers: dict[str, Callable[[], NamedPage]] = {
            "home": lambda: _named(self.home),
            "admin": lambda: _named(self.admin),
        }
        if self._may_read:
            makers["register"] = lambda: NamedPage(
                self.register, self.register.load, self.register.focus_list
            )
            makers["issues"] = lambda: _named(self.issues)
            makers["conflicts"] = lambda: _named(self.conflicts)
            makers["duplicates"] = lambda: _named(self.duplicates)
            makers["moves"] = lambda: _named(self.moves)
            if not self._services.workplace.gathers:  # a list is of one commune
                makers["police"] = lambda: _named(self.police)
            makers["crosscheck"] = lambda: _named(self.crosscheck)
        if Right.ENTER in rights:
            makers["quarter"] = lambda: _named(self.quarter)
        if self._services.second_check.may_check:
            makers["check"] = lambda: _named(self.check)
        if Right.HANDOVER in rights:
            makers["handover"] = lambda: _named(self.handover)
        return makers

    @cached_property
    def quarter(self) -> QuarterPage:
        """The quarterly review."""
        services, rights = self._services, self._services.workplace.account.rights
        page = QuarterPage(
            self._tasks,
            services.quarter,
            services.life_events,
            self.notices,
            self._theme,
            self._events_kept,
            self.pages,
            may_enter=Right.ENTER in rights,
        )
        page.open_household.connect(self.open_household)
        page.changed.connect(self._timer.start)
        self._events_begun.counted.connect(page.show_stranded)
        page.discard.clicked.connect(self._events_begun.give_up)
        return page

    @cached_property
    def issues(self) -> IssuesPage:
        """Errors and warnings of the whole store."""
        book = self._services.issue_book
        page = IssuesPage(self._tasks, book, self.entry, self.notices, self._theme, self.pages)
        page.open_place.connect(self._open_place)
        return page

    @cached_property
    def conflicts(self) -> ConflictsPage:
        """What two people wrote differently."""
        services = self._services
        page = ConflictsPage(
            self._tasks,
            services.conflicts,
            services.conflict_lines,
            self.entry,
            self.notices,
            self._theme,
            self.pages,
            may_enter=Right.ENTER in services.workplace.account.rights,
        )
        page.open_place.connect(self._open_place)
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def moves(self) -> MovesPage:
        """Who left one book and who came into another."""
        services = self._services
        page = MovesPage(
            self._tasks,
            services.moves,
            self.notices,
            self._theme,
            self.pages,
            may_enter=Right.ENTER in services.workplace.account.rights,
        )
        page.open_place.connect(self._open_place)
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def duplicates(self) -> DuplicatesPage:
        """Children that were written twice."""
        services = self._services
        page = DuplicatesPage(
            self._tasks,
            services.duplicate_pairs,
            self.notices,
            self._theme,
            self.pages,
            may_enter=Right.ENTER in services.workplace.account.rights,
        )
        page.open_place.connect(self._open_place)
        page.open_conflicts.connect(partial(self.navigation.go_to, "conflicts"))
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def crosscheck(self) -> CrossCheckPage:
        """Lists beside the book."""
        services, rights = self._services, self._services.workplace.account.rights
        page = CrossCheckPage(
            self._tasks,
            services.crosscheck,
            services.crosscheck_papers,
            self.notices,
            self._theme,
            self.pages,
            may_enter=Right.ENTER in rights,
            may_print=Right.PRINT in rights,
            may_export=Right.EXPORT in rights,
        )
        page.open_place.connect(self._open_place)
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def police(self) -> PolicePage:
        """Lists for the commune police, and what comes back of them."""
        services, account = self._services, self._services.workplace.account
        page = PolicePage(
            self._tasks,
            services.police_lists,
            services.police_answers,
            self.notices,
            self._theme,
            self.pages,
            receiver=account.full_name or account.name,
            may_export=Right.EXPORT in account.rights,
            may_enter=Right.ENTER in account.rights,
            may_print=Right.PRINT in account.rights,
        )
        page.open_household.connect(self.open_household)
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def importing(self) -> ImportPage:
        """Children from a list in a file. The navigation does not name it: it stands under the
        register.
        """
        services = self._services
        page = ImportPage(
            self._tasks,
            services.import_look,
            services.register_import,
            services.import_issues,
            self.entry,
            self.notices,
            self._theme,
            self.pages,
        )
        self.pages.addWidget(page)
        set_tab_order(page)
        page.left.connect(self._back_from_import)
        page.changed.connect(self._timer.start)
        return page

    @property
    def at_import(self) -> bool:
        """Whether the page of imports is what is shown."""
        return "importing" in self.__dict__ and self.pages.currentWidget() is self.importing

    def show_import(self) -> None:
        """The page of imports, at the step where somebody left it."""
        page = self.importing
        self.navigation.show_at("register")
        self.pages.setCurrentWidget(page)
        page.load()
        page.begin()

    def _back_from_import(self) -> None:
        if self.at_import:
            self.navigation.go_to("register")

    @cached_property
    def check(self) -> SecondCheckPage:
        """The second person's page."""
        services = self._services
        page = SecondCheckPage(
            self._tasks,
            services.second_check,
            services.retyping,
            services.samples,
            self.drafts,
            self.notices,
            self._theme,
            self.pages,
        )
        page.open_household.connect(self.open_household)
        page.changed.connect(self._timer.start)
        return page

    @cached_property
    def admin(self) -> AdminPage:
        """People, certificate and backups of this PC."""
        page = AdminPage(self._tasks, self._services, self.notices, self._theme, self.pages)
        page.changed.connect(self._timer.start)
        page.restore_wanted.connect(self.restore_wanted)
        return page

    @cached_property
    def handover(self) -> HandoverPage:
        """Sending, receiving and the register of handovers."""
        services = self._services
        desk = ServicesDesk(
            services.handovers,
            services.workplace,
            services.waiting,
            services.entry,
            services.second_check,
            services.verification,
            services.resurveys,
            services.resurvey_papers,
        )
        page = HandoverPage(
            self._tasks, desk, self.notices, self._theme, self.entry.unit_name, self.pages
        )
        page.save_first.connect(self._save_first)
        page.received.connect(self._received)
        page.sent.connect(self._timer.start)
        page.record_wanted.connect(self.open_household)
        page.place_wanted.connect(self._open_place)
        page.errors_wanted.connect(lambda: self.navigation.go_to("issues"))
        page.sending.may_see_errors = self._may_read
        return page

    # --- what lies above --------------------------------------------------------------------

    def open_household(self, household: str, child: str = "") -> None:
        """Open a household page, at a child when one is named."""
        raise NotImplementedError

    def _open_place(self, place: Mapping[str, object]) -> None:
        """Open a household page, at a field of a record when they are named."""
        raise NotImplementedError

    def _save_first(self, on_done: Callable[[], None]) -> None:
        """Save what is typed before it is counted to be sent."""
        raise NotImplementedError

    def _received(self) -> None:
        """Records came in: what is open looks again."""
        raise NotImplementedError


def _named(
    page: HomePage
    | ConflictsPage
    | DuplicatesPage
    | CrossCheckPage
    | HandoverPage
    | IssuesPage
    | MovesPage
    | PolicePage
    | QuarterPage
    | SecondCheckPage
    | AdminPage,
) -> NamedPage:
    return NamedPage(page, page.load, page.begin)
