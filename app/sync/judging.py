"""Lead the operations of a delivery through the door and write down what became of each.

The verdict on an operation depends on what was accepted before the delivery and on what the
operation itself builds on, never on the order of the lines. One operation may come through several
doors: what one of them lets in is in, and only what every one of them refuses is refused.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum

from msgspec import structs

from app.history.door import (
    SAID_BY_A_UNIT,
    Bringer,
    Direction,
    Holder,
    Known,
    Reason,
    State,
    Verdict,
    judge,
    sub_id_fits,
)
from app.history.entities import ENTITIES, REFERENCES, Family
from app.history.operation import Operation, decode_body
from app.models import log
from app.models.effect import PAGES, Effect
from app.models.erasing import left_bodies
from app.models.lines import NO_NUMBERS, Continuity, Numbers
from app.models.log import Entry
from app.models.materialising import Touched
from app.models.queries import receiving
from app.models.queries.receiving import Held, Judged, Record
from app.models.work import UnitOfWork
from app.sync import pairing
from app.sync.delivery import Tree
from app.sync.line_order import as_they_came, take_places
from app.sync.overruling import overrules, unit_of

_REFUSED_ABOVE = Verdict(State.REFUSED, Reason.REFUSED_ABOVE)
#: References are read before the rest, a record before what belongs to it.
_ORDER = (Family.REFERENCE, Family.ROOT, Family.SUB, Family.PAIR, None)
_TYPES = tuple(ENTITIES)
_UNITS = frozenset(("org_unit", "org_unit_successor"))


#: `supersedes(coming, held)`: whether the signature on the one operation takes the place of that on
#: the other, which is the same operation.
Supersedes = Callable[[Operation, Operation], bool]


class Renewal(Enum):
    """Why this replica took a new id while a delivery was taken in."""

    FORK = "fork"  # somebody showed a bundle under this id, sealed by this PC, not known here
    ALARM = "alarm"  # an operation of its own that it never wrote came from above or beside


@dataclass(slots=True)
class Outcome:
    """What a delivery came to, in operations; the households and children in records.

    Every operation of the delivery is counted once: `operations` is the sum of `accepted`, `known`
    (accepted before), `waiting`, `refused` and `set_aside`. Beside them, of older operations:
    `freed` waited and were accepted now, `taken_back` were accepted and turned back because a unit
    above refuses them or what they build on. `newly_refused` and `newly_waiting` say how many
    operations known before the delivery stand refused or waiting because of its refusals, and
    `late_refused` and `late_waiting` how many do that had been waiting or refused till now.
    `unchanged` counts households and children that came and look as before (`app.models.effect`).
    `alarm` says that an operation in this replica's own name arrived that it never wrote: a relay
    invented it, or this PC was restored. `renewed` says why this replica took a new id, if it did;
    `newest` that the bundle is the newest of its line. Where something before it has not come,
    `missing` are the numbers it went under.
    """

    operations: int = 0
    accepted: int = 0
    known: int = 0
    waiting: int = 0
    refused: int = 0
    set_aside: int = 0
    freed: int = 0
    taken_back: int = 0
    newly_refused: int = 0
    newly_waiting: int = 0
    late_refused: int = 0
    late_waiting: int = 0
    households_new: int = 0
    households_changed: int = 0
    children_new: int = 0
    children_changed: int = 0
    unchanged: int = 0
    continuity: Continuity = Continuity.NORMAL
    missing: Numbers = NO_NUMBERS
    alarm: bool = False
    renewed: Renewal | None = None
    newest: bool = False

    def __add__(self, other: Outcome) -> Outcome:
        total = Outcome(
            continuity=self.continuity,
            missing=self.missing,
            alarm=self.alarm or other.alarm,
            renewed=self.renewed or other.renewed,
            newest=self.newest,
        )
        for one in fields(self):
            if one.type == "int":
                setattr(total, one.name, getattr(self, one.name) + getattr(other, one.name))
        return total


@dataclass(slots=True)
class Taking:
    """What stays the same while one delivery is taken in."""

    work: UnitOfWork
    tree: Tree
    bundle: int
    position_before: int
    reference_signed: Callable[[Operation], bool]
    supersedes: Supersedes = lambda _coming, _held: False
    #: Operations known before the delivery, whose newer signature it brought.
    signed_anew: dict[bytes, Operation] = field(default_factory=dict)
    #: The tree with the units that this transaction has accepted so far.
    tree_now: Callable[[], Tree] | None = None
    outcome: Outcome = field(default_factory=Outcome)
    effect: Effect = field(default_factory=Effect)
    #: Operation → the units above that refuse it.
    refused_above: Mapping[bytes, Collection[str]] = field(default_factory=dict)
    #: Whether the delivery is the newest of its line; an older one revokes nothing said since.
    is_newest: bool = True
    #: Whether units stand between this one and the sender above, who may refuse what it brings.
    past_a_tier: bool = False
    #: Of a sender above: up to where of this log it was sent what counts here; None for others.
    sent_to_it: int | None = None
    #: Of a sender right above: up to where of this log it has said to have it; None for others.
    heard_from_it: int | None = None
    #: The places here of what this delivery holds and this log has after that: somebody else
    #: carried it up. There may be half a million.
    came_back: array[int] = field(default_factory=lambda: array("q"))
    #: Operations of this delivery that wait, with how often each came.
    waiting_now: Counter[bytes] = field(default_factory=Counter)
    #: Operations that were accepted before it and wait because what they build on was refused.
    made_wait: set[bytes] = field(default_factory=set)
    #: Operations that a unit above had refused and refuses no more, and that wait.
    lifted: set[bytes] = field(default_factory=set)
    bringers: dict[str, Bringer] = field(default_factory=dict)
    #: Operation → what is left of its body, for those that were erased by law.
    left: Mapping[bytes, str] = field(default_factory=dict)

    def follow_units(self, types: Iterable[str]) -> None:
        """Judge what comes next by the units that were just accepted, if any were."""
        if self.tree_now is not None and not _UNITS.isdisjoint(types):
            self.tree = self.tree_now()
            self.bringers.clear()

    def follow_erasures(self, types: Iterable[str]) -> None:
        """Read again what was erased, if an erasure was just accepted."""
        if "erase" in types:
            self.left = left_bodies(self.work.connection)

    def as_kept(self, pending: Pending) -> Pending:
        """Operations as they may be kept: without the bodies that the law took away."""
        if not self.left:
            return pending
        return {record: list(map(self._without, coming)) for record, coming in pending.items()}

    def _without(self, operation: Operation) -> Operation:
        left = self.left.get(operation.op_id)
        if left is None or operation.ent_type in REFERENCES:
            return operation
        return structs.replace(operation, body_json=left, body=decode_body(left), salt=None)

    def stood(self, there: Mapping[bytes, Held]) -> bool:
        """Whether a record of these operations stood here before the delivery."""
        return any(
            one.position <= self.position_before and one.state is State.ACCEPTED
            for one in there.values()
        )

    @property
    def beside(self) -> str:
        """The bringer that a neighbour PC would be, and that this PC is to itself."""
        return f"{Direction.BESIDE.value}:{self.work.identity.unit}"

    def giver(self, handover: str) -> tuple[str, str] | None:
        """The unit that gave a handover, and its tier; None where either is not known here."""
        unit = receiving.giver_of(self.work.connection, handover)
        return (unit, self.tree.tier(unit)) if self.tree.exists(unit) else None

    def bringer(self, name: str) -> Bringer:
        """The bringer of a name that `bringer_name` made, as `op.judged_for` keeps it."""
        found = self.bringers.get(name)
        if found is None:
            direction, _, units = name.partition(":")
            certified = units.split("+")
            scope = frozenset(one for unit in certified for one in self.tree.below(unit))
            unit = certified[0]
            found = Bringer(Direction(direction), self.tree.tier(unit), scope.__contains__, unit)
            self.bringers[name] = found
        return found


def bringer_name(direction: Direction, unit: str, scope: Sequence[str]) -> str:
    """`direction:CODE@EDITION`, with `+CODE@EDITION` for each further unit of the certified scope.

    Kept with each operation: what waits is judged later by the scope of the PC that brought it.
    """
    return f"{direction.value}:{'+'.join(dict.fromkeys((unit, *scope)))}"


Pending = dict[Record, list[Operation]]
Verdicts = dict[Record, dict[bytes, Verdict]]


def take_chunk(taking: Taking, operations: Sequence[Operation], name: str) -> None:
    """Take some operations of a delivery in, brought by `name`."""
    outcome, mine = taking.outcome, taking.work.identity.replica
    outcome.operations += len(operations)
    by_record: dict[Record, dict[bytes, Operation]] = {}
    for operation in operations:
        record = (operation.ent_type, operation.ent_id)
        by_record.setdefault(record, {})[operation.op_id] = operation
    outcome.known += len(operations) - sum(map(len, by_record.values()))
    held = receiving.held_of(taking.work.connection, {ent_id for _, ent_id in by_record})
    _take_signatures(taking, by_record, held)
    came: list[str] = []
    pending: Pending = {}
    for record, arriving in by_record.items():
        there = held.get(record)
        if not there:
            pending[record] = list(arriving.values())
            continue
        if record[0] in PAGES and taking.stood(there):
            came.append(record[1])
        if to_judge := _to_judge(taking, arriving, there, name):
            pending[record] = to_judge
    taking.effect.came(came)
    if not outcome.alarm:
        outcome.alarm = any(
            o.replica == mine and o.op_id not in held.get((o.ent_type, o.ent_id), ())
            for o in operations
        )
    places = take_places(taking.work, operations, pending)
    for coming in by_family(pending):
        part = taking.as_kept(coming)
        touched = Touched(taking.effect)
        verdicts, roots, standing = judge_records(taking, part, held, name)
        taking.effect.stands(standing)
        _write(taking, part, verdicts, roots, held, places, name, touched)
        # What belongs to these records is judged by their rows.
        taking.work.bring_up_to_date(touched)
        taking.follow_units(touched.by_type)
        taking.follow_erasures(touched.by_type)


def _take_signatures(
    taking: Taking,
    by_record: Mapping[Record, Mapping[bytes, Operation]],
    held: Mapping[Record, Mapping[bytes, Held]],
) -> None:
    """Keep the newer signature of the province on operations that are here already, in whatever
    state: what is refused or waits is judged by it, and everything goes on from here with it.
    """
    known = {
        op_id: operation
        for record, arriving in by_record.items()
        for op_id, operation in arriving.items()
        if operation.signature is not None and op_id in held.get(record, ())
    }
    if not known:
        return
    connection = taking.work.connection
    of_records = log.operations_of(connection, {o.ent_id for o in known.values()}, tuple(State))
    newer = [
        known[one.op_id]
        for kept in of_records.values()
        for one in kept
        if one.op_id in known and taking.supersedes(known[one.op_id], one)
    ]
    receiving.replace_signatures(connection, newer)
    taking.signed_anew.update((one.op_id, one) for one in newer)


def by_family(pending: Pending) -> list[Pending]:
    """The records of `pending` in the order in which they have to be judged."""
    parts: dict[Family | None, Pending] = {}
    for record, arriving in pending.items():
        entity = ENTITIES.get(record[0])
        parts.setdefault(None if entity is None else entity.family, {})[record] = arriving
    return [parts[family] for family in _ORDER if family in parts]


def _to_judge(
    taking: Taking,
    arriving: Mapping[bytes, Operation],
    there: Mapping[bytes, Held],
    name: str,
) -> list[Operation]:
    """New operations, waiting ones, and those refused to somebody else so far.

    What was refused to the same bringer stays refused, what was set aside stays so. But reference
    data go by their signature, which may be known now; and what stopped here because a unit above
    refuses it comes in with a bundle of that unit or of one above it.
    """
    outcome, sent = taking.outcome, taking.sent_to_it
    wanted: list[Operation] = []
    decided: list[tuple[str, bytes]] = []
    for op_id, operation in arriving.items():
        held = there.get(op_id)
        if held is None or held.state is State.WAITING:
            wanted.append(operation)
        elif held.state in (State.ACCEPTED, State.SET_ASIDE):
            if held.state is State.ACCEPTED:
                outcome.known += 1
                if taking.heard_from_it is not None and held.position > taking.heard_from_it:
                    taking.came_back.append(held.position)
            else:
                outcome.set_aside += 1
            if taking.past_a_tier or (sent is not None and held.position > sent):
                decided.append((operation.ent_id, op_id))
        elif name in held.names and not _asked_again(taking, operation, held, name):
            outcome.refused += 1
        else:
            wanted.append(operation)
    if decided:
        # A unit between may refuse them yet, or somebody here take them back: it has to be known
        # that this one brought them. What only returns from it was sent there, and needs no mark.
        receiving.add_bringer(taking.work.connection, decided, name)
    return wanted


def _asked_again(taking: Taking, operation: Operation, held: Held, name: str) -> bool:
    """Whether what was refused to this bringer is judged once more now that it comes again."""
    if operation.ent_type in REFERENCES:
        return True
    refusers = taking.refused_above.get(operation.op_id, ())
    return held.reason is Reason.REFUSED_ABOVE and overrules(
        name, taking.bringer(name), refusers, newest=taking.is_newest
    )


def judge_records(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    held: Mapping[Record, Mapping[bytes, Held]],
    name: str,
) -> tuple[Verdicts, dict[Record, str], set[str]]:
    """The door's verdicts for records of one family, the root of each record, and those roots
    that stood before the delivery.
    """
    connection = taking.work.connection
    bringer = taking.bringer(name)
    known_ids = sorted({record[1] for record in pending if record in held})
    accepted = log.operations_of(connection, known_ids) if known_ids else {}
    before = (
        receiving.accepted_up_to(connection, known_ids, taking.position_before) if known_ids else {}
    )
    roots = _roots_of(taking, pending)
    pairs = pairing.children_of(pending, accepted)
    holders = _holders(taking, pending, roots, pairs)
    roots.update(pairing.root_of(taking.work, pairs, holders))
    taken = _taken(pending, held)
    strangers = _strangers(pending, held)
    standing = {root for root, holder in holders.items() if holder.before is not None}
    standing.update(
        record[1] for record in pending if record in held and taking.stood(held[record])
    )
    found: Verdicts = {}
    unheard: dict[str, Known] = {}
    known: Known | None
    for record, arriving in pending.items():
        holder = holders.get(roots[record])
        if pairing.is_pair(record):
            known = replace(
                _known_here(taking, record, held, accepted, before, taken, strangers, None),
                pair=[holders.get(child) for child in pairs.get(record, ())],
            )
        elif record not in held and record not in taken and record not in strangers:
            # Most operations create a record nobody here has heard of: nothing to look up.
            known = unheard.get(roots[record] if holder else "")
            if known is None:
                known = _known(taking, holder)
                unheard[roots[record] if holder else ""] = known
        else:
            known = _known_here(taking, record, held, accepted, before, taken, strangers, holder)
        stopped = _stopped(taking, arriving, name) if taking.refused_above else None
        if stopped:
            states = {**known.states, **dict.fromkeys(stopped, State.REFUSED)}
            passing = [o for o in arriving if o.op_id not in stopped]
            found[record] = {**stopped, **judge(passing, bringer, replace(known, states=states))}
        else:
            found[record] = judge(arriving, bringer, known)
    return found, roots, standing


def _known(taking: Taking, holder: Holder | None) -> Known:
    """What is known of a record without any operation here, that belongs to `holder` if any."""
    return Known(
        owners=None if holder is None else holder.before,
        born_here=() if holder is None else holder.born,
        owners_ever=() if holder is None else holder.ever,
        unit_known=taking.tree.exists,
        tiers_above=taking.tree.tiers_above,
        giver=taking.giver,
        reference_signed=taking.reference_signed,
    )


def _known_here(
    taking: Taking,
    record: Record,
    held: Mapping[Record, Mapping[bytes, Held]],
    accepted: Mapping[str, Sequence[Operation]],
    before: Mapping[str, Collection[bytes]],
    taken: Collection[Record],
    strangers: Mapping[Record, Collection[bytes]],
    holder: Holder | None,
) -> Known:
    """What is known of a record of which operations are here, or of another type under its id."""
    own = [o for o in accepted.get(record[1], ()) if o.ent_type == record[0]]
    earlier = before.get(record[1], ())
    return replace(
        _known(taking, holder),
        claimed=_claimed(taking, own) if record[0] in SAID_BY_A_UNIT else {},
        accepted_before=[o for o in own if o.op_id in earlier],
        accepted_now=[o for o in own if o.op_id not in earlier],
        states={op_id: one.state for op_id, one in held.get(record, {}).items()},
        taken=record in taken,
        strangers=strangers.get(record, ()),
    )


def _claimed(taking: Taking, accepted: Sequence[Operation]) -> dict[bytes, set[str]]:
    """The creations that came from below alone, in a name that none of those who brought them
    answers for: the units that brought each.
    """
    creations = {(one.ent_id, one.op_id): one for one in accepted if not one.parents}
    brought = receiving.brought_of(taking.work.connection, creations) if creations else {}
    found: dict[bytes, set[str]] = {}
    for (_, op_id), one in creations.items():
        _type, names = brought.get(op_id, ("", ()))
        if names and not any(_answers_for(taking.bringer(name), one.by) for name in names):
            found[op_id] = {unit_of(name) for name in names}
    return found


def _answers_for(bringer: Bringer, unit: str) -> bool:
    """Whether what a bringer tells in the name of a unit is that unit's word."""
    return bringer.direction is not Direction.BELOW or bringer.covers(unit)


