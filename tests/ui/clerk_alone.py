"""A clerk in front of the program that `app.__main__` starts: sets a new PC up, keys only.

Run as a module with the folder of the home. Between two steps nothing of the window is held here,
so the window lives by what the program itself holds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app import __main__ as program
from app.ui.application import MainWindow
from app.ui.first_run.page import FirstRun, Stage

PASSPHRASE = "một câu dễ nhớ"
_LIMIT_MS, _STEP_MS = 60_000, 30
Ready = Callable[[], bool]


def _window() -> MainWindow:
    (found,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    return found


def _page() -> FirstRun:
    page = _window().first_run
    assert page is not None
    return page


def _focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _press(key: Qt.Key, text: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, int(key), Qt.KeyboardModifier.NoModifier, text)
        QCoreApplication.sendEvent(_focus(), event)


def _type(words: str) -> None:
    for letter in words:
        _press(Qt.Key.Key_unknown, letter)


def _enter() -> None:
    _press(Qt.Key.Key_Return, "\r")


def _clerk() -> Iterator[Ready]:
    """Each step says what has to be true before the next."""
    yield lambda: QApplication.focusWidget() is not None
    _type("binh chuong")
    yield lambda: _page().unit.units.count() > 0
    _enter()
    yield lambda: _focus() is _page().person.full_name
    _type("Nguyễn Thị An")
    for _ in range(3):
        _enter()
    yield lambda: _focus() is _page().secret.passphrase
    _type(PASSPHRASE)
    _enter()
    _type(PASSPHRASE)
    _enter()
    yield lambda: _page().stage is Stage.CODE
    _type(_page().code_page.whole.rpartition("-")[2])
    _enter()
    yield lambda: _page().stage is Stage.CERTIFICATE
    while _focus() is not _page().next:
        _press(Qt.Key.Key_Tab, "\t")
    _enter()
    yield lambda: _window().shell is not None
    yield lambda: not _window().tasks.busy
    print("opened", flush=True)
    QTimer.singleShot(0, _window(), _window().close)


def _step(clerk: Iterator[Ready], ready: Ready) -> None:
    if ready():
        following = next(clerk, None)
        if following is None:
            return
        ready = following
    QTimer.singleShot(_STEP_MS, lambda: _step(clerk, ready))


def main() -> int:
    """Start the program with a clerk in front of it; its exit code."""
    application = QApplication([])
    QTimer.singleShot(_LIMIT_MS, lambda: os._exit(9))
    clerk = _clerk()
    QTimer.singleShot(0, application, lambda: _step(clerk, next(clerk)))
    sys.argv = ["sotreem", "--home", sys.argv[1]]
    return program.main()


if __name__ == "__main__":
    sys.exit(main())
