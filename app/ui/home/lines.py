"""The list of what waits: a number, what it is, what to do about it; Enter goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import number, text
from app.services.table_export import Column, Holds
from app.services.worklist import Duty, Task
from app.ui.table_export import Made, offer_list
from app.ui.theme import Theme

_TASK = int(Qt.ItemDataRole.UserRole)
_WORDS = _TASK + 1
_HINT = _TASK + 2
#: What must not wait, and what wants care; the rest is the daily work.
_FIRST = frozenset(
    (
        Duty.RETURNED,
        Duty.SENT_BACK,
        Duty.REFUSED_ABOVE,
        Duty.CONFLICTS,
        Duty.UNDONE_BUT_ACCEPTED,
        Duty.SET_ASIDE_ABOVE,
        Duty.DECLARED_WRONG,
    )
)
_CARE = frozenset(
    (
        Duty.HOME_GONE,
        Duty.ERRORS,
        Duty.WAITING,
        Duty.KEPT,
        Duty.SPLIT_UNITS,
        Duty.CODE_ON_NO_PAPER,
        Duty.NOT_ENROLLED,
        Duty.CERTIFICATE_ENDS,
        Duty.LISTS_LACK,
        Duty.UNFINISHED_SENDING,
        Duty.UNDONE,
        Duty.ANSWERS_OWED,
        Duty.BACKUP_LATE,
        Duty.OLD_COPIES,
    )
)
#: What is one thing, not a number of things.
_UNCOUNTED = frozenset(
    (Duty.CODE_ON_NO_PAPER, Duty.NOT_ENROLLED, Duty.CERTIFICATE_ENDS, Duty.BACKUP_LATE)
)
#: What the unit that nobody certifies does otherwise.
_AT_THE_TOP = frozenset((Duty.NOT_ENROLLED, Duty.CERTIFICATE_ENDS))
#: What is mended where the record is typed.
OF_UNITS_BELOW = frozenset(
    (
        Duty.DECLARED_WRONG,
        Duty.HOME_GONE,
        Duty.ERRORS,
        Duty.UNFINISHED,
        Duty.UNFINISHED_HOUSEHOLDS,
        Duty.NOT_SEEN,
        Duty.TO_CHECK,
        Duty.NO_NUMBER,
        Duty.PLACEHOLDER,
    )
)
_SIGNS = {"error": "\N{MULTIPLICATION X}", "warning": "\N{BLACK UP-POINTING TRIANGLE}"}
_ROW, _NUMBER, _SIGN, _EDGE = 52, 60, 24, 8


def state_of(duty: Duty) -> str:
    """How urgent a line is: `error`, `warning` or "" for the daily work."""
    if duty in _FIRST:
        return "error"
    return "warning" if duty in _CARE else ""


def words_of(task: Task) -> str:
    """What waits, in words, without its number."""
    day = "" if task.day is None else f"{task.day:%d/%m/%Y}"
    dated = f"worklist.task.{task.duty.value}"
    if task.duty is Duty.BACKUP_LATE and not day:
        return text("worklist.task.never_backed_up")
    return text(dated, day=day, days=number(task.days))


def hint_of(task: Task, *, top: bool, gathers: bool = False) -> str:
    """What to do about it; `top`: in the unit that nobody above certifies; `gathers`: in one whose
    records are typed by units below it, which are to be asked.
    """
    if top and task.duty in _AT_THE_TOP:
        return text(f"worklist.hint.{task.duty.value}_top")
    if gathers and task.duty in OF_UNITS_BELOW:
        return text(f"worklist.hint.{task.duty.value}_below")
    return text(f"worklist.hint.{task.duty.value}")


class TaskList(QListWidget):
    """The lines. `wanted` gives the duty of a line that was entered or clicked."""

    wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "plain")
        self.setAccessibleName(text("window.page.home"))
        offer_list(self, "worklist", Holds.FIGURES, self._as_table)
        self.setItemDelegate(_Lines(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        #: Whether somebody went to a line of the list.
        self._chosen = False
        self.itemClicked.connect(self._enter)
        self.installEventFilter(self)

    def show_tasks(
        self, tasks: Sequence[Task], *, top: bool = False, gathers: bool = False
    ) -> None:
        """Show what waits. The line that somebody chose stays chosen; else it is the first, also
        when what comes first was counted last.
        """
        before = self.currentItem()
        chosen = before.data(_TASK).duty if before is not None and self._chosen else None
        self.clear()
        for task in tasks:
            item = QListWidgetItem()
            words, hint = words_of(task), hint_of(task, top=top, gathers=gathers)
            counted = "" if task.duty in _UNCOUNTED else number(task.count)
            item.setData(_TASK, task)
            item.setData(_WORDS, words)
            item.setData(_HINT, hint)
            spoken = f"{counted} {words}".strip()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{spoken}. {hint}")
            item.setToolTip(f"{spoken}\n{hint}")
            item.setSizeHint(QSize(0, self._theme.pixels(_ROW)))
            self.addItem(item)
            if task.duty is chosen:
                self.setCurrentItem(item)
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)

    def _as_table(self) -> Made:
        """What waits, as a table: how many, what, what to do about it."""
        heads = (("count", 10), ("what", 50), ("hint", 60))
        columns = [Column(text(f"export.worklist.{name}"), width) for name, width in heads]
        rows = []
        for row in range(self.count()):
            item = self.item(row)
            task: Task = item.data(_TASK)
            counted = None if task.duty in _UNCOUNTED else task.count
            rows.append((counted, item.data(_WORDS), item.data(_HINT)))
        return Made(columns, rows)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is shown."""
        return tuple(self.item(row).data(_TASK) for row in range(self.count()))

    def choose(self, duty: Duty) -> None:
        """Put the keyboard's line on a duty that is shown."""
        for row, task in enumerate(self.tasks):
            if task.duty is duty:
                self._chosen = True
                self.setCurrentRow(row)

    def _enter(self, item: QListWidgetItem) -> None:
        self._chosen = True
        self.wanted.emit(item.data(_TASK).duty)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter and Space go where the line leads (Qt activates by double click only here)."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if (
            watched is self
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in keys and self.currentItem() is not None:
                self._enter(self.currentItem())
                return True
            self._chosen = True
        return super().eventFilter(watched, event)


