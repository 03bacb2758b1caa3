"""Importing a register from Excel, against reading the sheet and writing its rows raw."""

from __future__ import annotations

from collections.abc import Sequence

from app.models.yardstick import Lap, Stopwatch, upsert
from app.services.bench.figure import Figure, Measured, Row, ratio
from app.services.bench.workshop import Workshop, fill
from app.services.register_export import Headers, RegisterExport
from app.services.register_import import RegisterImport
from app.workbooks.reading import open_workbook

#: A district types at most this many children into one file; reading a sheet is what takes long.
_MOST = 20_000


def _spreadsheet(workshop: Workshop) -> Sequence[Measured]:
    commune = workshop.giver.tree.units.children(workshop.giver.unit)[0].ref
    children = min(_MOST, workshop.children)
    written = workshop.installed("written", commune)
    fill(written, children, workshop.progress)
    sheet = workshop.scratch / "sheet-of-children.xlsx"
    RegisterExport(written).export(sheet, headers=Headers.NAMES)
    reading = Stopwatch()
    with reading.running(), open_workbook(sheet) as book:
        for name in book.sheets:
            for _row in book.rows(name):
                pass
    reader = workshop.installed("reader", commune)
    ours = Stopwatch()
    with ours.running():
        result = RegisterImport(reader).run(sheet, progress=workshop.progress)
    if result.created != children:
        raise RuntimeError(f"the bench imported {result.created} of {children} rows")
    raw, _ = upsert(reader.store, workshop.scratch / "raw-sheet.db", reader.dek)
    parts = {"rows": float(result.rows), "reading_seconds": reading.lap.wall, "r_seconds": raw.wall}
    yardstick: Lap = reading.lap + raw
    return [ratio("register-import", ours.lap, yardstick, parts)]


SPREADSHEET = Figure("register-import", (Row("register-import", 3.0, 2.0),), _spreadsheet)
