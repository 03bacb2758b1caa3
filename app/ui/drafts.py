"""Drafts from the window: queued at every change, written by a writer of their own.

A draft is on the disk when `settled` says so and not before. Changes that come while the disk is
busy are gathered, the last of each draft wins, and are written at once when it answers. Nothing is
dropped when a write fails: it is tried again, and the status bar says so. What is kept `quietly` is
nothing that anybody typed: about it nothing is said unless it fails. A draft belongs to the
account that typed it: nobody is shown what somebody else typed and did not save. Refuses to look
into what a draft holds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError
from app.models.drafts import DraftStore
from app.ui.tasks import Lane, Tasks

#: Milliseconds until a failed write is tried again.
_AGAIN = 2000
#: Milliseconds between a change and its writing: the key that made it is painted first.
_FIRST = 10
_GONE = None
#: Between the account and the name of a draft; no account's name holds it.
_OF = "\x1f"


class DraftDesk(QObject):
    """The drafts of an open installation. `put` returns at once."""

    #: Something waits for the disk.
    begun = Signal()
    #: Everything put so far is on the disk.
    settled = Signal()
    failed = Signal(object)
    #: Earlier drafts could not be read; their file was kept under this name.
    set_aside = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        open_store: Callable[[], DraftStore],
        parent: QObject | None = None,
        account: str = "",
    ) -> None:
        super().__init__(parent or tasks)
        self._mine = f"{account}{_OF}" if account else ""
        self._tasks = tasks
        self._writer = _Writer(open_store, self.set_aside.emit)
        self._running = False
        self._begun = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._run)

    @property
    def waiting(self) -> bool:
        """Whether something is not on the disk yet."""
        return self._running

    @property
    def unsettled(self) -> bool:
        """Whether `begun` was said and `settled` was not yet."""
        return self._begun

    def put(self, name: str, content: Mapping[str, object], *, quietly: bool = False) -> None:
        """Queue the present content of a draft."""
        self._queue(name, content, quietly=quietly)

    def drop(self, name: str, *, quietly: bool = False) -> None:
        """Queue the removal of a draft: it was saved, or the person gave it up."""
        self._queue(name, _GONE, quietly=quietly)

    def read(self, on_done: Callable[[dict[str, dict[str, object]]], None]) -> None:
        """All drafts of this account by name, after everything queued so far."""

        def mine(found: dict[str, dict[str, object]]) -> None:
            lead = self._mine
            on_done({k.removeprefix(lead): v for k, v in found.items() if k.startswith(lead)})

        self._tasks.run(self._writer.read, mine, self.failed.emit, lane=Lane.DRAFTS, owner=self)

    def close(self) -> None:
        """Write what still waits, on this thread, and close the file. For the end of the run."""
        self.closing()()

    def closing(self) -> Callable[[], None]:
        """What `close` does, for another thread, and good after this object is gone."""
        writer = self._writer
        self._soon.stop()

        def end() -> None:
            writer.write()
            writer.close()

        return end

    def _queue(self, name: str, content: Mapping[str, object] | None, *, quietly: bool) -> None:
        self._writer.take(f"{self._mine}{name}", content)
        if not (quietly or self._begun):
            self._begun = True
            self.begun.emit()
        if not self._running:
            self._running = True
            self._soon.start(_FIRST)

    def _run(self) -> None:
        self._tasks.run(
            self._writer.write, self._written, self._not_written, lane=Lane.DRAFTS, owner=self
        )

    def _written(self, _nothing: None) -> None:
        # Asked here, where changes are queued: one may have come after the writer had looked last.
        if self._writer.waits:
            self._run()
            return
        self._running = False
        if self._begun:
            self._begun = False
            self.settled.emit()

    def _not_written(self, error: AppError) -> None:
        self._begun = True  # the failure is told, so its end will be, too
        self.failed.emit(error)
        self._soon.start(_AGAIN)


class _Writer:
    """The part that works in the drafts' own thread; `take` is called from the window's."""

    def __init__(
        self, open_store: Callable[[], DraftStore], on_set_aside: Callable[[str], None]
    ) -> None:
        self._open_store = open_store
        self._on_set_aside = on_set_aside
        self._store: DraftStore | None = None
        self._lock = threading.Lock()
        self._pending: dict[str, Mapping[str, object] | None] = {}

    def take(self, name: str, content: Mapping[str, object] | None) -> None:
        with self._lock:
            self._pending[name] = content

    @property
    def waits(self) -> bool:
        """Whether something came since `write` took what there was."""
        with self._lock:
            return bool(self._pending)

    def write(self) -> None:
        """Write everything that waits."""
        with self._lock:
            taken, self._pending = self._pending, {}
        try:
            for name in list(taken):
                content = taken[name]
                if content is None:
                    self._opened().drop(name)
                else:
                    self._opened().save(name, json.dumps(content, ensure_ascii=False))
                del taken[name]
        except BaseException:
            with self._lock:
                self._pending = {**taken, **self._pending}
            raise

    def read(self) -> dict[str, dict[str, object]]:
        self.write()
        found: dict[str, dict[str, object]] = {}
        for draft in self._opened().all():
            found[draft.name] = json.loads(draft.content)
        return found

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> DraftStore:
        if self._store is None:
            self._store = self._open_store()
            if self._store.set_aside:
                self._on_set_aside(self._store.set_aside)
        return self._store
