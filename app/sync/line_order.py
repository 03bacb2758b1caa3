"""Where the operations of a delivery go in this log: in the order in which they lay in its giver's.

They are judged and written by kind of record, but who had what before him is read from the order
(MERGE.md, "Answers"): what answers a return lies after it at whoever wrote the answer, at everybody
who passes both on, and so here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.history.materialise import ancestry
from app.history.operation import Operation
from app.models.log import next_positions
from app.models.queries.receiving import Held, Judged, Record
from app.models.work import UnitOfWork


def take_places(
    work: UnitOfWork,
    operations: Sequence[Operation],
    pending: Mapping[Record, Sequence[Operation]],
) -> dict[bytes, int]:
    """Pending operation → a position for it, in the order of `operations`, the lines of the
    delivery as they came; where a modified client wrote the lines of a record in another order,
    what is built on before what builds on it.
    """
    left = {(record, one.op_id) for record, coming in pending.items() for one in coming}
    if not left:
        return {}
    place = next_positions(work.connection, len(left))
    found: dict[bytes, int] = {}
    for one in operations:
        line = ((one.ent_type, one.ent_id), one.op_id)
        if line in left:
            left.remove(line)
            found[one.op_id] = place
            place += 1
    for coming in pending.values():
        if any(found.get(up, 0) > found[one.op_id] for one in coming for up in one.parents):
            graph = ancestry({one.op_id: one.parents for one in coming})
            rising = sorted(found[op_id] for op_id in graph.order)
            found.update(zip(graph.order, rising, strict=True))
    return found


def as_they_came(
    changes: Sequence[Judged], held: Mapping[Record, Mapping[bytes, Held]]
) -> list[Judged]:
    """Verdicts on operations of the log in the order in which they lie there, those on one record
    in the order given: what comes to be accepted goes to the end of the log in this order.
    """
    stood = {
        (ent_id, op_id): one.position
        for (_, ent_id), of_record in held.items()
        for op_id, one in of_record.items()
    }
    places: dict[str, list[int]] = {}
    for one in changes:
        places.setdefault(one.ent_id, []).append(stood[one.ent_id, one.op_id])
    rising = {ent_id: iter(sorted(of_record)) for ent_id, of_record in places.items()}
    placed = [(next(rising[one.ent_id]), one) for one in changes]
    return [one for _, one in sorted(placed, key=lambda found: found[0])]
