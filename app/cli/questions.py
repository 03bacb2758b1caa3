"""Questions to the person at the terminal. Silence is no consent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.i18n import text
from app.text.fold import fold

if TYPE_CHECKING:
    from app.cli.output import Output

_YES = frozenset(("c", "co", "y", "yes"))


def somebody_is_there() -> bool:
    """Whether questions are read and answered by a person."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(output: Output, question: str) -> bool:
    """Ask; an empty or any other answer than yes is a no, and so is the end of the input."""
    output.note(f"{question} {text('cli.yes_or_no')}")
    return fold(sys.stdin.readline().strip()) in _YES
