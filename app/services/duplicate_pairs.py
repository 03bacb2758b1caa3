"""Pairs of children that may be one, as somebody looks at them: what waits, what was decided, and
two records beside each other with what each says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import KnownError
from app.matching.pair import Evidence, Level, Pair
from app.models import doubled
from app.models.queries import history, register, suggested
from app.models.queries import moves as queries
from app.models.queries.following import Gone
from app.models.queries.suggested import SuggestedRow
from app.models.store import Reading
from app.services.duplicate_decisions import (
    DecidedPair,
    DuplicateDecisions,
    Twice,
    doubted_pairs,
    seen_of,
)
from app.services.duplicate_parts import Part, parts_of
from app.services.duplicate_taking import lacking, take_over
from app.services.duplicates import SEARCHED_ON, Duplicates, Looked, Suggestions, reason_words
from app.services.masking import MASKED, Shown, closed
from app.services.names_behind import names_behind, with_names
from app.services.rights import Right
from app.services.wording import Worded, values_in_words
from app.services.workplace import Progress, Workplace
from app.text.moments import day_of

#: What waits for a person: of what is less alike two in three are two children.
ASKED = Level.MEDIUM
#: So many pairs are read at once, the surest first; the next come when these are decided.
_AT_ONCE = 1000
#: What the page of a child holds of the program itself, and says of no child anything.
_NOT_SHOWN = frozenset(
    ("household", "template", "complete", "line_no", "owner_unit", "survey_round", "reasons")
)


@dataclass(frozen=True, slots=True)
class SuggestedPair:
    """Two records that may be one child: how sure, and why in words. `changed` says that one of
    them was written since they were compared.
    """

    one: Twice
    other: Twice
    level: Level
    reasons: str
    changed: bool
    seen: str = ""


@dataclass(frozen=True, slots=True)
class DuplicatesView:
    """What waits, the surest first (no more than can be looked at), how many wait of each level,
    and what was decided, the newest first; the day of the last search here, None before the first.
    """

    waiting: tuple[SuggestedPair, ...]
    waiting_of: Mapping[Level, int]
    decided: tuple[DecidedPair, ...]
    searched: date | None

    def count(self, up_to: Level) -> int:
        """How many pairs wait: of a level and the surer ones, and what is in doubt."""
        found = sum(number for level, number in self.waiting_of.items() if level <= up_to)
        return found + sum(one.doubt is not None for one in self.decided)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that two records say, as their forms show it; what is masked stays so."""

    label: str
    one: Shown
    other: Shown
    #: Whether words that are alike may not mean the same: something in them is not shown.
    hides: bool = False

    @property
    def differs(self) -> bool:
        """Whether they say it otherwise; what is masked may be."""
        return self.hides or self.one is MASKED or self.one != self.other


