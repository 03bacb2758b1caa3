"""What is said of two records once they are weighed: how sure it is that they are one child."""

from __future__ import annotations

from math import log2

from app.matching.certain_names import certain_name, same_name
from app.matching.given import Spelling
from app.matching.pair import FROM, Level, Pair
from app.matching.people import Prepared
from app.matching.rarity import Rarity
from app.matching.weights import given_spelling, weigh

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
    """How sure a pair of that score is; None below all levels. Certain are those alone that stand
    in two households and whose personal id, whole folded name, whole birth date and sex all agree,
    however rare or common the name is; where one of these is missing a person is asked.
    """
    levels = (Level.HIGH, Level.MEDIUM, Level.LOW)
    level = next((level for level in levels if score >= FROM[level]), None)
    if not one.personal_id or one.personal_id != other.personal_id:
        return level
    same_day = bool(one.birth.day) and one.birth == other.birth
    if same_day and _is_certain(one, other):
        return Level.CERTAIN
    # One id for two who agree in little else is somebody's slip, and always told. Of a brother or a
    # sister it was copied, and everything else agrees with it; of one day it may be a new name.
    # Lists of other languages name no parents: nobody in them is more alike to a sister.
    foreign = one.foreign or other.foreign
    if not foreign and given_spelling(one, other) is Spelling.OTHER:
        alone = not one.household or one.household != other.household
        return max(
            Level.LOW if level is None else level, Level.MEDIUM if same_day and alone else Level.LOW
        )
    return Level.LOW if level is None else level


def _is_certain(one: Prepared, other: Prepared) -> bool:
    """Whether two of one id and one day are one child with nobody asked. Ids are copied from a
    brother's line, and a twin shares the day: each word of the name counts, and each mark.
    """
    if not (one.sex and one.sex == other.sex):
        return False
    if not (one.household and other.household) or one.household == other.household:
        return False
    return same_name(certain_name(one.written), certain_name(other.written))


def rank(pair: Pair) -> tuple[Level, float, str, str]:
    """By what pairs are sorted, the surest first."""
    return (pair.level, -pair.score, pair.first, pair.second)
