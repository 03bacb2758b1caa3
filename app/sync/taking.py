"""What stays the same while one delivery is taken in, and what it came to."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum

from msgspec import structs

from app.history.door import Bringer, Direction, State, Verdict
from app.history.entities import REFERENCES
from app.history.operation import Operation, decode_body
from app.models.effect import Effect
from app.models.erasing import left_bodies
from app.models.lines import NO_NUMBERS, Continuity, Numbers
from app.models.queries import receiving
from app.models.queries.receiving import Held, Record
from app.models.work import UnitOfWork
from app.sync.delivery import Tree

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


def count(taking: Taking, op_id: bytes, state: State, *, arrived: int) -> None:
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
    count(taking, op_id, State.REFUSED, arrived=0)
