"""What two people typed differently, side by side, and what becomes of each: one key a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import number, text
from app.services.retyping import Decision, Difference, Place
from app.ui.theme import Theme

_HEADINGS = (
    "retyping.column.who",
    "retyping.column.field",
    "retyping.column.typed",
    "retyping.column.retyped",
    "retyping.column.decision",
)
_DECISION = 4
#: Lines of words that a row shows of one cell, and letters that its tool tip does.
_MOST_LINES, _MOST_TOLD = 3, 1000
#: What the style sheet puts left and right of the words of a cell, with the line beside it.
_AROUND = 24
_KEYS = {
    Qt.Key.Key_1: Decision.STANDS,
    Qt.Key.Key_2: Decision.TAKE,
    Qt.Key.Key_3: Decision.RETURN,
}
_SIGNS = {
    Decision.STANDS: "\N{CHECK MARK}",
    Decision.TAKE: "\N{RIGHTWARDS ARROW}",
    Decision.RETURN: "\N{BLACK UP-POINTING TRIANGLE}",
}


class Differences(QTableWidget):
    """The table. `decided` maps each line that was decided; Enter on a whole one is `finished`."""

    finished = Signal()
    changed = Signal()
    #: Somebody wanted what cannot be done; what to say.
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(0, len(_HEADINGS), parent)
        self._theme = theme
        self._found: Sequence[Difference] = ()
        self.decided: dict[Place, Decision] = {}
        self.setHorizontalHeaderLabels([text(one) for one in _HEADINGS])
        self.setProperty("role", "plain")
        self.setAccessibleName(text("retyping.differences"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_differences(
        self, found: Sequence[Difference], decided: Mapping[Place, Decision] | None = None
    ) -> None:
        """Show them, with what was decided before somebody left."""
        self._found = found
        open_to = {one.place: one.may_take for one in found}
        self.decided = {
            place: it
            for place, it in (decided or {}).items()
            if place in open_to and (open_to[place] or it is not Decision.TAKE)
        }
        self.setRowCount(len(found))
        for at, one in enumerate(found):
            who = one.name or text("entry.no_name")
            if one.line:
                who = text("retyping.of_line", line=number(one.line), name=who)
            empty = text("retyping.empty")
            cells = (who, str(one.field.label), one.typed or empty, one.retyped or empty, "")
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(_tip(words))
                self.setItem(at, column, item)
        self._show_decisions()
        if found:
            left = (at for at, one in enumerate(found) if one.place not in self.decided)
            self.setCurrentCell(next(left, 0), 0)

    @property
    def is_decided(self) -> bool:
        """Whether every line is."""
        return all(one.place in self.decided for one in self._found)

    @property
    def current(self) -> Difference | None:
        """The line under the keyboard."""
        row = self.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    def decide(self, decision: Decision) -> None:
        """Decide the line under the keyboard and go on to the next one that is open."""
        one = self.current
        if one is None:
            return
        if decision is Decision.TAKE and not one.may_take:
            self.refused.emit(text(one.why_not))
            return
        self.decided[one.place] = decision
        self._show_decisions()
        order = [*range(self.currentRow() + 1, len(self._found)), *range(self.currentRow())]
        left = (at for at in order if self._found[at].place not in self.decided)
        self.setCurrentCell(next(left, self.currentRow()), 0)
        self.changed.emit()

    def _show_decisions(self) -> None:
        for at, one in enumerate(self._found):
            item = self.item(at, _DECISION)
            if item is None:
                continue
            it = self.decided.get(one.place)
            words = text("retyping.open") if it is None else f"{_SIGNS[it]} {decision_words()[it]}"
            item.setText(words)
            item.setToolTip(_tip(words))
            colour = "warning" if it is None else "done" if it is Decision.STANDS else "text"
            item.setForeground(self._theme.colour(colour))
        self._fit_rows()

    def _fit_rows(self) -> None:
        """As high as the words need: by themselves rows forget what the style sheet puts around.
        Of a long text that was pasted the tool tip tells the end: the other rows stay in sight.
        """
        px, metrics = self._theme.pixels, self.fontMetrics()
        most = _MOST_LINES * metrics.lineSpacing()
        wrap = int(Qt.TextFlag.TextWordWrap)
        for row in range(self.rowCount()):
            lines = px(20)
            for column in range(self.columnCount()):
                item = self.item(row, column)
                room = max(1, self.columnWidth(column) - px(_AROUND))
                words = "" if item is None else item.text()
                lines = max(lines, metrics.boundingRect(0, 0, room, 9999, wrap, words).height())
            self.setRowHeight(row, min(lines, most) + px(12))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        decision = _KEYS.get(Qt.Key(event.key()))
        if decision is not None and not event.isAutoRepeat():
            self.decide(decision)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.finished.emit()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        """Rows are as high as their words are in columns that have their width only now."""
        super().showEvent(event)
        self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit_rows()


def _tip(words: str) -> str:
    """The words, wrapped: a tool tip of plain text is as wide as they are long."""
    told = words if len(words) <= _MOST_TOLD else words[:_MOST_TOLD] + "\N{HORIZONTAL ELLIPSIS}"
    return f"<qt>{escape(told)}</qt>"


def decision_words() -> Mapping[Decision, str]:
    """What each decision is called."""
    return {
        Decision.STANDS: text("retyping.stands"),
        Decision.TAKE: text("retyping.take"),
        Decision.RETURN: text("retyping.return"),
    }
