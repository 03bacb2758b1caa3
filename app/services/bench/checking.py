"""Checking the whole store, by record, against parsing the record's JSON once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median

from app.models.yardstick import Lap, Stopwatch, bodies
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import Workshop
from app.services.checks import Checks

_SAMPLE = 20_000
_ROUNDS = 3


def _checking(workshop: Workshop) -> Sequence[Measured]:
    giver = workshop.giver
    watch = Stopwatch()
    with watch.running():
        summary = Checks(giver).run(lambda _issues: None, progress=workshop.progress)
    records = summary.households + summary.children
    parsing = _parsing(bodies(giver.store, _SAMPLE))
    each = Lap(watch.lap.wall / records, watch.lap.cpu / records)
    parts = {"records": float(records), "issues": float(summary.issues)}
    return [ratio("check", each, parsing, parts)]


def _parsing(samples: Sequence[bytes]) -> Lap:
    """Seconds for one `json.loads` of a child as it travels, the median of several passes."""
    laps = []
    for _ in range(_ROUNDS):
        watch = Stopwatch()
        with watch.running():
            for sample in samples:
                json.loads(sample)
        laps.append(watch.lap)
    count = len(samples)
    return Lap(median(lap.wall for lap in laps) / count, median(lap.cpu for lap in laps) / count)


CHECK = Figure("check", (Row("check", 10.0, 5.0),), _checking)
