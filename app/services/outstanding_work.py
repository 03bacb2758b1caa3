"""What of a register's own work the unit above does not have yet, counted here alone: for the
status bar, the worklist, the handover page and the command line.

A change counts once, from its save until it is acknowledged, where

- this unit or one below wrote it, by whichever PC, and it is accepted here (what a unit above typed
  on its behalf, and what that unit brought back to a restored PC, that unit has);
- no neighbour PC carried it up, as what came back from above shows (`app.models.carried_up`);
- people did it: the two halves of a handover and its receipts, which the program writes as it
  sends and receives, travel with the next bundle and are nobody's work.

It is *unsent* until a bundle that reached a stick carried it, then *unconfirmed* until every PC of
the unit above has acknowledged that piece of the log (4-sync.md, "Acknowledging"). What was set
aside does not count, what counts again does.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.queries import sending
from app.models.store import Reading
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class OutstandingWork:
    """Changes that no bundle has carried to the unit above yet, and those of which one has and the
    unit has not said so.
    """

    unsent: int = 0
    unconfirmed: int = 0


def outstanding_work(workplace: Workplace, reading: Reading) -> OutstandingWork:
    """What the unit above does not have yet; nothing where there is none above."""
    above = workplace.tree.units.parent(workplace.unit)
    if above is None:
        return OutstandingWork()
    writers = workplace.tree.below(workplace.unit)
    return OutstandingWork(*sending.own_work(reading, above.ref, writers))
