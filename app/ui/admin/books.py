"""Sổ giấy: which paper book of the round is where, what was done with it, and new ones supplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QItemSelectionModel, QRegularExpression
from PySide6.QtGui import QColor, QRegularExpressionValidator
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QWidget

from app.i18n import number, text
from app.services.paper_books import (
    MOST_IN_BOOK,
    BookStep,
    PaperBook,
    PaperBooks,
    next_steps,
)
from app.services.rights import Right
from app.services.table_export import Holds
from app.services.villages import Villages, VillageView
from app.services.workplace import Workplace
from app.text.days import day_in_words
from app.ui.admin.book_carriers import CarrierLine, CarriersSection
from app.ui.admin.day_edit import DayEdit
from app.ui.admin.section import Section
from app.ui.line_table import LineRows, LineTable
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

NUMBER, VILLAGE, UNIT, STEP, DAY, HOLDER, ROUND = range(7)
_COLUMNS = ("number", "village", "unit", "step", "day", "holder", "round")
_HEADINGS = tuple(f"paper_books.column.{one}" for one in _COLUMNS)
_WIDTHS = {NUMBER: 72, STEP: 184, HOLDER: 152, DAY: 104, ROUND: 120}
_LEAST_VILLAGE = 120
#: What is done with a book, and at last what puts the day of its supply right.
_DEEDS = (*tuple(BookStep)[1:], BookStep.SUPPLIED)
_FIELD = 400


class _Found(NamedTuple):
    """What one look gives the section."""

    books: Sequence[PaperBook]
    units: Sequence[tuple[str, str]]
    rounds: Sequence[tuple[str, str]]
    carriers: Sequence[CarrierLine]


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
            ROUND: row.round_name,
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
        self.of_round = self._choice("paper_books.round")
        self.rows = BookRows(theme)
        self.table = LineTable(
            self.rows, text("paper_books.title"), theme, _WIDTHS, VILLAGE, _LEAST_VILLAGE, self
        )
        offer(self.table, "books", Holds.INTERNAL)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setFixedHeight(theme.pixels(208))
        self.column.addWidget(self.table)
        self.count = self.words("", role="muted")
        with self.together() as self.typing:
            self._build_step()
            self._build_supply()
            self.carriers = CarriersSection(tasks, theme, books, villages, self)
            self.column.addWidget(self.carriers)
        self.typing.setVisible(Right.ENTER in workplace.account.rights)
        self.close_column()
        self.first = self.table
        self.carriers.changed.connect(self.load)
        self.of_round.currentIndexChanged.connect(lambda _at: self.load())
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
        with self.together() as self.entered:
            self.households, self.children_in = (
                self._number(f"paper_books.{one}") for one in ("households", "children")
            )
        self.what.currentIndexChanged.connect(lambda _at: self._ask_numbers())
        self.do = self.step(text("paper_books.do"), self._advance, "primary")
        self.back = self.step(text("paper_books.back"), self._back)
        self.row(self.do, self.back)

    def _number(self, label_id: str) -> QLineEdit:
        field = self.field(text(label_id))
        # Digits alone: a validator of numbers takes signs and the marks of thousands, too.
        pattern = QRegularExpression(f"[0-9]{{0,{len(str(MOST_IN_BOOK))}}}")
        field.setValidator(QRegularExpressionValidator(pattern, field))
        field.setMaximumWidth(self.theme.pixels(120))
        return field

    def _ask_numbers(self) -> None:
        """Ask for households and children where one book is entered."""
        step = self.what.currentData()
        self.entered.setVisible(step is BookStep.ENTERED and len(self._chosen()) == 1)

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
        """Read the books of the chosen round, the communes to supply, and who carries books."""
        books, workplace, villages = self._books, self._workplace, self._villages
        wanted = self.of_round.currentData() or None

        def op() -> _Found:
            # Nobody supplies a commune that a decree has merged into another.
            units = [
                (ref, workplace.tree.units.unit(ref).full_name())
                for ref in workplace.standing(workplace.scope_units(None))
                if workplace.tree.tier(ref) == "commune"
            ]
            carriers = [
                CarrierLine(one, ", ".join(filter(None, map(villages.name, one.villages))))
                for one in books.enumerators()
            ]
            return _Found(books.all(round_id=wanted), units, books.rounds(), carriers)

        self.read(op, self._show)

    def _show(self, found: _Found) -> None:
        chosen = {one.id for one in self._chosen()}
        self.rows.show_lines(found.books)
        several = len({one.unit for one in found.books}) > 1
        self.table.setColumnHidden(UNIT, not several)
        self.table.setColumnWidth(UNIT, self.theme.pixels(152))
        self.table.setColumnHidden(ROUND, len({one.round for one in found.books}) < 2)
        flags, model = QItemSelectionModel.SelectionFlag, self.table.selectionModel()
        for at, one in enumerate(found.books):
            if one.id in chosen:  # `selectRow` would leave the last of them alone
                model.setCurrentIndex(self.rows.index(at, NUMBER), flags.Select | flags.Rows)
        said = text("paper_books.count", count=number(len(found.books)))
        self.say_in(self.count, said if found.books else text("paper_books.none"))
        self._fill(self.unit, found.units)
        self._fill(self.of_round, [("", text("paper_books.open_round")), *found.rounds])
        typed = self.who.currentText()
        self.who.clear()
        self.who.addItems(list(dict.fromkeys(one.one.full_name for one in found.carriers)))
        self.who.setEditText(typed)
        self.carriers.show_all(found.carriers, found.units)
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
        self._ask_numbers()
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
        asked = not self.entered.isHidden()
        households, children = (
            int(one.text()) if asked and one.text() else None
            for one in (self.households, self.children_in)
        )

        def done(count: int) -> None:
            # The next step is somebody else's: who carried a book does not check it.
            self.who.setEditText("")
            self.households.clear()
            self.children_in.clear()
            self.say(text("paper_books.done", count=number(count), state=state), "done")
            self.load()

        self.act(
            lambda: books.advance(
                chosen, step, on=on, who=who, households=households, children=children
            ),
            done,
        )

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
        shown = self.of_round.currentData() or None

        def done(made: list[str]) -> None:
            self.numbers.clear()
            self.say(text("paper_books.supplied", count=number(len(made)), unit=name), "done")
            self.load()

        self.act(
            lambda: books.supply(unit, numbers, village=village, round_id=shown),
            done,
            lane=Lane.WRITE,
            refused=lambda _error: self.lead_to(self.numbers),
        )
