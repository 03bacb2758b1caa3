"""Counts a person reads before deciding: one line for each matter, its name at the left.

What needs a person is told by a sign, a word and a colour. It shows words; it counts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.ui.theme import Theme, set_state

#: As many lines as a wizard ever shows: a bundle that was received and leaves everything behind.
_MOST = 24
_LONG_WORD = re.compile(r"\S{16,}")
#: A sign after which such a word may go on in the next line.
_SIGN = re.compile(r"[-_/\\]")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about ("" for a sentence of its own), the words, and its state."""

    about: str
    words: str
    state: str = ""


class Facts(QWidget):
    """The lines. Their labels are made when a line is first needed, and filled again."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        px = theme.pixels
        grid = QGridLayout(self)
        grid.setContentsMargins(0, px(4), 0, px(4))
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(px(4))
        grid.setColumnMinimumWidth(0, px(96))
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self._lines: list[tuple[QLabel, QLabel, QLabel]] = []
        self._shown: tuple[Fact, ...] = ()

    def _add_line(self) -> None:
        about, words, alone = QLabel(self), QLabel(self), QLabel(self)
        about.setProperty("role", "muted")
        # Qt's grid forgets its spacing where hidden cells span both columns.
        about.setContentsMargins(0, 0, self._theme.pixels(16), 0)
        for one in (words, alone):
            one.setWordWrap(True)
            one.setTextFormat(Qt.TextFormat.PlainText)
        row, top = len(self._lines), Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(about, row, 0, top)
        self._grid.addWidget(words, row, 1, top)
        self._grid.addWidget(alone, row, 0, 1, 2, top)
        self._lines.append((about, words, alone))

    @property
    def text(self) -> str:
        """Everything that is shown, line by line."""
        return "\n".join(f"{one.about} {one.words}".strip() for one in self._shown)

    @property
    def state(self) -> str:
        """The worst of what is shown."""
        states = {one.state for one in self._shown}
        return next((one for one in ("error", "warning", "done") if one in states), "")

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these lines in place of the former ones."""
        self._shown = tuple(facts[:_MOST])
        while len(self._lines) < len(self._shown):
            self._add_line()
        for place, (about, words, alone) in enumerate(self._lines):
            fact = self._shown[place] if place < len(self._shown) else None
            labelled = fact is not None and bool(fact.about)
            about.setVisible(labelled)
            words.setVisible(labelled)
            alone.setVisible(fact is not None and not labelled)
            if fact is None:
                continue
            about.setText(fact.about)
            for one in (words, alone):
                one.setText(_breakable(fact.words))
                set_state(one, fact.state)
        self.setAccessibleName(self.text)

    def say(self, words: str, state: str = "") -> None:
        """Show one sentence."""
        self.show_facts((Fact("", words, state),))


def _breakable(words: str) -> str:
    """Long names of files and folders may break after a sign: one that does not would push the
    page apart.
    """
    return _LONG_WORD.sub(lambda word: _SIGN.sub("\\g<0>\u200b", word[0]), words)
