"""The door: what a unit accepts of the operations that others bring.

The tree of units is the authority and nothing finer is pretended (MERGE.md, "The door"). This
module judges one record's operations at a time; it reads no database and knows no trust records:
the caller says who brings them, what was accepted before, and which references are signed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from app.history.entities import (
    ENTITIES,
    OUTSIDE,
    SYSTEM_FIELDS,
    TYPE_OF,
    UNKNOWN,
    EntityType,
    Family,
    Kind,
    fits,
    may_be_unread,
)
from app.history.erasure import read_content
from app.history.materialise import FIXED, Ancestry, ancestry
from app.history.merge_groups import incomplete_groups
from app.history.operation import Operation, Value
from app.ids import derived_id

TIERS = ("commune", "district", "province")
#: Type → field → the exact type its value nearly always has, and its kind, which decides.
_EXPECTED: Mapping[str, Mapping[str, tuple[type, Kind]]] = {
    name: {
        field_name: (TYPE_OF[kind], kind)
        for field_name, kind in {**SYSTEM_FIELDS, **entity.fields}.items()
    }
    for name, entity in ENTITIES.items()
}
#: The result of a review that says what was found at a household visited again, and what only such
#: a review holds.
RESURVEYED = "resurveyed"
RESURVEY_FIELDS = frozenset(("finding", "finding_fields", "missing_children"))
#: What a unit says in its own name of a record that another unit may own.
SAID_BY_A_UNIT = ("review", "note")
#: What a unit is, is never rewritten, not even by the province: a change is a new edition. So it is
#: with a version of a form and an edition of a list: records are read by them for ever.
_NEVER_REWRITTEN: Mapping[str, frozenset[str]] = {
    "org_unit": frozenset({"code", "edition", "parent", "tier"}),
    "org_unit_successor": frozenset({"old_unit", "new_unit", "split"}),
    "form_template": frozenset({"form", "version", "edition", "content"}),
    "code_list": frozenset({"name", "edition", "content"}),
    "erase": frozenset({"record", "content"}),
}


class Direction(Enum):
    """Where the bringer stands in the tree of units, seen from here."""

    ABOVE = "above"
    BESIDE = "beside"
    BELOW = "below"


class State(Enum):
    """What became of an operation at this replica."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    SET_ASIDE = "set_aside"


class Reason(Enum):
    """Why an operation waits or was refused; the value is the name people and files see."""

    # waiting
    PARENT_UNKNOWN = "parent-unknown"
    PARENT_NOT_ACCEPTED = "parent-not-accepted"
    RECORD_UNKNOWN = "record-unknown"
    UNIT_UNKNOWN = "unit-unknown"
    NEWER_PROGRAM = "newer-program"
    ERASURE_UNKNOWN = "erasure-unknown"
    BRINGER_REVOKED = "bringer-revoked"
    # refused
    NOT_OWNER = "not-owner"
    MOVED_AWAY = "moved-away"
    OWNER_CHANGE = "owner-change"
    ID_NOT_DERIVED = "id-not-derived"
    REFERENCE_UNSIGNED = "reference-unsigned"
    FOREIGN_HALF = "foreign-half"
    RECORD_CHANGED = "record-changed"
    BAD_VALUE = "bad-value"
    PARTIAL_GROUP = "partial-group"
    REFUSED_ABOVE = "refused-above"
    DROPPED_HERE = "dropped-here"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of one operation and, unless accepted, the reason."""

    state: State
    reason: Reason | None = None


ACCEPT = Verdict(State.ACCEPTED)
_WAIT = {reason: Verdict(State.WAITING, reason) for reason in Reason}
_REFUSE = {reason: Verdict(State.REFUSED, reason) for reason in Reason}


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brings the operations: where the unit stands, its tier, what its scope covers, and which
    unit it is.
    """

    direction: Direction
    tier: str
    covers: Callable[[str], bool]
    unit: str = ""


