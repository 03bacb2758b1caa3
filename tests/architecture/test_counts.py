"""The counts of long tests come out at the end of a run, also those that workers made."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG_TESTS = [
    path
    for folder in ("properties", "faults", "vectors")
    for path in sorted((ROOT / "tests" / folder).rglob("*.py"))
] + [ROOT / "tests" / "ui" / f"test_window_{name}.py" for name in ("drafts", "undisturbed")]
SMALL = """
import pytest
from tests.counts import tell


@pytest.fixture(scope="module", autouse=True)
def _at_the_end():
    yield
    tell("{name}: 3 histories")


def test_it():
    tell("{name}: 7 kills")
"""


def _long_run() -> list[str]:
    """The options of pytest in `make test-long`, without the folders."""
    made = subprocess.run(
        ["make", "-n", "test-long"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (line,) = [one for one in made.stdout.splitlines() if "pytest" in one]
    assert "SOTREEM_LONG=1" in line
    words = shlex.split(line)
    return [one for one in words[words.index("pytest") + 1 :] if not (ROOT / one).exists()]


@pytest.mark.parametrize("alone", [False, True])
def test_counts_of_every_worker_stand_at_the_end_of_a_long_run(tmp_path: Path, alone: bool) -> None:
    """With the options of `make test-long`, and without workers."""
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(SMALL.format(name=name), encoding="utf-8")
    # The folder's own configuration is that of the tests: what they register is what is tried.
    (tmp_path / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = ["-q"] if alone else _long_run()
    assert alone or {"-n", "2"} <= set(options)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    start = next(at for at, line in enumerate(lines) if line.strip("= ") == "counts")
    assert lines[start + 1 : start + 5] == [
        "one: 3 histories",
        "one: 7 kills",
        "two: 3 histories",
        "two: 7 kills",
    ]
    assert lines[-1].startswith("Could not run:")


@pytest.mark.parametrize("path", LONG_TESTS, ids=lambda path: path.stem)
def test_no_long_test_prints_what_nobody_would_read(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    printed = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printed == [], "use tests.counts.tell"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("faults/test_kills.py", "before commit"),
        ("faults/test_kill_steps.py", "killed before"),
        ("faults/test_full_disk.py", "full disk"),
        ("properties/test_fleet.py", "fleet histories"),
        ("properties/test_bundle_mutations.py", "bundles mutated and read"),
        ("properties/test_door_variants.py", "variants at the door"),
        ("vectors/test_bundle_insiders_received.py", "bundles mutated and received"),
        ("vectors/test_bundle_insiders_received.py", "insiders' variants"),
    ],
)
def test_every_long_test_tells_its_counts(file: str, said: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    told = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell"
    ]
    assert any(said in one for one in told), told
