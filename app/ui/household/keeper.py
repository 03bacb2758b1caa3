"""What is open on the household page, kept safe: drafts at every change, saves one after another.

Every change goes to the drafts at once; a save takes a snapshot, runs on the writing thread, and
afterwards the base of each saved record is its new operation. A second save waits for the first, so
that fifty saves are one chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.forms.issues import Value
from app.services.entry import Entry
from app.services.saving import Saved
from app.ui.drafts import DraftDesk
from app.ui.household.open_page import NOT_HERE as NOT_HERE
from app.ui.household.open_page import PLACE, OpenPage, draft_name
from app.ui.household.session import OpenRecord, Snapshot, following, save_of, settle
from app.ui.tasks import Lane, Tasks


class Keeper(OpenPage):
    """The open household, kept and saved."""

    #: A save waits or runs; `saved` or `not_saved` follows.
    save_begun = Signal()
    saved = Signal()
    #: A save did not take place: nothing that was to follow it does.
    not_saved = Signal()
    #: What was saved belongs to this unit, where this PC may not write it.
    belongs_elsewhere = Signal(str)

    def __init__(
        self, tasks: Tasks, entry: Entry, drafts: DraftDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(tasks, entry, drafts, parent)
        #: Whether the person may change what is shown; else nothing is kept and nothing saved.
        self.may_enter = True
        self._saving = False
        self._next: list[Callable[[], None]] = []
        self._last_place: Mapping[str, object] = {}
        self.last_child: Mapping[str, Value] = {}
        self.last_household: Mapping[str, Value] = {}

    @property
    def is_saving(self) -> bool:
        """Whether a save has not been answered yet."""
        return self._saving

    # --- keeping ----------------------------------------------------------------------------

    def keep(self, record: OpenRecord, place: Mapping[str, object]) -> None:
        """Queue the record's draft, and where the person is."""
        if not self.may_enter:
            return
        self._drafts.put(draft_name(record), record.as_draft())
        household = self.household
        if household is not None and household.new and record is not household:
            # A line can be found again only together with the household it stands in.
            self._drafts.put(draft_name(household), household.as_draft())
        self.keep_place(place)

    def keep_reason(self, record: OpenRecord, place: Mapping[str, object]) -> None:
        """Queue what was typed as a reason, or forget it where no question stands any more."""
        if record.waits:
            self.keep(record, place)
            return
        self._drafts.drop(draft_name(record))
        self.keep_place(place)

    def discard(self, record: OpenRecord) -> None:
        """Forget a line that is in no register yet, with its draft."""
        self.lines.remove(record)
        self._drafts.drop(draft_name(record))

    def unsaved(self) -> list[OpenRecord]:
        """The records with something to save, the household first; none where one only looks."""
        return super().unsaved() if self.may_enter else []

    def keep_place(self, place: Mapping[str, object]) -> None:
        """Queue where the person is, if there is a way back: a page that nothing was typed into
        is nowhere to come back to.
        """
        if not self._can_be_found_again:
            self.forget_place()
            return
        if self._place_kept and place == self._last_place:
            return
        self._place_kept, self._last_place = True, dict(place)
        self._drafts.put(PLACE, place, quietly=True)

    @property
    def _can_be_found_again(self) -> bool:
        household = self.household
        return household is not None and (
            not household.new or household.touched or any(one.touched for one in self.lines)
        )

    def forget_place(self) -> None:
        """The person left the page."""
        if self._place_kept:
            self._place_kept, self._last_place = False, {}
            self._drafts.drop(PLACE, quietly=True)

    # --- saving -----------------------------------------------------------------------------

    def save(
        self,
        declared: Mapping[str, bool | None],
        on_done: Callable[[], None] = lambda: None,
    ) -> None:
        """Save what is unsaved. `declared` says by id which records are declared complete."""
        if self._saving:
            self._next.append(partial(self.save, declared, on_done))
            return
        records = self.unsaved()
        if not records:
            on_done()
            return
        saves, shots = save_of(records, declared)
        self._saving = True
        self.save_begun.emit()
        self._tasks.run(
            partial(self._entry.save, saves),
            lambda done: self._was_saved(shots, done, on_done),
            self._not_saved,
            lane=Lane.WRITE,
            owner=self,
        )

    def _was_saved(
        self, shots: Sequence[Snapshot], done: Sequence[Saved], on_done: Callable[[], None]
    ) -> None:
        # What somebody else wrote meanwhile may now stand against it, or was just decided; what was
        # refused above is answered by it.
        met_others = any(
            one.record.changed_under or one.record.contested or one.record.refused for one in shots
        )
        for shot, saved in zip(shots, done, strict=True):
            settle(shot, saved)
        for record in {id(shot.record): shot.record for shot in shots}.values():
            if record.entity not in ("child", "household"):
                continue
            if record.waits:
                self._drafts.put(draft_name(record), record.as_draft())
            else:
                self._drafts.drop(draft_name(record))
            if record.entity == "child":
                self.last_child = dict(record.values)
            else:
                self._carry(record)
        self._saving = False
        self.saved.emit()
        for unit in sorted({one.elsewhere for one in done if one.elsewhere}):
            self.belongs_elsewhere.emit(unit)
        if met_others:
            self.reload()
        on_done()
        waiting, self._next = self._next, []
        for again in waiting:
            again()

    def _not_saved(self, error: AppError) -> None:
        self._saving = False
        self._next.clear()
        self.failed.emit(error)
        self.not_saved.emit()

    def _carry(self, record: OpenRecord) -> None:
        """Remember what the next household of this book begins with: the book's own fields."""
        template = self.templates["household"]
        names = {
            one.name
            for section in template.sections
            if section.name != template.form
            for one in section.fields
            if one.stored
        }
        self.last_household = dict(record.values)
        self._carried = {
            name: value
            for name, value in record.values.items()
            if name in names and value is not None
        }
        self._carried["owner_unit"] = record.values.get("owner_unit")
        after = following(record.values.get("household_no"))
        if after is not None:
            self._carried["household_no"] = after

    def remember(self) -> None:
        """Take the open household as the pattern for the next new one."""
        if self.household is not None and not self.household.new and not self.is_absent:
            self._carry(self.household)
