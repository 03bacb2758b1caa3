"""What a handover record says, as plain values: who, what, when, which file, in what state.

Holds no names of children or households; the people named are those who hand over and receive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from app.reports.disclosure import GroupCount


class Side(Enum):
    """The two parties of a handover."""

    GIVER = "giver"
    RECEIVER = "receiver"


class FileCheck(Enum):
    """What the receiver found when it checked the file.

    VERIFIED: it was taken in, so its signature and the hash of its contents held; what the giver
    noted of the whole file comes with the giver's next bundle.
    """

    NOT_YET = "not_yet"
    VERIFIED = "verified"
    MATCHES = "matches"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Person:
    """Who was present, and as what; either may be empty, to be written by hand."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One side. `name` as in a sentence, with the units above it.

    `body` and `governing_body` make the letterhead (the latter may be empty); `symbol` is the
    abbreviation after `BB-`; `place` stands before the date; `authority` are the lines over the
    signature, such as the title of who signs.
    """

    name: str
    body: str
    symbol: str
    governing_body: str = ""
    place: str = ""
    people: tuple[Person, ...] = ()
    authority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedFile:
    """The bundle file. Digests are SHA-256 in hex, `size` in bytes, `number` that of its line."""

    name: str
    size: int
    sha256: str
    number: int
    signer_certificate_sha256: str
    app_version: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file holds, as its manifest says: everything since the receiver's last word."""

    operations: int
    households: int
    children: int


@dataclass(frozen=True, slots=True)
class Received:
    """What the receiver counts after taking the file in, and the operations it did not apply.

    `with_later`: what came later was in its register by then, so it says no numbers of this one.
    """

    households: int
    children: int
    girls: int
    incomplete: int
    waiting: int = 0
    refused: int = 0
    with_later: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The receiver's verdict: accepted, or returned with a reason."""

    accepted: bool
    on: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One of several units whose data travel. `name` as in a sentence; None: not known any more."""

    unit: str
    name: str
    books: int | None
    households: int | None = None
    children: int | None = None
    girls: int | None = None


@dataclass(frozen=True, slots=True)
class VillageLine:
    """The books of one village and what stands in them. `books` None: to be filled in by hand.

    `unit` says which of several units it lies in; `departed` that it is no village, but the
    children who left the unit and are counted there still.
    """

    name: str
    books: int | None
    households: int
    children: int
    unit: str = ""
    departed: bool = False


@dataclass(frozen=True, slots=True)
class CrossCheckLine:
    """A list that the giver held against its register in the round: `kind` (poverty, allowance,
    support) and year of the list, on which day, and what its rows came to. `rows` are `both`,
    `differs`, `review`, `only_list`, `settled` and `grown` together.
    """

    kind: str
    year: int
    on: date
    rows: int
    both: int
    differs: int
    review: int
    only_list: int
    settled: int
    grown: int
    only_book: int


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """Everything a record says. Times are local; None and "" become blanks to write on.

    `counted_by` says whose numbers `households`, `children`, `girls` and `incomplete` are: the
    giver's, or until these have come the receiver's own. `unit` is the unit whose data travel, as
    in a sentence; several have a line each in `units`, and `unit` is the first of them. `contents`
    are None where nobody said them. `groups` are counts by group, and `special_children`,
    `at_risk_children`, `other_children` the distinct children in at least one group of that kind,
    **counted over the groups that may be printed** (see `SENSITIVE_GROUPS`). `unanswered` are the
    counted children of whom no answer about their circumstances is known; where that is all of
    them, `groups` hold none that is counted from answers. `whole_province` says that the data are a
    whole province's, where small counts may stand, `by_commune` that `villages` are the communes of
    a larger unit. `changed_since` says that the register shows other counts, so that no annex can
    be given but of the villages that the giver stated. `received` is what the receiver says it has,
    None where that is what the giver states, or where it has not said; `receiver_round` names the
    round it counted for where
    that is not the giver's; `verdict` is what it decided, None before that. `left_out` children are
    under 16 and not counted, because they were born before the round's cut-off `born_from`;
    `of_age` are not counted because they are 16 on the day `counted_on`. `moved_away` of the
    children left, are found nowhere yet and are counted where they were. `reference_date` is the
    day that the numbers are of, and `ages_on` the later one that ages are counted for, where a
    round names a day to come. `days_apart` are the days of the handover and of its receipt, each by
    the clock of its own PC, where they differ by over a day. `plan` is the last ground, without
    full stop (for instance the plan of the round). `rewritten` says that the giver has written
    otherwise than the bundle states, or since it was accepted; the record says what was stated
    there, and accepted. `crosschecks` are known to the giver alone.
    """

    giver: Party
    receiver: Party
    unit: str
    round_title: str
    file: HandedFile
    books: int | None
    households: int
    children: int
    girls: int
    incomplete: int
    errors: int | None
    warnings: int | None
    counted_by: Side = Side.GIVER
    villages: tuple[VillageLine, ...] = ()
    groups: tuple[GroupCount, ...] = ()
    special_children: int = 0
    at_risk_children: int = 0
    other_children: int = 0
    unanswered: int = 0
    whole_province: bool = False
    by_commune: bool = False
    changed_since: bool = False
    received: Received | None = None
    receiver_round: str = ""
    contents: Contents | None = None
    units: tuple[UnitLine, ...] = ()
    left_out: int = 0
    born_from: date | None = None
    of_age: int = 0
    moved_away: int = 0
    counted_on: date | None = None
    days_apart: tuple[date, date] | None = None
    issuer: Side = Side.GIVER
    plan: str = ""
    venue: str = ""
    dated: date | None = None
    started: datetime | None = None
    ended: datetime | None = None
    period_start: date | None = None
    period_end: date | None = None
    reference_date: date | None = None
    ages_on: date | None = None
    device_label: str = ""
    check: FileCheck = FileCheck.NOT_YET
    verdict: Decided | None = None
    rewritten: bool = False
    crosschecks: tuple[CrossCheckLine, ...] = ()
    condition: str = ""
    restricted: bool = True
    copies: tuple[Side, ...] = (Side.GIVER, Side.RECEIVER)

    @property
    def nobody_asked(self) -> bool:
        """Whether of no child an answer about its circumstances is known."""
        return 0 < self.unanswered == self.children

    @property
    def beside(self) -> bool:
        """Whether two PCs of one unit exchange what they have: nothing changes hands."""
        return self.giver.name == self.receiver.name

    @property
    def issuing_party(self) -> Party:
        """The side in whose letterhead the record is written."""
        return self.giver if self.issuer is Side.GIVER else self.receiver