def _stopped(taking: Taking, arriving: Sequence[Operation], name: str) -> dict[bytes, Verdict]:
    """What a unit above refuses does not come in, however late it arrives, but from that unit
    again or from one above it.
    """
    bringer, found = taking.bringer(name), {}
    for operation in arriving:
        refusers = taking.refused_above.get(operation.op_id)
        if refusers is None or operation.ent_type in REFERENCES:
            continue
        if not overrules(name, bringer, refusers, newest=taking.is_newest):
            found[operation.op_id] = _REFUSED_ABOVE
    return found


def _roots_of(taking: Taking, pending: Mapping[Record, Sequence[Operation]]) -> dict[Record, str]:
    """Record → the root whose scope it shares; itself unless it belongs to another.

    Only a creation says what a record belongs to: an accepted one, or else one that comes now and
    whose id proves it. What a later operation claims is never asked.
    """
    roots = {record: record[1] for record in pending}
    subs = [record for record in pending if _is_sub(record)]
    if not subs:
        return roots
    accepted = receiving.roots_by_creation(taking.work.connection, {ent_id for _, ent_id in subs})
    for record in subs:
        if record in accepted:
            roots[record] = accepted[record]
            continue
        creations = sorted(
            (o for o in pending[record] if not o.parents and _said(o)),
            key=lambda o: (not sub_id_fits(o), o.op_id),
        )
        if creations:
            roots[record] = _said(creations[0]) or record[1]
    return roots


