"""Marking the open child or household as entered in error, and taking such a record back.

Ctrl+Del asks for the reason in the foot and says in numbers what goes with it; a message offers at
once to take it back, and the page keeps a line that leads to all of them.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.errors import AppError
from app.i18n import text
from app.services.mistakes import GoesWith, Marked, Mistake, Mistakes
from app.ui.household.page import HouseholdPage
from app.ui.household.session import OpenRecord
from app.ui.notify import Action, Kind, Notice, error_notice
from app.ui.tasks import Lane, Tasks

TOPIC = "mistake"


class PageMistakes(QObject):
    """What the household page does about mistakes, with the service behind it."""

    def __init__(self, tasks: Tasks, mistakes: Mistakes, page: HouseholdPage) -> None:
        super().__init__(page)
        self._tasks, self._mistakes, self._page = tasks, mistakes, page
        page.keeper.page_opened.connect(partial(page.show_mistakes, ()))
        page.keeper.page_stands.connect(self.read)
        page.keeper.page_changed.connect(self.read)
        page.changed.connect(self.read)
        page.mistake_meant.connect(self._ask)
        page.mistake_reasoned.connect(self._mark)
        page.mistakes.wanted.connect(self._take_back)

    def read(self) -> None:
        """Ask what was entered in error on the open page."""
        household = self._page.keeper.household
        if household is None or household.new or not household.id:
            self._page.show_mistakes(())
            return
        ask = partial(self._mistakes.of_page, household.id)
        self._tasks.run(ask, partial(self._show, household.id), self._failed, owner=self)

    def _show(self, asked: str, found: list[Mistake]) -> None:
        household = self._page.keeper.household
        if household is not None and household.id == asked:
            self._page.show_mistakes(found)

    # --- marking ----------------------------------------------------------------------------

    def _ask(self, record: OpenRecord) -> None:
        ask = partial(self._mistakes.goes_with, record.entity, record.id)
        self._tasks.run(ask, partial(self._asked, record), self._failed, owner=self)

    def _asked(self, record: OpenRecord, found: GoesWith) -> None:
        keeper = self._page.keeper
        if not self._page.isVisible() or record not in (keeper.household, *keeper.lines):
            return  # whoever asked has gone on, and keeps the keyboard there
        who, parts = _called(_mistake_of(record)), _in_numbers(found)
        words = text(f"mistakes.ask_{record.entity}", who=who, parts=parts)
        self._page.ask_mistake(record, words)

    def _mark(self, record: OpenRecord, reason: str) -> None:
        household = self._page.keeper.household
        home = "" if household is None else household.id
        self._tasks.run(
            partial(self._mistakes.mark, record.entity, record.id, reason),
            partial(self._marked, record, home),
            self._failed,
            lane=Lane.WRITE,
            owner=self,
        )

    def _marked(self, record: OpenRecord, home: str, done: Marked) -> None:
        page = self._page
        one = _mistake_of(record)
        back = Action(text("mistakes.take_back"), lambda _bar: self._take_back_to(one, home))
        words = text(f"mistakes.marked_{record.entity}", who=_called(one))
        page.notifier.say(Notice(Kind.DONE, words, back, TOPIC))
        if done.elsewhere:
            page.keeper.belongs_elsewhere.emit(done.elsewhere)
        if record.entity == "child" and not page.keeper.is_absent:
            page.open(home)
        else:
            page.go_back()
        page.changed.emit()

    # --- taking back ------------------------------------------------------------------------

    def _take_back(self, one: Mistake) -> None:
        household = self._page.keeper.household
        if household is not None:
            home = one.id if one.entity == "household" else household.id
            self._page.save_all(partial(self._take_back_to, one, home))

    def _take_back_to(self, one: Mistake, home: str) -> None:
        self._tasks.run(
            partial(self._mistakes.take_back, one.entity, one.id),
            partial(self._taken_back, one, home),
            self._failed,
            lane=Lane.WRITE,
            owner=self,
        )

    def _taken_back(self, one: Mistake, home: str, done: Marked) -> None:
        page = self._page
        words = text(
            f"mistakes.taken_back_{one.entity}",
            who=_called(one),
            children=done.records - 1,
        )
        page.notifier.say(Notice(Kind.DONE, words, topic=TOPIC))
        if done.elsewhere:
            page.keeper.belongs_elsewhere.emit(done.elsewhere)
        page.open(home, {"record": one.id})
        page.changed.emit()

    def _failed(self, error: AppError) -> None:
        self._page.notifier.say(error_notice(error))


def _mistake_of(record: OpenRecord) -> Mistake:
    """An open record as one that was entered in error."""
    of_child = record.entity == "child"
    names = ("full_name", "line_no") if of_child else ("head_name", "household_no")
    name, number = (str(record.values.get(one) or "") for one in names)
    return Mistake(record.entity, record.id, name, number, "", "")


def _called(one: Mistake) -> str:
    """What people call it: a child by the name, a household by its number and head."""
    if one.entity == "child":
        return one.name or text("entry.no_name")
    title = text("entry.household_title", number=one.number)
    return " · ".join(filter(None, (title if one.number else text("entry.no_number"), one.name)))


def _in_numbers(found: GoesWith) -> str:
    """What goes with it, each with its number; none where it stands alone."""
    counted = [
        text(f"mistakes.count_{name}", count=count)
        for name, count in (
            ("children", found.children),
            ("circumstances", found.circumstances),
            ("supports", found.supports),
            ("events", found.events),
            ("notes", found.notes),
        )
        if count
    ]
    with_it = text("mistakes.with", parts=", ".join(counted))
    return f" {with_it}" if counted else ""
