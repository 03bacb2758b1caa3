"""The list of conflicts: one line for each field or group that somebody has to decide."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor

from app.i18n import text
from app.services.conflict_lines import ConflictLine
from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

WHO, HOUSEHOLD, VILLAGE, WHAT = range(4)
_HEADINGS = (
    "conflicts.column.who",
    "conflicts.column.household",
    "conflicts.column.village",
    "conflicts.column.what",
)


class ConflictRows(PagedRows[int, ConflictLine]):
    """The model: its keys are the places in the list, which is here as a whole."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)
        self._lines: list[ConflictLine] = []
        self.page_wanted.connect(self._bring)

    def show_lines(self, lines: list[ConflictLine]) -> None:
        """Show another list."""
        self._lines = lines
        self.set_keys(range(len(lines)))

    def line(self, place: int) -> ConflictLine | None:
        """The conflict of a line."""
        return self._lines[place] if 0 <= place < len(self._lines) else None

    def place_of(self, key: tuple[str, str, str]) -> int:
        """Where a conflict stands; -1 when it is no longer among them."""
        return next((at for at, one in enumerate(self._lines) if one.key == key), -1)

    def _bring(self, page: int) -> None:
        self.take_page(self.generation, page, self.lines_of(self.keys_of(page)))

    def lines_of(self, places: Sequence[int]) -> list[ConflictLine]:
        """The conflicts that stand in some lines."""
        return [self._lines[at] for at in places]

    def words(self, row: ConflictLine, column: int) -> str:
        if column == WHO:
            return who_words(row)
        if column == HOUSEHOLD:
            return row.household_no
        if column == VILLAGE:
            return self.place_words(row.village, row.owner_unit)
        return row.what

    def colour(self, row: ConflictLine, column: int) -> QColor | None:
        del row, column
        return None


def who_words(one: ConflictLine) -> str:
    """Whose record it is, as people call it."""
    if one.child:
        return one.full_name or text("entry.no_name")
    if one.household:
        return text("issues.household_of", head=one.head_name or text("entry.no_name"))
    return text("conflicts.no_page")
