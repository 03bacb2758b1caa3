"""What a row of a list is compared by, and which child it was found to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.matching.pair import Evidence
from app.matching.person import Person


class Band(Enum):
    """How a row stands to the register."""

    SURE = "sure"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list, as `Person`. `adults` are named beside the child without a word of who they
    are to it (head, caregiver); `births` are other dates that its date may mean; rows of one
    `block` live together.
    """

    row: str
    person: Person
    adults: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    block: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child that a row may be: with what share of all chances, and what was compared."""

    child: str
    chance: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with those it may be, the likeliest first. `taken`: another row of the list is that
    child with more right.
    """

    row: str
    band: Band
    candidates: tuple[Candidate, ...] = ()
    taken: bool = False

    @property
    def child(self) -> str:
        """The child it is where that is sure, else "" ."""
        return self.candidates[0].child if self.band is Band.SURE else ""
