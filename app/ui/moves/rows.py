"""The lists of moves: pairs to look at, who left, who came, and pairs that were decided."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from PySide6.QtGui import QColor

from app.i18n import text
from app.matching.moves import Likeness
from app.services.move_words import likeness_words
from app.services.moves import MovePair, Mover, MovesView
from app.text.days import day_in_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

NAME, BORN, OLD_BOOK, NEW_BOOK, DAY, HOW = range(6)
_HEADINGS = (
    "moves.column.name",
    "moves.column.born",
    "moves.column.old_book",
    "moves.column.new_book",
    "moves.column.day",
    "moves.column.how",
)


class Which(Enum):
    """Which list is looked at; the value names its words."""

    PAIRS = "pairs"
    LEFT = "left"
    CAME = "came"
    PAIRED = "paired"
    APART = "apart"


class MoveLine(NamedTuple):
    """A line of any of the lists: who left, who came, or both."""

    left: Mover | None
    came: Mover | None
    pair: MovePair | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return (
            "" if self.left is None else self.left.id,
            "" if self.came is None else self.came.id,
        )


def lines_of(view: MovesView, which: Which) -> Sequence[MoveLine]:
    """The lines of one list."""
    if which is Which.LEFT:
        return [MoveLine(one, None) for one in view.left]
    if which is Which.CAME:
        return [MoveLine(None, one) for one in view.came]
    pairs = {Which.PAIRS: view.pairs, Which.PAIRED: view.paired, Which.APART: view.apart}[which]
    return [MoveLine(one.left, one.came, one) for one in pairs]


class MoveRows(LineRows[MoveLine]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def place_of(self, key: tuple[str, str]) -> int:
        """Where a line stands; -1 when it is no longer among them."""
        return next((at for at, one in enumerate(self.lines) if one.key == key), -1)

    def words(self, row: MoveLine, column: int) -> str:
        one = row.left or row.came
        if one is None:
            return ""
        if column == NAME:
            return one.full_name or text("moves.no_name")
        if column == BORN:
            return day_in_words(one.birth_date)
        if column == OLD_BOOK:
            return "" if row.left is None else row.left.unit_name
        if column == NEW_BOOK:
            return row.came.unit_name if row.came is not None else one.place
        if column == DAY:
            return day_in_words(one.day)
        if row.pair is not None:
            return likeness_words(row.pair)
        return text("moves.outside") if one.outside else ""

    def colour(self, row: MoveLine, column: int) -> QColor | None:
        if column == HOW and row.pair is not None and row.pair.likeness is Likeness.SURE:
            return self._theme.colour("done")
        return None
