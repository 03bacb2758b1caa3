"""The tree of administrative units, by edition, and who answers for whose records.

A unit is written `CODE@EDITION` (app.ids): 3,316 of the 3,321 commune codes of 2025 also existed
before, for other territory. The tree is plain data handed in as rows; this module does not know
where they come from, except in `load_units`. It never guesses which successor of a split commune a
record belongs to: that is for a person to say, village by village.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain
from typing import NamedTuple

from app.errors import KnownError
from app.forms.code_lists import load_code_list, lookup_key
from app.ids import parse_unit
from app.settings import resources_dir
from app.text.normalize import clean


class Tier(StrEnum):
    """The level of a unit; an edition has three of them or, since 1 July 2025, two."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Share(StrEnum):
    """How much of an old unit went to a new one (see resources/code_lists/README.md)."""

    WHOLE = "whole"
    PART = "part"
    DOUBTFUL = "doubtful"
    ABOLISHED = "abolished"


#: Digits of the code, by tier (GSO/NSO codes, domain.md section 5).
TIER_OF_LENGTH = {2: Tier.PROVINCE, 3: Tier.DISTRICT, 5: Tier.COMMUNE}
_LEADING_ZEROS = re.compile(r"\b0+(?=[0-9])")


class Unit(NamedTuple):
    """One unit of one edition. `parent` is a unit `CODE@EDITION`, empty for a province."""

    ref: str
    code: str
    edition: str
    name: str
    kind: str
    tier: Tier
    parent: str

    def full_name(self, language: str = "vi") -> str:
        """Kind and name as written in official text: "Xã Ba Tơ", "Phường 1"."""
        label = load_code_list("unit_kinds").label(self.kind, language)
        if not label:  # of a kind that only a newer program knows
            return self.name
        return f"{label} {self.name}" if language == "vi" else f"{self.name} ({label})"


