"""What the parts of the administration page share: labelled fields, a deed, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, KnownError
from app.i18n import error_text, text
from app.ui.labels import SetWords
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme, set_state

T = TypeVar("T")
_FIELD = 400
#: The width of a paragraph: in the administration, there with large letters, in another's card.
_OWN, _LARGE_OWN, _CARD = 560, 424, 640


class Section(QFrame):
    """A card. `load` reads what it shows; `first` is where the keyboard begins.

    `bare`: it stands in somebody else's card, which has its title.
    """

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        title: str,
        parent: QWidget | None = None,
        *,
        bare: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "" if bare else "card")
        self.title = title
        self._bare = bare
        self.tasks = tasks
        self.theme = theme
        self.first: QWidget | None = None
        self._steps: list[Step] = []
        self._working = False
        self._offered: list[Step] = []
        px = theme.pixels
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(*((0,) * 4 if bare else (px(24), px(16)) * 2))
        self.column.setSpacing(px(4))
        if not bare:
            heading = QLabel(title)
            heading.setProperty("role", "crumb")
            self.column.addWidget(heading)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)

    def load(self) -> None:
        """Read what is shown; most sections show nothing that changes by itself."""

    # --- building ---------------------------------------------------------------------------

    def words(self, said: str, role: str = "muted") -> SetWords:
        """A paragraph of the section's width."""
        label = SetWords()
        label.setProperty("role", role)
        width = self.theme.pixels(_OWN if self.theme.scale <= 1.25 else _LARGE_OWN)
        if self._bare:
            width = self.theme.pixels(_CARD)
        label.setFixedWidth(width)
        self.say_in(label, said)
        self.column.addWidget(label)
        return label

    @staticmethod
    def say_in(paragraph: SetWords, said: str) -> None:
        """Let a paragraph of `words` say something else, in the height that takes."""
        paragraph.setText(said)
        paragraph.fit(paragraph.maximumWidth())

    @contextmanager
    def together(self) -> Iterator[QWidget]:
        """What is built meanwhile stands in one widget, to be shown or hidden as a whole."""
        box, around = QWidget(self), self.column
        self.column = QVBoxLayout(box)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(around.spacing())
        yield box
        self.column = around
        around.addWidget(box)

    def part(self, title: str) -> None:
        """The heading of a part."""
        self.column.addSpacing(self.theme.pixels(12))
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self.column.addWidget(heading)

    def field(self, label: str, *, secret: bool = False, beside: Step | None = None) -> QLineEdit:
        """A labelled field; Enter goes to what is asked next, past the button `beside` it."""
        field = QLineEdit()
        field.setMaxLength(500)
        field.setAccessibleName(label)
        field.setMaximumWidth(self.theme.pixels(_FIELD))
        if secret:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        field.returnPressed.connect(partial(go_past, beside or field))
        self.labelled(label, field, beside)
        return field

    def labelled(self, label: str, field: QWidget, beside: Step | None = None) -> None:
        """Put a field under its label."""
        said = QLabel(label)
        said.setProperty("role", "label")
        said.setBuddy(field)
        self.column.addWidget(said)
        if beside is None:
            self.column.addWidget(field)
            return
        row = QHBoxLayout()
        row.setSpacing(self.theme.pixels(8))
        field.setMinimumWidth(self.theme.pixels(280))
        row.addWidget(field, 1)
        row.addWidget(beside)
        row.addStretch(1)
        self.column.addLayout(row)

    def step(self, label: str, deed: Callable[[], None], role: str = "") -> Step:
        """A button that is locked while a deed runs."""
        step = Step(label)
        step.setProperty("role", role)
        step.clicked.connect(lambda: None if self._working else deed())
        self._steps.append(step)
        return step

    def row(self, *widgets: QWidget) -> None:
        """Buttons side by side."""
        row = QHBoxLayout()
        row.setContentsMargins(0, self.theme.pixels(4), 0, 0)
        row.setSpacing(self.theme.pixels(8))
        for one in widgets:
            row.addWidget(one)
        row.addStretch(1)
        self.column.addLayout(row)

    def code(self) -> QLabel:
        """A code to be read aloud or copied: large, in letters of one width."""
        label = QLabel()
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPointSizeF(self.theme.font().pointSizeF() * (1.75 if self._bare else 1.5))
        font.setBold(True)
        label.setFont(font)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setWordWrap(True)
        label.hide()
        self.column.addWidget(label)
        return label

    def close_column(self, *, room: bool = True) -> None:
        """The message, unless the page puts it where it is always in sight, and the free `room`,
        unless a list takes it.
        """
        self.column.addSpacing(self.theme.pixels(8))
        self.column.addWidget(self.message)
        if room:
            self.column.addStretch(1)

    # --- doing ------------------------------------------------------------------------------

    def say(self, words: str, state: str = "") -> None:
        """Say what came of a deed."""
        sign = {"error": "\N{MULTIPLICATION X} ", "done": "\N{CHECK MARK} "}.get(state, "")
        self.message.setText(sign + words)
        self.message.setVisible(bool(words))
        set_state(self.message, state)

    def refuse(self, message_id: str, field: QWidget, **parameters: object) -> None:
        """A field does not do yet."""
        self.say(text(message_id, **parameters), "error")
        self.lead_to(field)

    def refuse_by(self, rule: Callable[[str], object], field: QLineEdit) -> bool:
        """Whether a rule of the services refuses what a field holds; then it is said."""
        try:
            rule(field.text())
        except KnownError as error:
            self.say(error_text(error), "error")
            self.lead_to(field)
            return True
        return False

    def lead_to(self, field: QWidget) -> None:
        """Put the keyboard into a field, in sight: Qt scrolls by itself for Tab alone. Whoever has
        gone to another page or part keeps it.
        """
        if not self.isVisible():
            return
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(field, 0, self.theme.pixels(48))

    def act(
        self,
        op: Callable[[], T],
        done: Callable[[T], None],
        *,
        lane: Lane = Lane.WRITE,
        refused: Callable[[AppError], None] = lambda _error: None,
    ) -> None:
        """Do something beside the window; the buttons wait meanwhile. `refused` may lead to what
        is to be answered, after the reason was said.
        """
        held = self.window().focusWidget()
        self._lock(locked=True)
        since = self.window().focusWidget()

        def back() -> None:
            if self.window().focusWidget() is since:  # else somebody went on meanwhile
                _back(held)

        self.say(text("administration.working"))

        def finished(result: T) -> None:
            self._lock(locked=False)
            self.say("")
            back()
            done(result)

        def failed(error: AppError) -> None:
            self._lock(locked=False)
            back()
            self.say(error_text(error), "error")
            refused(error)

        self.tasks.run(op, finished, failed, lane=lane, owner=self)

    def read(self, op: Callable[[], T], done: Callable[[T], None]) -> None:
        """Read something beside the window."""

        def failed(error: AppError) -> None:
            self.say(error_text(error), "error")

        self.tasks.run(op, done, failed, owner=self)

    def _lock(self, *, locked: bool) -> None:
        if locked and not self._working:
            self._offered = [one for one in self._steps if one.isEnabled()]
        self._working = locked
        for one in self._steps:
            # The one that was pressed keeps the keyboard: the next key is not for its neighbour.
            # Afterwards nothing is offered that was not offered before.
            one.setEnabled(one.hasFocus() if locked else one in self._offered)


def go_past(widget: QWidget) -> None:
    """Put the keyboard where Tab would put it from a widget."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    widget.focusNextChild()


def _back(held: QWidget | None) -> None:
    """A locked button loses the keyboard: give it back."""
    if held is not None and held.isVisible() and held.isEnabled():
        held.setFocus(Qt.FocusReason.OtherFocusReason)
