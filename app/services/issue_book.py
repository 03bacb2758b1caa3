"""The last check of the whole store, kept to be looked through: what was found, and where.

A check of a province finds half a million issues, and most of them are the same few: each is kept
once, beside it only on which record it stands. It is kept in memory until the program is closed;
no issue holds a name or a number of a person, and what is masked stays so
(`app.services.judging`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple, overload

from msgspec import structs

from app.errors import KnownError
from app.forms.issues import Issue, issue_text
from app.forms.schema import Severity
from app.models.log import last_position
from app.models.queries import checking, register
from app.models.store import Reading
from app.models.work import Written
from app.services import last_check
from app.services.checks import Checks, CheckSummary, FoundIssue, Sink
from app.services.lookup.directory import Ids
from app.services.rights import Right
from app.services.typed_values import form_of
from app.services.workplace import Progress, Workplace
from app.text.sort_key import natural_key

#: Households and children up to which a check takes no longer than opening a page.
SMALL = 5000


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule of one field of one form (`household`, `child`) and how often it was broken;
    `sentence` is that of its first issue.
    """

    severity: Severity
    rule: str
    form: str
    field: str
    count: int
    sentence: str


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last check came to. `changed_since`: something was written after it, so it may no
    longer be true; `position` is where the log stood.
    """

    at: datetime
    position: int
    households: int
    children: int
    errors: int
    warnings: int
    notes: int
    changed_since: bool


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues are shown: all that fit everything it names. `severity` is its value, `form` the
    form of the field: two forms have fields of one name.
    """

    severity: str = ""
    rule: str = ""
    field: str = ""
    village: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue as a list shows it, and the place of its field on a household's page: `form` is the
    form of the field, `part` the circumstance, support or event it is about.
    """

    severity: Severity
    rule: str
    form: str
    sentence: str
    household: str
    child: str
    record: str
    part: str
    field: str
    full_name: str
    household_no: str
    head_name: str
    village: str
    owner_unit: str

    @property
    def place(self) -> Mapping[str, str]:
        """Where the household's page is to be opened."""
        return {
            "household": self.household,
            "record": self.record,
            "part": self.part,
            "field": self.field,
        }


class IssueVillage(NamedTuple):
    """A village with issues, by its id, with its name and the unit whose it is."""

    id: str
    name: str
    unit: str


class FoundIssues(Sequence[int]):
    """Numbers of the issues that a list shows, in its order; no two checks give the same."""

    def __init__(self, numbers: array[int]) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> list[int]: ...

    def __getitem__(self, at: int | slice) -> int | list[int]:
        return list(self._numbers[at]) if isinstance(at, slice) else self._numbers[at]


class _Kind(NamedTuple):
    """What many issues have in common: the form they are of, and all but whose they are."""

    form: str
    issue: Issue


