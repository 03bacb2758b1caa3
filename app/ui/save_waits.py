"""What is said while a save stands behind something long that writes: an import, a bundle.

One thing is written after the other. «Đang lưu» for minutes would look like a fault: whoever waits
is told what for, and that nothing typed meanwhile is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.i18n import text
from app.ui.household.keeper import Keeper
from app.ui.notify import Kind, Notice, NoticeBar
from app.ui.status_line import StatusLine
from app.ui.tasks import Tasks

#: Milliseconds until a save that has not been answered is said to wait.
_SOON = 300
_TOPIC = "save_waits"


class SaveWaits(QObject):
    """Watches the saves of `keeper`; `keys_held` tells whether typed keys wait for a page."""

    def __init__(
        self,
        tasks: Tasks,
        keeper: Keeper,
        status: StatusLine,
        notices: NoticeBar,
        keys_held: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._keeper, self._keys_held = tasks, keeper, keys_held
        self._status, self._notices = status, notices
        #: Whether it is said now.
        self.waiting = False
        self._timer = QTimer(self)
        self._timer.setInterval(_SOON)
        self._timer.timeout.connect(self._look)
        keeper.save_begun.connect(self._timer.start)

    def _look(self) -> None:
        """Whether the save still stands behind something."""
        waits = self._keeper.is_saving and self._tasks.writes > 1
        if waits:
            self._status.set_waiting()
            if self._keys_held():
                self._notices.say(Notice(Kind.NOTE, text("window.save_waits"), topic=_TOPIC))
        elif self.waiting:
            self.end()
            if self._keeper.is_saving:
                self._status.set_saving()
        self.waiting = waits
        if not self._keeper.is_saving:
            self._timer.stop()

    def end(self) -> None:
        """The disk has answered, or the window closes."""
        self._timer.stop()
        self.waiting = False
        self._notices.dismiss_topic(_TOPIC)
