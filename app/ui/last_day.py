"""How far the last day of a round is, as the places of the window that tell it word it."""

from __future__ import annotations


def before_or_after(days_left: int) -> str:
    """The end of a message id: `left` before the last day, `last` on it, `over` after it."""
    return "left" if days_left > 0 else "last" if days_left == 0 else "over"
