"""What the unit above has of this log though no bundle of this PC carried it there: a neighbour PC
did, and it comes back from above.

The lines are cumulative: whoever has an operation of a PC has everything that this PC wrote or took
in before it. So of each line one place is kept, the last operation written at its very beginning
that came back. What the unit above is told of this PC itself stands in its cursor, and not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.history.door import Direction
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import bundle_in, op, setting

_NAME = "carried-up-beside"
#: Of what was written on this PC, beside the replica ids of the others.
_OWN = ""


def note(connection: Connection, operations: Iterable[tuple[str, bytes]]) -> None:
    """Note that operations known here, given as (record id, operation), came back from above."""
    came = {op_id: ent_id for ent_id, op_id in operations}
    if not came:
        return
    kept = _kept(connection)
    before = dict(kept)
    for part in chunks(sorted(set(came.values())), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.op_id, op.c.position, op.c.replica, op.c.bundle_in, bundle_in.c.replica)
            .join(bundle_in, bundle_in.c.number == op.c.bundle_in, isouter=True)
            .where(op.c.ent_id.in_(part))
            .where(func.coalesce(bundle_in.c.direction, "") != Direction.ABOVE.value)
        )
        for op_id, position, writer, number, brought_by in rows:
            # What a neighbour only passed on may have gone up another way.
            if op_id in came and brought_by in (None, writer):
                line = brought_by or _OWN
                kept[line] = max(kept.get(line, (0, 0)), (position, number or 0))
    if kept != before:
        connection.execute(setting.delete().where(setting.c.name == _NAME))
        connection.execute(setting.insert().values(name=_NAME, value=json.dumps(kept)))


def carried_up(connection: Connection, after: int) -> ColumnElement[bool] | None:
    """Which operations at places after `after` the unit above has by way of others; None if none.

    Asked of the columns of `ix_op_written` alone: rows of `op` are as wide as their bodies.
    """
    kept = {line: at for line, at in _kept(connection).items() if at[0] > after}
    if not kept:
        return None
    parts: list[ColumnElement[bool]] = []
    # Never unknown: what is written here has no bundle, and NOT of unknown would leave it out.
    brought = func.coalesce(op.c.bundle_in, 0)
    own = kept.pop(_OWN, None)
    if own is not None:
        parts.append(and_(op.c.bundle_in.is_(None), op.c.position <= own[0]))
    parts += [
        and_(brought == number, op.c.position <= position) for position, number in kept.values()
    ]
    numbers = select(bundle_in.c.number, bundle_in.c.replica).where(
        bundle_in.c.replica.in_(sorted(kept))
    )
    whole = [number for number, line in connection.execute(numbers).all() if number < kept[line][1]]
    if whole:
        parts.append(brought.in_(sorted(whole)))
    return or_(*parts)


def _kept(connection: Connection) -> dict[str, tuple[int, int]]:
    """Line → the place in this log, and the number of the bundle that brought it, 0 for none."""
    value = connection.execute(select(setting.c.value).where(setting.c.name == _NAME)).scalar()
    return {line: (at[0], at[1]) for line, at in json.loads(value or "{}").items()}
