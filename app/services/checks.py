"""Checking the whole store with the one validator, in flat memory.

Every issue is handed on as soon as it is found; no record is written, only the verdict on
declarations is kept. What a single record would be told on its page is what it is told here: the
surroundings are the same, only read in bulk, and personal ids that several children carry come from
one query.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from app.errors import KnownError
from app.forms.catalogue import stamp_of
from app.forms.context import Context, Holders
from app.forms.issues import Issue, Value, Values, issue_text
from app.forms.schema import Severity, Template
from app.forms.validator import errors_many, validate_many
from app.i18n import text
from app.models import declarations
from app.models.bulk import rare_collections
from app.models.doubled import Holder
from app.models.log import last_position
from app.models.queries import checking, departed
from app.models.queries.checking import StoredChild, StoredHousehold
from app.services.handles import name_of
from app.services.judging import holds_secrets, said_openly
from app.services.marked_files import CSV, XLSX, about_of, write_table
from app.services.rights import Right
from app.services.surroundings import (
    Frame,
    frame_of,
    household_context,
    of_one_register,
    parted_holders,
    related_holders,
)
from app.services.workplace import Progress, Workplace
from app.workbooks.writing import Column


class FoundIssue(NamedTuple):
    """One issue of one record. `entity` and `id` name the sub-record when it is about one; `root`
    is the (type, id) of the household or child it stands on, `village` that of the household, whose
    id is `household` ("" for a child of whom none is known).
    """

    entity: str
    id: str
    unit: str
    issue: Issue
    root: tuple[str, str]
    village: str = ""
    household: str = ""

    @property
    def message(self) -> str:
        """The sentence in the language in force; holds no name and no number of a person."""
        return issue_text(self.issue)


@dataclass(slots=True)
class CheckSummary:
    """What a check came to: records looked at, and issues by severity and rule.

    `by_rule` counts `(severity, rule)`, `examples` has the first issue of each; `with_errors`
    counts records with at least one error, `declared` those of them that their
    clerk had declared complete; `first_error` is the (type, id) of the first, `position` where the
    log stood.
    """

    households: int = 0
    children: int = 0
    issues: int = 0
    with_errors: int = 0
    declared: int = 0
    by_severity: Counter[Severity] = field(default_factory=Counter)
    by_rule: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    examples: dict[tuple[Severity, str], Issue] = field(default_factory=dict)
    first_error: tuple[str, str] = ("", "")
    position: int = 0

    def leave_out(self, issue: Issue) -> None:
        """Count an issue no more that was counted."""
        self.issues -= 1
        self.by_severity[issue.severity] -= 1
        self.by_rule[issue.severity, issue.rule] -= 1


Sink = Callable[[Sequence[FoundIssue]], None]
#: Sub-records by what the validator calls them.
_PARTS = ("circumstance", "support", "life_event", "review")
_NO_PARTS: Mapping[str, Sequence[Mapping[str, Value]]] = dict.fromkeys(_PARTS, ())
_NOBODY = Holders()
#: Columns of a list of issues with their widths in characters.
_COLUMNS = (
    ("severity", 10),
    ("unit", 13),
    ("entity", 14),
    ("id", 38),
    ("field", 24),
    ("rule", 26),
    ("message", 60),
)


def _nowhere(_issues: Sequence[FoundIssue]) -> None:
    """Nobody else wants them."""


class Checks:
    """Use cases on many records at once."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def run(
        self, sink: Sink, unit: str | None = None, progress: Progress | None = None
    ) -> CheckSummary:
        """Check every visible household and child of a unit (all the store holds when None).

        `sink` gets the issues of a page at a time. Raises Cancelled; KnownError
        `units.outside_scope`.
        """
        self._workplace.require(Right.READ)
        return self._run(sink, unit, progress or Progress())

    def _run(self, sink: Sink, unit: str | None, progress: Progress) -> CheckSummary:
        summary = CheckSummary()
        units = () if unit is None else self._workplace.scope_units(unit)
        for found in self._pages(summary, units, progress):
            sink(found)
        return summary

    def run_units(
        self, sink: Sink, units: Collection[str], progress: Progress | None = None
    ) -> CheckSummary:
        """As `run`, of several units and of no other. Raises Cancelled, KnownError."""
        self._workplace.require(Right.READ)
        summary = CheckSummary()
        for found in self._pages(summary, units, progress or Progress()):
            sink(found)
        return summary

    def to_file(
        self,
        path: Path,
        unit: str | None = None,
        progress: Progress | None = None,
        sink: Sink = _nowhere,
    ) -> CheckSummary:
        """`run` into a list: `.xlsx`, or `.csv` in UTF-8. The file appears whole or not at all.

        `sink` gets the same issues.

        Raises KnownError `check.file_kind`, `rights.denied`, and what writing raises.
        """
        self._workplace.require(Right.EXPORT)
        self._workplace.require(Right.READ)
        kind = path.suffix.lower()
        if kind not in (CSV, XLSX):
            raise KnownError("check.file_kind", "check.file_kind_hint", file=path.name)
        summary = CheckSummary()
        units = () if unit is None else self._workplace.scope_units(unit)
        pages = self._pages(summary, units, progress or Progress())
        rows = (_row(one) for found in _through(sink, pages) for one in found)
        heads = [Column(text(f"check.column.{name}"), width) for name, width in _COLUMNS]
        workplace = self._workplace
        title, own = text("check.about.title"), unit or workplace.unit
        about = about_of(workplace, title, title, unit=own, persons=True)

        def note(digest: str, _rows: int) -> None:
            workplace.audit("check-file", kind=kind[1:], rows=summary.issues, file_sha256=digest)

        write_table(workplace, path, heads, rows, about, note=note)
        return summary

    def _pages(
        self, summary: CheckSummary, units: Collection[str], progress: Progress
    ) -> Iterator[list[FoundIssue]]:
        with self._workplace.store.read(going_over_all=True) as reading:
            check = PageCheck(
                frame_of(self._workplace, reading),
                summary,
                checking.doubled_personal_ids(reading),
                checking.doubled_numbers(reading),
            )
            position = summary.position = last_position(reading)
            total = checking.totals(reading, units)
            pages = checking.households(reading, units)
            while (found := _next(check, pages)) is not None:
                yield found
                progress.step(summary.households + summary.children, total)
            known = set(declarations.unsound_records(reading, units))
        wrong = {(entity, one) for entity, ids in check.unsound.items() for one in ids}
        if wrong != known:
            self._keep(known, wrong, position)

    def _keep(
        self, known: set[tuple[str, str]], wrong: set[tuple[str, str]], position: int
    ) -> None:
        """Remember the verdict on declarations where it changed though no record did: a day passed.

        What was saved while the check ran was judged when it was saved.
        """
        with self._workplace.write() as work:
            if last_position(work.connection) != position:
                return
            declarations.note_changes(work.connection, known - wrong, wrong - known)
            work.commit()

    def errors_and_warnings(
        self, progress: Progress, units: Collection[str] = ()
    ) -> tuple[int, int]:
        """How many errors and warnings stand in records of these units (of all the store holds when
        none is named).
        """
        summary = self.counted(progress, units)
        return summary.by_severity[Severity.ERROR], summary.by_severity[Severity.WARNING]

    def counted(self, progress: Progress, units: Collection[str] = ()) -> CheckSummary:
        """What a check of these units comes to (of all the store holds when none is named): what a
        handover says it holds, and what may stand in its way. No issue counts of a child who left
        and whom another book or record counts: it is in no other number of the handover.
        """
        summary = CheckSummary()
        with self._workplace.store.read() as reading:
            elsewhere = departed.counted_elsewhere(reading)
        for found in self._pages(summary, units, progress):
            for one in found:
                if one.root[1] in elsewhere:
                    summary.leave_out(one.issue)
        return summary


