"""The adults of an invented household: who they are, where they are, who cares for the children.

Rates are plausible, not statistics: most children live with both parents, some with grandparents
because both parents work far away (R06), a few lost one parent (R07) or both (C01).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.forms.issues import Value
from app.services.invented.draws import Calendar, Dice, Numbers
from app.services.invented.names import Community, communities, table, words
from app.services.invented.places import Place

_RARE = "rare"
_STATUSES = table(
    [
        ("ALIVE_HOME ALIVE_HOME", 858),
        ("ALIVE_AWAY ALIVE_HOME", 42),
        ("ALIVE_HOME ALIVE_AWAY", 18),
        ("ALIVE_AWAY ALIVE_AWAY", 36),
        ("DECEASED ALIVE_HOME", 14),
        ("ALIVE_HOME DECEASED", 6),
        ("UNKNOWN ALIVE_HOME", 10),
        (_RARE, 16),
    ]
)
_RARE_STATUSES = table(
    [
        ("DETAINED ALIVE_HOME", 16),
        ("DECEASED DECEASED", 12),
        ("DECEASED ALIVE_AWAY", 12),
        ("ALIVE_AWAY DECEASED", 6),
        ("MISSING ALIVE_HOME", 4),
        ("INCAPABLE ALIVE_HOME", 4),
        ("DETAINED ALIVE_AWAY", 4),
        ("ALIVE_HOME INCAPABLE", 3),
        ("DECEASED INCAPABLE", 3),
        ("UNKNOWN UNKNOWN", 3),
        ("ALIVE_HOME DETAINED", 2),
        ("INCAPABLE INCAPABLE", 2),
        ("DECEASED MISSING", 2),
        ("IN_FACILITY ALIVE_HOME", 1),
        ("RIGHTS_RESTRICTED ALIVE_HOME", 1),
        ("DECEASED DETAINED", 1),
        ("MISSING MISSING", 1),
        ("DETAINED DETAINED", 1),
        ("IN_FACILITY DECEASED", 1),
    ]
)
_CARE_WITHOUT_PARENTS = table(
    [("KINSHIP", 950), ("FOSTER_NON_KIN", 22), ("FACILITY", 18), ("NONE", 10)]
)
_MOTHERS_AGE = table([(str(age), 20 - abs(age - 25)) for age in range(17, 40)])
_YEARS_OLDER = table(
    [("-2", 4), ("0", 8), ("1", 9), ("2", 10), ("3", 9), ("4", 8), ("6", 6), ("9", 3)]
)
_FLAGS = table(
    [("R03.2", 30), ("R04.1", 20), ("R04.2", 24), ("R04.3", 10), ("R05.1", 14), ("R03.3", 2)]
)
_HOME = "ALIVE_HOME"


@dataclass(slots=True)
class Adult:
    """A parent or another adult of the household."""

    name: str
    family: str
    born: int
    woman: bool
    ethnicity: str
    personal_id: str | None


@dataclass(slots=True)
class Family:
    """What the children of a household share. `for_child` holds fields of the child record that
    are equal for all siblings; `relation` is the children's relation to the head.
    """

    community: Community
    name: str
    mothers_name: str
    father_status: str
    mother_status: str
    care: str
    relation: str
    head: Adult
    flags: set[str]
    for_child: dict[str, Value]
    six_months_ago: str


class FamilyMaker:
    """Draws families of one register."""

    def __init__(self, dice: Dice, numbers: Numbers, calendar: Calendar) -> None:
        self._dice = dice
        self._numbers = numbers
        self._calendar = calendar

    def draw(self, place: Place, first_birth: int) -> Family:
        """The adults around children the eldest of whom was born in the year `first_birth`."""
        dice = self._dice
        community = place.community(dice.stream)
        # A tenth of the couples are mixed; the children belong to `community` all the same.
        other = communities()["kinh"] if dice.random() < 0.1 else community
        his, hers = (other, community) if community.from_mother else (community, other)
        statuses = dice.pick(_STATUSES)
        if statuses == _RARE:
            statuses = dice.pick(_RARE_STATUSES)
        father_status, mother_status = statuses.split(" ")
        mother_born = first_birth - int(dice.pick(_MOTHERS_AGE))
        father_born = min(mother_born - int(dice.pick(_YEARS_OLDER)), first_birth - 17)
        father = self._adult(place, his, father_born, woman=False)
        mother = self._adult(place, hers, mother_born, woman=True)
        family = Family(
            community=community,
            name=mother.family if community.from_mother else father.family,
            mothers_name=mother.family,
            father_status=father_status,
            mother_status=mother_status,
            care=self._care(father_status, mother_status),
            relation="child_by_birth",
            head=father,
            flags=set(),
            for_child={},
            six_months_ago=self._calendar.month_before(6),
        )
        self._parents(family, father, mother)
        self._carers(family, place, father, mother)
        self._problems(family)
        return family

    def _adult(
        self, place: Place, community: Community, born: int, *, woman: bool, family: str = ""
    ) -> Adult:
        dice = self._dice
        family = family or dice.pick(community.family)
        name = community.adult(dice.stream, family, woman=woman)
        known = dice.random() < 0.78
        number = self._numbers.personal_id(place.id_province, born, woman=woman) if known else None
        return Adult(name, family, born, woman, community.ethnicity, number)

    def _care(self, father_status: str, mother_status: str) -> str:
        if _HOME in (father_status, mother_status):
            return "ADOPTED" if self._dice.random() < 0.003 else "PARENTS"
        return self._dice.pick(_CARE_WITHOUT_PARENTS)

    def _parents(self, family: Family, father: Adult, mother: Adult) -> None:
        values = family.for_child
        for side, adult, status in (
            ("father", father, family.father_status),
            ("mother", mother, family.mother_status),
        ):
            values[f"{side}_status"] = status
            if status == "UNKNOWN":
                continue
            values[f"{side}_name"] = adult.name
            values[f"{side}_birth_year"] = adult.born
            values[f"{side}_ethnicity"] = adult.ethnicity
            if status != "DECEASED":
                if adult.personal_id is not None:
                    values[f"{side}_personal_id"] = adult.personal_id
                if self._dice.random() < 0.9:
                    values[f"{side}_occupation"] = self._dice.pick(
                        words("work_woman" if adult.woman else "work_man")
                    )
            if status == "ALIVE_AWAY":
                values[f"{side}_away_since"] = self._calendar.month_before(
                    7 + self._dice.below(48) if self._dice.random() < 0.96 else 2
                )
        one_away = (family.father_status == "ALIVE_AWAY") != (family.mother_status == "ALIVE_AWAY")
        alive = "ALIVE" in family.father_status and "ALIVE" in family.mother_status
        divorced = alive and self._dice.random() < (0.3 if one_away else 0.008)
        values["parents_divorced"] = divorced
        if divorced:
            family.flags.add("R03.1")

    def _carers(self, family: Family, place: Place, father: Adult, mother: Adult) -> None:
        values = family.for_child
        values["care_arrangement"] = family.care
        if family.care in ("PARENTS", "ADOPTED"):
            self._with_parents(family, place, father, mother)
        elif family.care == "NONE":
            # The eldest sibling, just of age, is the head and nobody is the carer.
            born = self._calendar.reference.year - 17
            family.head = self._relative(family, place, born, woman=False)
            family.relation = "sibling"
        else:
            self._with_others(family, place)

    def _with_parents(self, family: Family, place: Place, father: Adult, mother: Adult) -> None:
        dice, values = self._dice, family.for_child
        at_home = [
            adult
            for adult, status in ((mother, family.mother_status), (father, family.father_status))
            if status == _HOME
        ]
        carer = at_home[0]
        if dice.random() < 0.9:
            values["caregiver_name"] = carer.name
            values["caregiver_relation"] = "mother" if carer.woman else "father"
            if family.care == "ADOPTED":
                values["caregiver_relation"] = "adoptive_parent"
            if dice.random() < 0.85:
                values["caregiver_phone"] = self._numbers.phone()
        family.head = at_home[-1] if dice.random() < 0.86 else at_home[0]
        if family.care == "ADOPTED":
            family.relation = "adopted_child"
        elif dice.random() < 0.13:
            family.head, family.relation = self._grandparent(family, place)

    def _with_others(self, family: Family, place: Place) -> None:
        dice, values = self._dice, family.for_child
        if family.care == "KINSHIP" and dice.random() < 0.85:
            family.head, family.relation = self._grandparent(family, place)
            relation = "grandmother" if family.head.woman else "grandfather"
        elif family.care == "KINSHIP":
            born = self._calendar.reference.year - 28 - dice.below(25)
            family.head = self._relative(family, place, born, woman=dice.random() < 0.5)
            family.relation, relation = "nephew_niece", "aunt_uncle"
        else:
            born = self._calendar.reference.year - 30 - dice.below(25)
            family.head = self._adult(place, family.community, born, woman=True)
            family.relation, relation = "foster_child", "foster_carer"
            if family.care == "FACILITY":
                relation = "facility_staff"
                values["facility_name"] = dice.pick(words("facility"))
        values["caregiver_name"] = family.head.name
        values["caregiver_relation"] = relation
        if dice.random() < 0.75:
            values["caregiver_phone"] = self._numbers.phone()

    def _grandparent(self, family: Family, place: Place) -> tuple[Adult, str]:
        dice = self._dice
        born = self._calendar.reference.year - 52 - dice.below(24)
        paternal = dice.random() < 0.78
        woman = dice.random() < 0.35
        head = self._relative(family, place, born, woman=woman, keeps_name=paternal != woman)
        return head, "grandchild_paternal" if paternal else "grandchild_maternal"

    def _relative(
        self, family: Family, place: Place, born: int, *, woman: bool, keeps_name: bool = True
    ) -> Adult:
        name = family.name if keeps_name else ""
        return self._adult(place, family.community, born, woman=woman, family=name)

    def _problems(self, family: Family) -> None:
        if self._dice.random() < 0.012:
            family.flags.add(self._dice.pick(_FLAGS))
        if "DETAINED" in (family.father_status, family.mother_status):
            family.flags.add("R05.2")