def _is_sub(record: Record) -> bool:
    entity = ENTITIES.get(record[0])
    return entity is not None and entity.family is Family.SUB


def _said(operation: Operation) -> str | None:
    record = (operation.body or {}).get("record")
    return record if isinstance(record, str) else None


def _holders(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    roots: Mapping[Record, str],
    pairs: Mapping[Record, pairing.Pair],
) -> dict[str, Holder]:
    wanted = {roots[record] for record in pending if _is_sub(record)}
    wanted.update(child for pair in pairs.values() for child in pair)
    if not wanted:
        return {}
    return receiving.holders_of(taking.work.connection, wanted, taking.position_before)


def _taken(
    pending: Mapping[Record, Sequence[Operation]], held: Mapping[Record, Mapping[bytes, Held]]
) -> set[Record]:
    """Root records whose id already is an accepted root record of another type.

    Of two types that come together under one id the first in the list of types stands.
    """
    if not held and len({ent_id for _, ent_id in pending}) == len(pending):
        return set()
    types_of: dict[str, set[str]] = {}
    for (ent_type, ent_id), there in held.items():
        if any(one.state is State.ACCEPTED for one in there.values()):
            types_of.setdefault(ent_id, set()).add(ent_type)
    together: dict[str, list[str]] = {}
    for ent_type, ent_id in pending:
        together.setdefault(ent_id, []).append(ent_type)
    found: set[Record] = set()
    for record in pending:
        ent_type, ent_id = record
        if types_of.get(ent_id, set()) - {ent_type}:
            found.add(record)
        elif len(together[ent_id]) > 1 and ent_id not in types_of:
            first = min(together[ent_id], key=_rank)
            if ent_type != first:
                found.add(record)
    return found


