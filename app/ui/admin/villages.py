"""The villages of the commune: the list in its order, one more, another name, one taken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import number, text
from app.services.entry import Entry, UnitLine
from app.services.table_export import Holds
from app.services.villages import MOST_EXPECTED, Villages, VillageView
from app.ui.admin.section import Section
from app.ui.labels import ElidedChoice
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_COLUMNS = ("name", "kind", "households", "children")
_ID = int(Qt.ItemDataRole.UserRole)


def _of(held: int, expected: int | None) -> str:
    """How many are in the register, and of how many where that is known."""
    if expected is None:
        return number(held)
    return text("administration.villages.of", held=number(held), expected=number(expected))


def _stored(one: VillageView | None, section: VillageSection, field: QLineEdit) -> str:
    """What a village holds in a field."""
    if one is None:
        return ""
    if field is section.name:
        return one.name
    households = field is section.expected_households
    count = one.expected_households if households else one.expected_children
    return "" if count is None else str(count)


class VillageSection(Section):
    """The list of one commune; where there are several, one is chosen first.

    `changed` says that lists elsewhere in the window are no longer true.
    """

    changed = Signal()

    def __init__(
        self, tasks: Tasks, theme: Theme, villages: Villages, entry: Entry, parent: QWidget
    ) -> None:
        super().__init__(tasks, theme, text("administration.villages"), parent)
        self._villages, self._entry = villages, entry
        self._shown: tuple[VillageView, ...] = ()
        self._kinds: dict[str, str] = dict(villages.kinds())
        #: What was typed into fields of villages and is not kept yet; whose fields are shown.
        self._typed: dict[tuple[str, QLineEdit], str] = {}
        self._edited = ""
        #: The village to stand on when the list comes anew.
        self._wanted = ""
        self.words(text("administration.villages.why"))
        self.unit = ElidedChoice()
        self.unit.setAccessibleName(text("administration.villages.unit"))
        self.unit.setMaximumWidth(theme.pixels(400))
        self.unit.hide()
        self.unit.currentIndexChanged.connect(self._read)
        self.column.addWidget(self.unit)
        self._add_table()
        self.up = self.step(text("administration.villages.up"), lambda: self._move(-1))
        self.down = self.step(text("administration.villages.down"), lambda: self._move(1))
        self.retire = self.step(text("administration.villages.retire"), self._retire, "danger")
        self.row(self.up, self.down, self.retire)
        self.part(text("administration.villages.chosen"))
        self.name = self.field(text("administration.villages.name"))
        self.kind = self._kind_box()
        self.rename = self.step(text("administration.villages.rename"), self._rename)
        self.row(self.kind, self.rename)
        self.expected_households = self._count("households")
        self.expected_children = self._count("children")
        self.expect = self.step(text("administration.villages.expect"), self._expect)
        self.row(self.expect)
        self.part(text("administration.villages.add"))
        self.new_name = self.field(text("administration.villages.new_name"))
        self.new_kind = self._kind_box()
        self.add = self.step(text("administration.villages.add"), self._add, "primary")
        self.row(self.new_kind, self.add)
        self.close_column()
        self.first = self.table

    def _add_table(self) -> None:
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setAccessibleName(text("administration.villages"))
        offer(self.table, "villages", Holds.FIGURES, numbers=(2, 3))
        self.table.setHorizontalHeaderLabels(
            [text(f"administration.villages.column.{one}") for one in _COLUMNS]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        px = self.theme.pixels
        self.table.verticalHeader().setDefaultSectionSize(px(32))
        self.table.setMinimumHeight(px(136))
        self.table.setMaximumHeight(px(296))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._chosen_changed)
        self.column.addWidget(self.table)

    def _count(self, what: str) -> QLineEdit:
        field = self.field(text(f"administration.villages.expected.{what}"))
        # Digits alone: a validator of numbers takes signs and the marks of thousands, too.
        digits = len(str(MOST_EXPECTED))
        pattern = QRegularExpression(f"[0-9]{{0,{digits}}}")
        field.setValidator(QRegularExpressionValidator(pattern, field))
        field.setMaximumWidth(self.theme.pixels(120))
        return field

    def _kind_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(text("administration.villages.column.kind"))
        box.addItem(text("administration.villages.no_kind"), "")
        for code, label in self._kinds.items():
            box.addItem(label, code)
        return box

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read which communes there are, then the villages of the one that is chosen."""
        self.read(self._entry.communes, self._show_units)

    def _show_units(self, found: Sequence[UnitLine]) -> None:
        before = self.unit.currentData()
        self.unit.blockSignals(True)
        self.unit.clear()
        for one in found:
            self.unit.addItem(one.name, one.unit)
        self.unit.setCurrentIndex(max(0, self.unit.findData(before)))
        self.unit.blockSignals(False)
        self.unit.setVisible(len(found) > 1)
        self._read()

    def _read(self) -> None:
        unit, villages = self.unit.currentData(), self._villages
        if unit:
            self.read(lambda: villages.list(unit), self._show)

    def _show(self, found: Sequence[VillageView]) -> None:
        before = self._wanted or self._chosen_id
        self._wanted = ""
        # Households without a village, or in one that was taken off elsewhere, are no village.
        self._shown = tuple(one for one in found if one.id and one.name)
        self.table.setRowCount(len(self._shown))
        row = 0
        for place, one in enumerate(self._shown):
            kind = self._kinds.get(one.kind, one.kind)
            households = _of(one.households, one.expected_households)
            cells = (one.name, kind, households, _of(one.children, one.expected_children))
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if column > 1:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                item.setData(_ID, one.id)
                self.table.setItem(place, column, item)
            if one.id == before:
                row = place
        if self._shown:
            self.table.selectRow(row)
        self._chosen_changed()

    @property
    def _chosen_id(self) -> str:
        item = self.table.item(self.table.currentRow(), 0)
        return "" if item is None else str(item.data(_ID))

    @property
    def chosen(self) -> VillageView | None:
        """The village of the line."""
        wanted = self._chosen_id
        return next((one for one in self._shown if one.id == wanted), None)

    def _chosen_changed(self) -> None:
        one = self.chosen
        for field in (self.name, self.expected_households, self.expected_children):
            # What was typed and not kept is kept for when the line is chosen again.
            if field.isModified():
                self._typed[self._edited, field] = field.text()
            field.setText(self._typed.pop((self._chosen_id, field), _stored(one, self, field)))
            field.setModified(field.text() != _stored(one, self, field))
        self._edited = self._chosen_id
        self.kind.setCurrentIndex(max(0, self.kind.findData("" if one is None else one.kind)))

    # --- doing ------------------------------------------------------------------------------

    def _deed(self, op: Callable[[str], object], said: str, name: str, *kept: QLineEdit) -> None:
        """Do something to the list of the chosen commune, and read it anew. `kept`: the fields
        whose words are in the list then.
        """
        unit = self.unit.currentData()
        if not unit:
            self.refuse("administration.villages.no_commune", self.table)
            return

        def done(result: object) -> None:
            if isinstance(result, str):
                self._wanted = result
            for field in kept:
                field.clear()
            self.say(text(said, name=name), "done")
            self._read()
            self.changed.emit()

        self.act(lambda: op(unit), done)

    def _add(self) -> None:
        name, kind = self.new_name.text(), self.new_kind.currentData()
        if not name.strip():
            self.refuse("villages.no_name_hint", self.new_name)
            return
        villages = self._villages
        self._deed(
            lambda unit: villages.add(unit, name, kind),
            "administration.villages.added",
            name.strip(),
            self.new_name,
        )

    def _rename(self) -> None:
        one, name, kind = self.chosen, self.name.text(), self.kind.currentData()
        if one is None:
            self.refuse("administration.villages.none", self.new_name)
        elif not name.strip():
            self.refuse("villages.no_name_hint", self.name)
        else:
            villages, village = self._villages, one.id
            self.name.setModified(False)
            self._deed(
                lambda unit: villages.rename(unit, village, name, kind),
                "administration.villages.renamed",
                name.strip(),
            )

    def _expect(self) -> None:
        one = self.chosen
        if one is None:
            self.refuse("administration.villages.none", self.new_name)
            return
        fields = (self.expected_households, self.expected_children)
        households, children = (int(f.text()) if f.text() else None for f in fields)
        for field in fields:
            field.setModified(False)
        villages, village = self._villages, one.id
        self._deed(
            lambda unit: villages.expect(unit, village, households, children),
            "administration.villages.expected",
            one.name,
        )

    def _move(self, step: int) -> None:
        one = self.chosen
        if one is None:
            self.refuse("administration.villages.none", self.new_name)
            return
        order = [each.id for each in self._shown]
        place = order.index(one.id)
        if not 0 <= place + step < len(order):
            return
        order.insert(place + step, order.pop(place))
        villages = self._villages
        self._deed(
            lambda unit: villages.order(unit, order), "administration.villages.moved", one.name
        )

    def _retire(self) -> None:
        one = self.chosen
        if one is None:
            self.refuse("administration.villages.none", self.new_name)
            return
        villages, village = self._villages, one.id

        def retire(unit: str) -> None:
            villages.retire(unit, village)

        self._deed(retire, "administration.villages.retired", one.name)
