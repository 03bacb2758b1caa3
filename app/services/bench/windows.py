"""Figures that need Qt: printing the record and the first painted page.

Services know no Qt, so each runs in a process of its own that does, and prints what it measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from app.services.bench.figure import Figure, Measured, NotMeasured, Row
from app.services.bench.workshop import Workshop

_RECORD = """
import json, sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
from app.printing.figures import handover_painting
found = handover_painting(Path(sys.argv[1]))
print(json.dumps([found.ratio, found.record, found.bare, ""]))
"""
_FIRST_PAINT = """
import json, sys
from app.ui.figures.first_paint import ROUNDS, measure_first_paint
found = measure_first_paint(max(1, round(ROUNDS * float(sys.argv[1]))))
print(json.dumps([found.ratio, found.unlock_page, found.empty_window, found.platform]))
"""


def _record(workshop: Workshop) -> Sequence[Measured]:
    return [_asked("record-pdf", _RECORD, str(workshop.scratch))]


def _first_paint(workshop: Workshop) -> Sequence[Measured]:
    return [_asked("first-paint", _FIRST_PAINT, str(workshop.effort))]


def _asked(row: str, program: str, argument: str) -> Measured:
    value, ours, yardstick, platform = json.loads(run_window(program, argument))
    parts = {"seconds": ours, "yardstick_seconds": yardstick}
    return Measured(row, value, None, parts, platform)


def run_window(program: str, *arguments: str, told: str = "") -> str:
    """Run a program of ours that needs Qt, with `told` on its standard input; its last line.

    On the screen of the environment, offscreen where there is none. Raises NotMeasured.
    """
    if getattr(sys, "frozen", False):
        raise NotMeasured("bench.needs_interpreter")
    environment = dict(os.environ)
    if not environment.get("DISPLAY") and sys.platform not in ("win32", "darwin"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", program, *arguments],
        input=told,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        if "Traceback" in done.stderr:
            raise RuntimeError(done.stderr.strip()[-2000:])
        raise NotMeasured("bench.no_window")  # Qt aborts where it finds no screen
    return done.stdout.splitlines()[-1]


RECORD = Figure("record-pdf", (Row("record-pdf", 3.0, 2.0),), _record)
FIRST_PAINT = Figure("first-paint", (Row("first-paint", 2.0, 1.5),), _first_paint)
