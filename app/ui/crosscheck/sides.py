"""The list and the book beside each other: what each says of the child, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.i18n import text
from app.services.crosscheck.listed import ListKind, ListRow
from app.services.crosscheck.views import BookChild
from app.services.crosscheck.villages import village_key
from app.services.crosscheck.words_of import (
    adult_words,
    birth_words,
    place_words,
    poverty_words,
)
from app.text.days import day_in_words
from app.text.fold import fold
from app.ui.crosscheck.rows import Line
from app.ui.labels import Elided
from app.ui.theme import Theme, set_state

_BETWEEN = " · "
#: Up to this size of letters every line has room; of larger ones these lines at least.
_ROOMY = 1.25
_ALWAYS = frozenset(("name", "born"))


class _Fact(NamedTuple):
    """One line: its words on either side, and whether they say two things."""

    name: str
    listed: Callable[[ListRow], str]
    book: Callable[[BookChild], str]
    differs: Callable[[str, str], bool]


def _born(day: str, sex: str) -> str:
    return _BETWEEN.join(filter(None, (day, text(f"crosscheck.sex.{sex}") if sex else "")))


def _parents(child: BookChild) -> str:
    return ", ".join(dict.fromkeys(filter(None, (child.head, child.mother, child.father))))


def _other_birth(one: str, other: str) -> bool:
    """A year agrees with a day of that year; who says no sex says none against it."""
    (mine, my_sex), (theirs, their_sex) = (
        (text, "") if _BETWEEN not in text else text.split(_BETWEEN, 1) for text in (one, other)
    )
    days = bool(mine and theirs) and not (mine.endswith(theirs) or theirs.endswith(mine))
    return days or bool(my_sex and their_sex and my_sex != their_sex)


def _nobody_shared(one: str, other: str) -> bool:
    return not {fold(part) for part in one.split(", ")} & {fold(part) for part in other.split(", ")}


_FACTS = (
    _Fact("name", lambda row: row.name, lambda one: one.name, lambda a, b: fold(a) != fold(b)),
    _Fact(
        "born",
        lambda row: _born(birth_words(row), row.sex),
        lambda one: _born(day_in_words(one.birth_date), one.sex),
        _other_birth,
    ),
    _Fact("adults", adult_words, _parents, _nobody_shared),
    _Fact(
        "village",
        lambda row: row.village,
        lambda one: one.village,
        lambda a, b: village_key(a) != village_key(b),
    ),
    _Fact(
        "personal_id",
        lambda row: row.personal_id,
        lambda one: one.personal_id,
        lambda a, b: a != b,
    ),
    _Fact(
        "poverty",
        lambda row: poverty_words(row.status),
        lambda one: poverty_words(one.poverty),
        lambda a, b: a != b,
    ),
)


class ListSides(QWidget):
    """One line a fact; a sign stands before the book where it says something else."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._roomy = theme.scale <= _ROOMY
        px = theme.pixels
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.heads = (Elided(), Elided())
        for at, heading in enumerate(self.heads):
            heading.setProperty("role", "title")
            grid.addWidget(heading, 0, 1 + 2 * at)
        self._labels: dict[str, QLabel] = {}
        self.told: dict[str, tuple[Elided, QLabel, Elided]] = {}
        for row, fact in enumerate(_FACTS, start=1):
            label = QLabel(text(f"crosscheck.line.{fact.name}"), self)
            label.setProperty("role", "muted")
            self._labels[fact.name] = label
            left, sign, right = Elided(), QLabel(self), Elided()
            sign.setFixedWidth(px(16))
            sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
            for column, widget in enumerate((label, left, sign, right)):
                grid.addWidget(widget, row, column)
            self.told[fact.name] = (left, sign, right)
        grid.setRowStretch(len(_FACTS) + 1, 1)

    def show_line(self, line: Line | None, place: int) -> None:
        """Show a row of the list beside the child at a place of those it may be."""
        row = None if line is None or line.row is None else line.row.row
        children = () if line is None else line.children
        child = children[place] if place < len(children) else None
        self.heads[0].say(
            "" if row is None else f"{text('crosscheck.in_list')} · {place_words(row)}"
        )
        self.heads[1].say("" if child is None else _book_words(child, place, len(children)))
        for fact in _FACTS:
            left, sign, right = self.told[fact.name]
            one = "" if row is None else fact.listed(row)
            other = "" if child is None else fact.book(child)
            if fact.name == "poverty" and (line is None or line.kind is not ListKind.POVERTY):
                one = other = ""  # only such a list is about it
            differs = bool(one and other) and fact.differs(one, other)
            # A line that says nothing on either side only takes room; where letters are large, so
            # does one that says the same on both.
            shown = bool(one or other) and (differs or self._roomy or fact.name in _ALWAYS)
            for widget in (*self.told[fact.name], self._labels[fact.name]):
                widget.setVisible(shown)
            left.say(one or ("" if row is None else text("crosscheck.empty")))
            right.say(other or ("" if child is None else text("crosscheck.empty")))
            sign.setText("\N{NOT EQUAL TO}" if differs else "")
            sign.setAccessibleName(text("crosscheck.differing") if differs else "")
            for widget in (sign, right):
                set_state(widget, "warning" if differs else "")


def _book_words(child: BookChild, place: int, count: int) -> str:
    home = text("crosscheck.household", number=child.household_no) if child.household_no else ""
    which = text("crosscheck.of_several", place=str(place + 1), count=str(count))
    parts = (text("crosscheck.in_book"), home, which if count > 1 else "")
    return " · ".join(filter(None, parts))
