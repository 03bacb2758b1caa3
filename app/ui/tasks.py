"""The only door to threads.

`Tasks.run(op, on_done, on_error)` runs `op` beside the window and answers on the window's thread.
One thread writes, one writes drafts, a few read. An `op` holds plain values and services, never a
widget (refused at once), asks no question, and returns what changed; the page decides what to do
with it. `shutdown` lets every write finish.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from functools import partial
from types import CellType
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.errors import AppError, BugError
from app.services.workplace import Cancelled
from app.system_failures import known

T = TypeVar("T")

_READERS = 2
#: Seconds after which a thread that works in Python lets another one in. With Python's own five
#: milliseconds a window that is painted piece by piece waits so long for each of them while
#: somebody reads.
_TURN = 0.0005
#: How deep the values held by an operation are searched for widgets.
_DEPTH = 4


class Lane(Enum):
    """Where an operation runs. Within WRITE and DRAFTS they run one after the other, in order."""

    READ = "read"
    WRITE = "write"
    DRAFTS = "drafts"


class Watch:
    """How a long operation tells how far it is and learns that it should stop.

    Made for the working thread: `report(done, total)` may be called as often as one likes,
    `cancelled()` is true once a person asked to stop.
    """

    def __init__(self, post: Callable[[Callable[[], None]], None]) -> None:
        self._post = post
        self._stop = threading.Event()
        self._yield = threading.Event()
        self._lock = threading.Lock()
        self._latest: tuple[int, int] | None = None
        self.on_progress: Callable[[int, int], None] | None = None
        self.on_phase: Callable[[str], None] | None = None

    def report(self, done: int, total: int) -> None:
        """Say how far the work is. Steps that the window has not shown yet are passed over."""
        with self._lock:
            waiting = self._latest is not None
            self._latest = (done, total)
        if not waiting:
            self._post(self._deliver)

    def phase(self, name: str) -> None:
        """Say that another part of the work begins."""
        self._post(partial(self._begun, name))

    def cancelled(self) -> bool:
        """Whether a person asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the operation to stop at its next step."""
        self._stop.set()

    def yields(self) -> bool:
        """Whether to stop where it can be gone on with: the program is about to be closed."""
        return self._yield.is_set()

    def give_way(self) -> None:
        """Ask the operation to stop where it can be gone on with."""
        self._yield.set()

    def _begun(self, name: str) -> None:
        if self.on_phase is not None:
            self.on_phase(name)

    def _deliver(self) -> None:
        with self._lock:
            latest, self._latest = self._latest, None
        if latest is not None and self.on_progress is not None:
            self.on_progress(*latest)


class Ticket(Generic[T]):
    """An operation under way."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._future: Future[T] | None = None

    def cancel(self) -> None:
        """Stop it: at once when it has not begun, else at its next step."""
        self._watch.cancel()
        if self._future is not None:
            self._future.cancel()


