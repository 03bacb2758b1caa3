"""The door: what a unit accepts of the operations that others bring.

The tree of units is the authority and nothing finer is pretended (MERGE.md, "The door"). This
module judges one record's operations at a time; it reads no database and knows no trust records:
the caller says who brings them, what was accepted before, and which references are signed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from app.history.entities import ENTITIES, OUTSIDE, SYSTEM_FIELDS, UNKNOWN, EntityType, Family, fits
from app.history.materialise import FIXED, Ancestry, ancestry
from app.history.merge_groups import group_of, incomplete_groups
from app.history.operation import Operation, Value
from app.ids import derived_id

TIERS = ("commune", "district", "province")
#: What a unit is, is never rewritten, not even by the province: a change is a new edition.
_UNIT_IDENTITY = frozenset({"code", "edition", "parent", "tier", "old_unit", "new_unit"})


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
    """Who brings the operations: where the unit stands, its tier, and what its scope covers."""

    direction: Direction
    tier: str
    covers: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Known:
    """What this replica already holds of the record an operation is about.

    `accepted_before` are the operations accepted before this bundle, `accepted_now` those accepted
    from it, `states` the states of all known ones. For a record that belongs to another, `owners`
    are the other's present owners before the bundle, None when it was not known then; `born_here`
    the owner units of the other's creations accepted from this bundle; `owners_ever` its owners of
    any time. `taken` says that the id already is a root record of another type, `strangers` are the
    operations known of other types under the id.
    """

    accepted_before: Sequence[Operation] = ()
    accepted_now: Sequence[Operation] = ()
    states: Mapping[bytes, State] = field(default_factory=dict)
    owners: Collection[str] | None = None
    born_here: Collection[str] = ()
    owners_ever: Collection[str] = ()
    taken: bool = False
    strangers: Collection[bytes] = ()
    unit_known: Callable[[str], bool] = lambda _unit: True
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
            return {only.op_id: _judge_one(only, bringer, known, {}, None)}
    everything: dict[bytes, Operation] = {}
    for operation in (*known.accepted_before, *known.accepted_now):
        everything[operation.op_id] = operation
    everything.update(new)
    graph = ancestry({op_id: operation.parents for op_id, operation in everything.items()})
    verdicts: dict[bytes, Verdict] = {}
    for op_id in graph.order:
        if op_id in new:
            verdicts[op_id] = _with_parents(new[op_id], verdicts, everything, known) or _judge_one(
                new[op_id], bringer, known, everything, graph
            )
    for op_id in new.keys() - verdicts.keys():
        # Only a loop of hashes could leave one out, and there is none; still, never lose one.
        verdicts[op_id] = _WAIT[Reason.PARENT_UNKNOWN]
    return verdicts


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
    everything: Mapping[bytes, Operation],
    graph: Ancestry | None,
) -> Verdict:
    entity = ENTITIES.get(operation.ent_type)
    if entity is None:
        return _WAIT[Reason.NEWER_PROGRAM]
    if entity.family is Family.REFERENCE:
        return _judge_reference(operation, known)
    if entity.family is Family.SUB and known.owners is None and not known.born_here:
        return _WAIT[Reason.RECORD_UNKNOWN]
    if bringer.direction is not Direction.BELOW:
        return ACCEPT
    refused = _malformed(operation, entity)
    if refused is None and entity.name == "handover" and _foreign_half(operation, bringer):
        refused = Reason.FOREIGN_HALF
    if refused is not None:
        return _REFUSE[refused]
    if entity.family is Family.SUB:
        return _judge_sub(operation, bringer, known)
    return _judge_root(operation, bringer, known, everything, graph)


def _judge_reference(operation: Operation, known: Known) -> Verdict:
    if not known.reference_signed(operation):
        return _REFUSE[Reason.REFERENCE_UNSIGNED]
    if operation.parents and not _UNIT_IDENTITY.isdisjoint(operation.body or ()):
        return _REFUSE[Reason.RECORD_CHANGED]
    return ACCEPT


def _malformed(operation: Operation, entity: EntityType) -> Reason | None:
    body = operation.body
    if body is None:
        return Reason.BAD_VALUE
    for name, value in body.items():
        kind = entity.fields.get(name) or SYSTEM_FIELDS.get(name)
        if kind is not None and not fits(kind, value):
            return Reason.BAD_VALUE
    if operation.parents and incomplete_groups(operation.ent_type, body):
        return Reason.PARTIAL_GROUP
    return None


def _foreign_half(operation: Operation, bringer: Bringer) -> bool:
    """Of a handover a unit writes only its own half: what it sent, or what its tier received."""
    allowed = TIERS[: TIERS.index(bringer.tier) + 1]
    for name in operation.body or {}:
        half, _, rest = name.partition("_")
        tier = rest.partition("_")[0]
        if half in ("received", "verdict") and tier not in allowed:
            return True
    return False


def _judge_sub(operation: Operation, bringer: Bringer, known: Known) -> Verdict:
    if operation.parents:
        if not FIXED.isdisjoint(operation.body or ()):
            return _REFUSE[Reason.RECORD_CHANGED]
    elif not sub_id_fits(operation):
        return _REFUSE[Reason.ID_NOT_DERIVED]
    owners = known.owners if known.owners is not None else known.born_here
    if any(bringer.covers(owner) for owner in owners):
        return ACCEPT
    once = any(bringer.covers(owner) for owner in known.owners_ever)
    return _REFUSE[Reason.MOVED_AWAY if once else Reason.NOT_OWNER]


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
    everything: Mapping[bytes, Operation],
    graph: Ancestry | None,
) -> Verdict:
    body = operation.body or {}
    owner = body.get("owner_unit")
    if not operation.parents:
        key = body.get("_key")
        if not isinstance(owner, str) or not isinstance(key, str):
            return _REFUSE[Reason.ID_NOT_DERIVED]
        if operation.ent_id != derived_id(owner, key):
            return _REFUSE[Reason.ID_NOT_DERIVED]
        if known.taken:
            return _REFUSE[Reason.RECORD_CHANGED]
    elif "_key" in body:
        return _REFUSE[Reason.RECORD_CHANGED]
    if isinstance(owner, str) and owner not in (OUTSIDE, UNKNOWN) and not known.unit_known(owner):
        return _WAIT[Reason.UNIT_UNKNOWN]
    if "owner_unit" in body and not isinstance(owner, str):
        return _REFUSE[Reason.BAD_VALUE]
    owners = _owners_seen_by(operation, known, everything, graph)
    if not owners and not operation.parents and isinstance(owner, str):
        # A creation of a record that nobody here had: its own word says whose it is.
        owners = {owner}
    covered = [unit for unit in owners if bringer.covers(unit)]
    if not covered:
        seen = _seen_by(operation, known, everything, graph)
        once = any(bringer.covers(o) for o in _owners_ever(seen))
        return _REFUSE[Reason.MOVED_AWAY if once else Reason.NOT_OWNER]
    if "owner_unit" in body and len(covered) < len(owners):
        return _REFUSE[Reason.OWNER_CHANGE]
    return ACCEPT


def _owners_seen_by(
    operation: Operation,
    known: Known,
    everything: Mapping[bytes, Operation],
    graph: Ancestry | None,
) -> set[str]:
    """Present owners by what was accepted before the bundle and the operation's own ancestors.

    Creations of the bundle count only where the record was not known before: else whoever creates
    it a second time would own it.
    """
    return set(present_owners(_seen_by(operation, known, everything, graph)))


def _seen_by(
    operation: Operation,
    known: Known,
    everything: Mapping[bytes, Operation],
    graph: Ancestry | None,
) -> list[Operation]:
    """What was accepted before the bundle and what the operation itself builds on."""
    seen = {known_op.op_id: known_op for known_op in known.accepted_before}
    if graph is not None:
        above = graph.ancestors[graph.index[operation.op_id]]
        for at, op_id in enumerate(graph.order):
            if above >> at & 1:
                seen[op_id] = everything[op_id]
    return list(seen.values())


def present_owners(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The units that own a root record, by the heads of `owner_unit` among these operations.

    For `outside` and `unknown` the last real unit keeps its rights until a unit above settles it.
    """
    by_id = {operation.op_id: operation for operation in operations}
    if not by_id:
        return ()
    graph = ancestry({op_id: operation.parents for op_id, operation in by_id.items()})
    writers = [
        at
        for at, op_id in enumerate(graph.order)
        if isinstance((by_id[op_id].body or {}).get("owner_unit"), str)
    ]
    return tuple(sorted(_owners_of(writers, graph, by_id)))


def _owners_of(
    writers: Sequence[int], graph: Ancestry, by_id: Mapping[bytes, Operation]
) -> set[str]:
    owners: set[str] = set()
    pending = _latest(writers, graph)
    done: set[int] = set()
    while pending:
        at = pending.pop()
        if at in done:
            continue
        done.add(at)
        owner = (by_id[graph.order[at]].body or {})["owner_unit"]
        if owner in (OUTSIDE, UNKNOWN):
            pending += _latest([w for w in writers if graph.ancestors[at] >> w & 1], graph)
        else:
            owners.add(str(owner))
    return owners


def _latest(writers: Sequence[int], graph: Ancestry) -> list[int]:
    overwritten = 0
    for at in writers:
        overwritten |= graph.ancestors[at]
    return [at for at in writers if not overwritten >> at & 1]


def _owners_ever(operations: Iterable[Operation]) -> set[str]:
    owners = {(operation.body or {}).get("owner_unit") for operation in operations}
    return {owner for owner in owners if isinstance(owner, str)}


def owner_group(ent_type: str) -> str:
    """The merge group that holds `owner_unit`: a conflict there is a conflict of ownership."""
    return group_of(ent_type).get("owner_unit", "owner_unit")
