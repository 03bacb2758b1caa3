"""The two books beside each other: what each says of the child, and where they differ."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.i18n import text
from app.services.moves import Mover
from app.text.days import day_in_words
from app.ui.labels import Elided
from app.ui.moves.rows import MoveLine
from app.ui.theme import Theme, set_state

_LINES: tuple[tuple[str, Callable[[Mover], str]], ...] = (
    ("name", lambda one: one.full_name),
    ("born", lambda one: " · ".join(filter(None, (day_in_words(one.birth_date), _sex(one))))),
    ("personal_id", lambda one: one.personal_id),
    ("mother", lambda one: one.mother_name),
    ("father", lambda one: one.father_name),
    ("move", lambda one: " · ".join(filter(None, (day_in_words(one.day), one.place)))),
)
#: Lines that are never the same in two books: no sign stands there.
_OF_THE_BOOK = frozenset(("move",))


def _book_words(key: str, one: Mover) -> str:
    home = text("moves.home", number=one.household_no) if one.household_no else ""
    return " · ".join(filter(None, (text(f"moves.{key}", unit=one.unit_name), home, one.head_name)))


def _sex(one: Mover) -> str:
    return text(f"moves.sex.{one.sex}") if one.sex in ("1", "2") else ""


class MoveSides(QWidget):
    """One line a fact; a sign stands before the second book where it says something else."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.books = (Elided(), Elided())
        for at, heading in enumerate(self.books):
            heading.setProperty("role", "title")
            grid.addWidget(heading, 0, 1 + 2 * at)
        self.told: dict[str, tuple[Elided, QLabel, Elided]] = {}
        for row, (name, _) in enumerate(_LINES, start=1):
            label = QLabel(text(f"moves.line.{name}"), self)
            label.setProperty("role", "muted")
            left, sign, came = Elided(), QLabel(self), Elided()
            sign.setFixedWidth(px(16))
            sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
            for column, widget in enumerate((label, left, sign, came)):
                grid.addWidget(widget, row, column)
            self.told[name] = (left, sign, came)
        grid.setRowStretch(len(_LINES) + 1, 1)

    def show_line(self, line: MoveLine | None) -> None:
        """Show what both books say, or what the one says."""
        movers = (None, None) if line is None else (line.left, line.came)
        for heading, key, one in zip(self.books, ("old_book", "new_book"), movers, strict=True):
            heading.say("" if one is None else _book_words(key, one))
        for name, said in _LINES:
            left, sign, came = self.told[name]
            words = ["" if one is None else said(one) or text("moves.empty") for one in movers]
            left.say(words[0])
            came.say(words[1])
            both = all(one is not None for one in movers)
            differs = both and name not in _OF_THE_BOOK and words[0] != words[1]
            sign.setText("\N{NOT EQUAL TO}" if differs else "")
            sign.setAccessibleName(text("moves.differs") if differs else "")
            for widget in (sign, came):
                set_state(widget, "warning" if differs else "")
