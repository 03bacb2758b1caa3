"""Cycles of objects are freed on the window's thread alone.

Python frees them on whichever thread happens to allocate next, and a page that was closed is a
cycle of widgets. Qt's objects may only be deleted on the thread they live on: a reader of the store
that came by in the middle of an unlocking ended the program.

The program itself, its forms and its units are 150,000 objects that stay: going through them took
100 ms of the window's thread, every half minute somebody typed. So whatever is there when a
register is shown is left out until it is locked. All pages together add less than 5,000.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two looks at how much has gathered.
_LOOK = 250
#: All there is is gone through when it took less than this share of the time since the last time.
_SHARE = 0.02


class Collector(QObject):
    """Collects instead of Python, about as seldom as Python would. Made on the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._full_from = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def freeze(self) -> None:
        """A register is shown: what there is by now is not gone through until `thaw`."""
        gc.freeze()

    def thaw(self) -> None:
        """The register was closed: its pages are cycles, and go before the next one is shown."""
        gc.unfreeze()
        QTimer.singleShot(0, self, self.everything)

    def look(self) -> None:
        """Collect what has gathered beyond Python's own limits."""
        young, middle, old = gc.get_count()
        first, second, third = gc.get_threshold()
        if young < first:
            return
        if middle >= second and old >= third and time.monotonic() >= self._full_from:
            self.everything()
        else:
            gc.collect(1 if middle >= second else 0)

    def everything(self) -> None:
        """Collect all there is."""
        begun = time.monotonic()
        gc.collect()
        ended = time.monotonic()
        self._full_from = ended + (ended - begun) / _SHARE


def collect_here(application: QObject) -> Collector:
    """Make this thread, the window's, the only one that frees cycles; once for an application."""
    gc.disable()
    gc.unfreeze()  # what an earlier window left out
    found = application.findChild(Collector)
    return Collector(application) if found is None else found
