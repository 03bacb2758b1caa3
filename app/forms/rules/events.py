"""Rules of follow-up status, life events, support and the second person's check."""

from __future__ import annotations

from app.forms.age import CHILD_AGE, bounds
from app.forms.facts import POOR, Facts, stored_day
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, only, rule
from app.forms.status_events import STATUS_EVENT

_NO_EVENT: Findings = (Finding("forms.rule.status_by_event"),)
_STILL_ACTIVE: Findings = (Finding("forms.rule.event_sets_status"),)
_AGED: Findings = (Finding("forms.rule.aged_out_needs_age"),)
_OUTSIDE: Findings = (Finding("forms.rule.event_in_period"),)
_INJURY_DEATH: Findings = (Finding("forms.rule.injury_death_is_k02"),)
_LISTED: Findings = (Finding("forms.rule.allowance_list.listed"),)
_NOT_LISTED: Findings = (Finding("forms.rule.allowance_list.not_listed"),)
_CATEGORY: Findings = (Finding("forms.rule.allowance_category_fits"),)
_EXPECTED: Findings = (Finding("forms.rule.allowance_expected"),)
_SAME_PERSON: Findings = (Finding("forms.rule.second_person"),)

#: Sub-group (or group) → allowance categories it gives (NĐ 20/2021/NĐ-CP Đ5; domain.md 2.5).
_CATEGORIES = {
    "C01": ("k1b",),
    "C02.1": ("k1a",),
    "C03.1": ("k1c",),
    "C03.2": ("k1d",),
    "C03.3": ("k1dd",),
    "C03.4": ("k1e",),
    "C03.5": ("k1i",),
    "C03.6": ("k1k",),
    "C03.8": ("k1g",),
    "C03.9": ("k1h",),
    "C03.10": ("k1l",),
    "C04.1": ("k6",),
    "C04.2": ("k6",),
}


def allowance_categories(facts: Facts) -> frozenset[str]:
    """The categories of monthly assistance that the recorded circumstances give.

    C03.2 with an incapable parent, C03.7, C03.11 and C03.12 have none (domain.md 2.5).
    """
    if not facts.groups:
        return frozenset()
    found: set[str] = set()
    for group, held in facts.groups.items():
        for code in (group, *held.subgroups):
            categories = _CATEGORIES.get(code)
            if categories and not (code == "C03.2" and "INCAPABLE" in facts.parents()):
                found.update(categories)
    if "C05" in facts.groups and facts.poverty == "1":
        found.add("k3")
    return frozenset(found)


@rule(When.VALUE, concerns=only(*STATUS_EVENT))
def status_by_event(facts: Facts, value: Value) -> Findings:
    """The follow-up status changes by an event only (form_fields.csv: life_status)."""
    wanted = STATUS_EVENT.get(value) if type(value) is str else None
    if wanted is None or facts.context.events is None:
        return NOTHING
    return (
        NOTHING if any(event.get("event") == wanted for event in facts.open_events()) else _NO_EVENT
    )


@rule(When.VALUE, concerns=only("AGED_OUT"))
def aged_out_needs_age(facts: Facts, value: Value) -> Findings:
    """AGED_OUT before the sixteenth birthday."""
    if value != "AGED_OUT" or facts.birth_bounds() is None:
        return NOTHING
    return NOTHING if facts.surely_at_least(CHILD_AGE) else _AGED


@rule(When.EVENTS)
def event_sets_status(facts: Facts, value: Value) -> Findings:
    """A recorded death while the child is still followed (form_fields.csv: life_status)."""
    del value
    if facts.get("life_status") not in (None, "ACTIVE"):
        return NOTHING
    died = any(event.get("event") == "died" for event in facts.open_events())
    return _STILL_ACTIVE if died else NOTHING


@rule(When.VALUE)
def event_in_period(facts: Facts, value: Value) -> Findings:
    """An event lies after the last update, up to the survey (form_fields.csv: event_*)."""
    day = stored_day(value)
    if type(value) is not str or day is None:
        return NOTHING
    before = facts.context.previous_update
    early = before is not None and day <= before
    late = bounds(value)[0] > facts.survey.isoformat()
    return _OUTSIDE if early or late else NOTHING


@rule(When.VALUE, concerns=only("injury"))
def injury_death_is_k02(facts: Facts, value: Value) -> Findings:
    """Death by injury sets K02.1: say so (form_fields.csv: death_cause; plan S1, 2c)."""
    del facts
    return _INJURY_DEATH if value == "injury" else NOTHING


@rule(When.VALUE, concerns=only("1", "2"))
def allowance_list(facts: Facts, value: Value) -> Findings:
    """The answer differs from the monthly-assistance list (plan S1; form_fields.csv)."""
    listed = facts.context.lists.allowance
    if listed is None:
        return NOTHING
    if value == "2" and listed:
        return _LISTED
    return _NOT_LISTED if value == "1" and not listed else NOTHING


@rule(When.VALUE)
def allowance_category_fits(facts: Facts, value: Value) -> Findings:
    """The category follows from a recorded circumstance (NĐ 20/2021 Đ5; domain.md 2.5)."""
    if value == "other" or type(value) is not str:
        return NOTHING
    if value == "k7":
        fits = facts.poverty in POOR and not facts.surely_at_least(3)
        return NOTHING if fits or facts.poverty is None else _CATEGORY
    return NOTHING if value in allowance_categories(facts) else _CATEGORY


@rule(When.VALUE, concerns=only("2"))
def allowance_expected(facts: Facts, value: Value) -> Findings:
    """No allowance, though a recorded circumstance gives one; disability is V7's."""
    if value != "2":
        return NOTHING
    return _EXPECTED if allowance_categories(facts) - {"k6"} else NOTHING


@rule(When.VALUE)
def second_person(facts: Facts, value: Value) -> Findings:
    """The check is done by another person than the typist (form_fields.csv: checked_by; a warning
    with a reason, because most communes have one officer: 3-data.md).
    """
    typist = facts.context.entered_by
    return _SAME_PERSON if typist is not None and value == typist else NOTHING
