"""Verification at the unit above (thẩm định): a handover looked through by rule and by village, and
what is decided about it.

A handover is everything of its units that had come here with it or before it: a bundle holds what
the giver had not been told of yet. What was written since, here or by a later bundle, is another
handover's; it is counted and left out of the issues. Nothing of the register is changed by
verifying: what is sent back carries its reason down with the next bundle, and the page tells which
of it was answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.errors import KnownError
from app.forms.schema import Severity
from app.history.door import Direction
from app.history.entities import ENTITIES, OUTSIDE, UNKNOWN, Family
from app.models.queries import counting, register, verifying
from app.models.queries import handovers as handover_queries
from app.models.queries.covering import Covered, Span, accepted_at, after, covered, inside
from app.models.queries.register import RecordView
from app.models.queries.rounds import open_round, round_of
from app.models.queries.verifying import Place, SentBack
from app.models.store import Reading
from app.services.checks import Checks, FoundIssue
from app.services.handles import id_named
from app.services.handover_register import HandoverRegister, HandoverView, SendBack
from app.services.handover_scope import reach, units_of
from app.services.handover_values import ACCEPTED, counting_day, found_handover, text_of
from app.services.issue_book import IssueBook, RuleCount
from app.services.issue_book import IssueFilter as IssueFilter
from app.services.masking import reason_seen
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.sync.delivery import direction_of
from app.text.moments import day_of

#: The types of record that have a page and go back.
_PAGES = ("household", "child")


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village of the handover (`id` and `name` "" for what names none) and what there is in it;
    `departed` for those who left the unit and are counted there still.

    `changed` are households and children written on since the last handover that was accepted,
    `returned` those that were sent back and not answered yet.
    """

    unit: str
    id: str
    name: str
    households: int
    children: int
    unfinished: int
    changed: int
    errors: int
    warnings: int
    returned: int
    departed: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A record this unit sent back: whom it is about, why, when; and whether and when it was
    answered (`answered_by` a unit; "" while it waits; `answered_on` also for a day nobody knows).
    `unit` owns it, or did last where it left the province.
    """

    household: str
    child: str
    name: str
    number: str
    village: str
    reason: str
    field: str
    by: str
    on: str
    answered_by: str
    answered_on: str
    unit: str
    village_id: str

    @property
    def waits(self) -> bool:
        """Whether nobody has answered yet."""
        return not self.answered_by


@dataclass(frozen=True, slots=True)
class Verified:
    """A handover as it was looked through.

    `since` is the moment of the last accepted handover of the giver before it, "" for none;
    `later` counts households and children that were written on after it came: they are left out of
    `errors`, `warnings` and `rules`. `only_changed`: these are of what changed since then alone.
    """

    view: HandoverView
    since: str
    only_changed: bool
    households: int
    children: int
    unfinished: int
    changed: int
    later: int
    errors: int
    warnings: int
    rules: tuple[RuleCount, ...]
    villages: tuple[VillageLine, ...]
    returned: tuple[ReturnedLine, ...]

    @property
    def waiting(self) -> int:
        """How many records that were sent back wait for an answer."""
        return sum(one.waits for one in self.returned)


class Verification:
    """Use cases of who verifies. `book` holds the issues of the handover last looked at."""

    def __init__(self, workplace: Workplace, checks: Checks, handovers: HandoverRegister) -> None:
        self._workplace = workplace
        self._handovers = handovers
        self.book = IssueBook(workplace, checks)

    def look(
        self, handover: str, progress: Progress | None = None, *, only_changed: bool = False
    ) -> Verified:
        """Check the records of a handover and tell what it comes to.

        Raises Cancelled; KnownError `handover.unknown`, `verification.not_below`,
        `verification.not_received`, `rights.denied`.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            came = handed_over(workplace, reading, handover)
            found = [
                place
                for units, span in came.spans
                for place in verifying.places(reading, units, came.basis, span)
            ]
            later = verifying.changed_in(reading, came.units, after(came.end))
            changed = {
                root
                for units, span in (came.spans if only_changed else ())
                for root in verifying.changed_in(reading, units, inside(span))
            }
            back = verifying.sent_back_by(
                reading, workplace.unit, came.units, workplace.scope_units(None)
            )
            returned = tuple(_returned_lines(workplace, reading, back))
            named = _villages(reading, came.units, found)
        count: Counter[tuple[str, str, Severity]] = Counter()

        def wanted(issue: FoundIssue) -> bool:
            root = issue.root[1]
            known = root in later or (only_changed and root not in changed)
            if known or issue.issue.severity is Severity.NOTE:
                return False
            count[issue.unit, issue.village, issue.issue.severity] += 1
            return True

        last = self.book.check_units(came.units, wanted, progress)
        waiting = Counter((one.unit, one.village_id) for one in returned if one.waits)
        return Verified(
            next(one for one in self._handovers.list() if one.id == came.id),
            came.since,
            only_changed,
            sum(one.households for one in found),
            sum(one.children for one in found),
            sum(one.unfinished for one in found),
            sum(one.changed for one in found),
            len(later),
            last.errors,
            last.warnings,
            tuple(self.book.rules(IssueFilter())),
            tuple(
                VillageLine(
                    one.unit,
                    one.village,
                    named.get(one.village, ""),
                    one.households,
                    one.children,
                    one.unfinished,
                    one.changed,
                    # What is found and sent back stands in a village, or in none.
                    0 if one.departed else count[one.unit, one.village, Severity.ERROR],
                    0 if one.departed else count[one.unit, one.village, Severity.WARNING],
                    0 if one.departed else waiting[one.unit, one.village],
                    one.departed,
                )
                for one in _in_order(found, came.units, named)
            ),
            returned,
        )

    def of_rule(self, wanted: IssueFilter, reason: str) -> list[SendBack]:
        """Every record of the handover last looked at with an issue that fits, each with its field,
        to be sent back for one reason.
        """
        return [SendBack(one, reason, field) for one, field in self.book.records(wanted).items()]

    def refuse_field(self, field: str, records: Sequence[str]) -> None:
        """Refuse a field that the form of a named record has not (of what belongs to a child or
        household, the form of that page, which is what goes back): nobody would find it. A record
        not known here is left to `settle`. Raises KnownError `verification.field_alone` where no
        record is named, `records.unknown_field`.
        """
        if not records:
            raise KnownError("verification.field_alone", "verification.field_alone_hint")
        catalogue = self._workplace.catalogue
        with self._workplace.store.read() as reading:
            pages = {self._page_type(reading, one) for one in records} - {None}
        has_it = {
            entity
            for entity in _PAGES
            if any(field == one.name for one in catalogue.newest(entity).fields_of(entity))
        }
        if not has_it or not pages <= has_it:
            raise KnownError("records.unknown_field", "records.unknown_field_hint", field=field)

    def _page_type(self, reading: Reading, named: str) -> str | None:
        """The type of a record by id or handle, of a part that of its page; None for unknown."""
        record = id_named(self._workplace.handles, reading, named)
        entity = register.entity_of(reading, record)
        if entity is None or ENTITIES[entity].family is not Family.SUB:
            return entity
        found = register.record(reading, entity, record)
        return (
            None if found is None else register.entity_of(reading, text_of(found.values, "record"))
        )

    def settle(
        self, handover: str, back: Sequence[SendBack], verdict: str = "", reason: str = ""
    ) -> HandoverView:
        """Send records back and decide about the rest, in one act: as `HandoverRegister.settle`."""
        return self._handovers.settle(handover, back, verdict, reason)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a handover from below is about: its units, what had come with it (`end`), and what its
    counts are true for. `spans` say of all its units what came after the last accepted one: of its
    giver, at the moment `since`, or of a unit that went into this one and was accepted after that.
    """

    id: str
    units: tuple[str, ...]
    end: Covered
    spans: tuple[tuple[tuple[str, ...], Span], ...]
    since: str
    basis: counting.Basis


def handed_over(workplace: Workplace, reading: Reading, handover: str) -> HandedOver:
    """What a handover is about. Raises KnownError `handover.unknown`, `verification.not_below`,
    `verification.not_received`.
    """
    found = found_handover(reading, handover)
    tier, giver = workplace.tier.value, text_of(found.values, "owner_unit")
    if direction_of(workplace.tree, giver, workplace.unit) is not Direction.BELOW:
        raise KnownError("verification.not_below", "verification.not_below_hint")
    end = covered(reading, found.id, tier)
    if end is None:
        raise KnownError("verification.not_received", "verification.not_received_hint")
    accepted = _accepted_before(workplace, reading, giver, end)
    units = reach(workplace.tree, units_of(workplace, reading, found.id, found.values))
    own = accepted.get(giver)
    since = "" if own is None else own.on
    basis = counted_for(workplace, reading, found)
    spans = tuple(_spans(workplace, reading, units, accepted, giver, end))
    return HandedOver(found.id, units, end, spans, since, basis)


class _Accepted(NamedTuple):
    """An accepted handover: its id, what had come with it, and when it was received."""

    id: str
    there: Covered
    on: str


def _accepted_before(
    workplace: Workplace, reading: Reading, giver: str, end: Covered
) -> dict[str, _Accepted]:
    """The last handover accepted before `end`, of a giver and of each unit that went whole into
    it: nobody looks once more through what was accepted before a decree.
    """
    tier, known = workplace.tier.value, workplace.tree.units
    found: dict[str, _Accepted] = {}
    for one in handover_queries.handovers(reading):
        by = text_of(one.values, "owner_unit")
        if one.values.get(f"verdict_{tier}") != ACCEPTED:
            continue
        if by != giver and (by not in known or giver not in known.whole_line(by)):
            continue
        there = covered(reading, one.id, tier)
        last = found[by].there.position if by in found else 0
        if there is not None and last < there.position < end.position:
            found[by] = _Accepted(one.id, there, text_of(one.values, f"received_{tier}_on"))
    return found


def _spans(
    workplace: Workplace,
    reading: Reading,
    units: Sequence[str],
    accepted: Mapping[str, _Accepted],
    giver: str,
    end: Covered,
) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Units of a handover, and what of them is new with it: each unit once."""
    tree, tier = workplace.tree, workplace.tier.value
    grouped: dict[_Accepted | None, list[str]] = {}
    for unit in units:
        of_it = [one for by, one in accepted.items() if by == giver or tree.covers([by], unit)]
        last = max(of_it, key=lambda one: one.there.position, default=None)
        grouped.setdefault(last, []).append(unit)
    for before, those in grouped.items():
        span = Span(end)
        if before is not None:
            span = Span(end, before.there, accepted_at(reading, before.id, tier))
        yield tuple(those), span


