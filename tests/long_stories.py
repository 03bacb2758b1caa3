"""Tests that take long: every run tries an eighth of them, another one at every commit, and the
long run all. The random histories and the year are in every run: what they try is a slice by
itself, and no other test says that all laws hold together.

`long_stories.txt` names them. It is written anew from what a whole run measured, best on a machine
with nothing else to do:

    SOTREEM_MEASURE=FOLDER python -m pytest -n 2 --dist loadfile
    python -m tests.long_stories FOLDER

`make test` leaves the others out (`SOTREEM_SLICE=1`) and says how many; who runs a file by hand
runs all of it.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import zlib
from collections.abc import Generator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LISTED = HERE / "long_stories.txt"
#: Seconds of the processor, the programs that a test starts among them.
TOO_LONG = 0.5
EIGHTH = 8
#: In every run, whatever they take.
ALWAYS = ("tests/properties/test_fleet.py", "tests/properties/test_year.py")


def listed() -> set[str]:
    """The ids of the tests that take too long for every run."""
    return set(LISTED.read_text(encoding="utf-8").splitlines())


def leave_out_long_stories(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a run that is sliced: all but an eighth of what is listed. Which eighth follows from the
    commit, so that a few of them try everything and each tries the same again.
    """
    if not os.environ.get("SOTREEM_SLICE"):
        return
    commit = _commit()
    left_out = {one for one in listed() if zlib.crc32(f"{commit} {one}".encode()) % EIGHTH}
    config.hook.pytest_deselected(items=[one for one in items if one.nodeid in left_out])
    items[:] = [one for one in items if one.nodeid not in left_out]


def _commit() -> str:
    """What is checked out; nothing where that is no repository, or nobody can say."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = [git, "-C", str(HERE), "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, kinds))


_files: set[Path] = set()
_taken: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """What is made for one test belongs to it. What is made once for a file does not: it comes with
    the first test of the file.
    """
    before = _used()
    try:
        return (yield)
    finally:
        _taken[item.nodeid] = _used() - before if item.path in _files else 0.0
        _files.add(item.path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Note what a test took, where that is asked for."""
    before = _used()
    try:
        return (yield)
    finally:
        if folder := os.environ.get("SOTREEM_MEASURE"):
            took = _used() - before + _taken[item.nodeid]
            with (Path(folder) / f"{os.getpid()}.txt").open("a", encoding="utf-8") as file:
                file.write(f"{took:.2f} {item.nodeid}\n")


def main(folder: Path) -> None:
    """Write the list from what a run measured."""
    found: dict[str, float] = {}
    for file in folder.glob("*.txt"):
        for line in file.read_text(encoding="utf-8").splitlines():
            took, _, nodeid = line.partition(" ")
            found[nodeid] = float(took)
    long = sorted(
        nodeid
        for nodeid, took in found.items()
        if took > TOO_LONG and not nodeid.startswith(ALWAYS)
    )
    LISTED.write_text("".join(f"{one}\n" for one in long), encoding="utf-8")
    print(f"{len(long)} of {len(found)} tests, {sum(found[one] for one in long):.0f} s of ", end="")
    print(f"{sum(found.values()):.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
