"""A field for one day, typed as digits: `010127` becomes 01/01/2027."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.errors import KnownError
from app.forms.field_types import FieldProblem
from app.forms.field_types.date_types import DateType
from app.i18n import text
from app.ui.admin.section import go_past
from app.ui.theme import Theme

#: Two digits of a year are of this century up to here, as in the forms.
_CENTURY_ENDS = 2049
_TYPE = DateType(_CENTURY_ENDS)
_MOST, _COLUMNS = 40, 2


def typed_day(typed: str) -> date | None:
    """The day that somebody typed, None for nothing. Raises FieldProblem for what is no day."""
    stored = _TYPE.parse(typed)
    return None if stored is None else date.fromisoformat(str(stored))


class DayEdit(QLineEdit):
    """The field. What was typed is written out as a day when one leaves it."""

    def __init__(self, label: str, parent: QWidget, *, needed: bool = True) -> None:
        super().__init__(parent)
        self._label, self._needed = label, needed
        self.setMaxLength(_MOST)
        self.setAccessibleName(label)
        self.returnPressed.connect(partial(go_past, self))
        self.editingFinished.connect(self._tidy)

    @property
    def label(self) -> str:
        """What stands above it."""
        return self._label

    def judge(self, typed: str) -> None:
        """Refuse what is no day, and nothing where a day is needed.

        Raises FieldProblem, KnownError `administration.day_needed`.
        """
        if typed_day(typed) is None and self._needed:
            raise KnownError("administration.day_needed", None, day=self._label)

    @property
    def day(self) -> date | None:
        """The day. Raises FieldProblem for what is none."""
        return typed_day(self.text())

    def _tidy(self) -> None:
        with suppress(FieldProblem):  # told when it is used: whoever leaves may come back
            day = self.day
            if day is not None:
                self.setText(f"{day:%d/%m/%Y}")


class DayGrid(QWidget):
    """Several days side by side, each under its label."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.pixels(16))
        self._grid.setColumnStretch(_COLUMNS, 1)

    def add(self, label_id: str, *, needed: bool = True) -> DayEdit:
        """One more day."""
        label = QLabel(text(label_id), self)
        label.setProperty("role", "label")
        edit = DayEdit(label.text(), self, needed=needed)
        edit.setPlaceholderText(
            text("administration.day_how" if needed else "administration.day_may")
        )
        edit.setFixedWidth(self._theme.pixels(208))
        label.setBuddy(edit)
        cell = QVBoxLayout()
        cell.setSpacing(self._theme.pixels(4))
        cell.addWidget(label)
        cell.addWidget(edit)
        row, column = divmod(self._grid.count(), _COLUMNS)
        self._grid.addLayout(cell, row, column)
        return edit
