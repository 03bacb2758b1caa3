"""The worklist: everything that waits for a person, counted, and how far the round is.

Counts say how many; `first` says which record comes first, asked only when somebody goes there.
What takes a walk over the register is counted anew only after something was saved. Issues are not
looked for here: their number is that of the last check of the whole store, with its age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from app.forms.rules.person import REGISTRATION_DAYS
from app.forms.units import Tier
from app.models import backup, bundles, police_lists
from app.models.log import last_position
from app.models.queries import counting, history, refusals, rounds
from app.models.queries import worklist as queries
from app.models.queries.answering import reachable
from app.models.queries.rounds import RoundView
from app.models.queries.worklist import Days
from app.models.queries.worklist import PlaceProgress as PlaceProgress
from app.models.store import Reading
from app.services import answering, last_check
from app.services.authority import AuthorityDesk
from app.services.covers import undone_but_accepted
from app.services.crosscheck.desk import CrossCheck
from app.services.dividing import pages_of_split_units
from app.services.duplicate_pairs import waiting_pairs
from app.services.enrolment_state import EnrolmentState, Standing, enrolment_state
from app.services.erasures import old_copies
from app.services.handover_kept import kept_files
from app.services.issue_book import IssueBook
from app.services.last_check import LastCheck
from app.services.moves import Moves
from app.services.outstanding_work import outstanding_work
from app.services.people_here import code_is_on_no_paper
from app.services.returns import ReturnedRecord
from app.services.returns_above import returns_from_above
from app.services.rights import Right, allows
from app.services.second_check import SecondCheck
from app.services.workplace import Progress, Workplace
from app.text.moments import day_of

#: How far ahead the worklist looks where no round says until when.
_AHEAD = timedelta(days=30)
#: A backup is made every day; one that is older than this was missed.
_BACKUP_LATE = timedelta(hours=48)


class Duty(Enum):
    """What waits, in the order in which it is told: what somebody else asked for comes first."""

    RETURNED = "returned"
    SENT_BACK = "sent_back"
    REFUSED_ABOVE = "refused_above"
    CONFLICTS = "conflicts"
    UNDONE_BUT_ACCEPTED = "undone_but_accepted"
    SET_ASIDE_ABOVE = "set_aside_above"
    MOVES = "moves"
    DUPLICATES = "duplicates"
    LIST_ROWS = "list_rows"
    TO_VISIT = "to_visit"
    SPLIT_UNITS = "split_units"
    WAITING = "waiting"
    KEPT = "kept"
    NOT_VERIFIED = "not_verified"
    UNDONE = "undone"
    DECLARED_WRONG = "declared_wrong"
    HOME_GONE = "home_gone"
    ERRORS = "errors"
    UNFINISHED = "unfinished"
    UNFINISHED_HOUSEHOLDS = "unfinished_households"
    NOT_SEEN = "not_seen"
    TO_CHECK = "to_check"
    TURNING_16 = "turning_16"
    NO_NUMBER = "no_number"
    PLACEHOLDER = "placeholder"
    POLICE_OUT = "police_out"
    CODE_ON_NO_PAPER = "code_on_no_paper"
    NOT_ENROLLED = "not_enrolled"
    CERTIFICATE_ENDS = "certificate_ends"
    LISTS_LACK = "lists_lack"
    UNFINISHED_SENDING = "unfinished_sending"
    ANSWERS_OWED = "answers_owed"
    NOT_HANDED_OVER = "not_handed_over"
    BACKUP_LATE = "backup_late"
    OLD_COPIES = "old_copies"


#: What names records, and so is for those who may read them.
_OF_RECORDS = frozenset(
    (
        Duty.SENT_BACK,
        Duty.REFUSED_ABOVE,
        Duty.CONFLICTS,
        Duty.MOVES,
        Duty.DUPLICATES,
        Duty.LIST_ROWS,
        Duty.TO_VISIT,
        Duty.DECLARED_WRONG,
        Duty.HOME_GONE,
        Duty.ERRORS,
        Duty.UNFINISHED,
        Duty.UNFINISHED_HOUSEHOLDS,
        Duty.NOT_SEEN,
        Duty.TURNING_16,
        Duty.NO_NUMBER,
        Duty.PLACEHOLDER,
        Duty.POLICE_OUT,
    )
)
_OF_HANDOVERS = frozenset(
    (
        Duty.RETURNED,
        Duty.UNDONE_BUT_ACCEPTED,
        Duty.SET_ASIDE_ABOVE,
        Duty.WAITING,
        Duty.NOT_VERIFIED,
        Duty.UNDONE,
        Duty.UNFINISHED_SENDING,
        Duty.ANSWERS_OWED,
        Duty.NOT_HANDED_OVER,
    )
)
_COUNTED = {
    Duty.HOME_GONE: queries.HOME_GONE,
    Duty.UNFINISHED: queries.UNFINISHED,
    Duty.TURNING_16: queries.TURNING_16,
    Duty.NO_NUMBER: queries.NO_NUMBER,
    Duty.PLACEHOLDER: queries.PLACEHOLDER,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One line: how many wait; `day` is the day the line is about, where it is about one, `days`
    how many have gone by where that is what counts.
    """

    duty: Duty
    count: int
    day: date | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class RoundStanding:
    """The open round: its name, its last day and how many days are left (below 0: over)."""

    id: str
    name: str
    closes_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class WorkView:
    """The first page. `places` are villages in a commune, communes in a district, districts in a
    province that has them; `by_village` says that they are villages. `top`: there is no unit above.
    `rounds_before`: there have been rounds, whether or not one is open.
    """

    tasks: tuple[Task, ...]
    empty: bool
    round: RoundStanding | None
    places: tuple[PlaceProgress, ...]
    by_village: bool
    check: LastCheck | None
    backup: datetime | None
    not_handed_over: int
    unconfirmed: int
    enrolment: EnrolmentState
    top: bool = False
    rounds_before: bool = False


