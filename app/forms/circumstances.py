"""Circumstances that follow from facts: proposed with the reason, confirmed by a person.

C01 and C03 follow from the two parents' status, C13/R01 from the household's poverty, C08/R02 from
schooling, R06/R07 from the parents, R03–R05 from the household's flags (domain.md 2). Nothing is
added or removed here: `compare` says what is to be confirmed and what no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app import i18n
from app.forms.facts import ADOPTED, AWAY, DECEASED, POOR, Circumstance, Facts
from app.forms.issues import Parameter, Value
from app.forms.schema import Label

MISSING = "MISSING"
IN_FACILITY = "IN_FACILITY"
DETAINED = "DETAINED"
INCAPABLE = "INCAPABLE"
RESTRICTED = "RIGHTS_RESTRICTED"
#: Statuses that can make a pair of C03.
_ABSENT = frozenset((DECEASED, MISSING, IN_FACILITY, DETAINED, INCAPABLE))


def _pairs(*rows: tuple[str, str, str]) -> Mapping[tuple[str, str], str]:
    both: dict[tuple[str, str], str] = {}
    for one, other, code in rows:
        both[one, other] = both[other, one] = code
    return both


#: Pair of parents' statuses, in either order → sub-group (NĐ 56/2017 Đ5 k1–k10, k12).
C03_PAIRS = _pairs(
    (DECEASED, MISSING, "C03.1"),
    (DECEASED, IN_FACILITY, "C03.2"),
    (DECEASED, INCAPABLE, "C03.2"),
    (DECEASED, DETAINED, "C03.3"),
    (MISSING, MISSING, "C03.4"),
    (MISSING, IN_FACILITY, "C03.5"),
    (MISSING, DETAINED, "C03.6"),
    (INCAPABLE, INCAPABLE, "C03.7"),
    (IN_FACILITY, IN_FACILITY, "C03.8"),
    (DETAINED, DETAINED, "C03.9"),
    (IN_FACILITY, DETAINED, "C03.10"),
    (RESTRICTED, RESTRICTED, "C03.12"),
)
#: Form of care → sub-group of C01 (NĐ 56/2017 Đ3 k1–k4).
C01_BY_CARE: Mapping[str, str] = {
    "NONE": "C01.1",
    "FACILITY": "C01.2",
    "KINSHIP": "C01.3",
    "FOSTER_NON_KIN": "C01.4",
}
#: C03 sub-groups in which one parent is dead.
HALF_ORPHAN_SUBS = frozenset(("C03.1", "C03.2", "C03.3"))
#: Groups whose declaration is compared with facts; the others are known to people only.
DERIVED_GROUPS = frozenset(
    ("C01", "C03", "C08", "C13", "R01", "R02", "R03", "R04", "R05", "R06", "R07")
)
#: C03 sub-groups that no pair of statuses proves.
_DECLARED_ONLY = frozenset(("C03.11", "C03.12"))


class Proposal(NamedTuple):
    """A circumstance the facts call for. `subgroups` are whole codes; empty when the facts do not
    decide. `legal_basis` is the citation as the code list words it.
    """

    group: str
    subgroups: tuple[str, ...]
    reason_message_id: str
    parameters: Mapping[str, Parameter]
    legal_basis: str


class Unclassified(NamedTuple):
    """A pair of parents' statuses for which the decree has no sub-group (domain.md 2.1)."""

    reason_message_id: str
    parameters: Mapping[str, Parameter]


class Ended(NamedTuple):
    """A declared circumstance whose facts no longer hold: an end date is proposed, never set."""

    circumstance: Circumstance
    subgroups: tuple[str, ...]
    reason_message_id: str
    proposed_end: str


class Comparison(NamedTuple):
    """Facts against what is declared."""

    to_confirm: tuple[Proposal, ...]
    to_end: tuple[Ended, ...]
    unclassified: Unclassified | None


