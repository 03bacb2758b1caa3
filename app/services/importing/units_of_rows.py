"""Which unit a row belongs to, which unit will own what it creates, and where its keys are known.

A key of a file is a name within the unit that gave it: two communes both have a household 1. The
same unit of another edition is still that unit: what its predecessors and successors know under a
key is the same record. Two communes that went into one are not, so their keys are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from app.forms.units import UnitTree, with_parents
from app.i18n import language
from app.ids import derived_id
from app.matching.unit_reading import Context, Found, Outcome
from app.services.unit_names import unit_names
from app.text.normalize import clean


class Verdict(Enum):
    """What became of the unit that a row names."""

    TAKEN = "taken"
    SKIPPED = "skipped"  # another unit's row
    UNKNOWN = "unknown"
    SEVERAL = "several"  # units that are called so
    SPLIT = "split"  # a former one that went to several, of which one is wanted
    UNDATED = "undated"  # before a decree another one was called so than since
    PROPOSED = "proposed"  # but for one slip; to be confirmed
    NO_COMMUNE = "no_commune"


class Space(NamedTuple):
    """Where a key names one record: among those made under `owner` for rows of the unit `named`;
    `named` is empty where no other unit's rows could be meant. Both `CODE@EDITION`.
    """

    owner: str
    named: str = ""

    def key(self, key: str) -> str:
        """What the id of a record of this space is made of beside its owner."""
        return f"{self.named}/{key}" if self.named else key

    def id_of(self, key: str) -> str:
        """The id of the record of this space that a key means."""
        return derived_id(self.owner, self.key(key))


@dataclass(frozen=True, slots=True)
class UnitOfRow:
    """`unit` is the one the row names, `owner` the present one that owns its records: the same, or
    the unit into which a former one went whole (4-sync.md, "Unit map"). Both `CODE@EDITION`.

    `spaces` are where the unit's own keys are known, first the one for new records; `kin` those of
    the units before and after it, `line` all these units with itself. `fellows` are the spaces of
    other former units under the same owner, whose keys and villages are never the row's. Of a row
    whose unit is only proposed, `unit` is what was probably meant.
    """

    verdict: Verdict
    unit: str = ""
    owner: str = ""
    spaces: tuple[Space, ...] = ()
    kin: tuple[Space, ...] = ()
    line: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    fellows: tuple[Space, ...] = ()


_SKIPPED = UnitOfRow(Verdict.SKIPPED)
_UNKNOWN = UnitOfRow(Verdict.UNKNOWN)
_NO_COMMUNE = UnitOfRow(Verdict.NO_COMMUNE)
_SEVERAL = UnitOfRow(Verdict.SEVERAL)
_SPLIT = UnitOfRow(Verdict.SPLIT)
_UNDATED = UnitOfRow(Verdict.UNDATED)


class UnitsOfRows:
    """Reads unit cells within a scope; remembers what it read."""

    def __init__(
        self,
        tree: UnitTree,
        own: Sequence[str],
        scope: Iterable[str],
        edition: str,
        today: date,
        reach: Iterable[str] | None = None,
    ) -> None:
        """`own` are the editions the installation lies in, that of its unit first; `scope` the
        units whose rows are wanted; `reach` all whose records may be here (None: those of `scope`);
        `edition` that of bare codes and names, empty where nobody has said: then a code is what
        bears it today or in `own`, and a name that went to another unit is `Verdict.UNDATED`.
        """
        self._tree = tree
        self._own = own
        self._edition = edition
        self._today = today
        self._scope = frozenset(scope)
        self._reach = self._scope if reach is None else frozenset(reach)
        self._read: dict[str, UnitOfRow] = {}

    @property
    def records(self) -> frozenset[str]:
        """The units whose records the wanted rows may change: those of the scope, and the units
        into which these went whole, as far as the installation reaches.
        """
        return self._scope.union(*(self._whole_line(unit) for unit in self._scope))

    def of_cell(self, text: str) -> UnitOfRow:
        """What a cell says: a code, `CODE@EDITION`, or the name of a commune."""
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = self._look_up(clean(text))
        return found

    def of_unit(self, unit: str) -> UnitOfRow:
        """A unit `CODE@EDITION` that was chosen rather than read."""
        known = self._tree.get(unit)
        if known is None:
            return _UNKNOWN
        if not self._tree.holds_records(unit):
            return _NO_COMMUNE
        if unit not in self._scope:
            return _SKIPPED
        return self._taken(unit)

    def called(self, unit: str) -> str:
        """A unit by name, with the units above it and its code."""
        name = with_parents(self._tree.unit(unit), self._tree.ancestors(unit), language())
        return f"{name} ({unit})"

    def _look_up(self, text: str) -> UnitOfRow:
        if "@" in text:
            return self.of_unit(text)
        if text.isascii() and text.isdigit():
            # A number cell has lost the leading zeros of a code.
            return next(
                (self.of_unit(ref) for code in (text, text.zfill(5)) if (ref := self._coded(code))),
                _UNKNOWN,
            )
        return self._named(text)

    def _named(self, text: str) -> UnitOfRow:
        """The unit that a name means, and no other: a beginning of a name is none."""
        names = unit_names(self._tree, self._today)
        read = names.recognise(text, Context(self._provinces, day=self._day, communes=True))
        if read.outcome in (Outcome.UNKNOWN, Outcome.PROPOSED):
            wanted = [one for one in read.found if one.unit in self._scope]
            proposed = read.outcome is Outcome.PROPOSED and wanted
            return UnitOfRow(Verdict.PROPOSED, wanted[0].unit) if proposed else _UNKNOWN
        if read.outcome is Outcome.ELSEWHERE:
            return _SKIPPED
        if not any(self._tree.holds_records(one.unit) for one in read.found):
            return _NO_COMMUNE
        if self._day is None:
            # Each edition by itself: a commune of today often keeps the name of one that was
            # divided, and rows of that one may be other communes' by now.
            meant: dict[str, list[Found]] = {}
            for one in read.found:
                meant.setdefault(one.unit.partition("@")[2], []).append(one)
            decided = [self._decided(each) for each in meant.values()]
            if len({(one.verdict, one.owner) for one in decided}) > 1:
                return _UNDATED
        return self._decided(read.found)

    def _decided(self, found: Sequence[Found]) -> UnitOfRow:
        """What is said of a name that means these units, without a slip."""
        inside = [one.unit for one in found if one.unit in self._scope]
        # A commune made by decree often keeps the name of one that went into it.
        inside = [one for one in inside if set(self._tree.whole_line(one)).isdisjoint(inside)]
        if len(inside) == 1:
            return self.of_unit(inside[0])
        if inside:
            return _SEVERAL
        parts = {part for one in found for part in one.parts}
        return _SKIPPED if parts.isdisjoint(self._scope) else _SPLIT

    @cached_property
    def _day(self) -> date | None:
        """The last day of the edition whose names are meant, today for one that lasts; None where
        nobody has said. A decree's edition holds few units: those of before stand beside it.
        """
        if not self._edition:
            return None
        began = {one.code: one.valid_from or date.min for one in self._tree.editions}
        own = began.get(self._edition, date.max)
        over = (day - timedelta(days=1) for day in began.values() if day > own)
        return min([self._today, *over])

    @cached_property
    def _provinces(self) -> frozenset[str]:
        """The units at the top above those whose records may be here."""
        above = (self._tree.ancestors(one) for one in self._reach if one in self._tree)
        tops = {chain[-1].ref for chain in above if chain}
        return frozenset(tops or self._reach)

    def _coded(self, code: str) -> str:
        """The unit a bare code means: the one that bears it today where its rows are wanted, else
        that of the installation's own edition; "" for none.
        """
        if self._edition:
            ref = f"{code}@{self._edition}"
            return ref if ref in self._tree else ""
        today = self._tree.unit_on(code, self._today)
        if today is not None and today.ref in self._scope:
            return today.ref
        own = (ref for one in self._own if (ref := f"{code}@{one}") in self._tree)
        return next(own, "" if today is None else today.ref)

    def _taken(self, unit: str) -> UnitOfRow:
        owner = self._owner(unit)
        own = dict.fromkeys((self._space(unit, owner), *self._spaces(unit)))
        line = frozenset((unit, *self._tree.before(unit), *self._tree.after(unit)))
        kin = dict.fromkeys(
            space
            for one in sorted(line - {unit})
            for space in self._spaces(one)
            if space not in own and space.owner in self._reach
        )
        parts = line.union(*(self._tree.before(one) | self._tree.after(one) for one in line))
        fellows = (
            space
            for one in sorted(self._tree.before(owner) - line)
            if (space := self._space(one, owner)).named
        )
        return UnitOfRow(
            Verdict.TAKEN, unit, owner, tuple(own), tuple(kin), line, parts, tuple(fellows)
        )

    def _owner(self, unit: str) -> str:
        """The unit into which this one went whole that stands today, for every PC comes to that
        one; else the one of the installation's own edition; itself if none.
        """
        line = (unit, *self._whole_line(unit))
        return next(
            (one for one in reversed(line) if self._tree.stands_on(one, self._today)),
            next((one for one in line if one.partition("@")[2] == self._own[0]), unit),
        )

    def _spaces(self, unit: str) -> Iterator[Space]:
        """Where rows of a unit have been given records: its own, and those it went into whole."""
        for owner in (unit, *self._whole_line(unit)):
            yield self._space(unit, owner)

    def _space(self, unit: str, owner: str) -> Space:
        """Nothing has to be kept apart in a unit that was made of nothing but this one."""
        at = owner
        while at != unit:
            before = self._tree.predecessors(at)
            if len(before) != 1:
                return Space(owner, unit)
            at = before[0].old
        return Space(owner)

    def _whole_line(self, unit: str) -> list[str]:
        """The units into which this one went whole, one after the other, within reach."""
        return list(takewhile(self._reach.__contains__, self._tree.whole_line(unit)))