@dataclass(frozen=True, slots=True)
class _Walked:
    """What takes a walk over the register."""

    children: Mapping[str, int]
    households: int
    places: tuple[PlaceProgress, ...]
    moves: int
    #: Households and children that stand under a unit which was split.
    undivided: int
    #: Handovers that wait for a verdict, those that were taken back here and not returned,
    #: and units that wait for receipts or returns.
    unverified: int
    undone: int
    #: Bundles that were taken back here and accepted on another PC of this unit.
    undone_but_accepted: int
    owed_to: int


class Worklist:
    """The use cases of the first page. Counting needs no right, naming a record needs `READ`."""

    def __init__(
        self, workplace: Workplace, checks: IssueBook, second: SecondCheck, moves: Moves
    ) -> None:
        self._workplace = workplace
        self._checks = checks
        self._second = second
        self._moves = moves
        self._walked: tuple[tuple[object, ...], _Walked] | None = None
        self._to_check: tuple[tuple[object, ...], int] = ((), 0)

    @property
    def gathers(self) -> bool:
        """Whether records come from units below: a register of a commune is typed."""
        return self._workplace.gathers

    def read_all(self) -> WorkView:
        """`read`, with the pages for the second person counted anew: each is read for that."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            key = self._key(reading, rounds.open_round(reading))
        if self._to_check[0] != key:
            rights = workplace.account.rights
            asked = workplace.tier is Tier.COMMUNE and {Right.CHECK, Right.READ} <= rights
            self._to_check = (key, self._second.waiting_for_check() if asked else 0)
        return self.read()

    def read(self) -> WorkView:
        """Everything that waits for the signed-in person, in one consistent view of the store.

        Pages for the second person are as many as `read_all` found last.
        """
        workplace = self._workplace
        with workplace.store.read() as reading:
            current = rounds.open_round(reading)
            walked = self._walk(reading, current)
            work = outstanding_work(workplace, reading)
            check = last_check.last_check(workplace, reading)
            enrolment = enrolment_state(workplace, reading)
            found = self._counts(reading, current, walked, check)
            out = police_lists.issued_and_out(reading)
            found[Duty.NOT_HANDED_OVER] = work.unsent
            found[Duty.LISTS_LACK] = AuthorityDesk(workplace).unlisted_in(reading)
            empty = queries.is_empty(reading, ("household", "child"))
            rounds_before = not queries.is_empty(reading, ("round",))
        made = backup.newest(workplace.settings)
        days = self._days(current)
        tasks = [
            Task(duty, found[duty], days.until if duty is Duty.TURNING_16 else None)
            for duty in Duty
            if found[duty] and self._concerns(duty)
        ]
        tasks += self._of_this_pc(enrolment, made, empty=empty)
        tasks += self._with_the_police(out)
        order = list(Duty)
        return WorkView(
            tasks=tuple(sorted(tasks, key=lambda one: order.index(one.duty))),
            empty=empty,
            round=self._standing(current),
            places=walked.places,
            by_village=workplace.tier is Tier.COMMUNE,
            check=check,
            backup=made,
            not_handed_over=work.unsent,
            unconfirmed=work.unconfirmed,
            enrolment=enrolment,
            top=workplace.tree.units.parent(workplace.unit) is None,
            rounds_before=rounds_before,
        )

    def check(self, progress: Progress) -> None:
        """Check the whole store and keep what it comes to. Raises as `IssueBook.check` does."""
        self._checks.check(progress)

    def first(self, duty: Duty) -> tuple[str, str] | None:
        """(household, child) of the first record of a line, as the books go; None where the line
        names no record, none is left, or none has a page here.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            current = rounds.open_round(reading)
            if duty in _COUNTED:
                return queries.first_child(reading, _COUNTED[duty], self._days(current))
            if duty is Duty.SENT_BACK:
                return self._first_sent_back()
            if duty is Duty.REFUSED_ABOVE:
                return refusals.first_page(reading)
            household = self._first_household(reading, duty, current)
            if household is not None:
                return household, ""
            named = self._first_named(reading, duty)
            page = ("", "") if named is None else queries.page_of(reading, *named)
        return None if page == ("", "") else page

    # --- counting ---------------------------------------------------------------------------

    def _counts(
        self,
        reading: Reading,
        current: RoundView | None,
        walked: _Walked,
        check: LastCheck | None,
    ) -> Counter[Duty]:
        seen = sum(one.seen for one in walked.places)
        found = Counter({duty: walked.children[name] for duty, name in _COUNTED.items()})
        found[Duty.RETURNED] = len(returns_from_above(self._workplace, reading))
        found[Duty.SET_ASIDE_ABOVE] = len(answering.set_aside_above(self._workplace, reading))
        found[Duty.REFUSED_ABOVE] = len(refusals.refused_above(reading))
        found[Duty.CONFLICTS] = counting.open_conflicts(reading, self._workplace.tier.value)
        found[Duty.MOVES] = walked.moves
        found[Duty.DUPLICATES] = waiting_pairs(reading)
        lists = CrossCheck(self._workplace).waiting(reading)
        found[Duty.LIST_ROWS], found[Duty.TO_VISIT] = lists
        found[Duty.SPLIT_UNITS] = walked.undivided
        found[Duty.WAITING] = queries.waiting(reading)
        found[Duty.KEPT] = len(kept_files(self._workplace, reading))
        found[Duty.DECLARED_WRONG] = queries.declared_wrong(reading)
        found[Duty.ERRORS] = 0 if check is None else check.errors
        found[Duty.UNFINISHED_HOUSEHOLDS] = walked.households
        found[Duty.TO_CHECK] = self._to_check[1]
        if self._concerns(Duty.SENT_BACK):
            found[Duty.SENT_BACK] = len(self._sent_back())
        if current is not None:
            found[Duty.NOT_SEEN] = sum(one.households for one in walked.places) - seen
        found[Duty.UNFINISHED_SENDING] = len(bundles.unfinished(reading))
        found[Duty.NOT_VERIFIED] = walked.unverified
        found[Duty.UNDONE] = walked.undone
        found[Duty.UNDONE_BUT_ACCEPTED] = walked.undone_but_accepted
        found[Duty.ANSWERS_OWED] = walked.owed_to
        return found

    def _walk(self, reading: Reading, current: RoundView | None) -> _Walked:
        key = self._key(reading, current)
        if self._walked is not None and self._walked[0] == key:
            return self._walked[1]
        villages = self._workplace.tier is Tier.COMMUNE
        round_id = "" if current is None else current.id
        units = self._workplace.reach()
        walked = _Walked(
            queries.count_children(reading, self._days(current)),
            queries.unfinished_households(reading, units),
            tuple(self._named(queries.progress(reading, units, round_id, by_village=villages))),
            self._moves.waiting(reading),
            self._undivided(reading),
            len(answering.unverified(self._workplace, reading)) if self.gathers else 0,
            len(answering.undone(self._workplace, reading)) if self.gathers else 0,
            len(undone_but_accepted(self._workplace, reading)) if self.gathers else 0,
            len(answering.owed_to(self._workplace, reading)) if self.gathers else 0,
        )
        self._walked = (key, walked)
        return walked

    def _undivided(self, reading: Reading) -> int:
        """What the province has to divide; what turns up later under a split unit is among it."""
        if self._workplace.tier is not Tier.PROVINCE:
            return 0
        held = pages_of_split_units(self._workplace, reading)
        return sum(households + children for households, children in held.values())

    def _key(self, reading: Reading, current: RoundView | None) -> tuple[object, ...]:
        """What a transaction changes moves one of these on; with the day the birth dates move."""
        return (
            last_position(reading),
            history.stopped_count(reading),
            queries.declared_wrong(reading),
            self._workplace.today(),
            current,
            # A PC is revoked without a word in the log, and then nothing is owed to it.
            reachable(reading) if self.gathers else None,
        )

    def _named(self, found: Sequence[PlaceProgress]) -> Iterator[PlaceProgress]:
        """Villages as they are; units with their names, gathered below a province's districts."""
        if self._workplace.tier is Tier.COMMUNE:
            yield from found
            return
        tree = self._workplace.tree.units
        gathered: dict[str, Counter[str]] = {}
        for one in found:
            place = one.place
            if self._workplace.tier is Tier.PROVINCE and place in tree:
                above = tree.parent(place)
                if above is not None and tree.tier(above.ref) is Tier.DISTRICT:
                    place = above.ref
            total = gathered.setdefault(place, Counter())
            total.update(households=one.households, seen=one.seen, done=one.done)
        for place, total in gathered.items():
            unit = tree.get(place)
            name = place if unit is None else unit.full_name()
            yield PlaceProgress(place, name, total["households"], total["seen"], total["done"])

    def _of_this_pc(
        self, enrolment: EnrolmentState, made: datetime | None, *, empty: bool
    ) -> Iterator[Task]:
        now = datetime.fromtimestamp(self._workplace.clock()).astimezone()
        standing = enrolment.standing
        if Right.KEYS in self._workplace.account.rights and code_is_on_no_paper(self._workplace):
            yield Task(Duty.CODE_ON_NO_PAPER, 1)
        if standing in (Standing.NOT_ASKED, Standing.ASKED):
            if not self._workplace.demonstration:
                yield Task(Duty.NOT_ENROLLED, 1)
        elif standing is not Standing.ENROLLED:
            yield Task(Duty.CERTIFICATE_ENDS, 1, enrolment.until)
        if Right.KEYS in self._workplace.account.rights and (old := old_copies(self._workplace)):
            yield Task(Duty.OLD_COPIES, len(old))
        if not empty and (made is None or now - made > _BACKUP_LATE):
            yield Task(Duty.BACKUP_LATE, 1, None if made is None else made.astimezone().date())

    def _with_the_police(self, issued: Sequence[int]) -> Iterator[Task]:
        """The lists that the police have, and how long they have had the oldest."""
        if issued and self._concerns(Duty.POLICE_OUT):
            since = day_of(min(issued))
            days = 0 if since is None else max(0, (self._workplace.today() - since).days)
            yield Task(Duty.POLICE_OUT, len(issued), since, days)

    def _concerns(self, duty: Duty) -> bool:
        rights = self._workplace.account.rights
        if duty is Duty.NOT_HANDED_OVER and self._workplace.demonstration:
            return False
        if duty is Duty.LISTS_LACK:
            return allows(rights, Right.KEYS)
        if duty is Duty.KEPT:  # who receives keeps it, who holds the keys decides
            return allows(rights, Right.HANDOVER) or allows(rights, Right.KEYS)
        if duty is Duty.SPLIT_UNITS:
            return allows(rights, Right.ADMIN)
        if duty in _OF_RECORDS:
            return allows(rights, Right.READ)
        return duty not in _OF_HANDOVERS or allows(rights, Right.HANDOVER)

    def _days(self, current: RoundView | None) -> Days:
        today = self._workplace.today()
        closes = _day(current)
        until = closes if closes is not None and closes > today else today + _AHEAD
        return Days(today, until, today - timedelta(days=REGISTRATION_DAYS))

    def _standing(self, current: RoundView | None) -> RoundStanding | None:
        if current is None:
            return None
        closes = _day(current)
        left = None if closes is None else (closes - self._workplace.today()).days
        return RoundStanding(current.id, current.name, closes, left)

    # --- the first record -------------------------------------------------------------------

    def _first_sent_back(self) -> tuple[str, str] | None:
        """What the second person sent back, first what the signed-in person typed."""
        return next(((one.household, one.child) for one in self._sent_back()), None)

    def _sent_back(self) -> list[ReturnedRecord]:
        """What was sent back within the unit; what came from above is told by its handover."""
        return [one for one in self._second.returned_to() if not one.from_above]

    def _first_household(
        self, reading: Reading, duty: Duty, current: RoundView | None
    ) -> str | None:
        units = self._workplace.reach()
        if duty is Duty.UNFINISHED_HOUSEHOLDS:
            return queries.first_unfinished_household(reading, units)
        if duty is Duty.NOT_SEEN and current is not None:
            return queries.first_not_seen(reading, units, current.id)
        return None

    def _first_named(self, reading: Reading, duty: Duty) -> tuple[str, str] | None:
        """(type, id) of the first record of a line, wherever it stands."""
        if duty is Duty.CONFLICTS:
            return queries.first_conflict(reading, self._workplace.tier.value)
        if duty is Duty.DECLARED_WRONG:
            return queries.first_declared_wrong(reading)
        if duty is Duty.ERRORS:
            check = last_check.last_check(self._workplace, reading)
            return check.first if check is not None and check.errors else None
        return None


def _day(current: RoundView | None) -> date | None:
    return date.fromisoformat(current.closes_on) if current and current.closes_on else None
