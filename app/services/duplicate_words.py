"""Children written twice and what was decided about them, in words, for both faces."""

from __future__ import annotations

from app.i18n import number, text
from app.services.duplicate_decisions import DecidedPair, Twice
from app.text.days import day_in_words


def child_words(one: Twice) -> str:
    """A child of a pair in one line: name, birth, unit, household, mother."""
    told = (
        one.full_name or text("duplicates.no_name"),
        day_in_words(one.birth_date),
        one.unit_name,
        text("duplicates.home", number=one.household_no) if one.household_no else "",
        text("duplicates.mother", name=one.mother_name) if one.mother_name else "",
    )
    return " · ".join(filter(None, told))


def recorded_words(pairs: int, *, taken: bool) -> str:
    """That the program called pairs one child because of what came, or would: at the window."""
    said = "duplicates.recorded" if taken else "duplicates.would_record"
    return text(said, pairs=number(pairs))


def decided_words(one: DecidedPair) -> str:
    """What was decided about a pair, by whom and when, and why it is in doubt."""
    said = _decided(one)
    if one.doubt is None:
        return said
    return f"{text(f'duplicates.doubt.{one.doubt.value}')}. {said}"


def _decided(one: DecidedPair) -> str:
    verdict = "same" if one.same else "different"
    if one.automatic:
        return text("duplicates.decided.automatic")
    kind = "move" if one.about_a_move and one.same else verdict
    return text(
        f"duplicates.decided.{kind}",
        who=one.decided_by or text("duplicates.decided.nobody"),
        day=day_in_words(one.decided_on) or text("duplicates.decided.no_day"),
    )
