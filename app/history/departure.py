"""In whose book a child is counted that left one (4-sync.md, "Moves" and "Authority: the door").

Told by the operations that write `owner_unit` and by the one that says the child left: these reach
every unit that ever owned the child, so the old commune, the new one and the units above come to
the same unit. No clock and no order of arrival takes part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from app.history.entities import OUTSIDE, UNKNOWN
from app.history.materialise import Ancestry, ancestry
from app.history.operation import Body

#: The code of `life_status` of a child that moved out of the book it stood in.
MOVED_OUT = "MOVED_OUT"
_NOWHERE = (OUTSIDE, UNKNOWN)


class Write(Protocol):
    """What of an operation says where a child belongs."""

    @property
    def op_id(self) -> bytes: ...

    @property
    def parents(self) -> Sequence[bytes]: ...

    @property
    def body(self) -> Body | None: ...


def is_departed(values: Mapping[str, object]) -> bool:
    """Whether a child, by its values, left its book: told so, or given to no unit that is named."""
    return values.get("life_status") == MOVED_OUT or values.get("owner_unit") in _NOWHERE


def book_of_departed(operations: Iterable[Write]) -> str:
    """The unit in whose book a departed child is counted, by its accepted operations; "" for none.

    It is the last real unit the child belonged to when it left. Once an operation that builds on
    the leaving names a unit as the owner, that unit has taken the child on and answers for it.
    """
    told = _told(operations)
    if told is None:
        return ""
    if (
        told.owners[told.owner] not in _NOWHERE
        and told.graph.ancestors[told.owner] >> told.left & 1
    ):
        return told.owners[told.owner]
    return _last_unit(told.left, told.owners, told.graph)


def leaving_of(operations: Iterable[Write]) -> tuple[str, str]:
    """The last real unit that a departed child belonged to when it left, whoever has taken it on
    since, and whom the operation that says so names as its owner; "" for none.
    """
    told = _told(operations)
    if told is None:
        return "", ""
    return _last_unit(told.left, told.owners, told.graph), told.owners.get(told.left, "")


class _Told(NamedTuple):
    """Place in the graph → the owner that an operation writes; the places of the owner that is
    shown and of the operation by which the child left.
    """

    graph: Ancestry
    owners: dict[int, str]
    owner: int
    left: int


def _told(operations: Iterable[Write]) -> _Told | None:
    by_id = {one.op_id: one for one in operations}
    graph = ancestry({op_id: one.parents for op_id, one in by_id.items()})
    owners = {
        at: str(owner)
        for at, op_id in enumerate(graph.order)
        if isinstance(owner := (by_id[op_id].body or {}).get("owner_unit"), str)
    }
    statuses = {
        at: (by_id[op_id].body or {})["life_status"]
        for at, op_id in enumerate(graph.order)
        if "life_status" in (by_id[op_id].body or {})
    }
    owner, told = _shown(owners, graph), _shown(statuses, graph)
    if owner is None:
        return None
    left = owner if told is None or statuses[told] != MOVED_OUT else told
    return _Told(graph, owners, owner, left)


def _shown(written: Mapping[int, object], graph: Ancestry) -> int | None:
    """Which of the writes of a field is the one that is shown (`materialise`)."""
    overwritten = 0
    for at in written:
        overwritten |= graph.ancestors[at]
    heads = [at for at in written if not overwritten >> at & 1]
    return max(heads, key=lambda at: (graph.depth[at], graph.order[at]), default=None)


def _last_unit(left: int, owners: Mapping[int, str], graph: Ancestry) -> str:
    """The last real unit before the leaving; of a record that was born departed, its creator's."""
    before = {
        at: unit
        for at, unit in owners.items()
        if unit not in _NOWHERE and graph.ancestors[left] >> at & 1
    }
    if not before and not graph.ancestors[left] and owners.get(left) not in (None, *_NOWHERE):
        return owners[left]
    last = _shown(before, graph)
    return "" if last is None else before[last]
