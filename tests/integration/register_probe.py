"""One import or export of a register in a process of its own, and the most memory it ever held.

    python -m tests.integration.register_probe import|export HOME FILE

`import` begins a home and takes the file in, `export` writes the register of the home to the file;
either prints `{"rows", "peak_bytes"}`. A process never gives its peak back, hence one each.

Two bounds that the program has whatever the number of rows are lowered here, so that a few thousand
rows pass them and what grows with the rows is seen: the page cache of the database (64 MiB) and the
rows of a batch (4,000).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.models import connection
from app.services import register_import
from app.services.bench.peak import peak_bytes
from app.services.register_export import RegisterExport
from app.services.register_import import RegisterImport, named_column_map
from tests.workplaces import make_workplace, opened_workplace

CACHE_KIB, BATCH_ROWS = 1024, 250


def main(task: str, home: str, path: str) -> None:
    """Do it and say what it took."""
    defaults = connection.connect.__kwdefaults__
    assert defaults["cache_kib"] == connection.CACHE_KIB > CACHE_KIB
    defaults["cache_kib"] = CACHE_KIB
    assert register_import.BATCH_ROWS > BATCH_ROWS
    register_import.BATCH_ROWS = BATCH_ROWS
    if task == "import":
        workplace = make_workplace(Path(home))
        chosen = named_column_map("register-sample")
        rows = RegisterImport(workplace).run(Path(path), columns=chosen).rows
    else:
        workplace = opened_workplace(Path(home))
        rows = RegisterExport(workplace).export(Path(path)).rows
    workplace.store.close()
    sys.stdout.write(json.dumps({"rows": rows, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
