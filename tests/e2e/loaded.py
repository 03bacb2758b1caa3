"""Commands for `Terminal`, each in a process of its own that finds the program loaded.

Run as a module it reads one job a line from stdin, forks, and tells how the child ended. The child
gets words, environment, and files for what it prints, and enters the program where `python -m app`
does. `test_a_loaded_program_answers_as_one_that_starts` compares the two.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.loaded_program import load_the_program

ROOT = Path(__file__).resolve().parents[2]
#: Seconds after which a command is taken for stuck; it dies by SIGALRM then.
_LIMIT = 120


class Loaded:
    """The process that forks."""

    def __init__(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SOTREEM")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.loaded"],
            cwd=ROOT,
            env={**kept, "PYTHONWARNINGS": "error"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
        """(exit code, stdout, stderr) of one command."""
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        with tempfile.TemporaryDirectory() as name:
            out, notes = Path(name) / "out", Path(name) / "notes"
            job = {
                "words": [*words],
                "environment": {**environment},
                "out": str(out),
                "notes": str(notes),
            }
            sent.write(json.dumps(job) + "\n")
            sent.flush()
            said = answers.readline().split()
            assert said[:1] == ["ended"], said
            return int(said[1]), out.read_bytes(), notes.read_bytes()

    def close(self) -> None:
        """End it; every command has ended."""
        self._process.communicate(timeout=60)


@cache
def loaded() -> Loaded:
    """One for the process that asks, ended with it."""
    made = Loaded()
    atexit.register(made.close)
    return made


def _child(job: dict[str, Any]) -> int:
    signal.alarm(_LIMIT)
    mode = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
    for number, file in enumerate(
        (
            os.open(os.devnull, os.O_RDONLY),
            os.open(job["out"], mode, 0o600),
            os.open(job["notes"], mode, 0o600),
        )
    ):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(job["environment"])
    time.tzset()
    # As the interpreter makes them where PYTHONIOENCODING says so.
    encoding = os.environ["PYTHONIOENCODING"]
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding=encoding)
    out, notes = (io.BufferedWriter(io.FileIO(n, "w", closefd=False)) for n in (1, 2))
    sys.stdout = io.TextIOWrapper(out, encoding=encoding)
    sys.stderr = io.TextIOWrapper(notes, encoding=encoding, errors="backslashreplace")
    sys.argv = ["app", *job["words"]]
    from app.__main__ import main

    try:
        return main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _serve() -> None:
    load_the_program()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = _child(json.loads(line))
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"ended {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