class _Kept:
    """The issues of one check."""

    def __init__(self) -> None:
        #: The number of the first issue; those of the checks before are below it.
        self.first = 0
        self.kinds: list[_Kind] = []
        self._numbers: dict[object, int] = {}
        self.kind_of = array("I")
        self.root_of = array("I")
        self.roots = Ids()
        self.is_child = bytearray()
        self.villages: list[str] = []
        self._village_numbers: dict[str, int] = {}
        self.village_of = array("I")
        #: Issue → the (type, name) of what belongs to the child and is meant.
        self.parts: dict[int, tuple[str, str]] = {}
        #: The issues as the books go, once `put_in_order` was called.
        self.order = array("I")
        self._last: tuple[str, str] = ("", "")
        #: The households in the order of the check, the unit of each and its first issue.
        self._homes = Ids()
        self._home_units: list[str] = []
        self._home_starts = array("I")
        self._last_home: tuple[str, str] = ("", "")

    def add(self, issues: Sequence[FoundIssue]) -> None:
        """Keep the issues of a page; those of one record follow each other."""
        for found in issues:
            if found.root != self._last:
                self._last = found.root
                self.roots.add(found.root[1])
                self._note_home(found)
                self.is_child.append(found.root[0] == "child")
                number = self._village_numbers.setdefault(found.village, len(self.villages))
                if number == len(self.villages):
                    self.villages.append(found.village)
                self.village_of.append(number)
            if found.issue.record:
                self.parts[len(self.kind_of)] = (found.issue.entity, found.issue.record)
            self.kind_of.append(self._kind(found))
            self.root_of.append(len(self.roots) - 1)

    def _note_home(self, found: FoundIssue) -> None:
        home = found.unit, found.household
        if self._home_starts and home == self._last_home:
            return
        self._last_home = home
        self._homes.add(found.household)
        self._home_units.append(found.unit)
        self._home_starts.append(len(self.kind_of))

    def put_in_order(self, reading: Reading, units: Collection[str] = ()) -> None:
        """Order the issues as the books of these units go (of all where none is named): by unit,
        then by village and household number; of one household they stay as they were found. What
        is of no visible household comes last in its unit.
        """
        count = len(self._homes)
        wanted = {self._homes[one] for one in range(count)}
        ids = register.household_ids(reading, units) if wanted else []
        place = {one: at for at, one in enumerate(ids) if one in wanted}
        ranks = [
            (self._home_units[one], place.get(self._homes[one], len(ids))) for one in range(count)
        ]
        ends = [*self._home_starts[1:], len(self.kind_of)]
        for one in sorted(range(count), key=ranks.__getitem__):
            self.order.extend(range(self._home_starts[one], ends[one]))

    def _kind(self, found: FoundIssue) -> int:
        form = form_of(found.root[0])
        bare = structs.replace(found.issue, entity="", record="", reason=None)
        told = tuple(sorted((name, str(value)) for name, value in bare.parameters.items()))
        key = (form, bare.field, bare.rule, bare.severity, bare.message_id, told)
        number = self._numbers.setdefault(key, len(self.kinds))
        if number == len(self.kinds):
            self.kinds.append(_Kind(form, bare))
        return number


