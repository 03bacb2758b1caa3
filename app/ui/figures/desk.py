"""The real window of a home, unlocked, with somebody in front of it who is measured.

Keys take the way of real ones: the platform hands them to the window, shortcuts are asked first,
then the widget with the keyboard. The loop is turned by hand, so that a moment at which a key is
due is met to a fraction of a millisecond when nobody works, and not at all while somebody does: as
at a keyboard.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.i18n import set_language
from app.models.yardstick import Lap
from app.settings import Settings
from app.ui.application import MainWindow, OpenServices
from app.ui.theme import Theme, apply_theme

if TYPE_CHECKING:
    from app.ui.shell import Shell

#: Seconds after which what does not come is given up.
_LIMIT = 900.0
#: With less than this to a moment the loop no longer sleeps.
_SPIN = 0.002
_NAP = 0.0005
#: Seconds without work after which the window has settled. What rests after a key rests less.
REST = 0.15


class Painted(QObject):
    """Counts the paint events of a widget and of those in it that were there when it was made."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        self._watched = (widget, *widget.findChildren(QWidget))
        for one in self._watched:
            one.installEventFilter(self)

    def leave(self) -> None:
        """Count no more."""
        for one in self._watched:
            one.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Count, and let it happen."""
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return super().eventFilter(watched, event)


class MeasuredDesk:
    """The application, its window, and the time."""

    def __init__(self, rest: float = REST) -> None:
        self._rest = rest
        found = QApplication.instance()
        self.application = found if isinstance(found, QApplication) else QApplication([])
        set_language("vi")
        apply_theme(self.application, Theme())
        self.window: MainWindow | None = None
        #: Processor time of this thread when the last turn of the loop began.
        self._turned = 0.0

    def open(self, settings: Settings, open_services: OpenServices, passphrase: str) -> Shell:
        """Show the window of a home, type the passphrase, wait for all that it reads then."""
        window = self.window = MainWindow(settings, open_services, Theme())
        window.show()
        window.start()
        # A screen without a window manager gives the keyboard to whoever asks for it.
        window.activateWindow()
        self.until(lambda: window.isActiveWindow() and window.unlock_page is not None)
        if window.unlock_page is not None:
            window.unlock_page.field.setText(passphrase)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: window.shell is not None)
        self.settle()
        if window.shell is None:
            raise RuntimeError("the window closed while it was opened")
        return window.shell

    def close(self) -> None:
        """Close the window as a person does, and wait until it let go of its files."""
        window = self.window
        if window is not None:
            window.close()
            self.until(lambda: window.shell is None)
        self.window = None

    # --- time -------------------------------------------------------------------------------

    def until(self, condition: Callable[[], bool]) -> None:
        """Turn the loop until something is so. Raises TimeoutError."""
        end = time.perf_counter() + _LIMIT
        while not condition():
            self.application.processEvents()
            time.sleep(_NAP)
            if time.perf_counter() > end:
                raise TimeoutError("what was waited for never came")

    def turn(self) -> None:
        """One turn of the loop, asleep until something happens: threads beside the window get what
        they would get, too.
        """
        self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def wait_for(self, moment: float) -> None:
        """Turn the loop until `moment` of the performance counter has come."""
        while True:
            self._turned = time.thread_time()
            self.application.processEvents()
            left = moment - time.perf_counter()
            if left <= 0:
                return
            if left > _SPIN:
                time.sleep(_NAP)

    def settle(self) -> None:
        """Until nothing runs beside the window, nothing waits for the disk, and it rested."""
        window = self.window
        if window is None:
            return

        def quiet() -> bool:
            shell = window.shell
            return not window.tasks.busy and (shell is None or not shell.drafts.waiting)

        for _ in range(2):
            self.until(quiet)
            self.wait_for(time.perf_counter() + self._rest)

    # --- keys -------------------------------------------------------------------------------

    def key(self, key: Qt.Key, window: QWidget | None = None) -> None:
        """Press a key and let it go."""
        target = window or self.window
        handle = target.windowHandle() if target is not None else None
        if handle is None:
            raise RuntimeError("there is no window to press a key in")
        QTest.keyClick(handle, key)

    def key_to_paint(self, key: Qt.Key, due: float, field: QWidget, painted: Painted) -> Lap:
        """Press a key at the moment `due`; the time from then until `field` shows it, by the clock
        and of the processor for this thread.

        Whatever the window did when the key was due is part of it; so is what else was painted with
        the field, and what the loop did in the same turn.
        """
        self.wait_for(due)
        busy_since = self._turned
        painted.count = 0
        handle = field.window().windowHandle()
        QTest.keyPress(handle, key)
        while not painted.count:
            self.turn()
        took = Lap(time.perf_counter() - due, time.thread_time() - busy_since)
        QTest.keyRelease(handle, key)
        return took