class _Lines(QStyledItemDelegate):
    """Paints a line: number, sign, words with what to do below them."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = theme.font()
        self._small = QFont(self._plain)
        self._small.setPointSizeF(self._plain.pointSizeF() * 0.9)
        self._bold = QFont(self._plain)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._number = QFont(self._bold)
        self._number.setPointSizeF(self._plain.pointSizeF() * 1.2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        px, colour = self._theme.pixels, self._theme.colour
        task: Task = index.data(_TASK)
        state = state_of(task.duty)
        room: QRect = option.rect
        flags = option.state
        chosen = bool(flags & QStyle.StateFlag.State_Selected)
        under = bool(flags & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if chosen or under:
            painter.fillRect(room, colour("accent_soft" if chosen else "page"))
        if chosen:
            painter.fillRect(QRect(room.left(), room.top(), px(4), room.height()), colour("accent"))
        painter.setPen(colour("line"))
        painter.drawLine(room.left(), room.bottom(), room.right(), room.bottom())
        left = room.left() + px(_EDGE)
        said = "" if task.duty in _UNCOUNTED else number(task.count)
        painter.setFont(self._number)
        painter.setPen(colour(state or "accent_strong"))
        box = QRect(left, room.top(), px(_NUMBER), room.height())
        painter.drawText(box, _RIGHT, said)
        box = QRect(box.right() + px(4), room.top(), px(_SIGN), room.height())
        painter.setFont(self._plain)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _SIGNS.get(state, ""))
        words = room.adjusted(px(_EDGE + _NUMBER + 4 + _SIGN + 4), px(6), -px(32), -px(6))
        half = words.height() // 2
        above = QRect(words.left(), words.top(), words.width(), half)
        below = QRect(words.left(), words.top() + half, words.width(), half)
        painter.setFont(self._bold)
        painter.setPen(colour("text"))
        self._cut(painter, above, index.data(_WORDS))
        painter.setFont(self._small)
        painter.setPen(colour("muted"))
        self._cut(painter, below, index.data(_HINT))
        painter.setFont(self._number)
        arrow = QRect(room.right() - px(28), room.top(), px(20), room.height())
        painter.drawText(arrow, int(Qt.AlignmentFlag.AlignCenter), _ARROW)
        painter.restore()

    @staticmethod
    def _cut(painter: QPainter, room: QRect, words: str) -> None:
        said = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), said
        )


_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ARROW = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