@dataclass(frozen=True, slots=True)
class Entered:
    """Who entered a record, of which unit, and on which day."""

    who: str
    unit: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Two records beside each other, with their households and what belongs to them. `gone`: why
    the register follows one of them no longer, None where it does. `lacks` counts what the one that
    stands for the other leaves empty and the other says.
    """

    entered: tuple[Entered | None, Entered | None]
    facts: tuple[Fact, ...]
    gone: tuple[Gone | None, Gone | None] = (None, None)
    lacks: int = 0


class DuplicatePairs:
    """Use cases of the page."""

    def __init__(
        self, workplace: Workplace, duplicates: Duplicates, decisions: DuplicateDecisions
    ) -> None:
        self._workplace = workplace
        self._duplicates = duplicates
        self._decisions = decisions

    def read(self) -> DuplicatesView:
        """What waits and what was decided. Raises KnownError `rights.denied`."""
        decided = self._decisions.decided()
        with self._workplace.store.read() as reading:
            rows = suggested.waiting(reading, Level.LOW.value, _AT_ONCE)
            counted = suggested.count_waiting(reading)
            ids = {ent_id for row in rows for ent_id in (row.first, row.second)}
            told = {one.id: one for one in queries.movers(reading, ids, "moved_in")}
            doubles = doubled.doubles_of(reading, ids)
            seen = seen_of(reading, [(row.first, row.second) for row in rows])
        kinds = {ent_id: self._decisions.twice(row, doubles) for ent_id, row in told.items()}
        return DuplicatesView(
            tuple(_suggested(row, kinds, seen[row.first, row.second]) for row in rows),
            {Level(level): number for level, number in counted.items()},
            tuple(decided),
            self.searched(),
        )

    def searched(self) -> date | None:
        """The day on which this register was searched last."""
        said = self._workplace.store.setting(SEARCHED_ON)
        return date.fromisoformat(said) if said else None

    def look(self, progress: Progress) -> Looked:
        """Look for pairs in the whole register, as `Duplicates.look`, for whoever may keep them.
        Raises KnownError `rights.denied`; Cancelled.
        """
        self._workplace.require(Right.ENTER)
        return self._duplicates.look(progress)

    def keep(self, looked: Looked) -> Suggestions:
        """Keep what was found, as `Duplicates.keep`."""
        return self._duplicates.keep(looked)

    def decide(self, one: str, other: str, verdict: str, seen: str) -> str:
        """As `DuplicateDecisions.decide`, by somebody who had a pair of the lists before them."""
        return self._decisions.decide(one, other, verdict, seen=seen).id

    def beside(self, one: str, other: str) -> Beside:
        """Two children beside each other. Raises KnownError `rights.denied`, `duplicates.unknown`
        for one that is not held here any more.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            sides = [self._side(reading, ent_id) for ent_id in (one, other)]
            sight = closed(self._workplace)
            parts = [parts_of(self._workplace, reading, sight, each) for each in (one, other)]
            entered = tuple(self._entered(reading, ent_id) for ent_id in (one, other))
            gone = _gone(reading, (one, other))
            found = lacking(self._workplace, reading, one, other)
        first, second = sides
        labels = {**{key: fact[0] for key, fact in second.items()}}
        labels |= {key: fact[0] for key, fact in first.items()}
        order = [*first, *(key for key in second if key not in first)]
        facts = [Fact(labels[key], _told(first, key), _told(second, key)) for key in order]
        # Before the household: what belongs to the child tells more of who it is.
        own = sum(key[0] == "child" for key in order)
        lacks = 0 if found is None else len(found.values)
        told = (*facts[:own], *_parts_beside(parts), *facts[own:])
        return Beside((entered[0], entered[1]), told, gone, lacks)

    def take_over(self, one: str, other: str) -> int:
        """As `duplicate_taking.take_over`."""
        return take_over(self._workplace, one, other)

    def _side(self, reading: Reading, ent_id: str) -> dict[tuple[str, str], tuple[str, Shown]]:
        """(type, field) → label and value in words, of a child and its household."""
        view = register.record(reading, "child", ent_id)
        if view is None:
            raise KnownError("duplicates.unknown", "duplicates.unknown_hint", id=ent_id)
        home = register.record(reading, "household", str(view.values.get("household") or ""))
        sight = closed(self._workplace)
        found: dict[tuple[str, str], tuple[str, Shown]] = {}
        for record in filter(None, (view, home)):
            values = sight.values(record.entity, record.values)
            names = names_behind(self._workplace, reading, [values])
            stamp = record.values.get("template")
            worded = values_in_words(self._workplace.catalogue, record.entity, values, stamp)
            for one in with_names(worded, names):
                if _is_told(one):
                    found[record.entity, one.name] = (one.label, one.value)
        return found

    def _entered(self, reading: Reading, ent_id: str) -> Entered | None:
        """Who wrote the record first."""
        first = next(iter(history.history(reading, ent_id)), None)
        if first is None:
            return None
        unit = self._workplace.tree.units.get(first.by)
        name = first.by if unit is None else unit.full_name()
        return Entered(first.author, name, day_of(first.wall))


def _told(side: Mapping[tuple[str, str], tuple[str, Shown]], key: tuple[str, str]) -> Shown:
    return side[key][1] if key in side else None


def _parts_beside(sides: Sequence[Mapping[tuple[str, str], Part]]) -> Iterator[Fact]:
    for key in dict.fromkeys(key for side in sides for key in side):
        held = [side.get(key) for side in sides]
        there = [one for one in held if one is not None]
        one, other = (None if part is None else part.words for part in held)
        yield Fact(there[0].label, one, other, any(part.hides for part in there))


def _gone(reading: Reading, pair: tuple[str, str]) -> tuple[Gone | None, Gone | None]:
    rows = register.child_rows(reading, pair)
    gone = {row.id: Gone(row.status, row.gone_on) for row in rows if row.status}
    return gone.get(pair[0]), gone.get(pair[1])


def waiting_pairs(reading: Reading) -> int:
    """How many pairs wait for somebody to look at them, for the first time or again."""
    counted = suggested.count_waiting(reading)
    asked = sum(number for level, number in counted.items() if level <= ASKED.value)
    return asked + doubted_pairs(reading)


def _is_told(one: Worded) -> bool:
    return bool(one.label) and one.name not in _NOT_SHOWN and one.value is not None


def _suggested(row: SuggestedRow, kinds: Mapping[str, Twice], seen: str) -> SuggestedPair:
    level = Level(row.level)
    pair = Pair(row.first, row.second, row.score / 100, level, tuple(_evidence(row.evidence)))
    return SuggestedPair(
        kinds[row.first], kinds[row.second], level, reason_words(pair), row.changed, seen
    )


def _evidence(kept: str) -> Iterator[Evidence]:
    for what, bits in json.loads(kept).items():
        yield Evidence(what, float(bits))
