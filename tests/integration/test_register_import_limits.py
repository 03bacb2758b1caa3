"""What an import may cost, and what is left when the machine dies in the middle of one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from app.models.store import open_store
from app.services.invented import COLUMNS, generate, rows
from app.services.register_import import RegisterImport
from tests.counts import tell
from tests.dumps import dump_store
from tests.integration.registers import sheet
from tests.long_runs import slice_or_all
from tests.workplaces import KEY, make_workplace

COMMUNE = "21010@2024"
ROOT = Path(__file__).parents[2]

_IMPORT = """
import sys
from functools import partial
from pathlib import Path
import app.models.store
import app.services.register_import as importing
from app.models.connection import connect
from tests.workplaces import make_workplace, reopened, KEY
from app.models.store import open_store
from app.forms.catalogue import packaged
from app.services.workplace import Account, Progress, Workplace
from app.services.rights import ALL_RIGHTS
from app.settings import Settings

home, file, batch = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
settings = Settings(home)
# A page cache that is full from the start: what grows besides would be the import's doing.
app.models.store.connect = partial(connect, cache_kib=2048)
store = open_store(settings.store_path, KEY, before_migration=lambda: None)
account = Account("an", "Đặng An", "Công chức", ALL_RIGHTS)
workplace = Workplace(settings, store, packaged(), account, KEY)
if batch:
    importing.BATCH_ROWS = batch
def peak():
    # Of this process alone; getrusage carries the parent's peak over into the child.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0

before = peak()
print("begin", flush=True)
steps = Progress(on_step=lambda done, total: print("step", done, flush=True))
result = importing.RegisterImport(workplace).run(file, progress=steps)
print("done", result.created, flush=True)
print("memory", (peak() - before) // 1024, peak() // 1024, flush=True)
"""


def _file(path: Path, children: int) -> Path:
    made = rows(generate(3, children, [COMMUNE], date(2025, 6, 1)))
    return sheet(path, COLUMNS, islice(made, children))


def _command(home: Path, file: Path, batch: int = 0) -> list[str]:
    return [sys.executable, "-c", _IMPORT, str(home), str(file), str(batch)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def _growth(folder: Path, children: int) -> tuple[int, int]:
    """By how many MB an import raised the peak of its process, and that peak."""
    home = folder / f"home{children}"
    make_workplace(home, COMMUNE).store.close()
    file = _file(folder / f"{children}.xlsx", children)
    done = subprocess.run(
        _command(home, file), env=_environment(), capture_output=True, text=True, check=True
    )
    assert f"done {children}" in done.stdout
    grown, peak = done.stdout.rsplit("memory ", 1)[1].split()
    return int(grown), int(peak)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc there")
def test_many_more_rows_take_hardly_more_memory(tmp_path: Path) -> None:
    few, many = 4000, slice_or_all(8000, 12_000)
    small, _ = _growth(tmp_path, few)
    large, peak = _growth(tmp_path, many)
    tell(f"import of {few} rows: +{small} MB; of {many} rows: +{large} MB, peak {peak} MB")
    # Of each row more: hashes of keys and ids, a few bytes each, and what the allocator keeps.
    allowed = 10 * (many - few) / 8000
    assert small > 0
    assert large - small < allowed
    # Growing on like this, 28,000 rows would fit, too.
    assert peak + (28_000 - many) / (many - few) * max(large - small, allowed) < 256


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_kill_at_any_point_leaves_all_or_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workplace = make_workplace(home, COMMUNE)
    file = _file(tmp_path / "a.xlsx", 600)
    empty = dump_store(workplace.settings.store_path, KEY)
    workplace.store.close()
    dice = random.Random(20)
    landed = {"before": 0, "inside": 0, "after": 0}
    last = slice_or_all(4, 9)
    for turn in range(last + 1):
        process = subprocess.Popen(
            _command(home, file, 40),
            env=_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = 0
        wanted = 1 if turn == 0 else dice.randrange(2, 27) if turn < last else 10_000
        for line in process.stdout:
            lines += 1
            if lines >= wanted or line.startswith("done"):
                break
        time.sleep(dice.random() / 200)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        now = dump_store(workplace.settings.store_path, KEY)
        if len(now["child"]) == 600:
            landed["after"] += 1
            break
        assert now == empty
        landed["before" if lines == 1 else "inside"] += 1
    tell(
        f"imports killed before the first row {landed['before']}, inside {landed['inside']}, "
        f"after the commit {landed['after']}"
    )
    assert all(landed.values())
    store = open_store(workplace.settings.store_path, KEY, before_migration=lambda: None)
    workplace.store = store
    assert RegisterImport(workplace).run(file).operations == 0
    store.close()
