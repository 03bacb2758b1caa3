"""Sổ giấy: which paper book of the round is where, what was done with it, and new ones supplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget

from app.i18n import number, text
from app.services.paper_books import BookStep, PaperBook, PaperBooks, next_steps
from app.services.rights import Right
from app.services.villages import Villages, VillageView
from app.services.workplace import Workplace
from app.text.days import day_in_words
from app.ui.admin.day_edit import DayEdit
from app.ui.admin.section import Section
from app.ui.line_table import LineRows, LineTable
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

NUMBER, VILLAGE, UNIT, STEP, DAY, HOLDER = range(6)
_COLUMNS = ("number", "village", "unit", "step", "day", "holder")
_HEADINGS = tuple(f"paper_books.column.{one}" for one in _COLUMNS)
_WIDTHS = {NUMBER: 72, STEP: 184, HOLDER: 152, DAY: 104}
_LEAST_VILLAGE = 120
_DEEDS = tuple(BookStep)[1:]
_FIELD = 400


class _Found(NamedTuple):
    """What one look gives the section."""

    books: Sequence[PaperBook]
    units: Sequence[tuple[str, str]]
    names: Sequence[str]


class BookRows(LineRows[PaperBook]):
    """The model of the list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: PaperBook, column: int) -> str:
        said = {
            NUMBER: row.number,
            VILLAGE: row.village_name,
            UNIT: row.unit_name,
            STEP: text(f"paper_books.step.{row.step.value}"),
            DAY: day_in_words(row.day),
        }
        return said.get(column, row.holder)

    def colour(self, row: PaperBook, column: int) -> QColor | None:
        if column == STEP and row.step is BookStep.LOST:
            return self._theme.colour("warning")
        return None


