"""Operator statistics (năng suất nhập liệu): what was done, in how much time, by whom.

Everything is derived from what exists: operations with their author and moment, reviews and
returns. What an import brought was not typed and counts for nobody; it is told beside. What was set
aside, or is refused, is not counted. People are told apart as the second check tells them
(`app.models.queries.writers`). Whoever administers this PC sees everybody's numbers, everybody else
the own ones: they are there to plan the days that are left, not to compare people.

A child or household is *completed* by whoever first declared it complete, on that day; *changed* by
whoever saved it, or what belongs to it, on a day without completing it then. Time is reckoned by
`app.services.work_time` and told apart by what the save was about: entering (a record the same
person began or completed that day), changing, checking.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from math import ceil

from app.errors import KnownError
from app.forms.units import Tier
from app.models.queries import counting, register, rounds, working
from app.models.queries.second_check import CHECKED, RETURNED, RETYPED
from app.models.queries.working import Writing
from app.models.queries.writers import Writers
from app.models.store import Reading
from app.services.importing.drafts import ACT_PREFIX as OF_AN_IMPORT
from app.services.rights import Right, allows
from app.services.work_time import LEAST_SECONDS_A_CHILD, worked
from app.services.work_time import SECONDS_A_CHILD as SECONDS_A_CHILD
from app.services.workplace import Workplace
from app.services.writers import writes_as
from app.text.moments import day_of

#: How many days are looked back on where nobody says otherwise.
_DAYS = 14


@dataclass(slots=True)
class Work:
    """What a person did on a day, or in a period. Seconds by `app.services.work_time`."""

    children_completed: int = 0
    households_completed: int = 0
    children_changed: int = 0
    households_changed: int = 0
    households_checked: int = 0
    returned: int = 0
    retyped_fields: int = 0
    differing_fields: int = 0
    mistaken_fields: int = 0
    entering_seconds: int = 0
    changing_seconds: int = 0
    checking_seconds: int = 0

    def add(self, other: Work) -> None:
        """Add what was done elsewhere."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def minutes(self) -> int:
        """All time at work, in whole minutes."""
        return round((self.entering_seconds + self.changing_seconds + self.checking_seconds) / 60)

    @property
    def is_typed(self) -> bool:
        """Whether children were completed at a pace at which somebody can have typed them."""
        done = self.children_completed
        return bool(done) and self.entering_seconds >= done * LEAST_SECONDS_A_CHILD

    @property
    def seconds_a_child(self) -> int | None:
        """Seconds of entering for each completed child; None where none was completed, or more than
        anybody types.
        """
        done = self.children_completed
        return round(self.entering_seconds / done) if self.is_typed else None

    @property
    def children_an_hour(self) -> float | None:
        """Completed children in an hour of entering, to a tenth; None as `seconds_a_child`."""
        done, took = self.children_completed, self.entering_seconds
        return round(done * 3600 / took, 1) if self.is_typed else None

    @property
    def mistaken_percent(self) -> float | None:
        """Of 100 fields that somebody typed again, in how many what was typed first did not stand;
        None where none was. A slip of whoever typed again is nobody else's mistake.
        """
        again = self.retyped_fields
        return None if not again else round(100 * self.mistaken_fields / again, 1)


@dataclass(frozen=True, slots=True)
class DayOfWork:
    """What a person did on one day."""

    author: str
    day: date
    work: Work


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is left of a commune's round. `unfinished` children are in the register and not
    complete; `missing` is what the villages expect beyond it, None where none says. `a_day` is how
    many children the unit completed on a day on which any was typed; `days_needed` and `days_left`
    are None where nobody can say.
    """

    unfinished: int
    missing: int | None
    a_day: float | None
    days_needed: int | None
    days_left: int | None

    @property
    def remaining(self) -> int:
        """Children still to be completed, as far as anybody knows."""
        return self.unfinished + (self.missing or 0)


@dataclass(frozen=True, slots=True)
class WorkStatistics:
    """The numbers of a period, both days included. `imported` children were first declared complete
    by an import in it: nobody typed them. `everybody` says that all people are told, not only
    whoever asks. `ahead` is there for a commune.
    """

    since: date
    until: date
    days: tuple[DayOfWork, ...]
    imported: int
    everybody: bool
    ahead: Ahead | None = None
    people: Mapping[str, Work] = field(default_factory=dict)


class WorkStatisticsDesk:
    """The use case."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def read(
        self, since: date | None = None, until: date | None = None, *, days: int = _DAYS
    ) -> WorkStatistics:
        """The numbers from one day to another, by the local calendar: without `until` to today,
        without `since` of the last `days`. Raises KnownError `statistics.days`, `rights.denied`.
        """
        workplace = self._workplace
        everybody = allows(workplace.account.rights, Right.ADMIN)
        if not everybody:
            workplace.require(Right.READ)
        until = until or workplace.today()
        since = since or until - timedelta(days=days - 1)
        if since > until:
            raise KnownError("statistics.days", "statistics.days_hint")
        with workplace.store.read() as reading:
            span = _moment(since), _moment(until + timedelta(days=1))
            counted = _Counted(reading, workplace.unit, span)
            done = counted.days()
            account = workplace.account
            mine = Writers(reading).account(writes_as(account), account.name).called
            ahead = self._ahead(reading, done) if workplace.tier is Tier.COMMUNE else None
        shown = [one for one in done if everybody or one.author == mine]
        people: dict[str, Work] = {}
        for one in shown:
            people.setdefault(one.author, Work()).add(one.work)
        return WorkStatistics(
            since, until, tuple(shown), counted.imported, everybody, ahead, people
        )

    def _ahead(self, reading: Reading, done: Iterable[DayOfWork]) -> Ahead:
        workplace = self._workplace
        basis = counting.basis_of(reading, workplace.today())
        unfinished = working.unfinished_children(reading, workplace.unit, basis)
        missing = working.missing_children(reading, workplace.unit, basis)
        by_day: dict[date, int] = {}
        for one in done:
            if one.work.is_typed:
                by_day[one.day] = by_day.get(one.day, 0) + one.work.children_completed
        a_day = sum(by_day.values()) / len(by_day) if by_day else None
        remaining = unfinished + (missing or 0)
        current = rounds.open_round(reading)
        left = None
        if current is not None and current.closes_on:
            left = (date.fromisoformat(current.closes_on) - workplace.today()).days
        return Ahead(
            unfinished,
            missing,
            None if a_day is None else round(a_day, 1),
            0 if not remaining else None if a_day is None else ceil(remaining / a_day),
            left,
        )