def derive(facts: Facts) -> tuple[Proposal, ...]:
    """The circumstances that follow from the child's and the household's facts."""
    found: list[Proposal] = []
    father, mother = facts.get("father_status"), facts.get("mother_status")
    if father != "ALIVE_HOME" or mother != "ALIVE_HOME":
        found += _from_parents(facts, father, mother)
    household = facts.context.household
    if (
        facts.poverty in POOR
        or household.get("family_problem_flags")
        or facts.get("parents_divorced") is True
    ):
        found += _from_household(facts)
    status = facts.get("schooling_status")
    if status == "2" or status == "3":
        found += _from_schooling(facts, status)
    if facts.get("disability_level") is not None:
        found += _from_disability(facts)
    return tuple(found)


def unclassified_pair(facts: Facts) -> Unclassified | None:
    """Both parents absent in a way that fits no sub-group of C03, said rather than guessed."""
    father, mother = facts.parents()
    if father not in _ABSENT or mother not in _ABSENT or father == mother == DECEASED:
        return None
    if (father, mother) in C03_PAIRS:
        return None
    return Unclassified(
        "forms.derived.unclassified",
        {
            "father": _label(facts, "parent_status", father),
            "mother": _label(facts, "parent_status", mother),
        },
    )


def _label(facts: Facts, list_name: str, code: str | None) -> Label:
    item = facts.context.code_list(list_name).get(code or "")
    return Label(item.label_vi, item.label_en) if item else Label(code or "", code or "")


def group_label(code: str, facts: Facts) -> Label:
    """The name of a group or sub-group for a sentence; groups of level A stay unnamed, because an
    issue is read by everybody who may read the record.
    """
    item = facts.context.code_list("circumstances").get(code)
    if item is not None and item.extra.get("sensitivity") == "A":
        return Label(*(i18n.catalogue(language)["forms.masked_group"] for language in ("vi", "en")))
    return _label(facts, "circumstances", code)


def _proposal(
    facts: Facts,
    group: str,
    subgroups: tuple[str, ...],
    reason: str,
    **parameters: Parameter,
) -> Proposal:
    item = facts.context.code_list("circumstances").get(subgroups[0] if subgroups else group)
    basis = item.extra.get("legal_basis", "") if item else ""
    return Proposal(group, subgroups, "forms.derived." + reason, parameters, basis)


def _from_parents(facts: Facts, father: Value, mother: Value) -> Iterable[Proposal]:
    adopted = facts.get("care_arrangement") == ADOPTED
    if father == DECEASED and mother == DECEASED:
        if not adopted:
            sub = C01_BY_CARE.get(str(facts.get("care_arrangement")))
            yield _proposal(facts, "C01", (sub,) if sub else (), "both_dead")
        return
    pair = C03_PAIRS.get((str(father), str(mother)))
    if pair is not None and not adopted:
        yield _proposal(
            facts,
            "C03",
            (pair,),
            "parents_pair",
            father=_label(facts, "parent_status", str(father)),
            mother=_label(facts, "parent_status", str(mother)),
        )
    if pair in HALF_ORPHAN_SUBS and not adopted:
        return  # counted there already: R07 beside it would count the child twice (V2)
    if father == DECEASED:
        yield _proposal(facts, "R07", ("R07.1",), "father_dead")
    elif mother == DECEASED:
        yield _proposal(facts, "R07", ("R07.2",), "mother_dead")
    if father == AWAY and mother == AWAY and both_away_long(facts):
        yield _proposal(facts, "R06", (), "both_away")


def both_away_long(facts: Facts) -> bool:
    """Whether both parents have been away for six months or more (plan S1, 2b; R06)."""
    return facts.away_long("father") is True and facts.away_long("mother") is True


def _from_household(facts: Facts) -> Iterable[Proposal]:
    poverty = facts.poverty
    if poverty in POOR:
        poor = poverty == "1"
        yield _proposal(facts, "R01", (f"R01.{poverty}",), "poor" if poor else "near_poor")
        if facts.get("serious_disease") is not None:
            reason = "disease_poor" if poor else "disease_near_poor"
            yield _proposal(facts, "C13", (f"C13.{poverty}",), reason)
    flags = household_flags(facts)
    for group in ("R03", "R04", "R05") if flags else ():
        subs = tuple(sorted(flag for flag in flags if flag.startswith(group)))
        if subs:
            yield _proposal(facts, group, subs, "family_problem")