def _strangers(
    pending: Mapping[Record, Sequence[Operation]], held: Mapping[Record, Mapping[bytes, Held]]
) -> dict[Record, set[bytes]]:
    """Record → the operations known under its id that are about a record of another type."""
    by_id: dict[str, list[Record]] = {}
    for record in held:
        by_id.setdefault(record[1], []).append(record)
    found: dict[Record, set[bytes]] = {}
    for record in pending:
        for other in by_id.get(record[1], ()):
            if other != record:
                found.setdefault(record, set()).update(held[other])
    return found


def _rank(ent_type: str) -> int:
    return _TYPES.index(ent_type) if ent_type in ENTITIES else len(_TYPES)


def _write(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    verdicts: Verdicts,
    roots: Mapping[Record, str],
    held: Mapping[Record, Mapping[bytes, Held]],
    places: Mapping[bytes, int],
    name: str,
    touched: Touched,
) -> None:
    entries: list[Entry] = []
    positions: list[int] = []
    changes: list[Judged] = []
    for record, arriving in pending.items():
        there = held.get(record)
        if there is None:
            there = {}
            touched.unheard[record[0]].add(record[1])
        by_id = {operation.op_id: operation for operation in arriving}
        for op_id, said in verdicts[record].items():
            operation, was = by_id[op_id], there.get(op_id)
            state, reason = said.state, said.reason
            if was is None:
                entries.append(
                    Entry(operation, roots[record], state, reason, taking.bundle, None, name)
                )
                positions.append(places[op_id])
            else:
                state, reason = _settled(was, name, said)
                names = (*(one for one in was.names if one != name), name)
                bundle = taking.bundle if _is_let_in(was, state) else None
                changes.append(
                    Judged(
                        *(record[1], op_id, state, reason, roots[record], names, bundle),
                        places[op_id],
                    )
                )
            _count(taking, op_id, state, arrived=1)
            if state is State.ACCEPTED:
                touched.add(operation)
    log.append(taking.work.connection, entries, positions)
    receiving.change_states(taking.work.connection, changes)


