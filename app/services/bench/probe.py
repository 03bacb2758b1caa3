"""One import, export or check in a process of its own: what it took, and its most memory.

    python -m app.services.bench.probe import|import-all|export|check|duplicates HOME [PATH]

reads `{"dek", "user"}` from standard input and prints `{"peak_bytes"}` and, of a check, what
`checking.measured` gives. Only the bench calls it (`own_process`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.services.bench import duplicates
from app.services.bench.checking import measured
from app.services.checks import CheckSummary
from app.services.handover_receiving import Receiving
from app.services.handover_sending import Sending
from app.services.installation import Unlocked, open_workplace
from app.settings import Settings

_PROVINCE = "51@2024"


def main(task: str, home: str, path: str = "") -> None:
    """Run the task and say what it took."""
    took: dict[str, float] = {}
    told = json.load(sys.stdin)
    unlocked = Unlocked(bytes.fromhex(told["dek"]), told["user"])
    workplace = open_workplace(Settings(Path(home)), unlocked)
    if task in ("import", "import-all"):
        # A file, or every file of a folder in one go.
        files = [Path(path)] if task == "import" else sorted(Path(path).iterdir())
        for result in Receiving(workplace).receive(files):
            if result.status != "imported":
                raise SystemExit(f"{result.status}: {result.reason}")
    elif task == "check":
        took = measured(workplace)
    elif task == "duplicates":
        took = duplicates.measured(Path(path))
    else:
        Sending(workplace, lambda _progress, _units: CheckSummary()).send(_PROVINCE, Path(path))
    workplace.store.close()
    sys.stdout.write(json.dumps({**took, "peak_bytes": peak_bytes()}))


def peak_bytes() -> int:
    """The largest resident size of this process so far; 0 where the system does not say.

    Linux keeps it with the memory map of the process: `getrusage` would also count what the parent
    held when it started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows_peak()
    return 0


def _windows_peak() -> int:
    """`PROCESS_MEMORY_COUNTERS.PeakWorkingSetSize` (psapi)."""
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", ctypes.c_uint32),
            ("page_faults", ctypes.c_uint32),
            ("peak_working_set", ctypes.c_size_t),
            ("rest", ctypes.c_size_t * 7),
        )

    counters = Counters(cb=ctypes.sizeof(Counters))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    known = kernel.K32GetProcessMemoryInfo(
        ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(counters), counters.cb
    )
    return int(counters.peak_working_set) if known else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
