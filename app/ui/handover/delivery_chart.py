"""How the units below have handed over, day by day: a line that climbs from none of them to all.

The ground under the line is hatched and the days that matter are written, so nothing is told by
colour alone. The same stands in words for whoever cannot see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.i18n import number, text
from app.ui.theme import Theme

_HEIGHT, _GAP = 116, 4


@dataclass(frozen=True, slots=True)
class Climb:
    """The days on which units handed over for the first time, of `whole` units; the round lasts
    from `start` to `due`, where it says so.
    """

    days: tuple[date, ...] = ()
    whole: int = 0
    start: date | None = None
    due: date | None = None
    today: date = date.min

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day that are shown; at least a day lies between. A round is often
        made known before its first day, and who hands over for it then is shown as well.
        """
        known = [*self.days, self.today, *(one for one in (self.start, self.due) if one)]
        first = min(known)
        return first, max(*known, first + timedelta(days=1))

    @property
    def steps(self) -> list[tuple[date, int]]:
        """(day, how many units had handed over by its end), where the number grows."""
        days = sorted(self.days)
        return [(day, at) for at, day in enumerate(days, 1) if at == len(days) or days[at] > day]


def climb_words(climb: Climb) -> str:
    """The chart in one sentence."""
    due = "" if climb.due is None else f"{climb.due:%d/%m/%Y}"
    key = "deliveries.chart.said" if due else "deliveries.chart.said_without_end"
    here, whole = number(len(climb.days)), number(climb.whole)
    return text(key, here=here, whole=whole, today=f"{climb.today:%d/%m/%Y}", due=due)


class DeliveryChart(QWidget):
    """The chart."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._climb = Climb()
        self.setFixedHeight(theme.pixels(_HEIGHT))

    def show_climb(self, climb: Climb) -> None:
        """Show how far it is."""
        self._climb = climb
        words = climb_words(climb)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 -- Qt's name
        if not self._climb.whole:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        px, line = self._theme.pixels, self.fontMetrics().height()
        whole = number(self._climb.whole)
        left = self.fontMetrics().horizontalAdvance(whole) + px(2 * _GAP)
        room = QRectF(self.rect()).adjusted(left, line / 2, -px(_GAP), -(line + px(_GAP)))
        self._paint_frame(painter, room, whole)
        self._paint_steps(painter, room)
        self._paint_days(painter, room)

    def _x(self, room: QRectF, day: date) -> float:
        first, last = self._climb.span
        return room.left() + room.width() * ((day - first).days / (last - first).days)

    def _y(self, room: QRectF, count: int) -> float:
        return room.bottom() - room.height() * count / self._climb.whole

    def _paint_frame(self, painter: QPainter, room: QRectF, whole: str) -> None:
        painter.setPen(QPen(self._theme.colour("field_line"), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.drawLine(room.topLeft(), room.topRight())
        painter.setPen(self._theme.colour("muted"))
        line = self.fontMetrics().height()
        for words, y in ((whole, room.top()), ("0", room.bottom())):
            place = QRectF(0, y - line / 2, room.left() - self._theme.pixels(_GAP), line)
            painter.drawText(place, _RIGHT, words)

    def _paint_steps(self, painter: QPainter, room: QRectF) -> None:
        points = [QPointF(self._x(room, self._climb.span[0]), room.bottom())]
        for day, count in self._climb.steps:
            points += [
                QPointF(self._x(room, day), points[-1].y()),
                QPointF(self._x(room, day), self._y(room, count)),
            ]
        points.append(QPointF(self._x(room, self._climb.today), points[-1].y()))
        ground = QPolygonF([*points, QPointF(points[-1].x(), room.bottom())])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_soft"))
        painter.drawPolygon(ground)
        painter.setBrush(QBrush(self._theme.colour("accent"), Qt.BrushStyle.BDiagPattern))
        painter.drawPolygon(ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("accent"), self._theme.pixels(2)))
        painter.drawPolyline(QPolygonF(points))

    def _paint_days(self, painter: QPainter, room: QRectF) -> None:
        """The days that matter, below the line; one that would touch another is left to the tip."""
        climb, line = self._climb, self.fontMetrics().height()
        marks = [(climb.today, text("deliveries.chart.today"), Qt.PenStyle.SolidLine)]
        if climb.due is not None:
            due = text("deliveries.chart.due", day=f"{climb.due:%d/%m}")
            marks.insert(0, (climb.due, due, Qt.PenStyle.DashLine))
        if climb.start is not None:
            marks.append((climb.start, f"{climb.start:%d/%m}", Qt.PenStyle.NoPen))
        taken: list[QRectF] = []
        for day, words, style in marks:
            x = self._x(room, day)
            painter.setPen(QPen(self._theme.colour("text"), 1, style))
            painter.drawLine(QLineF(x, room.top(), x, room.bottom()))
            wide = self.fontMetrics().horizontalAdvance(words) + self._theme.pixels(2 * _GAP)
            at = min(max(x - wide / 2, room.left()), room.right() - wide)
            place = QRectF(at, room.bottom() + self._theme.pixels(_GAP), wide, line)
            if any(place.intersects(other) for other in taken):
                continue
            taken.append(place)
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
