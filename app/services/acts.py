"""What one intention wrote, taken back as a whole while it is here alone.

Its operations stay in the log, set aside: they show nowhere and are not sent. Half an act taken
back would be nobody's intention, so it is all or nothing (ARCHITECTURE.md, decision 22).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.history.door import State
from app.models import replica
from app.models.materialising import Touched
from app.models.queries import importing
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.sync.apply import take_back


class Obstacle(Enum):
    """Why an act stands."""

    UNKNOWN = "unknown"  # nothing accepted bears its name
    SENT = "sent"  # a bundle may have carried it
    PERHAPS_SENT = "perhaps_sent"  # the store was restored since: another one may have sent it
    BUILT_ON = "built_on"  # somebody has worked on its records since, or leans on them


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What keeps an act from being taken back; `count` records or operations where it is others'
    work.
    """

    what: Obstacle
    count: int = 0


def in_the_way(connection: Reading, act: str) -> InTheWay | None:
    """What keeps an act from being taken back, None when nothing does."""
    done = importing.operations_of_act(connection, act)
    if not done:
        return InTheWay(Obstacle.UNKNOWN)
    first = done[0][3]
    if first <= importing.last_sent(connection):
        return InTheWay(Obstacle.SENT)
    if first <= replica.perhaps_sent(connection):
        return InTheWay(Obstacle.PERHAPS_SENT)
    roots = {root for _, root, _, _ in done}
    later = importing.written_after(connection, roots, act, first)
    later += importing.leaning_on(connection, {ent_id for ent_id, _, _, _ in done}, act)
    return InTheWay(Obstacle.BUILT_ON, later) if later else None


def put_aside(work: UnitOfWork, act: str) -> int:
    """Set the operations of an act aside; returns how many that were. `in_the_way` is asked first,
    in the same transaction.
    """
    done = importing.operations_of_act(work.connection, act)
    touched = Touched()
    operations = [(ent_id, op_id) for ent_id, _, op_id, _ in done]
    take_back(work, operations, State.SET_ASIDE, None, touched)
    work.bring_up_to_date(touched)
    return len(done)
