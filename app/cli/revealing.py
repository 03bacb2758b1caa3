"""`--reveal REASON`: how a command presents that somebody wants to look behind the mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.parser import CommandParser
from app.i18n import text

if TYPE_CHECKING:
    from app.services.masking import Reveal


def add_reveal(command: CommandParser) -> None:
    """Let a command take a reason to reveal what is masked."""
    command.add_argument(
        "--reveal", metavar=text("cli.arg.reason"), help=text("cli.register.reveal")
    )


def reveal_of(reason: str | None) -> Reveal | None:
    """The reveal of a command, None when it asks for none."""
    from app.services.masking import Reveal

    return None if reason is None else Reveal(reason)
