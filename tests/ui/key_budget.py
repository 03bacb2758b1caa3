"""What a page costs to type, in presses of keys: counted at the window, field by field.

A letter with marks costs what it costs on a Telex keyboard: one press for the letter and one for
each mark (đ is two). A capital costs the press of Shift as well, and so does every chord. The time
is that of somebody who presses `KEYS_A_SECOND`; looking at the paper is not in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.services.invented.typed_page import TypedPage
from tests.ui.window_desk import CTRL, Desk, Key

KEYS_A_SECOND = 5
#: 1,570 children in five days of eight hours (domain.md, the provincial plans).
SECONDS_A_CHILD = 92


def telex_keys(words: str) -> int:
    """How many presses a text takes."""
    count = 0
    for letter in unicodedata.normalize("NFC", words):
        base, *marks = unicodedata.normalize("NFD", letter)
        doubled = base.casefold() == "đ"
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


def type_page(desk: Desk, page: TypedPage) -> Cost:
    """Type a page that has just been begun, and save it; what each part of it cost."""
    counted = [_walk(desk, page.household, at_head=True)]
    for number, child in enumerate(page.children):
        cost = _walk(desk, child)
        if number + 1 < len(page.children):
            desk.press(Key.Key_Return, CTRL)
            cost += 2
        else:
            desk.press(Key.Key_F2)
            cost += 1
        desk.settle()
        counted.append(cost)
    return Cost(counted[0], tuple(counted[1:]))


def _walk(desk: Desk, wanted: Mapping[str, str], *, at_head: bool = False) -> int:
    """On with Enter until the part is walked through; what has to be typed is typed, and what was
    taken over from the child before is accepted section by section.
    """
    left, cost = dict(wanted), 0
    form = desk.page.household_form if at_head else desk.page.child_form
    while desk.page._form_with_focus() is form:
        words = left.pop(desk.at(), "")
        desk.text(words)
        taken_over = not words and not at_head and desk.at() in desk.child.inherited
        desk.press(Key.Key_F5 if taken_over else Key.Key_Return)
        cost += telex_keys(words) + 1
    assert not left, f"the walk passed by {sorted(left)}"
    return cost
