"""Saving one record as its page does it, against one raw row: both fsynced, turn and turn about."""

from __future__ import annotations

import time
from collections.abc import Sequence

from app.models.work import Change
from app.models.yardstick import DurableInserts, Lap, median_of
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import Workshop, invented_changes
from app.services.records import Records
from app.services.saving import RecordSave

_SAVES = 220
_LEAST = 40


def _saving(workshop: Workshop) -> Sequence[Measured]:
    giver = workshop.giver
    records = Records(giver)
    inserts = DurableInserts(giver.store, workshop.scratch / "durable.db", giver.dek)
    commune = giver.tree.units.children(giver.unit)[0].ref
    # Keys of their own: the same children under new ids.
    saves = min(_SAVES, max(_LEAST, workshop.children))
    children = [
        Change("child", change.values, key=None)
        for change in invented_changes(saves, [commune])
        if change.entity == "child"
    ]
    ours, raw = [], []
    try:
        for change in children:
            started = time.perf_counter()
            records.save([RecordSave(change)])
            ours.append(time.perf_counter() - started)
            raw.append(inserts.one())
    finally:
        inserts.close()
    mine, bare = median_of(ours), median_of(raw)
    return [ratio("save", Lap(mine, 0.0), Lap(bare, 0.0), {"saves": float(len(ours))})]


SAVE = Figure("save", (Row("save", 3.0, 2.0),), _saving)
