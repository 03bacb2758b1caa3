"""The flat list of children: ids in sort order, rows a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtGui import QColor

from app.forms.code_lists import load_code_list
from app.i18n import text
from app.services.entry import ChildRow
from app.ui.gone import double_words, gone_words
from app.ui.household.codec import language
from app.ui.paged_rows import PAGE as PAGE
from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

NAME, BIRTH, SEX, HOUSEHOLD, HEAD, VILLAGE, STATE = range(7)
_HEADINGS = (
    "register.column.name",
    "register.column.birth",
    "register.column.sex",
    "register.column.household",
    "register.column.head",
    "register.column.village",
    "register.column.state",
)


class ChildRows(PagedRows[str, ChildRow]):
    """The model: its keys are the ids of the children."""

    def __init__(self, theme: Theme, writer_name: Callable[[str], str] = str) -> None:
        """`writer_name` gives a word for a unit that typed on another's behalf."""
        super().__init__(theme, _HEADINGS)
        self._writer_name = writer_name

    def placed(self, keys: Sequence[str], rows: Sequence[ChildRow]) -> Mapping[int, ChildRow]:
        by_id = {row.id: row for row in rows}
        return {at: by_id[key] for at, key in enumerate(keys) if key in by_id}

    def colour(self, row: ChildRow, column: int) -> QColor | None:
        if column != STATE:
            return None
        if row.conflicts:
            return self._theme.colour("error")
        if row.status:
            return self._theme.colour("muted")
        return self._theme.colour("done" if row.complete else "muted")

    def words(self, row: ChildRow, column: int) -> str:
        if column == STATE:
            said = _state_words(row)
            if row.entered_by:
                by = text("register.entered_by", unit=self._writer_name(row.entered_by))
                said = f"{said} · {by}"
            return said
        if column == SEX:
            return load_code_list("sexes").label(row.sex, language()) if row.sex else ""
        if column == BIRTH:
            return "/".join(reversed(row.birth_date.split("-")))
        return {
            NAME: row.full_name or text("entry.no_name"),
            HOUSEHOLD: row.household_no,
            HEAD: row.head_name,
            VILLAGE: self.place_words(row.village, row.owner_unit),
        }[column]


def _state_words(row: ChildRow) -> str:
    if row.conflicts:
        return text("register.state.conflict")
    if row.status:
        return gone_words(row.status, row.gone_on)
    if row.double_of:
        return double_words(row)
    if not row.complete:
        return text("register.state.open")
    return text("register.state.checked" if row.checked else "register.state.complete")
