"""A re-survey as it is shown: the sample, its households, and what was found at each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from app.services.error_rate import Share, share


class Finding(Enum):
    """What was found at a household."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CHILDREN_MISSING = "children_missing"
    MOVED = "moved"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the fields that differ, the children that the book lacks, and a note. Where
    it is `masked`, that stands in its place.
    """

    finding: Finding
    fields: tuple[str, ...] = ()
    missing: int = 0
    note: str = ""
    by: str = ""
    on: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A household of the sample, by where the book has it, with the children who count in it;
    `place` is its village, with its unit where the sample has households of several. `found` is
    None before its visit.
    """

    household: str
    unit: str
    village: str
    number: str
    head: str
    children: int
    found: Found | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A sample: its name and seed, from how many it was drawn, in the order of the book.

    `unit` drew it, which is this one for its `own`. `village` is the name of the one it was drawn
    from, "" for the whole. `drawn` may be more than there are `lines`, on a PC that only heard of
    the results. `on` is the day (ISO). Neither `drawn` nor `of` counts the `erased`:
    households that were drawn and of which the law left nothing since. `asked` is for how many a
    draw was asked that found fewer, 0 else.
    """

    name: str
    seed: str
    handover: str
    village: str
    drawn: int
    of: int
    on: str
    lines: tuple[SurveyLine, ...]
    unit: str = ""
    own: bool = True
    erased: tuple[str, ...] = ()
    asked: int = 0

    @property
    def key(self) -> str:
        """What tells it from every other: two may have one name, or one seed."""
        return f"{self.name}/{self.seed}"

    @property
    def results(self) -> list[Found]:
        """What was found so far."""
        return [one.found for one in self.lines if one.found is not None]

    @property
    def count(self) -> Counter[Finding]:
        """How many households there are of each finding."""
        return Counter(one.finding for one in self.results)

    @property
    def fields(self) -> Counter[str]:
        """In how many households each field differed."""
        return Counter(name for one in self.results for name in one.fields)

    @property
    def missing(self) -> int:
        """How many children the book lacks."""
        return sum(one.missing for one in self.results)

    @property
    def wrong(self) -> int:
        """At how many households something else was found than stands in the book."""
        return len(self.results) - self.count[Finding.AGREES]

    @property
    def share(self) -> Share | None:
        """Their share, and what it says of all households it was drawn from."""
        return share(self.wrong, len(self.results), self.of)
