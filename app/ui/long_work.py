"""Long work with its count, an estimate and a way to stop it, as one line of a page.

What was stopped is news, not a failure; a failure is said once, on the topic of the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QProgressBar, QWidget

from app.errors import AppError
from app.i18n import error_text, text
from app.services.workplace import Cancelled, Progress
from app.ui.handover.wizard import Pace
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks, Ticket, Watch
from app.ui.theme import Theme

T = TypeVar("T")


class LongWork(QWidget):
    """Hidden until something runs. `ended` comes after each run, however it ended."""

    ended = Signal()

    def __init__(self, tasks: Tasks, notifier: Notifier, theme: Theme, topic: str) -> None:
        super().__init__()
        self._tasks = tasks
        self._notifier = notifier
        self._topic = topic
        self._ticket: Ticket[object] | None = None
        self._pace = Pace()
        #: Whether the keyboard was here when the work ended; it has to be given a new place.
        self.held = False
        px = theme.pixels
        self.doing = QLabel()
        self.far = QLabel()
        for label in (self.doing, self.far):
            label.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(px(64))
        self.stop = Step(text("lists.stop"))
        self.stop.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.doing)
        row.addWidget(self.bar, 1)
        row.addWidget(self.far)
        row.addWidget(self.stop)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether something runs."""
        return self._ticket is not None

    def run(
        self,
        words: str,
        op: Callable[[Progress], T],
        on_done: Callable[[T], None],
        lane: Lane = Lane.READ,
        *,
        gives_way: bool = False,
    ) -> None:
        """Run `op` beside the window, unless something runs. `gives_way` as for the tasks."""
        if self.running:
            return
        self.doing.setText(words)
        self.far.clear()
        self._pace = Pace()
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self.show()

        def watched(watch: Watch) -> object:
            return op(Progress(watch.report, watch.cancelled, yields=watch.yields))

        def done(result: object) -> None:
            self._end()
            on_done(result)  # type: ignore[arg-type]
            self.ended.emit()

        self._ticket = self._tasks.run_watched(
            watched,
            done,
            self._failed,
            self._report,
            lane=lane,
            owner=self,
            gives_way=gives_way,
        )

    def _report(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.far.setText(self._pace.words(done, total, time.monotonic()))

    def cancel(self) -> None:
        """Ask what runs to stop at its next step."""
        if self._ticket is not None:
            # Pressed by a key it keeps the keyboard: the next key is not for its neighbour.
            self.stop.setEnabled(self.stop.hasFocus())
            self.doing.setText(text("lists.stopping"))
            self._ticket.cancel()

    def _end(self) -> None:
        self._ticket = None
        held = QApplication.focusWidget()
        self.held = held is not None and self.isAncestorOf(held)
        self.hide()

    def _failed(self, error: AppError) -> None:
        self._end()
        if isinstance(error, Cancelled):
            self._notifier.say(Notice(Kind.NOTE, error_text(error), topic=self._topic))
        else:
            self._notifier.say(replace(error_notice(error), topic=self._topic))
        self.ended.emit()

    def focus_stop(self) -> None:
        """Put the keyboard on the way to stop it."""
        self.stop.setFocus(Qt.FocusReason.OtherFocusReason)
