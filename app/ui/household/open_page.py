"""What is open on the household page: its records, the drafts that belong to them, what is known of
others that matters to them, and the comparison with the store when something arrived.

Knows no field widget and saves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError, KnownError
from app.forms.code_lists import CodeList
from app.forms.derived import defaults, inherited
from app.forms.issues import Value
from app.forms.schema import Template
from app.i18n import text
from app.services.entry import Choice, Entry, EntryPage, UnitLine
from app.services.returns import ReturnedRecord
from app.ui.drafts import DraftDesk
from app.ui.household.codec import Codec
from app.ui.household.holders import NumberHolders, WantedId
from app.ui.household.session import (
    OpenRecord,
    begun,
    codecs_of,
    from_draft,
    opened,
    refresh,
)
from app.ui.household.told import refused_words, sent_back_words
from app.ui.tasks import Tasks

PLACE = "place"
#: What is said, and what the message is about, when there is no page to open.
NOT_HERE = "entry.not_here"
#: Milliseconds after which the store is asked about the numbers of a page that was opened.
_LOOKED_UP = 20
Drafts = dict[str, dict[str, object]]


def draft_name(record: OpenRecord) -> str:
    """The name of a record's draft."""
    return f"{record.entity}/{record.id}"


class OpenPage(QObject):
    """The open household. Signals come on the window's thread."""

    #: A page was opened; everything is to be shown again.
    page_opened = Signal()
    #: It has been painted: what is asked about it beside the window may begin.
    page_stands = Signal()
    #: Something of the open page changed in the store.
    page_changed = Signal()
    failed = Signal(object)

    def __init__(
        self, tasks: Tasks, entry: Entry, drafts: DraftDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or tasks)
        self._tasks = tasks
        self._entry = entry
        self._drafts = drafts
        self._left: Drafts = {}
        self._place_kept = False
        self._asked = 0
        self.numbers = NumberHolders(tasks, entry, self)
        self.numbers.failed.connect(self.failed)
        self._looking_up = QTimer(self)
        self._looking_up.setSingleShot(True)
        self._looking_up.timeout.connect(self._look_up_all)
        self._carried: dict[str, Value] = {}
        self.templates: Mapping[str, Template] = entry.forms()
        self._groups = entry.groups()
        self.page: EntryPage | None = None
        self.household: OpenRecord | None = None
        self.lines: list[OpenRecord] = []
        self.codecs: dict[str, dict[str, Codec]] = {}
        self.make_codecs(2049, {})

    @property
    def groups(self) -> CodeList:
        """The circumstances as this installation knows them."""
        return self._groups

    def _take_forms(self, page: EntryPage) -> None:
        """What the page is typed into: what the province sent may have come since the last one."""
        self.templates = page.forms
        self._groups = page.frame.catalogue.code_list("circumstances")

    @property
    def is_absent(self) -> bool:
        """Whether the page is of children whose household is not in this register."""
        return self.page is not None and self.page.absent

    @property
    def today(self) -> date:
        """The day of the workplace, as the open page was read on it."""
        return self._entry.today() if self.page is None else self.page.frame.today

    def make_codecs(self, year: int, choices: Mapping[str, Sequence[Choice]]) -> None:
        """Codecs of both forms for a page."""
        self.codecs = {
            form: codecs_of(template, choices, year) for form, template in self.templates.items()
        }

    def take_choices(self, choices: Mapping[str, tuple[Choice, ...]]) -> None:
        """References may name other records from now on, for this page."""
        if self.page is not None:
            self.page = replace(self.page, choices=choices)
            self.make_codecs(self.page.frame.today.year, choices)

    # --- opening ----------------------------------------------------------------------------

    def take_drafts(self, found: Drafts) -> dict[str, object]:
        """Drafts left by an earlier run; returns where the person was, empty when nowhere."""
        place = found.pop(PLACE, {})
        self._place_kept = bool(place)
        self._left = found
        return place

    @property
    def left_over(self) -> frozenset[tuple[str, str]]:
        """The pages that have drafts which are not open: household and child, "" for neither."""
        return frozenset(
            (str(draft["id"]), "")
            if name.startswith("household/")
            else (str(_values(draft, "household") or ""), str(draft["id"]))
            for name, draft in self._left.items()
        )

    def not_saved_names(self) -> list[str]:
        """Whom text was typed about that no save could take, on the open page and on others; who
        are called alike are named once.
        """
        waiting = {**self._left, **{draft_name(one): one.as_draft() for one in self.unsaved()}}
        return list(dict.fromkeys(_name_of(waiting[one]) for one in sorted(waiting)))

    def open(
        self,
        household_id: str,
        child_id: str = "",
        on_open: Callable[[], None] = lambda: None,
        on_refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Open a household page, with the drafts that belong to it; of a child whose household is
        not in this register, the child's own. `on_refused` is told when there is no such page.
        """
        draft = self._left.get(f"household/{household_id}")

        def read() -> EntryPage:
            page = self._entry.page(household_id, child_id)
            if page is None and draft is not None:
                owner = str(_values(draft, "owner_unit") or "")
                page = self._entry.new_page(owner, str(_values(draft, "village") or ""))
            if page is None:
                raise KnownError(NOT_HERE, "entry.not_here_hint")
            return page

        self._ask(read, on_open, on_refused, household_id)

    def _ask(
        self,
        read: Callable[[], EntryPage | list[UnitLine]],
        on_open: Callable[[], None],
        on_refused: Callable[[], None],
        wanted: str = "",
        on_several: Callable[[Sequence[UnitLine]], None] = lambda _units: None,
    ) -> None:
        """Read a page; only the answer to what was asked for last is of interest."""
        self._asked += 1
        asked = self._asked

        def answered(page: EntryPage | list[UnitLine]) -> None:
            if asked != self._asked:
                return
            if isinstance(page, EntryPage):
                self._opened(page, on_open, wanted)
            else:
                on_several(page)

        def refused(error: AppError) -> None:
            self.failed.emit(error)
            if asked == self._asked:
                on_refused()

        self._tasks.run(read, answered, refused, owner=self)

    def open_new(
        self,
        unit: str = "",
        village: str = "",
        on_open: Callable[[], None] = lambda: None,
        on_refused: Callable[[], None] = lambda: None,
        on_several: Callable[[Sequence[UnitLine]], None] = lambda _units: None,
    ) -> None:
        """Open an empty household page; what the book's cover says is carried over. `on_several`
        is told the communes where it is not settled whose the household becomes.
        """
        carried = dict(self._carried)

        def read() -> EntryPage | list[UnitLine]:
            owners = self._entry.owners_of_new(unit)
            if len(owners) != 1:
                return owners
            return self._entry.new_page(owners[0].unit, village, carried)

        self._ask(read, on_open, on_refused, on_several=on_several)

    def _opened(self, page: EntryPage, on_open: Callable[[], None], wanted: str) -> None:
        self._lay_aside()
        self.page = page
        self._take_forms(page)
        self.make_codecs(page.frame.today.year, page.choices)
        record = opened(page.household)
        if page.new:
            record.key, record.loaded = page.key, {}
            # A household that was never saved: its draft knows its id, the store does not.
            record.id = wanted or record.id
        self.household = self._with_draft(record, "household")
        self.lines = []
        for view in page.children:
            one = opened(view)
            one.parts = [opened(part) for part in page.belongings.get(view.id, ())]
            self.lines.append(self._with_draft(one, "child"))
        self._add_new_ones()
        if not page.new:
            self._compare(page)
        self._mark_contested()
        self.take_returned(page.returned)
        self._mark_refused()
        self.numbers.forget()
        self.page_opened.emit()
        on_open()
        # The page is painted first.
        self._looking_up.start(_LOOKED_UP)

    def _lay_aside(self) -> None:
        """Remember the drafts of the page before: text that no save could take waits for it, and
        so does a reason that was begun.
        """
        here = () if self.household is None else (self.household, *self.lines)
        for record in (*self.unsaved(), *(one for one in here if one.waits)):
            self._left[draft_name(record)] = record.as_draft()

    def _with_draft(self, record: OpenRecord, form: str) -> OpenRecord:
        draft = self._left.pop(draft_name(record), None)
        if draft is None:
            return record
        kept = from_draft(draft, self.codecs[form])
        if kept.new and not record.new:
            # It was saved after all; the answer did not reach the drafts any more.
            kept.key, kept.loaded, kept.base = None, record.loaded, record.base
            kept.masked = record.masked
            known = {part.id: part for part in record.parts}
            for part in kept.parts:
                now = known.get(self.name_of(part.id))
                if now is not None:
                    part.key, part.loaded = None, now.loaded
                    part.masked, part.base = now.masked, now.base
        held = {self.name_of(one.id) for one in kept.parts}
        kept.parts += [part for part in record.parts if part.id not in held]
        return kept

    def _add_new_ones(self) -> None:
        if self.household is None:
            return
        for name in [one for one in self._left if one.startswith("child/")]:
            draft = self._left[name]
            if _values(draft, "household") == self.household.id:
                del self._left[name]
                self.lines.append(from_draft(draft, self.codecs["child"]))

    def name_of(self, ent_id: str) -> str:
        """What the open page calls a record; one that was begun here bears its own id."""
        return ent_id if self.page is None else self.page.judge.name_of(ent_id)

    def new_child(self) -> OpenRecord:
        """A new line: defaults, what siblings pass on (marked), the next line number."""
        if self.page is None or self.household is None:
            raise KnownError("entry.nothing_open", None)
        template = self.templates["child"]
        siblings = [one.values for one in self.lines]
        passed = inherited(template, siblings)
        if not siblings:
            ethnicity = self.household.values.get("head_ethnicity")
            if ethnicity is not None:
                passed = {"ethnicity": ethnicity}
        lines = [one.values.get("line_no") for one in self.lines]
        number = max((line for line in lines if isinstance(line, int)), default=0) + 1
        values: dict[str, Value] = {
            **defaults(template),
            **passed,
            "line_no": number,
            "household": self.household.id,
            "owner_unit": self.page.owner,
        }
        child = begun("child", self.page.owner, values)
        child.inherited = {
            name for name, value in passed.items() if defaults(template).get(name) != value
        }
        self.lines.append(child)
        return child

    def unsaved(self) -> list[OpenRecord]:
        """The records with something to save, the household first."""
        if self.household is None:
            return []
        children = [one for one in self.lines if one.unsaved]
        needs_household = self.household.unsaved or (self.household.new and bool(children))
        return [self.household] * needs_household + children

    # --- others -----------------------------------------------------------------------------

    def holder_names(self, record: OpenRecord) -> list[str]:
        """What those are called who carry the record's personal id: of this page and others."""
        number = record.values.get("personal_id")
        if not isinstance(number, str):
            return []
        here = {one.id: one for one in self.siblings_of(record)}
        twice = [one for one in here.values() if one.values.get("personal_id") == number]
        known = self.numbers.names_of_id(record.id, number)
        return [
            *(str(one.values.get("full_name") or text("entry.no_name")) for one in twice),
            *(name for one, name in known if one not in here),
        ]

    def look_up(self, *records: OpenRecord) -> None:
        """Ask the store who else carries the personal ids of some records."""
        here = "" if self.page is None else self.page.owner
        numbers = ((one, one.values.get("personal_id")) for one in records)
        self.numbers.look_up_ids(
            [
                WantedId(one.id, str(one.values.get("owner_unit") or here), number)
                for one, number in numbers
                if isinstance(number, str)
            ]
        )

    def stop(self) -> None:
        """The window closes: nothing is asked any more."""
        self._looking_up.stop()

    def _look_up_all(self) -> None:
        if not self._tasks.is_open:
            return  # the window was closed meanwhile
        self.page_stands.emit()
        self.look_up(*self.lines)
        self.look_up_number()

    def look_up_number(self) -> None:
        """Ask the store which households carry the open household's number."""
        if self.household is None:
            return
        village = self.household.values.get("village")
        number = self.household.values.get("household_no")
        if isinstance(village, str) and isinstance(number, str):
            self.numbers.look_up_number(village, number)

    def siblings_of(self, record: OpenRecord) -> list[OpenRecord]:
        """The other children of the household that are more than an empty line."""
        return [one for one in self.lines if one is not record and (one.touched or not one.new)]

    # --- what arrived -----------------------------------------------------------------------

    def reload(self) -> None:
        """Compare the open page with the store, after something arrived."""
        if self.page is None or self.household is None or self.household.new:
            return
        known = self.household.id
        child = self.lines[0].id if self.is_absent and self.lines else ""
        self._tasks.run(
            partial(self._entry.page, known, child), self._reloaded, self.failed.emit, owner=self
        )

    def _reloaded(self, page: EntryPage | None) -> None:
        if page is None or self.household is None or page.household.id != self.household.id:
            return
        self.page = page
        self._compare(page)
        self._mark_contested()
        self.take_returned(page.returned)
        self._mark_refused()
        self.page_changed.emit()

    def _compare(self, page: EntryPage) -> None:
        """Bring what is open to what the store holds; what is typed and not saved stays."""
        if self.household is None:
            return
        refresh(self.household, page.household)
        known = {one.id: one for one in self.lines}
        for view in page.children:
            if view.id in known:
                child = known[view.id]
                refresh(child, view)
            else:
                child = opened(view)
                self.lines.append(child)
            parts = {self.name_of(part.id): part for part in child.parts}
            for part in page.belongings.get(view.id, ()):
                if part.id in parts:
                    refresh(parts[part.id], part)
                else:
                    child.parts.append(opened(part))

    def _mark_contested(self) -> None:
        if self.page is None or self.household is None:
            return
        for record in (self.household, *self.lines):
            for one in (record, *record.parts):
                one.contested = self.page.contested.get(self.name_of(one.id), frozenset())

    def _mark_refused(self) -> None:
        if self.page is None or self.household is None:
            return
        for record in (self.household, *self.lines):
            named = [one for one in self.page.refused if one.record == self.name_of(record.id)]
            for one in (record, *record.parts):
                part = "" if one is record else self.name_of(one.id)
                one.refused = refused_words([said for said in named if said.part == part])

    def take_returned(self, returned: Sequence[ReturnedRecord]) -> bool:
        """Mark what was sent back of the page; whether that is news."""
        if self.household is None:
            return False
        news = False
        for record in (self.household, *self.lines):
            name = self.name_of(record.id)
            said = sent_back_words([one for one in returned if one.record == name])
            news = news or said != record.sent_back
            record.sent_back = said
        return news


def _name_of(draft: Mapping[str, object]) -> str:
    """What people call the record of a draft."""
    if draft.get("entity") == "household":
        number = _values(draft, "household_no")
        return text("entry.household_title", number=number) if number else text("entry.no_number")
    return str(_values(draft, "full_name") or text("entry.no_name"))


def _values(draft: Mapping[str, object], name: str) -> object:
    values = draft.get("values")
    return values.get(name) if isinstance(values, dict) else None
