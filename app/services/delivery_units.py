"""Whose line of the overview of handovers a unit counts in: its own, or after a decree that of the
unit it went into.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.services.delivery_values import Share
from app.services.workplace import ScopeTree


class DeliveryUnits:
    """The units right below `here` that are to hand over on a day."""

    def __init__(self, tree: ScopeTree, here: str, today: date) -> None:
        units = tree.units
        self._tree, self._here, self._today = tree, here, today
        self._stands = here in units and units.stands_on(here, today)
        below = units.children(here) if here in units else ()
        if self._stands:
            # A unit that was merged meanwhile hands over no more.
            below = tuple(one for one in below if units.stands_on(one.ref, today))
        #: In code order.
        self.refs = tuple(one.ref for one in below)
        self._known = frozenset(self.refs)

    def line_of(self, unit: str) -> str:
        """The unit in whose line another one counts: itself, or the one it went into whole. One
        that was split or abolished has a line of its own. "" for who is not right below here.
        """
        if unit in self._known:
            return unit
        units = self._tree.units
        if unit not in units:
            return ""
        became = next((one for one in units.whole_line(unit) if one in self._known), "")
        if became or not self._stands or units.stands_on(unit, self._today):
            return became
        return unit if unit != self._here and self._tree.covers([self._here], unit) else ""

    def name(self, unit: str) -> str:
        """A unit as people call it."""
        return self._tree.units.unit(unit).full_name()

    def is_gone(self, line: str) -> bool:
        """Whether a line is of a unit that does not stand any more."""
        return line not in self._known

    def is_newer(self, line: str, due: date | None) -> bool:
        """Whether a unit was formed after a day: nobody is late before there was anybody."""
        began = self._tree.units.began(line)
        return due is not None and began is not None and began > due

    def merged(self, line: str, delivered: Collection[str]) -> Share:
        """Of the units that went whole into one, how many are among those that handed over."""
        units = self._tree.units
        parts = [
            move.old
            for move in units.predecessors(line)
            if (became := units.whole_successor(move.old)) is not None and became.ref == line
        ]
        came = [one for one in parts if any(_went_into(self._tree, it, one) for it in delivered)]
        return Share(len(came), len(parts))

    def below(self, line: str) -> list[str]:
        """The units right below one of these."""
        units = self._tree.units
        found = [one.ref for one in units.children(line)]
        if not units.stands_on(line, self._today):
            return found
        return [one for one in found if units.stands_on(one, self._today)]


def _went_into(tree: ScopeTree, unit: str, into: str) -> bool:
    return unit == into or into in tree.units.whole_line(unit)
