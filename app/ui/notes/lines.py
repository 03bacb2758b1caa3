"""The list of notes: who wrote each where and when, and below that what, whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import text
from app.services.masking import Masked, Shown
from app.services.notes import NoteView
from app.text.moments import moment_words
from app.ui.theme import Theme

_NOTE = int(Qt.ItemDataRole.UserRole)
_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
_SIDE, _EDGE = 12, 8


def said(value: Shown) -> str:
    """The words of a note or of a reason; the mask in words, and what was erased."""
    if isinstance(value, Masked):
        return text("masking.mask")
    return text("notes.erased") if value is None else str(value)


def head_of(note: NoteView) -> str:
    """Who wrote a note, where and when, and what became of it."""
    when = moment_words(note.wall)
    parts = [text("notes.by", when=when, author=note.author, unit=note.unit_name)]
    if note.protected:
        parts.append(text("notes.protected"))
    if note.removed:
        parts.append(text("notes.removed_for", reason=said(note.reason)))
    if note.contested:
        parts.append(text("notes.contested"))
    return " · ".join(parts)


class NoteList(QListWidget):
    """The list. `removal_wanted` comes by Ctrl+Del on a line."""

    removal_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setAccessibleName(text("notes.list"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(_Lines(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def show_notes(self, notes: Sequence[NoteView]) -> None:
        """Show these; the line that was chosen stays chosen."""
        before = self.chosen
        self.clear()
        for one in notes:
            item = QListWidgetItem()
            item.setData(_NOTE, one)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{head_of(one)}\n{said(one.words)}")
            self.addItem(item)
            if before is not None and one.id == before.id:
                self.setCurrentItem(item)
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)

    @property
    def notes(self) -> tuple[NoteView, ...]:
        """What is shown."""
        return tuple(self.item(row).data(_NOTE) for row in range(self.count()))

    @property
    def chosen(self) -> NoteView | None:
        """The note under the keyboard."""
        item = self.currentItem()
        found: NoteView | None = None if item is None else item.data(_NOTE)
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Another width is another number of lines."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class _Lines(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QListWidget) -> None:
        super().__init__(parent)
        self._theme, self._list = theme, parent
        self._plain = theme.font()
        self._small = QFont(self._plain)
        self._small.setPointSizeF(self._plain.pointSizeF() * 0.9)

    def sizeHint(  # noqa: N802 -- Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option
        px, note = self._theme.pixels, index.data(_NOTE)
        room = max(1, self._list.viewport().width() - 2 * px(_SIDE))
        high = self._high(self._small, head_of(note), room) + self._high(
            self._plain, said(note.words), room
        )
        return QSize(0, high + 2 * px(_EDGE))

    @staticmethod
    def _high(font: QFont, words: str, room: int) -> int:
        return QFontMetrics(font).boundingRect(QRect(0, 0, room, 1 << 20), _WRAP, words).height()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        px, colour = self._theme.pixels, self._theme.colour
        note: NoteView = index.data(_NOTE)
        room: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(room, colour("accent_soft"))
            painter.fillRect(QRect(room.left(), room.top(), px(4), room.height()), colour("accent"))
        painter.setPen(colour("line"))
        painter.drawLine(room.left(), room.bottom(), room.right(), room.bottom())
        words = room.adjusted(px(_SIDE), px(_EDGE), -px(_SIDE), -px(_EDGE))
        painter.setFont(self._small)
        painter.setPen(colour("muted"))
        head = self._high(self._small, head_of(note), words.width())
        painter.drawText(words, _WRAP, head_of(note))
        painter.setFont(self._plain)
        faint = note.removed or isinstance(note.words, Masked) or note.words is None
        painter.setPen(colour("muted" if faint else "text"))
        painter.drawText(words.adjusted(0, head, 0, 0), _WRAP, said(note.words))
        painter.restore()
