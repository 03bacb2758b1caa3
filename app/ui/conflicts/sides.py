"""The sides of one conflict, beside what stood before: only what differs, one line a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import text
from app.services.conflicts import ConflictView, HeadValue
from app.services.masking import MASKED, Shown
from app.services.wording import Worded
from app.text.moments import moment_words
from app.ui.theme import Theme

#: Lines of words that a row shows of one cell: the tool tip has all of them.
_MOST_LINES = 4
#: What the style sheet puts left and right of the words of a cell, with the line beside it.
_AROUND = 24
#: How wide the field and what stood before are where the sides need the room.
_NARROW = 112
MASK = "\N{BULLET}" * 4
#: Sides that have a key of their own, 1 to 9.
MOST_SIDES = 9
#: What the program keeps for itself among the fields of a group: an id that tells nobody anything.
_FOR_ITSELF = frozenset(("act",))
Words = Callable[[ConflictView, Mapping[str, Shown]], list[Worded]]


class Sides(QTableWidget):
    """The table: the field, what stood before, and a column for each side with its number."""

    def __init__(
        self, theme: Theme, words: Words, unit_name: Callable[[str], str], parent: QWidget
    ) -> None:
        """`words` puts the values of one side into words, `unit_name` a unit's id."""
        super().__init__(0, 0, parent)
        self._theme = theme
        self._words = words
        self._unit_name = unit_name
        #: The fields that are shown, a row each.
        self.names: tuple[str, ...] = ()
        self.setProperty("role", "plain")
        self.setAccessibleName(text("conflicts.sides"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.rangeChanged.connect(lambda *_: self._reach())
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_view(self, view: ConflictView | None) -> None:
        """Show the sides of a conflict; nothing for None."""
        self.names = ()
        if view is None:
            self.setRowCount(0)
            self.setColumnCount(0)
            return
        sides = [view.base, *(one.values for one in view.sides)]
        worded = [
            {one.name: one for one in self._words(view, _whole(view, side))} for side in sides
        ]
        # What nobody said says nothing beside its verdict, and differs in nothing else.
        said = [view.base, *(one.values for one in view.sides if one not in view.unsaid)]
        differ = [name for name in worded[0] if _differs(name, said)]
        self.names = names = tuple(name for name in differ if name not in _FOR_ITSELF)
        self.setColumnCount(1 + len(sides))
        self.setHorizontalHeaderLabels(
            [
                text("conflicts.column.field"),
                text("conflicts.column.before"),
                *(self._heading(view, at, one) for at, one in enumerate(view.sides, start=1)),
            ]
        )
        self.setRowCount(len(names))
        for row, name in enumerate(names):
            cells = [worded[0][name].label or name, *(_said(one.get(name)) for one in worded)]
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if column < 2:
                    item.setForeground(self._theme.colour("muted"))
                self.setItem(row, column, item)
        self._fit_columns()
        self._fit_rows()

    def _reach(self) -> None:
        """Tab comes here while a part is out of sight: nobody chooses what cannot be looked at."""
        bars = (self.verticalScrollBar(), self.horizontalScrollBar())
        more = any(bar.maximum() > bar.minimum() for bar in bars)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if more else Qt.FocusPolicy.NoFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        """Arrows and page keys move what is in sight; no cell is ever chosen."""
        QAbstractScrollArea.keyPressEvent(self, event)

    def _fit_columns(self) -> None:
        """Who wrote a side is read whole: of many sides not all are in sight then."""
        header, px = self.horizontalHeader(), self._theme.pixels
        font = QFont(self.font())
        font.setBold(True)  # as the style sheet paints headings
        metrics = QFontMetrics(font)
        words = [
            line
            for column in range(2, self.columnCount())
            if (item := self.horizontalHeaderItem(column)) is not None
            for line in item.text().split("\n")
        ]
        widest = max((metrics.horizontalAdvance(one) for one in words), default=0) + px(_AROUND)
        sides, room = self.columnCount() - 2, self.viewport().width()
        fits = (sides + 2) * widest <= room
        modes = QHeaderView.ResizeMode
        header.setSectionResizeMode(modes.Stretch if fits else modes.Fixed)
        if not fits and sides > 0:
            for column in range(self.columnCount()):
                side = max(widest, (room - 2 * px(_NARROW)) // sides)
                header.resizeSection(column, px(_NARROW) if column < 2 else side)

    def _heading(self, view: ConflictView, number: int, side: HeadValue) -> str:
        kept = side is view.kept
        if any(side is one for one in view.unsaid):
            return text("conflicts.side_unsaid", number=number)
        if kept and not side.author:
            return text("conflicts.side_stays", number=number)
        return text(
            "conflicts.side_kept" if kept else "conflicts.side",
            number=number,
            author=side.author,
            unit=self._unit_name(side.by),
            when=moment_words(side.wall, "%H:%M %d/%m/%Y"),
        )

    def _fit_rows(self) -> None:
        px, metrics = self._theme.pixels, self.fontMetrics()
        wrap, most = int(Qt.TextFlag.TextWordWrap), _MOST_LINES * metrics.lineSpacing()
        for row in range(self.rowCount()):
            high = px(20)
            for column in range(self.columnCount()):
                item, room = self.item(row, column), self.columnWidth(column) - px(_AROUND)
                words = "" if item is None else item.text()
                box = metrics.boundingRect(0, 0, max(1, room), 9999, wrap, words)
                high = max(high, box.height())
            self.setRowHeight(row, min(high, most) + px(12))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        """Rows are as high as their words are in columns that have their width only now."""
        super().showEvent(event)
        self._fit_columns()
        self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._fit_columns()
        self._fit_rows()


def is_masked(view: ConflictView) -> bool:
    """Whether a value of it is not shown: nobody chooses between what he does not see."""
    return any(value is MASKED for one in view.heads for value in one.values.values())


def _whole(view: ConflictView, side: Mapping[str, Shown]) -> dict[str, Shown]:
    return {name: side.get(name) for name in view.fields}


def _differs(name: str, sides: list[Mapping[str, Shown]]) -> bool:
    """Whether the sides say different things of a field, or something else than before."""
    said = [side.get(name) for side in sides]
    return any(one is MASKED or one != said[0] for one in said)


def _said(one: Worded | None) -> str:
    if one is None or one.value is None or one.value == "" or one.value == []:
        return text("conflicts.empty")
    if one.value is MASKED:
        return f"{MASK} {text('entry.mask')}"
    return "; ".join(map(str, one.value)) if isinstance(one.value, list) else str(one.value)
