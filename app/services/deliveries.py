"""Who has handed over: every unit right below, in the open round, with what is late or missing.

What counts as handed over is what was received here, or what this unit's own half of a handover
says: a giver's word alone is no delivery.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from app.i18n import number, text
from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.queries import handovers as handover_queries
from app.models.queries import rounds as round_queries
from app.models.store import Reading
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.outstanding import OutstandingFacts, OutstandingUnit, outstanding_list
from app.services.handover_register import HandoverRegister, HandoverView
from app.services.handover_values import ACCEPTED, counting_day
from app.services.rights import Right
from app.services.workplace import Workplace
from app.sync.manifest import not_delivered_in

#: Gaps that are named in words, and numbers beyond which one is only counted.
_MOST_GAPS, _LONG_GAP = 5, 1000


class Stage(Enum):
    """How far a unit is, in the order in which it goes."""

    NONE = "none"
    RETURNED = "returned"
    RECEIVED = "received"
    ACCEPTED = "accepted"


class Gap(NamedTuple):
    """Numbers of a line that never came: from `first` to `last`, both among them."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One unit below. `last` is its newest handover of the round, None without one: the newest that
    stands, before those whose import was taken back here, which count for nothing.

    `missing` are numbers of its lines that never came: nothing is lost with them, the next bundle
    holds what was not acknowledged. `forked`: two histories came under one PC's id. `undone`: what
    the newest one brought was taken back here.
    """

    unit: str
    name: str
    stage: Stage
    last: HandoverView | None
    handovers: int
    late: bool
    missing: tuple[Gap, ...]
    forked: bool
    undone: bool
    #: The day, by the clock of the PC that received it, on which the first came that still stands.
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """All units below in code order. Without an open round everything ever handed over counts."""

    round_name: str
    due: date | None
    today: date
    units: tuple[Delivery, ...]
    opened: date | None = None

    def count(self, *stages: Stage) -> int:
        """How many units are at one of these stages."""
        return sum(1 for one in self.units if one.stage in stages)

    @property
    def outstanding(self) -> tuple[Delivery, ...]:
        """Who has nothing here that stands: nothing came, or it went back."""
        return tuple(one for one in self.units if one.stage in (Stage.NONE, Stage.RETURNED))


class DeliveryRegister:
    """Use case: the overview for the tiers that receive."""

    def __init__(self, workplace: Workplace, register: HandoverRegister) -> None:
        self._workplace = workplace
        self._register = register

    @property
    def concerns(self) -> bool:
        """Whether any unit hands over to this one."""
        return bool(self._units())

    def read(self) -> Deliveries:
        """The overview of the open round. Raises KnownError `rights.denied`."""
        workplace = self._workplace
        workplace.require(Right.HANDOVER)
        views = self._register.list()
        with workplace.store.read() as reading:
            current = round_queries.open_round(reading)
            came: dict[str, list[IncomingBundle]] = defaultdict(list)
            for one in bundles.incoming(reading):
                came[one.unit].append(one)
            within = None if current is None else self._within(reading, current.id)
            missing = {unit: _missing(reading, one) for unit, one in came.items()}
        by_giver: dict[str, list[HandoverView]] = defaultdict(list)
        for view in views:
            if (view.received_here or _own(view, workplace.tier.value)) and (
                within is None or view.id in within
            ):
                by_giver[view.giver].append(view)
        due = _day(None if current is None else current.closes_on)
        today = workplace.today()
        over = due is not None and today > due
        return Deliveries(
            "" if current is None else current.name,
            due,
            today,
            tuple(
                self._delivery(
                    unit, name, by_giver[unit], came[unit], missing.get(unit, ()), over=over
                )
                for unit, name in self._units()
            ),
            opened=_day(None if current is None else current.opens_on),
        )

    def outstanding(self) -> Document:
        """The list of who has not handed over, for printing. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.PRINT)
        found = self.read()
        units = self._workplace.tree.units
        own = units.get(self._workplace.unit)
        facts = OutstandingFacts(
            self._workplace.unit if own is None else own.full_name(),
            found.round_name,
            found.due,
            found.today,
            len(found.units),
            tuple(
                OutstandingUnit(
                    one.name,
                    one.stage.value,
                    _day_of(one.last),
                )
                for one in found.outstanding
            ),
        )
        self._workplace.audit("deliveries.printed", rows=len(facts.units))
        return outstanding_list(facts, document_texts("outstanding"))

    def _units(self) -> list[tuple[str, str]]:
        units, today = self._workplace.tree.units, self._workplace.today()
        here = self._workplace.unit
        if here not in units:
            return []
        below = units.children(here)
        if units.stands_on(here, today):
            # A unit that was merged meanwhile hands over no more.
            below = tuple(one for one in below if units.stands_on(one.ref, today))
        return [(one.ref, one.full_name()) for one in below]

    def _within(self, reading: Reading, round_id: str) -> frozenset[str]:
        """The handovers of a round: as the giver says, or while that has not come, as this unit
        noted when it received them.
        """
        noted = f"received_{self._workplace.tier.value}_round"
        return frozenset(
            one.id
            for one in handover_queries.handovers(reading)
            if round_id in (one.values.get("sent_round"), one.values.get(noted))
        )

    def _delivery(
        self,
        unit: str,
        name: str,
        views: Sequence[HandoverView],
        came: Sequence[IncomingBundle],
        missing: tuple[Gap, ...],
        *,
        over: bool,
    ) -> Delivery:
        standing = [one for one in views if one.undone is None]
        newest, stands = _newest(views), _newest(standing)
        stage = _stage(stands, self._workplace.tier.value)
        return Delivery(
            unit,
            name,
            stage,
            stands or newest,
            len(standing),
            over and stage in (Stage.NONE, Stage.RETURNED),
            missing,
            any(one.intake.fork for one in came),
            newest is not None and newest.undone is not None,
            min(filter(None, (self._came(one) for one in standing)), default=None),
        )

    def _came(self, view: HandoverView) -> date | None:
        """The day it came here; to the other PC of this unit by the receipt of that one."""
        own = (one.on for one in view.receipts if one.tier == self._workplace.tier.value)
        return counting_day(view.received_here or next(own, ""))


