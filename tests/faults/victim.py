"""A process that is there to be killed: runs commands of the program, each in a child of its own.

Started once by `tests.faults.killing`; reads one job a line from stdin, forks, and tells the
child's process id. The child marks in a shared file how far it is: everything here is done to the
program from outside. Random numbers and the clock are fixed by the job, so that two runs of one
command on equal homes write equal rows.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.marks import Marks
from tests.loaded_program import load_the_program

_CLOCK = [time.time()]
time.time = lambda: _CLOCK[0]  # before anything of the program takes it as a default


def _fix_chance(seed: int) -> None:
    numbers = random.Random(seed)
    secrets.token_bytes = lambda count=32: numbers.randbytes(count)  # type: ignore[assignment]
    uuid.uuid4 = lambda: uuid.UUID(bytes=numbers.randbytes(16), version=4)  # type: ignore[assignment]


def _watch(marks: Marks, die_at: int | None, halt_at: tuple[str, int] | None) -> None:
    """Count every step by which something reaches the disk; die before number `die_at`.

    At the mark `halt_at` (name, number) the process stops until it is told to go on.
    """
    from app.models import migrate
    from app.models.work import UnitOfWork
    from app.services import installation

    def reached(name: str) -> None:
        if (name, marks.add(name)) == halt_at:
            os.kill(os.getpid(), signal.SIGSTOP)

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **named: Any) -> Any:
            if marks.add("events") == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **named)

        return step

    os.fsync = counted(os.fsync)
    os.replace = counted(os.replace)
    os.unlink = counted(os.unlink)
    os.mkdir = counted(os.mkdir)
    committing, opening = UnitOfWork.commit, installation.open_workplace
    upgrading = migrate.upgrade

    def commit(work: UnitOfWork) -> None:
        reached("begun")
        counted(committing)(work)
        reached("committed")
        if marks.add("events") == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def opened(*args: Any, **named: Any) -> Any:
        found = opening(*args, **named)
        reached("opened")
        return found

    def upgrade(engine: Any, before_migration: Callable[[], None]) -> None:
        def backed_up() -> None:
            before_migration()
            reached("backed_up")

        upgrading(engine, backed_up)
        reached("migrated")

    migrate.upgrade = upgrade
    UnitOfWork.commit = commit  # type: ignore[method-assign]
    installation.open_workplace = opened


def _child(job: dict[str, Any], marks: Marks) -> None:
    from app.bootstrap import open_services
    from app.cli.program import main

    out = os.open(job["output"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    _CLOCK[0] = job["clock"]
    _fix_chance(job["seed"])
    halt = job["halt_at"]
    _watch(marks, job["die_at"], None if halt is None else (halt[0], halt[1]))
    code = main(job["words"], open_services)
    sys.stdout.flush()
    marks.add("ended")
    os._exit(code)


def serve(marks: Marks) -> None:
    import pytest

    from tests.passphrase_cost import make_cheap

    load_the_program()
    make_cheap(pytest.MonkeyPatch())  # as in the process of the tests
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                _child(job, marks)
            finally:
                os._exit(99)
        sys.stdout.write(f"began {pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"ended {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(Marks(Path(sys.argv[1])))
