"""Checking the whole store, by record, against parsing the record's JSON once.

In a process of its own, as a check is run: in one that has measured an import before, the same
check took a sixth longer against the same yardstick (7.9 and 9.1 at 271,707 children).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from statistics import median

from app.models.yardstick import Lap, Stopwatch, bodies
from app.services.bench.figure import Figure, Measured, NotMeasured, Row, ratio
from app.services.bench.own_process import in_own_process
from app.services.bench.workshop import Workshop
from app.services.checks import Checks
from app.services.workplace import Workplace

_SAMPLE = 20_000
_ROUNDS = 3


def _checking(workshop: Workshop) -> Sequence[Measured]:
    if getattr(sys, "frozen", False):
        raise NotMeasured("bench.needs_interpreter")
    took = in_own_process(workshop.giver, "check")
    each, parsing = (Lap(took[f"{one}_wall"], took[f"{one}_cpu"]) for one in ("check", "parsing"))
    parts = {name: took[name] for name in ("records", "issues")}
    return [ratio("check", each, parsing, parts)]


def measured(workplace: Workplace) -> dict[str, float]:
    """Seconds a record, by the clock and of processor time: of one check, and of parsing."""
    samples = bodies(workplace.store, _SAMPLE)
    # Before and after: a check takes long enough for the machine to become another.
    laps = _parsing(samples)
    watch = Stopwatch()
    with watch.running():
        summary = Checks(workplace).run(lambda _issues: None)
    laps += _parsing(samples)
    records = summary.households + summary.children
    return {
        "records": float(records),
        "issues": float(summary.issues),
        "check_wall": watch.lap.wall / records,
        "check_cpu": watch.lap.cpu / records,
        "parsing_wall": median(lap.wall for lap in laps),
        "parsing_cpu": median(lap.cpu for lap in laps),
    }


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
