"""Which two children a decision is about, and whose they are, for the door.

A decision belongs to no one child: it is let in where either of them is known, judged by the owners
of both, and shares the scope of the one that is here (4-sync.md, "Same child twice").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.history.door import Holder, pair_id_fits
from app.history.entities import ENTITIES, Family
from app.history.operation import Operation
from app.models.queries import receiving
from app.models.queries.receiving import Record
from app.models.work import UnitOfWork

#: The ids of two children, the lesser first.
Pair = tuple[str, str]


def is_pair(record: Record) -> bool:
    """Whether the record is a decision about two children."""
    entity = ENTITIES.get(record[0])
    return entity is not None and entity.family is Family.PAIR


def children_of(
    pending: Mapping[Record, Sequence[Operation]], accepted: Mapping[str, Sequence[Operation]]
) -> dict[Record, Pair]:
    """Decision → its two children, by its accepted creation or else by one that comes now and
    whose id proves it. One whose creation is not known is left out.
    """
    found: dict[Record, Pair] = {}
    for record, arriving in pending.items():
        if not is_pair(record):
            continue
        own = [one for one in accepted.get(record[1], ()) if one.ent_type == record[0]]
        pair = _named(own) or _named(arriving)
        if pair is not None:
            found[record] = pair
    return found


def _named(operations: Iterable[Operation]) -> Pair | None:
    creations = sorted(
        (one for one in operations if not one.parents),
        key=lambda one: (not pair_id_fits(one), one.op_id),
    )
    for one in creations:
        body = one.body or {}
        first, second = body.get("record"), body.get("other_child")
        if isinstance(first, str) and isinstance(second, str):
            return first, second
    return None


def root_of(
    work: UnitOfWork, pairs: Mapping[Record, Pair], holders: Mapping[str, Holder]
) -> dict[Record, str]:
    """Decision → the child whose scope it shares here: as before, else the first one known."""
    if not pairs:
        return {}
    before = receiving.roots_by_creation(work.connection, {ent_id for _, ent_id in pairs})
    return {
        record: before.get(record) or next((one for one in pair if one in holders), pair[0])
        for record, pair in pairs.items()
    }
