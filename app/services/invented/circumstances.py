"""The circumstances of an invented child: those that follow from its facts, and a few others.

Groups and sub-groups: Luật Trẻ em 102/2016/QH13 Đ10, NĐ 56/2017/NĐ-CP Đ3–16, and the at-risk groups
of `resources/code_lists/circumstances.csv`. The allowance: NĐ 20/2021/NĐ-CP Đ5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.forms.issues import Value
from app.services.invented.draws import Calendar, Dice
from app.services.invented.families import Family
from app.services.invented.names import table

_DEAD, _MISSING, _FACILITY = "DECEASED", "MISSING", "IN_FACILITY"
_DETAINED, _INCAPABLE, _RESTRICTED = "DETAINED", "INCAPABLE", "RIGHTS_RESTRICTED"
#: NĐ 56/2017/NĐ-CP Đ5: pairs of parents' statuses that make C03; the last number of the sub-group.
_C03 = {
    frozenset((_DEAD, _MISSING)): 1,
    frozenset((_DEAD, _FACILITY)): 2,
    frozenset((_DEAD, _INCAPABLE)): 2,
    frozenset((_DEAD, _DETAINED)): 3,
    frozenset((_MISSING,)): 4,
    frozenset((_MISSING, _FACILITY)): 5,
    frozenset((_MISSING, _DETAINED)): 6,
    frozenset((_INCAPABLE,)): 7,
    frozenset((_FACILITY,)): 8,
    frozenset((_DETAINED,)): 9,
    frozenset((_FACILITY, _DETAINED)): 10,
    frozenset((_RESTRICTED,)): 12,
}
_C01 = {"NONE": "C01.1", "FACILITY": "C01.2", "KINSHIP": "C01.3", "FOSTER_NON_KIN": "C01.4"}
#: NĐ 20/2021/NĐ-CP Đ5 k1: the allowance that belongs to a sub-group of C03.
_C03_ALLOWANCE = {
    "C03.1": "k1c",
    "C03.3": "k1dd",
    "C03.4": "k1e",
    "C03.5": "k1i",
    "C03.6": "k1k",
    "C03.8": "k1g",
    "C03.9": "k1h",
    "C03.10": "k1l",
}
#: Declared groups: group, sub-groups, chance among 100,000, youngest age in years.
_DECLARED = (
    ("C05", (), 12, 1),
    ("C06", ("C06.1",), 60, 13),
    ("C06", ("C06.4",), 12, 14),
    ("C07", ("C07.2",), 14, 13),
    ("C09", (), 8, 2),
    ("C10", ("C10.1",), 6, 10),
    ("C10", ("C10.1", "C10.5"), 2, 12),
    ("C11", ("C11.4",), 8, 6),
    ("C12", ("C12.1",), 3, 10),
    ("K01", ("K01.1",), 2, 1),
)
_DECLARED_SUM = sum(chance for _, _, chance, _ in _DECLARED)
#: Groups that need the reference of a decision or conclusion before they count (rule V15).
_NEEDS_EVIDENCE = frozenset(("C05", "C09", "C10", "C11", "C12"))
#: Group to its sub-groups and whether it follows from facts.
Found: TypeAlias = dict[str, tuple[tuple[str, ...], bool]]
_VERIFIED = table([("CHECKED_COMMUNE", 70), ("CONFIRMED", 18), ("REPORTED", 12)])


@dataclass(frozen=True, slots=True)
class InventedCircumstance:
    """One circumstance record: `values` holds the fields of the entity but the child it is of."""

    group: str
    subgroups: tuple[str, ...]
    values: dict[str, Value]


class CircumstanceMaker:
    """Finds and draws the circumstances of the children of one register."""

    def __init__(self, dice: Dice, calendar: Calendar) -> None:
        self._dice = dice
        self._calendar = calendar

    def complete(
        self,
        values: dict[str, Value],
        family: Family,
        poverty: str,
        birth_day: int,
        survey: int,
    ) -> tuple[InventedCircumstance, ...]:
        """The circumstances of a child; its answer and its allowance are set in `values`."""
        found = _derived(values, family, poverty)
        months = self._calendar.months_old[birth_day]
        if self._dice.random() * 100_000 < _DECLARED_SUM:
            self._declare(found, values, months)
        values["monthly_allowance"] = "2"
        if found:
            values["circumstance_answer"] = "some"
            self._allowance(values, found, poverty, months)
            if any(group.startswith("C") for group in found):
                values["intervention_plan"] = self._dice.random() < 0.6
        else:
            values["circumstance_answer"] = "none"
            return ()
        return tuple(
            self._record(group, subgroups, derived, birth_day, survey)
            for group, (subgroups, derived) in sorted(found.items())
        )

    def _declare(self, found: Found, values: dict[str, Value], months: int) -> None:
        at_home = "ALIVE_HOME" in (values["father_status"], values["mother_status"])
        mark = self._dice.random() * _DECLARED_SUM
        for group, subgroups, chance, age in _DECLARED:
            mark -= chance
            if mark < 0:
                # A trafficked child of C12.1 came back to its parents (rule V12).
                if months >= age * 12 and (at_home or group != "C12"):
                    found[group] = (subgroups, False)
                return

    def _allowance(
        self,
        values: dict[str, Value],
        found: Found,
        poverty: str,
        months: int,
    ) -> None:
        category = None
        if "C01" in found:
            category = "k1b"
        elif "C02" in found:
            # Who was taken in has a carer's allowance, which is not one of these.
            category = "k1a" if found["C02"][0] == ("C02.1",) else None
        elif "C03" in found:
            (subgroup,) = found["C03"][0]
            category = _C03_ALLOWANCE.get(subgroup)
            if subgroup == "C03.2" and _FACILITY in (
                values.get("father_status"),
                values.get("mother_status"),
            ):
                category = "k1d"
        elif "C05" in found and poverty == "1":
            category = "k3"
        elif values.get("disability_level") in ("1", "2"):
            category = "k6"
        elif months < 36 and "R01" in found and values["ethnicity"] != "01":
            category = "k7"
        if category is not None and self._dice.random() < 0.95:
            values["monthly_allowance"] = "1"
            values["allowance_category"] = category

    def _record(
        self, group: str, subgroups: tuple[str, ...], derived: bool, birth_day: int, survey: int
    ) -> InventedCircumstance:
        dice = self._dice
        since = birth_day + dice.below(survey - birth_day + 1)
        values: dict[str, Value] = {
            "group": group,
            "episode": 1,
            "circumstance_from": self._calendar.text[since],
            "verification_status": dice.pick(_VERIFIED),
            "source": "derived" if derived else "declared",
        }
        if subgroups:
            values["subgroups"] = list(subgroups)
        if group in _NEEDS_EVIDENCE:
            year = self._calendar.years[since]
            values["evidence_ref"] = f"{1 + dice.below(60):02d}/{year}"
        return InventedCircumstance(group, subgroups, values)


def _derived(values: dict[str, Value], family: Family, poverty: str) -> Found:
    """Group to its sub-groups and "derived": what the facts of the record say."""
    found: Found = {}
    father, mother = family.father_status, family.mother_status
    if father != "ALIVE_HOME" or mother != "ALIVE_HOME":
        _from_parents(found, values, family)
    if poverty in ("1", "2"):
        found["R01"] = ((f"R01.{poverty}",), True)
    level = values.get("disability_level")
    if level is not None:
        found["C04"] = ((f"C04.{level}",), True)
    if "serious_disease" in values and poverty in ("1", "2"):
        found["C13"] = ((f"C13.{poverty}",), False)
    completed = values.get("highest_grade_completed")
    if values["schooling_status"] == "2" and isinstance(completed, int) and completed < 9:
        if values.get("dropout_reason") == "earning":
            sub = "C08.1" if family.care == "NONE" else "C08.2"
            found["C08"] = ((sub,), True)
        else:
            found["R02"] = ((), True)
    for flag in sorted(family.flags):
        group = flag.partition(".")[0]
        found[group] = ((*found.get(group, ((), True))[0], flag), True)
    return found


def _from_parents(found: Found, values: dict[str, Value], family: Family) -> None:
    father, mother = family.father_status, family.mother_status
    if father == mother == "UNKNOWN":
        cared = family.care not in ("NONE", "PARENTS")
        found["C02"] = (("C02.2" if cared else "C02.1",), False)
    elif father == mother == _DEAD:
        found["C01"] = ((_C01[family.care],), True)
    elif frozenset((father, mother)) in _C03:
        found["C03"] = ((f"C03.{_C03[frozenset((father, mother))]}",), True)
    if (father == _DEAD) != (mother == _DEAD):
        found["R07"] = (("R07.1" if father == _DEAD else "R07.2",), True)
    if father == mother == "ALIVE_AWAY" and family.care != "NONE":
        # Away for six months or more; absences of two months are drawn, too.
        since = max(str(values["father_away_since"]), str(values["mother_away_since"]))
        if since <= family.six_months_ago:
            found["R06"] = ((), True)
