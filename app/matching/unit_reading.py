"""What is asked about a written unit name and what is answered: plain data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class UnitName(NamedTuple):
    """One unit as names know it; units are `CODE@EDITION`.

    `parent` is the unit above, empty for none; `holds`: households belong to it itself. `whole` is
    the unit into which it went whole, `parts` those among which it was divided; `abolished`: it has
    no successor. It stood from `since` to `until`, both inclusive, None where no limit is known.
    `also`: abbreviations and other spellings of its name.
    """

    ref: str
    name: str
    kind: str
    parent: str
    holds: bool
    whole: str = ""
    parts: tuple[str, ...] = ()
    abolished: bool = False
    since: date | None = None
    until: date | None = None
    also: tuple[str, ...] = ()

    @property
    def lasts(self) -> bool:
        """Whether it stands today: nothing became of it yet."""
        return not (self.whole or self.parts or self.abolished)

    def stood_on(self, day: date) -> bool:
        """Whether the unit existed on a day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


class How(StrEnum):
    """How a unit was recognised: without a slip, then with one."""

    CODE = "code"
    NAME = "name"  # as the official list writes it
    BARE = "bare"  # without its marks
    FORMERLY_IN = "formerly_in"  # with a unit above of before or after
    PARTLY = "partly"  # some marks left out, others written
    MARK = "mark"  # another mark
    LETTER = "letter"  # one letter too many, too few, another, or two in the other order
    KIND = "kind"  # xã for phường
    ABOVE = "above"  # a slip in the name or the kind of a unit above


class Outcome(StrEnum):
    """What came of a written name."""

    RECOGNISED = "recognised"
    PROPOSED = "proposed"  # one slip: for a person to confirm, never to be taken without
    AMBIGUOUS = "ambiguous"
    SPLIT = "split"  # a former unit that was divided
    ABOLISHED = "abolished"  # a former district
    ELSEWHERE = "elsewhere"  # so called, but none within the context
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when a text was written.

    `within`: the units in one of which it is looked for. `edition`: only units of it are meant.
    `day`: those that stood on it are meant where any is called so. `communes`: a unit above is
    meant only where no commune is called so. `lasting`: only units that stand today are meant, or
    only former ones; None for either.
    """

    within: Collection[str] = ()
    edition: str = ""
    day: date | None = None
    communes: bool = False
    lasting: bool | None = None


ANYWHERE = Context()


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that a text may mean. `today` is the unit that answers for it today: itself, or the
    one into which it went whole; empty for one that was split or abolished, whose `parts` are then
    what is there today.
    """

    unit: str
    how: How
    today: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. `unit` is the unit that answers for it today, only where `outcome` is
    recognised or proposed. `named` is the very unit that was written, where only one fits or all
    that fit became one (then the newest of them). `found` are all candidates, the surest first.
    """

    outcome: Outcome
    unit: str = ""
    named: str = ""
    how: How | None = None
    found: tuple[Found, ...] = ()
