"""The most memory that an import and an export ever take, at N and at a quarter of N.

Each runs in a process of its own, because a process never gives its peak back.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.services.bench.figure import Figure, Measured, NotMeasured, Row, Unit
from app.services.bench.own_process import peak_megabytes
from app.services.bench.workshop import Workshop

_IMPORT = Row("import-memory", 256, 150, Unit.MEGABYTES)
_EXPORT = Row("export-memory", 256, 150, Unit.MEGABYTES)
#: Peak at N ÷ peak at N/4. The table says "flat in N"; a tenth is what a page cache may still grow.
_FLAT = Row("memory-flat", 1.10, 1.05)


def _memory(workshop: Workshop) -> Sequence[Measured]:
    if getattr(sys, "frozen", False):
        raise NotMeasured("bench.needs_interpreter")
    whole = _peaks(workshop)
    quarter = Workshop(workshop.folder / "quarter", max(workshop.children // 4, 1))
    try:
        part = _peaks(quarter)
    finally:
        quarter.close()
    flat = max(whole[0] / part[0], whole[1] / part[1])
    return [
        Measured("import-memory", whole[0], None, {"at_a_quarter": part[0]}),
        Measured("export-memory", whole[1], None, {"at_a_quarter": part[1]}),
        Measured("memory-flat", flat),
    ]


def _peaks(workshop: Workshop) -> tuple[float, float]:
    """(import, export) in megabytes."""
    _, sent = workshop.sending
    receiver = workshop.fresh_receiver("memory")
    receiver.store.close()
    imported = peak_megabytes(receiver, "import", sent.file)
    giver = workshop.giver
    giver.store.close()
    stick = workshop.scratch / "stick"
    stick.mkdir()
    return imported, peak_megabytes(giver, "export", stick)


MEMORY = Figure("memory", (_IMPORT, _EXPORT, _FLAT), _memory)
