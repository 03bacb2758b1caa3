"""age against the bare cipher it is made of: both ways, the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from app.crypto.age import AgeReader, AgeWriter, X25519Identity
from app.crypto.yardstick import open_raw, seal_raw
from app.models.yardstick import Lap, Stopwatch
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import Workshop

#: As much as a bundle of the whole province has.
_BYTES = 64 << 20
_BLOCK = 1 << 18
_ROUNDS = 5


def _age(workshop: Workshop) -> Sequence[Measured]:
    plain = workshop.scratch / "plain.bin"
    block = os.urandom(1 << 20)
    size = min(_BYTES, max(1 << 20, workshop.children * 240))
    with plain.open("wb") as file:
        for _ in range(size >> 20):
            file.write(block)
    ours, raw = [], []
    for _ in range(_ROUNDS):
        ours.append(_timed(lambda: _age_both_ways(plain, workshop.scratch)))
        raw.append(_timed(lambda: _raw_both_ways(plain, workshop.scratch)))
    return [ratio("age", _median(ours), _median(raw), {"bytes": float(size)})]


def _timed(action: Callable[[], None]) -> Lap:
    watch = Stopwatch()
    with watch.running():
        action()
    return watch.lap


def _median(laps: Sequence[Lap]) -> Lap:
    return Lap(median(lap.wall for lap in laps), median(lap.cpu for lap in laps))


def _age_both_ways(plain: Path, folder: Path) -> None:
    identity = X25519Identity.generate()
    sealed, opened = folder / "age.bin", folder / "age.out"
    with plain.open("rb") as source, sealed.open("wb") as sink:
        writer = AgeWriter(sink, [identity.recipient])
        while block := source.read(_BLOCK):
            writer.write(block)
        writer.close()
    with sealed.open("rb") as source, opened.open("wb") as sink:
        reader = AgeReader(source, [identity])
        while block := reader.read(_BLOCK):
            sink.write(block)


def _raw_both_ways(plain: Path, folder: Path) -> None:
    sealed, opened = folder / "raw.bin", folder / "raw.out"
    with plain.open("rb") as source, sealed.open("wb") as sink:
        key = seal_raw(source, sink)
    with sealed.open("rb") as source, opened.open("wb") as sink:
        open_raw(source, sink, key)


#: The table of 6-quality.md sets no limit for this row of issue 2; these are ours.
AGE = Figure("age", (Row("age", 1.5, 1.15),), _age)
