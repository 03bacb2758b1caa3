"""Rules of the fourteen special circumstances C01–C14 (Luật Trẻ em 102/2016 Đ10, NĐ 56/2017 Đ3–16).

V-numbers are those of domain.md 2.4. A rule speaks of open circumstances only.
"""

from __future__ import annotations

from app.forms.age import bounds
from app.forms.circumstances import C01_BY_CARE, C03_PAIRS, HALF_ORPHAN_SUBS, group_label
from app.forms.facts import ADOPTED, DECEASED, HOME, POOR, Facts
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import When, rule

#: Groups that need the conclusion of a body or a qualified person (NĐ 56/2017 Đ11).
EVIDENCE_GROUPS = frozenset(("C05", "C09", "C10", "C11", "C12"))
_C01_LIVING: Findings = (Finding("forms.rule.c01_iff_both_parents_dead.living"),)
_C01_ADOPTED: Findings = (Finding("forms.rule.c01_iff_both_parents_dead.adopted"),)
_C01_MISSING: Findings = (Finding("forms.rule.c01_iff_both_parents_dead.missing"),)
_C08_R02: Findings = (Finding("forms.rule.c08_excludes_r02"),)
_C02_ORPHAN: Findings = (Finding("forms.rule.c02_known_dead_parents"),)
_C02_CARED: Findings = (Finding("forms.rule.c02_has_care"),)
_C14: Findings = (Finding("forms.rule.c14_nationality"),)
_C14_PARENTS: Findings = (Finding("forms.rule.c14_needs_no_parents"),)
_C12_PARENT: Findings = (Finding("forms.rule.c12_parent_at_home"),)
_C12_CARE: Findings = (Finding("forms.rule.c12_alternative_care"),)
_C07_AGE: Findings = (Finding("forms.rule.c07_age"),)
_C10_C11: Findings = (Finding("forms.rule.c10_beside_c11"),)
_C03_11: Findings = (Finding("forms.rule.c03_11_recheck"),)
_C03_11_MAYBE: Findings = (Finding("forms.rule.c03_11_recheck.suggested"),)
_C03_PAIR: Findings = (Finding("forms.rule.c03_parents_pair"),)
_C04_LEVEL: Findings = (Finding("forms.rule.c04_level"),)
_C04_LIST: Findings = (Finding("forms.rule.c04_allowance"),)
_EVIDENCE: Findings = (Finding("forms.rule.evidence_before_confirmed"),)


@rule(When.ALWAYS)
def c01_iff_both_parents_dead(facts: Facts, value: Value) -> Findings:
    """V1: C01 ⇔ both parents dead and the child not adopted (NĐ 56/2017 Đ3)."""
    del value
    both = facts.get("father_status") == DECEASED and facts.get("mother_status") == DECEASED
    if not both:
        return _C01_LIVING if "C01" in facts.groups else NOTHING
    adopted = facts.get("care_arrangement") == ADOPTED
    if adopted:
        return _C01_ADOPTED if "C01" in facts.groups else NOTHING
    return NOTHING if "C01" in facts.groups else _C01_MISSING


@rule(When.CIRCUMSTANCES)
def c01_excludes(facts: Facts, value: Value) -> Findings:
    """V1: C01 excludes R07, R06 and C03.1–3."""
    del value
    groups = facts.groups
    if "C01" not in groups:
        return NOTHING
    beside: list[str] = [code for code in ("R06", "R07") if code in groups]
    beside += [code for code in sorted(HALF_ORPHAN_SUBS) if facts.has_sub(code)]
    return tuple(
        Finding("forms.rule.c01_excludes", {"group": group_label(code, facts)}) for code in beside
    )


@rule(When.CIRCUMSTANCES)
def subgroup_count(facts: Facts, value: Value) -> Findings:
    """V3: exactly one sub-group where sub-groups exclude each other, one or more for C10, C11 and
    the family problems, none where the decree has none; each belongs to its group.
    """
    del value
    codes = facts.context.code_list("circumstances")
    found: list[Finding] = []
    for group, circumstance in facts.groups.items():
        item = codes.get(group)
        if item is None or item.extra.get("parent"):
            found.append(Finding("forms.rule.subgroup_count.group"))
            continue
        subs = circumstance.subgroups
        label = group_label(group, facts)
        strange = [
            sub
            for sub in subs
            if (child := codes.get(sub)) is None or child.extra.get("parent") != group
        ]
        wanted = item.extra.get("subgroups", "")
        if strange:
            found.append(Finding("forms.rule.subgroup_count.strange", {"group": label}))
        elif wanted == "one" and len(subs) != 1 and not (group == "K02" and not subs):
            found.append(Finding("forms.rule.subgroup_count.one", {"group": label}))
        elif wanted == "several" and not subs:
            found.append(Finding("forms.rule.subgroup_count.several", {"group": label}))
    return tuple(found)


