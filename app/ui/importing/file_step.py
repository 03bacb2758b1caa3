"""The first step: which file, which of its sheets, and for which commune."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.entry import UnitLine
from app.services.import_look import FileView, SheetView
from app.ui.handover.wizard import PathEdit, named
from app.ui.labels import SetWords
from app.ui.step import Step
from app.ui.theme import Theme

_NAME = int(Qt.ItemDataRole.UserRole)


class FileStep(QWidget):
    """`look_wanted` says that the file is to be opened."""

    look_wanted = Signal()
    file_changed = Signal()
    sheets_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self._width = px(720)
        self.file = PathEdit()
        self.file.setAccessibleName(text("import_page.file"))
        self.file.setPlaceholderText(text("import_page.file_placeholder"))
        self.file.textChanged.connect(self._changed)
        self.file.returnPressed.connect(self.look_wanted)
        self.choose = Step(text("import_page.choose"))
        self.choose.clicked.connect(self._choose)
        self._hint = SetWords()
        self._hint.setProperty("role", "muted")
        self._hint.setText(text("import_page.file_hint"))
        self.unit = QComboBox()
        self.unit.setAccessibleName(text("import_page.unit"))
        self._unit_label = named(text("import_page.unit"), self.unit)
        self.sheets = QListWidget()
        self.sheets.setProperty("role", "plain")
        self.sheets.setAccessibleName(text("import_page.sheets"))
        self.sheets.itemChanged.connect(lambda _item: self.sheets_changed.emit())
        self._sheets_label = named(text("import_page.sheets_hint"), self.sheets)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.file, 1)
        row.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(named(text("import_page.file"), self.file))
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addWidget(self._unit_label)
        column.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._sheets_label)
        column.addWidget(self.sheets, 1)
        self._room = QWidget(self)
        column.addWidget(self._room, 1)
        self.offer_units(())
        self.forget()

    @property
    def path(self) -> Path | None:
        """The file as it is written; None where nothing is."""
        return Path(self.file.path) if self.file.path else None

    @property
    def chosen_sheets(self) -> tuple[str, ...]:
        """The sheets that are ticked, in the order of the file."""
        return tuple(
            str(item.data(_NAME)) for item in self._items() if item.checkState() is _CHECKED
        )

    @property
    def chosen_unit(self) -> str | None:
        """The commune that was chosen; None: as the file says."""
        return self.unit.currentData() or None

    def offer_units(self, units: Sequence[UnitLine]) -> None:
        """Offer the communes of this PC, where there are several."""
        several = len(units) > 1
        self.unit.clear()
        self.unit.addItem(text("import_page.unit_of_file"), "")
        for one in units:
            self.unit.addItem(one.name, one.unit)
        self._unit_label.setVisible(several)
        self.unit.setVisible(several)

    def show_sheets(self, view: FileView) -> None:
        """Show the sheets of a workbook; that which is looked at is ticked."""
        several = len(view.sheets) > 1
        self.sheets.blockSignals(True)
        self.sheets.clear()
        for one in view.sheets:
            item = QListWidgetItem(_sheet_words(one))
            item.setData(_NAME, one.name)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            if one.header_row or one.name == view.sheet:
                item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(_CHECKED if one.name == view.sheet else _UNCHECKED)
            else:
                item.setFlags(flags)
            self.sheets.addItem(item)
        self.sheets.setCurrentRow(0)
        self.sheets.blockSignals(False)
        self._sheets_label.setVisible(several)
        self.sheets.setVisible(several)
        self._room.setVisible(not several)

    def forget(self) -> None:
        """Show no sheets: the file was not read yet."""
        self.sheets.clear()
        self.sheets.hide()
        self._sheets_label.hide()
        self._room.show()

    def begin(self) -> None:
        """Put the keyboard where this step begins."""
        at = self.sheets if self.sheets.isVisibleTo(self) else self.file
        at.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit(self, width: int) -> None:
        """Give the words their height."""
        self._hint.fit(min(width, self._width))

    def _items(self) -> list[QListWidgetItem]:
        return [self.sheets.item(at) for at in range(self.sheets.count())]

    def _changed(self) -> None:
        self.forget()
        self.file_changed.emit()

    def _choose(self) -> None:
        kinds = f"{text('import_page.kinds')} (*.xlsx *.csv *.txt *.gz)"
        found, _kind = QFileDialog.getOpenFileName(
            self, text("import_page.choose"), self.file.path, kinds
        )
        if found:
            self.file.setText(found)
            self.look_wanted.emit()


_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


def _sheet_words(sheet: SheetView) -> str:
    name = f"{sheet.name} ({text('import_page.sheet_hidden')})" if sheet.hidden else sheet.name
    if not sheet.header_row:
        return text("import_page.sheet_bare", name=name)
    said = {"name": name, "row": number(sheet.header_row)}
    if not sheet.rows:
        return text("import_page.sheet", **said)
    rows = number(max(0, sheet.rows - sheet.header_row))
    return text("import_page.sheet_rows", rows=rows, **said)


def label_of_sheets(names: Sequence[str]) -> str:
    """The sheets that are read, in words; "" for a text file."""
    return ", ".join(f"«{one}»" for one in names if one)