class Succession(NamedTuple):
    """`old` became (part of) `new`; both `CODE@EDITION`; `new` is empty for an abolished unit."""

    old: str
    new: str
    share: Share


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of the tree: valid from and to these days (inclusive, None = no limit known)."""

    code: str
    valid_from: date | None
    valid_to: date | None
    tiers: tuple[Tier, ...]

    def is_valid_on(self, day: date) -> bool:
        """Whether the tree stood like this on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a typed name may mean, with its parents, nearest first, to tell it by."""

    unit: Unit
    parents: tuple[Unit, ...]

    def full_name(self, language: str = "vi") -> str:
        """The name with its parents: "Xã Ba Vinh, huyện Ba Tơ, tỉnh Quảng Ngãi"."""
        return with_parents(self.unit, self.parents, language)


def with_parents(unit: Unit, parents: Iterable[Unit], language: str = "vi") -> str:
    """A unit's name with those above it. Past the first word a kind is no name: it takes a small
    letter (Decree 30/2020/NĐ-CP, annex II).
    """
    above = [one.full_name(language) for one in parents]
    if language == "vi":
        above = [name[:1].lower() + name[1:] for name in above]
    return ", ".join((unit.full_name(language), *above))


class UnitTree:
    """All units of all editions, their successions, and the scope rule.

    Units of one edition never stand above units of another except through a succession. Raises
    ValueError for a unit that stands twice, a parent or successor that is missing, or a unit of
    an unknown edition.
    """

    def __init__(
        self,
        units: Iterable[Unit],
        successions: Iterable[Succession] = (),
        editions: Iterable[Edition] = (),
    ) -> None:
        self._editions = {edition.code: edition for edition in editions}
        self._units: dict[str, Unit] = {}
        self._children: dict[str, list[Unit]] = defaultdict(list)
        self._successors: dict[str, list[Succession]] = defaultdict(list)
        self._predecessors: dict[str, list[Succession]] = defaultdict(list)
        self._covering: dict[str, frozenset[str]] = {}
        self._covered_by: dict[str, tuple[str, ...]] = {}
        count = 0
        for count, unit in enumerate(units, start=1):  # noqa: B007 - the last value is the count
            self._units[unit.ref] = unit
            if unit.parent:
                self._children[unit.parent].append(unit)
        for move in successions:
            self._successors[move.old].append(move)
            if move.new:
                self._predecessors[move.new].append(move)
        self._check(count)

    def _check(self, count: int) -> None:
        if len(self._units) != count:
            raise ValueError("a unit stands twice in the tree")
        if not {unit.edition for unit in self._units.values()} <= self._editions.keys():
            raise ValueError("a unit belongs to an edition that is not described")
        named = chain(self._children, self._successors, self._predecessors)
        missing = sorted(set(named) - self._units.keys())
        if missing:
            raise ValueError(f"units named but not in the tree: {missing[:5]}")

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, ref: object) -> bool:
        return ref in self._units

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions, oldest first."""
        return tuple(
            sorted(self._editions.values(), key=lambda edition: edition.valid_from or date.min)
        )

    def edition_on(self, day: date) -> Edition:
        """The edition valid on `day`; the latest one when none says so."""
        valid = [edition for edition in self.editions if edition.is_valid_on(day)]
        return (valid or self.editions)[-1]

    def stands_on(self, ref: str, day: date) -> bool:
        """Whether a unit existed on `day`: its edition was valid, and no unit of another edition
        valid that day had taken its place. A later edition may hold a part of the tree only.
        """
        unit = self._units.get(ref)
        if unit is None or not self._editions[unit.edition].is_valid_on(day):
            return False
        return not any(
            move.new and self._editions[self._units[move.new].edition].is_valid_on(day)
            for move in self._successors.get(ref, ())
        )

    def began(self, ref: str) -> date | None:
        """The first day of a unit: that of its edition; None where no limit is known."""
        return self._editions[self.unit(ref).edition].valid_from

    def unit_on(self, code: str, day: date) -> Unit | None:
        """The unit that bears a code on `day`, in the newest edition that has it; None if none."""
        for edition in reversed(self.editions):
            unit = self._units.get(f"{code}@{edition.code}")
            if unit is not None and self.stands_on(unit.ref, day):
                return unit
        return None

    def get(self, ref: str) -> Unit | None:
        """The unit `CODE@EDITION`, or None."""
        return self._units.get(ref)

    def unit(self, ref: str) -> Unit:
        """The unit `CODE@EDITION`. Raises KnownError `units.unknown` for one not in the tree."""
        unit = self._units.get(ref)
        if unit is None:
            raise KnownError("units.unknown", "units.unknown_hint", unit=ref)
        return unit

    def tier(self, ref: str) -> Tier:
        """The tier of a unit. Raises KnownError for an unknown unit."""
        return self.unit(ref).tier

    def holds_records(self, ref: str) -> bool:
        """Whether households belong to a unit itself: a commune, or an island district without any
        below it. Of all other units it is the communes below that own them. False when unknown.
        """
        unit = self._units.get(ref)
        return unit is not None and (
            unit.tier is Tier.COMMUNE
            or (unit.tier is Tier.DISTRICT and not self._children.get(ref))
        )

    def parent(self, ref: str) -> Unit | None:
        """The unit above, of the same edition; None for a province."""
        above = self.unit(ref).parent
        return self._units[above] if above else None

    def ancestors(self, ref: str) -> tuple[Unit, ...]:
        """The units above, nearest first."""
        found: list[Unit] = []
        above = self.parent(ref)
        while above is not None:
            found.append(above)
            above = self.parent(above.ref)
        return tuple(found)

    def children(self, ref: str) -> tuple[Unit, ...]:
        """The units directly below, in code order."""
        self.unit(ref)
        return tuple(self._children.get(ref, ()))

    def descendants(self, ref: str) -> Iterator[Unit]:
        """All units below, each before those under it."""
        for child in self.children(ref):
            yield child
            yield from self.descendants(child.ref)

    def units_of(self, edition: str, tier: Tier | None = None) -> tuple[Unit, ...]:
        """The units of one edition, all or of one tier, in code order within a tier."""
        return tuple(
            unit
            for unit in self._units.values()
            if unit.edition == edition and tier in (None, unit.tier)
        )

    def successors(self, ref: str) -> tuple[Succession, ...]:
        """What became of a unit; empty when it still stands or nothing is known."""
        self.unit(ref)
        return tuple(self._successors.get(ref, ()))

    def predecessors(self, ref: str) -> tuple[Succession, ...]:
        """What a unit was made of; empty when nothing is known."""
        self.unit(ref)
        return tuple(self._predecessors.get(ref, ()))

    def whole_successor(self, ref: str) -> Unit | None:
        """The one new unit that holds all of this one; None when it stands, split or abolished."""
        moves = self.successors(ref)
        if len(moves) == 1 and moves[0].share is Share.WHOLE:
            return self._units[moves[0].new]
        return None

    def whole_line(self, ref: str) -> tuple[str, ...]:
        """The units into which this one went whole, one after the other; itself left out."""
        found = [ref]
        while (became := self.whole_successor(found[-1])) is not None and became.ref not in found:
            found.append(became.ref)
        return tuple(found[1:])

    def before(self, ref: str) -> frozenset[str]:
        """Every unit of which this one was made, whole or in part."""
        return _walk(ref, lambda one: (move.old for move in self._predecessors.get(one, ())))

    def after(self, ref: str) -> frozenset[str]:
        """Every unit that took this one over, whole or in part."""
        return _walk(
            ref, lambda one: (move.new for move in self._successors.get(one, ()) if move.new)
        )

    def is_split(self, ref: str) -> bool:
        """Whether its territory went to several units, so that a person must divide its records."""
        return any(move.share in (Share.PART, Share.DOUBTFUL) for move in self.successors(ref))

    def covering(self, ref: str) -> frozenset[str]:
        """Every unit whose scope covers this one: itself, all above it, and, for it and each unit
        above it, the new unit it went into whole, with all above that one. Empty when unknown.
        """
        known = self._covering.get(ref)
        if known is not None:
            return known
        if ref not in self._units:
            return frozenset()
        found: set[str] = set()
        waiting = [ref]
        # A walk and not a recursion: decrees write the rows, and a ring of them must end as well.
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            known = self._covering.get(one)
            if known is not None:
                found |= known
                continue
            found.add(one)
            unit, became = self._units[one], self.whole_successor(one)
            waiting += [above for above in (unit.parent, became and became.ref) if above]
        return self._covering.setdefault(ref, frozenset(found))

    def covered_by(self, ref: str) -> tuple[str, ...]:
        """Every unit that the scope of this one covers, in the order of the tree."""
        found = self._covered_by.get(ref)
        if found is None:
            found = tuple(one for one in self._units if ref in self.covering(one))
            self._covered_by[ref] = found
        return found

    def covers(self, scope_units: Iterable[str], unit: str) -> bool:
        """Whether an authority over `scope_units` reaches the records of `unit`.

        A unit covers itself and all below it of its edition. A new unit also covers the old units
        that lie entirely in it. An old unit covers neither its successor nor its neighbours in it.
        No successor covers a split commune; its province still does. Units not in the tree are
        covered by nobody.
        """
        return not self.covering(unit).isdisjoint(scope_units)

    def with_changes(
        self, units: Iterable[Unit], successions: Iterable[Succession], editions: Iterable[Edition]
    ) -> UnitTree:
        """This tree with units, successions and editions that came later; itself unchanged.

        Nothing of what is here is rewritten. Raises ValueError as the constructor does.
        """
        tree = UnitTree((), (), (*self._editions.values(), *editions))
        tree._units = dict(self._units)
        tree._children.update({above: list(below) for above, below in self._children.items()})
        tree._successors.update({old: list(moves) for old, moves in self._successors.items()})
        tree._predecessors.update({new: list(moves) for new, moves in self._predecessors.items()})
        added = list(units)
        for unit in added:
            tree._units[unit.ref] = unit
            if unit.parent:
                tree._children[unit.parent].append(unit)
        for above in {unit.parent for unit in added if unit.parent}:
            tree._children[above].sort(key=lambda one: (one.code, one.edition))
        for move in successions:
            tree._successors[move.old].append(move)
            if move.new:
                tree._predecessors[move.new].append(move)
        tree._check(len(self._units) + len(added))
        return tree

    def find(
        self,
        name: str,
        *,
        edition: str | None = None,
        tier: Tier | None = None,
        within: str | None = None,
        limit: int = 50,
    ) -> tuple[Candidate, ...]:
        """The units that a text may mean: a code, `CODE@EDITION`, or a name.

        Marks and case do not count. With a kind before the name ("TT. Ba Tơ", "xã Ba Tơ") only
        units of that kind are meant. Parents may follow after commas ("Ba Vinh, Ba Tơ"). `within`
        keeps only what lies below that unit. Names written exactly so come first, then names that
        differ in marks only, then names that begin with the text; within these, newest edition
        first, higher tiers first, then by code.
        """
        own, *above = [_key(part) for part in name.split(",")]
        wanted = [
            unit
            for unit in self._matching(name.strip(), own)
            if edition in (None, unit.edition)
            and tier in (None, unit.tier)
            and (within is None or within in self.covering(unit.ref) - {unit.ref})
        ]
        found = [Candidate(unit, self.ancestors(unit.ref)) for unit in wanted]
        kept = [candidate for candidate in found if _lies_below(candidate, above)]
        as_written = clean(name.split(",")[0]).casefold()
        kept.sort(key=lambda each: not as_written.endswith(each.unit.name.casefold()))
        return tuple(kept[:limit])

    def _matching(self, written: str, key: str) -> list[Unit]:
        if not key:
            return []
        if written.isdigit() or "@" in written:
            return [
                unit for unit in self._in_order if written in (unit.code, unit.ref)
            ] or self._named(key)
        return self._named(key)

    def _named(self, key: str) -> list[Unit]:
        exact = self._by_key.get(key, [])
        if len(key) < 2:  # one letter begins thousands of names
            return exact
        longer = [
            unit
            for other, units in self._by_key.items()
            if other != key and other.startswith(key)
            for unit in units
        ]
        seen = {unit.ref for unit in exact}
        rest = {unit.ref: unit for unit in longer if unit.ref not in seen}
        return exact + sorted(rest.values(), key=self._rank)

    def _rank(self, unit: Unit) -> tuple[int, int, str]:
        newest = [edition.code for edition in reversed(self.editions)]
        return newest.index(unit.edition), len(unit.code), unit.code

    @cached_property
    def _in_order(self) -> list[Unit]:
        return sorted(self._units.values(), key=self._rank)

    @cached_property
    def _by_key(self) -> Mapping[str, list[Unit]]:
        index: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._in_order:
            for key in _keys_of(unit):
                index[key].append(unit)
        return dict(index)


