"""The lines of a result: rows of the list by where they stand, and children only in the book."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from PySide6.QtGui import QColor

from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.views import BookChild, BookRow, ListResult, ResultRow, Standing
from app.services.crosscheck.words_of import (
    adult_words,
    birth_words,
    difference_words,
    missing_words,
    reason_words,
    standing_words,
)
from app.text.days import day_in_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

ROW, NAME, BORN, ADULT, VILLAGE, BOOK, HOW = range(7)
_HEADINGS = (
    "crosscheck.column.row",
    "crosscheck.column.list_name",
    "crosscheck.column.born",
    "crosscheck.column.adults",
    "crosscheck.column.village",
    "crosscheck.column.book_name",
    "crosscheck.column.what",
)


class Part(Enum):
    """Which part of the result is looked at; the value names its words."""

    REVIEW = "review"
    ONLY_LIST = "only_list"
    DIFFERS = "differs"
    UNSAID = "unsaid"
    ONLY_BOOK = "only_book"
    BOTH = "both"
    SETTLED = "settled"
    GROWN = "grown"


class Line(NamedTuple):
    """A row of the list, or a child that only the book has; of which kind of list."""

    kind: ListKind
    row: ResultRow | None = None
    missing: BookRow | None = None

    @property
    def key(self) -> str:
        """What names it."""
        if self.row is not None:
            return str(self.row.number)
        return "" if self.missing is None else self.missing.child.id

    @property
    def children(self) -> Sequence[BookChild]:
        """The children of the book that stand beside it, the likeliest first."""
        if self.missing is not None:
            return (self.missing.child,)
        if self.row is None:
            return ()
        if self.row.child is not None:
            return (self.row.child,)
        return tuple(one.child for one in self.row.offered)

    def reasons(self, place: int) -> str:
        """Why the child at a place is offered, or what differs."""
        if self.missing is not None:
            return missing_words(self.missing)
        row = self.row
        if row is None:
            return ""
        if row.child is None and place < len(row.offered):
            return reason_words(row.offered[place].evidence)
        return difference_words(self.kind, row)


def lines_of(found: ListResult, part: Part) -> list[Line]:
    """The lines of one part."""
    kind = found.list.kind
    if part is Part.ONLY_BOOK:
        return [Line(kind, missing=one) for one in found.only_book]
    return [Line(kind, row=one) for one in found.of(Standing(part.value))]


class ResultRows(LineRows[Line]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def place_of(self, key: str) -> int:
        """Where a line stands; -1 when it is no longer among them."""
        return next((at for at, one in enumerate(self.lines) if one.key == key), -1)

    def words(self, row: Line, column: int) -> str:
        if row.missing is not None:
            return _of_book(row, row.missing.child, column)
        one = row.row
        if one is None:
            return ""
        first = next(iter(row.children), None)
        said = {
            ROW: str(one.row.number),
            NAME: one.row.name,
            BORN: birth_words(one.row),
            ADULT: adult_words(one.row),
            VILLAGE: one.row.village,
            BOOK: "" if first is None else first.name,
        }
        if column in said:
            return said[column]
        return row.reasons(0) or standing_words(one)

    def colour(self, row: Line, column: int) -> QColor | None:
        del row, column
        return None


def _of_book(line: Line, child: BookChild, column: int) -> str:
    return {
        ROW: "",
        NAME: "",
        BORN: day_in_words(child.birth_date),
        ADULT: child.head,
        VILLAGE: child.village,
        BOOK: child.name,
        HOW: line.reasons(0),
    }[column]
