"""Tasks of the bench in a process of their own: `probe`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.services.bench.figure import NotMeasured
from app.services.workplace import Workplace

_MEGABYTE = 1 << 20
_PROBE = "app.services.bench.probe"


def in_own_process(workplace: Workplace, task: str, path: Path | None = None) -> dict[str, float]:
    """What the task took in a new process, which gets the data key on its standard input: opening
    a key slot takes 64 MiB by design and would be measured, too.
    """
    command = [sys.executable, "-m", _PROBE, task, str(workplace.settings.home)]
    done = subprocess.run(  # noqa: S603 - this very program
        [*command, str(path)] if path else command,
        input=json.dumps({"dek": workplace.dek.hex(), "user": workplace.account.name}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[-2000:])
    took: dict[str, float] = json.loads(done.stdout)
    return took


def peak_megabytes(workplace: Workplace, task: str, path: Path) -> float:
    """The most memory that the task took. Raises NotMeasured where the system does not say."""
    peak = in_own_process(workplace, task, path)["peak_bytes"]
    if not peak:
        raise NotMeasured("bench.no_peak")
    return peak / _MEGABYTE