class Holder(NamedTuple):
    """Whose the household or child is that a record of another type is about.

    `before` are its owners before this bundle, None when it was not known then; `born` the owners
    its creations of this bundle name; `ever` whoever owned it at any time, if it moved.
    """

    before: frozenset[str] | None
    born: frozenset[str]
    ever: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What this replica already holds of the record an operation is about.

    `accepted_before` are the operations accepted before this bundle, `accepted_now` those accepted
    from it, `states` the states of all known ones. For a record that belongs to another, `owners`
    are the other's present owners before the bundle, None when it was not known then; `born_here`
    the owner units of the other's creations accepted from this bundle; `owners_ever` its owners of
    any time. `pair` are the holders of the two children that a decision is about, None for one not
    known here. `claimed` are the creations that came from below alone, in the name of a unit that
    none of those who brought them answers for: who brought each. `taken` says that the id already
    is a root record of another type, `strangers` are the operations known of other types under it.
    """

    accepted_before: Sequence[Operation] = ()
    accepted_now: Sequence[Operation] = ()
    states: Mapping[bytes, State] = field(default_factory=dict)
    owners: Collection[str] | None = None
    born_here: Collection[str] = ()
    owners_ever: Collection[str] = ()
    pair: Sequence[Holder | None] = ()
    claimed: Mapping[bytes, Collection[str]] = field(default_factory=dict)
    taken: bool = False
    strangers: Collection[bytes] = ()
    unit_known: Callable[[str], bool] = lambda _unit: True
    #: The tiers of the units that stand above one.
    tiers_above: Callable[[str], Collection[str]] = lambda _unit: TIERS
    #: Who gave a handover: its unit and that one's tier; None where either is not known.
    giver: Callable[[str], tuple[str, str] | None] = lambda _handover: None
    reference_signed: Callable[[Operation], bool] = lambda _operation: False


def judge(arriving: Iterable[Operation], bringer: Bringer, known: Known) -> dict[bytes, Verdict]:
    """Judge the operations of ONE record that are not accepted here yet.

    What passes is closed under ancestors. The verdict on an operation does not depend on the order
    in which the others are given.
    """
    new = {operation.op_id: operation for operation in arriving}
    if len(new) == 1 and not known.accepted_before and not known.accepted_now:
        (only,) = new.values()
        if not only.parents:
            return {only.op_id: _judge_one(only, bringer, known, None)}
    history = _history_of(new, known)
    verdicts: dict[bytes, Verdict] = {}
    for op_id in history.graph.order:
        if op_id in new:
            verdicts[op_id] = _with_parents(
                new[op_id], verdicts, history.by_id, known
            ) or _judge_one(new[op_id], bringer, known, history)
    for op_id in new.keys() - verdicts.keys():
        # Only a loop of hashes could leave one out, and there is none; still, never lose one.
        verdicts[op_id] = _WAIT[Reason.PARENT_UNKNOWN]
    return verdicts


@dataclass(frozen=True, slots=True)
class _History:
    """All that is known of a record with what arrives, laid out once for all its verdicts.

    `before` is the bit set of what was accepted before the bundle, `writers` the indices of the
    operations that name an owner.
    """

    by_id: Mapping[bytes, Operation]
    graph: Ancestry
    before: int
    writers: Sequence[int]

    def seen_by(self, operation: Operation) -> list[int]:
        """Who named an owner, by what was accepted before and what the operation builds on."""
        at = self.graph.index[operation.op_id]
        seen = self.before | self.graph.ancestors[at]
        return [writer for writer in self.writers if seen >> writer & 1]

    def creations_under(self, operation: Operation) -> list[Operation]:
        """The creations of the record that the operation builds on."""
        below = self.graph.ancestors[self.graph.index[operation.op_id]]
        by_place = enumerate(self.graph.order)
        found = [self.by_id[op_id] for at, op_id in by_place if below >> at & 1]
        return [one for one in found if not one.parents]

    def owner(self, writer: int) -> str:
        """The owner that an operation of `writers` names."""
        return str((self.by_id[self.graph.order[writer]].body or {})["owner_unit"])


def _history_of(arriving: Mapping[bytes, Operation], known: Known) -> _History:
    by_id = {one.op_id: one for one in (*known.accepted_before, *known.accepted_now)}
    by_id.update(arriving)
    return _laid_out(by_id, known.accepted_before)


def _laid_out(by_id: Mapping[bytes, Operation], before: Iterable[Operation]) -> _History:
    graph = ancestry({op_id: operation.parents for op_id, operation in by_id.items()})
    mask = 0
    for one in before:
        mask |= 1 << graph.index[one.op_id]
    writers = [
        at
        for at, op_id in enumerate(graph.order)
        if isinstance((by_id[op_id].body or {}).get("owner_unit"), str)
    ]
    return _History(by_id, graph, mask, writers)


def _with_parents(
    operation: Operation,
    verdicts: Mapping[bytes, Verdict],
    everything: Mapping[bytes, Operation],
    known: Known,
) -> Verdict | None:
    for parent in operation.parents:
        state = known.states.get(parent)
        if parent in verdicts:
            state = verdicts[parent].state
        elif parent in everything:
            continue
        elif parent in known.strangers:
            return _REFUSE[Reason.RECORD_CHANGED]
        if state is None:
            return _WAIT[Reason.PARENT_UNKNOWN]
        if state is not State.ACCEPTED:
            return _WAIT[Reason.PARENT_NOT_ACCEPTED]
    return None


def _judge_one(
    operation: Operation,
    bringer: Bringer,
    known: Known,
    history: _History | None,
) -> Verdict:
    entity = ENTITIES.get(operation.ent_type)
    if entity is None:
        return _WAIT[Reason.NEWER_PROGRAM]
    if entity.family is Family.REFERENCE:
        return _judge_reference(operation, known)
    if operation.body is None:
        return _WAIT[Reason.ERASURE_UNKNOWN]
    if entity.family is Family.SUB and known.owners is None and not known.born_here:
        return _WAIT[Reason.RECORD_UNKNOWN]
    if entity.family is Family.PAIR and not any(known.pair):
        return _WAIT[Reason.RECORD_UNKNOWN]
    if bringer.direction is not Direction.BELOW:
        return ACCEPT
    # Whose it is comes first: half of what a unit above alone may write is not to be completed.
    above = _of_a_unit_above(operation, bringer, known, history)
    refused = Reason.FOREIGN_HALF if above else _malformed(operation, entity)
    if refused is not None:
        return _REFUSE[refused]
    if entity.family is Family.SUB:
        return _judge_sub(operation, bringer, known)
    if entity.family is Family.PAIR:
        return _judge_pair(operation, bringer, known.pair)
    return _judge_root(operation, bringer, known, history)


def _judge_reference(operation: Operation, known: Known) -> Verdict:
    if not known.reference_signed(operation):
        return _REFUSE[Reason.REFERENCE_UNSIGNED]
    fixed = _NEVER_REWRITTEN.get(operation.ent_type, frozenset())
    if operation.parents and not fixed.isdisjoint(operation.body or ()):
        return _REFUSE[Reason.RECORD_CHANGED]
    content = (operation.body or {}).get("content")
    if operation.ent_type == "erase" and not operation.parents and read_content(content) is None:
        return _REFUSE[Reason.BAD_VALUE]
    return ACCEPT


def _malformed(operation: Operation, entity: EntityType) -> Reason | None:
    body = operation.body
    if body is None:
        return Reason.BAD_VALUE
    expected = _EXPECTED[entity.name]
    for name, value in body.items():
        found = expected.get(name)
        if found is None or value is None or type(value) is found[0]:
            continue
        if not fits(found[1], value) and not (
            type(value) is str and may_be_unread(entity.name, name)
        ):
            return Reason.BAD_VALUE
    if operation.parents and incomplete_groups(operation.ent_type, body):
        return Reason.PARTIAL_GROUP
    return None


def _of_a_unit_above(
    operation: Operation, bringer: Bringer, known: Known, history: _History | None
) -> bool:
    """Whether it writes what only a unit above the bringer may write."""
    if operation.ent_type == "handover":
        return _foreign_half(operation, bringer, known, history)
    if operation.ent_type == "review" and _resurveyed_below(operation, bringer, known, history):
        return True
    # What a unit said in its own name is changed only by that unit or one above.
    return (
        operation.ent_type in SAID_BY_A_UNIT
        and history is not None
        and (
            any(not bringer.covers(one.by) for one in history.creations_under(operation))
            or _said_by_another(bringer, known)
        )
    )


def _said_by_another(bringer: Bringer, known: Known) -> bool:
    """Whether the record already stands here as the word of a unit outside the bringer's scope.

    A second creation builds on nothing, and the greater of the two would be shown. A name that
    nobody answers for is the word of whoever brought it: else what one unit made up in the name of
    another would keep that one's own word out.
    """
    return any(
        not bringer.covers(unit)
        for one in (*known.accepted_before, *known.accepted_now)
        if not one.parents
        for unit in known.claimed.get(one.op_id, (one.by,))
    )


def _resurveyed_below(
    operation: Operation, bringer: Bringer, known: Known, history: _History | None
) -> bool:
    """What was found at a household that was visited again is said by a unit above the one whose
    handover was looked through: neither that one brings it nor, whoever gave, the lowest tier.
    """
    made = () if history is None else history.creations_under(operation)
    bodies = [one.body or {} for one in (operation, *made)]
    if all(RESURVEY_FIELDS.isdisjoint(one) and one.get("result") != RESURVEYED for one in bodies):
        return False
    named = {str(one["handover"]) for one in bodies if one.get("handover")}
    givers = [giver for giver in map(known.giver, named) if giver is not None]
    return bringer.tier == TIERS[0] or any(
        not bringer.covers(unit) or TIERS.index(bringer.tier) <= TIERS.index(tier)
        for unit, tier in givers
    )


def _foreign_half(
    operation: Operation, bringer: Bringer, known: Known, history: _History | None
) -> bool:
    """Of a handover a unit writes only its own half: what it sent, or what its tier received.

    No unit receives or accepts what it handed over itself: who answers stands above the giver.
    """
    tiers = {
        rest.partition("_")[0]
        for half, _, rest in (name.partition("_") for name in operation.body or {})
        if half in ("received", "verdict")
    }
    if not tiers:
        return False
    givers = _owners_seen_by(operation, history)
    named = (operation.body or {}).get("owner_unit")
    if not givers and isinstance(named, str):
        givers = {named}
    allowed = set(TIERS[: TIERS.index(bringer.tier) + 1])
    for giver in givers:
        if known.unit_known(giver):  # else it waits for the unit
            allowed &= set(known.tiers_above(giver))
            if giver == bringer.unit:
                allowed.discard(bringer.tier)
    return not tiers <= allowed


def _judge_sub(operation: Operation, bringer: Bringer, known: Known) -> Verdict:
    if operation.parents:
        if not FIXED.isdisjoint(operation.body or ()):
            return _REFUSE[Reason.RECORD_CHANGED]
    elif not (_is_erased(operation) or sub_id_fits(operation)):
        return _REFUSE[Reason.ID_NOT_DERIVED]
    owners = known.owners if known.owners is not None else known.born_here
    if any(bringer.covers(owner) for owner in owners):
        return ACCEPT
    once = any(bringer.covers(owner) for owner in known.owners_ever)
    return _REFUSE[Reason.MOVED_AWAY if once else Reason.NOT_OWNER]


def _is_erased(operation: Operation) -> bool:
    """Whether the province's signed erasure names it: that vouches for what the key proved."""
    return operation.salt is None