class BooksSection(Section):
    """The list of the round's books, the next step of those chosen, and the supply of new ones."""

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        books: PaperBooks,
        villages: Villages,
        workplace: Workplace,
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, theme, text("paper_books.title"), parent)
        self._books, self._villages, self._workplace = books, villages, workplace
        self._places: Sequence[VillageView] = ()
        self.words(text("paper_books.why"))
        self.rows = BookRows(theme)
        self.table = LineTable(
            self.rows, text("paper_books.title"), theme, _WIDTHS, VILLAGE, _LEAST_VILLAGE, self
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setFixedHeight(theme.pixels(208))
        self.column.addWidget(self.table)
        self.count = self.words("", role="muted")
        with self.together() as self.typing:
            self._build_step()
            self._build_supply()
        self.typing.setVisible(Right.ENTER in workplace.account.rights)
        self.close_column()
        self.first = self.table
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow())

    def _choice(self, label_id: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(text(label_id))
        box.setMaximumWidth(self.theme.pixels(_FIELD))
        self.labelled(text(label_id), box)
        return box

    def _build_step(self) -> None:
        self.part(text("paper_books.next"))
        self.what = self._choice("paper_books.what")
        for one in _DEEDS:
            self.what.addItem(text(f"paper_books.deed.{one.value}"), one)
        self.who = self._choice("paper_books.who")
        self.who.setEditable(True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.on = DayEdit(text("paper_books.on"), self, needed=False)
        self.on.setPlaceholderText(text("administration.day_may"))
        self.on.setMaximumWidth(self.theme.pixels(208))
        self.labelled(text("paper_books.on"), self.on)
        self.do = self.step(text("paper_books.do"), self._advance, "primary")
        self.back = self.step(text("paper_books.back"), self._back)
        self.row(self.do, self.back)

    def _build_supply(self) -> None:
        self.part(text("paper_books.supply"))
        self.unit = self._choice("paper_books.for")
        self.village = self._choice("paper_books.for_village")
        self.numbers = self.field(text("paper_books.numbers"))
        self.supply = self.step(text("paper_books.supply_do"), self._supply)
        self.row(self.supply)
        self.unit.currentIndexChanged.connect(lambda _at: self._load_villages())

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the books of the open round, the communes to supply, and who carries books."""
        books, workplace = self._books, self._workplace

        def op() -> _Found:
            # Nobody supplies a commune that a decree has merged into another.
            units = [
                (ref, workplace.tree.units.unit(ref).full_name())
                for ref in workplace.standing(workplace.scope_units(None))
                if workplace.tree.tier(ref) == "commune"
            ]
            names = dict.fromkeys(one.full_name for one in books.enumerators())
            return _Found(books.all(), units, tuple(names))

        self.read(op, self._show)

    def _show(self, found: _Found) -> None:
        chosen = {one.id for one in self._chosen()}
        self.rows.show_lines(found.books)
        several = len({one.unit for one in found.books}) > 1
        self.table.setColumnHidden(UNIT, not several)
        self.table.setColumnWidth(UNIT, self.theme.pixels(152))
        flags, model = QItemSelectionModel.SelectionFlag, self.table.selectionModel()
        for at, one in enumerate(found.books):
            if one.id in chosen:  # `selectRow` would leave the last of them alone
                model.setCurrentIndex(self.rows.index(at, NUMBER), flags.Select | flags.Rows)
        said = text("paper_books.count", count=number(len(found.books)))
        self.say_in(self.count, said if found.books else text("paper_books.none"))
        self._fill(self.unit, found.units)
        typed = self.who.currentText()
        self.who.clear()
        self.who.addItems(list(found.names))
        self.who.setEditText(typed)
        self._load_villages()
        self._follow()

    def _fill(self, box: QComboBox, items: Sequence[tuple[str, str]]) -> None:
        held = box.currentData()
        box.blockSignals(True)
        box.clear()
        for data, words in items:
            box.addItem(words, data)
        box.setCurrentIndex(max(0, box.findData(held)))
        box.blockSignals(False)

    def _load_villages(self) -> None:
        unit, villages = self.unit.currentData(), self._villages
        if unit is None:
            return

        def show(found: list[VillageView]) -> None:
            named = [(one.id, one.name) for one in found if one.id]
            self._fill(self.village, [("", text("paper_books.any_village")), *named])

        self.read(lambda: villages.list(str(unit)), show)

    def _chosen(self) -> list[PaperBook]:
        places = sorted(one.row() for one in self.table.selectionModel().selectedRows())
        return [one for at in places if (one := self.rows.line(at)) is not None]

    def _follow(self) -> None:
        """Offer what may be done next with the first of the chosen books."""
        chosen = self._chosen()
        allowed = next_steps(chosen[0].step) if chosen else ()
        if allowed:
            self.what.setCurrentIndex(self.what.findData(allowed[0]))
        self.do.setEnabled(bool(allowed) and not self._working)
        self.back.setEnabled(len(chosen) == 1 and not self._working)

    def _lock(self, *, locked: bool) -> None:
        super()._lock(locked=locked)
        if not locked:
            self._follow()

    # --- doing ------------------------------------------------------------------------------

    def _advance(self) -> None:
        chosen = [one.id for one in self._chosen()]
        if not chosen:
            self.refuse("paper_books.choose", self.table)
            return
        if self.refuse_by(self.on.judge, self.on):
            return
        books, on, who = self._books, self.on.day, self.who.currentText()
        step = BookStep(self.what.currentData())
        state = text(f"paper_books.step.{step.value}")

        def done(count: int) -> None:
            self.say(text("paper_books.done", count=number(count), state=state), "done")
            self.load()

        self.act(lambda: books.advance(chosen, step, on=on, who=who), done)

    def _back(self) -> None:
        chosen, books = self._chosen(), self._books
        if len(chosen) != 1:
            self.refuse("paper_books.choose", self.table)
            return
        (one,) = chosen

        def done(step: BookStep) -> None:
            state = text(f"paper_books.step.{step.value}")
            self.say(text("paper_books.stands", number=one.number, state=state), "done")
            self.load()

        self.act(lambda: books.step_back(one.id), done)

    def _supply(self) -> None:
        unit, village = str(self.unit.currentData() or ""), str(self.village.currentData() or "")
        books, numbers, name = self._books, self.numbers.text(), self.unit.currentText()

        def done(made: list[str]) -> None:
            self.numbers.clear()
            self.say(text("paper_books.supplied", count=number(len(made)), unit=name), "done")
            self.load()

        self.act(
            lambda: books.supply(unit, numbers, village=village),
            done,
            lane=Lane.WRITE,
            refused=lambda _error: self.lead_to(self.numbers),
        )
