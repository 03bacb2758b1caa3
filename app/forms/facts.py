"""One record as the rules see it: its values, its surroundings, and what follows from both.

Everything here is computed once per record and only when a rule asks. Ages use the bounds of the
birth date (app.forms.age). Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from app.forms.age import bounds, completed_months, years_before
from app.forms.context import Context
from app.forms.field_types import name_status_of
from app.forms.issues import Value, Values

POOR = frozenset(("1", "2"))
DECEASED = "DECEASED"
ADOPTED = "ADOPTED"
HOME = "ALIVE_HOME"
AWAY = "ALIVE_AWAY"
ALIVE = frozenset((HOME, AWAY))
#: Months of absence that make R06 (plan S1, 2b).
AWAY_MONTHS = 6


class Circumstance(NamedTuple):
    """A stored circumstance of the child; `subgroups` are whole codes such as `C01.2`."""

    group: str
    subgroups: tuple[str, ...]
    start: str | None
    end: str | None
    evidence: str | None
    verification: str | None
    record: str


@lru_cache(maxsize=1 << 14)
def _known_bounds(text: str) -> tuple[str, str] | None:
    try:
        first, last = bounds(text)
        date.fromisoformat(first)
        date.fromisoformat(last)
    except ValueError:
        return None
    return (first, last) if len(text) in (4, 7, 10) else None


def known_bounds(value: Value) -> tuple[str, str] | None:
    """Earliest and latest day of a stored date as ISO texts; None for anything else."""
    return _known_bounds(value) if type(value) is str else None


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> date | None:
    known = _known_bounds(text)
    return None if known is None else date.fromisoformat(known[1])


def stored_day(value: Value) -> date | None:
    """The (latest) day of a stored date; None for anything else."""
    return _day(value) if type(value) is str and value else None


def read_circumstance(values: Values) -> Circumstance | None:
    """A circumstance from its stored values; None for a deleted or nameless one."""
    group = values.get("group")
    if type(group) is not str or values.get("_deleted"):
        return None
    subgroups = values.get("subgroups")
    return Circumstance(
        group,
        tuple(subgroups) if isinstance(subgroups, list) else (),
        _text(values.get("circumstance_from")),
        _text(values.get("circumstance_to")),
        _text(values.get("evidence_ref")),
        _text(values.get("verification_status")),
        _text(values.get("id")) or "",
    )


def _text(value: Value) -> str | None:
    return value if type(value) is str else None


class Facts:
    """A record under test. `get` reads a stored value; `child` is the child of a sub-record."""

    __slots__ = (
        "_birth",
        "_birth_year",
        "_child",
        "_circumstances",
        "_groups",
        "_name_status",
        "_survey",
        "_survey_text",
        "context",
        "get",
        "values",
    )

    def __init__(self, values: Values, context: Context, child: Facts | None = None) -> None:
        self.values = values
        self.get = values.get
        self.context = context
        self._child = child
        self._survey: date | None = None
        self._survey_text: str | None = None
        self._birth: tuple[str, str] | Literal[False] | None = False  # False: not yet asked
        self._birth_year: int | None = None
        self._name_status: str | None = None
        self._circumstances: tuple[Circumstance, ...] | None = None
        self._groups: dict[str, Circumstance] | None = None

    @property
    def child(self) -> Facts:
        """The child of a sub-record; the record itself elsewhere.

        Not stored: a record that refers to itself waits for the garbage collector, and a check of
        a province makes a quarter of a million of them.
        """
        return self._child or self

    def text(self, name: str) -> str | None:
        """The value when it is text, else None."""
        value = self.get(name)
        return value if type(value) is str else None

    def number(self, name: str) -> int | None:
        """The value when it is a whole number, else None."""
        value = self.get(name)
        return value if type(value) is int else None

    # --- time -------------------------------------------------------------------------------

    @property
    def reference(self) -> date:
        """The day on which ages count."""
        return self.context.reference_date

    @property
    def survey(self) -> date:
        """The day of the survey: the caller's, the household's own, else the reference date."""
        if self._survey is None:
            self._survey = (
                self.context.survey_date
                or stored_day(self.get("survey_date"))
                or stored_day(self.context.household.get("survey_date"))
                or self.context.reference_date
            )
        return self._survey

    @property
    def survey_text(self) -> str:
        """The day of the survey as ISO text."""
        if self._survey_text is None:
            self._survey_text = self.survey.isoformat()
        return self._survey_text

    @property
    def today(self) -> date:
        """The day after which a date lies in the future."""
        return self.context.today or max(self.survey, self.reference)

    # --- age --------------------------------------------------------------------------------

    def birth_bounds(self) -> tuple[str, str] | None:
        """Earliest and latest possible birth date as ISO texts; None when unknown or unreadable."""
        if self._birth is False:
            self._birth = known_bounds(self.child.get("birth_date"))
        return self._birth

    def surely_under(self, years: int) -> bool:
        """Whether the child is certainly younger than that on the reference date."""
        known = self.birth_bounds()
        return known is not None and known[0] > years_before(self.reference, years)

    def surely_at_least(self, years: int) -> bool:
        """Whether the child has certainly had that birthday on the reference date."""
        known = self.birth_bounds()
        return known is not None and known[1] <= years_before(self.reference, years)

    def months_at_least(self, on: date) -> int | None:
        """The least age in months that the birth date allows on a day."""
        known = self.birth_bounds()
        return None if known is None else completed_months(_iso(known[1]), on)

    def days_at_least(self, on: date) -> int | None:
        """The least age in days that the birth date allows on a day."""
        known = self.birth_bounds()
        return None if known is None else (on - _iso(known[1])).days

    def birth_year(self) -> int | None:
        """The year of birth; None when unknown."""
        if self._birth_year is None:
            known = self.birth_bounds()
            self._birth_year = None if known is None else int(known[0][:4])
        return self._birth_year

    # --- circumstances ----------------------------------------------------------------------

    @property
    def circumstances(self) -> tuple[Circumstance, ...]:
        """All circumstances of the child, closed ones too, without deleted ones."""
        if self._circumstances is None:
            self._circumstances = tuple(
                found
                for values in self.context.circumstances
                if (found := read_circumstance(values)) is not None
            )
        return self._circumstances

    @property
    def groups(self) -> dict[str, Circumstance]:
        """The open circumstances by group, on the survey date."""
        if self._groups is None:
            if not self.context.circumstances:
                self._groups = {}
            else:
                survey = self.survey_text
                self._groups = {
                    c.group: c for c in self.circumstances if c.end is None or c.end >= survey
                }
        return self._groups

    def has_sub(self, *codes: str) -> bool:
        """Whether an open circumstance carries one of these sub-group codes."""
        groups = self.groups
        if not groups:
            return False
        for code in codes:
            found = groups.get(code[:3])
            if found is not None and code in found.subgroups:
                return True
        return False

    @property
    def name_status(self) -> str:
        """What the written name is: OFFICIAL or a placeholder (app.forms.field_types)."""
        if self._name_status is None:
            name = self.text("full_name")
            self._name_status = "OFFICIAL" if name is None else name_status_of(name)
        return self._name_status

    # --- family -----------------------------------------------------------------------------

    @property
    def poverty(self) -> str | None:
        """The household's poverty status code."""
        return _text(self.context.household.get("poverty_status"))

    def parents(self) -> tuple[str | None, str | None]:
        """Status of father and mother."""
        return self.text("father_status"), self.text("mother_status")

    def dead_parents(self) -> tuple[str, ...]:
        """The sub-groups of R07 for the parents who are dead."""
        father, mother = self.parents()
        return (("R07.1",) if father == DECEASED else ()) + (
            ("R07.2",) if mother == DECEASED else ()
        )

    def away_long(self, parent: str) -> bool | None:
        """Whether `father`/`mother` has been away six months at the survey; None when unknown."""
        since = self.text(f"{parent}_away_since")
        if since is None or len(since) < 7 or _known_bounds(since) is None:
            return None
        gone = (self.survey.year - int(since[:4])) * 12 + self.survey.month - int(since[5:7])
        return gone >= AWAY_MONTHS

    def open_events(self) -> Iterator[Values]:
        """The life events that were not taken back."""
        return (event for event in self.context.events or () if not event.get("_deleted"))


@lru_cache(maxsize=1 << 14)
def _iso(text: str) -> date:
    return date.fromisoformat(text)