def _judge_pair(operation: Operation, bringer: Bringer, pair: Sequence[Holder | None]) -> Verdict:
    """A decision about two children needs both in the bringer's scope (4-sync.md, "the door")."""
    if operation.parents:
        if not FIXED.isdisjoint(operation.body or ()):
            return _REFUSE[Reason.RECORD_CHANGED]
    elif not (_is_erased(operation) or pair_id_fits(operation)):
        return _REFUSE[Reason.ID_NOT_DERIVED]
    for holder in pair:
        if holder is None:
            return _WAIT[Reason.RECORD_UNKNOWN]
        owners = holder.before if holder.before is not None else holder.born
        if not any(bringer.covers(owner) for owner in owners):
            once = any(bringer.covers(owner) for owner in holder.ever)
            return _REFUSE[Reason.MOVED_AWAY if once else Reason.NOT_OWNER]
    return ACCEPT


def pair_id_fits(operation: Operation) -> bool:
    """Whether the creation of a decision bears the id of its two children, the lesser id first."""
    body = operation.body or {}
    first, second = body.get("record"), body.get("other_child")
    if not isinstance(first, str) or not isinstance(second, str) or first >= second:
        return False
    key = pair_key(second)
    return body.get("_key") == key and operation.ent_id == derived_id(first, key)


