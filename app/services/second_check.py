"""The second person's check (kiểm tra), household by household, and what was sent back by it.

A check is a `review` of a household that names every head of its page: of the household, of its
children, and of what belongs to them. It covers the page until one of them changes; then the page
is due again (3-data.md, "State, acceptance, import"). A return is a `review` of one record with a
reason; it waits for the typist until somebody works on that record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from app.errors import KnownError
from app.history.operation import Value
from app.models.queries import register
from app.models.queries import second_check as queries
from app.models.queries.register import RecordView
from app.models.queries.second_check import CHECKED, RETURNED, CheckedPage
from app.models.store import Reading
from app.models.work import Change
from app.services.check_sheet import CheckSheet, sheet_of
from app.services.entry import Entry, EntryPage, UnitLine
from app.services.returns import ReturnedRecord, returned_records
from app.services.rights import Right, allows
from app.services.workplace import Account, Workplace
from app.services.writers import is_among, writes_as
from app.text.normalize import clean


class State(Enum):
    """How a household's page stands to the second person."""

    NEVER = "never"  # nobody has checked it
    CHANGED = "changed"  # checked, and changed since
    RETURNED = "returned"  # sent back, and nobody has worked on it since
    CHECKED = "checked"  # all that stands there was checked


@dataclass(frozen=True, slots=True)
class PageState:
    """The state of one page, who checked it last and on which day (ISO; empty for never).
    `returned` is what was sent back of it, told where one page is asked for.
    """

    household: str
    state: State
    finished: bool
    by: str = ""
    on: str = ""
    returned: tuple[ReturnedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class VillageChecks:
    """How many households of a village wait: those `waiting` are finished, not checked as they
    stand and not sent back; `unfinished` ones are not ready for a check yet.
    """

    id: str
    name: str
    households: int
    checked: int
    waiting: int
    unfinished: int
    returned: int


@dataclass(frozen=True, slots=True)
class Retyped:
    """What came of the last time fields of a page were typed again: by whom, on which day (ISO),
    how many fields and how many of them differed. `as_it_stands`: nothing was changed since.
    """

    by: str
    on: str
    compared: int
    differed: int
    as_it_stands: bool


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A page for the checker: as the entry desk shows it and as a sheet in words, who typed it
    since the last check, and whether that is the checker. `heads` are what a check of it names.
    """

    page: EntryPage
    sheet: CheckSheet
    state: PageState
    typed_by: tuple[str, ...]
    typed_by_me: bool
    heads: tuple[str, ...]
    retyped: Retyped | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """What the checker says was compared (form_fields.csv: checked_…_list)."""

    poverty: bool
    allowance: bool
    other: bool | None = None


class SecondCheck:
    """Use cases of the second person."""

    def __init__(self, workplace: Workplace, entry: Entry) -> None:
        self._workplace = workplace
        self._entry = entry

    # --- what waits -------------------------------------------------------------------------

    def communes(self) -> list[UnitLine]:
        """The communes whose households may be checked here; one for a commune itself."""
        return self._entry.communes()

    def villages(self, unit: str = "") -> list[VillageChecks]:
        """The villages of a commune with what waits in each, in its order."""
        self._workplace.require(Right.READ)
        unit = unit or self._workplace.unit
        with self._workplace.store.read() as reading:
            pages = queries.pages(reading, unit)
            back = {one.household for one in queries.standing_returns(reading, unit)}
            named = [
                (one.id, str(one.values.get("name") or ""))
                for one in register.villages(reading, unit)
            ]
        places = dict(named)
        for page in pages.values():
            places.setdefault(page.village, "")
        held: dict[str, list[PageState]] = {one: [] for one in places}
        for page in pages.values():
            held[page.village].append(_state(page, back))
        return [counted(one, places[one], states) for one, states in held.items() if states]

    def waiting_for_check(self, unit: str = "") -> int:
        """How many households of a commune wait for the second person."""
        return sum(one.waiting for one in self.villages(unit))

    def walk(self, village: str, unit: str = "") -> list[PageState]:
        """The households of a village in the order of the book, each with its state."""
        self._workplace.require(Right.READ)
        unit = unit or self._workplace.unit
        with self._workplace.store.read() as reading:
            back = {one.household for one in queries.standing_returns(reading, unit)}
            return [_state(one, back) for one in queries.pages(reading, unit, village).values()]

    def walk_of(self, households: Sequence[str], unit: str = "") -> list[PageState]:
        """Some households of a commune in the order of the book, each with its state; without those
        that are gone.
        """
        self._workplace.require(Right.READ)
        unit, wanted = unit or self._workplace.unit, {*households}
        with self._workplace.store.read() as reading:
            back = {one.household for one in queries.standing_returns(reading, unit)}
            pages = queries.pages(reading, unit)
            return [_state(one, back) for one in pages.values() if one.household in wanted]

    def state_of(self, household: str) -> PageState | None:
        """The state of one household, None where it is not here; cheap enough for every page."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            back = {
                one.household for one in queries.standing_returns(reading, self._workplace.unit)
            }
            page = queries.pages(reading, "", household=household).get(household)
            if page is None:
                return None
            who, about = self._workplace.account, page.records
            returned = returned_records(self._workplace, reading, who, about)
            return replace(_state(page, back), returned=tuple(returned))

    # --- the typist's side ------------------------------------------------------------------

    def returned_to(self, account: Account | None = None) -> list[ReturnedRecord]:
        """What waits for whoever typed it (the signed-in account when none is named): their own
        first, then others', in the order it was said. Whole handovers that a unit above sent back
        are told by `Waiting.returned`.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        who = account or workplace.account
        with workplace.store.read() as reading:
            found = returned_records(workplace, reading, who)
        return sorted(found, key=lambda one: not one.mine)

    # --- the checker's side -----------------------------------------------------------------

    def page(self, household: str) -> CheckPage:
        """A page to be compared with the paper. Raises KnownError `records.unknown`."""
        workplace = self._workplace
        workplace.require(Right.CHECK)
        with workplace.store.read() as reading:
            found = page_of(reading, household)
            back = {one.household for one in queries.standing_returns(reading, workplace.unit)}
            typed = queries.authors_since(reading, found, found.newest)
            retyped = _retyped(reading, found)
        shown = self._entry.page(household)
        if shown is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=household)
        return CheckPage(
            shown,
            sheet_of(workplace.catalogue, shown),
            _state(found, back),
            tuple(sorted(one.called for one in typed)),
            is_among(workplace.account, typed),
            hex_of(found.heads),
            retyped,
        )

    def check(
        self, household: str, seen: Collection[str], lists: Lists, reason: str = ""
    ) -> PageState:
        """All that stands on a page agrees with the paper. `seen` are the heads it was shown with.

        Whoever typed on it since the last check gives a reason, which is kept (3-data.md: most
        communes have one officer). Raises KnownError `second_check.changed_since`,
        `second_check.unfinished`, `second_check.same_person`, `records.unknown`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.CHECK)
        said = clean(reason)
        with workplace.write() as work:
            found = page_of(work.connection, household)
            if hex_of(found.heads) != tuple(sorted(seen)):
                raise KnownError("second_check.changed_since", "second_check.changed_since_hint")
            if not found.finished:
                raise KnownError("second_check.unfinished", "second_check.unfinished_hint")
            typed = queries.authors_since(work.connection, found, found.newest)
            if is_among(workplace.account, typed) and not said:
                raise KnownError("second_check.same_person", "second_check.same_person_hint")
            values = review_of(workplace, household, CHECKED, said, hex_of(found.heads))
            values["checked_poverty_list"] = lists.poverty
            values["checked_allowance_list"] = lists.allowance
            values["checked_other_support"] = lists.other
            work.record(Change("review", values))
            work.commit()
        done = self.state_of(household)
        if done is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=household)
        return done

    def return_(self, household: str, reason: str, *, child: str = "", field: str = "") -> None:
        """Send a page, or one child of it, back to whoever typed it. Nothing of it is changed.

        Raises KnownError `second_check.no_reason`, `records.unknown`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.CHECK)
        said = clean(reason)
        if not said:
            raise KnownError("second_check.no_reason", "second_check.no_reason_hint")
        with workplace.write() as work:
            page = page_of(work.connection, household)
            record = child or household
            entity = "child" if child else "household"
            found = register.record(work.connection, entity, record)
            if found is None or record not in page.records:
                raise KnownError("records.unknown", "records.unknown_hint", id=record)
            heads = hex_of(found.heads)
            values = review_of(workplace, record, RETURNED, said, heads)
            values["rule"] = field or None
            work.record(Change("review", values))
            work.commit()

    @property
    def may_check(self) -> bool:
        """Whether the signed-in account is one who checks."""
        return allows(self._workplace.account.rights, Right.CHECK)


def review_of(
    workplace: Workplace, record: str, result: str, reason: str, heads: Collection[str]
) -> dict[str, Value]:
    """What the signed-in account says of a record today, of the version these heads are."""
    return {
        "record": record,
        "result": result,
        "reason": reason or None,
        "reviewer": writes_as(workplace.account),
        "reviewed_on": workplace.today().isoformat(),
        "reviewed_heads": sorted(heads),
    }


def page_of(reading: Reading, household: str, *, hidden: bool = False) -> CheckedPage:
    """A household's page with its heads; `hidden`: also of one that is in no list any more. Raises
    KnownError `records.unknown`.
    """
    found = queries.pages(reading, "", household=household, hidden=hidden).get(household)
    if found is None:
        raise KnownError("records.unknown", "records.unknown_hint", id=household)
    return found


def hex_of(heads: Collection[bytes]) -> tuple[str, ...]:
    """Heads as a review names them, in order."""
    return tuple(sorted(one.hex() for one in heads))


def _retyped(reading: Reading, page: CheckedPage) -> Retyped | None:
    reviews = queries.last_retyping(reading, page.household)
    if not reviews:
        return None
    said = reviews[0].values
    seen = said.get("reviewed_heads")
    return Retyped(
        str(said.get("reviewer") or ""),
        str(said.get("reviewed_on") or ""),
        sum(_count(one, "retyped_fields") for one in reviews),
        sum(_count(one, "differing_fields") for one in reviews),
        isinstance(seen, list) and set(hex_of(page.heads)) <= set(seen),
    )


def _count(review: RecordView, name: str) -> int:
    value = review.values.get(name)
    return value if isinstance(value, int) else 0


def _state(page: CheckedPage, returned: Collection[str]) -> PageState:
    covering, newest = page.covering, page.newest
    last = covering or newest
    if page.household in returned:
        state = State.RETURNED
    elif covering is not None:
        state = State.CHECKED
    else:
        state = State.NEVER if newest is None else State.CHANGED
    said: Mapping[str, Value] = {} if last is None else last.values
    return PageState(
        page.household,
        state,
        page.finished,
        str(said.get("reviewer") or ""),
        str(said.get("reviewed_on") or ""),
    )


def counted(ent_id: str, name: str, states: Collection[PageState]) -> VillageChecks:
    """The numbers of a village, from the states of its households."""
    open_ones = [one for one in states if one.state in (State.NEVER, State.CHANGED)]
    waiting = sum(one.finished for one in open_ones)
    return VillageChecks(
        ent_id,
        name,
        len(states),
        sum(one.state is State.CHECKED for one in states),
        waiting,
        len(open_ones) - waiting,
        sum(one.state is State.RETURNED for one in states),
    )