def _is_let_in(was: Held, state: State) -> bool:
    """Whether the door had refused an operation to all who brought it till now and does not any
    more: it belongs to the bundle that it came in with, and is taken back with that one.
    """
    refused = was.state is State.REFUSED and was.reason is not Reason.REFUSED_ABOVE
    return refused and state is not State.REFUSED


def _settled(was: Held, name: str, verdict: Verdict) -> tuple[State, Reason | None]:
    """A refusal here does not close the other doors that a waiting operation stands at."""
    others = any(one != name for one in was.names)
    if verdict.state is State.REFUSED and was.state is State.WAITING and others:
        return was.state, was.reason
    return verdict.state, verdict.reason


def _count(taking: Taking, op_id: bytes, state: State, *, arrived: int) -> None:
    """Count an operation that came `arrived` times more, and before that as a waiting one."""
    outcome = taking.outcome
    waited = taking.waiting_now.pop(op_id, 0)
    outcome.waiting -= waited
    times = waited + arrived
    if state is State.WAITING:
        outcome.waiting += times
        taking.waiting_now[op_id] = times
    elif state is State.REFUSED:
        outcome.refused += times
    elif times:
        outcome.accepted += 1
        outcome.known += times - 1
    else:
        outcome.freed += 1


def refuse_waiting(taking: Taking, op_id: bytes) -> None:
    """An operation of this delivery waited so far and is refused after all."""
    _count(taking, op_id, State.REFUSED, arrived=0)


