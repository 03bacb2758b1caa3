"""A round and how far its last day is, as the places of the window that tell it word it."""

from __future__ import annotations

from app.i18n import text


def before_or_after(days_left: int) -> str:
    """The end of a message id: `left` before the last day, `last` on it, `over` after it."""
    return "left" if days_left > 0 else "last" if days_left == 0 else "over"


def round_called(name: str) -> str:
    """The round by its name, which many begin with the word itself: «Đợt rà soát Quý IV»."""
    words = text("worklist.round", name=name)
    kind = words.partition(" ")[0].casefold()
    return name if name.casefold().startswith(kind) else words
