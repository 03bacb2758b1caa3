"""An answered file before it is applied: its rows, the doubtful ones decided one by one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import text
from app.services.police.answered_row import AnsweredRow, AnswerPreview, Verdict
from app.services.police.answers import is_applied
from app.services.police.list_words import preview_words, why_words
from app.services.table_export import Holds
from app.ui.labels import Elided
from app.ui.line_table import LineTable
from app.ui.police.answer_rows import BECOMES, BORN, NAME, ROW, VILLAGE, WHAT, AnswerRows
from app.ui.police.answer_sides import AnswerSides
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.theme import Theme, set_state

_WIDTHS = {ROW: 72, NAME: 200, BECOMES: 144, BORN: 104, VILLAGE: 136}
_LEAST_WHAT = 240
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class AnswersView(QWidget):
    """The view. `apply_wanted` when everything was looked at, `left` to go back without it;
    `open_wanted` names a household and a child.
    """

    apply_wanted = Signal()
    left = Signal()
    open_wanted = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._may_apply = False
        #: Whether some row is written whatever is decided of the doubtful ones.
        self._is_certain = False
        px = theme.pixels
        self.rows = AnswerRows(theme)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(px(8))
        whole.addWidget(self._list(), 3)
        whole.addWidget(self._detail(), 2)
        self.table.installEventFilter(self)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        self.take.clicked.connect(lambda: self.decide(take=True))
        self.leave.clicked.connect(lambda: self.decide(take=False))
        self.opening.clicked.connect(self._open)
        self.apply.clicked.connect(self.apply_wanted)
        self.back.clicked.connect(self.left)

    def _list(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.title = Elided()
        self.title.setProperty("role", "crumb")
        self.counted = Elided()
        self.counted.setProperty("role", "muted")
        self.table = LineTable(
            self.rows, text("police.answers_title"), self._theme, _WIDTHS, WHAT, _LEAST_WHAT, card
        )
        self.table.setMinimumHeight(px(72))
        offer(self.table, "police_answers", Holds.PERSONS)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.counted)
        column.addWidget(self.table, 1)
        return card

    def _detail(self) -> QWidget:
        px = self._theme.pixels
        card = QFrame(self)
        card.setProperty("role", "card")
        self.who = QLabel(card)
        self.who.setProperty("role", "title")
        self.why = Elided()
        self.sides = AnswerSides(self._theme, card)
        self.sides.setMinimumHeight(px(72))
        self.sides.setMaximumHeight(px(152))
        self.take = Step(f"{text('police.take')}   1", card)
        self.leave = Step(f"{text('police.leave')}   0", card)
        self.opening = Step(f"{text('police.open')}   Enter", card)
        self.apply = Step(f"{text('police.apply')}   Ctrl+Enter", card)
        self.apply.setProperty("role", "primary")
        self.back = Step(f"{text('police.back')}   Esc", card)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for one in (self.take, self.leave, self.opening):
            buttons.addWidget(one)
        buttons.addStretch(1)
        for one in (self.back, self.apply):
            buttons.addWidget(one)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.who)
        column.addWidget(self.why)
        column.addWidget(self.sides)
        column.addLayout(buttons)
        return card

    def show_preview(self, found: AnswerPreview, *, may_apply: bool) -> None:
        """Show a file, with what was decided of it before."""
        self._may_apply = may_apply
        self._is_certain = any(is_applied(one, {}) for one in found.rows)
        self.title.say(text("police.answers_of", file=found.file, number=found.number))
        self.counted.say(preview_words(found))
        self.rows.show_rows(found.rows, found.sha256)
        if self.rows.lines:
            self.table.setCurrentIndex(self.rows.index(0, NAME))
        self._look()

    def begin(self) -> None:
        """Put the keyboard into the rows."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def row(self) -> AnsweredRow | None:
        """The row under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def decide(self, *, take: bool) -> None:
        """Take the doubtful row under the keyboard or leave it, and go on to the next one."""
        row = self.row
        if row is None or row.verdict is not Verdict.DOUBTFUL:
            return
        self.rows.decide(row, take=take)
        at = self.rows.next_open(self.table.currentIndex().row())
        self.table.setCurrentIndex(self.rows.index(at, NAME))
        self._look()

    def _look(self) -> None:
        row = self.row
        self.who.setText("" if row is None else row.name or text("police.nobody_known"))
        why = "" if row is None else why_words(row)
        self.why.say(why)
        refused = row is not None and row.verdict is Verdict.REFUSED
        set_state(self.why, "error" if refused else "warning" if why else "")
        self.sides.show_row(row)
        doubtful = row is not None and row.verdict is Verdict.DOUBTFUL
        self.take.setEnabled(doubtful)
        self.leave.setEnabled(doubtful)
        self.opening.setEnabled(row is not None and bool(row.household))
        something = self._is_certain or bool(self.rows.taken)
        self.apply.setEnabled(self._may_apply and something)

    def _open(self) -> None:
        row = self.row
        if row is not None and row.household:
            self.open_wanted.emit(row.household, row.child)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """1 takes the row, 0 leaves it, Enter opens the household."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and not event.isAutoRepeat()
        ):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_1, Qt.Key.Key_0):
                self.decide(take=key == Qt.Key.Key_1)
                return True
            if key in _ENTER and event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ):
                self._open()
                return True
        return super().eventFilter(watched, event)
