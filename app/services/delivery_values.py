"""What the overview of handovers says of each unit below, and of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from app.models.queries.counting import Counts
from app.models.queries.rounds import RoundView
from app.services.handover_register import HandoverView


class Stage(Enum):
    """How far a unit is, in the order in which it goes. `OUTSIDE`: what it handed over since the
    round began is here and is for no round: it had not heard of this one.
    """

    NONE = "none"
    RETURNED = "returned"
    OUTSIDE = "outside"
    RECEIVED = "received"
    ACCEPTED = "accepted"


class Gap(NamedTuple):
    """Numbers of a line that never came: from `first` to `last`, both among them."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers they are."""
        return self.last - self.first + 1


class Share(NamedTuple):
    """How many of some units handed over."""

    delivered: int = 0
    of: int = 0


#: Of no units at all.
NONE_OF_THEM = Share()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One unit below. `last` is its newest handover of the round, None without one: the newest that
    stands, before those whose import was taken back here, which count for nothing. A handover of a
    PC that is certified for several units is one of each of them. Where what the units that went
    into it handed over stands for it, `parts` are the newest of each of these.

    `missing` are numbers of its lines that never came: nothing is lost with them, the next bundle
    holds what was not acknowledged. `forked`: two histories came under one PC's id. Of lines that
    were given up nothing more is expected, and neither is told. `undone`: what the newest one
    brought was taken back here, or an earlier one that nobody has decided about since.
    """

    unit: str
    name: str
    stage: Stage
    last: HandoverView | None
    handovers: int
    #: After the last day of the round: it came then, or has not come.
    late: bool
    missing: tuple[Gap, ...]
    forked: bool
    undone: bool
    #: The day, by the clock of the PC that received it, on which the first came that still stands.
    first: date | None = None
    #: How many days it was late, or is by now.
    late_days: int = 0
    #: Bundles of its revoked PCs that lie here and are not read in.
    kept: int = 0
    #: Whether a PC is enrolled that hands over for it: for nobody's bundle anybody waits.
    has_pc: bool = True
    #: Of a unit without a PC, what this register holds of it; None otherwise.
    held: Counts | None = None
    #: Nothing came for this round; the name of another one for which something did, "" for none.
    other_round: str = ""
    #: It was formed after the last day of the round.
    newer: bool = False
    #: It does not stand any more and went whole into no other unit; what it still hands over is
    #: told, and nothing is expected.
    gone: bool = False
    #: Of the units that went whole into it, while it has handed over nothing itself.
    merged: Share = NONE_OF_THEM
    #: Of the units right below it.
    below: Share = NONE_OF_THEM
    parts: tuple[HandoverView, ...] = ()
    #: Single records of its newest handover, or of those of its parts, that this unit sent back.
    sent_back: int = 0

    @property
    def is_outstanding(self) -> bool:
        """Whether it has nothing here that stands: nothing came, or it went back."""
        return self.stage in (Stage.NONE, Stage.RETURNED) and not self.gone


@dataclass(frozen=True, slots=True)
class Deliveries:
    """All units below in code order, behind them those that do not stand any more. Without a round
    everything ever handed over counts. `rounds` may be asked for: the open ones first.
    """

    round_name: str
    due: date | None
    today: date
    units: tuple[Delivery, ...]
    opened: date | None = None
    round_id: str = ""
    rounds: tuple[RoundView, ...] = ()

    @property
    def standing(self) -> Sequence[Delivery]:
        """The units that are to hand over."""
        return [one for one in self.units if not one.gone]

    def count(self, *stages: Stage) -> int:
        """How many units are at one of these stages."""
        return sum(1 for one in self.standing if one.stage in stages)

    @property
    def outstanding(self) -> tuple[Delivery, ...]:
        """Who has nothing here that stands."""
        return tuple(one for one in self.units if one.is_outstanding)

    @property
    def came_late(self) -> tuple[Delivery, ...]:
        """Who handed over after the last day."""
        return tuple(one for one in self.units if one.late and not one.is_outstanding)

    @property
    def overdue(self) -> bool:
        """Whether anybody has to hand over still and is late."""
        return any(one.late for one in self.outstanding)