def retry_waiting(taking: Taking) -> None:
    """Judge what waits again, for everyone who brought it, until nothing more is freed."""
    connection = taking.work.connection
    while True:
        waiting = receiving.waiting_records(connection)
        records = sorted(
            waiting, key=lambda record: (_is_sub(record), pairing.is_pair(record), record)
        )
        freed = 0
        for at in range(0, len(records), log.IDS_AT_ONCE):
            part = records[at : at + log.IDS_AT_ONCE]
            freed += _retry(taking, {record: waiting[record] for record in part})
        if not freed:
            return


def _retry(taking: Taking, waiting: Mapping[Record, Mapping[bytes, tuple[str, ...]]]) -> int:
    connection = taking.work.connection
    ids = {ent_id for _, ent_id in waiting}
    held = receiving.held_of(connection, ids)
    operations: dict[Record, list[Operation]] = {}
    for found in log.operations_of(connection, ids, (State.WAITING,)).values():
        for operation in found:
            operations.setdefault((operation.ent_type, operation.ent_id), []).append(operation)
    by_name: dict[str, Pending] = {}
    for record, arriving in operations.items():
        for operation in arriving:
            if operation.op_id not in waiting[record]:
                continue  # a person decides
            for name in waiting[record][operation.op_id] or (taking.beside,):
                by_name.setdefault(name, {}).setdefault(record, []).append(operation)
    said: dict[tuple[Record, bytes], list[Verdict]] = {}
    roots: dict[Record, str] = {}
    standing: set[str] = set()
    for name, pending in sorted(by_name.items()):
        for part in by_family(pending):
            verdicts, found_roots, found_standing = judge_records(taking, part, held, name)
            roots.update(found_roots)
            standing |= found_standing
            for record, of_record in verdicts.items():
                for op_id, verdict in of_record.items():
                    said.setdefault((record, op_id), []).append(verdict)
    taking.effect.stands(standing)
    return _write_retried(taking, operations, said, roots, held)


