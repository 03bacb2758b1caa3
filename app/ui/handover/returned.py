"""Everything that was sent back: a line each with where its record lies in the paper books, what of
it, why, by whom and when, and whether it was answered. Enter opens the record at the field, F3 asks
for the reason to read what is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.masking import Reveal
from app.services.returned_list import ReturnedLine
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.reveal_ask import RevealAsk
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Notifier, error_notice
from app.ui.pdf_file import name_pdf, write_pdf
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

STATE, VILLAGE, HOME, WHO, BIRTH, FIELD, REASON, BY, ON = range(9)
_HEADINGS = tuple(
    f"handovers.returned.column.{one}"
    for one in ("state", "village", "home", "who", "birth", "field", "reason", "by", "on")
)
#: Where room is short who sent it back goes first, then when: the line below the list has them.
_WIDTHS = {WHO: 168, HOME: 64, VILLAGE: 120, BIRTH: 104, FIELD: 136, STATE: 104, ON: 104, BY: 152}
_LEAST_REASON = 176
#: How wide what tells the lines apart may become, where there is room.
_MOST_PLACE, _MOST_FIELD = 248, 248


class ReturnedRows(LineRows[ReturnedLine]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: ReturnedLine, column: int) -> str:
        if column == STATE:
            return state_words(row)
        if column == WHO:
            return who_words(row)
        return {
            VILLAGE: row.place,
            HOME: row.household_no,
            BIRTH: day_words(row.birth),
            FIELD: what_words(row),
            REASON: row.reason,
            BY: row.by,
            ON: day_words(row.on),
        }[column]

    def colour(self, row: ReturnedLine, column: int) -> QColor | None:
        return (
            self._theme.colour("done" if row.answered else "warning") if column == STATE else None
        )


def state_words(row: ReturnedLine) -> str:
    """Whether somebody has worked on it since."""
    if row.answered:
        return text("handovers.returned.answered", day=day_words(row.answered))
    return text("handovers.returned.waiting")


def who_words(row: ReturnedLine) -> str:
    """The child, or the head of the household, or the number of the whole handover."""
    if row.seq:
        return text("handovers.returned.bundle", seq=row.seq)
    return row.name or row.head


def what_words(row: ReturnedLine) -> str:
    """What of it is to be looked at."""
    return row.label or ("" if row.seq else text("second_check.whole_record"))


def day_words(iso: str) -> str:
    """A day as people here write it; of an imprecise one what is known."""
    return "/".join(reversed(iso.split("-")))


class ReturnedCard(QFrame):
    """The card. `left` comes when the person wants back."""

    left = Signal()
    #: The household, record and field to go to.
    place_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        del unit_name  # the lines come with the names
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        px = theme.pixels
        self.title = QLabel(text("handovers.returned.title"), self)
        self.title.setProperty("role", "title")
        self.rows = ReturnedRows(theme)
        self.table = LineTable(
            self.rows,
            text("handovers.returned.title"),
            theme,
            _WIDTHS,
            REASON,
            _LEAST_REASON,
            self,
        )
        self.table.opens(self.open_current)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.open = Step(f"{text('handovers.open_record')}   Enter", self)
        self.open.clicked.connect(self.open_current)
        self.print = Step(text("handovers.returned.print"), self)
        self.print.clicked.connect(self._print)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self.masked = RevealAsk("handovers.returned.reveal", self)
        self.masked.asked.connect(self._reveal_for)
        self.reveal, self.why = self.masked.step, self.masked.why
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.open)
        deeds.addWidget(self.print)
        deeds.addWidget(self.reveal)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addWidget(self.why)
        column.addLayout(deeds)

    def load(self) -> None:
        """Read the list anew."""
        self._tasks.run(self._desk.returned_list.read, self._show, self._failed, owner=self)

    def _reveal_for(self, reason: str) -> None:
        self.begin()
        read = partial(self._desk.returned_list.read, Reveal(reason))
        self._tasks.run(read, self._show, self._failed, lane=Lane.WRITE, owner=self)

    def escape(self) -> bool:
        """Escape: give up the question; False when there is none."""
        if not self.masked.give_up():
            return False
        self.begin()
        return True

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, found: Sequence[ReturnedLine]) -> None:
        waiting = sum(1 for one in found if not one.answered)
        said = {"waiting": number(waiting), "answered": number(len(found) - waiting)}
        self.title.setText(text("handovers.returned.counted", **said))
        place = max(0, self.table.currentIndex().row())
        self.rows.show_lines(found)
        for column, most in ((VILLAGE, _MOST_PLACE), (FIELD, _MOST_FIELD)):
            self.table.fit(column, [self.rows.words(one, column) for one in found], most, (BY,))
        if found:
            self.table.setCurrentIndex(self.rows.index(min(place, len(found) - 1), REASON))
        self.print.setEnabled(bool(waiting))
        masked = any(one.masked for one in found)
        self.masked.offer(masked=masked and self._desk.returned_list.may_reveal)
        self._follow()

    @property
    def line(self) -> ReturnedLine | None:
        """What is under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        line = self.line
        self.open.setEnabled(line is not None and bool(line.household or line.child))
        if line is None:
            self.whole.setText(text("handovers.returned.none"))
            return
        home = text("entry.household_title", number=line.household_no) if line.household_no else ""
        born = text("handovers.returned.born", day=day_words(line.birth)) if line.birth else ""
        where = ", ".join(filter(None, (who_words(line), born, home, line.place)))
        why = text("second_check.sent_back", by=line.by, reason=line.reason)
        told = [where, what_words(line), why, day_words(line.on), state_words(line)]
        words = " · ".join(filter(None, told))
        # A whole handover has no page to open: what is to be done about it is said.
        step = text("handovers.returned.bundle_step") if line.seq and not line.answered else ""
        self.whole.setText("\n".join(filter(None, (words, step))))

    def open_current(self) -> None:
        """Enter: the record, at the field that is to be looked at."""
        line = self.line
        if line is not None and (line.household or line.child):
            record = line.child or line.household
            place = {"household": line.household, "record": record, "field": line.field}
            self.place_wanted.emit(place)

    def _print(self) -> None:
        path = name_pdf(self, text("handovers.returned.print"), text("handovers.returned.file"))
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write what waits as a list to be printed."""
        write_pdf(
            self,
            self._tasks,
            self._notifier,
            self._desk.returned_pdf,
            path,
            written="handovers.returned.written",
            topic="returned",
        )

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))