def pair_key(greater: str) -> str:
    """The key of the decision about two children, from the greater of their ids: whoever decides
    about the same two writes on one record.
    """
    return f"match/{greater}"


def sub_id_fits(operation: Operation) -> bool:
    """Whether the creation of a sub-record bears the id that its `record` and key give."""
    body = operation.body or {}
    record, key = body.get("record"), body.get("_key")
    if not isinstance(record, str) or not isinstance(key, str):
        return False
    if operation.ent_type == "circumstance" and key != circumstance_key(body):
        return False
    return operation.ent_id == derived_id(record, key)


def circumstance_key(body: Mapping[str, Value]) -> str:
    """The key of a circumstance: group and episode, so that two clerks meet in one record."""
    return f"{body.get('group')}/{body.get('episode')}"


def _judge_root(
    operation: Operation,
    bringer: Bringer,
    known: Known,
    history: _History | None,
) -> Verdict:
    body = operation.body or {}
    owner = body.get("owner_unit")
    if not operation.parents:
        key = body.get("_key")
        if not isinstance(owner, str):
            return _REFUSE[Reason.ID_NOT_DERIVED]
        if not _is_erased(operation) and (
            not isinstance(key, str) or operation.ent_id != derived_id(owner, key)
        ):
            return _REFUSE[Reason.ID_NOT_DERIVED]
        if known.taken:
            return _REFUSE[Reason.RECORD_CHANGED]
    elif "_key" in body:
        return _REFUSE[Reason.RECORD_CHANGED]
    if isinstance(owner, str) and owner not in (OUTSIDE, UNKNOWN) and not known.unit_known(owner):
        return _WAIT[Reason.UNIT_UNKNOWN]
    if "owner_unit" in body and not isinstance(owner, str):
        return _REFUSE[Reason.BAD_VALUE]
    owners = _owners_seen_by(operation, history)
    if not owners and not operation.parents and isinstance(owner, str):
        # A creation of a record that nobody here had: its own word says whose it is.
        owners = {owner}
    covered = [unit for unit in owners if bringer.covers(unit)]
    if not covered:
        once = history is not None and any(
            bringer.covers(history.owner(one)) for one in history.seen_by(operation)
        )
        return _REFUSE[Reason.MOVED_AWAY if once else Reason.NOT_OWNER]
    if "owner_unit" in body and len(covered) < len(owners):
        return _REFUSE[Reason.OWNER_CHANGE]
    return ACCEPT


