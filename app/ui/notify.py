"""The one place that shows a message to the person at the screen.

News appear in bars above the page, which never take the keyboard away and can be dismissed; only
a decision gets a window of its own. Pages say what happened through `Notifier`, so tests record
what was said instead of reading pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, BugError
from app.i18n import error_text, text

#: Bars shown at a time; an older one that is no error goes first.
_MOST = 4
#: The key that presses the button of a message.
_BUTTON_KEY = "F11"


class Kind(Enum):
    """How a message is meant. Each has a sign and a word besides its colour."""

    DONE = "done"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


_SIGNS = {
    Kind.DONE: "\N{CHECK MARK}",
    Kind.NOTE: "\N{INFORMATION SOURCE}",
    Kind.WARNING: "\N{BLACK UP-POINTING TRIANGLE}",
    Kind.ERROR: "\N{MULTIPLICATION X}",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A button on a message: what it says, and what it does at the bar that shows it."""

    label: str
    do: Callable[[NoticeBar], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. A later one on the same `topic` takes the place of the earlier."""

    kind: Kind
    text: str
    action: Action | None = None
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer. `label` is the deed, a verb; `destroys` marks what cannot be taken back."""

    id: str
    label: str
    destroys: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A decision: what it is about, what each answer changes (in numbers), the answers.

    The last answer is the safe one: Escape and closing the window mean it.
    """

    text: str
    details: str
    choices: tuple[Choice, ...]


class Notifier(Protocol):
    """What pages see of this module."""

    def say(self, notice: Notice) -> None:
        """Show a message."""

    def ask(self, question: Question) -> str:
        """Wait for a decision and return the id of the answer."""

    def dismiss_topic(self, topic: str) -> None:
        """Take away what was said on a topic that is settled."""


def error_notice(error: AppError) -> Notice:
    """The message for a failure: what happened and what to do next, in the person's language.

    Where there is a report of it, a button saves a copy of that, and nobody has to look for it.
    """
    topic, report = topic_of(error), error.parameters.get("file")
    if not isinstance(error, BugError) or not report:
        return Notice(Kind.ERROR, error_text(error), topic=topic)
    from app.ui.report_copy import keep_copy

    keep = Action(text("notify.keep_report"), partial(keep_copy, Path(str(report))))
    words = f"{text(error.message_id)}\n{text('notify.bug_hint', key=_BUTTON_KEY)}"
    return Notice(Kind.ERROR, words, keep, topic)


def topic_of(error: AppError) -> str:
    """The topic of the message for a failure: all bugs have one."""
    return "bug" if isinstance(error, BugError) else error.message_id


def ask_in(window: QWidget, question: Question) -> str:
    """Ask in a window of its own before `window`; the keyboard starts on the safe answer."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(text("notify.question"))
    box.setText(question.text)
    box.setInformativeText(question.details)
    buttons: list[tuple[QPushButton, Choice]] = []
    for choice in question.choices:
        safe = choice is question.choices[-1]
        role = QMessageBox.ButtonRole.RejectRole if safe else QMessageBox.ButtonRole.AcceptRole
        button = box.addButton(choice.label, role)
        button.setProperty("role", "danger" if choice.destroys else "")
        buttons.append((button, choice))
        if safe:
            box.setDefaultButton(button)
            box.setEscapeButton(button)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    for button, choice in buttons:
        if button is clicked:
            return choice.id
    return question.choices[-1].id


class NoticeBar(QFrame):
    """The bars of the main window, newest first. Escape dismisses the newest, F11 presses the
    newest button.
    """

    #: How many messages are shown.
    count_changed = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._bars: list[_Bar] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        escape.setContext(Qt.ShortcutContext.WindowShortcut)
        escape.activated.connect(self.dismiss_newest)
        # Where the window has an Escape of its own, Qt calls the two ambiguous.
        escape.activatedAmbiguously.connect(self.dismiss_newest)
        self._escape = escape
        self._button_key = QShortcut(QKeySequence(_BUTTON_KEY), window)
        self._button_key.activated.connect(self._act)
        self._show_or_hide()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown, newest first."""
        return tuple(bar.notice for bar in self._bars)

    def say(self, notice: Notice) -> None:
        """Show a message above the others."""
        if notice.topic:
            for bar in [bar for bar in self._bars if bar.notice.topic == notice.topic]:
                self._remove(bar)
        added = _Bar(notice, self)
        added.acted.connect(self._do)
        added.dismissed.connect(lambda: self._remove(added))
        self._bars.insert(0, added)
        self._layout.insertWidget(0, added)
        added.show()
        while len(self._bars) > _MOST:
            old = [bar for bar in self._bars[1:] if bar.notice.kind is not Kind.ERROR]
            self._remove(old[-1] if old else self._bars[-1])
        self._show_or_hide()

    def ask(self, question: Question) -> str:
        """Ask in a window of its own; the keyboard starts on the safe answer."""
        return ask_in(self._window, question)

    def dismiss_newest(self) -> None:
        """Take the newest message away."""
        if self._bars:
            self._remove(self._bars[0])

    def shows(self, topic: str) -> bool:
        """Whether something that was said on a topic is still there."""
        return any(bar.notice.topic == topic for bar in self._bars)

    def dismiss_topic(self, topic: str) -> None:
        """Take away what was said on a topic that is settled."""
        for bar in [bar for bar in self._bars if bar.notice.topic == topic]:
            self._remove(bar)

    def _act(self) -> None:
        """F11: the newest message that has a button."""
        for bar in self._bars:
            if bar.notice.action is not None:
                self._do(bar.notice.action)
                return

    def _do(self, action: Action) -> None:
        action.do(self)

    def _remove(self, bar: _Bar) -> None:
        if bar not in self._bars:
            return
        self._bars.remove(bar)
        self._layout.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        self.setVisible(bool(self._bars))
        # Without messages Escape belongs to the page.
        self._escape.setEnabled(bool(self._bars))
        self._button_key.setEnabled(any(bar.notice.action is not None for bar in self._bars))
        self.count_changed.emit(len(self._bars))


class _Bar(QFrame):
    """One message with its sign, its button and the button that dismisses it."""

    #: Its button was pressed: the action.
    acted = Signal(object)
    dismissed = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("role", "notice")
        self.setProperty("state", notice.kind.value)
        word = text(f"notify.{notice.kind.value}")
        self.setAccessibleName(f"{word}: {notice.text}")
        sign = QLabel(f"{_SIGNS[notice.kind]} {word}")
        sign.setProperty("state", notice.kind.value)
        sign.setProperty("role", "title")
        words = QLabel(notice.text)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (sign, words):
            # The first line of text stands level with the text of the buttons.
            label.setContentsMargins(0, 4, 0, 4)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(12)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1, Qt.AlignmentFlag.AlignTop)
        if notice.action is not None:
            button = _link(f"{notice.action.label}   {_BUTTON_KEY}")
            # What can be done about it is rare, and then nobody has to know a key for it.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda: self.acted.emit(self.notice.action))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        close = _link(text("notify.dismiss"))
        close.setToolTip(text("notify.dismiss_tip"))
        close.clicked.connect(self.dismissed)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)


def _link(label: str) -> QPushButton:
    button = QPushButton(label)
    button.setProperty("role", "link")
    # News must not take part in the walk through the fields: the mouse or Escape reach them.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