def _row(found: FoundIssue) -> tuple[str, ...]:
    issue = found.issue
    return (
        text(f"check.severity.{issue.severity.value}"),
        found.unit,
        found.entity,
        found.id,
        issue.field,
        issue.rule,
        found.message,
    )


def _next(check: PageCheck, pages: Iterator[Sequence[StoredHousehold]]) -> list[FoundIssue] | None:
    """Read and check one page; None after the last."""
    with rare_collections():
        page = next(pages, None)
        found = None if page is None else check.page(page)
        # Given back while collections are rare: the page is no garbage to look for afterwards.
        del page
        return found


class _Stream:
    """One `validate_many` for the whole run, fed page by page: what it found sound it remembers."""

    def __init__(self, template: Template, *, errors_only: bool) -> None:
        self._waiting: deque[tuple[Values, Context]] = deque()
        many = errors_many if errors_only else validate_many
        self._validated = many(template, self._feed())

    def _feed(self) -> Iterator[tuple[Values, Context]]:
        while self._waiting:
            yield self._waiting.popleft()

    def issues(self, values: Values, context: Context) -> list[Issue]:
        """The issues of one record."""
        self._waiting.append((values, context))
        return next(self._validated)


class _Streams:
    """The streams of one form, one for each template that records were last saved with."""

    def __init__(self, frame: Frame, form: str, *, errors_only: bool) -> None:
        self._frame, self._form, self._errors_only = frame, form, errors_only
        self._by_stamp: dict[Value, _Stream] = {}
        self._by_version: dict[int, _Stream] = {}

    def issues(self, records: Iterable[tuple[Values, Context]]) -> Iterator[list[Issue]]:
        """The issues of each record in order."""
        for values, context in records:
            yield self.issues_of(values, context)

    def issues_of(self, values: Values, context: Context) -> list[Issue]:
        """The issues of one record."""
        stamp = values.get("template")
        stream = self._by_stamp.get(stamp) if type(stamp) is str else None
        if stream is None:
            stream = self._stream(values, stamp)
        return stream.issues(values, context)

    def _stream(self, values: Values, stamp: Value) -> _Stream:
        template = self._frame.template_of(self._form, values)
        stream = self._by_version.get(template.version)
        if stream is None:
            stream = self._by_version[template.version] = _Stream(
                template, errors_only=self._errors_only
            )
        # The name of a template; what a stranger writes there must not fill the memory.
        if stamp == stamp_of(self._form, template.version):
            self._by_stamp[stamp] = stream
        return stream