def _owners_seen_by(operation: Operation, history: _History | None) -> set[str]:
    """Present owners by what was accepted before the bundle and the operation's own ancestors.

    Creations of the bundle count only where the record was not known before: else whoever creates
    it a second time would own it.
    """
    return set() if history is None else _owners_of(history.seen_by(operation), history)


def present_owners(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The units that own a root record, by the heads of `owner_unit` among these operations.

    For `outside` and `unknown` the last real unit keeps its rights until a unit above settles it.
    """
    by_id = {operation.op_id: operation for operation in operations}
    history = _laid_out(by_id, ())
    return tuple(sorted(_owners_of(history.writers, history)))


def owners_left(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The units that owned a root record when it was last given to `outside` or `unknown`, by these
    operations, whoever owns it since; none where it never was.
    """
    by_id = {operation.op_id: operation for operation in operations}
    history = _laid_out(by_id, ())
    ancestors = history.graph.ancestors
    given = [at for at in history.writers if history.owner(at) in (OUTSIDE, UNKNOWN)]
    last = _latest(given, history.graph)
    until = [w for w in history.writers if w in last or any(ancestors[at] >> w & 1 for at in last)]
    return tuple(sorted(_owners_of(until, history)))


def _owners_of(writers: Sequence[int], history: _History) -> set[str]:
    graph = history.graph
    owners: set[str] = set()
    pending = _latest(writers, graph)
    done: set[int] = set()
    while pending:
        at = pending.pop()
        if at in done:
            continue
        done.add(at)
        owner = history.owner(at)
        if owner in (OUTSIDE, UNKNOWN):
            pending += _latest([w for w in writers if graph.ancestors[at] >> w & 1], graph)
        else:
            owners.add(owner)
    return owners


def _latest(writers: Sequence[int], graph: Ancestry) -> list[int]:
    overwritten = 0
    for at in writers:
        overwritten |= graph.ancestors[at]
    return [at for at in writers if not overwritten >> at & 1]
