"""An import or export of a register holds no more of it at a time when it has twice the rows.

The bench measures a province's bundles; here it is the register itself, small enough for every run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.services.invented import generate
from app.services.invented.sheet import write_csv
from tests.workplaces import COMMUNE

ROOT = Path(__file__).resolve().parents[2]
#: Both are beyond what a process takes to get going: its small caches are full by then.
FEW, MANY = 4_000, 8_000
#: Bytes of peak memory that a further row may cost. One row of the file, kept as the list of texts
#: that it is read as, takes more than this; what an import has to remember of each row about 100.
PER_ROW = 700


def _growth(task: str, places: dict[int, tuple[Path, Path]]) -> float:
    """Bytes of peak memory a further row takes; `places`: rows → home and file."""
    running = {
        rows: subprocess.Popen(
            [sys.executable, "-m", "tests.integration.register_probe", task, str(home), str(file)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rows, (home, file) in places.items()
    }
    peaks = {}
    for rows, process in running.items():
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        told = json.loads(out)
        assert told["rows"] == rows
        assert told["peak_bytes"] > 10_000_000, "the system says nothing of its processes"
        peaks[rows] = told["peak_bytes"]
    grown = float(peaks[MANY] - peaks[FEW]) / (MANY - FEW)
    print(f"{task}: {peaks[FEW] / 1e6:.1f} MB, {peaks[MANY] / 1e6:.1f} MB: {grown:.0f} a row")
    return grown


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[float, dict[int, Path]]:
    """What a row took to import from .csv, and rows → the home that imported so many."""
    folder = tmp_path_factory.mktemp("memory")
    places = {}
    for rows in (FEW, MANY):
        file = folder / f"{rows}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            write_csv(generate(1, rows, (COMMUNE,), date(2025, 6, 1)), out)
        places[rows] = (folder / f"home-{rows}", file)
    grown = _growth("import", places)
    return grown, {rows: home for rows, (home, _file) in places.items()}


def test_an_import_from_csv_does_not_grow_with_the_file(
    taken_in: tuple[float, dict[int, Path]],
) -> None:
    assert taken_in[0] < PER_ROW


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_does_not_grow_with_the_register(
    taken_in: tuple[float, dict[int, Path]], tmp_path: Path, kind: str
) -> None:
    places = {rows: (home, tmp_path / f"{rows}.{kind}") for rows, home in taken_in[1].items()}
    assert _growth("export", places) < PER_ROW
