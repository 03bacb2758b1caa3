"""What a person chose for the columns of a file: begun with what the program took them for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import text
from app.services.register_import import (
    IGNORED,
    ColumnMap,
    ColumnView,
    How,
    Target,
    map_of,
)

_SIGNS = {
    How.TITLE: "\N{CHECK MARK}",
    How.CHOSEN: "\N{CHECK MARK}",
    How.REMEMBERED: "\N{ANTICLOCKWISE OPEN CIRCLE ARROW}",
    How.CONTENT: "?",
    How.UNKNOWN: "\N{BLACK UP-POINTING TRIANGLE}",
}
_IGNORED_SIGN = "\N{MINUS SIGN}"
_COLOURS = {How.CONTENT: "warning", How.UNKNOWN: "error"}


@dataclass(slots=True)
class ColumnChoice:
    """A column, and what it is now taken for."""

    view: ColumnView
    target: Target | None
    label: str
    how: How
    #: Whether anybody, or the program, says so: a column without a title is read over as long as
    #: nobody does, and what stands in it is told.
    said: bool = True

    @classmethod
    def of(cls, view: ColumnView) -> ColumnChoice:
        """As the program took it. A column without a title is read over until somebody says what
        it holds, or the program guesses.
        """
        if view.target is None and view.key == f"[{view.letters}]":
            return cls(view, IGNORED, _words_of(IGNORED), How.TITLE, said=False)
        return cls(view, view.target, view.label or _words_of(view.target), view.how)

    @property
    def ignored(self) -> bool:
        """Whether it is read over."""
        return self.target is not None and self.target.role is IGNORED.role

    @property
    def sign(self) -> str:
        """How it is known, as a sign."""
        return _IGNORED_SIGN if self.ignored else _SIGNS[self.how]

    @property
    def why(self) -> str:
        """How it is known, in words."""
        if self.ignored and self.how is not How.REMEMBERED:
            return text("import_page.how.ignored")
        return text(f"import_page.how.{self.how.value}")

    @property
    def colour(self) -> str:
        """In which colour that is said."""
        return _COLOURS.get(self.how, "text")

    def choose(self, target: Target | None, label: str) -> None:
        """Take it for something else."""
        self.target, self.label, self.said = target, label, True
        self.how = How.UNKNOWN if target is None else How.CHOSEN


def _words_of(target: Target | None) -> str:
    return text("import_page.unknown" if target is None else "import.role_ignored")


def count_of(choices: Sequence[ColumnChoice], how: How) -> int:
    """How many columns are known in one way."""
    return sum(1 for one in choices if one.how is how)


def doubled(choices: Sequence[ColumnChoice]) -> str:
    """The first thing that two columns are taken for; "" for none."""
    met: set[str] = set()
    for one in choices:
        if one.target is None or one.ignored:
            continue
        if one.target.name in met:
            return one.label
        met.add(one.target.name)
    return ""


def map_of_choices(choices: Sequence[ColumnChoice]) -> ColumnMap:
    """The map that says what was chosen."""
    return map_of(
        {one.view.key: one.target for one in choices if one.target is not None and one.said}
    )