@rule(When.CIRCUMSTANCES)
def c13_needs_poor_household(facts: Facts, value: Value) -> Findings:
    """V4: C13 only in a poor or near-poor household, with the sub-group of that status (NĐ 56 Đ15).
    That R01 follows is V5.
    """
    del value
    if "C13" not in facts.groups or facts.poverty is None:
        return NOTHING
    if facts.poverty not in POOR:
        return (Finding("forms.rule.c13_needs_poor_household.not_poor"),)
    if facts.groups["C13"].subgroups and not facts.has_sub(f"C13.{facts.poverty}"):
        return (Finding("forms.rule.c13_needs_poor_household.sub"),)
    return NOTHING


@rule(When.CIRCUMSTANCES)
def c08_r02_need_dropout(facts: Facts, value: Value) -> Findings:
    """V6: C08 and R02 need an age of six, a highest grade below nine and «bỏ học»; C08 also takes a
    child who never went to school (circumstances.csv).
    """
    del value
    found: list[Finding] = []
    for group, fitting in (("C08", ("2", "3")), ("R02", ("2",))):
        if group not in facts.groups:
            continue
        name = {"group": group_label(group, facts)}
        if facts.surely_under(6):
            found.append(Finding("forms.rule.c08_r02_need_dropout.age", name))
        status = facts.get("schooling_status")
        if status is not None and status not in fitting:
            found.append(Finding("forms.rule.c08_r02_need_dropout.status", name))
        highest = facts.number("highest_grade_completed")
        if highest is not None and highest >= 9:
            found.append(Finding("forms.rule.c08_r02_need_dropout.grade", name))
    return tuple(found)


@rule(When.CIRCUMSTANCES)
def c08_excludes_r02(facts: Facts, value: Value) -> Findings:
    """V6: either earning a living (C08) or not (R02)."""
    del value
    return _C08_R02 if "C08" in facts.groups and "R02" in facts.groups else NOTHING


@rule(When.CIRCUMSTANCES)
def c04_level(facts: Facts, value: Value) -> Findings:
    """V7: the sub-group of C04 is the level of disability (NĐ 56/2017 Đ6). Level and types
    themselves are required fields then.
    """
    del value
    level = facts.get("disability_level")
    if "C04" not in facts.groups or level is None or not facts.groups["C04"].subgroups:
        return NOTHING
    return NOTHING if facts.has_sub(f"C04.{level}") else _C04_LEVEL


@rule(When.CIRCUMSTANCES)
def c04_allowance(facts: Facts, value: Value) -> Findings:
    """V7: levels "extremely severe" and "severe" are expected on the monthly-assistance list
    (NĐ 20/2021 Đ5 k6).
    """
    del value
    if not facts.has_sub("C04.1", "C04.2"):
        return NOTHING
    missing = facts.get("monthly_allowance") == "2" or facts.context.lists.allowance is False
    return _C04_LIST if missing else NOTHING


@rule(When.CIRCUMSTANCES)
def c02_known_dead_parents(facts: Facts, value: Value) -> Findings:
    """V9: an abandoned child whose parents are known to be dead is an orphan: suggest C01."""
    del value
    both = facts.get("father_status") == DECEASED and facts.get("mother_status") == DECEASED
    return _C02_ORPHAN if both and "C02" in facts.groups else NOTHING


@rule(When.CIRCUMSTANCES)
def c02_has_care(facts: Facts, value: Value) -> Findings:
    """V9: C02.1 beside lasting care by a person: suggest C02.2 (NĐ 56/2017 Đ4)."""
    del value
    cared = facts.get("care_arrangement") in ("KINSHIP", "FOSTER_NON_KIN", "ADOPTED")
    return _C02_CARED if cared and facts.has_sub("C02.1") else NOTHING


@rule(When.CIRCUMSTANCES)
def care_fits_subgroup(facts: Facts, value: Value) -> Findings:
    """V10: "no caregiver" (C01.1, C08.1, C14.2) means an empty caregiver; care by kin or others
    (C01.3, C01.4, C02.2, C08.2) a caregiver; a facility (C01.2) its name. C01's sub-group is the
    form of care (NĐ 56/2017 Đ3).
    """
    del value
    care = facts.get("care_arrangement")
    caregiver = facts.get("caregiver_name")
    found: list[Finding] = []

    def add(case: str, code: str) -> None:
        found.append(
            Finding(f"forms.rule.care_fits_subgroup.{case}", {"group": group_label(code, facts)})
        )

    for code in ("C01.1", "C08.1", "C14.2"):
        if caregiver is not None and facts.has_sub(code):
            add("nobody", code)
    for code in ("C01.3", "C01.4"):
        if caregiver is None and facts.has_sub(code):
            add("somebody", code)
    facility = facts.get("facility_name")
    if facility is None and facts.has_sub("C01.2"):
        add("facility", "C01.2")
    if caregiver is None and facility is None and facts.has_sub("C02.2"):
        add("somebody", "C02.2")
    if caregiver is None and HOME not in facts.parents() and facts.has_sub("C08.2"):
        add("somebody", "C08.2")
    for form, code in C01_BY_CARE.items():
        if care is not None and care != form and facts.has_sub(code):
            add("form", code)
    return tuple(found)


