"""Only the strip of a form in which its words differ is painted again."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.ui.household.arranging import changed_area
from app.ui.household.looks import Words

_HIGH = 20


def _words(*texts: str, start: int = 0) -> list[Words]:
    return [
        Words(QRect(0, start + at * _HIGH, 90, _HIGH), one, "text") for at, one in enumerate(texts)
    ]


def test_the_same_words_need_no_painting() -> None:
    assert changed_area(_words("a", "b"), _words("a", "b"), 300) is None
    assert changed_area([], [], 300) is None


def test_the_strip_covers_what_went_and_what_came() -> None:
    both = _words("a", "b", "c", "d")
    other = _words("a", "b", "x", "d")
    assert changed_area(both, other, 300) == QRect(0, 2 * _HIGH, 300, _HIGH)
    assert changed_area(both, both[:2], 300) == QRect(0, 2 * _HIGH, 300, 2 * _HIGH)
    assert changed_area(both[:1], both, 300) == QRect(0, _HIGH, 300, 3 * _HIGH)


def test_what_moved_down_is_painted_where_it_was_and_where_it_is() -> None:
    before = _words("a", "b", "c")
    now = [*_words("a", "new"), *_words("b", "c", start=2 * _HIGH)]
    assert changed_area(before, now, 300) == QRect(0, _HIGH, 300, 3 * _HIGH)


def test_a_first_word_that_goes_and_another_colour_are_seen() -> None:
    before = _words("a", "b")
    coloured = [Words(before[0].rect, "a", "error"), before[1]]
    assert changed_area(before, coloured, 300) == QRect(0, 0, 300, _HIGH)
    assert changed_area(before, before[1:], 300) == QRect(0, 0, 300, _HIGH)
