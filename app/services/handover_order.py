"""The order in which handovers stand in the register: as they came to this PC, the bundles of one
line by their numbers. What somebody's clock says of when it was moves nothing: a PC that lives in
2099 would stand before everybody else for good, one that lives in 2002 would never be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from app.models.bundles import IncomingBundle, OutgoingBundle

V = TypeVar("V")


def places_of_untold(
    untold: Collection[IncomingBundle],
    came: Collection[IncomingBundle],
    sent: Collection[OutgoingBundle],
    places: Mapping[str, int],
) -> dict[str, int]:
    """Where in this PC's log the bundles came of which nothing else is known: after what was
    received before them, and after what this PC itself had sent by then. Clocks count seconds here:
    what was sent in the very second is taken for the answer.

    `places` are those of the handovers that the log tells of.
    """
    found: dict[str, int] = {}
    asked = {one.number for one in untold}
    before = 0
    for one in sorted(came, key=lambda bundle: bundle.number):
        before = max(before, places.get(one.handover, 0))
        if one.number in asked:
            own = (places.get(o.handover, 0) for o in sent if o.created < one.received)
            found[one.handover] = max(before, *own, 0)
    return found


def newest_first(
    entries: Sequence[tuple[V, int, IncomingBundle | None]],
) -> list[V]:
    """The handovers, each with its place in the log and the bundle in which its file came here.

    The bundles of one line stand where bundles of that line came, the greater number later: one
    that was late does not pass for the newest.
    """
    came = sorted(entries, key=lambda one: (one[1], 0 if one[2] is None else one[2].number))
    of_line: dict[str, list[tuple[V, int, IncomingBundle | None]]] = defaultdict(list)
    for one in came:
        if one[2] is not None:
            of_line[one[2].replica].append(one)
    numbered = {
        line: iter(sorted(held, key=lambda one: 0 if one[2] is None else one[2].seq))
        for line, held in of_line.items()
    }
    ordered = [one if one[2] is None else next(numbered[one[2].replica]) for one in came]
    return [one[0] for one in reversed(ordered)]
