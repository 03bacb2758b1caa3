"""What is said of two records once they are weighed: how sure it is that they are one child."""

from __future__ import annotations

from math import log2

from app.matching.pair import FROM, Level, Pair
from app.matching.people import Prepared
from app.matching.weights import Rarity, weigh

#: About so many of a hundred children are written twice (domain.md 9 item 8).
_TWICE = 0.02


def odds_before(children: int) -> float:
    """How likely any two of so many children are one, in bits, before anything of them is known."""
    return log2(2 * _TWICE / max(children, 2))


def judged(one: Prepared, other: Prepared, rarity: Rarity, before: float) -> Pair | None:
    """A pair with what speaks for it and against it; None where they are two children, or where
    next to nothing speaks for one. `before` as `odds_before` gives it.
    """
    evidence = weigh(one, other, rarity)
    if evidence is None:
        return None
    score = before + sum(part.bits for part in evidence)
    level = level_of(one, other, score)
    if level is None:
        return None
    first, second = sorted((one.id, other.id))
    return Pair(first, second, score, level, tuple(evidence))


def level_of(one: Prepared, other: Prepared, score: float) -> Level | None:
    """How sure a pair of that score is; None below all levels. Certain are those alone whose
    personal id, folded name and whole birth date all agree, however rare or common the name is.
    """
    if (
        one.personal_id
        and one.personal_id == other.personal_id
        and one.name.given
        and one.full == other.full
        and one.birth.day
        and one.birth == other.birth
    ):
        return Level.CERTAIN
    levels = (Level.HIGH, Level.MEDIUM, Level.LOW)
    return next((level for level in levels if score >= FROM[level]), None)
