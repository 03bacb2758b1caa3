"""Keys that wait while a page is being opened.

Whoever types on at once after Ctrl+N or F2 means the page that is coming. Until it is there the
keys go nowhere: not into the page before it, which is another household's, and not into the list.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class HeldKeys(QObject):
    """The keys of the window that `page` is in. Looks at no event except while it holds."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._holding = False
        self._held: list[QEvent] = []

    @property
    def holding(self) -> bool:
        """Whether keys wait now."""
        return self._holding

    def hold(self) -> None:
        """From now on keys wait."""
        application = QCoreApplication.instance()
        if application is not None and not self._holding:
            self._holding = True
            application.installEventFilter(self)

    def release(self) -> None:
        """The page is there: what waited goes where the keyboard is."""
        for event in self._stop():
            if self._holding:
                # One of the keys opened yet another page; the rest is meant for that one.
                self._held.append(event)
                continue
            target = QApplication.focusWidget() or self._page.window().focusWidget()
            if target is not None:
                QCoreApplication.sendEvent(target, event)

    def drop(self) -> None:
        """There is no such page, so nothing was typed into it."""
        self._stop()

    def _stop(self) -> list[QEvent]:
        application = QCoreApplication.instance()
        if application is not None and self._holding:
            application.removeEventFilter(self)
        self._holding = False
        held, self._held = self._held, []
        return held

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Keep a key of this window back, once, wherever Qt shows it first."""
        # By its class first: while a page is opened everything that is painted comes by here.
        if not isinstance(event, QKeyEvent | QInputMethodEvent) or not self._is_ours(watched):
            return False
        if isinstance(event, QInputMethodEvent):
            if not event.commitString():
                return False
            kept = QInputMethodEvent()
            kept.setCommitString(event.commitString())
            self._held.append(kept)
            return True
        if (kind := event.type()) in _KEYS:
            self._held.append(
                QKeyEvent(kind, event.key(), event.modifiers(), event.text(), event.isAutoRepeat())
            )
        # Accepted, a key is no shortcut: it comes back as a press, which is kept.
        event.accept()
        return True

    def _is_ours(self, watched: QObject) -> bool:
        window = self._page.window()
        if isinstance(watched, QWidget):
            return watched.window() is window
        return watched is window.windowHandle()
