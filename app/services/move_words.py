"""Pairs of moves and those in them, in words, for both faces."""

from __future__ import annotations

from app.i18n import text
from app.services.moves import MovePair, Mover
from app.text.days import day_in_words


def likeness_words(one: MovePair) -> str:
    """How sure a pair is, in words; that it was decided, where nobody would suggest it any more."""
    return text(f"moves.likeness.{'decided' if one.likeness is None else one.likeness.value}")


def sign_words(one: MovePair) -> str:
    """Why the two may be one, and what speaks against it, in words."""
    return ", ".join(text(f"moves.sign.{sign.value}") for sign in one.signs)


def mover_words(one: Mover) -> str:
    """A child who left or came, in one line: name, birth, book and household, and the move."""
    told = (
        one.full_name or text("moves.no_name"),
        day_in_words(one.birth_date),
        one.unit_name,
        text("moves.home", number=one.household_no) if one.household_no else "",
        text("moves.mother", name=one.mother_name) if one.mother_name else "",
        day_in_words(one.day),
        one.place,
    )
    return " · ".join(filter(None, told))