class _Counted:
    """The counting itself, from one reading of the log."""

    def __init__(self, reading: Reading, unit: str, span: tuple[int, int]) -> None:
        self._reading, self._unit = reading, unit
        written = list(working.written_by(reading, unit, *span))
        days = {one.wall: day_of(one.wall) for one in written}
        self._days = {wall: day for wall, day in days.items() if day is not None}
        every = [one for one in written if one.wall in self._days]
        self._typed = [one for one in every if not _imported(one)]
        declared = {one.record for one in every if one.declares and one.entity in _HOLDERS}
        first = working.first_declarations(reading, declared)
        within = {one.position for one in every}
        #: What was first declared complete within the period.
        firsts = [one for one in first.values() if one.position in within]
        self.imported = sum(_imported(one) and one.entity == "child" for one in firsts)
        self._firsts = {one.position for one in firsts if not _imported(one)}
        self._found: dict[tuple[str, date], Work] = {}

    def days(self) -> list[DayOfWork]:
        """Person by person and day by day, in order."""
        self._count_records()
        self._count_time()
        self._count_reviews()
        return [
            DayOfWork(author, day, work)
            for (author, day), work in sorted(self._found.items(), key=_by_day)
        ]

    def _of(self, one: Writing) -> Work:
        return self._found.setdefault((one.author, self._days[one.wall]), Work())

    def _count_records(self) -> None:
        completed: set[tuple[str, date, str]] = set()
        for one in self._typed:
            if one.position in self._firsts:
                completed.add((one.author, self._days[one.wall], one.record))
                work = self._of(one)
                if one.entity == "child":
                    work.children_completed += 1
                else:
                    work.households_completed += 1
        entities = {one.record: one.entity for one in self._typed if one.entity in _HOLDERS}
        told = set(completed)
        for one in self._typed:
            place = (one.author, self._days[one.wall], one.root)
            if one.entity == "review" or place in told:
                continue
            told.add(place)
            work = self._of(one)
            if entities.get(one.root, _holder(one)) == "household":
                work.households_changed += 1
            else:
                work.children_changed += 1

    def _count_time(self) -> None:
        fresh = {
            (one.author, self._days[one.wall], one.root)
            for one in self._typed
            if (one.creates and one.entity in _HOLDERS) or one.position in self._firsts
        }
        stretches: dict[tuple[str, str], list[list[Writing]]] = {}
        for one in self._typed:
            saves = stretches.setdefault((one.author, one.replica), [])
            if saves and saves[-1][0].wall == one.wall:
                saves[-1].append(one)
            else:
                saves.append([one])
        for saves in stretches.values():
            took = worked(save[0].wall for save in saves)
            for save, seconds in zip(saves, took, strict=True):
                work = self._of(save[0])
                if any((one.author, self._days[one.wall], one.root) in fresh for one in save):
                    work.entering_seconds += seconds
                elif all(one.entity == "review" for one in save):
                    work.checking_seconds += seconds
                else:
                    work.changing_seconds += seconds

    def _count_reviews(self) -> None:
        made = {one.record: one for one in self._typed if one.entity == "review" and one.creates}
        reviews = register.records(self._reading, "review", made.keys())
        back = {
            str(one.values.get("record"))
            for one in reviews.values()
            if one.values.get("result") == RETURNED
        }
        typists = working.last_typists(self._reading, self._unit, back, OF_AN_IMPORT)
        for ent_id, review in reviews.items():
            one, said = made[ent_id], review.values
            day, result = self._days[one.wall], said.get("result")
            if review.hidden:
                continue
            if result == CHECKED:
                self._of(one).households_checked += 1
            elif result == RETURNED:
                wrote = typists.get(str(said.get("record")), [])
                at = bisect_left(wrote, (one.position, ""))
                if at:
                    self._found.setdefault((wrote[at - 1][1], day), Work()).returned += 1
            elif result == RETYPED and not said.get("typed_by_import"):
                work = self._found.setdefault((str(said.get("typist") or ""), day), Work())
                work.retyped_fields += _number(said.get("retyped_fields"))
                work.differing_fields += _number(said.get("differing_fields"))
                work.mistaken_fields += _number(said.get("taken_fields"))
                work.mistaken_fields += _number(said.get("returned_fields"))


_HOLDERS = ("household", "child")


def _holder(one: Writing) -> str:
    """The type of what something belongs to that was not itself saved in the period: only children
    have circumstances, supports and events of their own page.
    """
    return one.entity if one.entity in _HOLDERS else "child"


def _imported(one: Writing) -> bool:
    return one.act.startswith(OF_AN_IMPORT)


def _by_day(item: tuple[tuple[str, date], Work]) -> tuple[date, str]:
    return item[0][1], item[0][0]


def _moment(day: date) -> int:
    """The first second of a day by the local calendar."""
    return int(datetime.combine(day, time()).astimezone().timestamp())


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