@rule(When.CIRCUMSTANCES)
def c14_nationality(facts: Facts, value: Value) -> Findings:
    """V11: C14.1 Vietnamese, C14.2 foreign, C14.3 undetermined nationality (NĐ 56/2017 Đ16)."""
    del value
    nationality = facts.get("nationality")
    if "C14" not in facts.groups or nationality is None:
        return NOTHING
    right = {"VN": "C14.1", "UNKNOWN": "C14.3"}.get(str(nationality), "C14.2")
    subs = facts.groups["C14"].subgroups
    return NOTHING if not subs or right in subs else _C14


@rule(When.CIRCUMSTANCES)
def c14_needs_no_parents(facts: Facts, value: Value) -> Findings:
    """C14 is for children whose parents are not identified or who have no caregiver
    (Luật Trẻ em Đ10 k1 o; circumstances.csv).
    """
    del value
    if "C14" not in facts.groups:
        return NOTHING
    unknown = all(status in (None, "UNKNOWN") for status in facts.parents())
    return NOTHING if unknown or facts.get("caregiver_name") is None else _C14_PARENTS


@rule(When.CIRCUMSTANCES)
def c12_return(facts: Facts, value: Value) -> Findings:
    """V12: C12.1 (back with the parents) needs a living parent in the household; C12.2 is another
    form of care than the parents' (NĐ 56/2017 Đ14).
    """
    del value
    if facts.has_sub("C12.1") and HOME not in facts.parents():
        return _C12_PARENT
    if facts.has_sub("C12.2") and facts.get("care_arrangement") == "PARENTS":
        return _C12_CARE
    return NOTHING


@rule(When.CIRCUMSTANCES)
def c06_age(facts: Facts, value: Value) -> Findings:
    """V13: measures below 12, judicial measures (C06.3) below 14 are implausible (ages from memory;
    Luật Tư pháp người chưa thành niên 2024 may change the measures).
    """
    del value
    if "C06" not in facts.groups:
        return NOTHING
    limit = 14 if facts.has_sub("C06.3") else 12
    if not facts.surely_under(limit):
        return NOTHING
    return (Finding("forms.rule.c06_age", {"age": limit}),)


@rule(When.CIRCUMSTANCES)
def c07_age(facts: Facts, value: Value) -> Findings:
    """Drug addiction below ten is implausible (circumstances.csv, plausibility only)."""
    del value
    return _C07_AGE if "C07" in facts.groups and facts.surely_under(10) else NOTHING


@rule(When.MISSING)
def evidence_before_confirmed(facts: Facts, value: Value) -> Findings:
    """V15, on the circumstance's own line (NĐ 56/2017 Đ11; form_fields.csv: evidence_ref)."""
    confirmed = facts.get("verification_status") == "CONFIRMED"
    wanted = value is None and confirmed and facts.get("group") in EVIDENCE_GROUPS
    return _EVIDENCE if wanted else NOTHING


@rule(When.CIRCUMSTANCES)
def c10_beside_c11(facts: Facts, value: Value) -> Findings:
    """C10.2/C10.3 and C11.5 overlap: consider both (circumstances.csv)."""
    del value
    exploited = facts.has_sub("C10.2", "C10.3")
    abused = facts.has_sub("C11.5")
    return _C10_C11 if exploited != abused else NOTHING


@rule(When.ALWAYS)
def c03_11_recheck(facts: Facts, value: Value) -> Findings:
    """V17: both parents under 16 (C03.11): re-check their birth years; the same question when both
    years say so and the group is not recorded (NĐ 56/2017 Đ5 k11).
    """
    del value
    if "C03" in facts.groups and facts.has_sub("C03.11"):
        return _C03_11
    limit = facts.reference.year - 16
    father, mother = facts.get("father_birth_year"), facts.get("mother_birth_year")
    if type(father) is not int or father <= limit:
        return NOTHING
    return _C03_11_MAYBE if type(mother) is int and mother > limit else NOTHING


@rule(When.CIRCUMSTANCES)
def c03_parents_pair(facts: Facts, value: Value) -> Findings:
    """C03.1–10 name a pair of parents' statuses; known statuses must be that pair (NĐ 56 Đ5)."""
    del value
    if "C03" not in facts.groups:
        return NOTHING
    father, mother = facts.parents()
    if father in (None, "UNKNOWN") or mother in (None, "UNKNOWN"):
        return NOTHING
    pair = C03_PAIRS.get((str(father), str(mother)))
    claimed = [s for s in facts.groups["C03"].subgroups if s not in ("C03.11", "C03.12")]
    return _C03_PAIR if any(sub != pair for sub in claimed) else NOTHING


@rule(When.CIRCUMSTANCES)
def circumstance_period(facts: Facts, value: Value) -> Findings:
    """A circumstance does not begin before the child was born (form_fields.csv)."""
    del value
    born = facts.birth_bounds()
    if born is None:
        return NOTHING
    return tuple(
        Finding(
            "forms.rule.circumstance_period",
            {"group": group_label(c.group, facts)},
            "circumstance_from",
        )
        for c in facts.circumstances
        if c.start is not None and len(c.start) == 10 and bounds(c.start)[1] < born[0]
    )
