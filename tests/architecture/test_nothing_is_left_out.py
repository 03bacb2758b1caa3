"""What could not run is the last line of a run, and in CI a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.missing import need_programs

ROOT = Path(__file__).resolve().parents[2]
_TESTS = """
import pytest
from tests.missing import need_programs

def test_that_runs():
    pass

def test_that_cannot():
    need_programs("no-such-program-anywhere")

def test_that_cannot_either():
    need_programs("no-such-program-anywhere")

@pytest.mark.skipif(True, reason="not on this system")
def test_of_another_system():
    pass
"""


def _run(folder: Path, *words: str, ci: str = "") -> list[str]:
    (folder / "test_some.py").write_text(_TESTS, encoding="utf-8")
    (folder / "conftest.py").write_text(
        "from tests.missing import pytest_sessionfinish\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CI": ci, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in done.stdout.splitlines() if line.strip()]


@pytest.mark.parametrize("words", [(), ("-n", "1")])
def test_the_last_line_names_what_could_not_run(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert _run(tmp_path, *words)[-1] == (
        "Could not run: not installed: no-such-program-anywhere (2); not on this system (1)"
    )


def test_in_ci_what_is_missing_is_a_failure(tmp_path: Path) -> None:
    lines = _run(tmp_path, ci="1")
    assert lines[-1] == "Could not run: not on this system (1)"
    assert any("2 failed, 1 passed, 1 skipped" in line for line in lines)
    assert any("CI may not go without: not installed: no-such-program" in line for line in lines)


def test_a_program_that_is_there_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    need_programs("python3")


def test_ci_sets_what_turns_a_skip_into_a_failure() -> None:
    assert "\nexport CI=1\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
