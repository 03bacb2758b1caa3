"""Who has handed over: every unit right below, in a round, with what is late or missing.

What counts as handed over is what was received here, or what this unit's own half of a handover
says: a giver's word alone is no delivery. A handover counts for every unit it is about, as its
receipt does (`handover_scope.units_of`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from app.crypto.certificate import parse_certificate
from app.errors import KnownError
from app.history.door import Direction
from app.models import bundles
from app.models import trust as store_trust
from app.models.bundles import IncomingBundle
from app.models.queries import counting, peers
from app.models.queries import handovers as handover_queries
from app.models.queries import rounds as round_queries
from app.models.queries.counting import Counts
from app.models.queries.register import SHORTEST
from app.models.queries.rounds import Begun, RoundView
from app.models.store import Reading
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.outstanding import LateUnit, OutstandingFacts, OutstandingUnit, outstanding_list
from app.services.delivery_lines import is_forked, missing_in
from app.services.delivery_units import DeliveryUnits
from app.services.delivery_values import NONE_OF_THEM, Deliveries, Delivery, Gap, Share, Stage
from app.services.handover_kept import KeptBundles
from app.services.handover_register import HandoverRegister, HandoverView, Receipt
from app.services.handover_scope import units_of_each
from app.services.handover_values import ACCEPTED, counting_day, iso_day, moment_said
from app.services.rights import Right
from app.services.rounds import OPEN
from app.services.workplace import Workplace
from app.sync.delivery import direction_of
from app.text.normalize import clean

#: Stages at which the unit has to hand over still.
_MISSED = (Stage.NONE, Stage.RETURNED)


class _About(NamedTuple):
    """A handover, and the unit of a line that it is about."""

    view: HandoverView
    unit: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What an overview is made from.

    `about`: unit → the handovers from below that are about it. By line: those that came here with
    the unit they are about (`came`), what is `missing`, `forked`, how many bundles lie `kept`, and
    what is `held` of one without a PC. `waiting` are handovers that went back and were not
    answered; `began` is when the round was made.
    """

    units: DeliveryUnits
    rounds: tuple[RoundView, ...]
    current: RoundView | None
    began: Begun | None
    about: Mapping[str, Sequence[HandoverView]]
    came: Mapping[str, Sequence[_About]]
    waiting: frozenset[str]
    missing: Mapping[str, tuple[Gap, ...]]
    forked: Collection[str]
    kept: Mapping[str, int]
    held: Mapping[str, Counts]

    @property
    def due(self) -> date | None:
        """The last day of the round."""
        return None if self.current is None else iso_day(self.current.closes_on)

    @property
    def opened(self) -> date | None:
        """Its first day."""
        return None if self.current is None else iso_day(self.current.opens_on)

    @property
    def lines(self) -> Iterable[str]:
        """The units in code order, behind them those that stand no more and handed over."""
        return (*self.units.refs, *sorted(self.came.keys() - self.units.refs))