class PageCheck:
    """One run: validates pages of households and counts what it finds.

    `doubled` and `doubled_numbers` are what several records hold (`app.models.queries.checking`),
    `unsound` collects by type the records that declare themselves complete and hold an error. With
    `errors_only` nothing else is looked for, and nothing is worded for anybody.
    """

    def __init__(
        self,
        frame: Frame,
        summary: CheckSummary,
        doubled: Mapping[str, Sequence[Holder]],
        doubled_numbers: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
        *,
        errors_only: bool = False,
    ) -> None:
        self.summary = summary
        self._errors_only = errors_only
        self.unsound: dict[str, set[str]] = {"household": set(), "child": set()}
        self._frame = replace(
            frame, unit_chain=cache(frame.unit_chain), unit_in_force=cache(frame.unit_in_force)
        )
        self._of_child = _Streams(frame, "child", errors_only=errors_only)
        self._of_household = _Streams(frame, "household", errors_only=errors_only)
        self._doubled = doubled
        self._doubled_numbers = doubled_numbers

    def knowing(
        self,
        doubled: Mapping[str, Sequence[Holder]],
        doubled_numbers: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
    ) -> PageCheck:
        """This check, told what the records of the next page share with others."""
        self._doubled, self._doubled_numbers = doubled, doubled_numbers
        return self

    def page(self, households: Sequence[StoredHousehold]) -> list[FoundIssue]:
        """The issues of a page of households and their children."""
        found: list[FoundIssue] = []
        asked = [one for one in households if one.checked]
        records = ((one.values, self._household_context(one)) for one in asked)
        for one, issues in zip(asked, self._of_household.issues(records), strict=True):
            self.summary.households += 1
            if issues:
                said = self._said_of_household(one, issues)
                self._count("household", one.id, one.values, said, found, one)
        children = [
            (child, one)
            for one in households
            for child in one.children
            if one.only is None or child.id in one.only
        ]
        cases = ((child.values, self._child_context(child, one)) for child, one in children)
        for (child, home), issues in zip(children, self._of_child.issues(cases), strict=True):
            self.summary.children += 1
            if issues:
                said = self._said_of_child(child, home, issues)
                self._count("child", child.id, child.values, said, found, home)
        return found

    def _said_of_household(self, one: StoredHousehold, issues: Sequence[Issue]) -> Sequence[Issue]:
        """Its issues, as those may read them who do not see level A."""
        if self._errors_only or not holds_secrets(self._frame.masks, "household", one.values):
            return issues
        return said_openly(
            self._frame.masks,
            self._frame.template_of("household", one.values),
            one.values,
            self._household_context(one),
            issues,
            self._of_household.issues_of,
        )

    def _said_of_child(
        self, child: StoredChild, home: StoredHousehold, issues: Sequence[Issue]
    ) -> Sequence[Issue]:
        if self._errors_only:
            return issues
        masks = self._frame.masks
        if not holds_secrets(masks, "child", child.values, home.values, child.belongings):
            return issues
        said = said_openly(
            masks,
            self._frame.template_of("child", child.values),
            child.values,
            self._child_context(child, home),
            issues,
            self._of_child.issues_of,
        )
        return [self._named(child, one) if one.record else one for one in said]

    def _named(self, child: StoredChild, issue: Issue) -> Issue:
        """The issue, saying of which part it is as that is called outside."""
        for entity, part in child.belongings:
            if part.get("id") == issue.record:
                name = name_of(self._frame.handles, entity, issue.record, part)
                return structs.replace(issue, record=name)
        return issue

    def _count(
        self,
        entity: str,
        ent_id: str,
        values: Mapping[str, Value],
        issues: Sequence[Issue],
        found: list[FoundIssue],
        home: StoredHousehold,
    ) -> None:
        summary = self.summary
        summary.issues += len(issues)
        unit = str(values.get("owner_unit", ""))
        village = str(home.values.get("village") or "")
        wrong = False
        for issue in issues:
            severity = issue.severity
            summary.by_severity[severity] += 1
            summary.by_rule[severity, issue.rule] += 1
            summary.examples.setdefault((severity, issue.rule), issue)
            wrong = wrong or severity is Severity.ERROR
            about = (issue.entity or entity, issue.record or ent_id)
            found.append(FoundIssue(*about, unit, issue, (entity, ent_id), village, home.id))
        if wrong:
            summary.with_errors += 1
            if not summary.first_error[0]:
                summary.first_error = (entity, ent_id)
            if values.get("complete"):
                summary.declared += 1
                self.unsound[entity].add(ent_id)

    def _household_context(self, household: StoredHousehold) -> Context:
        owner = str(household.values.get("owner_unit", ""))
        children = of_one_register(self._frame, owner, [one.values for one in household.children])

        def holders(village: str, number: str) -> Sequence[str]:
            found = self._doubled_numbers.get((village, number), ())
            return related_holders(self._frame, owner, found)

        return household_context(self._frame, household.id, owner, len(children), holders)

    def _child_context(self, child: StoredChild, household: StoredHousehold) -> Context:
        frame, children = self._frame, household.children
        owner = str(child.values.get("owner_unit", ""))
        parts = _parts(child) if child.belongings else _NO_PARTS
        return Context(
            reference_date=frame.reference_date,
            today=frame.today,
            record_id=child.id,
            owner_unit=owner,
            household=household.values,
            siblings=of_one_register(
                frame, owner, [one.values for one in children if one is not child]
            )
            if len(children) > 1
            else (),
            circumstances=parts["circumstance"],
            events=parts["life_event"],
            supports=parts["support"],
            reviews=parts["review"],
            round=frame.round,
            id_holders=self._others_holding(child),
            unit_chain=frame.unit_chain,
            unit_in_force=frame.unit_in_force,
            code_list=frame.catalogue.code_list,
        )

    def _others_holding(self, child: StoredChild) -> Callable[[str], Holders]:
        """Like `surroundings.other_holders`, from the one query made at the beginning."""
        number = child.values.get("personal_id")
        holders = self._doubled.get(number, ()) if isinstance(number, str) else ()
        stands = next((one.stands for one in holders if one.id == child.id), child.id)
        others = [(one.id, one.owner) for one in holders if stands not in (one.id, one.stands)]
        if not others:
            return _nobody
        owner = str(child.values.get("owner_unit", ""))
        return lambda _asked: parted_holders(self._frame, owner, others)


def _parts(child: StoredChild) -> dict[str, list[Mapping[str, Value]]]:
    parts: dict[str, list[Mapping[str, Value]]] = {name: [] for name in _PARTS}
    for entity, values in child.belongings:
        parts[entity].append(values)
    return parts


def _nobody(_personal_id: str) -> Holders:
    return _NOBODY


def _through(sink: Sink, pages: Iterable[list[FoundIssue]]) -> Iterator[list[FoundIssue]]:
    for found in pages:
        sink(found)
        yield found
