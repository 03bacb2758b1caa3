"""The row on screen as a pure function of the record's accepted operations (MERGE.md).

No clock, no arrival order and no replica id takes part. A field with two different concurrent
values is a conflict: the shown one is provisional and both stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from app.history.entities import ENTITIES, fits
from app.history.merge_groups import group_of, is_fuller, meant, members
from app.history.operation import Body, Operation, Value

#: The group that hides a record; see `visibility`.
HIDDEN_GROUP = "hidden"
_HIDING = ("entered_in_error", "merged_into", "_deleted")
#: Set by the creation for ever: what the id was derived from. A later write of these is no value.
FIXED = frozenset({"record", "other_child", "_key"})
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field or merge group with different concurrent values. `heads` are sorted op ids."""

    group: str
    heads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordState:
    """What a record's accepted operations come to.

    `values` holds every field ever written that is not null; `heads` the operations nothing is
    based on yet; `hidden` whether the record is out of lists and counts.
    """

    values: Mapping[str, Value]
    heads: tuple[bytes, ...]
    conflicts: tuple[Conflict, ...]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The graph of one record: `order` is topological, `ancestors[i]` a bit set over `order`."""

    order: tuple[bytes, ...]
    index: Mapping[bytes, int]
    ancestors: tuple[int, ...]
    depth: tuple[int, ...]


def ancestry(parents_of: Mapping[bytes, Sequence[bytes]]) -> Ancestry:
    """Order operations parents first; parents outside the mapping are left out.

    Iterative: a hostile chain of 100,000 operations must not exhaust the stack.
    """
    waiting: dict[bytes, int] = {}
    children: dict[bytes, list[bytes]] = {}
    for op_id, parents in parents_of.items():
        known = [parent for parent in parents if parent in parents_of]
        waiting[op_id] = len(known)
        for parent in known:
            children.setdefault(parent, []).append(op_id)
    ready = [op_id for op_id, count in waiting.items() if count == 0]
    order: list[bytes] = []
    index: dict[bytes, int] = {}
    ancestors: list[int] = []
    depth: list[int] = []
    while ready:
        op_id = ready.pop()
        above, deepest = 0, 0
        for parent in parents_of[op_id]:
            at = index.get(parent)
            if at is not None:
                above |= ancestors[at] | (1 << at)
                deepest = max(deepest, depth[at] + 1)
        index[op_id] = len(order)
        order.append(op_id)
        ancestors.append(above)
        depth.append(deepest)
        for child in children.get(op_id, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return Ancestry(tuple(order), index, tuple(ancestors), tuple(depth))


def materialise(operations: Iterable[Operation], sub_heads: Collection[bytes] = ()) -> RecordState:
    """Merge the accepted operations of one record, which are closed under ancestors.

    `sub_heads` are the accepted operations of the records that belong to this one: somebody who
    hid the record without having seen one of them does not hide it (`_seen`).
    """
    by_id = {operation.op_id: operation for operation in operations}
    if len(by_id) == 1:
        (only,) = by_id.values()
        return _single(only, sub_heads)
    graph = ancestry({op_id: operation.parents for op_id, operation in by_id.items()})
    heads_of = _writers(by_id, graph)
    ent_type = next(iter(by_id.values())).ent_type if by_id else ""
    groups = members(ent_type)
    values: dict[str, Value] = {}
    conflicts: list[Conflict] = []
    for group, mask in heads_of.items():
        writers = [graph.order[at] for at in _bits(mask)]
        fields = groups.get(group, (group,))
        shown = _shown(by_id, graph, group, writers)
        _take(values, fields, by_id[shown].body)
        if len({_encode(meant(ent_type, group, by_id[it].body or {})) for it in writers}) > 1:
            conflicts.append(Conflict(group, tuple(sorted(writers))))
    hidden, doubted = _visibility(by_id, graph, values, sub_heads)
    if doubted and not any(conflict.group == HIDDEN_GROUP for conflict in conflicts):
        conflicts.append(Conflict(HIDDEN_GROUP, doubted))
    return RecordState(
        values, _heads(graph), tuple(sorted(conflicts, key=lambda c: c.group)), hidden
    )


def _shown(
    by_id: Mapping[bytes, Operation], graph: Ancestry, group: str, writers: Sequence[bytes]
) -> bytes:
    """Which of a group's heads is shown."""

    def rank(op_id: bytes) -> tuple[bool, int, bytes]:
        one = by_id[op_id]
        fuller = is_fuller(one.ent_type, group, one.body or {})
        return fuller, graph.depth[graph.index[op_id]], op_id

    return max(writers, key=rank)


