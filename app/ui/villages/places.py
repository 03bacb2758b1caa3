"""The villages of a walk, each with how far it is: words and a bar. Shared by review and check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.theme import Theme

_LINE = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex
_DONE = "\N{CHECK MARK}"
_BAR, _EDGE, _GAP = 6, 8, 4


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A village: its id, its name, how far it is in words and in numbers."""

    id: str
    name: str
    words: str
    done: int
    total: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left there."""
        return self.done >= self.total


class PlaceList(QListWidget):
    """The list. Enter or a click on a village chooses it."""

    wanted = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.setItemDelegate(_Painter(theme, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._choose)

    def show_lines(self, lines: Sequence[PlaceLine], chosen: str | None) -> None:
        """Show villages; the chosen one, or the one the keyboard was on, stays marked."""
        marked = chosen if chosen is not None else self.marked
        self.clear()
        for line in lines:
            item = QListWidgetItem(line.name)
            item.setData(_LINE, line)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{line.name}: {line.words}")
            item.setToolTip(f"{line.name}: {line.words}")
            self.addItem(item)
        ids = [one.id for one in lines]
        if ids:
            self.setCurrentRow(ids.index(marked) if marked in ids else 0)

    def mark(self, village: str) -> None:
        """Mark a village, where it is shown."""
        ids = [one.id for one in self.lines()]
        if village in ids:
            self.setCurrentRow(ids.index(village))

    @property
    def marked(self) -> str | None:
        """The village under the keyboard."""
        item = self.currentItem()
        return None if item is None else str(item.data(_LINE).id)

    def lines(self) -> list[PlaceLine]:
        """What is shown."""
        return [self.item(row).data(_LINE) for row in range(self.count())]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self._choose(self.currentItem())
            return
        super().keyPressEvent(event)

    def _choose(self, item: QListWidgetItem) -> None:
        self.wanted.emit(item.data(_LINE).id)


class _Painter(QStyledItemDelegate):
    """Name and words on two lines, a bar under them."""

    def __init__(self, theme: Theme, parent: PlaceList) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        del index
        px, line = self._theme.pixels, option.fontMetrics.height()
        return QSize(px(120), 2 * line + px(_BAR) + 2 * px(_EDGE) + 2 * px(_GAP))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line: PlaceLine = index.data(_LINE)
        px, theme = self._theme.pixels, self._theme
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        option.text = ""
        widget = option.widget
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        room = option.rect.adjusted(px(_EDGE), px(_EDGE), -px(_EDGE), -px(_EDGE))
        height = option.fontMetrics.height()
        name = QRect(room.left(), room.top(), room.width(), height)
        words = QRect(room.left(), name.bottom() + 1, room.width(), height)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = Qt.TextElideMode.ElideRight
        painter.save()
        painter.setPen(theme.colour("text"))
        painter.drawText(name, flags, option.fontMetrics.elidedText(line.name, right, room.width()))
        painter.setPen(theme.colour("done" if line.is_done else "muted"))
        said = f"{_DONE} {line.words}" if line.is_done else line.words
        painter.drawText(words, flags, option.fontMetrics.elidedText(said, right, room.width()))
        bar = QRect(room.left(), words.bottom() + px(_GAP), room.width(), px(_BAR))
        self._bar(painter, bar, line)
        painter.restore()

    def _bar(self, painter: QPainter, bar: QRect, line: PlaceLine) -> None:
        theme = self._theme
        painter.setPen(theme.colour("field_line"))
        painter.setBrush(theme.colour("surface"))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
        if line.total and line.done:
            width = max(2, (bar.width() - 2) * min(line.done, line.total) // line.total)
            colour = theme.colour("done" if line.is_done else "accent")
            painter.fillRect(QRect(bar.left() + 1, bar.top() + 1, width, bar.height() - 2), colour)
