"""What nobody caught: told once, in plain words, with a report that holds nothing of anybody.

An exception in a slot or in the handling of an event has no caller that could take it: Qt goes on,
and Python prints it where nobody looks. Here it becomes a report, an event of the log, and an error
to be shown. Work beside the window comes here through `Tasks`.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.errors import AppError, BugError

#: Seconds in which a bug that is known is told no second time: what a page paints anew because a
#: message came or went, and fails again, would bring the message back for ever.
_REST = 1.0
_TOKEN_LENGTH = 40
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_.@:+-]")
#: Where Python keeps the last error it printed, with all that its functions held.
_LAST = ("last_exc", "last_type", "last_value", "last_traceback")

_Place = tuple[str, str, int, str]


class BugNotice(QObject):
    """Lives on the window's thread; `in_words` may be called on any."""

    #: An AppError that the person has to be shown.
    wanted = Signal(object)
    _met = Signal(object, bool)

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """Reports are written into `folder`. `clock` counts seconds from anywhere."""
        super().__init__(parent)
        self._folder = folder
        self._clock = clock
        self._lock = threading.RLock()  # whatever is thrown away meanwhile may fail, too
        self._reports: dict[_Place, Path | None] = {}
        self._moved = clock() - _REST
        #: Whether a message about this error is being shown.
        self.is_shown: Callable[[AppError], bool] = lambda _error: False
        # Never at once: the failing function may be painting.
        self._met.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """Meanwhile whatever nobody catches in this process comes here, from every thread."""
        before = sys.excepthook, threading.excepthook, sys.unraisablehook

        def uncaught(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            if isinstance(error, Exception):
                self._take(error)
            else:
                before[0](kind, error, trace)  # Ctrl+C in a terminal

        def in_thread(given: threading.ExceptHookArgs) -> None:
            if isinstance(given.exc_value, Exception):
                self._take(given.exc_value)
            else:
                before[1](given)

        def unraisable(given: sys.UnraisableHookArgs) -> None:
            # While something was thrown away: nothing that the person did has failed.
            if isinstance(given.exc_value, Exception):
                self.in_words(given.exc_value)
            else:
                before[2](given)

        sys.excepthook, threading.excepthook = uncaught, in_thread
        sys.unraisablehook = unraisable
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook, sys.unraisablehook = before

    def in_words(self, error: BaseException) -> AppError:
        """What is told of an error: what the world did, else a bug with the file of its report.

        The first time that a bug is met in a place the report is written and the log gets an event.
        """
        return self._in_words(error)[0]

    def rest(self) -> None:
        """Messages came or went: what is painted anew for that, and fails again, is not told."""
        self._moved = self._clock()

    def _in_words(self, error: BaseException) -> tuple[AppError, bool]:
        """The error to be told, and whether its place is known already."""
        # Nothing of this is needed before something goes wrong: the first page waits for no import.
        from app.system_failures import known

        expected = known(error)
        with self._lock:
            place = _place(error, "" if expected is None else expected.message_id)
            again = place in self._reports
            if not again:
                self._reports[place] = None if expected is not None else self._written(error)
            report = self._reports[place]
        if expected is not None:
            return expected, again
        if report is None:
            bug = BugError("errors.bug", "errors.bug_no_report")
        else:
            bug = BugError("errors.bug", "errors.bug_hint", file=str(report))
        bug.__cause__ = error
        return bug, again

    def _written(self, error: BaseException) -> Path | None:
        from app import logs
        from app.bug_report import raised_in, write_report

        module, line = raised_in(error)
        logs.event("bug.met", kind=_token(type(error).__qualname__), at=_token(module), line=line)
        return write_report(error, self._folder, "window")

    def _take(self, error: Exception) -> None:
        for name in _LAST:
            vars(sys).pop(name, None)
        told, again = self._in_words(error)
        if isValid(self):  # after the end of the window the report is all there is
            self._met.emit(told, again)

    @Slot(object, bool)
    def _tell(self, error: AppError, again: bool) -> None:
        if again and (self.is_shown(error) or self._clock() - self._moved < _REST):
            return
        self.rest()
        self.wanted.emit(error)


def _place(error: BaseException, told: str) -> _Place:
    """What tells one failure from another: its type, the line that raised it, what is told."""
    trace, file, line = error.__traceback__, "", 0
    while trace is not None:
        file, line, trace = trace.tb_frame.f_code.co_filename, trace.tb_lineno, trace.tb_next
    return type(error).__qualname__, file, line, told


def _token(words: str) -> str:
    return _NO_TOKEN.sub("_", words)[-_TOKEN_LENGTH:]
