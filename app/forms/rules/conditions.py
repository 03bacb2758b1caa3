"""Named conditions: when a field applies, and when a field becomes required.

A field that does not apply is dimmed and skipped, its value kept. Closed vocabulary: a template can
name these and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from app.forms.facts import AWAY, DECEASED, HOME, POOR, Facts

Condition = Callable[[Facts], bool]
CONDITIONS: dict[str, Condition] = {}


def condition(function: Condition) -> Condition:
    """Register a condition under the function's name."""
    CONDITIONS[function.__name__] = function
    return function


_GRADED_LEVELS = frozenset(("primary", "lower_secondary", "upper_secondary"))
_MOVES = frozenset(("moved_in", "moved_out"))


@condition
def father_known(facts: Facts) -> bool:
    """The father's status is given and is not "unknown"."""
    return facts.get("father_status") not in (None, "UNKNOWN")


@condition
def mother_known(facts: Facts) -> bool:
    """The mother's status is given and is not "unknown"."""
    return facts.get("mother_status") not in (None, "UNKNOWN")


@condition
def father_away(facts: Facts) -> bool:
    """The father is away for work."""
    return facts.get("father_status") == AWAY


@condition
def mother_away(facts: Facts) -> bool:
    """The mother is away for work."""
    return facts.get("mother_status") == AWAY


@condition
def a_parent_lives(facts: Facts) -> bool:
    """Not both parents are dead."""
    return facts.get("father_status") != DECEASED or facts.get("mother_status") != DECEASED


@condition
def needs_caregiver(facts: Facts) -> bool:
    """No parent at home as far as both are known, and somebody cares for the child."""
    get = facts.get
    return (
        get("father_status") not in (None, HOME)
        and get("mother_status") not in (None, HOME)
        and get("care_arrangement") not in (None, "NONE")
    )


@condition
def has_caregiver(facts: Facts) -> bool:
    """A caregiver's name is written."""
    return facts.get("caregiver_name") is not None


@condition
def in_facility(facts: Facts) -> bool:
    """The child is cared for in a facility."""
    return facts.get("care_arrangement") == "FACILITY"


@condition
def birth_is_registered(facts: Facts) -> bool:
    """The birth is registered: number and certificate should exist."""
    return facts.get("birth_registered") == "1"


@condition
def religion_is_collected(facts: Facts) -> bool:
    """The province asked for religion; by default nobody does."""
    return facts.context.collect_religion


@condition
def under_6(facts: Facts) -> bool:
    """The child may be under six on the reference date (unknown age counts as yes)."""
    return not facts.surely_at_least(6)


@condition
def has_c04(facts: Facts) -> bool:
    """The child is recorded as disabled (C04)."""
    return "C04" in facts.groups


@condition
def has_c13(facts: Facts) -> bool:
    """The child is recorded in C13 (serious disease in a poor household)."""
    return "C13" in facts.groups


@condition
def was_injured(facts: Facts) -> bool:
    """An injury, or a death by injury, is among the life events, or K02 is recorded."""
    if "K02" in facts.groups:
        return True
    if not facts.context.events:
        return False
    return any(
        event.get("event") == "injured" or event.get("death_cause") == "injury"
        for event in facts.open_events()
    )


@condition
def at_school(facts: Facts) -> bool:
    """The child learns: at school, or in vocational or continuing education."""
    return facts.get("schooling_status") in ("1", "5")


@condition
def in_graded_school(facts: Facts) -> bool:
    """The child is at school at a level that has grades."""
    return (
        facts.get("schooling_status") in ("1", "5")
        and facts.get("education_level") in _GRADED_LEVELS
    )


@condition
def left_school(facts: Facts) -> bool:
    """The child no longer goes to school, or never did."""
    return facts.get("schooling_status") in ("2", "3", "4")


@condition
def dropped_out(facts: Facts) -> bool:
    """The child dropped out."""
    return facts.get("schooling_status") == "2"


@condition
def dropped_out_or_never(facts: Facts) -> bool:
    """The child dropped out or never went to school."""
    return facts.get("schooling_status") in ("2", "3")


@condition
def gets_allowance(facts: Facts) -> bool:
    """The child receives monthly assistance."""
    return facts.get("monthly_allowance") == "1"


@condition
def poor_household(facts: Facts) -> bool:
    """The household (this record, or the child's) is poor or near-poor."""
    return (facts.get("poverty_status") or facts.poverty) in POOR


@condition
def support_given(facts: Facts) -> bool:
    """A kind of support is written on this line."""
    return bool(facts.get("support_type"))


@condition
def moved(facts: Facts) -> bool:
    """The event is a move."""
    return facts.get("event") in _MOVES


@condition
def died(facts: Facts) -> bool:
    """The event is a death."""
    return facts.get("event") == "died"


@condition
def is_check(facts: Facts) -> bool:
    """The review says that somebody checked the record (a return asks none of this)."""
    return facts.get("result") in (None, "checked")


@condition
def check_unsigned(facts: Facts) -> bool:
    """A check that names its author nowhere: neither here nor as `reviewer`."""
    return facts.get("reviewer") is None
