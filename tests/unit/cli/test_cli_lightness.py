"""Nothing heavy is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("PySide6", "sqlalchemy", "sqlcipher3", "alembic", "openpyxl", "cryptography", "zstandard")


def _loaded(script: str) -> list[str]:
    code = f"import sys\n{script}\nprint(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "script",
    [
        "import app.bootstrap",
        "import app.__main__",
        "import app.cli.program, app.cli.groups, app.cli.session",
    ],
)
def test_the_frame_loads_nothing_heavy(script: str) -> None:
    assert _loaded(script) == []


@pytest.mark.parametrize(
    "line",
    [
        ["--help"],
        ["handover", "--help"],
        ["register", "import", "--help"],
        ["unit", "find", "binh chuong"],
        ["unit", "list", "--unit", "51@2025"],
    ],
)
def test_what_needs_no_installation_loads_no_store(line: list[str], tmp_path: Path) -> None:
    script = (
        "import contextlib, io\n"
        "from app.bootstrap import open_services\n"
        "from app.cli.program import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    code = main(['--home', {str(tmp_path / 'none')!r}, *{line!r}], open_services)\n"
        "assert code == 0, code"
    )
    assert _loaded(script) == []


def test_services_and_commands_load_without_qt() -> None:
    script = (
        "from app.cli.groups import GROUPS, group_module\n"
        "[group_module(name) for name in GROUPS]\n"
        "import app.services.services"
    )
    assert "PySide6" not in _loaded(script)
