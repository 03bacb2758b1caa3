"""The window once it is unlocked: navigation at left, search and unit on top, the page, the truth
about what is saved at the foot.

Only pages that exist are in the navigation. Leaving a page, locking and closing save what was typed
first; nothing is ever asked about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import text
from app.models.drafts import DraftStore
from app.services.lists import ListFilter
from app.services.rights import Right, allows
from app.services.services import Services
from app.services.standing import Standing
from app.services.worklist import Duty
from app.ui.admin.page import section_names
from app.ui.check.kept import DRAFTS as RETYPED
from app.ui.drafts import DraftDesk
from app.ui.duplicates.at_entry import SimilarChildren
from app.ui.home.page import HomePage
from app.ui.household.check_sign import CheckSign
from app.ui.household.commune_choice import CommuneChoice
from app.ui.household.keeper import NOT_HERE, Keeper
from app.ui.household.page import HouseholdPage
from app.ui.household.page_mistakes import PageMistakes
from app.ui.household.page_notes import PageNotes
from app.ui.notes.drafts import DRAFTS as NOTES
from app.ui.notify import Kind, Notice, NoticeBar, error_notice
from app.ui.pages import Navigation, PageStack, page_keys
from app.ui.quarter.begun_events import BegunEvents
from app.ui.quarter.event_drafts import DRAFTS as EVENTS
from app.ui.quarter.event_drafts import EventDrafts
from app.ui.register.page import RegisterPage
from app.ui.save_waits import SaveWaits
from app.ui.shell_pages import ShellPages
from app.ui.shortcut_list import ShortcutList, explains_fields
from app.ui.status_line import StatusLine
from app.ui.table_export import KEYS, TableExporting
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.top_bar import TopBar
from app.ui.upkeep import Upkeep

_STANDING_REST = 400
#: Pages that one goes on with after a household that was opened there.
_COMES_BACK = frozenset(
    (
        "issues",
        "quarter",
        "crosscheck",
        "police",
        "check",
        "conflicts",
        "duplicates",
        "moves",
        "handover",
    )
)
#: How many records a notice names.
_MOST_NAMES = 5


class Shell(ShellPages):
    """The opened program. `locked` comes when the person goes away; everything is saved then."""

    locked = Signal()
    #: A backup that is to take the place of the register: it has to be closed first.
    restore_wanted = Signal(object)

    def __init__(
        self,
        services: Services,
        open_drafts: Callable[[], DraftStore],
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._services = services
        self._tasks = tasks
        self._theme = theme
        self.entry = services.entry
        self.drafts = DraftDesk(tasks, open_drafts, self, services.workplace.account.name)
        self._events_kept = EventDrafts(self.drafts)
        self.keeper = Keeper(tasks, self.entry, self.drafts, self)
        self.notices = NoticeBar(self)
        self._events_begun = BegunEvents(
            tasks, services.life_events, self._events_kept, self.notices, self
        )
        self.exporting = TableExporting(tasks, services.table_export, self.notices, theme, self)
        self.status = StatusLine(theme, self)
        rights = services.workplace.account.rights
        #: Who may not read persons has no list of them, and nothing to search in.
        self._may_read = allows(rights, Right.READ)
        makers = self._makers()
        # In the order in which Tab goes through them.
        self.navigation = Navigation(theme, tuple(makers), self)
        self.head = TopBar(
            services.workplace.settings,
            self.notices,
            theme,
            self,
            trial=services.workplace.demonstration,
        )
        self.pages = PageStack(makers, self)
        self.register = RegisterPage(
            tasks,
            self.entry,
            services.lists,
            services.list_export,
            services.issue_book,
            rights,
            self.notices,
            theme,
            self.pages,
        )
        self.household = HouseholdPage(
            tasks, self.entry, self.keeper, self.notices, theme, rights, services.revealing
        )
        self.page_notes = PageNotes(
            tasks, services.notes, self.drafts, self.household, self.pages, theme, rights
        )
        self.commune = CommuneChoice(
            tasks, self.entry.owners_called, self._say_error, theme, self.pages
        )
        if self._may_read:
            CheckSign(tasks, services.second_check, self.household)
            PageMistakes(tasks, services.mistakes, self.household)
            self.page_notes.connect_page()
        #: The page that a household was opened from, where its way back leads there.
        self._origin = "register"
        #: Whether the household is left for a page that somebody chose.
        self._elsewhere = False
        self.home = HomePage(tasks, services.worklist, self.notices, theme, rights, self.pages)
        self._going_on = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STANDING_REST)
        self._timer.timeout.connect(self._read_standing)
        self.upkeep = Upkeep(tasks, services, self._say_error, self)
        self.upkeep.backed_up.connect(self._read_standing)
        self.upkeep.backed_up.connect(self.home.load)
        page = self.household
        self.save_waits = SaveWaits(
            tasks, self.keeper, self.status, self.notices, lambda: page.holds_keys, self
        )
        self.similar = SimilarChildren(
            tasks,
            services.duplicates_at_entry,
            self.notices,
            self.keeper,
            self,
            may_enter=self._may_read and Right.ENTER in rights,
        )
        self._build()
        self._connect()
        self._bind_keys()

    # --- building ---------------------------------------------------------------------------

    def _build(self) -> None:
        self.pages.addWidget(self.household)
        for name in ("home", "register"):  # what one starts with, and comes back to
            if name in self.pages.named:
                self.pages.build(name)
        self.pages.setCurrentWidget(self.home)
        self.pages.currentChanged.connect(lambda _place: self._tell_keys())
        self.navigation.show_at("home")
        self.home.offer(self.pages.named, section_names(self._services))
        self.keys = ShortcutList(self, self._theme)
        self.search, self.account = self.head.search, self.head.account
        self.search.setVisible(self._may_read)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        body = QVBoxLayout()
        row.addLayout(body, 1)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.head)
        notices = QHBoxLayout()
        notices.addWidget(self.notices)
        self._notices_row = notices
        self._room_for_notices(0)
        body.addLayout(notices)
        body.addWidget(self.exporting)
        body.addWidget(self.pages, 1)
        body.addWidget(self.status)

    def _connect(self) -> None:
        self.navigation.chosen.connect(self._navigated)
        self.navigation.pressed.connect(self._from_household)
        self.head.keys_wanted.connect(self.keys_toggle)
        self.head.lock_wanted.connect(self.lock)
        self.head.export_wanted.connect(self.export_table)
        self.search.textEdited.connect(self._searching)
        self.search.returnPressed.connect(self._search_done)
        self.home.page_wanted.connect(self.navigation.go_to)
        self.home.list_wanted.connect(self._show_list)
        self.home.section_wanted.connect(self._show_section)
        self.home.handover_wanted.connect(self._show_handover)
        self.home.open_household.connect(self.open_household)
        self.home.new_household.connect(self.new_household)
        self.home.changed.connect(self._timer.start)
        self.home.import_wanted.connect(self.show_import)
        self.register.import_wanted.connect(self.show_import)
        self.register.open_household.connect(self.open_household)
        self.register.new_household.connect(self.new_household)
        self.household.left.connect(self._back_to_list)
        self.household.opened.connect(self._show_household)
        self.household.refused.connect(self._not_opened)
        self.household.commune_wanted.connect(self.commune.ask)
        self.commune.chosen.connect(lambda unit: self.new_household(unit, ""))
        self.household.changed.connect(self._timer.start)
        self.drafts.begun.connect(self._begun)
        self.drafts.settled.connect(lambda: self._settled(draft=True))
        self.drafts.failed.connect(self._draft_failed)
        self.drafts.set_aside.connect(self._drafts_set_aside)
        self.keeper.save_begun.connect(self._begun)
        self.keeper.saved.connect(lambda: self._settled(draft=False))
        self.keeper.not_saved.connect(lambda: self._settled(draft=True))
        self.similar.wanted.connect(self._compare_records)
        self.keeper.belongs_elsewhere.connect(self._belongs_elsewhere)
        self.notices.count_changed.connect(self._room_for_notices)

    def _bind_keys(self) -> None:
        page = self.household
        bound: tuple[tuple[str, Callable[[], object], bool], ...] = (
            ("F12", self.keys_toggle, False),
            ("Ctrl+F", self.go_to_search, False),
            ("Ctrl+N", self.begin_household, False),
            ("Ctrl+L", self.lock, False),
            ("F10", self.open_menu, False),
            (KEYS, self.export_table, False),
            ("F1", page.toggle_help, True),
            ("F2", page.next_household, True),
            ("F3", page.reveal, True),
            ("F4", page.toggle_more, True),
            ("F5", page.confirm_section, True),
            ("F6", page.next_section, True),
            ("Shift+F6", partial(page.next_section, -1), True),
            ("F7", page.repeat, True),
            ("F8", partial(page.step_issue, 1), True),
            ("Shift+F8", partial(page.step_issue, -1), True),
            ("Ctrl+Return", page.save_and_next, True),
            ("Ctrl+Enter", page.save_and_next, True),
            ("PgDown", partial(page.step_line, 1), True),
            ("PgUp", partial(page.step_line, -1), True),
            ("Ctrl+Del", page.remove, True),
            ("F9", page.open_notes, True),
            ("Shift+F9", partial(page.open_notes, of_household=True), True),
        )
        for keys, act, on_page in bound:
            shortcut = QShortcut(QKeySequence(keys), page if on_page else self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        for place, name in enumerate(self.navigation.names, start=1):
            shortcut = QShortcut(QKeySequence(page_keys(place)), self)
            shortcut.activated.connect(partial(self.navigation.go_to, name))
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._escape)
        escape.activatedAmbiguously.connect(self._escape)  # while there is a message, too

    def _compare_records(self, pair: tuple[str, str]) -> None:
        """Go to a pair of records that may be one child."""
        self.duplicates.look_at(pair)
        self.navigation.go_to("duplicates")

    # --- beginning and ending ---------------------------------------------------------------

    def begin(self) -> None:
        """Read what to show; go on where an earlier run was cut off."""
        self._read_standing()
        self.home.load()
        if self._may_read:
            self.register.load()
        self.drafts.read(self._take_drafts)
        self.upkeep.begin()
        if self._services.people_here.owes_passphrase:
            words = text("administration.own_first")
            self.notices.say(Notice(Kind.WARNING, words, topic="passphrase"))

    def _take_drafts(self, found: dict[str, dict[str, object]]) -> None:
        # What is typed again and into short forms belongs to no open record; the check and the
        # review ask for it where they go on.
        self._events_kept.take(found)
        self.page_notes.drafts.take(found)
        if self._may_read and "quarter" in self.pages.named:
            self._events_begun.tell(waiting=True)
        found = {k: one for k, one in found.items() if not k.startswith((RETYPED, EVENTS, NOTES))}
        place = self.keeper.take_drafts(found)
        waiting = self.keeper.left_over
        if waiting and not place:
            household, child = min(waiting)
            place = {"household": household, "record": child}
        if not place:
            self.page_notes.tell_begun(self._open_place)
            self.home.begin()
            return
        self._going_on = bool(waiting)
        self.household.open(str(place.get("household", "")), place)

    def close_down(self, on_done: Callable[[], None]) -> None:
        """Save everything, then call back."""

        def saved() -> None:
            self._timer.stop()
            self.home.stop()
            self.keeper.stop()
            self.upkeep.stop()
            self.save_waits.end()
            on_done()

        self.household.save_all(saved)

    def say_closing(self) -> None:
        """The window is about to close, once what runs has come to its next step."""
        self.notices.say(Notice(Kind.NOTE, text("window.closing"), topic="closing"))

    def lock(self) -> None:
        """Save everything and let nobody in without the passphrase."""
        self.close_down(self.locked.emit)

    # --- pages ------------------------------------------------------------------------------

    def _navigated(self, name: str) -> None:
        if self._at_household:
            # Its way back would lead to where it was opened from, and mark that page.
            self._origin, self._elsewhere = "register", True
            self.household.leave()
            self._elsewhere = False
        self._show_page(name)

    def _show_page(self, name: str) -> None:
        page = self.pages.named[name]
        self.pages.setCurrentWidget(page.widget)
        page.load()
        page.begin()
        if name == "quarter":
            self._events_begun.tell()  # a bundle may have come since

    def _show_section(self, name: str) -> None:
        """A part of the administration page."""
        self.navigation.go_to("admin")
        self.admin.go_to(name)

    def _show_handover(self, duty: Duty | None) -> None:
        """The place of the handover page where a line of the worklist is worked on."""
        self.navigation.go_to("handover")
        self.handover.go(duty)

    def _show_list(self, wanted: ListFilter) -> None:
        """The register with a filter of the worklist."""
        self.search.clear()
        self.navigation.go_to("register")
        self.register.show_filter(wanted)

    def _from_household(self, name: str) -> None:
        """A household's page stands under the register, whose line is the way back to it; so does
        the page of imports.
        """
        if self._at_household or self.at_import:
            self._navigated(name)

    @property
    def _at_household(self) -> bool:
        """Whether a household's page is shown, or its notes."""
        return self.pages.currentWidget() is self.household or self.page_notes.shown

    def open_household(self, household: str, child: str = "") -> None:
        """Open a household page, at a child when one is named."""
        self._open_place({"household": household, "record": child})

    def _open_place(self, place: Mapping[str, object]) -> None:
        """Open a household page, at a field of a record when they are named."""
        self._origin = self._page_shown() or self._origin
        self.household.open(str(place.get("household", "")), place)

    def new_household(self, unit: str, village: str) -> None:
        """Begin a household; from a household page the present one is saved first."""
        self.household.begin(unit, village)

    def begin_household(self) -> None:
        """Ctrl+N: a household after the one whose page is open, else in the place of the register;
        before anything is chosen there somebody says whose it is to be.
        """
        page, household = self.keeper.page, self.keeper.household
        if not self._at_household or page is None or household is None:
            self.register.begin_household()
            return
        village = household.values.get("village")
        self.new_household(page.owner, village if isinstance(village, str) else "")

    def _page_shown(self) -> str:
        """The page of the navigation that is shown, "" for a household's."""
        return self.pages.shown

    def _show_household(self) -> None:
        self.navigation.show_at("register")
        self.notices.dismiss_topic(NOT_HERE)
        self.pages.setCurrentWidget(self.household)
        if self._going_on:
            words = text("window.went_on")
            self.notices.say(Notice(Kind.NOTE, words, topic="went_on"))
        self._going_on = False

    def _not_opened(self) -> None:
        """What was asked for is not here: the list is, with the keyboard in it."""
        self._going_on = False
        self.keeper.forget_place()
        if self.pages.currentWidget() is self.household:
            self._back_to_list()
        elif not self.pages.isAncestorOf(self.window().focusWidget() or self):
            self.search.setFocus()

    def _back_to_list(self) -> None:
        origin, self._origin = self._origin, "register"
        if self._elsewhere:
            self.register.load()
            return
        if self.pages.currentWidget() is self.household and origin in _COMES_BACK:
            self.navigation.show_at(origin)
            self._show_page(origin)
            return
        if self.pages.currentWidget() is self.household:
            self.pages.setCurrentWidget(self.register)
        self.register.load()
        # Who went to another page meanwhile keeps the keyboard there.
        if self.pages.currentWidget() is self.register and not self.search.hasFocus():
            self.register.focus_list()

    def go_to_search(self) -> None:
        """Ctrl+F: the list, with the keyboard in the search box."""
        if not self._may_read:
            return
        if self.pages.currentWidget() is not self.register:
            self.navigation.go_to("register")
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _searching(self, words: str) -> None:
        if self.pages.currentWidget() is not self.register:
            self.go_to_search()
            self.search.end(False)
        self.register.search(words)

    def _search_done(self) -> None:
        if self.pages.currentWidget() is not self.register:
            self.go_to_search()  # the list is not in sight yet; the next Enter goes into it
        else:
            self.register.focus_list()

    def open_menu(self) -> None:
        """F10: the menu of the account."""
        self.account.showMenu()

    def export_table(self) -> None:
        """Ctrl+E: the table one looks at becomes a file."""
        self.exporting.begin(self.pages.currentWidget())

    def _tell_keys(self) -> None:
        self.status.show_keys(explains=explains_fields(self._keys_in_sight()))

    def keys_toggle(self) -> None:
        """F12: the list of keys, those of the page in sight first."""
        self.keys.toggle(self._keys_in_sight())

    def _keys_in_sight(self) -> str:
        """Which list of `PAGE_KEYS` is that of what is shown."""
        shown = self.pages.shown
        if self._at_household:
            shown = "notes" if self.page_notes.shown else "household"
        if self.at_import:
            shown = "importing"
        if shown == "check":
            shown = self.check.keys_in_sight
        elif shown == "handover":
            shown = self.handover.keys_in_sight
        return shown

    def _escape(self) -> None:
        if self.keys.isVisible():
            self.keys.hide()
        elif self.notices.notices:
            self.notices.dismiss_newest()
        elif self._escape_page():
            pass
        elif self.search.hasFocus() and self.search.text():
            self.search.clear()
            self.register.search("")

    def _escape_page(self) -> bool:
        """Escape on the page in sight; whether it meant something there."""
        shown = self.pages.shown
        if self.pages.currentWidget() is self.commune:
            self.commune.give_up()
        elif self._at_household:
            if not (self.page_notes.escape() or self.household.escape()):
                self.household.leave()
        elif self.at_import:
            self.importing.escape()
        elif shown == "register":
            return self.register.escape()
        elif shown == "quarter":
            self.quarter.escape()
        elif shown == "check":
            self.check.escape()
        elif shown == "issues":
            self.issues.escape()
        elif shown == "conflicts":
            self.conflicts.escape()
        elif shown == "crosscheck":
            self.crosscheck.escape()
        elif shown == "police":
            return self.police.escape()
        else:
            return shown == "handover" and self.handover.escape()
        return True

    # --- what the window says ---------------------------------------------------------------

    def _begun(self) -> None:
        if not self.save_waits.waiting:
            self.status.set_saving()

    def _settled(self, *, draft: bool) -> None:
        if not self.keeper.is_saving:
            self.save_waits.end()
        if self.drafts.unsettled or self.keeper.is_saving:
            return
        typing = self.pages.shown == "quarter" and self.quarter.is_typing
        unsaved = draft and (typing or bool(self.keeper.unsaved()))
        self.status.set_saved(datetime.now().astimezone(), draft=unsaved)

    def _drafts_set_aside(self, file: str) -> None:
        words = text("window.drafts_set_aside", file=file)
        self.notices.say(Notice(Kind.WARNING, words, topic="drafts"))

    def _belongs_elsewhere(self, unit: str) -> None:
        words = text("entry.belongs_elsewhere", unit=self.entry.unit_name(unit))
        self.notices.say(Notice(Kind.WARNING, words, topic="elsewhere"))

    def _draft_failed(self, error: AppError) -> None:
        self.status.set_failed()
        self.notices.say(error_notice(error))

    def _read_standing(self) -> None:
        self._tasks.run(self.entry.standing, self._show_standing, self._say_error, owner=self)

    def _room_for_notices(self, count: int) -> None:
        px = self._theme.pixels
        self._notices_row.setContentsMargins(px(16), px(8) if count else 0, px(16), 0)

    def _say_error(self, error: AppError) -> None:
        self.notices.say(error_notice(error))

    def _show_standing(self, standing: Standing) -> None:
        self.head.show_standing(standing)
        self.status.show_standing(standing, datetime.now().astimezone())

    def _save_first(self, on_done: Callable[[], None]) -> None:
        """Save what is typed before it is counted to be sent, and name what cannot be saved."""

        def saved() -> None:
            names = self.keeper.not_saved_names()
            if names:
                more = ", …" if len(names) > _MOST_NAMES else ""
                words = text("entry.not_sent", names=", ".join(names[:_MOST_NAMES]) + more)
                self.notices.say(Notice(Kind.WARNING, words, topic="not_sent"))
            else:
                self.notices.dismiss_topic("not_sent")
            on_done()

        self.household.save_all(saved)

    def _received(self) -> None:
        self._timer.start()
        if self._may_read:
            self.register.load()
        if self.pages.shown == "conflicts":
            self.conflicts.load()  # who watches it reads what came
        self.keeper.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        if self.keys.isVisible():
            self.keys.hide()
