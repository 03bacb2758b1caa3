"""Which received bundles a verdict of this unit stands on (ARCHITECTURE.md, decision 89).

A handover that was accepted is everything of its units that had come by then, so what an earlier
bundle brought belongs to it as well: that is not taken out of the register under it, and nobody
accepts what lies set aside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.queries import handovers as handover_queries
from app.models.queries import register
from app.models.queries.brought import set_aside_of, written_of
from app.models.queries.covering import covered
from app.models.queries.register import RecordView
from app.models.queries.scope import within
from app.models.store import Reading
from app.services.handover_scope import reach, units_of, units_of_each
from app.services.handover_values import ACCEPTED, RETURNED, text_of
from app.services.workplace import Workplace


def accepted_over(
    workplace: Workplace, reading: Reading, bundle: IncomingBundle, roots: Collection[str]
) -> RecordView | None:
    """The first handover accepted by this unit that covers what a bundle brought of these
    households, children and villages, or what its units wrote, or others for them, of those that
    have left them since; its own is covered whatever is left of it. None for none.
    """
    tier = workplace.tier.value
    accepted = _accepted(reading, tier)
    own = next((one for one in accepted if one.id == bundle.handover), None)
    if own is not None:
        return own
    theirs = units_of_each(workplace, reading, accepted)
    over: list[tuple[RecordView, tuple[str, ...]]] = []
    for one in accepted:
        there = covered(reading, one.id, tier)
        if there is not None and there.holds(bundle.number):
            over.append((one, reach(workplace.tree, theirs[one.id])))
    everywhere = {unit for _, units in over for unit in units}
    if not everywhere:
        return None
    inside, written = within(reading, everywhere, roots), written_of(reading, bundle.number)
    return next(
        (
            one
            for one, units in over
            if not written.isdisjoint(units) or (inside and within(reading, units, inside))
        ),
        None,
    )


def undone_under(workplace: Workplace, reading: Reading, found: RecordView) -> list[IncomingBundle]:
    """The bundles that came with a handover or before it, brought something of its units, whoever
    wrote it, and were taken back here, in the order they came. One whose own handover was returned
    is left out: who gave it was told that it does not count.
    """
    undone = _undone(reading)
    units = units_of(workplace, reading, found.id, found.values) if undone else ()
    return _Under(workplace, reading, undone).of(found, units)


def undone_but_accepted(workplace: Workplace, reading: Reading) -> list[IncomingBundle]:
    """The bundles that were taken back here although this unit accepted what they brought, on
    another of its PCs, in the order they came. Nobody can refuse a verdict that comes: a person has
    to settle what this unit means.
    """
    undone = _undone(reading)
    if not undone:
        return []
    accepted = _accepted(reading, workplace.tier.value)
    theirs = units_of_each(workplace, reading, accepted)
    under = _Under(workplace, reading, undone)
    found: dict[int, IncomingBundle] = {}
    for one in accepted:
        found.update((bundle.number, bundle) for bundle in under.of(one, theirs[one.id]))
    return [found[number] for number in sorted(found)]


class _Under:
    """Asks for handovers, which there are hundreds of, under which of the bundles that were taken
    back, which are few, they stand. What a bundle holds of some units is read once.
    """

    def __init__(
        self, workplace: Workplace, reading: Reading, undone: Sequence[IncomingBundle]
    ) -> None:
        self._tree, self._tier = workplace.tree, workplace.tier.value
        self._reading = reading
        self._undone = undone
        self._aside: dict[tuple[int, tuple[str, ...]], bool] = {}
        self._returned: dict[str, bool] = {}

    def of(self, found: RecordView, units: Sequence[str]) -> list[IncomingBundle]:
        """Those of one handover, about these units, in the order they came."""
        own = [one for one in self._undone if one.handover == found.id]
        if len(own) == len(self._undone):
            return own
        there = covered(self._reading, found.id, self._tier)
        if there is None:
            return own
        under = [
            one
            for one in self._undone
            if one.handover != found.id
            and there.holds(one.number)
            and self._holds(one.number, reach(self._tree, units))
            and not self._was_returned(one.handover)
        ]
        return sorted((*own, *under), key=lambda one: one.number)

    def _holds(self, number: int, units: tuple[str, ...]) -> bool:
        key = (number, units)
        if key not in self._aside:
            self._aside[key] = bool(set_aside_of(self._reading, [number], units))
        return self._aside[key]

    def _was_returned(self, handover: str) -> bool:
        if handover not in self._returned:
            view = register.record(self._reading, "handover", handover)
            said = "" if view is None else text_of(view.values, f"verdict_{self._tier}")
            self._returned[handover] = said == RETURNED
        return self._returned[handover]


def _undone(reading: Reading) -> list[IncomingBundle]:
    return [one for one in bundles.incoming(reading) if one.undone is not None]


def _accepted(reading: Reading, tier: str) -> list[RecordView]:
    found = handover_queries.handovers(reading)
    return [one for one in found if text_of(one.values, f"verdict_{tier}") == ACCEPTED]
