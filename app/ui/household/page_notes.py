"""The way from the household page to the notes and back: how many there are, and F9 to them.

The page of notes is built when somebody first comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.notes import Notes
from app.services.rights import Right
from app.ui.drafts import DraftDesk
from app.ui.household.page import HouseholdPage
from app.ui.household.session import OpenRecord
from app.ui.notes.drafts import NoteDrafts
from app.ui.notes.page import TOPIC, NotesPage, Subject
from app.ui.notify import Action, Kind, Notice, NoticeBar, error_notice
from app.ui.tasks import Tasks
from app.ui.theme import Theme


class PageNotes(QObject):
    """Counts the notes of the open page, shows them over it, and leads back."""

    def __init__(
        self,
        tasks: Tasks,
        notes: Notes,
        drafts: DraftDesk,
        page: HouseholdPage,
        stack: QStackedWidget,
        theme: Theme,
        rights: frozenset[Right],
    ) -> None:
        super().__init__(page)
        self._tasks, self._notes, self._page, self._stack = tasks, notes, page, stack
        self._theme, self._rights = theme, rights
        self.drafts = NoteDrafts(drafts)

    def connect_page(self) -> None:
        """Offer the notes on the household page: to whoever may read it."""
        page = self._page
        page.keeper.page_stands.connect(self.read)
        page.keeper.page_changed.connect(self.read)
        page.changed.connect(self.read)
        page.notes_meant.connect(self._lead)
        page.notes.clicked.connect(page.open_notes)

    @cached_property
    def notes(self) -> NotesPage:
        """The page of notes."""
        made = NotesPage(
            self._tasks,
            self._notes,
            self.drafts,
            self._page.notifier,
            self._theme,
            self._rights,
            self._stack,
        )
        self._stack.addWidget(made)
        made.changed.connect(self._page.changed)
        made.left.connect(self._back)
        made.belongs_elsewhere.connect(self._page.keeper.belongs_elsewhere)
        return made

    @property
    def shown(self) -> bool:
        """Whether the notes are what is looked at."""
        return "notes" in self.__dict__ and self._stack.currentWidget() is self.notes

    def escape(self) -> bool:
        """Close what lies over the notes, or the notes; False where they are not shown."""
        if not self.shown:
            return False
        self.notes.escape()
        return True

    def tell_begun(self, open_place: Callable[[Mapping[str, object]], None]) -> None:
        """A note that was begun is found again from its household alone: say so, and lead there."""
        for record, begun in self.drafts.begun.items():
            place = {"household": begun.household, "record": record}
            go = Action(text("notes.go_on"), partial(_go, open_place, place))
            self._page.notifier.say(Notice(Kind.NOTE, text("notes.waiting"), go, TOPIC))
            return

    def _back(self) -> None:
        self._stack.setCurrentWidget(self._page)
        self._page.resume()
        self.read()

    def read(self) -> None:
        """Ask how many notes the open page has."""
        wanted = [one.id for one in self._known()]
        if not wanted:
            self._page.notes.hide()
        else:
            ask = partial(self._notes.counts, wanted)
            self._tasks.run(ask, self._show, self._failed, owner=self)

    def _known(self) -> list[OpenRecord]:
        """The household and the children of the page that the register knows."""
        keeper = self._page.keeper
        home = None if keeper.is_absent else keeper.household
        every = [home, *keeper.lines] if home is not None else list(keeper.lines)
        return [one for one in every if not one.new and one.id]

    def _show(self, counts: Mapping[str, int]) -> None:
        begun = any(one.id in self.drafts.begun for one in self._known())
        count = number(sum(counts.values()))
        self._page.notes.setText(text("notes.begun" if begun else "notes.counted", count=count))
        self._page.notes.show()

    def _lead(self, record: OpenRecord) -> None:
        """The notes of a record; what was typed on the page is saved by now."""
        known = self._known()
        places = [place for place, one in enumerate(known) if one.id == record.id]
        if not places:
            words = text("notes.nothing_saved")
            self._page.notifier.say(Notice(Kind.NOTE, words, topic=TOPIC))
            return
        household = self._page.keeper.household
        home = "" if household is None else household.id
        self._stack.setCurrentWidget(self.notes)
        self.notes.open(home, [_subject(one) for one in known], places[0])

    def _failed(self, error: AppError) -> None:
        self._page.notifier.say(error_notice(error))


def _subject(record: OpenRecord) -> Subject:
    if record.entity == "child":
        name = str(record.values.get("full_name") or "") or text("entry.no_name")
        return Subject("child", record.id, name)
    said = (str(record.values.get(one) or "") for one in ("household_no", "head_name"))
    return Subject("household", record.id, " · ".join(filter(None, said)))


def _go(
    open_place: Callable[[Mapping[str, object]], None],
    place: Mapping[str, object],
    _bar: NoticeBar,
) -> None:
    open_place(place)
