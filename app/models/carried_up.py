"""What the unit above has of this log though no bundle of this PC carried it there: a neighbour PC
did, and it comes back from above.

Each operation speaks for itself: a neighbour may have taken a bundle of this PC back, or hold less
of the register, and carries up what it kept. So runs of places in this log are kept, by the replica
above that sent them. They count as long as that one is waited for: who was restored writes under
another id and may lack all of it. What the unit above is told of this PC itself stands in its
cursor, and not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, or_, select

from app.models.schema import op, peer, setting

_NAME = "carried-up-by-others"
#: So many runs are kept of a replica above, the longest: every one is asked of each operation that
#: is counted. What is left out is called unsent until this PC has sent it itself.
_MOST_RUNS = 50

_Runs = list[tuple[int, int]]


def note(
    connection: Connection, unit: str, replica: str, places: Iterable[int], *, forked: bool
) -> None:
    """Note that what stands at some places of this log came back from `replica` of the unit above.

    To call when the peers are up to date. What else is kept of a replica that nobody waits for any
    more is dropped; of a `forked` one, which may have been set back, everything of before is.
    """
    kept = _kept(connection)
    before = dict(kept)
    known = [] if forked else kept.pop(replica, [])
    kept[replica] = _joined([*known, *((place, place) for place in places)])
    waited_for = _waited_for(connection, unit)
    kept = {one: runs for one, runs in kept.items() if runs and one in waited_for}
    if kept != before:
        connection.execute(setting.delete().where(setting.c.name == _NAME))
        connection.execute(setting.insert().values(name=_NAME, value=json.dumps(kept)))


def carried_up(connection: Connection, unit: str, after: int) -> ColumnElement[bool] | None:
    """Which operations at places after `after` the unit above has by way of others; None if none.

    Asked of the columns of `ix_op_written` alone: rows of `op` are as wide as their bodies.
    """
    kept = _kept(connection)
    if not kept:
        return None
    waited_for = _waited_for(connection, unit)
    runs = [run for one, found in kept.items() if one in waited_for for run in found]
    parts = [op.c.position.between(*run) for run in _joined(runs) if run[1] > after]
    return or_(*parts) if parts else None


def _joined(runs: _Runs) -> _Runs:
    """Runs as few as they can be, in order; of too many the longest."""
    found: _Runs = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    longest = sorted(found, key=lambda run: run[0] - run[1])[:_MOST_RUNS]
    return sorted(longest)


def _waited_for(connection: Connection, unit: str) -> set[str]:
    """The replicas of a unit that its cursor waits for."""
    found = select(peer.c.replica).where(peer.c.unit == unit, peer.c.active)
    return set(connection.execute(found).scalars())


def _kept(connection: Connection) -> dict[str, _Runs]:
    """Replica above → runs of places in this log, first and last."""
    value = connection.execute(select(setting.c.value).where(setting.c.name == _NAME)).scalar()
    return {
        replica: [(first, last) for first, last in runs]
        for replica, runs in json.loads(value or "{}").items()
    }
