"""Rules of the at-risk groups R01–R07, the other groups K01–K02, and of the answer as a whole.

The at-risk groups stand in a provincial plan only (plan S1, 2b–2c); no decree was found.
"""

from __future__ import annotations

from app.forms.circumstances import (
    C03_PAIRS,
    HALF_ORPHAN_SUBS,
    derive,
    group_label,
    household_flags,
    unclassified_pair,
)
from app.forms.facts import AWAY, DECEASED, POOR, Facts, stored_day
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, rule

#: Proposals whose absence another rule reports: V1, V2, V5.
_OWN_RULE = frozenset(("C01", "R01", "R07"))
_R07_WRONG: Findings = (Finding("forms.rule.r07_one_parent_dead"),)
_R07_SUB: Findings = (Finding("forms.rule.r07_one_parent_dead.sub"),)
_R07_MISSING: Findings = (Finding("forms.rule.r07_expected"),)
_R07_C03: Findings = (Finding("forms.rule.r07_beside_c03"),)
_R01_WRONG: Findings = (Finding("forms.rule.r01_iff_poor.not_poor"),)
_R01_MISSING: Findings = (Finding("forms.rule.r01_iff_poor.missing"),)
_R01_SUB: Findings = (Finding("forms.rule.r01_iff_poor.sub"),)
_R06_AWAY: Findings = (Finding("forms.rule.r06_both_away.away"),)
_R06_MONTHS: Findings = (Finding("forms.rule.r06_both_away.months"),)
_R06_CAREGIVER: Findings = (Finding("forms.rule.r06_both_away.caregiver"),)
_R05: Findings = (Finding("forms.rule.detained_suggests_r05"),)
_K02_ALIVE: Findings = (Finding("forms.rule.k02_death.alive"),)
_K02_CAUSE: Findings = (Finding("forms.rule.k02_death.cause"),)
_K02_PERIOD: Findings = (Finding("forms.rule.k02_death.period"),)
_K02_EVENT: Findings = (Finding("forms.rule.k02_needs_event"),)
_NOT_ANSWERED: Findings = (Finding("forms.rule.circumstance_answer_given"),)
_NONE_BUT: Findings = (Finding("forms.rule.circumstance_answer_given.none_but"),)
_SOME_BUT: Findings = (Finding("forms.rule.circumstance_answer_given.some_but"),)


@rule(When.CIRCUMSTANCES)
def r07_one_parent_dead(facts: Facts, value: Value) -> Findings:
    """V2: R07 only when exactly one parent is dead, with the sub-group of that parent."""
    del value
    if "R07" not in facts.groups:
        return NOTHING
    father = facts.get("father_status") == DECEASED
    mother = facts.get("mother_status") == DECEASED
    if father == mother:
        return _R07_WRONG
    subs = facts.groups["R07"].subgroups
    right = "R07.1" if father else "R07.2"
    return NOTHING if not subs or right in subs else _R07_SUB


@rule(When.ALWAYS)
def r07_expected(facts: Facts, value: Value) -> Findings:
    """V2: exactly one parent dead, R07 not recorded, and the pair is none of C03.1–3."""
    del value
    father, mother = facts.get("father_status"), facts.get("mother_status")
    if (father == DECEASED) == (mother == DECEASED) or "R07" in facts.groups:
        return NOTHING
    if C03_PAIRS.get((str(father), str(mother))) in HALF_ORPHAN_SUBS:
        return NOTHING  # the pair rule and `derived_not_confirmed` ask for C03 instead
    return _R07_MISSING


@rule(When.CIRCUMSTANCES)
def r07_beside_c03(facts: Facts, value: Value) -> Findings:
    """V2: C03.1–3 already count the dead parent; R07 beside it counts the child twice."""
    del value
    both = "R07" in facts.groups and facts.has_sub(*HALF_ORPHAN_SUBS)
    return _R07_C03 if both else NOTHING


@rule(When.ALWAYS)
def r01_iff_poor(facts: Facts, value: Value) -> Findings:
    """V5: R01 ⇔ the household is poor or near-poor on the survey date, with that sub-group."""
    del value
    poverty = facts.poverty
    if poverty is None:
        return NOTHING
    declared = facts.groups.get("R01")
    if poverty not in POOR:
        return NOTHING if declared is None else _R01_WRONG
    if declared is None:
        return _R01_MISSING
    right = f"R01.{poverty}"
    return NOTHING if not declared.subgroups or right in declared.subgroups else _R01_SUB


