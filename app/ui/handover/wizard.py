"""What sending and receiving share: steps in a card, long work with a count that can be stopped.

Nothing is asked while work runs. A failure is said once, on the wizard's own topic, and is gone
when the next attempt succeeds; what was stopped is news, not a failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import decimal, error_text, number, text
from app.services.workplace import Cancelled
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks, Ticket, Watch
from app.ui.theme import Theme

#: Seconds of work before an estimate means anything.
_LEAST_SECONDS = 2.0
#: Beyond this a count says less than a share.
_LARGEST_COUNT = 999_999
#: Bytes a second below which a stick is called slow: a bundle of a province takes minutes then.
_SLOW = 1_000_000
#: Parts of the work whose steps are bytes on a stick.
_ON_STICK = ("writing", "reading")


class Wizard(QFrame):
    """A card with a title, steps, and a progress line. `topic` names what it says elsewhere."""

    done = Signal()

    def __init__(
        self,
        tasks: Tasks,
        notifier: Notifier,
        theme: Theme,
        title: str,
        topic: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._tasks = tasks
        self._notifier = notifier
        self._topic = topic
        self._ticket: Ticket[object] | None = None
        self._pace = Pace()
        self._phase = ""
        #: Whether it was told to stop what it works on.
        self._stopping = False
        #: Whether the keyboard was here when the work ended; else somebody works elsewhere.
        self.held = True
        px = theme.pixels
        heading = QLabel(title)
        heading.setProperty("role", "crumb")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.doing = QLabel()
        self.far = QLabel()
        for label in (self.doing, self.far):
            label.setProperty("role", "muted")
        self.cancel = Step(text("handovers.cancel"))
        self.cancel.clicked.connect(self._cancel)
        self.progress = QWidget(self)
        said = QHBoxLayout()
        said.addWidget(self.doing)
        said.addStretch(1)
        said.addWidget(self.far)
        moving = QHBoxLayout()
        moving.setSpacing(px(8))
        moving.addWidget(self.bar, 1)
        moving.addWidget(self.cancel)
        lines = QVBoxLayout(self.progress)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(px(4))
        lines.addLayout(said)
        lines.addLayout(moving)
        self.progress.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(16), px(8), px(16), px(16))
        self.column.setSpacing(px(8))
        self.column.addWidget(heading)

    @property
    def running(self) -> bool:
        """Whether it works on something."""
        return self._ticket is not None

    def _run(
        self, words: str, op: Callable[[Watch], object], on_done: Callable[[object], None]
    ) -> None:
        self.doing.setText(words)
        self.far.clear()
        self._pace, self._phase, self._stopping = Pace(), "", False
        self.bar.setRange(0, 0)
        self.progress.show()
        self.set_running(True)
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

        def finished(result: object) -> None:
            self._stop()
            on_done(result)

        self._ticket = self._tasks.run_watched(
            op, finished, self._failed, self._report, self._begun, lane=Lane.WRITE, owner=self
        )

    def _begun(self, phase: str) -> None:
        """Another part of the work begins, with a pace of its own."""
        if self._ticket is None or self._stopping:
            return  # it was told to stop, and says so
        self._phase, self._pace = phase, Pace(share=phase in _ON_STICK)
        self.doing.setText(text(f"handovers.phase.{phase}"))
        self.far.clear()
        self.bar.setRange(0, 0)

    def _report(self, done: int, total: int) -> None:
        # Zero of zero is Qt's moving bar: work whose end nobody knows yet.
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.far.setText(self._pace.words(done, total, time.monotonic()))
        rate = self._pace.rate
        if self._phase == "writing" and 0 < rate < _SLOW and not self._stopping:
            self.doing.setText(text("handovers.slow_stick", rate=decimal(rate / 1_000_000)))

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._stopping = True
            # Pressed by a key it keeps the keyboard: the next key is not for its neighbour.
            self.cancel.setEnabled(self.cancel.hasFocus())
            self.doing.setText(text("handovers.stopping"))
            self._ticket.cancel()

    def _stop(self) -> None:
        self._ticket = None
        at = QApplication.focusWidget()
        self.held = self.isVisible() and (at is None or self.isAncestorOf(at))
        self.progress.hide()
        self.cancel.setEnabled(True)
        self.set_running(False)

    def _failed(self, error: AppError) -> None:
        self._stop()
        if self.held:
            self.after_failure()
        if isinstance(error, Cancelled):
            self._notifier.say(Notice(Kind.NOTE, error_text(error), topic=self._topic))
        else:
            self._notifier.say(replace(error_notice(error), topic=self._topic))

    def after_failure(self) -> None:
        """Put the keyboard where the next attempt begins."""
        raise NotImplementedError

    def set_running(self, running: bool) -> None:
        """Lock or unlock the steps of the wizard."""
        raise NotImplementedError


class Pace:
    """Turns steps into words: how much of how much, and about how long it still takes.

    Work has phases (check, copy, read back); each begins again at its own first step. `share`: the
    steps are bytes, which are told in per cent. `rate` is the steps of a second, 0 while unknown.
    """

    def __init__(self, *, share: bool = False) -> None:
        self.rate = 0.0
        self._share = share
        self._total = -1
        self._first: tuple[int, float] = (0, 0.0)
        self._last = 0

    def words(self, done: int, total: int, now: float) -> str:
        """The words for a step at the moment `now` (seconds); "" while nothing is known."""
        if total <= 0:
            return ""
        if total != self._total or done < self._last:
            self._total, self._first, self.rate = total, (done, now), 0.0
        self._last = done
        if self._share or total > _LARGEST_COUNT:
            said = f"{min(done, total) * 100 // total} %"
        else:
            said = text("handovers.of", done=number(min(done, total)), total=number(total))
        gone, spent = done - self._first[0], now - self._first[1]
        if gone <= 0 or spent < _LEAST_SECONDS or done >= total:
            return said
        self.rate = gone / spent
        left = (total - done) / self.rate
        if left < 60:
            return f"{said} · {text('handovers.seconds_left', count=max(1, round(left)))}"
        return f"{said} · {text('handovers.minutes_left', count=round(left / 60))}"


def named(words: str, field: QWidget) -> QLabel:
    """The label above a field."""
    label = QLabel(words)
    label.setProperty("role", "label")
    label.setBuddy(field)
    return label


class PathEdit(QLineEdit):
    """A typed path. Quotes that a copied path wears are not part of it."""

    @property
    def path(self) -> str:
        """The path as typed."""
        return self.text().strip().strip('"').strip()
