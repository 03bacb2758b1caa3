"""Who carries the paper books of the open round (điều tra viên): noted, changed, and taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QWidget

from app.i18n import text
from app.services.paper_books import EnumeratorRow, PaperBooks
from app.services.table_export import Holds
from app.services.villages import Villages, VillageView
from app.ui.admin.section import Section
from app.ui.line_table import LineRows, LineTable
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

NAME, PHONE, VILLAGES = range(3)
_HEADINGS = tuple(f"paper_books.column.{one}" for one in ("carrier", "phone", "villages"))
_WIDTHS = {NAME: 288, PHONE: 128}
_LEAST_VILLAGES = 120
_FIELD = 400


class CarrierLine(NamedTuple):
    """Somebody who carries books, with the names of the villages."""

    one: EnumeratorRow
    places: str


class CarrierRows(LineRows[CarrierLine]):
    """The model of the list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: CarrierLine, column: int) -> str:
        if column == NAME:
            name = row.one.full_name
            return text("paper_books.still_holds", name=name) if row.one.ended else name
        return row.one.phone if column == PHONE else row.places

    def colour(self, row: CarrierLine, column: int) -> QColor | None:
        del row, column
        return None


class CarriersSection(Section):
    """The part of the paper books' section about those who carry them."""

    #: Somebody was noted or taken off.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        books: PaperBooks,
        villages: Villages,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("paper_books.carriers"), parent, bare=True)
        self._books, self._villages = books, villages
        self.part(text("paper_books.carriers"))
        self.rows = CarrierRows(theme)
        self.table = LineTable(
            self.rows, text("paper_books.carriers"), theme, _WIDTHS, VILLAGES, _LEAST_VILLAGES, self
        )
        offer(self.table, "carriers", Holds.INTERNAL)
        self.table.setFixedHeight(theme.pixels(136))
        self.column.addWidget(self.table)
        self.release = self.step(text("paper_books.release"), self._release, "danger")
        self.row(self.release)
        self.unit = QComboBox(self)
        self.unit.setAccessibleName(text("paper_books.column.unit"))
        self.unit.setMaximumWidth(theme.pixels(_FIELD))
        self.labelled(text("paper_books.column.unit"), self.unit)
        self.name = self.field(text("paper_books.carrier_name"))
        self.phone = self.field(text("paper_books.column.phone"))
        self.places = QListWidget(self)
        self.places.setAccessibleName(text("paper_books.column.villages"))
        self.places.setMaximumWidth(theme.pixels(_FIELD))
        self.places.setFixedHeight(theme.pixels(112))
        self.labelled(text("paper_books.column.villages"), self.places)
        self.assign = self.step(text("paper_books.assign"), self._assign)
        self.row(self.assign)
        self.close_column(room=False)
        self.unit.currentIndexChanged.connect(lambda _at: self._load_places())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow())

    def show_all(self, found: Sequence[CarrierLine], units: Sequence[tuple[str, str]]) -> None:
        """Show who carries books, and the communes for which somebody may be noted."""
        self.rows.show_lines(found)
        held = self.unit.currentData()
        self.unit.blockSignals(True)
        self.unit.clear()
        for ref, name in units:
            self.unit.addItem(name, ref)
        self.unit.setCurrentIndex(max(0, self.unit.findData(held)))
        self.unit.blockSignals(False)
        self._load_places()
        self._follow()

    def _follow(self) -> None:
        chosen = self._chosen()
        carries = chosen is not None and not chosen.one.ended
        self.release.setEnabled(carries and not self._working)

    def _lock(self, *, locked: bool) -> None:
        super()._lock(locked=locked)
        if not locked:
            self._follow()

    def _chosen(self) -> CarrierLine | None:
        places = self.table.selectionModel().selectedRows()
        return self.rows.line(places[0].row()) if places else None

    def _load_places(self) -> None:
        unit, villages = self.unit.currentData(), self._villages
        if unit is None:
            return

        def show(found: list[VillageView]) -> None:
            held = set(self._checked())
            self.places.clear()
            for one in found:
                if one.id:
                    item = QListWidgetItem(one.name)
                    item.setData(Qt.ItemDataRole.UserRole, one.id)
                    state = Qt.CheckState.Checked if one.id in held else Qt.CheckState.Unchecked
                    item.setCheckState(state)
                    self.places.addItem(item)

        self.read(lambda: villages.list(str(unit)), show)

    def _checked(self) -> list[str]:
        items = (self.places.item(at) for at in range(self.places.count()))
        return [
            str(one.data(Qt.ItemDataRole.UserRole))
            for one in items
            if one.checkState() is Qt.CheckState.Checked
        ]

    def _assign(self) -> None:
        unit, name = str(self.unit.currentData() or ""), self.name.text()
        if not name.strip():
            self.refuse("people.no_name", self.name)
            return
        books, phone, places = self._books, self.phone.text(), self._checked()

        def done(_made: str) -> None:
            self.name.clear()
            self.phone.clear()
            self.places.clear()
            self.say(text("paper_books.assigned", name=name.strip()), "done")
            self.changed.emit()

        self.act(lambda: books.assign(unit, name, phone=phone, villages=places), done)

    def _release(self) -> None:
        chosen, books = self._chosen(), self._books
        if chosen is None:
            return

        def done(_nothing: None) -> None:
            self.say(text("paper_books.released", name=chosen.one.full_name), "done")
            self.changed.emit()

        self.act(lambda: books.release(chosen.one.id), done)
