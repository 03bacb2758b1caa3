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
from app.services.bench.peak import peak_bytes
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
    sys.stdout.write(json.dumps({"peak_bytes": peak_bytes(), **took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
