"""The foot of the household page: what is wrong, the way there, the reason, and the save button.

All issues stand here once more in one list; the first is always in sight. A warning asks for its
reason here, once. It shows what it is told and reports what a person does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.forms.schema import Severity
from app.i18n import text
from app.ui.household.looks import SIGNS
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme, set_state

#: Lines of the list that are seen at a time.
_LINES = 5
#: What a line of the list keeps free at its sides, and twice what it keeps above and below.
_SIDE = 24


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One line of the list: whose, which field, what. `waiting` says that the field is merely
    still to be filled in: nobody has gone past it yet; `asked` that a person sent it back.
    """

    severity: Severity
    who: str
    field: str
    sentence: str
    waiting: bool = False
    asked: bool = False


class ReasonEdit(QLineEdit):
    """Where a reason is written: Enter keeps it, Escape gives the question up."""

    kept = Signal()
    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class _Issues(QListWidget):
    """All issues, whole sentences. Enter goes to the field of one."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAccessibleName(text("entry.issues"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(True)
        self.itemClicked.connect(lambda item: self.wanted.emit(self.row(item)))

    def show_lines(self, lines: Sequence[str], most: int) -> None:
        """Show these, as high as they need and at most `most` pixels."""
        here = self.currentRow()
        self.clear()
        self.addItems(list(lines))
        self.setCurrentRow(min(max(0, here), self.count() - 1))
        # The list has no width of its own yet when it opens: it will have that of the foot.
        around = self.parentWidget()
        room = (self.width() if around is None else around.width()) - 2 * _SIDE
        wrap = int(Qt.TextFlag.TextWordWrap)
        metrics = self.fontMetrics()
        rows = [metrics.boundingRect(0, 0, room, 9999, wrap, one).height() for one in lines]
        self.setFixedHeight(min(most, sum(rows) + len(rows) * _SIDE // 2 + _SIDE))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


class Foot(QFrame):
    """The foot. `line_wanted` gives the place of an issue in the list that was shown."""

    save_wanted = Signal()
    line_wanted = Signal(int)
    reason_kept = Signal(str)
    reason_given_up = Signal()

    def __init__(self, theme: Theme, *, may_enter: bool) -> None:
        super().__init__()
        self._hint = "entry.begin_hint" if may_enter else "entry.look_hint"
        self.setProperty("role", "card")
        self._lines: list[IssueLine] = []
        #: A kept reason is shown: emptied it is taken away.
        self._correcting = False
        px = theme.pixels
        self.counts = QLabel()
        self.counts.setProperty("role", "title")
        self.first = Elided()
        self.all = Step()
        self.all.setProperty("role", "link")
        self.all.setCheckable(True)
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all.toggled.connect(self._show_list)
        self.save = Step()
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self.save_wanted)
        self.list = _Issues()
        self.list.wanted.connect(self.line_wanted)
        self._most = px(30) * _LINES
        self.list.hide()
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setProperty("state", "warning")
        self.reason = ReasonEdit()
        self.reason.setMaxLength(200)
        self.reason.setPlaceholderText(text("entry.reason_placeholder"))
        self.reason.setAccessibleName(text("entry.reason"))
        self.reason.kept.connect(self.keep_reason)
        self.reason.given_up.connect(self.give_up)
        self.asking = QWidget()
        asking = QHBoxLayout(self.asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(px(8))
        asking.addWidget(self.question, 3)
        asking.addWidget(self.reason, 2)
        self.asking.hide()
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.counts)
        row.addWidget(self.first, 1)
        row.addWidget(self.all)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.asking)
        column.addWidget(self.list)
        column.addLayout(row)

    def show_issues(
        self,
        lines: Sequence[IssueLine],
        *,
        can_save: bool,
        incomplete: bool,
        last: bool = False,
    ) -> None:
        """Show the issues of the household and the open child, errors first in the count. After
        the `last` child comes no other: saving goes back to the list.
        """
        self._lines = list(lines)
        self._say_counts(can_save=can_save)
        self.all.setVisible(len(lines) > 1)
        self.all.setText(text("entry.see_all", count=len(lines)))
        if not can_save:
            words = text("entry.to_list" if last else "entry.go_on")
        elif last:
            words = text("entry.save_last_incomplete" if incomplete else "entry.save_last")
        else:
            words = text("entry.save_incomplete" if incomplete else "entry.save")
        self.save.setText(f"{words}   Ctrl+Enter")
        if self.list.isVisible():
            self._fill()
        if len(lines) <= 1 and self.all.isChecked():
            self.all.setChecked(False)

    def _say_counts(self, *, can_save: bool) -> None:
        """How many errors and warnings, how many fields are still to be filled in, and the worst
        of them.
        """
        waiting = [one for one in self._lines if one.waiting]
        said = {
            severity: [one for one in self._lines if one.severity is severity and not one.waiting]
            for severity in (Severity.ERROR, Severity.WARNING)
        }
        errors, warnings = said[Severity.ERROR], said[Severity.WARNING]
        parts = []
        if errors:
            parts.append(text("entry.count_errors", count=len(errors)))
        if warnings:
            parts.append(text("entry.count_warnings", count=len(warnings)))
        if waiting:
            parts.append(text("entry.count_waiting", count=len(waiting)))
        counted = " · ".join(parts) or text("entry.no_issues")
        self.counts.setText(counted[:1].upper() + counted[1:])
        sign = "error" if errors else "warning" if warnings else "" if waiting else "done"
        set_state(self.counts, sign)
        if errors or warnings:
            asked = [one for one in self._lines if one.asked]
            worst = (asked or errors or warnings)[0]
            where = f"{worst.who} · {worst.field}" if worst.asked else worst.field
            self.first.say(f"{where}: {worst.sentence}  {text('entry.f8_next')}")
        elif waiting:
            names = ", ".join(dict.fromkeys(one.field for one in waiting))
            self.first.say(f"{names}  {text('entry.f8_next_field')}")
        else:
            self.first.say("" if can_save else text(self._hint))

    def ask_reason(
        self, sentence: str, kept: str = "", *, begun: str = "", cursor: int = -1
    ) -> None:
        """Ask for the reason of a warning, or for another than the one that was `kept`. What was
        `begun` stands there again, with the cursor before that letter; -1 is behind the last.
        """
        self._correcting = bool(kept)
        self.question.setText(f"{SIGNS[Severity.WARNING]} {sentence}")
        self.reason.setText(begun or kept)
        self.asking.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        if begun:
            self.reason.setCursorPosition(cursor if cursor >= 0 else len(begun))
        else:
            self.reason.selectAll()

    @property
    def is_asking(self) -> bool:
        """Whether a reason is being asked for."""
        return not self.asking.isHidden()

    def keep_reason(self) -> None:
        """Take what stands there as the reason. Nothing is none: the question stays, but for a
        reason that is corrected, which is taken away.
        """
        if self.reason.text().strip() or self._correcting:
            self.asking.hide()
            self.reason_kept.emit(self.reason.text())

    def give_up(self) -> None:
        """Give up the question, without a reason."""
        self.asking.hide()
        self.reason_given_up.emit()

    def _show_list(self, shown: bool) -> None:
        self.list.setVisible(shown)
        if shown:
            self._fill()
            if self.all.hasFocus():
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        self.list.show_lines(
            [
                f"{SIGNS[one.severity]}  {one.who} · {one.field}: {one.sentence}"
                for one in self._lines
            ],
            self._most,
        )