class DeliveryRegister:
    """Use case: the overview for the tiers that receive."""

    def __init__(self, workplace: Workplace, register: HandoverRegister, kept: KeptBundles) -> None:
        self._workplace = workplace
        self._register = register
        self._kept = kept

    @property
    def concerns(self) -> bool:
        """Whether any unit hands over to this one."""
        return bool(self._units().refs)

    def read(self, named: str = "") -> Deliveries:
        """The overview of a round: by its id, an id that begins so, or its name; unasked of the
        newest that is open. Raises KnownError `rights.denied`, `deliveries.round_unknown`.
        """
        self._workplace.require(Right.HANDOVER)
        known = self._gather(named)
        current = known.current
        found = [self._line(known, line) for line in known.lines]
        return Deliveries(
            "" if current is None else current.name,
            known.due,
            self._workplace.today(),
            # Who stands no more, and gave nothing for this round, is told for none.
            tuple(one for one in found if one.last is not None or not one.gone),
            opened=known.opened,
            round_id="" if current is None else current.id,
            rounds=known.rounds,
        )

    def print(self, put: Callable[[Document], None], named: str = "") -> None:
        """Let the list of who has not handed over be written by `put`; what it raises stops this.
        That it was printed is on record once it stands. Raises KnownError `rights.denied`,
        `deliveries.round_unknown`.
        """
        self._workplace.require(Right.PRINT)
        found = self.read(named)
        put(outstanding_list(self._facts(found), document_texts("outstanding")))
        self._workplace.audit("deliveries.printed", rows=len(found.outstanding))

    def _facts(self, found: Deliveries) -> OutstandingFacts:
        own = self._workplace.tree.units.get(self._workplace.unit)
        return OutstandingFacts(
            self._workplace.unit if own is None else own.full_name(),
            found.round_name,
            found.due,
            found.today,
            len(found.standing),
            tuple(
                OutstandingUnit(
                    one.name,
                    one.stage.value,
                    _day_of(one.last),
                    late_days=one.late_days,
                    has_pc=one.has_pc,
                    kept=one.kept,
                    other_round=one.other_round,
                    newer=one.newer,
                    merged=one.merged,
                )
                for one in found.outstanding
            ),
            outside=tuple(one.name for one in found.units if one.stage is Stage.OUTSIDE),
            late=tuple(LateUnit(one.name, one.late_days) for one in found.came_late),
        )

    # --- what is known ----------------------------------------------------------------------

    def _units(self) -> DeliveryUnits:
        workplace = self._workplace
        return DeliveryUnits(workplace.tree, workplace.unit, workplace.today())

    def _gather(self, named: str) -> _Known:
        workplace, units = self._workplace, self._units()
        views = {one.id: one for one in self._register.list()}
        kept = Counter(units.line_of(one.sender) for one in self._kept.list())
        with workplace.store.read() as reading:
            rounds = sorted(round_queries.rounds(reading), key=lambda one: one.state != OPEN)
            current = _asked(rounds, named)
            records = handover_queries.handovers(reading)
            beside = handover_queries.receipted_numbers(records, workplace.tier.value)
            about = self._about(units_of_each(workplace, reading, records), views)
            incoming = bundles.incoming(reading)
            came = self._lines_of(reading, units, incoming)
            without = self._without_pc(reading, units, incoming)
            return _Known(
                units,
                tuple(rounds),
                current,
                None if current is None else round_queries.begun_at(reading, current.id),
                about,
                self._came_by_line(units, about),
                handover_queries.waiting_returns(reading, records, workplace.tier.value),
                {line: missing_in(reading, ones, beside) for line, ones in came.items()},
                [line for line, ones in came.items() if is_forked(ones)],
                kept,
                self._held(reading, without, current),
            )

    def _about(
        self, named: Mapping[str, Sequence[str]], views: Mapping[str, HandoverView]
    ) -> dict[str, list[HandoverView]]:
        """Unit → what was handed over from below about it, by the unit itself or by another one
        whose PC is certified for it.
        """
        found: dict[str, list[HandoverView]] = defaultdict(list)
        here, tree = self._workplace.unit, self._workplace.tree
        for one in views.values():
            if direction_of(tree, one.giver, here) is Direction.BELOW:
                for unit in {one.giver, *named.get(one.id, ())}:
                    found[unit].append(one)
        return found

    def _came_by_line(
        self, units: DeliveryUnits, about: Mapping[str, Sequence[HandoverView]]
    ) -> dict[str, list[_About]]:
        """Line → what came here about its units, or by the receipt of this unit's other PC."""
        found: dict[str, list[_About]] = defaultdict(list)
        for unit, views in about.items():
            came = [_About(one, unit) for one in views if one.received_here or self._own(one)]
            if came and (line := units.line_of(unit)):
                found[line] += came
        return found

    def _lines_of(
        self, reading: Reading, units: DeliveryUnits, incoming: Sequence[IncomingBundle]
    ) -> dict[str, list[IncomingBundle]]:
        """Line of the overview → the bundles that came of it, without those of replicas that were
        given up.
        """
        given_up = peers.given_up(reading)
        found: dict[str, list[IncomingBundle]] = defaultdict(list)
        for one in incoming:
            if one.replica not in given_up and (line := units.line_of(one.unit)):
                found[line].append(one)
        return found

    def _without_pc(
        self, reading: Reading, units: DeliveryUnits, incoming: Sequence[IncomingBundle]
    ) -> list[str]:
        """The units for which no PC hands over: no certificate that counts names them. Where none
        was ever heard of, who handed over has one.
        """
        stations = store_trust.stations(reading, active_only=False)
        reached = {one.unit for one in incoming} - {one.unit for one in stations}
        for one in stations:
            if one.active:
                reached.add(one.unit)
                reached.update(str(it) for it in parse_certificate(one.certificate).scope)
        lines = {units.line_of(one) for one in reached}
        return [one for one in units.refs if one not in lines]

    def _held(
        self, reading: Reading, lines: Sequence[str], current: RoundView | None
    ) -> dict[str, Counts]:
        """What this register holds of some units, with everything below them."""
        tree = self._workplace.tree
        line_of = {unit: line for line in lines for unit in tree.below(line)}
        basis = counting.basis_for(current, self._workplace.today())
        found = dict.fromkeys(lines, Counts(0, 0, 0, 0))
        rows = counting.counts_by_unit(reading, line_of, basis) if line_of else ()
        for unit, households, children in rows:
            line, so_far = line_of[unit], found[line_of[unit]]
            found[line] = replace(
                so_far,
                households=so_far.households + households,
                children=so_far.children + children,
            )
        return found

    # --- one line ---------------------------------------------------------------------------

    def _line(self, known: _Known, line: str) -> Delivery:
        views = known.came.get(line, ())
        within = [one for one in views if self._within(known, one.view)]
        outside = [one for one in views if self._outside(known, one.view)]
        found = self._counted(known, line, within)
        if not found.handovers and outside:
            beside = self._counted(known, line, outside)
            if beside.handovers:
                stage = beside.stage if beside.stage is Stage.RETURNED else Stage.OUTSIDE
                found = replace(beside, stage=stage, first=None)
        return self._with_surroundings(known, found, [one.view for one in views])

    def _counted(self, known: _Known, line: str, views: Sequence[_About]) -> Delivery:
        """A line by some handovers. Those of units that went into this one count for it once all of
        these have handed over.
        """
        standing = [one for one in views if one.view.undone is None]
        own = [one for one in standing if one.unit == line]
        parts = NONE_OF_THEM if own else known.units.merged(line, {one.unit for one in standing})
        complete = parts.delivered == parts.of
        counted = [one.view for one in (own or standing)] if complete else []
        newest = _newest([one.view for one in views])
        stage = self._stage(counted, known.waiting)
        first = min(filter(None, map(self._came, counted)), default=None)
        days = self._late_days(known, line, stage, first)
        return Delivery(
            line,
            known.units.name(line),
            stage,
            _newest([one.view for one in standing]) or newest,
            len({one.view.id for one in standing}),
            days > 0,
            known.missing.get(line, ()),
            line in known.forked,
            (newest is not None and newest.undone is not None)
            or any(self._lies_aside(one.view) for one in views),
            first,
            days,
            newer=stage in _MISSED and known.units.is_newer(line, known.due),
            gone=known.units.is_gone(line),
            merged=parts if parts.delivered else NONE_OF_THEM,
            parts=_newest_of_each(standing) if parts.of and complete else (),
        )

    def _lies_aside(self, view: HandoverView) -> bool:
        """Whether a handover was taken back here and nothing said about it: it is not among what
        later ones come to, for what lies aside stays so by whatever bundle it comes again.
        """
        tier = self._workplace.tier.value
        return view.undone is not None and all(one.tier != tier for one in view.verdicts)

    def _late_days(self, known: _Known, line: str, stage: Stage, first: date | None) -> int:
        """How many days after the last one it came, or has not come by now. Nobody is late before
        there was such a unit; and nobody waits for one that is gone or has no PC.
        """
        due, units = known.due, known.units
        if due is None or units.is_newer(line, due):
            return 0
        if stage not in _MISSED:
            return max(0, ((first or due) - due).days)
        expected = not units.is_gone(line) and line not in known.held
        return max(0, (self._workplace.today() - due).days) if expected else 0

    def _with_surroundings(
        self, known: _Known, found: Delivery, views: Sequence[HandoverView]
    ) -> Delivery:
        """With what is told of the unit beside its handovers of the round."""
        other = ""
        if found.stage in (Stage.NONE, Stage.OUTSIDE) and known.current is not None:
            standing = [one for one in views if one.undone is None]
            asked = {self._round_of(one) for one in standing} - {known.current.id}
            names = (one.name for one in known.rounds if one.state == OPEN and one.id in asked)
            other = next(names, "")
        below = known.units.below(found.unit)
        about = known.about
        delivered = [
            one for one in below if any(self._reached(known, it) for it in about.get(one, ()))
        ]
        return replace(
            found,
            sent_back=sum(map(self._sent_back, found.parts or filter(None, (found.last,)))),
            kept=known.kept.get(found.unit, 0),
            has_pc=found.unit not in known.held,
            held=known.held.get(found.unit),
            other_round=other,
            below=Share(len(delivered), len(below)),
        )

    def _sent_back(self, view: HandoverView) -> int:
        """How many single records of a handover this unit sent back, answered or not."""
        back = dict(view.sent_back) | {one.tier: one.sent_back for one in view.verdicts}
        return back.get(self._workplace.tier.value, 0)

    def _reached(self, known: _Known, view: HandoverView) -> bool:
        """Whether a handover of the round from further down is in somebody's register above it."""
        got = view.received_here or any(not one.set_aside for one in view.receipts)
        return bool(got) and view.undone is None and self._within(known, view)

    def _within(self, known: _Known, view: HandoverView) -> bool:
        """Whether a handover is for the round; without a round every one is."""
        return known.current is None or self._round_of(view) == known.current.id

    def _outside(self, known: _Known, view: HandoverView) -> bool:
        """Whether a handover is for no round and came here when this one was made and had begun: by
        the receipt, which every PC of this unit holds.
        """
        current, own = known.current, self._own(view)
        got = moment_said(view.received_here if own is None else own.on)
        if current is None or self._round_of(view) or got is None:
            return False
        began = known.began
        # Clocks count seconds: within one the place in the log has to tell.
        if began is not None and (got, view.place) < (began.on, began.place):
            return False
        came = got.astimezone().date()
        over = current.state != OPEN and known.due is not None and came > known.due
        return not over and (known.opened is None or came >= known.opened)

    def _round_of(self, view: HandoverView) -> str:
        """The id of the round it is for: as its giver says, or while that has not come, as was
        noted by who received it first: whoever it was passed on to had no bundle to read it in. ""
        for none.
        """
        if view.stated is not None:
            return view.round_id
        own = self._own(view) if view.received_here else None
        receipt = own or next(iter(view.receipts), None)
        return "" if receipt is None else receipt.round_id

    def _own(self, view: HandoverView) -> Receipt | None:
        """This unit's receipt."""
        tier = self._workplace.tier.value
        return next((one for one in view.receipts if one.tier == tier), None)

    def _came(self, view: HandoverView) -> date | None:
        """The day it came here; to the other PC of this unit by the receipt of that one."""
        own = self._own(view)
        return counting_day(view.received_here or ("" if own is None else own.on))

    def _stage(self, views: Sequence[HandoverView], waiting: Collection[str]) -> Stage:
        """How far these are: sent back as long as one of them is and nothing answers it (MERGE.md,
        "Answers"), else as the newest.
        """
        newest = _newest(views)
        if newest is None:
            return Stage.NONE
        if any(one.id in waiting for one in views):
            return Stage.RETURNED
        own = [one for one in newest.verdicts if one.tier == self._workplace.tier.value]
        if not own:
            return Stage.RECEIVED
        return Stage.ACCEPTED if own[-1].verdict == ACCEPTED else Stage.RETURNED


def _asked(rounds: Sequence[RoundView], named: str) -> RoundView | None:
    """The round that somebody calls `named`, open or not; unasked the first if it is open."""
    wanted = clean(named)
    if not wanted:
        return next((one for one in rounds if one.state == OPEN), None)
    folded = wanted.casefold()
    found = [one for one in rounds if one.id == wanted or clean(one.name).casefold() == folded]
    if not found and len(wanted) >= SHORTEST:
        found = [one for one in rounds if one.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"«{one.name}»" for one in rounds)
    hint = "deliveries.round_hint" if names else "deliveries.round_hint_none"
    raise KnownError("deliveries.round_unknown", hint, name=wanted, names=names)


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


def _newest_of_each(about: Sequence[_About]) -> tuple[HandoverView, ...]:
    """The newest handover of each unit, each once: a PC may hand over for several of them."""
    found: dict[str, list[HandoverView]] = defaultdict(list)
    for one in about:
        found[one.unit].append(one.view)
    newest = filter(None, map(_newest, found.values()))
    return tuple({one.id: one for one in newest}.values())


def _day_of(last: HandoverView | None) -> date | None:
    """The day of a handover that stands; one whose import was taken back is none."""
    return None if last is None or last.undone is not None else counting_day(last.moment)
