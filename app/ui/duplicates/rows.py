"""The lists of pairs: those to look at, and those that were decided; and the facts of one pair."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from PySide6.QtGui import QColor

from app.i18n import text
from app.matching.pair import Level
from app.services.duplicate_decisions import DecidedPair, Twice
from app.services.duplicate_pairs import DuplicatesView, Fact, SuggestedPair
from app.services.masking import MASKED, Shown
from app.text.days import day_in_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

HOW, NAME, BORN, HOME, OTHER_NAME, OTHER_BORN, OTHER_HOME = range(7)
_HEADINGS = (
    "duplicates.column.how",
    "duplicates.column.one",
    "duplicates.column.born",
    "duplicates.column.home",
    "duplicates.column.other",
    "duplicates.column.born",
    "duplicates.column.home",
)
WHAT, ONE, SIGN, OTHER = range(4)
_FACTS = (
    "duplicates.column.what",
    "duplicates.column.one",
    "duplicates.column.sign",
    "duplicates.column.other",
)


class Which(Enum):
    """Which list is looked at; the value names its words."""

    WAITING = "waiting"
    SAME = "same"
    APART = "apart"


class PairLine(NamedTuple):
    """A line of any of the lists. A record that is not held here is None."""

    first: str
    second: str
    one: Twice | None
    other: Twice | None
    suggested: SuggestedPair | None = None
    decided: DecidedPair | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return self.first, self.second

    @property
    def seen(self) -> str:
        """What stood when it was read."""
        if self.suggested is not None:
            return self.suggested.seen
        return "" if self.decided is None else self.decided.seen


def lines_of(view: DuplicatesView, which: Which, up_to: Level) -> Sequence[PairLine]:
    """The lines of one list; of what waits those up to a level. What was decided and is in doubt
    waits, too, before the others.
    """
    if which is Which.WAITING:
        again = [
            PairLine(one.first, one.second, one.one, one.other, decided=one)
            for one in view.decided
            if one.doubt is not None
        ]
        return again + [
            PairLine(one.one.id, one.other.id, one.one, one.other, suggested=one)
            for one in view.waiting
            if one.level <= up_to
        ]
    return [
        PairLine(one.first, one.second, one.one, one.other, decided=one)
        for one in view.decided
        if one.same is (which is Which.SAME)
    ]


class PairRows(LineRows[PairLine]):
    """The model of the pairs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def place_of(self, key: tuple[str, str]) -> int:
        """Where a line stands; -1 when it is no longer among them."""
        return next((at for at, one in enumerate(self.lines) if one.key == key), -1)

    def words(self, row: PairLine, column: int) -> str:
        if column == HOW:
            return _how(row)
        one = row.one if column in (NAME, BORN, HOME) else row.other
        if one is None:
            return text("duplicates.not_held") if column in (NAME, OTHER_NAME) else ""
        if column in (NAME, OTHER_NAME):
            return one.full_name or text("duplicates.no_name")
        if column in (BORN, OTHER_BORN):
            return day_in_words(one.birth_date)
        return place_words(one)

    def colour(self, row: PairLine, column: int) -> QColor | None:
        sure = row.suggested is not None and row.suggested.level <= Level.HIGH
        doubted = row.decided is not None and row.decided.doubt is not None
        return self._theme.colour("warning") if column == HOW and (sure or doubted) else None


class FactRows(LineRows[Fact]):
    """The model of what two records say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _FACTS)

    def words(self, row: Fact, column: int) -> str:
        if column == WHAT:
            return row.label
        if column == SIGN:
            return "\N{NOT EQUAL TO}" if row.differs else "="
        return shown_words(row.one if column == ONE else row.other)

    def colour(self, row: Fact, column: int) -> QColor | None:
        return self._theme.colour("warning") if column == SIGN and row.differs else None


def place_words(one: Twice) -> str:
    """Whose book a record stands in, and in which household."""
    home = text("duplicates.home", number=one.household_no) if one.household_no else ""
    return " · ".join(filter(None, (home, one.unit_name)))


def shown_words(value: Shown) -> str:
    """A value of a record, or that there is none, or that it is not shown."""
    if value is None or value == "" or value == []:
        return text("duplicates.empty")
    if value is MASKED:
        return text("entry.mask")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _how(row: PairLine) -> str:
    if row.suggested is not None:
        return text(f"duplicates.how.{row.suggested.level.name.lower()}")
    if row.decided is not None and row.decided.doubt is not None:
        return text(f"duplicates.how.{row.decided.doubt.value}")
    if row.decided is not None and row.decided.automatic:
        return text("duplicates.how.automatic")
    if row.decided is not None and row.decided.about_a_move:
        return text("duplicates.how.move")
    return text("duplicates.how.person")
