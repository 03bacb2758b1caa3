"""The newest revision is written down, so that alembic need not be read to open a store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.models import migrate
from app.models.store import create_store, open_store

KEY = b"k" * 32
UNIT = "21010@2024"


def test_the_named_head_is_the_newest_script() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD


def test_alembic_reads_the_stamp_of_a_new_store(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store.db", KEY, UNIT)
    with store.read() as reading:
        assert MigrationContext.configure(reading).get_current_revision() == migrate.HEAD
        assert migrate.revision_of(reading) == migrate.HEAD
    store.close()


def test_a_store_opens_without_alembic(tmp_path: Path) -> None:
    create_store(tmp_path / "store.db", KEY, UNIT).close()
    program = (
        "import sys\nfrom pathlib import Path\nfrom app.models.store import open_store\n"
        "open_store(Path(sys.argv[1]), b'k' * 32, before_migration=lambda: None).close()\n"
        "print('alembic' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "store.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
    open_store(tmp_path / "store.db", KEY, before_migration=lambda: None).close()