class Tasks(QObject):
    """Runs operations beside the window. Lives on the window's thread."""

    #: True while anything runs or waits; for the status bar.
    busy_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        in_words: Callable[[BaseException], AppError] | None = None,
    ) -> None:
        """`in_words` makes of whatever an operation raised what a person can be told."""
        super().__init__(parent)
        sys.setswitchinterval(_TURN)
        self._in_words = in_words or _as_app_error
        self._lanes = {
            Lane.READ: ThreadPoolExecutor(_READERS, thread_name_prefix="read"),
            Lane.WRITE: ThreadPoolExecutor(1, thread_name_prefix="write"),
            Lane.DRAFTS: ThreadPoolExecutor(1, thread_name_prefix="drafts"),
        }
        self._open = True
        self._running = 0
        self._writing = 0
        #: What stops when the program is closed.
        self._yielding: set[Watch] = set()
        self._gave_way: set[Watch] = set()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything runs, waits, or has not been answered yet."""
        return self._running > 0

    @property
    def writes(self) -> int:
        """How many operations write, wait to write, or have not been answered yet."""
        return self._writing

    @property
    def is_open(self) -> bool:
        """Whether work is taken: not after `shutdown`."""
        return self._open

    def run(
        self,
        op: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[AppError], None],
        *,
        lane: Lane = Lane.READ,
        owner: QObject | None = None,
    ) -> Ticket[T]:
        """Run `op` and answer on the window's thread with its result or its error.

        With an `owner`, answers are dropped once it is deleted. What the system refused arrives as
        the KnownError of `app.system_failures`, any other error as BugError `errors.bug` with the
        cause attached; a bug is reported also when nobody waits for the answer. Raises BugError for
        an `op` that holds a widget, from another thread, and after `shutdown`.
        """

        def plain(_watch: Watch) -> T:
            return op()

        return self._submit(op, plain, on_done, on_error, None, lane, owner)

    def run_watched(
        self,
        op: Callable[[Watch], T],
        on_done: Callable[[T], None],
        on_error: Callable[[AppError], None],
        on_progress: Callable[[int, int], None],
        on_phase: Callable[[str], None] | None = None,
        *,
        lane: Lane = Lane.READ,
        owner: QObject | None = None,
        gives_way: bool = False,
    ) -> Ticket[T]:
        """As `run`, for long work: `op` gets a Watch, `on_progress(done, total)` its reports, and
        `on_phase(name)` is told what begins. With `gives_way` it is stopped when the program is
        closed: what it did so far counts, and it can be gone on with.
        """
        ticket = self._submit(op, op, on_done, on_error, on_progress, lane, owner)
        if gives_way:
            self._yielding.add(ticket._watch)
        if on_phase is not None:

            def phase(name: str) -> None:
                if owner is None or isValid(owner):
                    on_phase(name)

            # In time: what the operation says arrives at the next turn of this thread's loop.
            ticket._watch.on_phase = phase
        return ticket

    def give_way(self) -> bool:
        """Ask what gives way to stop where it can be gone on with; whether there was any."""
        self._gave_way |= self._yielding
        for watch in self._gave_way:
            watch.give_way()
        return self.giving_way

    @property
    def giving_way(self) -> bool:
        """Whether something that was asked to give way has not ended yet."""
        return bool(self._gave_way & self._yielding)

    def shutdown(self) -> None:
        """Take no more work, drop reads that have not begun, and wait for all the rest.

        Nothing is answered afterwards.
        """
        self._open = False
        self._lanes[Lane.READ].shutdown(wait=False, cancel_futures=True)
        for lane in (Lane.DRAFTS, Lane.WRITE, Lane.READ):
            self._lanes[lane].shutdown(wait=True)

    def _submit(
        self,
        given: Callable[..., T],
        op: Callable[[Watch], T],
        on_done: Callable[[T], None],
        on_error: Callable[[AppError], None],
        on_progress: Callable[[int, int], None] | None,
        lane: Lane,
        owner: QObject | None,
    ) -> Ticket[T]:
        if QThread.currentThread() is not self.thread():
            raise BugError("tasks.wrong_thread")
        if not self._open:
            raise BugError("tasks.closed")
        if any(isinstance(value, (QWidget, QWindow)) for value in _held_by(given)):
            raise BugError("tasks.holds_widget")
        watch = Watch(self._post)
        ticket: Ticket[T] = Ticket(watch)

        def answers() -> bool:
            return self._open and (owner is None or isValid(owner))

        def progress(done: int, total: int) -> None:
            if on_progress is not None and answers():
                on_progress(done, total)

        def finish(future: Future[T]) -> None:
            self._count(-1)
            self._writing -= lane is Lane.WRITE
            self._yielding.discard(watch)
            if future.cancelled():
                # No thread had begun it. Who stopped long work is told all the same: the page waits
                # for an answer.
                if on_progress is not None and answers():
                    on_error(Cancelled())
                return
            error = future.exception()
            told = None if error is None else self._in_words(error)
            if not answers():
                return
            if told is None:
                on_done(future.result())
            else:
                on_error(told)

        watch.on_progress = progress
        self._count(1)
        self._writing += lane is Lane.WRITE
        future = self._lanes[lane].submit(op, watch)
        ticket._future = future
        future.add_done_callback(lambda done: self._post(partial(finish, done)))
        return ticket

    def _count(self, step: int) -> None:
        before = self.busy
        self._running += step
        if before != self.busy:
            self.busy_changed.emit(self.busy)

    def _post(self, delivery: Callable[[], None]) -> None:
        """Called from any thread; `delivery` runs on the window's."""
        if self._open:
            self._arrived.emit(delivery)

    @Slot(object)
    def _deliver(self, delivery: Callable[[], None]) -> None:
        if self._open:
            delivery()


def _as_app_error(error: BaseException) -> AppError:
    expected = known(error)
    if expected is not None:
        return expected
    bug = BugError("errors.bug", "errors.bug_no_report")
    bug.__cause__ = error
    return bug


def _held_by(value: object, depth: int = _DEPTH) -> Iterator[object]:
    """What a callable would carry into the thread: bound object, arguments, closed-over values."""
    if depth == 0:
        return
    if isinstance(value, partial):
        held: list[object] = [value.func, *value.args, *value.keywords.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        held = list(value)
    elif isinstance(value, dict):
        held = list(value.values())
    else:
        cells = getattr(value, "__closure__", None) or ()
        held = [content for cell in cells for content in _content(cell)]
        held += list(getattr(value, "__defaults__", None) or ())
        # Methods, those of Qt's own classes included, carry their object.
        held += [getattr(value, "__self__", None), getattr(value, "__func__", None)]
    for one in held:
        yield one
        yield from _held_by(one, depth - 1)


def _content(cell: CellType) -> list[object]:
    """What a closure cell holds; nothing while its variable has not been set."""
    try:
        return [cell.cell_contents]
    except ValueError:
        return []
