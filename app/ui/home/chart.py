"""How far the round is: a bar for each village or unit, painted here, and the same in words.

A bar has three parts, told apart by filling and not by colour alone: households that are finished
(full), visited and not finished (hatched), not visited (empty).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QResizeEvent
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
from app.services.worklist import PlaceProgress
from app.ui.theme import Theme

_PLACE = int(Qt.ItemDataRole.UserRole)
_LONG, _SHORT = _PLACE + 1, _PLACE + 2
ROW, _BAR = 44, 12


def total_of(places: Sequence[PlaceProgress]) -> PlaceProgress:
    """All places as one."""
    return PlaceProgress(
        "",
        "",
        sum(one.households for one in places),
        sum(one.seen for one in places),
        sum(one.done for one in places),
        sum(max(one.households, one.expected) for one in places),
    )


def without_round(place: PlaceProgress) -> PlaceProgress:
    """The same where no round is open: what is not finished was not visited in it either."""
    return replace(place, seen=place.done)


def words_of(place: PlaceProgress, *, in_round: bool, short: bool = False) -> str:
    """The numbers of a bar: finished of how many, and how many were visited in the round."""
    whole = max(place.households, place.expected)
    in_the_round = "worklist.progress.short" if short else "worklist.progress.round"
    key = in_the_round if in_round else "worklist.progress.plain"
    return text(key, done=number(place.done), seen=number(place.seen), households=number(whole))


def paint_bar(painter: QPainter, room: QRectF, place: PlaceProgress, theme: Theme) -> None:
    """Paint one bar into `room`."""
    colour = theme.colour
    whole = max(place.households, place.expected, 1)
    round_off = room.height() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("dimmed"))
    painter.drawRoundedRect(room, round_off, round_off)
    seen = QRectF(room)
    seen.setWidth(room.width() * place.seen / whole)
    if place.seen:
        painter.setBrush(colour("accent_soft"))
        painter.drawRoundedRect(seen, round_off, round_off)
        painter.setBrush(QBrush(colour("accent"), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(seen, round_off, round_off)
    done = QRectF(room)
    done.setWidth(room.width() * place.done / whole)
    if place.done:
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(done, round_off, round_off)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(colour("field_line"))
    painter.drawRoundedRect(room, round_off, round_off)


class Bar(QWidget):
    """The bar of the whole round."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._place = PlaceProgress("", "", 0, 0, 0)
        self.setFixedHeight(theme.pixels(_BAR + 2))

    def show_place(self, place: PlaceProgress, words: str) -> None:
        """Show how far it is; `words` say the same."""
        self._place = place
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 -- Qt's name
        painter = QPainter(self)
        paint_bar(
            painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._place, self._theme
        )
        painter.end()


class Legend(QWidget):
    """What the three fillings mean; on two lines where one has no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._in_round = True
        self.setAccessibleName(text("worklist.legend"))

    def show_for(self, *, in_round: bool) -> None:
        """Without a round nothing was visited or not."""
        self._in_round = in_round
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = self._placed()[-1][0].top() // self._line() + 1
        self.setFixedHeight(lines * self._line())

    def _line(self) -> int:
        return self.fontMetrics().height() + self._theme.pixels(4)

    def _placed(self) -> list[tuple[QRect, str, PlaceProgress]]:
        """Where each part stands: its place, its words, what its box shows."""
        px, metrics = self._theme.pixels, self.fontMetrics()
        parts = [("worklist.legend.done", (1, 1))]
        if self._in_round:
            parts += [("worklist.legend.seen", (1, 0)), ("worklist.legend.left", (0, 0))]
        else:
            parts.append(("worklist.legend.open", (0, 0)))
        found: list[tuple[QRect, str, PlaceProgress]] = []
        left = top = 0
        for message_id, (seen, done) in parts:
            words = text(message_id)
            width = px(26) + metrics.horizontalAdvance(words) + px(4)
            if left and left + width > self.width():
                left, top = 0, top + self._line()
            found.append((QRect(left, top, width, self._line()), words, _box(seen, done)))
            left += width + px(12)
        return found

    def paintEvent(self, _event: object) -> None:  # noqa: N802 -- Qt's name
        px = self._theme.pixels
        painter = QPainter(self)
        for room, words, shown in self._placed():
            above = room.top() + (room.height() - px(_BAR)) / 2
            paint_bar(
                painter, QRectF(room.left() + 0.5, above, px(20), px(_BAR)), shown, self._theme
            )
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(room.adjusted(px(26), 0, 0, 0), _LEFT, words)
        painter.end()


def _box(seen: int, done: int) -> PlaceProgress:
    return PlaceProgress("", "", 1, seen, done)


class Chart(QListWidget):
    """The bars, each a line that can be read and walked through by keys."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "plain")
        self.setAccessibleName(text("worklist.chart"))
        self.setItemDelegate(_Bars(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_places(self, places: Sequence[PlaceProgress], *, in_round: bool) -> None:
        """Show how far each is."""
        self.clear()
        for place in places if in_round else map(without_round, places):
            name = place.name or text("register.no_village")
            numbers = words_of(place, in_round=in_round)
            item = QListWidgetItem(name)
            item.setData(_PLACE, place)
            item.setData(_LONG, numbers)
            item.setData(_SHORT, words_of(place, in_round=in_round, short=True))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}: {numbers}")
            item.setToolTip(f"{name}: {numbers}")
            item.setSizeHint(QSize(0, self._theme.pixels(ROW)))
            self.addItem(item)


class _Bars(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        px, colour = self._theme.pixels, self._theme.colour
        room: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(room, colour("accent_soft"))
        inside = room.adjusted(px(4), px(2), -px(8), -px(6))
        painter.setFont(self._theme.font())
        metrics = painter.fontMetrics()
        numbers: str = index.data(_LONG)
        if metrics.horizontalAdvance(numbers + index.data()) + px(8) > inside.width():
            numbers = index.data(_SHORT)
        wide = metrics.horizontalAdvance(numbers)
        above = QRect(inside.left(), inside.top(), inside.width(), inside.height() - px(_BAR + 2))
        painter.setPen(colour("muted"))
        painter.drawText(above, _RIGHT, numbers)
        painter.setPen(colour("text"))
        left = above.adjusted(0, 0, -wide - px(8), 0)
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, _LEFT, name)
        bar = QRectF(inside.left() + 0.5, inside.bottom() - px(_BAR), inside.width() - 1, px(_BAR))
        paint_bar(painter, bar, index.data(_PLACE), self._theme)
        painter.restore()


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
