"""The figures of the window in a real one: an X server of its own with a window manager."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

from app.i18n import text
from app.services.bench import runner
from app.ui.figures.entry_cost import KEYS_A_SECOND, SECONDS_A_CHILD
from tests.long_runs import slice_or_all

ROOT = Path(__file__).resolve().parents[2]
#: So few that everything is only tried once.
CHILDREN = "60"
FIGURES = slice_or_all(("first-paint", "key", "open", "work"), ("ui",))


def test_every_figure_of_the_window_is_measured_in_a_real_one(
    screen: dict[str, str], tmp_path: Path
) -> None:
    screen.pop("QT_QPA_PLATFORM")  # as for whoever sits there: a display is enough
    command = ("--home", str(tmp_path), "--json", "bench", *FIGURES, "--children", CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "app", *command],
        cwd=ROOT,
        env=screen,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,  # ratios of a household in a register of sixty say nothing
    )
    assert done.stdout, done.stderr[-4000:]
    found = {one["figure"]: one for one in json.loads(done.stdout)["figures"]}
    assert set(found) == {row.name for figure in runner.chosen(FIGURES) for row in figure.rows}
    for name, one in found.items():
        assert one["measured"] is not None, f"{name}: {one['reason']}"
        assert math.isfinite(one["measured"]), name
        assert one["measured"] > 0, name
        assert one["platform"] == "xcb", name
    assert 60 < found["work-memory"]["measured"] < 600, "megabytes, not bytes"
    keys, seconds = found["entry-keys"]["measured"], found["entry-time"]["measured"]
    assert seconds == keys / KEYS_A_SECOND / 2, "two children"
    assert seconds < SECONDS_A_CHILD


def test_the_time_that_a_child_may_take_stands_beside_what_its_keys_take() -> None:
    assert f"{SECONDS_A_CHILD} s" in text("bench.row.entry_time")
