"""A page as a sheet to lay beside the paper: a row for each field, a column for each child.

The household's own answers stand above the children's, across all columns of the same table, so
that one walk with the arrows passes everything. Read only; what stands masked is told as masked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.i18n import text
from app.services.check_sheet import CheckSheet, SheetRow
from app.services.masking import MASKED, Shown
from app.ui.labels import on_lines
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_MASK = "\N{BULLET}" * 3
_LABELS, _LEAST_COLUMN = 232, 160
_LABEL_LINES = 3
#: Seconds without a key after which somebody looks at the screen.
_REST = 1.5
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_WALKS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_HELD_DOWN = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: Rows out of sight that are made high enough at a time.
_AT_ONCE = 6


def _words(cell: Shown) -> str:
    return _MASK if cell is MASKED else str(cell or "")


class _Model(QAbstractTableModel):
    """The sheet as it is, asked cell by cell: a household of forty costs no more than is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = CheckSheet((), (), ())
        #: As much of each label as there is room for.
        self.short: dict[str, str] = {}

    def take(self, sheet: CheckSheet) -> None:
        self.beginResetModel()
        self.sheet = sheet
        self.endResetModel()

    def row(self, at: int) -> SheetRow:
        home = self.sheet.household
        return home[at] if at < len(home) else self.sheet.rows[at - len(home)]

    def cell(self, at: int, column: int) -> Shown:
        cells = self.row(at).cells
        return cells[column] if column < len(cells) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self.sheet.household) + len(self.sheet.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else max(1, len(self.sheet.children))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text("second_check.masked") if cell is MASKED else _words(cell)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.row(index.row()).label}: {_words(cell)}"
        return None

    def headerData(  # noqa: N802 -- Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            label = self.row(section).label
            whole = role == Qt.ItemDataRole.ToolTipRole
            return label if whole else self.short.get(label, label)
        children = self.sheet.children
        if not children:
            return text("second_check.household")
        return children[section][1] or text("entry.no_name")


class SheetTable(QTableView):
    """The sheet. Keys that are `taken` are told by `pressed_key` and mean nothing here; Ctrl+Enter
    is `passed`.

    Whoever has just typed a household again looks at the paper and may type on: while `guarded` no
    key that one types with does anything but `typed_on`. Ctrl+Enter and Page Up and Down work, an
    arrow up or down after a rest takes the guard away (`looked`).
    """

    pressed_key = Signal(object)
    passed = Signal()
    typed_on = Signal()
    looked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fitted = self._each = 0
        #: The rows whose height is not known yet, and when the next of them are looked at.
        self._unfit: Iterator[int] = iter(())
        self._later = QTimer(self)
        self._later.timeout.connect(self._fit_more)
        self.taken = frozenset[int]()
        self.guarded = False
        #: Seconds from anywhere; and when the last key came that did nothing.
        self.clock: Callable[[], float] = time.monotonic
        self._last_key = 0.0
        self.rows = _Model()
        self.setModel(self.rows)
        self.setProperty("role", "plain")
        self.setAccessibleName(text("second_check.children"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setFixedWidth(theme.pixels(_LABELS))
        self.verticalHeader().setDefaultSectionSize(self._height(1))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ENTER and modifiers == Qt.KeyboardModifier.ControlModifier:
            if not event.isAutoRepeat():
                self.passed.emit()
            return
        if self.guarded and key not in _WALKS and key != Qt.Key.Key_Escape:
            if key in _HELD_DOWN:
                return
            if key not in _ARROWS or self.clock() - self._last_key < _REST:
                self._swallow()
                return
            self.guarded = False
            self.looked.emit()
        if key in self.taken and not modifiers:
            self.pressed_key.emit(event)
            return
        super().keyPressEvent(event)

    def guard(self, *, up: bool) -> None:
        """Whether whoever has the keyboard looks at the paper and may type on."""
        self.guarded = up
        self._last_key = self.clock()

    def _swallow(self) -> None:
        self._last_key = self.clock()
        self.typed_on.emit()

    def focusNextPrevChild(self, on: bool) -> bool:  # noqa: N802 -- Qt's
        """Tab is a key one types with, too: behind it are ticks that Space would change."""
        if self.guarded:
            self._swallow()
            return True
        return super().focusNextPrevChild(on)

    def keyboardSearch(self, _words: str) -> None:  # noqa: N802 -- Qt's name
        """Letters that mean nothing do nothing: what T sends back stands under the keyboard."""

    def show_sheet(self, sheet: CheckSheet) -> None:
        """Show a page from its first row."""
        self.clearSpans()
        self._shorten(sheet)
        self.verticalHeader().setDefaultSectionSize(self._height(1))
        self.rows.take(sheet)
        columns = self.rows.columnCount()
        for at in range(len(sheet.household) if columns > 1 else 0):
            self.setSpan(at, 0, 1, columns)
        self._fit()
        self.setCurrentIndex(self.rows.index(0, 0))
        self.scrollToTop()

    def _shorten(self, sheet: CheckSheet) -> None:
        """Labels on one line, long ones on more: only what these do not hold is cut."""
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it: metrics do not know
        metrics = QFontMetrics(font)
        room = self._theme.pixels(_LABELS - 24)
        for row in (*sheet.household, *sheet.rows):
            if row.label not in self.rows.short:
                self.rows.short[row.label] = on_lines(row.label, metrics, room, _LABEL_LINES)

    def _height(self, lines: int) -> int:
        return self._theme.pixels(12) + lines * self.fontMetrics().lineSpacing()

    def _fit(self) -> None:
        """As wide as there is room; three children and more are scrolled through. The scroll bar's
        room is kept free, so that it changes nothing when it comes.
        """
        self._fitted = self.width()
        px, columns = self._theme.pixels, self.rows.columnCount()
        room = self.width() - px(_LABELS) - self.verticalScrollBar().sizeHint().width()
        each = max(px(_LEAST_COLUMN), (room - px(8)) // columns)
        self.horizontalHeader().setDefaultSectionSize(each)
        self._each = each
        self._unfit = iter(range(self.rows.rowCount()))
        self._later.stop()
        height = 0
        for at in self._unfit:
            self._fit_row(at)
            height += self.rowHeight(at)
            if height > self.viewport().height():
                # What is out of sight follows in small pieces: forty children would hold a key up.
                self._later.start()
                break

    def _fit_more(self) -> None:
        """A few rows that are out of sight; the line under the keyboard stays in sight."""
        index = self.currentIndex()
        seen = self.visualRect(index).intersects(self.viewport().rect())
        for at in islice(self._unfit, _AT_ONCE):
            self._fit_row(at)
            if at >= self.rows.rowCount() - 1:
                self._later.stop()
        if seen and index.isValid():
            self.updateGeometries()  # else it scrolls no further than before the rows grew
            self.scrollTo(index)

    def _fit_row(self, at: int) -> None:
        metrics = self.fontMetrics()
        letter, home = max(1, metrics.averageCharWidth()), len(self.rows.sheet.household)
        columns = self.rows.columnCount()
        inside = self._each * columns if at < home else self._each
        inside = max(1, inside - self._theme.pixels(16))
        lines = self.rows.short.get(self.rows.row(at).label, "").count("\n") + 1
        # Brothers and sisters say the same in many fields.
        for words in set(map(_words, self.rows.row(at).cells)):
            if len(words) * letter > inside or "\n" in words:
                told = words.split("\n")
                wide = sum(-(-metrics.horizontalAdvance(one) // inside) or 1 for one in told)
                lines = max(lines, wide)
        if lines > 1:
            self.setRowHeight(at, self._height(lines))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        if self.width() != self._fitted:
            self._fit()

    def show_current(self) -> None:
        """Scroll to the line under the keyboard, where something has taken room from the sheet."""
        self.scrollTo(self.currentIndex())

    def go_to(self, child: str, field: str) -> None:
        """Put the keyboard's line at a field, of a child or of the household, if it is there."""
        sheet, home = self.rows.sheet, len(self.rows.sheet.household)
        names = [one for one, _ in sheet.children]
        of_child = child in names
        rows = range(home, self.rows.rowCount()) if of_child else range(home)
        at = next((at for at in rows if field and self.rows.row(at).field == field), None)
        if at is not None:
            self.setCurrentIndex(self.rows.index(at, names.index(child) if of_child else 0))

    @property
    def current(self) -> SheetRow | None:
        """The line under the keyboard."""
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    @property
    def place(self) -> tuple[str, str, str]:
        """(child, field, what it is called) under the keyboard; the child is "" for the household,
        the field "" where none is meant.
        """
        index, sheet, row = self.currentIndex(), self.rows.sheet, self.current
        if row is None:
            return "", "", text("second_check.household")
        if index.row() < len(sheet.household) or not sheet.children:
            return "", row.field, row.label
        child, name = sheet.children[index.column()]
        return child, row.field, f"{name} · {row.label}"
