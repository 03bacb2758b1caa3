"""Saving one record as its page does it, against one raw row: both fsynced, turn and turn about."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import cycle

from app.models.work import Change
from app.models.yardstick import DurableInserts, Lap, median_of
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import REFERENCE_DATE, Workshop
from app.services.entry import Entry
from app.services.invented.changes import invented_changes
from app.services.invented.register import generate
from app.services.records import Records
from app.services.saving import RecordSave
from app.services.workplace import Workplace

_SAVES = 220
_LEAST = 40
#: Not the one of the register: the same children would hold personal ids that stand there already.
_OTHER_SEED = 20_250_630


def _saving(workshop: Workshop) -> Sequence[Measured]:
    giver = workshop.giver
    records = Records(giver)
    inserts = DurableInserts(giver.store, workshop.scratch / "durable.db", giver.dek)
    commune = giver.tree.units.children(giver.unit)[0].ref
    saves = min(_SAVES, max(_LEAST, workshop.children))
    children = list(_new_children(giver, commune, saves))
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


def _new_children(workplace: Workplace, commune: str, count: int) -> Iterator[Change]:
    """Children that nobody has typed yet, in households that the register holds."""
    homes = cycle(Entry(workplace).household_ids(commune))
    for change in invented_changes(generate(_OTHER_SEED, count, [commune], REFERENCE_DATE)):
        if change.entity == "child":
            yield Change("child", {**change.values, "household": next(homes)})


SAVE = Figure("save", (Row("save", 3.0, 2.0),), _saving)
