"""Which unit a row belongs to, and which unit will own what the row creates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.forms.units import Tier, UnitTree
from app.text.normalize import clean


class Verdict(Enum):
    """What became of the unit that a row names."""

    TAKEN = "taken"
    SKIPPED = "skipped"  # another unit's row
    UNKNOWN = "unknown"
    NO_COMMUNE = "no_commune"


@dataclass(frozen=True, slots=True)
class UnitOfRow:
    """`unit` is the one the row names, `owner` the present one that owns its records: the same, or
    the unit into which a former one went whole (4-sync.md, "Unit map"). Both `CODE@EDITION`.
    """

    verdict: Verdict
    unit: str = ""
    owner: str = ""


_SKIPPED = UnitOfRow(Verdict.SKIPPED)
_UNKNOWN = UnitOfRow(Verdict.UNKNOWN)
_NO_COMMUNE = UnitOfRow(Verdict.NO_COMMUNE)


class UnitsOfRows:
    """Reads unit cells within a scope; remembers what it read."""

    def __init__(self, tree: UnitTree, home: str, scope: tuple[str, ...], edition: str) -> None:
        """`home` is the installation's unit; `scope` the units whose rows are wanted; `edition`
        that of bare codes and names, empty for the one of `home`.
        """
        self._tree = tree
        self._present = home.partition("@")[2]
        self._edition = edition or self._present
        self._scope = frozenset(scope)
        self._read: dict[str, UnitOfRow] = {}

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
        if known.tier is not Tier.COMMUNE:
            return _NO_COMMUNE
        if unit not in self._scope:
            return _SKIPPED
        return UnitOfRow(Verdict.TAKEN, unit, self._owner(unit))

    def _look_up(self, text: str) -> UnitOfRow:
        if "@" in text:
            return self.of_unit(text)
        if text.isascii() and text.isdigit():
            # A number cell has lost the leading zeros of a code.
            ref = f"{text}@{self._edition}"
            return self.of_unit(ref if ref in self._tree else f"{text.zfill(5)}@{self._edition}")
        named = self._tree.find(text, edition=self._edition, tier=Tier.COMMUNE)
        inside = [one.unit.ref for one in named if one.unit.ref in self._scope]
        if len(inside) == 1:
            return self.of_unit(inside[0])
        return _SKIPPED if named and not inside else _UNKNOWN

    def _owner(self, unit: str) -> str:
        at = unit
        while at.partition("@")[2] != self._present:
            became = self._tree.whole_successor(at)
            if became is None or became.ref not in self._scope:
                return unit
            at = became.ref
        return at
