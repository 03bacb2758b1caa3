"""Ctrl+C: stop long work between two steps, and anything else at once. Nothing is left half done.

While a command reports progress, the first Ctrl+C only asks it to stop at its next step; a second
one, or one at any other time, interrupts. Either way the open transaction is rolled back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether a person asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        self._working = False

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Catch Ctrl+C as long as the block runs; a no-op where another thread runs the command."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def at_next_step(self) -> Iterator[None]:
        """Work that asks `asked` between its steps."""
        self._working = True
        try:
            yield
        finally:
            self._working = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._working and not self.asked:
            self.asked = True
            return
        raise KeyboardInterrupt
