"""What a cross-check comes to, as faces show it. Nothing of level A is in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.matching.pair import Evidence
from app.models.queries.crosscheck import BookChild as BookChild
from app.services.crosscheck.columns import ListColumn
from app.services.crosscheck.listed import ListKind, ListRow


class Settled(Enum):
    """How a child that stands only on the list was settled."""

    FOUND = "found"  # visited: it lives here and will be entered
    NOT_HERE = "not_here"  # does not live here
    ENTERED = "entered"  # stands in the book since


class Standing(Enum):
    """Where a row of the list belongs in the result."""

    BOTH = "both"
    DIFFERS = "differs"
    UNSAID = "unsaid"  # in both, and the list says no one status of the household
    REVIEW = "review"
    ONLY_LIST = "only_list"
    SETTLED = "settled"
    GROWN = "grown"  # 16 and older, and in no book


class Missing(Enum):
    """Why a child of the book is expected on the list."""

    POOR_CHILD = "poor_child"  # its household stands on the list, the child does not
    POOR_HOUSEHOLD = "poor_household"  # the whole household is missing
    ALLOWANCE = "allowance"  # the book says it gets the allowance
    ENTITLED = "entitled"  # a circumstance that brings one, and no allowance


@dataclass(frozen=True, slots=True)
class Offered:
    """A child that a row may be: with what chance, and what was compared."""

    child: BookChild
    chance: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of a child: what the list says, where it stands, who it is or may be. `proposed` is the
    poverty status that the list gives the household of the child where the book says another; for
    the other kinds `yes` where something is to be noted for the child. `held_back` is such a status
    where the one of the book is of a later year than the list. `decided`: a person said so.
    """

    number: int
    row: ListRow
    standing: Standing
    child: BookChild | None = None
    offered: tuple[Offered, ...] = ()
    taken: bool = False
    decided: bool = False
    decided_by: str = ""
    settled: Settled | None = None
    proposed: str = ""
    held_back: str = ""
    applied: bool = False


@dataclass(frozen=True, slots=True)
class BookRow:
    """A child of the book that the list lacks, and why it is expected there."""

    child: BookChild
    why: Missing


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of a cross-check: rows of children, and what became of them; children of the book
    that the list lacks.
    """

    rows: int = 0
    both: int = 0
    differs: int = 0
    review: int = 0
    only_list: int = 0
    settled: int = 0
    grown: int = 0
    only_book: int = 0
    unsaid: int = 0


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list that is kept: `current` says that no later one of the same thing is; `added` in UTC
    seconds. `to_review` and `to_visit` are as they were when the rows were last held against the
    register.
    """

    id: str
    kind: ListKind
    unit: str
    unit_name: str
    title: str
    year: int
    file: str
    added: int
    added_by: str
    current: bool
    to_review: int
    to_visit: int


@dataclass(frozen=True, slots=True)
class ListResult:
    """A list held against the register. `adults` and `passed` are the rows left aside: grown-ups,
    and what names nobody; `unclear` households of which the list says two things; `acts` in the
    order in which they were written.
    """

    list: ListSummary
    totals: Totals
    rows: tuple[ResultRow, ...]
    only_book: tuple[BookRow, ...]
    adults: int
    unclear: int
    acts: tuple[str, ...]

    def of(self, *standings: Standing) -> tuple[ResultRow, ...]:
        """The rows that stand so, in the order of the list."""
        return tuple(one for one in self.rows if one.standing in standings)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file looks like before it is taken in: `first` are its first children. `known` is the
    id under which the file is kept already, "" where it is new. `unknown` titles are read over.
    """

    kind: ListKind
    file: str
    title: str
    year: int
    columns: tuple[ListColumn, ...]
    unknown: tuple[str, ...]
    passed_over: tuple[str, ...]
    converted: int
    children: int
    adults: int
    headings: int
    doubtful: int
    first: tuple[ListRow, ...]
    remembered: bool
    known: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `apply` would write: households that get another poverty status, children that get a
    record of support, and how many of both are left because somebody has to decide a conflict
    first. `needs_day`: children of whom the list says no day, so one has to be given. `print` is
    the same for the same rows, children and values, and for no others.
    """

    households: int = 0
    children: int = 0
    undecided: int = 0
    needs_day: int = 0
    print: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written, under which act."""

    act: str
    households: int
    children: int
    undecided: int


@dataclass(frozen=True, slots=True)
class VisitTask:
    """A child that stands only on a list and whom somebody has to look for."""

    list: ListSummary
    number: int
    row: ListRow