def _walk(unit: str, step: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """All that is reached from a unit, without it. Decrees write the steps: a ring must end too."""
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        new = set(step(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found - {unit})


def _keys_of(unit: Unit) -> set[str]:
    """Under which texts a unit is found: its name, and its name behind each word for its kind."""
    name = _key(unit.name)
    return {name, *(f"{word} {name}" for word in _kind_words().get(unit.kind, ()))}


def _key(text: str) -> str:
    """`lookup_key`, and numbered wards alike whether written "1" or "01"."""
    return _LEADING_ZEROS.sub("", lookup_key(text))


def _lies_below(candidate: Candidate, above: list[str]) -> bool:
    """Whether each named parent is one of the candidate's, in any order."""
    keys = set(chain.from_iterable(_keys_of(unit) for unit in candidate.parents))
    return all(name in keys for name in above if name)


@cache
def _kind_words() -> Mapping[str, frozenset[str]]:
    """Kind to the folded words and abbreviations that stand for it."""
    return {
        item.code: frozenset(lookup_key(word) for word in (item.label_vi, *item.aliases))
        for item in load_code_list("unit_kinds")
    }


def unit_from_row(edition: str, row: Mapping[str, str]) -> Unit:
    """A unit from the columns `code, name, kind, parent` of one edition's file.

    Raises ValueError for a code that is not 2, 3 or 5 digits.
    """
    code, parent = row["code"], row["parent"]
    ref = f"{code}@{edition}"
    parse_unit(ref)
    above = f"{parent}@{edition}" if parent else ""
    return Unit(ref, code, edition, row["name"], row["kind"], TIER_OF_LENGTH[len(code)], above)


def _editions() -> Iterator[Edition]:
    path = resources_dir() / "code_lists" / "unit_editions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            begins, ends = (
                date.fromisoformat(row[column]) if row[column] else None
                for column in ("valid_from", "valid_to")
            )
            tiers = tuple(Tier(word) for word in row["tiers"].split())
            yield Edition(row["edition"], begins, ends, tiers)


def _units(edition: str) -> Iterator[Unit]:
    path = resources_dir() / "code_lists" / f"units-{edition}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield unit_from_row(edition, row)


def _successions() -> Iterator[Succession]:
    path = resources_dir() / "code_lists" / "unit_successors.csv"
    shares = {share.value: share for share in Share}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        next(rows)
        for old, new, share in rows:
            yield Succession(old, new, shares[share])


@cache
def load_units() -> UnitTree:
    """The tree shipped with the program, both editions. Loaded once per process."""
    editions = tuple(_editions())
    units = chain.from_iterable(_units(edition.code) for edition in editions)
    return UnitTree(units, _successions(), editions)
