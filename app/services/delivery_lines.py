"""What came of the delivery lines of units below: numbers that are missing, and forks.

A line that its PC gave up, or that nobody waits for any more, is left out: nobody can send what is
missing there, and a copy that took an id of its own is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.store import Reading
from app.services.delivery_values import Gap
from app.sync.manifest import not_delivered_in


def missing_in(
    reading: Reading, came: Sequence[IncomingBundle], beside: Mapping[str, Collection[int]]
) -> tuple[Gap, ...]:
    """The numbers below the newest of each line that never came, without those under which nothing
    went, as the newest bundle of the line says: its sender's word on its own line; and without what
    this unit's other PC received (`beside`: replica → numbers that a receipt of this unit names).

    A sender numbers as it likes, so they are never counted up: a gap costs what a number costs.
    """
    lines: Mapping[str, set[int]] = defaultdict(set)
    for one in came:
        lines[one.replica].add(one.seq)
    with_gaps = [replica for replica, seen in lines.items() if len(seen) < max(seen)]
    for replica, manifest in bundles.newest_manifests(reading, with_gaps).items():
        named = {*not_delivered_in(manifest), *beside.get(replica, ())}
        lines[replica] |= {n for n in named if 0 < n < max(lines[replica])}
    return tuple(
        sorted(
            Gap(before + 1, after - 1)
            for seen in lines.values()
            for before, after in pairwise((0, *sorted(seen)))
            if after - before > 1
        )
    )


def is_forked(came: Sequence[IncomingBundle]) -> bool:
    """Whether two histories came under one id."""
    return any(one.intake.fork for one in came)
