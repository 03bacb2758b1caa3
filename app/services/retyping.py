"""Typing again without seeing (gõ lại để đối chiếu): what the second hand reads in the paper stands
beside what the first one typed.

The fields of `app.forms.retyped` are asked for; nothing that stands in them leaves this module
before all of them were typed again. What differs only in how it is written does not differ. Each
difference is decided: what was typed stands, what was typed again takes its place (an ordinary save
of whoever checks, with the right to enter), or the record goes back to its typist. What came of it
is kept as a review of its own for each typist, of a sample for each child. It says nothing of the
other fields: that the page agrees with the paper is still said by a check. Masked fields are
neither asked nor counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import cast

from app.errors import KnownError
from app.forms.field_types import field_type
from app.forms.field_types.base import Language
from app.forms.issues import Value
from app.forms.retyped import mean_the_same, retyped_fields
from app.forms.schema import Field
from app.i18n import language, number, text
from app.ids import new_id
from app.models.queries import register
from app.models.queries import second_check as queries
from app.models.queries.register import RecordView
from app.models.queries.second_check import RETURNED, RETYPED, CheckedPage
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.services import saving
from app.services.importing.drafts import ACT_PREFIX as OF_AN_IMPORT
from app.services.masking import hidden_fields
from app.services.rights import Right, allows
from app.services.samples import line_of
from app.services.saving import RecordSave
from app.services.second_check import hex_of, page_of, review_of
from app.services.surroundings import frame_of
from app.services.workplace import Workplace
from app.services.writers import is_among

#: A record and a field of it.
Place = tuple[str, str]


class Decision(Enum):
    """What becomes of a difference."""

    STANDS = "stands"  # what was typed first agrees with the paper
    TAKE = "take"  # what was typed again does
    RETURN = "return"  # whoever typed it first looks again


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to be typed again: of which record, and on which line of the book that child stands
    (0 for the household). What stands in it is not told.
    """

    record: str
    entity: str
    line: int
    field: Field

    @property
    def place(self) -> Place:
        """The record and the field."""
        return self.record, self.field.name


