"""What a page costs to type, in presses of keys: counted at the window, field by field.

A letter with marks costs what it costs on a Telex keyboard: one press for the letter and one for
each mark (a d with a bar is two). A capital costs the press of Shift as well, and so does every
chord. The time is that of somebody who presses `KEYS_A_SECOND`; looking at the paper is not in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from app.services.invented.typed_page import TypedPage
from app.services.work_time import SECONDS_A_CHILD as SECONDS_A_CHILD
from app.ui.household.page import HouseholdPage

KEYS_A_SECOND = 5
_BARRED = unicodedata.lookup("LATIN SMALL LETTER D WITH STROKE")
_CTRL = Qt.KeyboardModifier.ControlModifier


class Clerk(Protocol):
    """Whoever presses the keys of a household page."""

    @property
    def page(self) -> HouseholdPage:
        """The page that is typed into."""

    def at(self) -> str:
        """The name of the field the keyboard is in."""

    def text(self, words: str) -> None:
        """Type words."""

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = ...) -> None:
        """Press a key."""

    def settle(self) -> None:
        """Wait until nothing happens any more."""


def telex_keys(words: str) -> int:
    """How many presses a text takes."""
    count = 0
    for letter in unicodedata.normalize("NFC", words):
        base, *marks = list(unicodedata.normalize("NFD", letter))
        doubled = base.casefold() == _BARRED
        count += 1 + len(marks) + doubled + letter.isupper()
    return count


@dataclass(frozen=True, slots=True)
class Cost:
    """Presses of keys for the head of a page and for each of its children."""

    household: int
    children: tuple[int, ...]

    @property
    def keys(self) -> int:
        """All presses."""
        return self.household + sum(self.children)

    @property
    def seconds_a_child(self) -> float:
        """Seconds of pressing, shared out to the children."""
        return self.keys / KEYS_A_SECOND / len(self.children)


def type_page(clerk: Clerk, page: TypedPage) -> Cost:
    """Type a page that has just been begun, and save it; what each part of it cost.

    Raises RuntimeError when the walk passes by a field that was to be typed.
    """
    counted = [_walk(clerk, page.household, at_head=True)]
    for number, child in enumerate(page.children):
        cost = _walk(clerk, child)
        if number + 1 < len(page.children):
            clerk.press(Qt.Key.Key_Return, _CTRL)
            cost += 2
        else:
            clerk.press(Qt.Key.Key_F2)
            cost += 1
        clerk.settle()
        counted.append(cost)
    return Cost(counted[0], tuple(counted[1:]))


def _walk(clerk: Clerk, wanted: Mapping[str, str], *, at_head: bool = False) -> int:
    """On with Enter until the part is walked through; what has to be typed is typed, and what was
    taken over from the child before is accepted section by section.
    """
    left, cost = dict(wanted), 0
    page = clerk.page
    form = page.household_form if at_head else page.child_form
    while page._form_with_focus() is form:
        words = left.pop(clerk.at(), "")
        clerk.text(words)
        child = page._current
        inherited = child is not None and clerk.at() in child.inherited
        taken_over = not words and not at_head and inherited
        clerk.press(Qt.Key.Key_F5 if taken_over else Qt.Key.Key_Return)
        cost += telex_keys(words) + 1
    if left:
        raise RuntimeError(f"the walk passed by {sorted(left)}")
    return cost
