"""Chia đơn vị: the province gives each village of a unit that was split its new unit.

Digits choose the unit on the line of a village; a preview says in numbers what goes where and what
stays, and only then the act is offered. What is left is told, and stays here and on the worklist.
Below, what a division moved can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QWidget
from PySide6.QtWidgets import QTableWidgetItem as Item

from app.i18n import number, text
from app.services.dividing import Divided, SplitUnit, VillagePart
from app.services.services import Services
from app.ui.admin.division_undo import DivisionUndoSection
from app.ui.admin.section import Section
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_COLUMNS = ("village", "households", "children", "unit")
#: Lines that are seen at a time, fewer in large letters; and the room that is always kept.
_ROWS, _ROWS_LARGE, _LEAST_ROWS = 8, 5, 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Target(NamedTuple):
    """A new unit and what people call it."""

    unit: str
    name: str


class DividingSection(Section):
    """The unit, its villages with their new units, the preview and the act."""

    changed = Signal()

    def __init__(self, tasks: Tasks, theme: Theme, services: Services, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("dividing.title"), parent)
        self._dividing = services.dividing
        self._units = services.workplace.tree.units
        self._standing: Sequence[SplitUnit] = ()
        self._parts: Sequence[VillagePart] = ()
        #: By split unit what was chosen for its villages: kept while one looks at another.
        self._chosen: dict[str, dict[str, str]] = {}
        self._previewed: Divided | None = None
        #: What the last act came to, to be said once its outcome is shown.
        self._after = ""
        self.words(text("dividing.why"))
        self.none = self.words(text("dividing.none"), role="")
        with self.together() as self.form:
            self._build(theme)
        self.form.hide()
        self.undo = DivisionUndoSection(tasks, theme, services, self)
        self.undo.taken_back.connect(self._taken_back)
        self.column.addWidget(self.undo)
        self.close_column()
        self.first = self.table

    def _build(self, theme: Theme) -> None:
        px = theme.pixels
        self.unit = QComboBox(self)
        self.unit.setAccessibleName(text("dividing.unit"))
        self.unit.setMaximumWidth(px(560))
        self.unit.currentIndexChanged.connect(lambda _row: self._read())
        self.labelled(text("dividing.unit"), self.unit)
        self.keys = self.words("", role="")
        self.table = _Villages(theme, self)
        self.table.digit.connect(self._choose)
        self.table.stepped.connect(self._turn)
        self.table.entered.connect(self._preview)
        self.column.addWidget(self.table)
        self.told = self.words("", role="")
        self.preview = self.step(text("dividing.preview"), self._preview)
        self.divide = self.step("", self._divide, "primary")
        self.row(self.preview, self.divide)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read which split units have pages left, then the villages of the chosen one."""
        self.read(self._dividing.standing, self._show_units)
        self.undo.load()

    def _show_units(self, found: Sequence[SplitUnit]) -> None:
        before = self.unit.currentData()
        self._standing = found
        self.unit.blockSignals(True)
        self.unit.clear()
        for one in found:
            counted = {"households": number(one.households), "children": number(one.children)}
            self.unit.addItem(text("dividing.unit_line", name=one.name, **counted), one.unit)
        self.unit.setCurrentIndex(max(0, self.unit.findData(before)))
        self.unit.blockSignals(False)
        self.form.setVisible(bool(found))
        self.none.setVisible(not found)
        self._read()

    def _read(self) -> None:
        split = self.split
        if split is None:
            self._parts = ()
            self._forget_preview()
            self._say_done()
            return
        shown = [
            text("dividing.key", key=place, unit=one.name)
            for place, one in enumerate(self.targets, start=1)
        ]
        self.say_in(self.keys, text("dividing.keys", units=" · ".join(shown)))
        self.read(partial(self._dividing.villages, split.unit), self._show)

    @property
    def split(self) -> SplitUnit | None:
        """The unit that is being divided."""
        row = self.unit.currentIndex()
        return self._standing[row] if 0 <= row < len(self._standing) else None

    @property
    def targets(self) -> tuple[_Target, ...]:
        """The new units, each under its digit from 1 on."""
        became = () if self.split is None else self.split.became
        return tuple(_Target(one, self._units.unit(one).full_name()) for one in became)

    def _show(self, parts: Sequence[VillagePart]) -> None:
        row = max(0, self.table.currentRow())
        self._parts = parts
        self.table.show_lines([self._line(one) for one in parts])
        if parts:
            self.table.setCurrentCell(min(row, len(parts) - 1), 0)
        self._forget_preview()
        self._say_done()

    def _say_done(self) -> None:
        """What was done is said when the page shows what is left."""
        words, self._after = self._after, ""
        if words:
            self.say(words, "done")
            if self.form.isVisible():
                self.lead_to(self.table)

    def _line(self, part: VillagePart) -> tuple[str, str, str, str]:
        names = {one.unit: one.name for one in self.targets}
        name = part.name or text("dividing.unnamed" if part.id else "dividing.no_village")
        if not part.id:
            where = text("dividing.stays")
        elif part.goes_to:
            where = text("dividing.went", unit=names[part.goes_to])
        else:
            chosen = self._said.get(part.id, "")
            where = names[chosen] if chosen else text("dividing.not_chosen")
        return name, number(part.households), number(part.children), where

    # --- choosing ---------------------------------------------------------------------------

    @property
    def _said(self) -> dict[str, str]:
        """Village → the unit that was chosen for it, of the unit that is shown."""
        return self._chosen.setdefault("" if self.split is None else self.split.unit, {})

    @property
    def said(self) -> Mapping[str, str]:
        """The same for every village that may be given a unit: "" where none was chosen."""
        return {
            one.id: self._said.get(one.id, "") for one in self._parts if one.id and not one.goes_to
        }

    def _choose(self, digit: int) -> None:
        """Give the village of the line its unit, and go to the next; 0 takes it back."""
        if digit <= len(self.targets):
            self._give("" if digit == 0 else self.targets[digit - 1].unit, move=1)

    def _turn(self, step: int) -> None:
        """The next unit for the village of the line: where there are more than digits."""
        part = self._part
        units = ["", *(one.unit for one in self.targets)]
        if part is not None:
            at = units.index(self._said.get(part.id, ""))
            self._give(units[(at + step) % len(units)], move=0)

    @property
    def _part(self) -> VillagePart | None:
        row = self.table.currentRow()
        return self._parts[row] if 0 <= row < len(self._parts) else None

    def _give(self, unit: str, *, move: int) -> None:
        part = self._part
        if part is None:
            return
        if not part.id or part.goes_to:
            names = {one.unit: one.name for one in self.targets}
            went = "dividing.went_already" if part.id else "dividing.cannot"
            self.say(text(went, unit=names.get(part.goes_to, "")))
            return
        self._said[part.id] = unit
        row = self.table.currentRow()
        self.table.show_line(row, self._line(part))
        self.table.setCurrentCell(min(row + move, len(self._parts) - 1), 0)
        self._forget_preview()

    # --- preview and act --------------------------------------------------------------------

    def _forget_preview(self) -> None:
        """Another choice, another preview: nothing is done that was not seen."""
        self._previewed = None
        self.divide.hide()
        self.say_in(self.told, "")
        self.say("")

    def _preview(self) -> None:
        split, said = self.split, self.said
        if split is not None:
            look = partial(self._dividing.preview, split.unit, said)
            self.act(look, partial(self._seen, said), lane=Lane.READ)

    def _seen(self, said: Mapping[str, str], found: Divided) -> None:
        if self.split is None or (self.split.unit, self.said) != (found.unit, said):
            return  # something else was chosen meanwhile: that has not been seen
        moves = bool(found.to)
        self._previewed = found if moves else None
        self.say_in(self.told, "\n".join(self._in_numbers(found)))
        counted = {"households": number(found.households), "children": number(found.children)}
        self.divide.setText(text("dividing.divide", **counted))
        self.divide.setVisible(moves)
        self.lead_to(self.divide if moves else self.table)
        # What was told and offered just now has its place only when the page was laid out anew.
        QTimer.singleShot(0, self, self._keep_in_sight)
        if not moves:
            self.say(text("dividing.nothing"))

    def _keep_in_sight(self) -> None:
        if self.divide.hasFocus():
            self.lead_to(self.divide)

    def _in_numbers(self, found: Divided) -> list[str]:
        lines = [
            text(
                "dividing.part",
                unit=one.name,
                villages=number(one.villages),
                households=number(one.households),
                children=number(one.children),
            )
            for one in found.parts
        ]
        return [*lines, self._left(found)]

    def _left(self, found: Divided) -> str:
        """What stays under the old unit, and why."""
        name = self._units.unit(found.unit).full_name()
        if not (found.left_households or found.left_children or found.later_villages):
            return text("dividing.left_nothing", unit=name)
        counted = {
            "households": number(found.left_households),
            "children": number(found.left_children),
        }
        why = []
        if found.homeless_households or found.homeless_children:
            alone = {
                "households": number(found.homeless_households),
                "children": number(found.homeless_children),
            }
            why.append(text("dividing.left_homeless", **alone))
        if found.disputed_households or found.disputed_children:
            disputed = {
                "households": number(found.disputed_households),
                "children": number(found.disputed_children),
            }
            why.append(text("dividing.left_disputed", **disputed))
        if found.later_villages:
            why.append(text("dividing.left_later", villages=number(found.later_villages)))
        left = text("dividing.left", unit=name, **counted)
        return f"{left} ({'; '.join(why)})" if why else left

    def _divide(self) -> None:
        split, said = self.split, self.said
        if split is None or self._previewed is None:
            return
        self.act(partial(self._dividing.divide, split.unit, said), self._divided)

    def _divided(self, done: Divided) -> None:
        self._chosen.pop(done.unit, None)
        name = self._units.unit(done.unit).full_name()
        counted = {"households": number(done.households), "children": number(done.children)}
        words = [text("dividing.divided", unit=name, **counted), self._left(done)]
        if done.left_households or done.left_children:
            words.append(text("dividing.mend"))
        self._after = "".join(f"{one}. " for one in words).strip()
        self.load()
        self.changed.emit()

    def _taken_back(self, words: str) -> None:
        """What was divided stands under the old unit again: it can be divided once more."""
        self._after = words
        self.load()
        self.changed.emit()


class _Villages(QTableWidget):
    """The lines. `digit` gives a digit that was typed, `stepped` an arrow to a side."""

    digit = Signal(int)
    stepped = Signal(int)
    entered = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        px = theme.pixels
        self.setAccessibleName(text("dividing.title"))
        self.setHorizontalHeaderLabels([text(f"dividing.column.{one}") for one in _COLUMNS])
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px(32))
        self._row, self._most = px(32), _ROWS if theme.scale <= 1.25 else _ROWS_LARGE
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_lines(self, lines: Sequence[Sequence[str]]) -> None:
        """Show other lines."""
        self.setRowCount(len(lines))
        rows = min(max(len(lines), _LEAST_ROWS), self._most)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * self._row + 4)
        for row, line in enumerate(lines):
            self.show_line(row, line)

    def show_line(self, row: int, line: Sequence[str]) -> None:
        """Show one line anew."""
        for column, words in enumerate(line):
            item = Item(words)
            item.setToolTip(words)
            if _COLUMNS[column] in ("households", "children"):
                item.setTextAlignment(_RIGHT)
            self.setItem(row, column, item)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        typed = event.text()
        if typed.isascii() and typed.isdigit():
            self.digit.emit(int(typed))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)