@dataclass(frozen=True, slots=True)
class RetypeForm:
    """What of a household is to be typed again.

    `village` and `number` find its page in the book; its head is not told, who may be the father.
    A finished household has a number. `heads` are what the result is about. `masked` fields are
    left out because they are protected. `mine`: whoever asks has typed on this page. `today` is
    the day of the workplace.
    """

    household: str
    village: str
    number: str
    blanks: tuple[Blank, ...]
    heads: tuple[str, ...]
    masked: int
    mine: bool
    today: date


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people typed differently, in words; empty words for an empty field.

    The second text `fits` where the field can hold it; `may_enter`: whoever asks may write it.
    """

    record: str
    entity: str
    line: int
    name: str
    field: Field
    typed: str
    retyped: str
    fits: bool
    may_enter: bool

    @property
    def may_take(self) -> bool:
        """Whether the second text can take the place of the first here."""
        return self.fits and self.may_enter

    @property
    def why_not(self) -> str:
        """The id of the message that says what to do where it cannot."""
        return "retyping.cannot_take_fits" if self.may_enter else "retyping.cannot_take_right"

    @property
    def place(self) -> Place:
        """The record and the field."""
        return self.record, self.field.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many fields were compared, and those that differ, in the order of typing."""

    compared: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `errors` is how many a taken value made, so that its record is unfinished
    now; `elsewhere` the unit a taken value's record belongs to where this PC may not write it.
    """

    compared: int
    differed: int
    taken: int
    returned: int
    errors: int = 0
    elsewhere: str = ""


class Retyping:
    """Use cases of typing again."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def form(self, household: str, children: Collection[str] = ()) -> RetypeForm:
        """What is to be typed again of a page; of some `children` only where they are named.

        Raises KnownError `records.unknown`, `second_check.unfinished`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.CHECK)
        with workplace.store.read() as reading:
            page = _finished(reading, household)
            sheet = self._sheet(reading, page, children)
            typed = queries.authors_since(reading, page, page.newest)
            village = register.record(reading, "village", page.village) if page.village else None
        return RetypeForm(
            household,
            "" if village is None else str(village.values.get("name") or ""),
            str(sheet.household.values.get("household_no") or ""),
            sheet.blanks,
            hex_of(page.heads),
            sheet.masked,
            is_among(workplace.account, typed),
            workplace.today(),
        )

    def compare(
        self,
        household: str,
        seen: Collection[str],
        retyped: Mapping[Place, Value],
        children: Collection[str] = (),
    ) -> Comparison:
        """What differs. `retyped` holds a value for every blank, None for an empty one; text that
        the field cannot hold as the text it is.

        Raises KnownError `second_check.changed_since`, `retyping.not_all`, `records.unknown`.
        """
        self._workplace.require(Right.CHECK)
        with self._workplace.store.read() as reading:
            page = _as_seen(reading, household, seen)
            sheet = self._sheet(reading, page, children)
            return Comparison(len(sheet.blanks), self._differences(sheet, retyped))

    def settle(
        self,
        household: str,
        seen: Collection[str],
        retyped: Mapping[Place, Value],
        decided: Mapping[Place, Decision],
        children: Collection[str] = (),
        sample: str = "",
        *,
        seen_first: bool = False,
        mended: int = 0,
    ) -> Outcome:
        """Keep what came of it, every difference decided. `sample` is the seed it was drawn by.
        Kept as well is `seen_first`, that whoever typed had the page in sight before, and `mended`,
        how many fields were seen to differ and were changed on the page before this.

        Raises KnownError `retyping.undecided`, `retyping.cannot_take`, and what `compare` raises.
        """
        workplace = self._workplace
        workplace.require(Right.CHECK)
        with workplace.write() as work:
            page = _as_seen(work.connection, household, seen)
            sheet = self._sheet(work.connection, page, children)
            found = self._differences(sheet, retyped)
            _must_be_decided(found, decided)
            chosen = [(one, decided[one.place]) for one in found]
            writers = queries.writers_of(work.connection, sheet.names)
            saved = self._take(work, [one for one, it in chosen if it is Decision.TAKE], retyped)
            self._send_back(work, [one for one, it in chosen if it is Decision.RETURN])
            heads = hex_of(page_of(work.connection, household).heads)
            once, why = new_id(), _circumstances(mended, seen_first=seen_first)
            for number, values in enumerate(self._reviews(sheet, chosen, writers, sample)):
                own = review_of(workplace, household, RETYPED, why, heads)
                key = queries.key_of_retyping(once, number)
                work.record(Change("review", {**own, **values}, key=key))
            work.commit()
        how = Counter(it for _, it in chosen)
        return Outcome(
            len(sheet.blanks),
            len(found),
            how[Decision.TAKE],
            how[Decision.RETURN],
            sum(one.errors for one in saved),
            next((one.elsewhere for one in saved if one.elsewhere), ""),
        )

    # --- reading ----------------------------------------------------------------------------

    def _sheet(self, reading: Reading, page: CheckedPage, children: Collection[str]) -> _Sheet:
        home = register.record(reading, "household", page.household)
        if home is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=page.household)
        frame = frame_of(self._workplace, reading)
        held = register.children_of(reading, page.household)
        lines = [(one, line_of(one, at)) for at, one in enumerate(held, start=1)]
        wanted = [(one, at) for one, at in lines if not children or one.id in children]
        blanks, masked = [], 0
        for view, line in [*([] if children else [(home, 0)]), *wanted]:
            template = frame.template_of(view.entity, view.values)
            hidden = hidden_fields(self._workplace.catalogue.masks, view.entity, [view.values])
            for field in retyped_fields(template):
                if field.name in hidden:
                    masked += 1
                else:
                    blanks.append(Blank(view.id, view.entity, line, field))
        return _Sheet(home, {one.id: one for one in (home, *held)}, tuple(blanks), masked)

    def _differences(self, sheet: _Sheet, retyped: Mapping[Place, Value]) -> tuple[Difference, ...]:
        if {*retyped} != {one.place for one in sheet.blanks}:
            raise KnownError("retyping.not_all", "retyping.not_all_hint")
        may_enter = allows(self._workplace.account.rights, Right.ENTER)
        said = cast(Language, language())
        found = []
        for blank in sheet.blanks:
            view, field = sheet.views[blank.record], blank.field
            typed, again = view.values.get(field.name), retyped[blank.place]
            if mean_the_same(field, typed, again):
                continue
            kind = field_type(field)
            fits = again is None or kind.check(again) is None
            found.append(
                Difference(
                    blank.record,
                    blank.entity,
                    blank.line,
                    str(view.values.get("full_name") or view.values.get("head_name") or ""),
                    field,
                    kind.format(typed, said),
                    kind.format(again, said),
                    fits,
                    may_enter,
                )
            )
        return tuple(found)

    # --- writing ----------------------------------------------------------------------------

    def _take(
        self, work: UnitOfWork, taken: Sequence[Difference], retyped: Mapping[Place, Value]
    ) -> list[saving.Saved]:
        """The second text in the place of the first, saved as everything that is typed."""
        if not taken:
            return []
        self._workplace.require(Right.ENTER)
        values: dict[tuple[str, str], dict[str, Value]] = {}
        for one in taken:
            held = values.setdefault((one.entity, one.record), {})
            held[one.field.name] = retyped[one.place]
        saves = [RecordSave(Change(one[0], own, one[1])) for one, own in values.items()]
        return saving.save_in(self._workplace, work, saves)

    def _send_back(self, work: UnitOfWork, back: Sequence[Difference]) -> None:
        """One return for each record, naming its fields and none of the two texts: whoever typed
        the first is to look into the paper, not at the second.
        """
        by_record: dict[str, list[Difference]] = {}
        for one in back:
            by_record.setdefault(one.record, []).append(one)
        for record, found in by_record.items():
            view = register.record(work.connection, found[0].entity, record)
            heads = () if view is None else hex_of(view.heads)
            labels = "; ".join(str(one.field.label) for one in found)
            reason = text("retyping.reason", fields=labels)
            values = review_of(self._workplace, record, RETURNED, reason, heads)
            work.record(Change("review", {**values, "rule": found[0].field.name}))

    def _reviews(
        self,
        sheet: _Sheet,
        chosen: Sequence[tuple[Difference, Decision]],
        writers: Mapping[Place, queries.Written],
        sample: str,
    ) -> Iterator[dict[str, Value]]:
        """What came of it, for each who had typed: an import is told apart from typing. Of a sample
        for each child apart: which ones were drawn is said by nothing else.
        """
        home = sheet.household.id
        by = {
            (record, name): (
                record if sample else home,
                one.writer.called,
                _imported(one.act),
            )
            for (record, name), one in writers.items()
        }
        for who in sorted({by[one.place] for one in sheet.blanks}):
            record, author, imported = who
            own = [(one, it) for one, it in chosen if by[one.place] == who]
            how = Counter(it for _, it in own)
            yield {
                "record": record,
                "typist": author,
                "typed_by_import": imported or None,
                "sample": sample or None,
                "retyped_fields": sum(by[one.place] == who for one in sheet.blanks),
                "differing_fields": len(own),
                "taken_fields": how[Decision.TAKE],
                "returned_fields": how[Decision.RETURN],
                "differing_names": sorted({one.field.name for one, _ in own}) or None,
            }


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page as it is typed again, with what stands there."""

    household: RecordView
    views: Mapping[str, RecordView]
    blanks: tuple[Blank, ...]
    masked: int

    @property
    def names(self) -> dict[str, list[str]]:
        """Record → the fields that are asked of it."""
        found: dict[str, list[str]] = {}
        for one in self.blanks:
            found.setdefault(one.record, []).append(one.field.name)
        return found


def _finished(reading: Reading, household: str) -> CheckedPage:
    page = page_of(reading, household)
    if not page.finished:
        raise KnownError("second_check.unfinished", "second_check.unfinished_hint")
    return page


def _as_seen(reading: Reading, household: str, seen: Collection[str]) -> CheckedPage:
    page = _finished(reading, household)
    if hex_of(page.heads) != tuple(sorted(seen)):
        raise KnownError("second_check.changed_since", "retyping.changed_since_hint")
    return page


def _must_be_decided(found: Sequence[Difference], decided: Mapping[Place, Decision]) -> None:
    if any(one.place not in decided for one in found):
        raise KnownError("retyping.undecided", "retyping.undecided_hint")
    for one in found:
        if decided[one.place] is Decision.TAKE and not one.may_take:
            raise KnownError("retyping.cannot_take", one.why_not)


def _circumstances(mended: int, *, seen_first: bool) -> str:
    said = [text("retyping.seen_first")] if seen_first else []
    if mended:
        said.append(text("retyping.mended", fields=number(mended)))
    return " ".join(said)


def _imported(act: str) -> bool:
    return act.startswith(OF_AN_IMPORT)
