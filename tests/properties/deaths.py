"""A PC of the fleet that dies at some statement of what it does, and is started again (I12).

What is left of a process that dies is what lies on its disk: the file of the store and its log, as
they are at that moment. That is what the PC goes on from; the store that was open is thrown away
with whatever it still had in memory. `tests/faults` kills real processes, within a commit too.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from app.models.store import Store
from tests.properties.fleet import Replica, opened

_FILES = ("", "-wal")


class Death(BaseException):
    """The process is gone. Nobody catches it but whoever waits for it."""


@contextmanager
def dying_at(store: Store, statement: int, disk: Path) -> Iterator[None]:
    """Die before a statement of that number is executed by whatever writes, the first is 1; `disk`
    is what is left then. Who writes fewer comes to the end."""
    done = 0

    def step(connection, *_rest) -> None:
        nonlocal done
        if not connection.get_execution_options().get("writing"):
            return
        done += 1
        if done == statement:
            keep(store, disk)
            raise Death

    event.listen(store._engine, "before_cursor_execute", step)
    try:
        yield
    finally:
        event.remove(store._engine, "before_cursor_execute", step)


def keep(store: Store, disk: Path) -> None:
    """What lies on the disk at this moment."""
    for suffix in _FILES:
        source = Path(f"{store.path}{suffix}")
        if source.exists():
            shutil.copy(source, f"{disk}{suffix}")


def killed(here: Replica, statement: int, act: Callable[[], object]) -> bool:
    """Do what is one transaction and die before its statement of that number, or right after its
    commit if it has fewer; then start again. Whether it had been done by then.

    I12: what is there is what was there before, or all of what it comes to.
    """
    disk = Path(tempfile.mkdtemp(dir=here.folder)) / "store.db"
    before = here.tables()
    try:
        with dying_at(here.store, statement, disk):
            act()
    except Death:
        done, expected = False, before
    else:
        done, expected = True, here.tables()
        keep(here.store, disk)
    _start_again(here, disk)
    found = here.tables()
    differing = sorted(name for name in found if found[name] != expected[name])
    assert not differing, f"I12: {differing} stand neither as before nor as after"
    return done


def _start_again(here: Replica, disk: Path) -> None:
    """Only the disk is left: open pages are gone, the store is opened as it lies there."""
    here.pages.clear()
    here.store.close()
    for suffix in (*_FILES, "-shm"):
        Path(f"{here.store.path}{suffix}").unlink(missing_ok=True)
    for suffix in _FILES:
        if (left := Path(f"{disk}{suffix}")).exists():
            shutil.move(left, f"{here.store.path}{suffix}")
    here.store = opened(here.store.path)
