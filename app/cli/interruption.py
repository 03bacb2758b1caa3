"""Ctrl+C: stop long work between two steps, and anything else at once. Nothing is left half done.

While a command reports progress, the first Ctrl+C only asks it to stop at its next step; a second
one, or one at any other time, interrupts. Either way the open transaction is rolled back. But from
the moment something is saved a command outside of long work is not interrupted any more: it is
about to say what it did, and who stops it there would take it for undone.

What the system sends when it wants a process to end (SIGTERM) is heeded as Ctrl+C is. Either is
noted from the first line of the program (`listen`), long before a command runs.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: Signals that came before a command listened itself.
_noted: list[int] = []


class Stopped(KeyboardInterrupt):
    """Ctrl+C, as everything that is interrupted knows it, and not by its own name: CPython sees
    that one pass through code made from text, of an import as well, and ends the process by the
    signal later on, though it was caught (`run_eval_code_obj` in pythonrun.c).
    """


def listen() -> None:
    """Note Ctrl+C until a command listens itself: Python's own handler would end the process with a
    traceback while it starts.
    """
    for one in _SIGNALS:
        signal.signal(one, _note)


def ignore() -> None:
    """The command has said what it did; who presses while the process shuts down is not heard. A
    handler of ours is taken away by then, and the signal would end the process.
    """
    for one in _SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def listen_no_more() -> None:
    """Leave Ctrl+C to Python and the system: the window has no use for it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _note(number: int, _frame: FrameType | None) -> None:
    _noted.append(number)


class Interruption:
    """Whether a person asked to stop, and what may have been saved by then."""

    def __init__(self) -> None:
        self.asked = False
        #: Something more than a row of audit has been saved, or was just being saved.
        self.saved = False
        self._working = False
        self._held = False
        self._raised = False

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Catch Ctrl+C as long as the block runs; a no-op where another thread runs the command."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self._on_signal) for one in _SIGNALS}
        try:
            if _noted:
                _noted.clear()
                self._on_signal(signal.SIGINT, None)
            yield
        finally:
            self._raised = True  # whoever presses again is heard already
            for one, handler in before.items():
                signal.signal(one, handler)

    @contextmanager
    def at_next_step(self) -> Iterator[None]:
        """Work that asks `asked` between its steps."""
        self._working = True
        try:
            yield
        finally:
            self._working = False

    def committing(self, changing: bool) -> None:
        """A transaction is about to be committed; `changing`: more than a row of audit."""
        self._held = True
        self.saved = self.saved or changing

    def hold(self) -> None:
        """From here on the command goes to its end: it says something that is said only once."""
        self._held = True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        stops = not first if self._working else not self._held
        if stops and not self._raised:
            self._raised = True
            raise Stopped
