"""Whose a new household is to be: the communes of this PC, one is typed or chosen by the arrows.

Stands in place of the household's page before anything can be typed into it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.forms.code_lists import lookup_key
from app.i18n import text
from app.services.entry import UnitLine
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_UNIT = int(Qt.ItemDataRole.UserRole)
#: Those of some units that a written name may mean.
Called = Callable[[str, Collection[str]], Sequence[str]]
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class _Name(QLineEdit):
    """A part of the name; the arrows move in the list below it."""

    moved = Signal(int)
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Qt would let it go on, and it would be a second Enter on the page that comes.
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class CommuneChoice(QWidget):
    """The question, a page of the window's. `chosen` gives the unit."""

    chosen = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        called: Called,
        on_error: Callable[[AppError], None],
        theme: Theme,
        pages: QStackedWidget,
    ) -> None:
        super().__init__(pages)
        self._tasks, self._called, self._on_error = tasks, called, on_error
        self._pages = pages
        #: What was shown before it was asked, and what held the keyboard there.
        self._before: tuple[QWidget | None, QWidget | None] = (None, None)
        pages.addWidget(self)
        self.setProperty("role", "page")
        px = theme.pixels
        self._units: tuple[UnitLine, ...] = ()
        card = QFrame(self)
        card.setProperty("role", "card")
        card.setMaximumWidth(px(560))
        title, hint = QLabel(text("entry.which_commune"), card), QLabel(card)
        title.setProperty("role", "heading")
        hint.setText(text("entry.which_commune_hint"))
        hint.setProperty("role", "muted")
        label = QLabel(text("entry.commune_name"), card)
        label.setProperty("role", "label")
        self.name = _Name(card)
        self.name.setAccessibleName(text("entry.commune_name"))
        self.name.setMaxLength(100)
        label.setBuddy(self.name)
        self.list = QListWidget(card)
        self.list.setAccessibleName(text("entry.communes"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.none = QLabel(text("entry.no_such_commune"), card)
        self.none.setProperty("state", "warning")
        for words in (title, hint, self.none):
            words.setWordWrap(True)
        self.begin = Step(f"{text('register.new_household')}   Enter", card)
        self.begin.setProperty("role", "primary")
        self.back = Step(f"{text('entry.no_new_household')}   Esc", card)
        self._arrange(card, (title, hint, label, self.name, self.list, self.none), px(8))
        self.name.textChanged.connect(self._narrow)
        self.name.moved.connect(self._move)
        self.name.entered.connect(self._choose)
        self.list.itemActivated.connect(lambda _item: self._choose())
        self.begin.clicked.connect(self._choose)
        self.back.clicked.connect(self.give_up)

    def _arrange(self, card: QFrame, widgets: Sequence[QWidget], space: int) -> None:
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        for widget in widgets:
            column.addWidget(widget, 1 if widget is self.list else 0)
        steps = QHBoxLayout()
        steps.setSpacing(space)
        steps.addWidget(self.begin)
        steps.addWidget(self.back)
        steps.addStretch(1)
        column.addLayout(steps)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * space, 2 * space, 2 * space, space)
        row.addStretch(1)
        row.addWidget(card, 2)
        row.addStretch(1)

    def ask(self, units: Sequence[UnitLine]) -> None:
        """Ask about these units; the keyboard goes to the name."""
        now = self._pages.currentWidget()
        if now is not self:
            self._before = now, self.window().focusWidget()
        self._pages.setCurrentWidget(self)
        self._units = tuple(units)
        self.name.clear()
        self._narrow("")
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def give_up(self) -> None:
        """There is to be no household: back to where one was."""
        page, held = self._before
        if page is not None:
            self._pages.setCurrentWidget(page)
            if held is not None:
                held.setFocus(Qt.FocusReason.OtherFocusReason)

    def _narrow(self, typed: str) -> None:
        """List the units whose name holds every word that was typed, marks and case aside; those
        that are called so themselves before those that lie in a district of that name. Where none
        does, those that are meant by it however it is written: «X.Ba Vinh (H.Ba Tơ)».
        """
        words = lookup_key(typed).split()
        fitting = [one for one in self._units if _holds(one.name, words)]
        fitting.sort(key=lambda one: not _holds(one.name.partition(",")[0], words))
        self._show_units(fitting)
        if fitting or not self._units:
            return
        self.none.hide()  # not before it was looked for
        names = {one.unit: one for one in self._units}
        look = partial(self._called, typed, names.keys())

        def found(units: Sequence[str]) -> None:
            if self.name.text() == typed:
                self._show_units([names[one] for one in units])

        self._tasks.run(look, found, self._on_error, owner=self)

    def _show_units(self, units: Sequence[UnitLine]) -> None:
        self.list.clear()
        for one in units:
            item = QListWidgetItem(one.name)
            item.setToolTip(f"{one.name} ({one.unit})")
            item.setData(_UNIT, one.unit)
            self.list.addItem(item)
        found = self.list.count() > 0
        if found:
            self.list.setCurrentRow(0)
        self.none.setVisible(not found)
        self.begin.setEnabled(found)

    def _move(self, step: int) -> None:
        last = self.list.count() - 1
        self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(str(item.data(_UNIT)))


def _holds(name: str, words: Sequence[str]) -> bool:
    key = lookup_key(name)
    return all(word in key for word in words)
