"""The fields that are typed again, empty: for each child by its line in the book, never by name.

Enter goes on, from the last field to the comparison; Shift+Enter goes back, F7 repeats what was
typed again for the child before, Page Down leaves the household for the next one. Knows nothing of
what was typed first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.forms.field_types import FieldProblem
from app.forms.issues import Value
from app.forms.schema import Field
from app.i18n import number, text
from app.services.retyping import Blank, Place
from app.text.normalize import clean
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key, SuggestionList
from app.ui.theme import Theme, set_state

#: The least width of a field with its label above it, at 100 %.
_LEAST = 216
_MOST_COLUMNS = 3


@dataclass(slots=True)
class _Row:
    blank: Blank
    label: QLabel
    edit: FieldEdit
    #: It was compared: what stands there is not typed any more.
    locked: bool


class BlankForm(QScrollArea):
    """The form. `finished` is Enter on the last field, `skipped` a step to another household."""

    changed = Signal()
    finished = Signal()
    skipped = Signal(int)
    #: The keyboard came into a field.
    entered = Signal()
    #: What is to be said of the field that was left, "" for nothing.
    said = Signal(str)

    def __init__(self, theme: Theme, suggestions: SuggestionList, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._suggestions = theme, suggestions
        self._year = 2049
        self._columns = 0
        self.rows: list[_Row] = []
        #: The field that the keyboard was in last.
        self.at: Place = ("", "")
        self._titles: list[tuple[QLabel, int]] = []
        self.setProperty("role", "plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        suggestions.picked.connect(self._picked)
        repeat = QShortcut(QKeySequence("F7"), self)
        repeat.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        repeat.activated.connect(self.repeat)
        self._start_over()

    def _start_over(self) -> None:
        """An empty form; the old one goes with all its fields."""
        px = self._theme.pixels
        self._suggestions.close_list()
        inside = QWidget()
        inside.setProperty("role", "plain")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, px(8), 0)
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(2))
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.rows, self._titles, self._columns = [], [], 0
        self.setWidget(inside)

    def show_blanks(
        self,
        blanks: Sequence[Blank],
        held: Mapping[Place, str],
        year: int,
        locked: Collection[Place] = (),
        at: Place = ("", ""),
    ) -> None:
        """Ask for these fields; `held` is what was typed again before, and `year` the present one.
        Those that are `locked` stand as they are.

        The keyboard goes to the field it was `at`, else to the first that is still empty.
        """
        self._start_over()
        self.at = at
        self._year = year
        before = ""
        for blank in blanks:
            if blank.record != before:
                before = blank.record
                self._titles.append((self._title(blank), len(self.rows)))
            row = self._row(blank, locked=blank.place in locked)
            row.edit.show_text(held.get(blank.place, ""))
            self.rows.append(row)
        self._lay_out()
        for row in self.rows:
            row.edit.show()  # by themselves they are seen, and get the keyboard, a turn later
        self.begin()

    def begin(self) -> None:
        """Put the keyboard into the field it was in, behind what was typed, else into the first
        that is still empty.
        """
        open_rows = [row for row in self.rows if not row.locked]
        last = next((row.edit for row in open_rows if row.blank.place == self.at), None)
        if last is not None:
            last.setFocus(Qt.FocusReason.OtherFocusReason)
            last.end(False)
        elif open_rows:
            first = next((row for row in open_rows if not row.edit.text()), open_rows[-1])
            first.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _title(self, blank: Blank) -> QLabel:
        words = text("second_check.household")
        if blank.line:
            words = text("retyping.child", line=number(blank.line))
        title = QLabel(words)
        title.setProperty("role", "title")
        return title

    def _row(self, blank: Blank, *, locked: bool) -> _Row:
        codec = Codec(blank.field, (), self._year)
        edit = FieldEdit(Key(blank.record, blank.field.name), codec, self)
        edit.setAccessibleName(str(blank.field.label))
        label = QLabel(str(blank.field.label))
        label.setProperty("role", "label")
        label.setBuddy(edit)
        edit.textEdited.connect(lambda _now, one=edit: self._typed(one))
        edit.stepped.connect(self._stepped)
        edit.entered.connect(self._entered)
        edit.asked_list.connect(lambda _key, one=edit: self._open_list(one))
        edit.closed_list.connect(self._suggestions.close_list)
        edit.left_field.connect(self._left)
        if locked:
            edit.setReadOnly(True)
            edit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            edit.setToolTip(text("retyping.locked_tip"))
        return _Row(blank, label, edit, locked)

    def _lay_out(self) -> None:
        px = self._theme.pixels
        columns = max(1, min(_MOST_COLUMNS, self.viewport().width() // px(_LEAST)))
        if columns == self._columns:
            return
        self._columns = columns
        for at in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        titles, line, column = {at: one for one, at in self._titles}, 0, 0
        for at, row in enumerate(self.rows):
            if at in titles:
                line += 2 if column else 0
                column = 0
                self._grid.addWidget(titles[at], line, 0, 1, columns)
                self._grid.setRowMinimumHeight(line, px(32))
                line += 1
            elif column == columns:
                line, column = line + 2, 0
            self._grid.addWidget(row.label, line, column)
            self._grid.addWidget(row.edit, line + 1, column)
            column += 1

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._lay_out()

    # --- what was typed ---------------------------------------------------------------------

    @property
    def texts(self) -> dict[Place, str]:
        """What stands in the fields, as typed."""
        return {row.blank.place: row.edit.text() for row in self.rows if row.edit.text()}

    @property
    def values(self) -> dict[Place, Value]:
        """What was typed again, for every field; text that the field cannot hold as it is."""
        return {row.blank.place: _value(row.edit) for row in self.rows}

    @property
    def untouched(self) -> bool:
        """Whether nothing was typed at all, nor compared before."""
        return not self.texts and not any(row.locked for row in self.rows)

    @property
    def field(self) -> Field | None:
        """The field that the keyboard is in."""
        return next((row.blank.field for row in self.rows if row.edit.hasFocus()), None)

    # --- typing -----------------------------------------------------------------------------

    def _at(self, key: Key) -> int:
        return next(at for at, row in enumerate(self.rows) if row.edit.key == key)

    def _typed(self, edit: FieldEdit) -> None:
        if edit.codec.is_coded and edit.hasFocus():
            self._open_list(edit)
        self.changed.emit()

    def _entered(self, key: Key) -> None:
        row = self.rows[self._at(key)]
        edit, self.at = row.edit, row.blank.place
        self.ensureWidgetVisible(edit, 0, self._theme.pixels(64))
        if not edit.text() and edit.codec.opens_at_once():
            self._open_list(edit)
        self.entered.emit()

    def _open_list(self, edit: FieldEdit) -> None:
        edit.list = self._suggestions
        self._suggestions.open_for(edit, edit.codec.suggestions(edit.text()))

    def _picked(self, key: Key, chosen: str) -> None:
        at = next((at for at, row in enumerate(self.rows) if row.edit.key == key), None)
        if at is None or not self.rows[at].edit.hasFocus():
            return
        self.rows[at].edit.setText(chosen)
        self._suggestions.close_list()
        self.changed.emit()
        self._go(at, 1)

    def _stepped(self, key: Key, step: int) -> None:
        at = self._at(key)
        edit = self.rows[at].edit
        chosen = edit.chosen_text()
        self._suggestions.close_list()
        if chosen != edit.text():
            edit.setText(chosen)
            self.changed.emit()
        self._go(at, step)

    def _go(self, at: int, step: int) -> None:
        target = at + step
        while 0 <= target < len(self.rows) and self.rows[target].locked:
            target += step
        if target >= len(self.rows):
            self._left(self.rows[at].edit.key)
            self.finished.emit()
        elif target >= 0:
            reason = Qt.FocusReason
            self.rows[target].edit.setFocus(
                reason.TabFocusReason if step > 0 else reason.BacktabFocusReason
            )

    def _left(self, key: Key) -> None:
        """Show what was read, or say why it cannot be: nobody is stopped, the paper may say so."""
        row = self.rows[self._at(key)]
        words = ""
        try:
            row.edit.show_text(row.edit.codec.show(row.edit.codec.parse(row.edit.text())))
        except FieldProblem as problem:
            why = text(problem.message_id, **problem.parameters)
            words = text("retyping.unread", field=str(row.blank.field.label), why=why)
        set_state(row.edit, "warning" if words else "")
        self.said.emit(words)

    def repeat(self) -> None:
        """F7: what was typed again in this field for the child before."""
        at = next((at for at, row in enumerate(self.rows) if row.edit.hasFocus()), None)
        if at is None:
            return
        name = self.rows[at].blank.field.name
        before = [one for one in self.rows[:at] if one.blank.field.name == name]
        if before and before[-1].edit.text():
            self.rows[at].edit.setText(before[-1].edit.text())
            self.changed.emit()
            self._suggestions.close_list()
            self._go(at, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and not event.modifiers():
            self.skipped.emit(1 if event.key() == Qt.Key.Key_PageDown else -1)
            return
        super().keyPressEvent(event)


def _value(edit: FieldEdit) -> Value:
    try:
        return edit.codec.parse(edit.text())
    except FieldProblem:
        return clean(edit.text()) or None
