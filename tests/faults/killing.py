"""Killing a command at a chosen moment, and saying which moment it was."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO

from tests.e2e.command_line import PASSPHRASE
from tests.faults.marks import MARKS, Marks

ROOT = Path(__file__).resolve().parents[2]
#: The time it is for every victim: a whole second of tomorrow, later than every certificate.
CLOCK = float(int(time.time()) + 86_400)
BEFORE, INSIDE, AFTER = "before", "inside", "after"


@dataclass(frozen=True)
class Death:
    """How a run ended: exit code (-9 when killed) and how far it was."""

    code: int
    marks: dict[str, int]
    output: str

    def phase(self, commit: int) -> str:
        """Where it was, seen from its commit of that number."""
        if self.marks["committed"] >= commit:
            return AFTER
        return INSIDE if self.marks["begun"] >= commit else BEFORE


@dataclass
class Timing:
    """Seconds of a whole run: until it was open, to the commit, in the commit, after it."""

    before: float = 0.0
    inside: float = 0.0
    after: float = 0.0


@dataclass
class Victims:
    """The process that runs commands for us."""

    folder: Path
    process: subprocess.Popen[str]
    marks: Marks
    counts: Counter[str] = field(default_factory=Counter)

    def start(
        self,
        home: Path,
        *words: str | Path,
        die_at: int | None = None,
        halt_at: tuple[str, int] | None = None,
    ) -> int:
        """Begin a command; its process id."""
        self.marks.clear()
        job = {
            "words": ["--home", str(home), "--json", *map(str, words)],
            "output": str(self.folder / "output"),
            "clock": CLOCK,
            "seed": 7,
            "die_at": die_at,
            "halt_at": halt_at,
        }
        _pipe(self.process.stdin).write(json.dumps(job) + "\n")
        _pipe(self.process.stdin).flush()
        return self._told("began")

    def _told(self, word: str) -> int:
        """The number after the word that has to come next; anything else is not a process id."""
        said = _pipe(self.process.stdout).readline().split()
        assert said[:1] == [word], said
        return int(said[1])

    def _state(self, pid: int) -> str:
        """What a child of the process we started is doing (proc(5)); empty when it is gone.

        Whoever else has that number is not ours to send signals to.
        """
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or read
            return ""
        state, parent = stat.rpartition(")")[2].split()[:2]
        assert int(parent) == self.process.pid, f"{pid} is nobody's victim"
        return state

    def _send(self, pid: int, number: signal.Signals) -> None:
        if self._state(pid):
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(pid, number)

    def end(self) -> Death:
        """Wait for its end."""
        code = self._told("ended")
        output = (self.folder / "output").read_text(encoding="utf-8")
        return Death(code, self.marks.read(), output)

    def run(self, home: Path, *words: str | Path, die_at: int | None = None) -> Death:
        """Run a command to its end, or to its death before step `die_at`."""
        self.start(home, *words, die_at=die_at)
        return self.end()

    def measure(self, home: Path, commit: int, *words: str | Path) -> Timing:
        """A whole run, with a clock beside it."""
        pid = self.start(home, *words)
        opened = self._await(pid, "opened", 1)
        begun = self._await(pid, "begun", commit)
        done = self._await(pid, "committed", commit)
        ended = self._await(pid, "ended", 1)
        death = self.end()
        assert death.code in (0, 4), death
        return Timing(begun - opened, done - begun, ended - done)

    def kill(self, home: Path, commit: int, phase: str, wait: float, *words: str | Path) -> Death:
        """Run a command and kill it `wait` seconds into a phase of its commit of that number."""
        mark = {BEFORE: ("opened", 1), INSIDE: ("begun", commit), AFTER: ("committed", commit)}
        return self.kill_past(home, mark[phase], wait, *words)

    def kill_past(
        self, home: Path, mark: tuple[str, int], wait: float, *words: str | Path
    ) -> Death:
        """Run a command and kill it `wait` seconds past a mark of that number."""
        pid = self.start(home, *words, halt_at=mark)
        self._halted(pid)
        self._kill_in(pid, wait)
        return self.end()

    def between(self, home: Path, marks: Sequence[str], *words: str | Path) -> list[float]:
        """A whole run: seconds from its beginning to the first mark, and from each to the next."""
        passed = [time.perf_counter()]
        pid = self.start(home, *words)
        passed += [self._await(pid, mark, 1) for mark in marks]
        death = self.end()
        assert death.code in (0, 4), death
        return [later - earlier for earlier, later in pairwise(passed)]

    def kill_from(self, home: Path, mark: str | None, wait: float, *words: str | Path) -> Death:
        """Run a command and kill it so long after its first such mark, or after its beginning."""
        pid = self.start(home, *words, halt_at=None if mark is None else (mark, 1))
        if mark is not None:
            self._halted(pid)
        self._kill_in(pid, wait)
        return self.end()

    def _halted(self, pid: int) -> None:
        self.await_halt(pid)
        self.go_on(pid)

    def await_halt(self, pid: int) -> None:
        """Wait until a command that was told to halt does so, or is gone."""
        limit = time.perf_counter() + 60
        while self._state(pid) not in ("T", ""):
            assert time.perf_counter() < limit
            time.sleep(0.001)

    def go_on(self, pid: int) -> None:
        """Let a halted command go on."""
        self._send(pid, signal.SIGCONT)

    def _kill_in(self, pid: int, wait: float) -> None:
        end = time.perf_counter() + wait
        while time.perf_counter() < end:
            pass
        self._send(pid, signal.SIGKILL)

    def _await(self, pid: int, mark: str, number: int) -> float:
        """When a mark was reached; no sleeping, a commit takes less than a tick."""
        limit = time.perf_counter() + 60
        while self.marks.get(mark) < number:
            gone = not self._state(pid) and self.marks.get(mark) < number
            if gone or time.perf_counter() > limit:
                self._send(pid, signal.SIGKILL)
                raise AssertionError(f"never {mark}: {self.end()}")
        return time.perf_counter()


@contextmanager
def victims(folder: Path) -> Iterator[Victims]:
    """Start the process that is there to be killed."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = folder / "marks"
    shared.write_bytes(bytes(MARKS.size))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SOTREEM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.victim", str(shared)],
        cwd=ROOT,
        env={**environment, "SOTREEM_PASSPHRASE": PASSPHRASE, "PYTHONWARNINGS": "error"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Victims(folder, process, Marks(shared))
    finally:
        _pipe(process.stdin).close()
        process.wait(timeout=60)
        _pipe(process.stdout).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def copy_of(home: Path, target: Path) -> Path:
    """A fresh copy of a closed home in place of `target`."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target)
    return target


class Waits:
    """How long to wait within each phase (`longest`, in seconds) before a kill.

    A phase that was measured while the machine had other work is shorter than that: after a kill
    that came too late the next one aimed there comes sooner, after one that struck later again.
    """

    def __init__(self, longest: Mapping[str, float]) -> None:
        self._longest = dict(longest)
        self._share = dict.fromkeys(longest, 1.0)

    def draw(self, phase: str, numbers: random.Random) -> float:
        """A moment within a phase."""
        return numbers.uniform(0.0, self._longest[phase] * self._share[phase])

    def note(self, phase: str, *, struck: bool) -> None:
        """Whether the kill that was aimed at a phase came in it."""
        self._share[phase] = min(1.0, self._share[phase] * (1.5 if struck else 0.5))


def waits(timing: Timing) -> Waits:
    """Of a command as it was timed (the end of a process is of no use)."""
    return Waits({BEFORE: timing.before, INSIDE: timing.inside, AFTER: timing.after * 0.5})


def aims(counts: Counter[str], least: int) -> Iterator[str]:
    """The phase each kill aims at, the commit itself most often.

    Until at least `least` kills struck and each phase in `counts`, which the caller keeps, was hit:
    on a busy machine many come when the command has ended. Four times as many are tried at most.
    """
    for at in range(least * 4):
        missing = [phase for phase in (BEFORE, INSIDE, AFTER) if not counts[phase]]
        if sum(counts[phase] for phase in (BEFORE, INSIDE, AFTER)) >= least:
            if not missing:
                return
            yield missing[0]
        else:
            yield (BEFORE, INSIDE, AFTER, INSIDE)[at % 4]