def counted_for(workplace: Workplace, reading: Reading, found: RecordView) -> counting.Basis:
    """What the counts of a handover are true for at this tier: the round it names, else the open
    one, and the day of its receipt here, else today.
    """
    tier = workplace.tier.value
    named = text_of(found.values, "sent_round") or text_of(found.values, f"received_{tier}_round")
    day = counting_day(text_of(found.values, f"received_{tier}_on")) or workplace.today()
    return counting.basis_for(round_of(reading, named) or open_round(reading), day)


def _villages(reading: Reading, units: Sequence[str], found: Sequence[Place]) -> dict[str, str]:
    """Village → its name, in the order in which each commune has its villages."""
    ordered = {
        one.id: str(one.values.get("name") or "")
        for unit in dict.fromkeys(one.unit for one in found if one.unit in units)
        for one in register.villages(reading, unit)
    }
    others = {one.village for one in found if one.village and one.village not in ordered}
    for ent_id, view in register.records(reading, "village", others).items():
        ordered[ent_id] = str(view.values.get("name") or "")
    return ordered


def _in_order(
    found: Sequence[Place], units: Sequence[str], named: Mapping[str, str]
) -> list[Place]:
    of_unit = {one: at for at, one in enumerate(units)}
    of_village = {one: at for at, one in enumerate(named)}
    last = len(of_village)
    return sorted(
        found,
        key=lambda one: (
            of_unit.get(one.unit, 0),
            one.departed,
            of_village.get(one.village, last),
        ),
    )