@rule(When.CIRCUMSTANCES)
def r06_both_away(facts: Facts, value: Value) -> Findings:
    """V8: R06 needs both parents alive and away for six months or more, and a caregiver."""
    del value
    if "R06" not in facts.groups:
        return NOTHING
    if facts.parents() != (AWAY, AWAY):
        return _R06_AWAY
    if facts.away_long("father") is False or facts.away_long("mother") is False:
        return _R06_MONTHS
    return NOTHING if facts.get("caregiver_name") is not None else _R06_CAREGIVER


@rule(When.ALWAYS)
def detained_suggests_r05(facts: Facts, value: Value) -> Findings:
    """A detained parent makes R05 likely (circumstances.csv: R05, C03.9)."""
    del value
    if "DETAINED" not in facts.parents() or "R05" in facts.groups:
        return NOTHING
    return NOTHING if any(f.startswith("R05") for f in household_flags(facts)) else _R05


@rule(When.ALWAYS)
def derived_not_confirmed(facts: Facts, value: Value) -> Findings:
    """The facts call for a circumstance that is not recorded: confirm it or correct the facts
    (3-data.md, "Derived status"). C01, R01 and R07 have rules of their own.
    """
    del value
    found: list[Finding] = []
    for proposal in derive(facts):
        if proposal.group in _OWN_RULE:
            continue
        held = facts.groups.get(proposal.group)
        # A different sub-group is V4, V7 or the pair rule; here only what is missing altogether.
        wanted = [s for s in proposal.subgroups if held is None or s not in held.subgroups]
        if held is None or (wanted and proposal.group[:3] in ("R03", "R04", "R05")):
            code = (wanted or [proposal.group])[0]
            found.append(
                Finding("forms.rule.derived_not_confirmed", {"group": group_label(code, facts)})
            )
    return tuple(found)


@rule(When.ALWAYS)
def parents_pair_unclassified(facts: Facts, value: Value) -> Findings:
    """Both parents absent, but the decree has no sub-group for the pair (domain.md 2.1): said, left
    to people.
    """
    del value
    father, mother = facts.get("father_status"), facts.get("mother_status")
    if father == "ALIVE_HOME" or mother == "ALIVE_HOME" or father is None:
        return NOTHING
    pair = unclassified_pair(facts)
    return (
        NOTHING
        if pair is None
        else (Finding("forms.rule.parents_pair_unclassified", pair.parameters),)
    )


@rule(When.CIRCUMSTANCES)
def family_problem_gone(facts: Facts, value: Value) -> Findings:
    """R03–R05 recorded, but the household's answer no longer names the problem."""
    del value
    if not isinstance(facts.context.household.get("family_problem_flags"), list):
        return NOTHING
    flags = household_flags(facts)
    return tuple(
        Finding("forms.rule.family_problem_gone", {"group": group_label(sub, facts)})
        for group in ("R03", "R04", "R05")
        if group in facts.groups
        for sub in facts.groups[group].subgroups
        if sub not in flags
    )


@rule(When.CIRCUMSTANCES)
def k02_death(facts: Facts, value: Value) -> Findings:
    """V14: K02.1 needs a dead child, a death by injury, and its date in the period. Deaths being a
    subset of injuries holds by construction: K02.1 is counted as K02.
    """
    del value
    if not facts.has_sub("K02.1"):
        return NOTHING
    if facts.get("life_status") != "DECEASED":
        return _K02_ALIVE
    if facts.context.events is None:
        return NOTHING
    deaths = [
        event
        for event in facts.open_events()
        if event.get("event") == "died" and event.get("death_cause") == "injury"
    ]
    if not deaths:
        return _K02_CAUSE
    window = facts.context.round
    first = window.opens_on or facts.context.previous_update
    last = window.closes_on or facts.survey
    for event in deaths:
        day = stored_day(event.get("event_date"))
        if day is not None and (first is None or first <= day) and day <= last:
            return NOTHING
    return _K02_PERIOD


@rule(When.CIRCUMSTANCES)
def k02_needs_event(facts: Facts, value: Value) -> Findings:
    """K02 is counted from an injury or a death among the life events (3-data.md)."""
    del value
    if "K02" not in facts.groups or facts.context.events is None:
        return NOTHING
    injured = any(
        event.get("event") == "injured" or event.get("death_cause") == "injury"
        for event in facts.open_events()
    )
    return NOTHING if injured else _K02_EVENT


@rule(When.ALWAYS)
def circumstance_answer_given(facts: Facts, value: Value) -> Findings:
    """V18: "none of the groups" is chosen explicitly; blank is not none, and none is not some."""
    del value
    answer = facts.get("circumstance_answer")
    if answer == "none":
        return _NONE_BUT if facts.groups else NOTHING
    if answer == "some":
        return NOTHING if facts.groups else _SOME_BUT
    return _NOT_ANSWERED
