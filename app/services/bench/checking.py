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
    samples = bodies(giver.store, _SAMPLE)
    # Before and after: a check takes long enough for the machine to become another.
    laps = _parsing(samples)
    watch = Stopwatch()
    with watch.running():
        summary = Checks(giver).run(lambda _issues: None, progress=workshop.progress)
    laps += _parsing(samples)
    records = summary.households + summary.children
    parsing = Lap(median(lap.wall for lap in laps), median(lap.cpu for lap in laps))
    each = Lap(watch.lap.wall / records, watch.lap.cpu / records)
    parts = {"records": float(records), "issues": float(summary.issues)}
    return [ratio("check", each, parsing, parts)]


def _parsing(samples: Sequence[tuple[str, bytes]]) -> list[Lap]:
    """Seconds for one `json.loads` of a household or child as it travels, circumstances included:
    the mixture that is checked. One lap a pass.
    """
    records = sum(1 for entity, _ in samples if entity in ("household", "child"))
    laps = []
    for _ in range(_ROUNDS):
        watch = Stopwatch()
        with watch.running():
            for _entity, sample in samples:
                json.loads(sample)
        laps.append(Lap(watch.lap.wall / records, watch.lap.cpu / records))
    return laps


CHECK = Figure("check", (Row("check", 10.0, 5.0),), _checking)
