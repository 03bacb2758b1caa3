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


def _parsing(samples: Sequence[tuple[str, bytes]]) -> Lap:
    """Seconds for one `json.loads` of a household or child as it travels, circumstances included:
    the mixture that is checked. The median of several passes.
    """
    records = sum(1 for entity, _ in samples if entity in ("household", "child"))
    laps = []
    for _ in range(_ROUNDS):
        watch = Stopwatch()
        with watch.running():
            for _entity, sample in samples:
                json.loads(sample)
        laps.append(watch.lap)
    wall, cpu = median(lap.wall for lap in laps), median(lap.cpu for lap in laps)
    return Lap(wall / records, cpu / records)


CHECK = Figure("check", (Row("check", 10.0, 5.0),), _checking)
