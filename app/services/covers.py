"""Which received bundles a verdict of this unit stands on (ARCHITECTURE.md, decision 89).

A handover that was accepted is everything of its units that had come by then, so what an earlier
bundle brought belongs to it as well: that is not taken out of the register under it, and nobody
accepts what lies set aside.
"""

from __future__ import annotations

from collections.abc import Collection

from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.queries import handovers as handover_queries
from app.models.queries import register
from app.models.queries.brought import set_aside_of, written_of
from app.models.queries.covering import covered
from app.models.queries.register import RecordView
from app.models.queries.scope import within
from app.models.store import Reading
from app.services.handover_scope import reach, units_of
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
    over: list[tuple[RecordView, tuple[str, ...]]] = []
    for one in handover_queries.handovers(reading):
        if text_of(one.values, f"verdict_{tier}") != ACCEPTED:
            continue
        if one.id == bundle.handover:
            return one
        there = covered(reading, one.id, tier)
        if there is not None and there.holds(bundle.number):
            units = units_of(workplace, reading, one.id, one.values)
            over.append((one, reach(workplace.tree, units)))
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
    tier = workplace.tier.value
    there = covered(reading, found.id, tier)
    undone = [one for one in bundles.incoming(reading) if one.undone is not None]
    if there is None:
        return [one for one in undone if one.handover == found.id]
    units = reach(workplace.tree, units_of(workplace, reading, found.id, found.values))
    candidates = [one for one in undone if there.holds(one.number) and one.handover != found.id]
    aside = set_aside_of(reading, [one.number for one in candidates], units)
    return sorted(
        (
            *(one for one in undone if one.handover == found.id),
            *(
                one
                for one in candidates
                if one.number in aside and not _returned(reading, one.handover, tier)
            ),
        ),
        key=lambda one: one.number,
    )


def undone_but_accepted(workplace: Workplace, reading: Reading) -> list[IncomingBundle]:
    """The bundles that were taken back here although this unit accepted what they brought, on
    another of its PCs, in the order they came. Nobody can refuse a verdict that comes: a person has
    to settle what this unit means.
    """
    tier = workplace.tier.value
    if not any(one.undone is not None for one in bundles.incoming(reading)):
        return []
    found: dict[int, IncomingBundle] = {}
    for one in handover_queries.handovers(reading):
        if text_of(one.values, f"verdict_{tier}") == ACCEPTED:
            found.update(
                (bundle.number, bundle) for bundle in undone_under(workplace, reading, one)
            )
    return [found[number] for number in sorted(found)]


def _returned(reading: Reading, handover: str, tier: str) -> bool:
    view = register.record(reading, "handover", handover)
    return view is not None and text_of(view.values, f"verdict_{tier}") == RETURNED