def household_flags(facts: Facts) -> frozenset[str]:
    """R03–R05 codes that hold for the child: the household's flags, and divorce (R03.1)."""
    flags = facts.context.household.get("family_problem_flags")
    found = frozenset(flags) if isinstance(flags, list) else frozenset()
    if facts.get("parents_divorced") is True and not (
        facts.get("father_status") == DECEASED and facts.get("mother_status") == DECEASED
    ):
        found |= {"R03.1"}
    return found


def _from_schooling(facts: Facts, status: str) -> Iterable[Proposal]:
    """C08 for earning a living (never schooled counts too), R02 for other drop-outs; below grade 9
    and from six years on (NĐ 56/2017 Đ10; circumstances.csv).
    """
    highest = facts.number("highest_grade_completed")
    if status == "3" and highest is None:
        highest = 0
    if highest is None or highest >= 9 or facts.surely_under(6):
        return
    if facts.get("dropout_reason") == "earning":
        alone = facts.get("care_arrangement") == "NONE"
        yield _proposal(
            facts, "C08", ("C08.1" if alone else "C08.2",), "left_to_earn", grade=highest
        )
    elif status == "2":
        yield _proposal(facts, "R02", (), "dropped_out", grade=highest)


def _from_disability(facts: Facts) -> Iterable[Proposal]:
    level = facts.text("disability_level")
    if level in ("1", "2", "3") and facts.get("disability_types"):
        yield _proposal(facts, "C04", (f"C04.{level}",), "disability")


def compare(facts: Facts) -> Comparison:
    """What to confirm and what to end: facts of today against the open declared circumstances."""
    proposals = derive(facts)
    declared = facts.groups
    to_confirm = tuple(p for p in proposals if not _covered(p, declared))
    to_end: list[Ended] = []
    by_group = {p.group: p for p in proposals}
    for group, circumstance in declared.items():
        gone = _no_longer(facts, circumstance, by_group.get(group))
        if gone is not None:
            end = facts.survey.isoformat()
            to_end.append(Ended(circumstance, gone, "forms.derived.no_longer", end))
    return Comparison(to_confirm, tuple(to_end), unclassified_pair(facts))


def _covered(proposal: Proposal, declared: Mapping[str, Circumstance]) -> bool:
    held = declared.get(proposal.group)
    return held is not None and set(proposal.subgroups) <= set(held.subgroups)


def _no_longer(
    facts: Facts, circumstance: Circumstance, proposal: Proposal | None
) -> tuple[str, ...] | None:
    """The sub-groups that the facts contradict; empty for a whole group; None when they hold.

    Only known facts contradict: a parent's status left blank or unknown ends nothing.
    """
    group = circumstance.group
    if group not in DERIVED_GROUPS or not _judgeable(facts, group):
        return None
    if group == "R07":
        dead = facts.dead_parents()
        gone = tuple(s for s in circumstance.subgroups if s not in dead)
        return gone if len(dead) != 1 or gone else None
    if proposal is None:
        subs = tuple(s for s in circumstance.subgroups if s not in _DECLARED_ONLY)
        return subs if subs or not circumstance.subgroups else None
    if not proposal.subgroups:
        return None
    gone = tuple(
        s for s in circumstance.subgroups if s not in proposal.subgroups and s not in _DECLARED_ONLY
    )
    return gone or None


def _judgeable(facts: Facts, group: str) -> bool:
    if group in ("C01", "C03", "R07"):
        known = facts.parents()
        return all(status is not None and status != "UNKNOWN" for status in known)
    if group == "R06":
        return _r06_judgeable(facts)
    if group in ("R01", "C13"):
        return facts.poverty is not None and not (
            group == "C13" and facts.get("serious_disease") is None and facts.poverty in POOR
        )
    if group in ("C08", "R02"):
        return facts.get("schooling_status") is not None and not (
            facts.get("schooling_status") in ("2", "3")
            and facts.get("highest_grade_completed") is None
        )
    return isinstance(facts.context.household.get("family_problem_flags"), list)


def _r06_judgeable(facts: Facts) -> bool:
    for parent in ("father", "mother"):
        status = facts.get(f"{parent}_status")
        if status is None or status == "UNKNOWN":
            return False
        if status == AWAY and facts.away_long(parent) is None:
            return False
    return True
