"""What a round is called. Many names begin with the word itself, «Đợt Quý IV/2026»: it is not said
twice.
"""

from __future__ import annotations

from app.i18n import text


def round_called(name: str) -> str:
    """A round by its name, to begin a line with."""
    words = text("worklist.round", name=name)
    return name if _says_what_it_is(name) else words


def round_in_sentence(name: str) -> str:
    """A round by its name, within a sentence."""
    return text("rounds.named" if _says_what_it_is(name) else "rounds.round_named", name=name)


def _says_what_it_is(name: str) -> bool:
    kind = text("worklist.round", name="").strip().casefold()
    return name.casefold().startswith(kind)