def _newest(views: Sequence[HandoverView]) -> HandoverView | None:
    """Of each line the one with the greatest number; of these the one that came here last. What
    givers' clocks say moves nothing: a year ahead would hide whatever comes next.
    """
    lines: dict[str, HandoverView] = {}
    for one in views:
        line = one.line or one.id
        if line not in lines or one.seq > lines[line].seq:
            lines[line] = one
    return max(lines.values(), key=lambda one: one.place, default=None)


def _day_of(last: HandoverView | None) -> date | None:
    """The day of a handover that stands; one whose import was taken back is none."""
    return None if last is None or last.undone is not None else counting_day(last.moment)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _own(view: HandoverView, tier: str) -> bool:
    return any(one.tier == tier for one in view.receipts)


def _stage(last: HandoverView | None, tier: str) -> Stage:
    if last is None:
        return Stage.NONE
    own = [one for one in last.verdicts if one.tier == tier]
    if not own:
        return Stage.RECEIVED
    return Stage.ACCEPTED if own[-1].verdict == ACCEPTED else Stage.RETURNED


def _missing(reading: Reading, came: Sequence[IncomingBundle]) -> tuple[Gap, ...]:
    """The numbers below the newest of each line that never came, without those under which nothing
    went, as the newest bundle of the line says: its sender's word on its own line.

    A sender numbers as it likes, so they are never counted up: a gap costs what a number costs.
    """
    lines: Mapping[str, set[int]] = defaultdict(set)
    for one in came:
        lines[one.replica].add(one.seq)
    with_gaps = [replica for replica, seen in lines.items() if len(seen) < max(seen)]
    for replica, manifest in bundles.newest_manifests(reading, with_gaps).items():
        lines[replica] |= {n for n in not_delivered_in(manifest) if n < max(lines[replica])}
    return tuple(
        sorted(
            Gap(before + 1, after - 1)
            for seen in lines.values()
            for before, after in pairwise((0, *sorted(seen)))
            if after - before > 1
        )
    )


def title_of(found: Deliveries) -> str:
    """The heading of the overview: the round it is of, with its last day."""
    if not found.round_name:
        return text("deliveries.title")
    due = "" if found.due is None else f"{found.due:%d/%m/%Y}"
    return text("deliveries.in_round", round=found.round_name, due=due)


def gap_words(missing: Sequence[Gap]) -> str:
    """What is missing, as a few numbers: «2–7, 9 và 29.999.990 gói nữa»; "" for nothing.

    Short gaps are named and a long one only counted, so that it hides no other.
    """
    named = [one for one in missing if one.size <= _LONG_GAP][:_MOST_GAPS] or list(missing[:1])
    numbers = ", ".join(
        number(one.first) if one.size == 1 else f"{number(one.first)}–{number(one.last)}"
        for one in named
    )
    more = sum(one.size for one in missing) - sum(one.size for one in named)
    if not more:
        return numbers
    return text("deliveries.missing_more", numbers=numbers, more=number(more))
