"""Export, import, the same file again, what encryption costs, how large a bundle is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, cast

import zstandard

from app.models.yardstick import Lap, Stopwatch, lines_of, ordered_select
from app.services import trust
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import Workshop, middle
from app.services.workplace import Workplace
from app.sync.bundle_reader import open_bundle
from app.sync.payload import LEVEL

_ROUNDS = 3


def _export(workshop: Workshop) -> Sequence[Measured]:
    giver = workshop.giver
    selects = [ordered_select(giver.store)]
    lap, sent = workshop.sending
    selects.append(ordered_select(giver.store))
    parts = {"operations": float(sent.operations), "bytes": float(sent.size)}
    return [ratio("export", lap, middle(selects), parts)]


def _reading(workshop: Workshop) -> Sequence[Measured]:
    _, workplace = workshop.importing
    laps = [_read_through(workshop, workplace) for _ in range(_ROUNDS)]
    return [ratio("reading", middle(laps), workshop.raw_upsert)]


def _read_through(workshop: Workshop, workplace: Workplace) -> Lap:
    """Verify, decrypt, decompress and parse every operation, and keep none."""
    _, sent = workshop.sending
    with workplace.store.read() as reading:
        own = trust.own_station(workplace, reading)
        base = trust.trust_of(workplace, reading)
    watch = Stopwatch()
    with watch.running(), open_bundle(sent.file, own, base, lambda _unit: True) as bundle:
        for _operation in bundle.operations():
            pass
    return watch.lap


def _import(workshop: Workshop) -> Sequence[Measured]:
    lap, _ = workshop.importing
    parts = {"adapted_yardstick_seconds": workshop.quick_upsert.wall}
    return [ratio("import", lap, workshop.raw_upsert, parts)]


def _declared(workshop: Workshop) -> Sequence[Measured]:
    """The import of a register whose clerk declared all of it complete: every record is judged on
    arrival, because a declaration counts only without an error. At a quarter of N.
    """
    quarter = Workshop(
        workshop.folder / "declared",
        max(workshop.children // 4, 1),
        workshop.progress,
        declared=True,
    )
    try:
        lap, _ = quarter.importing
        return [ratio("import-declared", lap, quarter.raw_upsert)]
    finally:
        quarter.close()


def _again(workshop: Workshop) -> Sequence[Measured]:
    """The very same file: it is verified, found to be known, and left alone."""
    _, workplace = workshop.importing
    _, sent = workshop.sending
    watch = Stopwatch()
    with watch.running():
        result = workshop.receive(workplace, sent.file)
    if result.status != "already":
        raise RuntimeError(f"the same bundle again was {result.status}")
    return [ratio("import-again", watch.lap, workshop.raw_upsert)]


def _plain(workshop: Workshop) -> Sequence[Measured]:
    encrypted, _ = workshop.importing
    plain = workshop.timed_import(workshop.fresh_receiver("plain", encrypted=False))
    return [ratio("encryption", encrypted, plain)]


def _size(workshop: Workshop) -> Sequence[Measured]:
    _, sent = workshop.sending
    counting = _Counter()
    sink = cast(BinaryIO, counting)
    with zstandard.ZstdCompressor(level=LEVEL).stream_writer(sink, closefd=False) as stream:
        for line in lines_of(workshop.giver.store):
            stream.write(line + b"\n")
    parts = {"bytes": float(sent.size), "yardstick_bytes": float(counting.size)}
    return [Measured("bundle-size", sent.size / counting.size, None, parts)]


class _Counter:
    """A file that only counts."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        return None


EXPORT = Figure("export", (Row("export", 3.5, 2.5),), _export)
READING = Figure("reading", (Row("reading", 0.50, 0.30),), _reading)
IMPORT = Figure("import", (Row("import", 4.0, 3.0),), _import)
DECLARED = Figure("import-declared", (Row("import-declared", 4.0, 3.0),), _declared)
AGAIN = Figure("import-again", (Row("import-again", 0.5, 0.3),), _again)
ENCRYPTION = Figure("encryption", (Row("encryption", 1.5, 1.25),), _plain)
SIZE = Figure("bundle-size", (Row("bundle-size", 1.05, 1.02),), _size)
