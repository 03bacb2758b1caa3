"""The list of issues: numbers in order, rows a page at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor

from app.forms.schema import Severity
from app.i18n import text
from app.services.issue_book import IssueRow
from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

SEVERITY, WHO, HOUSEHOLD, VILLAGE, SENTENCE = range(5)
_HEADINGS = (
    "issues.column.severity",
    "issues.column.who",
    "issues.column.household",
    "issues.column.village",
    "issues.column.sentence",
)
SIGNS = {
    Severity.ERROR: "\N{MULTIPLICATION X}",
    Severity.WARNING: "\N{BLACK UP-POINTING TRIANGLE}",
    Severity.NOTE: "\N{INFORMATION SOURCE}",
}
_COLOURS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "muted"}


def gist(sentence: str) -> str:
    """What is wrong, without what to do about it: all the lines of one kind would be cut before
    they differ. The whole stands below the list, and in the tip.
    """
    said, stop, _ = sentence.partition(". ")
    return f"{said}." if stop else sentence


class IssueRows(PagedRows[int, IssueRow]):
    """The model: its keys are the numbers of the issues."""

    def __init__(self, theme: Theme, label: Callable[[str, str], str]) -> None:
        """`label` gives what a form calls a field of that name."""
        super().__init__(theme, _HEADINGS)
        self.label = label

    def colour(self, row: IssueRow, column: int) -> QColor | None:
        return self._theme.colour(_COLOURS[row.severity]) if column == SEVERITY else None

    def words(self, row: IssueRow, column: int) -> str:
        if column == SEVERITY:
            return f"{SIGNS[row.severity]} {text(f'check.severity.{row.severity.value}')}"
        if column == WHO:
            if row.child:
                return row.full_name or text("entry.no_name")
            if row.head_name:
                return text("issues.household_of", head=row.head_name)
            return text("entry.the_household") if row.household else text("issues.gone")
        if column == HOUSEHOLD:
            return row.household_no
        if column == VILLAGE:
            # An issue of a record that stands in no village is about none of a unit either.
            return self.place_words(row.village, row.owner_unit) if row.village else ""
        return gist(self._about(row))

    def _about(self, row: IssueRow) -> str:
        """The field and what is wrong with it: apart they would both be cut."""
        return f"{self.label(row.form, row.field)}: {row.sentence}" if row.field else row.sentence

    def whole(self, place: int) -> str:
        """A line in full, for where there is room for it; empty while its row is not here."""
        row = self.row(place) if 0 <= place < self.rowCount() else None
        if row is None:
            return ""
        home = " · ".join(one for one in (row.household_no, row.head_name) if one)
        where = text("issues.where", home=home, village=self.words(row, VILLAGE)) if home else ""
        named = self.words(row, WHO) if row.child or not where else ""
        who = " · ".join(one for one in (named, where) if one)
        return f"{who}\n{self._about(row)}"