def _single(only: Operation, sub_heads: Collection[bytes]) -> RecordState:
    values = {field: value for field, value in (only.body or {}).items() if value is not None}
    conflicts: tuple[Conflict, ...] = ()
    hidden = _hides(only.ent_type, values)
    if hidden and _unseen(values, sub_heads):
        hidden, conflicts = False, (Conflict(HIDDEN_GROUP, (only.op_id,)),)
    return RecordState(values, (only.op_id,), conflicts, hidden)


def _writers(by_id: Mapping[bytes, Operation], graph: Ancestry) -> dict[str, int]:
    """Group → bit set of the operations that wrote it and that no later writer descends from."""
    heads: dict[str, int] = {}
    for at, op_id in enumerate(graph.order):
        operation = by_id[op_id]
        if operation.body is None:
            continue
        of = group_of(operation.ent_type)
        written = {of.get(field, field) for field in operation.body}
        for group in written - FIXED if operation.parents else written:
            heads[group] = (heads.get(group, 0) & ~graph.ancestors[at]) | (1 << at)
    return heads


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def _take(values: dict[str, Value], fields: Sequence[str], body: Body | None) -> None:
    for field in fields:
        value = (body or {}).get(field)
        if value is not None:
            values[field] = value


def _heads(graph: Ancestry) -> tuple[bytes, ...]:
    covered = 0
    for above in graph.ancestors:
        covered |= above
    return tuple(sorted(op_id for at, op_id in enumerate(graph.order) if not covered >> at & 1))


@cache
def hiding_fields(ent_type: str) -> tuple[str, ...]:
    """The fields that hide a record of this type; none for a type that cannot be hidden."""
    return tuple(f for f in _HIDING if f in members(ent_type).get(HIDDEN_GROUP, ()))


def _hides(ent_type: str, values: Mapping[str, Value]) -> bool:
    for field in hiding_fields(ent_type):
        value = values.get(field)
        if value and fits(ENTITIES[ent_type].fields[field], value):
            return True
    return False


def _unseen(values: Mapping[str, Value], sub_heads: Collection[bytes]) -> bool:
    if not sub_heads:
        return False
    seen = values.get("_seen")
    known = set(seen) if isinstance(seen, list) else set()
    return any(head.hex() not in known for head in sub_heads)


def _visibility(
    by_id: Mapping[bytes, Operation],
    graph: Ancestry,
    values: Mapping[str, Value],
    sub_heads: Collection[bytes],
) -> tuple[bool, tuple[bytes, ...]]:
    """Whether the record is hidden, and the operations in doubt about it.

    An operation the hider had not seen keeps the record visible, as a conflict (4-sync.md,
    "Deleting"). Among concurrent hiders one that nobody contradicts is enough to hide.
    """
    if not by_id or not _hides(next(iter(by_id.values())).ent_type, values):
        return False, ()
    hiders = _bits(_hiding_heads(by_id, graph))
    everything = (1 << len(graph.order)) - 1
    for at in hiders:
        aware = graph.ancestors[at] | _descendants(graph, at) | 1 << at
        strangers = [o for o in _bits(everything & ~aware) if o not in hiders]
        if not strangers and not _unseen(by_id[graph.order[at]].body or {}, sub_heads):
            return True, ()
    return False, tuple(sorted(graph.order[at] for at in hiders))


def _hiding_heads(by_id: Mapping[bytes, Operation], graph: Ancestry) -> int:
    """Bit set of the operations that hide the record and were not overruled."""
    hiding, overruled = 0, 0
    for at, op_id in enumerate(graph.order):
        operation = by_id[op_id]
        of = group_of(operation.ent_type)
        body = operation.body or {}
        if any(of.get(field) == HIDDEN_GROUP for field in body):
            overruled |= graph.ancestors[at]
            if _hides(operation.ent_type, body):
                hiding |= 1 << at
    return hiding & ~overruled


def hiding_operations(operations: Iterable[Operation]) -> tuple[bytes, ...]:
    """Those of a record's accepted operations that hide it and were not overruled, sorted."""
    by_id = {operation.op_id: operation for operation in operations}
    graph = ancestry({op_id: operation.parents for op_id, operation in by_id.items()})
    return tuple(sorted(graph.order[at] for at in _bits(_hiding_heads(by_id, graph))))


def _descendants(graph: Ancestry, at: int) -> int:
    mask = 0
    for later, above in enumerate(graph.ancestors):
        if above >> at & 1:
            mask |= 1 << later
    return mask
