"""More units for one PC: a box before each, for whoever types for several communes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.services.unit_views import UnitView
from app.ui.theme import Theme

_REF = int(Qt.ItemDataRole.UserRole)
_OFF, _ON = Qt.CheckState.Unchecked, Qt.CheckState.Checked


class UnitChoice(QWidget):
    """The list; Space puts a unit in or takes it out, letters go to a name. `changed` says so."""

    changed = Signal()

    def __init__(self, theme: Theme, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel(label, self)
        title.setProperty("role", "label")
        self.list = QListWidget(self)
        self.list.setAccessibleName(label)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(theme.pixels(112))
        self.list.setMaximumWidth(theme.pixels(400))
        self.list.itemChanged.connect(lambda _item: self.changed.emit())
        title.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.pixels(4))
        column.addWidget(title)
        column.addWidget(self.list)

    def offer(self, units: Sequence[UnitView], chosen: Collection[str] = ()) -> None:
        """Offer these units, those of `chosen` with a tick."""
        with QSignalBlocker(self.list):
            self._fill(units, chosen)
        if units:
            self.list.setCurrentRow(0)
        self.setVisible(bool(units))

    def _fill(self, units: Sequence[UnitView], chosen: Collection[str]) -> None:
        self.list.clear()
        for one in units:
            item = QListWidgetItem(one.name)
            item.setData(_REF, one.ref)
            item.setToolTip(f"{one.full_name} ({one.ref})")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_ON if one.ref in chosen else _OFF)
            self.list.addItem(item)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The units with a tick, as `CODE@EDITION`."""
        items = map(self.list.item, range(self.list.count()))
        return tuple(str(one.data(_REF)) for one in items if one.checkState() == _ON)
