"""«Có hồ sơ giống»: told beside the page of a household once it is saved, with a way to compare."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.i18n import text
from app.services.duplicate_words import child_words
from app.services.duplicates_at_entry import DuplicatesAtEntry, NewPairs
from app.ui.household.keeper import Keeper
from app.ui.notify import Action, Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks

_TOPIC = "similar-child"


class SimilarChildren(QObject):
    """Looks beside the window, and holds nobody up. `wanted` gives the pair to go to."""

    wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        desk: DuplicatesAtEntry,
        notifier: Notifier,
        keeper: Keeper,
        parent: QObject,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._desk = desk
        self._notifier = notifier
        self._may_enter = may_enter
        self._keeper = keeper
        self._household = ""
        keeper.save_begun.connect(self._note)
        keeper.saved.connect(lambda: self.look(self._household))

    def _note(self) -> None:
        """Whoever goes on to another household meanwhile is told of the one that was saved."""
        household = self._keeper.household
        self._household = "" if household is None else household.id

    def look(self, household: str) -> None:
        """Look for children of a household that was saved just now."""
        if self._may_enter and household:
            self._tasks.run(
                partial(self._desk.look, household), self._found, self._failed, owner=self
            )

    def _found(self, found: NewPairs) -> None:
        if found.noticed:
            self._tasks.run(
                partial(self._desk.keep, found),
                lambda _none: self._tell(found),
                self._failed,
                lane=Lane.WRITE,
                owner=self,
            )

    def _tell(self, found: NewPairs) -> None:
        first = found.noticed[0]
        words = text(
            "duplicates.similar",
            name=first.typed.full_name,
            other=child_words(first.other),
            reasons=first.reasons,
        )
        compare = Action(text("duplicates.compare"), lambda _bar: self.wanted.emit(first.key))
        self._notifier.say(Notice(Kind.WARNING, words, action=compare, topic=_TOPIC))

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))
