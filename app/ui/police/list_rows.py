"""The lists that were issued, the newest first."""

from __future__ import annotations

from PySide6.QtGui import QColor

from app.i18n import number, text
from app.services.police.issued_list import IssuedList, State
from app.text.moments import day_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

NUMBER, CODE, DAY, WHERE, CHILDREN, ANSWERED, STATE = range(7)
_HEADINGS = (
    "police.column.number",
    "police.column.code",
    "police.column.day",
    "police.column.where",
    "police.column.children",
    "police.column.answered",
    "police.column.state",
)
_OUT = (State.OUT, State.ANSWERED)


class ListRows(LineRows[IssuedList]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def place_of(self, number_of_list: int) -> int:
        """Where a list stands; -1 where it is not among them."""
        found = (at for at, one in enumerate(self.lines) if one.number == number_of_list)
        return next(found, -1)

    def words(self, row: IssuedList, column: int) -> str:
        if column == STATE:
            state = text(f"police.state.{row.state.value}")
            days = text("police.days_out", days=number(row.days_out))
            return f"{state} · {days}" if row.state in _OUT else state
        if column == WHERE:
            return ", ".join(one or text("police.no_village") for one in row.villages)
        return {
            NUMBER: str(row.number),
            CODE: row.code,
            DAY: day_words(row.on),
            CHILDREN: number(row.rows),
            ANSWERED: number(row.answered),
        }[column]

    def colour(self, row: IssuedList, column: int) -> QColor | None:
        if column != STATE:
            return None
        names = {State.BACK: "done", State.WITHDRAWN: "muted"}
        return self._theme.colour(names[row.state]) if row.state in names else None
