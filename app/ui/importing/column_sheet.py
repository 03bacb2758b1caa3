"""The first rows of a list as they stand in the file, above each column what it is taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.i18n import text
from app.ui.importing.choices import ColumnChoice
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_WIDEST, _NARROWEST = 208, 104
_MARGIN = 24


class SheetRows(QAbstractTableModel):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._columns: Sequence[ColumnChoice] = ()
        self._rows: Sequence[tuple[int, tuple[str, ...]]] = ()

    def show_rows(
        self, columns: Sequence[ColumnChoice], rows: Sequence[tuple[int, tuple[str, ...]]]
    ) -> None:
        """Show another list."""
        self.beginResetModel()
        self._columns, self._rows = columns, rows
        self.endResetModel()

    def column_changed(self, column: int) -> None:
        """A column is taken for something else."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
        last = max(0, len(self._rows) - 1)
        self.dataChanged.emit(self.index(0, column), self.index(last, column))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 -- Qt's
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        said = self._rows[index.row()][1][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return said
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.head(index.column())}: {said}"
        if role == Qt.ItemDataRole.ForegroundRole and self._columns[index.column()].ignored:
            return self._theme.colour("muted")
        return None

    def head(self, column: int) -> str:
        """What a column is taken for, and its title in the file."""
        one = self._columns[column]
        return f"{one.sign} {one.label}\n{one.view.letters} · {one.view.title}"

    def headerData(  # noqa: N802 -- Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return str(self._rows[section][0]) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.head(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self.head(section)}\n{self._columns[section].why}"
        return None

    def colour(self, column: int) -> QColor:
        """In which colour it is said what a column is taken for."""
        return self._theme.colour(self._columns[column].colour)


class SheetHead(QHeaderView):
    """The head: two lines, each cut for itself."""

    def __init__(self, rows: SheetRows, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows, self._theme = rows, theme
        self.setFixedHeight(theme.pixels(52))
        self.setSectionsClickable(True)

    def paintSection(  # noqa: N802 -- Qt's name
        self, painter: QPainter, rect: QRect, logical: int
    ) -> None:
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        px = self._theme.pixels
        room = rect.adjusted(px(9), px(5), -px(9), -px(5))
        taken, title = self._rows.head(logical).split("\n")
        bold, plain = QFont(self.font()), QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        upper, lower = QRect(room), QRect(room)
        upper.setBottom(room.center().y())
        lower.setTop(room.center().y())
        painter.save()
        for font, place, words, colour in (
            (bold, upper, taken, self._rows.colour(logical)),
            (plain, lower, title, self._theme.colour("muted")),
        ):
            painter.setFont(font)
            painter.setPen(colour)
            cut = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        painter.restore()


class ColumnSheet(QTableView):
    """The view: left and right go from column to column, Enter chooses, Delete reads over one."""

    chosen = Signal(int)
    choice_wanted = Signal()
    ignore_wanted = Signal()

    def __init__(self, rows: SheetRows, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setHorizontalHeader(SheetHead(rows, theme, self))
        self.setModel(rows)
        self._rows = rows
        self.setProperty("role", "plain")
        self.setAccessibleName(text("import_page.sheet_name"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(theme.pixels(28))
        self.selectionModel().currentChanged.connect(
            lambda now, _before: self.chosen.emit(now.column())
        )

    def fit_columns(self) -> None:
        """As wide as what stands in a column, within reason."""
        px, metrics = self._theme.pixels, self.fontMetrics()
        model = self.model()
        for column in range(model.columnCount()):
            texts = [str(model.index(row, column).data()) for row in range(model.rowCount())]
            head = self._rows.head(column)
            wide = max(map(metrics.horizontalAdvance, (*texts, *head.split("\n"))), default=0)
            wide = max(px(_NARROWEST), min(wide + px(_MARGIN), px(_WIDEST)))
            self.setColumnWidth(column, wide)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.choice_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.ignore_wanted.emit()
        else:
            super().keyPressEvent(event)
