"""The two lists of a short form: who it is, and which children are meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem


class Choice(QListWidget):
    """Who it is: a child that is new, or one of those who came. Enter chooses."""

    #: The id of the one chosen, "" for a child that is new.
    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def show_choices(self, new: str, arrivals: Sequence[tuple[str, str]]) -> None:
        """Offer them; where nobody came there is nothing to choose."""
        self.setVisible(bool(arrivals))
        self.clear()
        for ent_id, words in (("", new), *arrivals):
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, ent_id)
            self.addItem(item)
        self.setCurrentRow(0)
        self.setFixedHeight(min(self.count(), 4) * self.sizeHintForRow(0) + 8)


class Ticks(QListWidget):
    """Children to choose among: Space ticks, Enter goes on."""

    changed = Signal()
    stepped = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.itemChanged.connect(lambda _item: self.changed.emit())
        self.itemActivated.connect(lambda _item: self.stepped.emit())

    def show_children(
        self, children: Sequence[tuple[str, str]], ticked: Collection[str] = ()
    ) -> None:
        """Offer children (id, name), some of them ticked already."""
        self.blockSignals(True)
        self.clear()
        for ent_id, name in children:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, ent_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = ent_id in ticked
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self.addItem(item)
        if children:
            self.setCurrentRow(0)
            self.setFixedHeight(min(len(children), 5) * self.sizeHintForRow(0) + 8)
        self.blockSignals(False)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of the ticked ones."""
        items = [self.item(row) for row in range(self.count())]
        chosen = [one for one in items if one.checkState() is Qt.CheckState.Checked]
        return tuple(str(one.data(Qt.ItemDataRole.UserRole)) for one in chosen)
