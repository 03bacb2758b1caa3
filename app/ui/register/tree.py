"""The book as a tree: communes where there are several, villages, households, their children.

Each branch is read beside the window's thread when it is opened for the first time; what was open
and what was chosen stays so when the tree is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from app.i18n import number, text
from app.services.entry import ChildRow, Entry, HouseholdRow, UnitLine, VillageLine
from app.services.lists import ChildLists
from app.ui.gone import double_words, gone_words
from app.ui.tasks import Tasks
from app.ui.theme import Theme

T = TypeVar("T")
#: Up to this size of letters a village's line has room for all it says.
_ROOMY = 1.25
_KIND = int(Qt.ItemDataRole.UserRole)
_ID = _KIND + 1
_UNIT = _KIND + 2
_HOME = _KIND + 3
_SHOWN = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator


@dataclass(frozen=True, slots=True)
class BookPlace:
    """What is chosen in the tree: everything, a commune, or a village of it by `name`. An empty
    `village` of a commune's line for households without one is `no_village`.
    """

    unit: str = ""
    village: str = ""
    name: str = ""
    no_village: bool = False


class BookTree(QTreeWidget):
    """The tree. `chosen` gives the place whose children are wanted."""

    chosen = Signal(object)
    #: A household, and a child of it where that was opened.
    open_household = Signal(str, str)
    failed = Signal(object)
    #: The communes whose villages are shown.
    communes_known = Signal(object)

    def __init__(
        self, tasks: Tasks, entry: Entry, lists: ChildLists, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._entry = entry
        self._lists = lists
        self._wanted: frozenset[str] = frozenset()
        self._chosen_before = ""
        #: How often the communes were shown: what was asked for an earlier showing comes too late.
        self._showing = 0
        self.setHeaderHidden(True)
        self.setProperty("role", "plain")
        self.setAccessibleName(text("register.tree"))
        self.setUniformRowHeights(True)
        self.setIndentation(theme.pixels(16))
        #: Large letters leave room for one number beside a name; the tip has both.
        self._line = "register.village_line" if theme.scale <= _ROOMY else "register.village_short"
        self.itemExpanded.connect(self._expanded)
        self.currentItemChanged.connect(self._moved)
        self.itemActivated.connect(self._activated)

    def load(self) -> None:
        """Read the communes and villages again."""
        self._run(self._entry.communes, self._show_communes)

    @property
    def place(self) -> BookPlace:
        """What is chosen; a household or child stands for its village, who left for the commune."""
        item = self.currentItem()
        while item is not None and item.data(0, _KIND) in ("household", "child", "departed"):
            item = item.parent()
        if item is None or item.data(0, _KIND) == "all":
            return BookPlace()
        kind, one, unit = (item.data(0, role) for role in (_KIND, _ID, _UNIT))
        name = item.text(0).partition("  ")[0]
        village = one if kind == "village" else ""
        return BookPlace(unit, village, name, no_village=kind == "village" and not one)

    def choose_everything(self) -> None:
        """Go to the line of the whole register."""
        self._chosen_before = ""
        everything = self.topLevelItem(0)
        if everything is not None:
            self.setCurrentItem(everything)

    def choose(self, unit: str, village: str) -> None:
        """Go to a village or commune, as soon as it is known."""
        self._chosen_before = village or unit
        for item in self.items():
            if item.data(0, _ID) == self._chosen_before:
                self.setCurrentItem(item)

    def items(self) -> list[QTreeWidgetItem]:
        """Every line that is there."""
        found: list[QTreeWidgetItem] = []
        waiting = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        while waiting:
            item = waiting.pop()
            if item is not None:
                found.append(item)
                waiting += [item.child(row) for row in range(item.childCount())]
        return found

    # --- reading ----------------------------------------------------------------------------

    def _run(self, op: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.run(op, on_done, self.failed.emit, owner=self)

    def _show_communes(self, found: Sequence[UnitLine]) -> None:
        self._wanted = frozenset(one.data(0, _ID) for one in self.items() if one.isExpanded())
        item = self.currentItem()
        self._chosen_before = self._chosen_before or ("" if item is None else item.data(0, _ID))
        self.communes_known.emit(found)
        self._showing += 1
        self.blockSignals(True)
        self.clear()
        everything = _item(text("register.everything"), "all", "", "")
        self.addTopLevelItem(everything)
        for one in found if len(found) > 1 else ():
            item = _item(one.name, "unit", one.unit, one.unit)
            item.setChildIndicatorPolicy(_SHOWN)
            self.addTopLevelItem(item)
        self.blockSignals(False)
        if len(found) == 1:
            unit = found[0].unit
            self._run(
                partial(self._entry.villages, unit),
                partial(self._show_villages, self._showing, unit, ""),
            )
        if self._chosen_before == "":
            self.setCurrentItem(everything)
        self._go_on()

    def _show_villages(
        self, showing: int, unit: str, under: str, found: Sequence[VillageLine]
    ) -> None:
        if showing != self._showing:
            return
        parent = self._open_one("unit", under)
        if under and parent is None:
            return
        self.blockSignals(True)
        for line in found:
            if line.departed:
                self._put(parent, self._departed(line, unit))
                continue
            name = line.name or text("register.no_village")
            homes, children = number(line.households), number(line.children)
            words = partial(text, name=name, households=homes, children=children)
            item = _item(words(self._line), "village", line.id, unit)
            item.setToolTip(0, words("register.village_line"))
            if line.households:
                item.setChildIndicatorPolicy(_SHOWN)
            self._put(parent, item)
        self.blockSignals(False)
        self._go_on()

    @staticmethod
    def _departed(line: VillageLine, unit: str) -> QTreeWidgetItem:
        """Who left the commune and is counted there still: a line with nothing below."""
        name = text("register.departed_short")
        words = text("register.village_short", name=name, children=number(line.children))
        item = _item(words, "departed", "", unit)
        item.setToolTip(0, f"{words}\n{text('register.departed_tip')}")
        return item

    def _show_households(self, village: str, unit: str, found: Sequence[HouseholdRow]) -> None:
        parent = self._open_one("village", village, unit)
        if parent is None:
            return
        for row in found:
            head = row.head_name or text("entry.no_name")
            line = "register.household_line_checked" if row.checked else "register.household_line"
            others = row.children - row.counted
            words = text(
                line,
                head=f"{row.household_no} · {head}" if row.household_no else head,
                children=row.counted,
                others=f" {text('register.others', count=others)}" if others else "",
            )
            if row.entered_by:
                unit = self._entry.writer_name(row.entered_by)
                words = f"{words} · {text('register.entered_by', unit=unit)}"
            item = _item(words, "household", row.id, row.owner_unit)
            if others:
                item.setToolTip(0, f"{words}\n{text('register.others_tip', count=others)}")
            item.setData(0, _HOME, row.id)
            if row.children:
                item.setChildIndicatorPolicy(_SHOWN)
            parent.addChild(item)
        self._go_on()

    def _show_children(self, household: str, found: Sequence[ChildRow]) -> None:
        parent = self._open_one("household", household)
        if parent is None:
            return
        for row in found:
            born = "/".join(reversed(row.birth_date.split("-")))
            name = row.full_name or text("entry.no_name")
            item = _item(f"{name}   {born}".rstrip(), "child", row.id, row.owner_unit)
            if row.status:
                # The tip still says when it was born.
                item.setText(0, f"{name}   {gone_words(row.status, '')}")
                item.setToolTip(0, f"{name}   {born}   {gone_words(row.status, row.gone_on)}")
            elif row.double_of:
                item.setText(0, f"{name}   {double_words(row)}")
                item.setToolTip(0, f"{name}   {born}   {double_words(row)}")
            item.setData(0, _HOME, household)
            parent.addChild(item)
        self._go_on()

    def _open_one(self, kind: str, one: str, unit: str = "") -> QTreeWidgetItem | None:
        """The line that an answer belongs to, if it is still there and still empty."""
        for item in self.items():
            fits = item.data(0, _KIND) == kind and item.data(0, _ID) == one
            if fits and unit in ("", item.data(0, _UNIT)):
                return None if item.childCount() else item
        return None

    def _put(self, parent: QTreeWidgetItem | None, item: QTreeWidgetItem) -> None:
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)

    def _go_on(self) -> None:
        """Open again what was open, choose again what was chosen, as far as it is there by now."""
        for item in self.items():
            one = item.data(0, _ID)
            if one and one in self._wanted and not item.isExpanded():
                self._wanted -= {one}
                item.setExpanded(True)
            if one and one == self._chosen_before:
                self._chosen_before = ""
                self.setCurrentItem(item)

    # --- choosing ---------------------------------------------------------------------------

    def _expanded(self, item: QTreeWidgetItem) -> None:
        if item.childCount():
            return
        entry = self._entry
        kind, one, unit = (item.data(0, role) for role in (_KIND, _ID, _UNIT))
        if kind == "unit":
            self._run(
                partial(entry.villages, one), partial(self._show_villages, self._showing, unit, one)
            )
        elif kind == "village":

            def read() -> list[HouseholdRow]:
                return entry.household_rows(entry.household_ids(unit, one))

            self._run(read, partial(self._show_households, one, unit))
        elif kind == "household":
            self._run(partial(self._lists.of_household, one), partial(self._show_children, one))

    def _moved(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _KIND) not in ("household", "child"):
            self.chosen.emit(self.place)

    def _activated(self, item: QTreeWidgetItem) -> None:
        kind = item.data(0, _KIND)
        if kind in ("household", "child"):
            child = item.data(0, _ID) if kind == "child" else ""
            self.open_household.emit(item.data(0, _HOME), child)
        else:
            item.setExpanded(not item.isExpanded())


def _item(words: str, kind: str, one: str, unit: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([words])
    item.setToolTip(0, words)
    item.setData(0, _KIND, kind)
    item.setData(0, _ID, one)
    item.setData(0, _UNIT, unit)
    return item
