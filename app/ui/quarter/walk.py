"""Where one is in a village: its households in the order of the book, and which are confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.life_events.views import Written
from app.services.quarter import Confirmation, WalkStep


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done in the walk, and where: what Ctrl+Z undoes and goes back to. `label`
    is the event and whom it is about, "" for a confirmation.
    """

    unit: str
    village: str
    household: str
    what: Confirmation | Written
    label: str = ""


@dataclass(slots=True)
class Walk:
    """The households of a village and the one that is looked at."""

    village: str
    steps: list[WalkStep]
    at: int = 0

    @property
    def household(self) -> str:
        """The one that is looked at, "" in an empty village."""
        return self.steps[self.at].id if self.steps else ""

    @property
    def left(self) -> int:
        """How many are not confirmed."""
        return sum(not one.confirmed for one in self.steps)

    def place_of(self, household: str) -> int | None:
        """Where a household stands, None where it is not of the village."""
        return next((at for at, one in enumerate(self.steps) if one.id == household), None)

    def mark(self, household: str, *, confirmed: bool) -> None:
        """A household was confirmed, or no longer is."""
        at = self.place_of(household)
        if at is not None:
            self.steps[at] = self.steps[at]._replace(confirmed=confirmed)

    def next_open(self) -> int | None:
        """The next one that is not confirmed, behind this one first; None when none is left."""
        order = [*range(self.at + 1, len(self.steps)), *range(self.at)]
        return next((at for at in order if not self.steps[at].confirmed), None)

    def take(self, steps: Sequence[WalkStep], at: str) -> None:
        """The village was read again: stay at a household, else at the first that is open."""
        self.steps = list(steps)
        place = self.place_of(at)
        if place is None:
            found = (one for one, step in enumerate(self.steps) if not step.confirmed)
            place = next(found, 0)
        self.at = place
