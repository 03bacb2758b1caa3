"""The life events to choose from, each with the key that begins it while one walks."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.i18n import text
from app.services.life_events.short_forms import SHORT_FORMS, About
from app.ui.theme import Theme


class Event(NamedTuple):
    """A line of the list: its key, the name of its words, the code, and whether it is about the
    household with everybody in it.
    """

    key: str
    name: str
    code: str
    whole: bool = False


#: In the order in which a clerk meets them.
EVENTS = (
    Event("1", "born", "born"),
    Event("2", "moved_in", "moved_in"),
    Event("3", "moved_out", "moved_out"),
    Event("4", "moved_out_all", "moved_out", whole=True),
    Event("5", "died", "died"),
    Event("6", "adopted", "adopted"),
    Event("7", "split_household", "split_household"),
    Event("8", "merged_household", "merged_household"),
    Event("9", "head_changed", "head_changed"),
    Event("0", "dropped_out", "dropped_out"),
    Event("H", "back_to_school", "back_to_school"),
    Event("T", "name_corrected", "name_corrected"),
    Event("N", "injured", "injured"),
)


def event_of_key(typed: str) -> Event | None:
    """The event that a key begins."""
    return next((one for one in EVENTS if typed and one.key == typed.upper()), None)


def of_child(event: Event) -> bool:
    """Whether an event is about one child who stands in the household."""
    about = SHORT_FORMS[event.code].about
    return about in (About.CHILD, About.CHILD_OR_ALL) and not event.whole


def event_of(code: str, *, whole: bool) -> Event | None:
    """The event of a code, of one child or of the whole household."""
    return next((one for one in EVENTS if one.code == code and one.whole is whole), None)


class EventList(QListWidget):
    """The list. Enter, a click and the key of a line begin it."""

    picked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "plain")
        self.setAccessibleName(text("quarter.events"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for one in EVENTS:
            words = text(f"quarter.event.{one.name}")
            item = QListWidgetItem(f"{one.key}   {words}")
            item.setToolTip(f"{words} ({one.key})")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {one.key}")
            item.setSizeHint(QSize(0, theme.pixels(27)))
            self.addItem(item)
        self.setCurrentRow(0)
        self.itemClicked.connect(self._pick)

    def show_possible(self, names: Collection[str]) -> None:
        """Dim the events that cannot be of the child under the keyboard; `names` are the others."""
        possible = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        for row, one in enumerate(EVENTS):
            kept, item = one.name in names, self.item(row)
            item.setFlags(possible if kept else Qt.ItemFlag.NoItemFlags)
            item.setForeground(self._theme.colour("text" if kept else "muted"))
            font = item.font()
            font.setStrikeOut(not kept)
            item.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self._pick(self.currentItem())
            return
        chosen = event_of_key(event.text())
        if chosen is not None:
            self.picked.emit(chosen)
            return
        super().keyPressEvent(event)

    def _pick(self, item: QListWidgetItem) -> None:
        self.picked.emit(EVENTS[self.row(item)])