class IssueBook:
    """Use cases of the page of issues. Called from several threads."""

    def __init__(self, workplace: Workplace, checks: Checks) -> None:
        self._workplace = workplace
        self._checks = checks
        self._lock = Lock()
        self._kept: _Kept | None = None
        self._last: LastCheck | None = None
        self._written = False
        self._numbered = 0
        workplace.on_written.append(self._note)

    def _note(self, written: Written) -> None:
        if written.many or written.records:
            with self._lock:
                self._written = True

    def check(self, progress: Progress | None = None) -> LastCheck:
        """Check the whole store anew and keep what is found. Raises Cancelled: then the last check
        stays.
        """

        def run(sink: Sink) -> CheckSummary:
            summary = self._checks.run(sink, progress=progress)
            last_check.note(self._workplace, summary)
            return summary

        return self._keep(run, ())

    def check_units(
        self,
        units: Collection[str],
        wanted: Callable[[FoundIssue], bool],
        progress: Progress | None = None,
    ) -> LastCheck:
        """Check these units alone, and of what is found keep what is `wanted`. The numbers of
        errors and of the others are those of what is kept. Raises Cancelled, as `check`.
        """
        count: Counter[Severity] = Counter()

        def run(sink: Sink) -> CheckSummary:
            def chosen(found: Sequence[FoundIssue]) -> None:
                kept = [one for one in found if wanted(one)]
                count.update(one.issue.severity for one in kept)
                sink(kept)

            summary = self._checks.run_units(chosen, units, progress)
            summary.by_severity = count
            return summary

        return self._keep(run, units)

    def _keep(self, run: Callable[[Sink], CheckSummary], units: Collection[str]) -> LastCheck:
        kept = _Kept()
        with self._lock:
            self._written = False
        with self._workplace.store.read() as reading:
            position = last_position(reading)
        try:
            summary = run(kept.add)
            with self._workplace.store.read() as reading:
                kept.put_in_order(reading, units)
        except BaseException:
            with self._lock:
                # What was written meanwhile is not told apart from what was before.
                self._written = self._last is not None or self._written
            raise
        at = datetime.fromtimestamp(self._workplace.clock(), tz=UTC)
        count = summary.by_severity
        last = LastCheck(
            at,
            position,
            summary.households,
            summary.children,
            count[Severity.ERROR],
            count[Severity.WARNING],
            count[Severity.NOTE],
            changed_since=False,
        )
        with self._lock:
            kept.first = self._numbered
            self._numbered += len(kept.kind_of)
            self._kept, self._last = kept, last
        return last

    def last(self) -> LastCheck | None:
        """The last check since the program was opened; None before there was one."""
        self._workplace.require(Right.READ)
        with self._lock:
            last, written = self._last, self._written
        if last is None:
            return None
        return LastCheck(
            last.at,
            last.position,
            last.households,
            last.children,
            last.errors,
            last.warnings,
            last.notes,
            written,
        )

    def is_due(self) -> bool:
        """Whether a check should begin by itself: there was none, or something was written since,
        and the store is so small that nobody waits for it.
        """
        last = self.last()
        if last is not None and not last.changed_since:
            return False
        with self._workplace.store.read() as reading:
            return checking.totals(reading) <= SMALL

    def with_issues(self, which: str) -> set[str]:
        """The children with `errors`, `warnings` or `any` of them, by the last check.

        Raises KnownError `lists.not_checked` before there was one.
        """
        self._workplace.require(Right.READ)
        kept = self._kept
        if kept is None:
            raise KnownError("lists.not_checked", "lists.not_checked_hint")
        wanted = {
            "errors": (Severity.ERROR,),
            "warnings": (Severity.WARNING,),
            "any": (Severity.ERROR, Severity.WARNING),
        }[which]
        kinds = {number for number, one in enumerate(kept.kinds) if one.issue.severity in wanted}
        roots = {
            root
            for kind, root in zip(kept.kind_of, kept.root_of, strict=True)
            if kind in kinds and kept.is_child[root]
        }
        return {kept.roots[root] for root in roots}

    def rules(self, wanted: IssueFilter) -> list[RuleCount]:
        """How often each rule of a field was broken, errors first, the most frequent first; the
        rule, form and field that `wanted` names are not looked at.
        """
        self._workplace.require(Right.READ)
        kept = self._kept
        if kept is None:
            return []
        everything = IssueFilter(wanted.severity, village=wanted.village)
        by_kind = Counter(kept.kind_of[one] for one in _fitting(kept, everything))
        counts: Counter[_Rule] = Counter()
        first: dict[_Rule, Issue] = {}
        for number, count in by_kind.items():
            kind = kept.kinds[number]
            counts[_rule_of(kind)] += count
            first.setdefault(_rule_of(kind), kind.issue)
        return [RuleCount(*one, counts[one], issue_text(first[one])) for one in _in_order(counts)]

    def villages(self) -> list[IssueVillage]:
        """The villages with issues, by unit, those of one as people count; last, with an empty id,
        what is of none.
        """
        self._workplace.require(Right.READ)
        kept = self._kept
        if kept is None:
            return []
        with self._workplace.store.read() as reading:
            named = register.records(reading, "village", {one for one in kept.villages if one})
        found = []
        for one in kept.villages:
            said = named[one].values if one in named else {}
            name, unit = (str(said.get(field) or "") for field in ("name", "owner_unit"))
            found.append(IssueVillage(one, name, unit))
        return sorted(found, key=lambda one: (not one.id, one.unit, natural_key(one.name)))

    def find(self, wanted: IssueFilter) -> FoundIssues:
        """The issues that fit, rule by rule in the order of `rules`, of each as the books go:
        village by village, household by household.
        """
        self._workplace.require(Right.READ)
        kept = self._kept
        if kept is None:
            return FoundIssues(array("I"))
        counts = Counter(_rule_of(kept.kinds[kind]) for kind in kept.kind_of)
        place = {rule: at for at, rule in enumerate(_in_order(counts))}
        ranks = [place[_rule_of(one)] for one in kept.kinds]
        by_kind: dict[int, array[int]] = {}
        for number in _fitting(kept, wanted):
            rank = ranks[kept.kind_of[number]]
            by_kind.setdefault(rank, array("I")).append(kept.first + number)
        found = array("I")
        for rank in sorted(by_kind):
            found.extend(by_kind[rank])
        return FoundIssues(found)

    def records(self, wanted: IssueFilter) -> dict[str, str]:
        """Household or child → the field of its first issue that fits, in the order of `find`."""
        self._workplace.require(Right.READ)
        kept = self._kept
        found: dict[str, str] = {}
        if kept is None:
            return found
        for number in self.find(wanted):
            at = number - kept.first
            root = kept.roots[kept.root_of[at]]
            found.setdefault(root, kept.kinds[kept.kind_of[at]].issue.field)
        return found

    def rows(self, numbers: Sequence[int]) -> list[IssueRow]:
        """The rows of a page of issues. What was deleted since has no name any more; numbers of an
        earlier check have no rows: a list of it is about to be replaced.
        """
        self._workplace.require(Right.READ)
        kept = self._kept
        if kept is None:
            return []
        last = kept.first + len(kept.kind_of)
        numbers = [one - kept.first for one in numbers if kept.first <= one < last]
        roots = [kept.root_of[one] for one in numbers]
        children = [kept.roots[one] for one in dict.fromkeys(roots) if kept.is_child[one]]
        homes = [kept.roots[one] for one in dict.fromkeys(roots) if not kept.is_child[one]]
        with self._workplace.store.read() as reading:
            child = {one.id: one for one in register.child_rows(reading, children)}
            home = {one.id: one for one in register.household_rows(reading, homes)}
        rows = []
        for number, root in zip(numbers, roots, strict=True):
            (form, issue), ent_id = kept.kinds[kept.kind_of[number]], kept.roots[root]
            part = kept.parts.get(number, ("", ""))[1]
            about = (issue.severity, issue.rule, form, issue_text(issue))
            of_child, of_home = child.get(ent_id), home.get(ent_id)
            if of_child is not None:
                rows.append(
                    IssueRow(
                        *about,
                        of_child.household,
                        ent_id,
                        ent_id,
                        part,
                        issue.field,
                        of_child.full_name,
                        of_child.household_no,
                        of_child.head_name,
                        of_child.village,
                        of_child.owner_unit,
                    )
                )
            elif of_home is not None:
                rows.append(
                    IssueRow(
                        *about,
                        ent_id,
                        "",
                        ent_id,
                        part,
                        issue.field,
                        "",
                        of_home.household_no,
                        of_home.head_name,
                        of_home.village,
                        of_home.owner_unit,
                    )
                )
            else:
                rows.append(IssueRow(*about, "", "", "", "", issue.field, "", "", "", "", ""))
        return rows


#: How severe, which rule, of which form, of which field.
_Rule = tuple[Severity, str, str, str]
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def _rule_of(kind: _Kind) -> _Rule:
    return kind.issue.severity, kind.issue.rule, kind.form, kind.issue.field


def _in_order(counts: Mapping[_Rule, int]) -> list[_Rule]:
    return sorted(counts, key=lambda one: (_RANK[one[0]], -counts[one], *one[1:]))


def _fitting(kept: _Kept, wanted: IssueFilter) -> Iterator[int]:
    kinds = {
        number
        for number, one in enumerate(kept.kinds)
        if wanted.severity in ("", one.issue.severity.value)
        and wanted.rule in ("", one.issue.rule)
        and wanted.form in ("", one.form)
        and wanted.field in ("", one.issue.field)
    }
    villages = {number for number, one in enumerate(kept.villages) if wanted.village in ("", one)}
    for number in kept.order:
        if kept.kind_of[number] in kinds and kept.village_of[kept.root_of[number]] in villages:
            yield number