def _write_retried(
    taking: Taking,
    operations: Mapping[Record, Iterable[Operation]],
    said: Mapping[tuple[Record, bytes], Sequence[Verdict]],
    roots: Mapping[Record, str],
    held: Mapping[Record, Mapping[bytes, Held]],
) -> int:
    touched = Touched(taking.effect)
    changes: list[Judged] = []
    by_id = {(r, o.op_id): o for r, arriving in operations.items() for o in arriving}
    # `said` names the operations of a record after those they build on.
    for (record, op_id), verdicts in said.items():
        states = {verdict.state for verdict in verdicts}
        if State.ACCEPTED in states:
            verdict = Verdict(State.ACCEPTED)
        elif State.WAITING in states:
            continue
        else:
            verdict = verdicts[-1]
        operation, names = by_id[record, op_id], held[record][op_id].names
        changes.append(
            Judged(record[1], op_id, verdict.state, verdict.reason, roots[record], names)
        )
        if verdict.state is State.ACCEPTED:
            touched.add(operation)
        again = op_id in taking.lifted  # refused before the delivery, and now for another reason
        taking.made_wait.discard(op_id)
        taking.lifted.discard(op_id)
        if verdict.state is State.REFUSED and op_id not in taking.waiting_now and not again:
            taking.outcome.late_refused += 1
        _count(taking, op_id, verdict.state, arrived=0)
    receiving.change_states(taking.work.connection, as_they_came(changes, held))
    taking.work.bring_up_to_date(touched)
    taking.follow_units(touched.by_type)
    return len(changes)