def _returned_lines(
    workplace: Workplace, reading: Reading, back: Sequence[SentBack]
) -> Iterator[ReturnedLine]:
    homes = {one.household for one in back if one.household}
    households = {one.id: one for one in register.household_rows(reading, sorted(homes))}
    views = register.records(reading, "household", homes)
    children = register.records(reading, "child", {one.record for one in back} - homes)
    for one in back:
        said = one.review.values
        child, home = children.get(one.record), households.get(one.household)
        about = child or views.get(one.household)
        name = "" if child is None else str(child.values.get("full_name") or "")
        yield ReturnedLine(
            one.household,
            "" if child is None else child.id,
            name if child is not None or home is None else home.head_name,
            "" if home is None else home.household_no,
            "" if home is None else home.village,
            reason_seen(workplace, str(said.get("reason") or "")),
            str(said.get("rule") or ""),
            str(said.get("reviewer") or ""),
            str(said.get("reviewed_on") or ""),
            one.answered_by,
            _day(one.answered),
            "" if about is None else _unit_of(reading, about),
            _village_of(views, one.household),
        )


def _unit_of(reading: Reading, about: RecordView) -> str:
    """Whose a record is; of who left the province the last unit, which can be asked."""
    owner = str(about.values.get("owner_unit") or "")
    if owner not in (OUTSIDE, UNKNOWN):
        return owner
    return min(register.claimed_by(reading, about.id), default=owner)


def _village_of(views: Mapping[str, RecordView], household: str) -> str:
    found = views.get(household)
    return "" if found is None else str(found.values.get("village") or "")


def _day(seconds: int) -> str:
    """A moment as the day of this PC's calendar (ISO), "" for none."""
    found = day_of(seconds) if seconds else None
    return "" if found is None else found.isoformat()
